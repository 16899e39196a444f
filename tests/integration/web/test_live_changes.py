import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from sqlalchemy import Engine, text
from starlette.exceptions import HTTPException

from worker.database.clock import read_clock
from worker.database.engine import writing
from worker.database.outbox_tables import EventKind, write_events
from worker.outbox import number_events
from worker.web.live_changes import LiveChanges

QUICK = 0.01


def _change(store: Engine, count: int) -> None:
    with writing(store) as connection:
        write_events(connection, read_clock(connection).now(), EventKind.FEED_GONE, [{}] * count)
    number_events(store)


async def _collect(live: LiveChanges, since: int | None, count: int) -> list[int]:
    """Follow changes until there are so many; their cursors."""
    found: list[int] = []
    followed = live.follow(since, 30)
    async for changes in followed:
        found += [each["cursor"] for each in changes]
        if len(found) >= count:
            break
    await followed.aclose()
    return found


def _run(store: Engine, act: Callable[[LiveChanges], Coroutine[Any, Any, Any]], **limits: int) -> Any:
    async def act_and_end() -> Any:
        live = LiveChanges(store, QUICK, **limits)
        async with asyncio.timeout(60):
            found = await act(live)
            await live.close()
        return found

    return asyncio.run(act_and_end())


def test_many_listeners_get_each_change_once(store: Engine):
    _change(store, 5)

    async def act(live: LiveChanges) -> list[list[int]]:
        listening = [asyncio.ensure_future(_collect(live, 5, 7)) for _ in range(50)]
        while live.listeners < 50:  # noqa: ASYNC110 -- there is no event for it
            await asyncio.sleep(QUICK)
        await asyncio.to_thread(_change, store, 3)
        await asyncio.to_thread(_change, store, 4)
        return list(await asyncio.gather(*listening))

    assert _run(store, act) == [list(range(6, 13))] * 50


def test_a_listener_that_reads_slowly_is_given_the_rest_from_the_store(store: Engine):
    async def act(live: LiveChanges) -> list[int]:
        found: list[int] = []
        followed = live.follow(0, 30)
        await asyncio.to_thread(_change, store, 1)
        found += [each["cursor"] for each in await anext(followed)]
        # More than is kept, before it reads on.
        await asyncio.to_thread(_change, store, 3_000)
        quick = await _collect(live, 2_500, 501)
        assert quick == list(range(2_501, 3_002))
        async for changes in followed:
            found += [each["cursor"] for each in changes]
            if len(found) == 3_001:
                break
        await followed.aclose()
        return found

    assert _run(store, act) == list(range(1, 3_002))


def test_listeners_wait_while_the_store_is_away_and_miss_nothing(store: Engine):
    def rename(before: str, after: str) -> None:
        with writing(store) as connection:
            connection.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))

    async def act(live: LiveChanges) -> list[int]:
        listening = asyncio.ensure_future(_collect(live, 0, 5))
        await asyncio.to_thread(_change, store, 2)
        await _collect(live, 0, 2)
        await asyncio.to_thread(rename, "event_bounds", "away")
        followed = live.follow(1, QUICK)
        assert await anext(followed) != []
        # It lives, and says so.
        assert [len(await anext(followed)) for _ in range(20)] == [0] * 20
        await followed.aclose()
        await asyncio.to_thread(rename, "away", "event_bounds")
        await asyncio.to_thread(_change, store, 3)
        return await listening

    assert _run(store, act) == [1, 2, 3, 4, 5]


def test_no_more_listen_than_may(store: Engine):
    async def act(live: LiveChanges) -> tuple[int, int]:
        followed = live.follow(None, QUICK)
        await anext(followed)
        with pytest.raises(HTTPException) as refused:
            live.refuse_if_full()
        await followed.aclose()
        live.refuse_if_full()
        return refused.value.status_code, live.listeners

    assert _run(store, act, most=1) == (503, 0)


def test_without_changes_there_is_a_sign_of_life(store: Engine):
    async def act(live: LiveChanges) -> int:
        followed = live.follow(None, QUICK)
        signs = [await anext(followed) for _ in range(3)]
        await followed.aclose()
        return len(signs)

    assert _run(store, act) == 3
