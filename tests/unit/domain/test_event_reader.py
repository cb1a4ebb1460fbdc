"""The fast way past marshmallow: it takes, refuses, converts and words as marshmallow does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from cs_simulator.api import events
from cs_simulator.api.editions import EDITION_85
from cs_simulator.api.events import EventForm, EventReader
from cs_simulator.api.fields import problems_of
from cs_simulator.documents.problems import Problem, UnfitError
from cs_simulator.domain.errors import BadValues
from cs_simulator.domain.fidelity import Fidelity
from cs_simulator.domain.members import BY_NAME, RESERVED
from cs_simulator.domain.setup import Setup
from tests.support.chance import examples
from tests.unit.domain.support import transaction

SCHEMAS = tuple(value for value in vars(events).values() if isinstance(value, EventForm))

ORDER = list(BY_NAME)
"""The order of members in errors, whatever the order of the body."""

LENIENT = Setup(fidelity=Fidelity(string_limits="ignore"))

values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**66), 2**66),
    st.integers(-3, 200),
    st.integers(-3, 200).map(float),
    st.integers(-3, 200).map(str),
    st.floats(allow_nan=False),  # JSON has no such number, and it equals nothing
    st.text(max_size=6),
    st.sampled_from(
        [
            "",
            " 12 ",
            "1_000",
            "\u0661",
            "2009-05-12T12:05:12.145Z",
            "2009-05-12T12:05:12+02:00",
            "2009-05-12T12:05:12",
            "2009-02-30T00:00:00Z",
            "tRuE",
            "9" * 41,
        ]
    ),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
)
names = st.one_of(
    st.sampled_from(sorted(BY_NAME)),
    st.sampled_from(sorted(RESERVED)),
    st.text(max_size=5),
    st.sampled_from(["_schema", "context", "fields", "load", "Timestamp"]),
)


def reader(setup: Setup = LENIENT) -> EventReader:
    return EventReader(transaction(setup=setup), {}, EDITION_85)


def load(schema: EventForm, known: dict[str, Any]) -> tuple[Any, list[Problem]]:
    """Return what marshmallow takes, and what it refuses in the order of the fields."""
    try:
        return schema.schema().load(known), []
    except ValidationError as error:
        found = sorted(problems_of(error), key=lambda problem: ORDER.index(problem.at))
        return error.valid_data, found


def refusal_of(reading: EventReader) -> list[Problem]:
    try:
        reading.finish()
    except BadValues as refusal:
        return list(refusal.problems)
    return []


def typed(given: Any) -> dict[str, tuple[type, object]]:
    return {name: (type(value), value) for name, value in given.items()}


def unfit_of(name: str, value: object) -> UnfitError | None:
    try:
        BY_NAME[name].takes(value)
    except UnfitError as unfit:
        return unfit
    return None


def not_owned(form: EventForm, known: Mapping[str, Any]) -> bool:
    """Tell whether an event names no owner though it needs one: that is refused first."""
    return form.needs_owner and not known.keys() & {"customer_id", "contact_key"}


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda form: form.name)
@settings(max_examples=examples(30))
@given(data=st.data())
def test_fast_way_is_marshmallows(schema: EventForm, data: st.DataObject) -> None:
    own = st.sampled_from(sorted(schema.converters))
    body = data.draw(st.dictionaries(own | names, values, max_size=6))
    known = {
        name: value
        for name, value in body.items()
        if name in schema.converters and value is not None
    }
    reading = reader()
    submission = reading.event(schema, body)
    assert submission.extensions == {
        name: value
        for name, value in body.items()
        if name not in schema.converters and name not in RESERVED
    }
    loaded, problems = load(schema, known)
    assert typed(submission.values) == typed(loaded)
    # The same members are refused by both, each in the words of its converter.
    assert problems == [
        unfit.problem(name, known[name])
        for name in ORDER
        if name in known and (unfit := unfit_of(name, known[name])) is not None
    ]
    refused = refusal_of(reading)
    assert refused[not_owned(schema, known) :] == problems


def test_every_event_has_a_schema() -> None:
    assert {form.name for form in SCHEMAS} == {
        "StartService",
        "AssociateService",
        "EndService",
        "Expiration",
        "StartState",
        "EndState",
        "Transition",
        "TransitionFrom",
        "TransitionTo",
        "StartTask",
        "EndTask",
    }


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda form: form.name)
def test_members_have_the_converters_of_their_names(schema: EventForm) -> None:
    assert schema.converters == {name: BY_NAME[name].takes for name in schema.converters}
    assert set(schema.converters) == set(schema.schema().fields)
    assert set(schema.converters) <= RESERVED


def test_every_bad_member_is_named_at_once_in_the_order_of_the_tables() -> None:
    reading = reader()
    body = {"est_duration": True, "customer_id": "", "session_id": 1.5, "timestamp": "now"}
    reading.event(events.START_SERVICE, body, where="services[0].service.")
    with pytest.raises(BadValues) as refusal:
        reading.finish()
    assert [problem.at for problem in refusal.value.problems] == [
        "services[0].service.customer_id",
        "services[0].service.session_id",
        "services[0].service.est_duration",
        "services[0].service.timestamp",
    ]


def test_null_counts_as_absent() -> None:
    submission = reader().event(events.START_SERVICE, {"customer_id": "C", "timestamp": None})
    assert (submission.values, submission.extensions) == ({"customer_id": "C"}, {})


@pytest.mark.parametrize(
    ("policy", "schema", "refused"),
    [
        ("documented", events.END_SERVICE, True),
        ("documented", events.END_STATE, True),
        ("documented", events.END_TASK, False),
        ("documented", events.START_SERVICE, False),
        ("everywhere", events.START_SERVICE, True),
        ("ignore", events.END_SERVICE, False),
    ],
)
def test_limits_of_texts(policy: str, schema: EventForm, *, refused: bool) -> None:
    tx = transaction(setup=Setup(fidelity=Fidelity(string_limits=policy)))
    reading = EventReader(tx, {}, EDITION_85)
    owner = {"customer_id": "C"} if schema.needs_owner else {}
    reading.event(schema, {**owner, "session_id": "x" * 33, "interaction_id": "x" * 50})
    if refused:
        with pytest.raises(BadValues) as refusal:
            reading.finish()
        assert [(p.at, p.expected) for p in refusal.value.problems] == [
            ("session_id", "at most 32 characters (it has 33)")
        ]
    else:
        reading.finish()
        hint = ["session_id has 33 characters; the documented limit is 32"]
        assert tx.hints == ([] if policy == "ignore" else hint)
