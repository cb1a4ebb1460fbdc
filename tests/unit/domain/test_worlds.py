"""A world: what fell due happens first, and a reset makes it as fresh as it was."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from cs_simulator.clock import DAY, HOUR, format_instant, system_time
from cs_simulator.domain.services import start_service
from cs_simulator.domain.states import start_state
from cs_simulator.domain.tasks import start_task
from cs_simulator.exports import COLUMNS
from cs_simulator.journal.journal import Journal
from cs_simulator.worlds import ServedWorld, TooManyWorldsError, Worlds, WorldSize
from tests.unit.domain.support import START, check_indexes, scenario, sent, world

REAL: dict[str, Any] = {"clock": {"mode": "real"}}
DOCUMENT: dict[str, Any] = {
    "seed": 7,
    "settings": {"auto_complete": {"enabled": True, "after": "1h"}, "expiration": "1d"},
    "customers": [{"FirstName": "Ada"}, {"customer_id": "C", "LastName": "Byron"}],
    "services": [
        {
            "customer_id": "C",
            "started": "-2h",
            "states": [{"state_type": 1, "tasks": [{"task_type": 2}]}],
        },
        {"contact_key": "K", "started": "-90m", "completed": "-80m"},
    ],
}


def dump(each: ServedWorld) -> tuple[Any, ...]:
    """Return everything that a world holds, and the ids it would give out next."""
    with each.lock:
        tx = each.begin()
        services = list(tx.store.services())
        return (
            tx.now,
            services,
            [dict(tx.store.states(one.number)) for one in services],
            [dict(tx.store.tasks(one.number)) for one in services],
            list(tx.profiles),
            tx.ids.counters,
            each.clock.mode,
        )


def used(each: ServedWorld) -> None:
    """Change all that a world holds."""
    with each.lock:
        tx = each.begin()
        service = start_service(tx, sent({"x": 1}, customer_id="C"))
        start_state(tx, service, sent())
        start_task(tx, next(iter(tx.store.services())), sent())
        tx.store.delete_service(list(tx.store.services())[1].number)
        tx.ids.customer()
        each.exports._files["some.csv"] = b""
    each.journal.open(START, "GET", "/", ())


@pytest.mark.parametrize("form", ["integer", "conversation"])
def test_reset_is_a_fresh_world(form: str) -> None:
    document = {**DOCUMENT, "fidelity": {"service_ids": form}}
    one = world(document)
    fresh = dump(one)
    used(one)
    assert dump(one) != fresh
    cleared = one.reset()
    assert cleared == WorldSize(services=2, customers=2, requests=1, exports=1)
    assert dump(one) == fresh == dump(world(document))
    assert one.journal.entries() == []
    assert one.journal.open(START, "GET", "/", ()).id == 1
    assert one.exports.names() == []
    check_indexes(one.begin().store)


def test_worlds_of_one_scenario_begin_alike_and_share_nothing() -> None:
    shared = scenario({**DOCUMENT, "clock": {"mode": "frozen", "time": "2026-01-05T09:00:00.000Z"}})
    one, other = ServedWorld("one", shared), ServedWorld("other", shared)
    fresh = dump(other)
    assert dump(one) == fresh
    used(one)
    assert dump(other) == fresh


def test_seed_decides_generated_customers() -> None:
    same = [each.customer_id for each in world(DOCUMENT).begin().profiles]
    assert [each.customer_id for each in world(DOCUMENT).begin().profiles] == same
    other = [each.customer_id for each in world({**DOCUMENT, "seed": 8}).begin().profiles]
    assert other[0] != same[0]
    assert other[1] == same[1] == "C"


def test_reset_raises_the_generation() -> None:
    one = world()
    one.reset()
    one.reset()
    assert one.generation == 2


def test_what_fell_due_happens_when_a_transaction_begins() -> None:
    one = world(DOCUMENT)
    one.clock._anchor = START + HOUR
    services = list(one.begin().store.services())
    assert [each.completed and each.completed.timestamp for each in services] == [
        START + HOUR,
        START - 80 * 60_000,
    ]
    one.clock._anchor = START + DAY
    assert one.counts() == WorldSize(services=0, customers=2, requests=0, exports=0)


def test_reset_puts_the_clock_back() -> None:
    one = world(DOCUMENT)
    fresh = dump(one)
    one.clock._anchor = START + 2 * DAY
    assert one.counts().services == 0
    one.reset()
    assert dump(one) == fresh


def test_reset_under_a_running_clock_makes_relative_times_anew() -> None:
    one = ServedWorld("test", scenario({**DOCUMENT, **REAL}))
    first = one.begin().store.of_customer("C")[0]
    elapsed = system_time() + 5
    while system_time() < elapsed:
        pass
    one.reset()
    again = one.begin().store.of_customer("C")[0]
    assert again.started.timestamp >= first.started.timestamp + 5
    assert again.service_id == first.service_id
    assert again.retention.touched == again.started.timestamp + 2 * HOUR


@pytest.mark.parametrize(
    ("document", "same"),
    [
        ({"customers": DOCUMENT["customers"], **REAL}, True),
        ({**DOCUMENT, "clock": {"mode": "frozen", "time": "2026-01-05T09:00:00.000Z"}}, True),
        ({**DOCUMENT, "clock": {"mode": "frozen"}}, False),
        ({**DOCUMENT, "clock": {"time": "2026-01-05T09:00:00.000Z"}}, True),
        ({**DOCUMENT, **REAL}, False),
    ],
)
def test_base_is_kept_where_no_time_can_change_it(document: dict[str, Any], *, same: bool) -> None:
    made = scenario(document)
    assert (made.base(1) is made.base(1)) is same


def test_offset_clock_runs_from_its_instant() -> None:
    one = ServedWorld("test", scenario({"clock": {"time": "2026-01-05T09:00:00.000Z"}}))
    assert one.clock.mode == "offset"
    assert format_instant(one.begin().now).startswith("2026-01-05T09:00:0")


def test_counts_tell_what_there_is() -> None:
    one = world(DOCUMENT)
    used(one)
    assert one.counts() == WorldSize(services=2, customers=2, requests=1, exports=1)


def test_registry_holds_a_default_world() -> None:
    loaded = scenario(DOCUMENT)
    worlds = Worlds(loaded)
    assert worlds.default.name == "default"
    assert worlds.default.scenario is worlds.scenario is loaded
    assert set(COLUMNS) == {"services", "states", "tasks"}


def test_dropped_worlds_leave_no_journal_behind() -> None:
    worlds = Worlds(scenario({}))
    for _ in range(20):
        worlds.obtain("w").journal.open(0, "GET", "/x", [])
        worlds.obtain("w").reset()
        worlds.drop("w")
        with pytest.raises(ZeroDivisionError):
            worlds.set_up("w", lambda _: 1 / 0)
    gc.collect()
    journals = [each for each in gc.get_objects() if isinstance(each, Journal)]
    assert [each for each in journals if each._budget is worlds.default.budget] == [
        worlds.default.journal
    ]


def test_world_that_is_refused_is_never_listed() -> None:
    worlds = Worlds(scenario({}))

    def refuse(world: ServedWorld) -> None:
        assert not worlds.is_listed(world)
        assert worlds.names() == ["default"]
        raise LookupError

    with pytest.raises(LookupError):
        worlds.set_up("w", refuse)
    assert worlds.names() == ["default"]
    assert worlds.set_up("w", worlds.is_listed) is False
    assert worlds.set_up("w", worlds.is_listed) is True


def test_world_that_another_request_made_meanwhile_is_the_one_that_is_set_up() -> None:
    worlds = Worlds(scenario({}))
    seen: list[ServedWorld] = []

    def act(world: ServedWorld) -> ServedWorld:
        seen.append(world)
        worlds.obtain("w")
        return world

    result = worlds.set_up("w", act)
    assert len(seen) == 2
    assert result is seen[1] is worlds.find("w")
    assert result.in_flight == 0


def test_world_that_is_asked_about_is_in_use() -> None:
    worlds = Worlds(scenario({}), max_worlds=2, idle=600.0)
    world = worlds.obtain("a")
    world.last_used -= 1_000
    worlds.find("a")
    with pytest.raises(TooManyWorldsError):
        worlds.obtain("b")
    world.last_used -= 1_000
    worlds.obtain("b")
    assert worlds.names() == ["default", "b"]


def test_world_that_is_not_there_cannot_be_dropped() -> None:
    worlds = Worlds(scenario({}))
    assert worlds.drop("w") is False
    worlds.obtain("w")
    assert (worlds.drop("w"), worlds.drop("w")) == (True, False)


def test_scenario_that_came_from_no_file_is_not_read_again() -> None:
    worlds = Worlds(scenario({}))
    before = worlds.scenario
    assert worlds.reload() == []
    assert worlds.scenario is before
