"""Search on SQLite: the parts of the index are merged thirty-two at a time.

Each transaction adds a part, and a search looks in all. FTS5 merges four at a time by default: with twenty articles in
a transaction more than half of what indexing costs was merging.

Revision 0035.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

# How many parts of one size are merged little by little, and how many at once: never, if the former keeps up.
_MERGING, _BEFORE = {"automerge": 32, "crisismerge": 64}, {"automerge": 4, "crisismerge": 16}


def upgrade() -> None:
    _configure(_MERGING)


def downgrade() -> None:
    _configure(_BEFORE)


def _configure(merging: dict[str, int]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for option, parts in merging.items():
            op.execute(
                sa.text("INSERT INTO search_index (search_index, rank) VALUES (:option, :parts)").bindparams(
                    option=option, parts=parts
                )
            )
