"""What happens by itself: auto-complete and expiration (contract section 7, *Retention*)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cs_simulator.clock import DAY, HOUR, SECOND, Instant
from cs_simulator.domain.attributes import AttributeValue, BusinessAttribute, BusinessAttributes
from cs_simulator.domain.extensions import update_extension
from cs_simulator.domain.model import Event, Retention, Service
from cs_simulator.domain.services import associate_service, end_service, settle, update_expiration
from cs_simulator.domain.setup import Setup
from cs_simulator.domain.states import end_state, start_state, transition_state
from cs_simulator.domain.tasks import end_task, start_task
from cs_simulator.domain.transaction import Transaction
from tests.unit.domain.support import START, check_indexes, later, sent, started, transaction

FIVE_YEARS = 5 * 365 * DAY
IDLE = Setup(auto_complete_enabled=True, auto_complete_after=HOUR, expiration=DAY)


def settled(tx: Transaction, now: Instant) -> Transaction:
    """Let the time pass, and check that nothing is torn by it."""
    tx = later(tx, now)
    settle(tx)
    check_indexes(tx.store)
    return tx


def completion(tx: Transaction, number: int) -> Instant | None:
    completed = tx.store.service(number).completed
    return None if completed is None else completed.timestamp


def there(tx: Transaction, each: Service) -> bool:
    return tx.store.number_of(each.service_id) is not None


def test_service_expires_after_five_years_and_no_sooner() -> None:
    tx = transaction()
    one = started(tx)
    tx = settled(tx, START + FIVE_YEARS - 1)
    assert there(tx, one)
    tx = settled(tx, START + FIVE_YEARS)
    assert not there(tx, one)


def test_times_never_come_from_a_clients_timestamp() -> None:
    tx = transaction(setup=IDLE)
    long_ago = started(tx, timestamp=START - 100 * DAY)
    far_off = started(tx, timestamp=START + 100 * DAY)
    tx = settled(tx, START + HOUR - 1)
    assert completion(tx, long_ago.number) is completion(tx, far_off.number) is None
    tx = settled(tx, START + HOUR)
    assert completion(tx, long_ago.number) == completion(tx, far_off.number) == START + HOUR
    tx = settled(tx, START + DAY)
    assert len(tx.store) == 0


def test_ending_long_ago_expires_no_sooner() -> None:
    tx = transaction(setup=IDLE)
    one = started(tx)
    end_service(tx, one, sent(timestamp=START - 100 * DAY))
    assert there(settled(tx, START + DAY - 1), one)


def test_auto_complete_ends_active_parts_at_the_moment_it_fell_due() -> None:
    tx = transaction(setup=IDLE)
    one = started(tx)
    first = start_state(tx, one, sent())
    second = start_state(tx, one, sent())
    end_state(tx, one, first, sent(timestamp=START + 5))
    job = start_task(tx, one, sent(state_id=second.state_id))
    tx = settled(tx, START + 3 * HOUR)
    states = tx.store.states(one.number)
    assert states[first.state_id].completed == Event(START + 5)
    assert states[second.state_id].completed == Event(START + HOUR)
    assert tx.store.tasks(one.number)[job.task_id].completed == Event(START + HOUR)
    assert tx.store.service(one.number).completed == Event(START + HOUR)


def test_auto_complete_does_not_move_expiration() -> None:
    tx = transaction(setup=IDLE)
    one = started(tx)
    tx = settled(tx, START + HOUR)
    assert there(settled(tx, START + DAY - 1), one)
    assert not there(settled(tx, START + DAY), one)


def test_auto_complete_is_off_unless_enabled() -> None:
    tx = transaction(setup=Setup(auto_complete_after=HOUR))
    one = started(tx)
    tx = settled(tx, START + DAY)
    assert completion(tx, one.number) is None


def test_auto_complete_after_works_though_the_option_is_off() -> None:
    tx = transaction()
    one = started(tx, auto_complete_after=30)
    tx = settled(tx, START + 30 * SECOND)
    assert completion(tx, one.number) == START + 30 * SECOND


def test_auto_complete_after_overrides_the_option() -> None:
    tx = transaction(setup=IDLE)
    one = started(tx, auto_complete_after=2 * 3600)
    tx = settled(tx, START + 2 * HOUR - 1)
    assert completion(tx, one.number) is None


@pytest.mark.parametrize(
    "event",
    [
        "associate",
        "extension",
        "state",
        "state end",
        "transition",
        "state extension",
        "task",
        "task end",
    ],
)
def test_each_event_counts_anew(event: str) -> None:
    tx = transaction(setup=IDLE)
    one = started(tx)
    stage = start_state(tx, one, sent())
    job = start_task(tx, one, sent())
    tx = later(tx, START + 30)
    one = tx.store.service(one.number)
    match event:
        case "associate":
            associate_service(tx, one, "D", sent())
        case "extension":
            update_extension(tx, one, one, "x", 1)
        case "state":
            start_state(tx, one, sent(timestamp=START - DAY))
        case "state end":
            end_state(tx, one, stage, sent())
        case "transition":
            transition_state(tx, one, stage.state_id, sent(), sent())
        case "state extension":
            update_extension(tx, one, stage, "x", 1)
        case "task":
            start_task(tx, one, sent())
        case _:
            end_task(tx, one, job, sent())
    retention = tx.store.service(one.number).retention
    assert retention == Retention(START + 30, START + 30, lifetime=DAY, idle=HOUR)
    tx = settled(tx, START + HOUR + 29)
    assert completion(tx, one.number) is None
    tx = settled(tx, START + DAY + 29)
    assert completion(tx, one.number) == START + HOUR + 30
    assert not there(settled(tx, START + DAY + 30), one)


def test_ttl_counts_from_the_last_event() -> None:
    tx = transaction()
    one = started(tx, ttl=10)
    tx = settled(tx, START + 5 * SECOND)
    end_service(tx, one, sent())
    tx = settled(tx, START + 15 * SECOND - 1)
    assert there(tx, one)
    assert not there(settled(tx, START + 15 * SECOND), one)


def test_ttl_set_later_counts_from_then_and_leaves_idleness_alone() -> None:
    tx = transaction(setup=IDLE)
    one = started(tx)
    tx = settled(tx, START + 5 * SECOND)
    update_expiration(tx, one, {"ttl": 2 * 3600})
    tx = settled(tx, START + 5 * SECOND + 2 * HOUR - 1)
    assert completion(tx, one.number) == START + HOUR
    assert not there(settled(tx, START + 5 * SECOND + 2 * HOUR), one)


def test_expiration_time_is_moved_by_no_event() -> None:
    tx = transaction()
    one = started(tx, expiration_time=START + HOUR)
    tx = settled(tx, START + HOUR - 1)
    associate_service(tx, one, "D", sent())
    assert there(tx, one)
    assert not there(settled(tx, START + HOUR), one)


def test_expiration_time_leaves_idleness_alone() -> None:
    tx = transaction(setup=IDLE)
    one = started(tx, expiration_time=START + DAY)
    two = started(tx)
    update_expiration(tx, two, {"expiration_time": START + DAY})
    tx = settled(tx, START + HOUR)
    assert completion(tx, one.number) == completion(tx, two.number) == START + HOUR


def test_event_at_the_instant_of_a_new_ttl_counts_anew() -> None:
    tx = transaction(setup=IDLE)
    one = started(tx)
    tx = settled(tx, START + HOUR - 1)
    update_expiration(tx, tx.store.service(one.number), {"ttl": 86_400})
    start_state(tx, tx.store.service(one.number), sent())
    tx = settled(tx, START + HOUR)
    assert completion(tx, one.number) is None
    assert completion(settled(tx, START + 2 * HOUR - 1), one.number) == START + 2 * HOUR - 1


def test_ttl_wins_over_expiration_time() -> None:
    tx = transaction()
    one = started(tx, ttl=10, expiration_time=START + HOUR)
    assert not there(settled(tx, START + 10 * SECOND), one)


def test_a_later_expiration_replaces_the_earlier() -> None:
    tx = transaction()
    one = started(tx, ttl=10)
    update_expiration(tx, one, {"expiration_time": START + HOUR})
    tx = settled(tx, START + 10 * SECOND)
    assert there(tx, one)
    end_service(tx, tx.store.service(one.number), sent(ttl=7200))
    tx = settled(tx, START + HOUR)
    assert there(tx, one)
    assert not there(settled(tx, START + 10 * SECOND + 2 * HOUR), one)


def test_expiration_time_in_the_past_is_at_once() -> None:
    tx = transaction()
    one = started(tx, expiration_time=START - 1)
    assert there(tx, one)
    assert not there(settled(tx, START), one)


def test_expiration_of_a_service_type() -> None:
    values = (
        AttributeValue("short", 1, "Short", "", expiration=HOUR),
        AttributeValue("long", 2, "Long", ""),
    )
    mapped = BusinessAttribute("Kind", 100, "Kind", "", ("Service.type",), values)
    tx = transaction(setup=Setup(attributes=BusinessAttributes([mapped]), expiration=DAY))
    short, by_name = started(tx, service_type=1), started(tx, service_type="short")
    long, none = started(tx, service_type=2), started(tx)
    tx = settled(tx, START + HOUR)
    assert [there(tx, each) for each in (short, by_name, long, none)] == [False, False, True, True]


def test_completed_services_expire_but_complete_no_more() -> None:
    tx = transaction(setup=IDLE)
    one = started(tx)
    end_service(tx, one, sent(timestamp=START + 1))
    tx = settled(tx, START + 2 * HOUR)
    assert completion(tx, one.number) == START + 1
    assert not there(settled(tx, START + DAY), one)


def test_settling_twice_changes_nothing() -> None:
    tx = transaction(setup=IDLE)
    one = started(tx)
    tx = settled(tx, START + HOUR)
    before = tx.store.service(one.number)
    tx = settled(tx, START + HOUR)
    assert tx.store.service(one.number) is before


def test_setting_the_clock_back_brings_nothing_back() -> None:
    tx = transaction(setup=IDLE)
    one = started(tx)
    tx = settled(tx, START + HOUR)
    tx = settled(tx, START)
    assert completion(tx, one.number) == START + HOUR


def test_options_in_force_at_the_start_hold() -> None:
    tx = transaction(setup=IDLE)
    one = started(tx)
    tx = replace(later(tx, START), setup=Setup())
    end_state(tx, one, start_state(tx, one, sent()), sent())
    tx = settled(tx, START + HOUR)
    assert completion(tx, one.number) == START + HOUR


def test_event_counts_anew_also_where_only_the_last_one_was_at_this_instant() -> None:
    tx = transaction()
    one = started(tx)
    tx.store.replace_service(one._replace(retention=Retention(START, START - HOUR, DAY)))
    start_state(tx, tx.store.service(one.number), sent())
    assert tx.store.service(one.number).retention == Retention(START, START, DAY)
