"""The desk against a simulated Context Services."""

from __future__ import annotations

import pytest

from cs_simulator.client import Connection, World

from .desk import DELIVERING, SUCCESS, Desk, Refused, Unavailable

CALLER = "+442079460171"
DROPPED_CALL = "scenarios/dropped-call.yaml"


def test_first_call_starts_a_service(desk: Desk, context_services: World) -> None:
    assert not desk.answer(CALLER).is_resumed
    context_services.verify(
        on="start_service", where={"body": {"contact_key": CALLER, "service_type": 100}}, count=1
    )


def test_second_call_resumes_the_first(desk: Desk, context_services: World) -> None:
    first = desk.answer(CALLER)
    second = desk.answer(CALLER)
    assert second == (first.service_id, True)
    context_services.verify(on="start_service", count=1)


def test_finished_conversation_is_not_resumed(desk: Desk) -> None:
    first = desk.answer(CALLER)
    desk.finish(first.service_id)
    second = desk.answer(CALLER)
    assert not second.is_resumed
    assert second.service_id != first.service_id


@pytest.mark.context_services_scenario(DROPPED_CALL)
def test_dropped_call_is_resumed_where_it_was(desk: Desk, context_services: World) -> None:
    conversation = desk.answer(CALLER)
    assert conversation.is_resumed
    desk.deliver(conversation.service_id)
    context_services.verify(
        on="transition_state", where={"body": {"$.to.state_type": DELIVERING}}, count=1
    )
    context_services.verify(on="start_service", count=0)


@pytest.mark.context_services_scenario(DROPPED_CALL)
def test_conversation_of_yesterday_is_forgotten(desk: Desk, context_services: World) -> None:
    context_services.advance_clock("25h")
    assert not desk.answer(CALLER).is_resumed


def test_is_tried_again_while_there_is_no_answer(desk: Desk, context_services: World) -> None:
    context_services.add_fault(on="start_service", times=2, response={"status": 503})
    desk.answer(CALLER)
    context_services.verify(on="start_service", response={"status": 503}, count=2)
    context_services.verify(on="start_service", response={"status": 201}, count=1)


def test_gives_up_after_three_attempts(desk: Desk, context_services: World) -> None:
    context_services.add_fault(on="any", response={"status": 503})
    with pytest.raises(Unavailable, match="tried 3 times, the last time: 503"):
        desk.answer(CALLER)
    context_services.verify(on="any", count=3)


@pytest.mark.parametrize("connection", ["reset", "close", "truncate", "garbage"])
def test_lost_answer_starts_nothing_twice(
    desk: Desk, context_services: World, connection: Connection
) -> None:
    context_services.add_fault(
        on="start_service", times=1, connection=connection, effect="applied", name="lost"
    )
    assert not desk.answer(CALLER).is_resumed
    context_services.verify(on="start_service", response={"fault": "lost"}, count=1)
    context_services.verify(on="start_service", count=1)


def test_late_answer_starts_nothing_twice(context_services: World) -> None:
    context_services.add_fault(on="start_service", times=1, delay="30s")
    desk = Desk(context_services.base_url, timeout=0.3)
    desk.answer(CALLER)
    context_services.verify(on="start_service", count=1)


@pytest.mark.context_services_scenario("outage")
def test_outage_is_over_after_half_a_minute(desk: Desk, context_services: World) -> None:
    context_services.freeze_clock()
    for number in ("1", "2", "3"):
        desk.answer(number)
    with pytest.raises(Unavailable):
        desk.answer("4")
    context_services.advance_clock("31s")
    assert not desk.answer("4").is_resumed
    assert context_services.stage()["stage"] == "recovered"


def test_lost_end_is_sent_again(desk: Desk, context_services: World) -> None:
    conversation = desk.answer(CALLER)
    context_services.add_fault(on="end_service", times=1, connection="close", effect="applied")
    desk.finish(conversation.service_id)
    context_services.verify(
        on="end_service", where={"body": {"disposition": SUCCESS}}, response={"status": 204}
    )


def test_refusal_is_not_tried_again(desk: Desk, context_services: World) -> None:
    with pytest.raises(Refused, match="There are no service found for : 7"):
        desk.finish(7)
    context_services.verify(on="end_service", response={"status": 400}, count=1)
