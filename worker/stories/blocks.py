"""Which lines of text are boilerplate: those that several stories have."""

from collections.abc import Collection

from sqlalchemy import Connection, func, or_, select

from worker.database.among import is_among
from worker.database.story_tables import BlockRow, StoryRow


def find_boilerplate(connection: Connection, blocks: Collection[int], stories: int) -> set[int]:
    """Return the blocks that at least so many stories have.

    Stories that have become one count once, those that are forgotten not at all.
    """
    if not blocks:
        return set()
    root = func.coalesce(StoryRow.parent, StoryRow.id)
    seen = (
        select(BlockRow.block)
        .join(StoryRow, StoryRow.id == BlockRow.story_id)
        .where(is_among(connection.dialect.name, BlockRow.block, blocks))
        .where(or_(StoryRow.size > 0, StoryRow.parent.is_not(None)))
        .group_by(BlockRow.block)
        .having(func.count(root.distinct()) >= stories)
    )
    return set(connection.execute(seen).scalars())
