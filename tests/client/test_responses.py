"""What the client says of responses, as types, is what the server sends."""

from __future__ import annotations

from types import UnionType
from typing import Any, Literal, NotRequired, get_args, get_origin, get_type_hints

import pytest

from cs_simulator.client import Server, World, responses
from tests.client.support import ask

DOCUMENT: dict[str, Any] = {
    "clock": {"time": "2026-01-05T09:00:00.000Z", "mode": "frozen"},
    "stages": [
        {"name": "one", "until": {"calls": 5, "on": "start_service"}},
        {"name": "two", "faults": [{"on": "any", "delay": "1ms"}]},
    ],
}


def unfit(value: Any, hint: Any, at: str = "it") -> list[str]:
    """Return the places where a value is not what a type says."""
    if get_origin(hint) is NotRequired:
        [hint] = get_args(hint)
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return []
    if origin is Literal:
        return [] if value in inner else [at]
    if origin is list:
        return [place for each in value for place in unfit(each, inner[0], f"{at}[]")]
    if origin is dict:
        return [place for name in value for place in unfit(value[name], inner[1], f"{at}.*")]
    if origin is UnionType:
        return [] if any(unfit(value, each) == [] for each in inner) else [f"{at}: {value!r}"]
    if not hasattr(hint, "__required_keys__"):
        wanted = (int, float) if hint is float else hint
        return [] if isinstance(value, wanted) else [f"{at}: {value!r}"]
    hints = get_type_hints(hint, include_extras=True)
    missing = {name for name in hints if get_origin(hints[name]) is not NotRequired} - set(value)
    odd = [f"{at}.{name}" for name in (missing | (set(value) - set(hints)))]
    known = [name for name in value if name in hints]
    return odd + [
        place for name in known for place in unfit(value[name], hints[name], f"{at}.{name}")
    ]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"world": "w", "mode": "real", "time": "x"}, []),
        ({"world": "w", "mode": "real", "time": "x", "hint": 1}, ["it.hint: 1"]),
        ({"world": 1, "mode": "rael", "time": "x", "nwo": 1}, ["it.nwo", "it.world: 1", "it.mode"]),
        ({"world": "w", "mode": "real"}, ["it.time"]),
    ],
)
def test_what_does_not_fit_is_found(value: Any, found: list[str]) -> None:
    assert unfit(value, responses.Clock) == found


def test_answers_of_a_world_are_what_their_types_say(world: World) -> None:
    assert unfit(world.load_scenario(DOCUMENT), responses.Cleared) == []
    assert unfit(world.describe(), responses.Description) == []
    assert unfit(world.scenario(), responses.Scenario) == []
    assert unfit(world.stage(), responses.Stage) == []
    assert unfit(world.next_stage(), responses.Stage) == []
    assert unfit(world.clock(), responses.Clock) == []
    assert unfit(world.advance_clock("1h"), responses.Clock) == []
    assert unfit(world.freeze_clock("2026-01-05T09:00:00.000Z"), responses.Clock) == []
    added = world.add_fault(on="end_service", times=2, response={"status": 503}, effect="applied")
    assert unfit(added, responses.Fault) == []
    assert unfit(world.faults(), list[responses.Fault]) == []
    service = f"{world.base_url}/services/start"
    assert ask(service, {"contact_key": "a"}) == 201
    assert ask(f"{world.base_url}/services/77/end", {}) == 503
    assert ask(f"{world.base_url}/nowhere") == 404
    journal = world.requests_page()
    assert len(journal["requests"]) == 3
    assert unfit(journal, responses.RequestsPage) == []
    for question in ({"count": 2}, {"count": 1}):
        verdict = world.verification(on="start_service", **question)  # type: ignore[arg-type]
        assert unfit(verdict, responses.Verification) == []
    judged = world.judgement(on="start_service", created=1, outcome="answered")
    assert unfit(judged, responses.JudgeResponse) == []
    missing = world.verification(in_order=[{"on": "start_service"}, {"on": "start_service"}])
    assert unfit(missing, responses.Verification) == []
    assert unfit(world.explain("POST", "services/start", body={}), responses.Explanation) == []
    assert unfit(world.explain_request(2), responses.Explanation) == []
    assert unfit(world.reset(), responses.Cleared) == []


def test_answers_of_a_server_are_what_their_types_say(server: Server) -> None:
    assert unfit(server.health(), responses.Health) == []
    assert unfit(server.operations(), list[responses.Operation]) == []
    assert unfit(server.scenario("outage"), responses.NamedScenario) == []
    assert unfit(server.check_scenario("demo"), responses.Checked) == []
    assert unfit(server.reload_scenarios(), responses.Reloaded) == []
