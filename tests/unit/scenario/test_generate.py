"""Generated data: providers, contact keys, shares, states, tasks, and what is told of mistakes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from cs_simulator.scenario.providers import (
    PLAIN,
    PROVIDERS,
    UNREPEATABLE,
    WITH_ARGUMENTS,
    ProviderCall,
    made_by,
)
from tests.docs.pages import ROOT, rows_of
from tests.support import Simulation
from tests.support.problems import MISSING, meant, sentence
from tests.unit.scenario.support import mistakes

DECLARED = """profile_attributes:
- {name: City, type: string, length: 8}
- {name: DOB, type: date}
- {name: Score, type: integer, mandatory: true}
- {name: Rate, type: double}
- {name: Is, type: boolean}
extension_schemas:
  profiles:
  - name: Address
    type: single-valued
    attributes: [{name: town, type: string}, {name: code, type: string, mandatory: true}]
  - {name: Phone, type: multi-valued, attributes: [{name: number, type: string}]}
"""
CUSTOMERS: dict[str, Any] = {
    "count": 30,
    "locale": "de_DE",
    "attributes": {
        "City": "city",
        "DOB": {"date_of_birth": {"minimum_age": 18, "maximum_age": 20}},
        "Score": {"random_int": {"min": 1, "max": 3}},
        "Rate": "latitude",
        "Is": "boolean",
    },
    "extensions": {"Address": {"town": "city", "code": "postcode"}, "Phone": {"number": "msisdn"}},
}


def document(**generate: Any) -> dict[str, Any]:
    from cs_simulator.documents.text import read_text

    return {**read_text(DECLARED, "test"), "seed": 7, "generate": generate}


def snapshot(given: dict[str, Any]) -> Any:
    """Return what a world begins with, as a document."""
    simulation = Simulation({"fidelity": {"service_ids": "integer"}, **given})
    return simulation.request("GET", "/_control/snapshot?format=json", base="").json


def test_attributes_and_extensions_are_made_by_their_providers() -> None:
    made = snapshot(document(customers=CUSTOMERS))["customers"]
    assert len(made) == 30
    for customer in made:
        assert 1 <= len(customer["City"]) <= 8
        assert "2005-01-02" <= customer["DOB"] <= "2008-01-01"
        assert customer["Score"] in (1, 2, 3)
        assert isinstance(customer["Rate"], float)
        assert isinstance(customer["Is"], bool)
        assert len(customer["extensions"]["Address"]["code"]) == 5
        assert len(customer["extensions"]["Phone"]) == 1
    assert len({customer["City"] for customer in made}) > 10


def test_one_more_attribute_changes_none_of_the_others() -> None:
    few = {**CUSTOMERS, "attributes": {"Score": CUSTOMERS["attributes"]["Score"]}}
    one = snapshot(document(customers={**few, "extensions": {}}))["customers"]
    other = snapshot(document(customers=CUSTOMERS))["customers"]
    for name in ("customer_id", "FirstName", "LastName", "PhoneNumber", "EmailAddress", "Score"):
        assert [each[name] for each in one] == [each[name] for each in other]


def test_contact_keys_are_different_and_have_services() -> None:
    given = document(
        contacts={"count": 50, "key": {"numerify": {"text": "+44#"}}},
        services={"per_customer": 2},
    )
    services = snapshot(given)["services"]
    keys = Counter(service["contact_key"] for service in services)
    assert len(keys) == 50
    assert set(keys.values()) == {2}
    assert not any("customer_id" in service for service in services)


def test_values_are_chosen_by_their_shares() -> None:
    services = {
        "per_customer": 10,
        "active": 0.5,
        "dropped": 0.5,
        "types": {"100": 3, "card lost": 1},
        "media": ["voice"],
        "dispositions": {"10": 9, "20": 1},
        "extensions": {"call": {"share": 0.25, "value": {"a": 1}}, "all": {"value": 0}},
        "states": {"count": 3, "types": [1, 4, 8]},
        "tasks": {"per_state": 2, "types": ["refund"]},
    }
    made = snapshot(document(contacts={"count": 100}, services=services))["services"]
    types = Counter(service["service_type"] for service in made)
    assert set(types) == {100, "card lost"}
    assert 700 < types[100] < 800
    assert {service["started"]["media_type"] for service in made} == {"voice"}
    attached = Counter(name for service in made for name in service["extensions"])
    assert attached["all"] == 1000
    assert 200 < attached["call"] < 300
    completed = [service for service in made if "completed" in service]
    assert 450 < len(completed) < 550
    assert Counter(service["disposition"] for service in completed)[10] > 400
    for service in completed:
        assert len(service["states"]) == 3
        assert len(service["tasks"]) == 6
        assert all("completed" in each for each in (*service["states"], *service["tasks"]))
        assert service["states"][-1]["completed"] == service["completed"]
    active = [service for service in made if "completed" not in service]
    places = Counter((len(service["states"]), len(service["tasks"])) for service in active)
    # Two tasks of each state that is over, and one or two of the state that is not.
    assert set(places) == {(1, 1), (1, 2), (2, 3), (2, 4), (3, 5), (3, 6)}
    assert places[3, 6] > 250
    for service in active:
        assert ["completed" in state for state in service["states"]].count(False) == 1
        assert ["completed" in task for task in service["tasks"]].count(False) == 1


def test_what_was_generated_before_is_as_it_was() -> None:
    given = {
        "seed": 11,
        "generate": {"customers": {"count": 5, "locale": "fr_FR"}, "services": {"per_customer": 2}},
    }
    made = snapshot(given)
    assert [customer["LastName"] for customer in made["customers"]] == LAST_NAMES
    assert [service["service_type"] for service in made["services"]][:4] == SERVICE_TYPES


LAST_NAMES = ["Boutin", "Picard", "Muller", "Ribeiro", "Albert"]
SERVICE_TYPES = [200, 400, 500, 100]


@pytest.mark.parametrize(
    ("generate", "problem"),
    [
        (
            "{customers: {count: 1, attributes: {City: sity}}}",
            "no provider named 'sity'; did you mean city?",
        ),
        (
            "{customers: {count: 1, attributes: {City: qqqq}}}",
            "no provider named 'qqqq'; see address, ",
        ),
        ("{customers: {count: 1, attributes: {Citty: city}}}", meant("City")),
        (
            "{customers: {count: 1, attributes: {City: [city]}}}",
            "expected the name of a provider, or {name",
        ),
        ("{customers: {count: 1, attributes: {City: {city: {a: 1}}}}}", "city takes none"),
        (
            "{customers: {count: 1, attributes: {City: {city: 5}}}}",
            sentence("", "a map of arguments", 5),
        ),
        (
            "{customers: {count: 1, attributes: {DOB: {date_of_birth: {minimum: 1}}}}}",
            meant("minimum_age"),
        ),
        (
            "{customers: {count: 1, attributes: {DOB: {date_of_birth: {minimum_age: 200}}}}}",
            sentence("minimum_age", "an integer from 0 to 150", 200),
        ),
        (
            "{customers: {count: 1, attributes: {DOB: {date_of_birth: {minimum_age: 120}}}}}",
            "minimum_age 120 is after maximum_age 115; swap the two",
        ),
        (
            "{customers: {count: 1, attributes: {DOB: {date_between: {start_date: 2020-01-01}}}}}",
            f"end_date {MISSING}; expected a date such as 1962-05-10",
        ),
        (
            "{customers: {count: 1, attributes: {DOB: city}}}",
            "DOB takes a date in the form YYYY-MM-DD",
        ),
        (
            "{customers: {count: 1, locale: it_IT, attributes: {City: city}}}",
            "city of it_IT gives something else in every process; take another provider or locale",
        ),
        (
            "{customers: {count: 1, locale: de_DE, attributes: {City: state_abbr}}}",
            "de_DE has no provider state_abbr; take another one or locale",
        ),
        ("{customers: {count: 1, extensions: {Adress: {}}}}", meant("Address")),
        ("{customers: {count: 1, extensions: {Address: {twn: city}}}}", meant("town")),
        ("{customers: {count: 1, extensions: {Address: {town: city}}}}", f"Address.code {MISSING}"),
        ("{contacts: {count: 1, locale: it_IT, key: city}}", "contacts.key: city of it_IT gives"),
        ("{contacts: {count: 1, locale: xx_XX}}", "contacts.locale: no locale named 'xx_XX'"),
        (
            "{customers: {count: 1, attributes: {LCA_EmplID_voice: word}}}",
            "no attribute named 'LCA_EmplID_voice'",
        ),
        (
            "{contacts: {count: 20000}, services: {per_customer: 100, tasks: {per_state: 4}}}",
            "up to 12020000 customers, services, states and tasks; ask for at most 2000000",
        ),
        (
            "{contacts: {count: 1}, services: {per_customer: 1, types: 5}}",
            "expected a list of values, or a map",
        ),
        (
            "{contacts: {count: 1}, services: {per_customer: 1, types: {a: 0}}}",
            sentence("types.a", "a weight above 0, at most 1000000", 0),
        ),
        (
            "{contacts: {count: 1}, services: {per_customer: 1, media: [{}]}}",
            "media[0]: expected a 64-bit integer or a non-empty string",
        ),
        (
            "{contacts: {count: 1}, services: {per_customer: 1, extensions: {ttl: {value: 1}}}}",
            "ttl is a reserved name, and no attached data; choose another",
        ),
    ],
)
def test_what_cannot_be_generated_is_told(generate: str, problem: str) -> None:
    declared = DECLARED.replace("mandatory: true}\n- ", "default: 1}\n- ", 1)
    found = mistakes(f"{declared}generate: {generate}\n")
    assert any(problem in each for each in found), found


def test_values_that_business_attributes_lack_are_told() -> None:
    found = mistakes(
        "business_attributes:\n"
        "  T: {dbid: 1, cv_attributes: [Task.type], values: [{name: a, dbid: 5}]}\n"
        "generate: {contacts: {count: 1}, services: {per_customer: 1, tasks: {types: [a, b]}}}\n"
    )
    assert len(found) == 1
    assert sentence("", "a value of business attribute T: a (5)", "b") in found[0]


def test_page_names_every_provider() -> None:
    page = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    for name in PLAIN:
        assert f"`{name}`" in page
    rows = rows_of(ROOT / "docs" / "scenarios.md", "provider")
    assert [row[0].strip("`") for row in rows] == list(WITH_ARGUMENTS)


REPEAT = """
import hashlib, json, sys
from faker import Faker
from cs_simulator.scenario.providers import PROVIDERS, ProviderCall, made_by
from tests.unit.scenario.test_generate import EXAMPLES
made = {}
for locale in sys.argv[1:]:
    faker = Faker(locale)
    for name in PROVIDERS:
        if hasattr(faker, name):
            call = ProviderCall(name, EXAMPLES.get(name, {}))
            values = [str(made_by(call, faker, (locale, place))) for place in range(3)]
            made[f"{locale} {name}"] = repr(values)
