"""What the document says of typed attributes is what the server takes and shows."""

from __future__ import annotations

from typing import Any

import pytest

from cs_simulator.domain.typed import TYPES
from tests.openapi.caller import Caller
from tests.openapi.test_conversation import caller_of
from tests.support import Simulation

DAY = "2026-01-05"
MOMENT = "2026-01-05T09:00:00.000Z"

TAKEN: dict[str, tuple[Any, ...]] = {
    "boolean": (True, "FALSE"),
    "string": ("", "text", 7),
    "integer": (-7, "7"),
    "long": (2**40, "-1099511627776"),
    "double": (0.5, -7, "2.25"),
    "date": (DAY, MOMENT),
    "datetime": (MOMENT, "2026-01-05T10:00:00+01:00"),
    "currency": (7, "12.50", "-99999999999.9999"),
}
REFUSED: dict[str, tuple[Any, ...]] = {
    "boolean": (1, "yes"),
    "string": ("longer than ten", 0.5, True, {}),
    "integer": (2**31, 0.5, "x", True),
    "long": (2**63, "", []),
    "double": ("", "x", True, {}),
    "date": ("2026-02-29", "05.01.2026", 7),
    "datetime": (DAY, "2026-01-05T24:00:00Z", 7),
    "currency": (10**11, "12.34567", "100000000000", True),
}
ATTRIBUTES = [
    {"name": name.title(), "type": name, **({"length": 10} if name == "string" else {})}
    for name in TYPES
]
OTHER = {"name": "label", "type": "string"}
SCENARIO = {
    "profile_attributes": ATTRIBUTES,
    "extension_schemas": {
        "profiles": [
            {"name": "One", "type": "single-valued", "attributes": ATTRIBUTES},
            {"name": "Loose", "type": "multi-valued", "attributes": ATTRIBUTES},
            {
                "name": "Many",
                "type": "multi-valued",
                "attributes": [*ATTRIBUTES, OTHER],
                "unique": ["Integer", ["Boolean", "label"]],
            },
        ]
    },
}
CASES = [(name, value) for name, values in TAKEN.items() for value in values]
WRONG = [(name, value) for name, values in REFUSED.items() for value in values]


def kind_of(value: object) -> str:
    return repr(value)[:30]


@pytest.fixture(scope="module")
def cs() -> Simulation:
    return Simulation(SCENARIO)


@pytest.fixture(scope="module")
def caller(cs: Simulation) -> Caller:
    return caller_of(cs, "fuzzing")


def test_every_type_is_tried() -> None:
    assert set(TAKEN) == set(REFUSED) == set(TYPES)


@pytest.mark.parametrize("edition", ["", "_81"])
@pytest.mark.parametrize(("kind", "value"), CASES, ids=kind_of)
def test_values_that_fit_the_document_are_taken(
    caller: Caller, kind: str, value: object, edition: str
) -> None:
    name = kind.title()
    record = {name: value}
    profile = {name: value, "One": record, "Loose": [record, {name: None}]}
    made = caller.call(f"create_profile{edition}", profile)
    shown = caller.call(f"get_profile{edition}", **made, extensions="One,Loose")
    assert shown["One"] == {name: shown[name]}
    assert shown["Loose"][0] == {name: shown[name]}
    caller.call(f"update_profile{edition}", {name: [value]}, **made)


@pytest.mark.parametrize(("kind", "value"), WRONG, ids=kind_of)
def test_values_that_do_not_fit_the_document_are_refused(
    cs: Simulation, caller: Caller, kind: str, value: object
) -> None:
    name = kind.title()
    operation = caller.operations["create_profile"].members
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    for body in ({name: value}, {"One": {name: value}}, {"Loose": [{name: value}]}):
        assert not caller.validator(schema).is_valid(body)
        assert cs.post("profiles", body).status == 400


def test_record_is_selected_by_any_way_that_is_unique(cs: Simulation, caller: Caller) -> None:
    record: dict[str, Any] = {"Integer": 1, "Boolean": True, "label": "a", "Double": 0.5}
    made = caller.call("create_profile", {"Many": [record]})
    for selected in ({"Integer": "1"}, {"Boolean": "true", "label": "a"}):
        changed = {**selected, "Double": record["Double"] + 1}
        caller.call("update_profile_extension_record", changed, name="Many", **made)
        record["Double"] += 1
        shown = caller.call("get_profile", **made, extensions="Many")
        assert shown["Many"] == [record]
    operation = caller.operations["update_profile_extension_record"].members
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    for body in ({"label": "a"}, {"Integer": None, "Double": 1}, {"Integer": 1, "more": 1}):
        assert not caller.validator(schema).is_valid(body)
        path = f"profiles/{made['customer_id']}/extensions/Many/by/unique"
        assert cs.put(path, body).status == 400
