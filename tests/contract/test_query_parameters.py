"""Query parameters: flags, single values, lists, unknown ones. Contract section 2."""

from __future__ import annotations

import pytest

from tests.support import NOW, Simulation, assumed, documented, relied_on


@documented("Query Service by ID: true or false")
@assumed("in any case; anything else is refused")
@pytest.mark.parametrize(
    ("value", "shown"),
    [("true", True), ("TRUE", True), ("tRuE", True), ("false", False), ("False", False)],
)
def test_flags_in_any_case(cs: Simulation, value: str, shown: bool) -> None:
    service = cs.service()
    found = cs.get(f"services/{service}?active_states={value}").shows()
    assert ("active_states" in found) is shown


@assumed("a flag that is neither true nor false is refused")
@pytest.mark.parametrize("value", ["1", "yes", "truee", "%20true", "null", "true,true"])
def test_flags_that_are_neither(cs: Simulation, value: str) -> None:
    service = cs.service()
    message = cs.get(f"services/{service}?active_tasks={value}").refused()
    assert "expected true or false" in message


@assumed("an empty parameter is absent")
def test_empty_parameters_are_absent(cs: Simulation) -> None:
    service = cs.service(customer_id="C", x=1)
    query = "active_states=&extensions=&active_tasks"
    assert list(cs.get(f"services/{service}?{query}").shows()) == [
        "service_id",
        "customer_id",
        "started",
    ]
    answer = cs.get(f"customers/C/services?service_types=&started_from=&{query}&")
    assert len(answer.shows()) == 1
    assert answer.hint == ""


@assumed("of a single-valued parameter given again the first counts, with a hint")
def test_single_parameters_given_again(cs: Simulation) -> None:
    service = cs.service()
    answer = cs.get(f"services/{service}?active_states=true&active_states=maybe")
    assert "active_states" in answer.shows()
    assert answer.hint == "active_states was sent 2 times; the first was used"
    answer = cs.get(f"services/{service}?active_states=&active_states=true")
    assert ("active_states" in answer.shows(), answer.hint) == (True, "")


@assumed("an unknown parameter is ignored, and named with the nearest known one")
@pytest.mark.parametrize(
    ("path", "hint"),
    [
        (
            "services/{}?active_state=true",
            "unknown parameter active_state ignored; did you mean active_states?",
        ),
        (
            "services/{}?zzz=1",
            (
                "unknown parameter zzz ignored; this operation "
                "takes active_states, completed_states, "
                "active_tasks, "
                "completed_tasks, extensions"
            ),
        ),
        (
            "services/{}?service_types=1",
            "unknown parameter service_types ignored; this operation takes",
        ),
        ("customers/C/services?service_type=1", "did you mean service_types?"),
        ("services/{}/states?state_type=1", "did you mean state_types?"),
        ("services/{}/tasks?task_type=1", "did you mean task_types?"),
        ("services/{}/tasks?Extensions=x", "did you mean extensions?"),
    ],
)
def test_unknown_parameters_give_a_hint(cs: Simulation, path: str, hint: str) -> None:
    service = cs.service(customer_id="C", service_type=2)
    cs.state(service, state_type=2)
    cs.task(service, task_type=2)
    answer = cs.get(path.format(service))
    assert answer.shows()
    assert hint in answer.hint


@assumed("an operation without parameters says so")
def test_unknown_parameters_where_there_are_none(cs: Simulation) -> None:
    answer = cs.post("services/start?active_states=true", {"contact_key": "K"})
    assert answer.status == 201
    assert answer.hint == "unknown parameter active_states ignored; this operation takes none"


@assumed("a blank where + was meant: a hint")
def test_dates_with_a_plus_in_a_query(cs: Simulation) -> None:
    cs.service(customer_id="C")
    path = "customers/C/services?started_from=2026-01-05T11:00:00.000"
    answer = cs.get(f"{path}+02:00")
    assert "found '2026-01-05T11:00:00.000 02:00'" in answer.refused()
    assert answer.hint == "started_from: a + in a query string means a space; send %2B"
    assert len(cs.get(f"{path}%2B02:00").shows()) == 1
    assert cs.get(f"{path}%2B01:59").shows() == []


@relied_on("repeated and comma separated lists")
@pytest.mark.parametrize(
    "query",
    ["extensions=a,b", "extensions=a%2Cb", "extensions=a&extensions=b", "extensions=,a,,b,"],
)
def test_lists_in_every_form(cs: Simulation, query: str) -> None:
    service = cs.service(a=1, b=2, c=3)
    shown = cs.get(f"services/{service}?{query}").shows()
    assert [name for name in shown if name in "abc"] == ["a", "b"]


@assumed("a blank in a list is part of a value, with a hint")
def test_lists_with_blanks(cs: Simulation) -> None:
    service = cs.service()
    for state_type in ("one", "two", " two"):
        cs.state(service, state_type=state_type)
    answer = cs.get(f"services/{service}/states?state_types=one,%20two")
    assert [state["state_type"] for state in answer.shows()] == ["one", " two"]
    assert answer.hint == "state_types: leading and trailing spaces are part of the value"
    answer = cs.get(f"services/{service}/states?state_types=one,two+more")
    assert (len(answer.shows()), answer.hint) == (1, "")


@documented("parameters must be URL-encoded")
def test_parameters_are_decoded(cs: Simulation) -> None:
    service = cs.service(**{"a b": 1, "é&=": 2})
    shown = cs.get(f"services/{service}?extensions=a+b,%C3%A9%26%3D").shows()
    assert (shown["a b"], shown["é&="]) == (1, 2)
    assert cs.get(f"services/{service}?%65xtensions=a%20b").shows()["a b"] == 1


@documented("Query Services: a span without end")
def test_parameters_of_dates_without_milliseconds(cs: Simulation) -> None:
    cs.service(customer_id="C", timestamp=NOW)
    assert len(cs.get("customers/C/services?started_from=2026-01-05T09:00:00Z").shows()) == 1
    assert cs.get("customers/C/services?started_to=2026-01-05T09:00:00Z").shows() == []