print(json.dumps(made))
"""
EXAMPLES: dict[str, dict[str, Any]] = {
    "bothify": {"text": "??##"},
    "lexify": {"text": "????"},
    "numerify": {"text": "####"},
    "date_between": {"start_date": "1950-01-01", "end_date": "2000-12-31"},
    "date_of_birth": {"minimum_age": 18},
}
LOCALES = ("de_DE", "en_GB", "en_US", "es_ES", "fr_FR", "it_IT", "ja_JP", "pt_BR", "uk_UA", "zh_CN")
HABITS: tuple[dict[str, str], ...] = (
    {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
)


def run_with(habits: dict[str, str], script: str, *arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        env={**os.environ, **habits, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=True,
        timeout=120,
    )
    return json.loads(done.stdout)


def test_every_provider_repeats_with_its_seed_in_every_process() -> None:
    one, other = (run_with(habits, REPEAT, *LOCALES) for habits in HABITS)
    assert len(one) > len(PROVIDERS) * len(LOCALES) * 0.8
    changing = {name for name in one if one[name] != other[name]}
    known = {f"{locale} {name}" for locale, name in UNREPEATABLE}
    assert changing <= known, changing - known


WHOLE = """
import hashlib, json
from tests.unit.scenario.test_generate import CUSTOMERS, document, snapshot
services = {"per_customer": 2, "active": 0.5, "states": {"count": 2}, "tasks": {"per_state": 1}}
given = document(customers=CUSTOMERS, contacts={"count": 5}, services=services)
given["clock"] = {"time": "2026-01-05T09:00:00.000Z", "mode": "frozen"}
print(json.dumps(hashlib.sha256(json.dumps(snapshot(given)).encode()).hexdigest()))
"""


def test_generated_worlds_are_equal_to_the_byte_on_any_machine() -> None:
    assert len({run_with(habits, WHOLE) for habits in HABITS}) == 1


def test_a_value_depends_on_its_seed_alone() -> None:
    from faker import Faker

    faker = Faker("fr_FR")
    call = ProviderCall("city")
    first = made_by(call, faker, 1)
    made_by(ProviderCall("name"), faker, 2)
    assert made_by(call, faker, 1) == first
