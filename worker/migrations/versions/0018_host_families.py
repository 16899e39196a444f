"""Hosts that are asked as one, because they are names of one domain at one address; wildcards over names.

Revision 0018.
"""

import sqlalchemy as sa
from alembic import op

from worker.basics.domains import registrable_domain
from worker.database.types import BigId, Seconds
from worker.migrations.columns import optional, required

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_COLUMNS = [
    optional(
        "wildcard_gap",
        Seconds(),
        "Seconds between two requests, as the narrowest wildcard over this name has it; where gap is null",
    ),
    optional(
        "wildcard_parallel",
        sa.Integer(),
        "Requests in flight at a time, as the narrowest wildcard over this name has it; where parallel is null",
    ),
    optional("domain", sa.Text(), "The domain that its name is registered under, and the port; null for an address"),
    required(
        "has_siblings",
        sa.Boolean(),
        "Other names of its domain are known: those at one address are asked as one host",
        server_default=sa.text("false"),
    ),
    optional("address", sa.Text(), "An address at which the name was found; of names with siblings only"),
    optional(
        "shares_with",
        BigId,
        "The row leased in its place, *.domain:port@address, which names of one domain at one address share",
    ),
]
_SLICE = 5_000


def upgrade() -> None:
    for column in _COLUMNS:
        op.add_column("hosts", column)
    op.create_table(
        "host_wildcards",
        required("name", sa.Text(), "*.domain, for hosts at any port, or *.domain:port"),
        optional("gap", Seconds(), "Seconds between two requests; null: it says nothing of that"),
        optional("parallel", sa.Integer(), "Requests in flight at a time; null: it says nothing of that"),
        sa.PrimaryKeyConstraint("name", name="pk_host_wildcards"),
        comment="One row per wildcard: how the hosts are treated whose names it stands for",
    )
    _fill_domains()
    for name, columns in (("domain", ["domain", "has_siblings", "address"]), ("shares_with", ["shares_with"])):
        where = sa.text(f"{name} IS NOT NULL")
        op.create_index(f"ix_hosts_{name}", "hosts", columns, postgresql_where=where, sqlite_where=where)
    op.execute(
        "UPDATE hosts SET has_siblings = true WHERE domain IN "
        "(SELECT domain FROM hosts WHERE domain IS NOT NULL GROUP BY domain HAVING count(*) > 1)"
    )


def downgrade() -> None:
    # Feeds stay with the row that their names share: to older programs it is a host like any other.
    op.drop_table("host_wildcards")
    op.drop_index("ix_hosts_domain", "hosts")
    op.drop_index("ix_hosts_shares_with", "hosts")
    for column in reversed(_COLUMNS):
        op.drop_column("hosts", column.name)


def _fill_domains() -> None:
    """Note the domain of each host that has a name."""
    connection, last = op.get_bind(), 0
    some = sa.text("SELECT id, name FROM hosts WHERE id > :last ORDER BY id LIMIT :most")
    fill = sa.text("UPDATE hosts SET domain = :domain WHERE id = :id")
    while rows := connection.execute(some, {"last": last, "most": _SLICE}).all():
        last = rows[-1].id
        named = ((row.id, *row.name.rpartition(":")) for row in rows)
        found = ((host_id, registrable_domain(host), port) for host_id, host, _, port in named)
        if filled := [{"id": host_id, "domain": f"{domain}:{port}"} for host_id, domain, port in found if domain]:
            connection.execute(fill, filled)
