"""The JSON Schema accepts what the loader accepts, and refuses every error of shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from cs_simulator.cli import main
from cs_simulator.documents.shape import Checker, Scalar
from cs_simulator.documents.text import read_text
from cs_simulator.domain.members import MEMBERS
from cs_simulator.scenario.catalogue import SUFFIXES, shipped_folder
from cs_simulator.scenario.described import KEYS, scenario_schema
from cs_simulator.scenario.document import DOCUMENT

SHIPPED = sorted(each for each in shipped_folder().iterdir() if each.suffix in SUFFIXES)


def test_schema_is_valid_and_printed() -> None:
    Draft202012Validator.check_schema(scenario_schema())
    assert json.loads(CliRunner().invoke(main, ["schema"]).output) == scenario_schema()


def properties_of(schema: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield every key that a schema describes, at whatever depth."""
    if isinstance(schema, list):
        for each in schema:
            yield from properties_of(each, place)
    elif isinstance(schema, dict):
        for name, each in schema.items():
            if name != "properties":
                yield from properties_of(each, place)
                continue
            for key, member in each.items():
                # What only asks whether a key is there describes nothing.
                if not {"not", "const"} & set(member):
                    yield ".".join((*place, key)), member
                yield from properties_of(member, (*place, key))


def test_every_key_has_a_meaning() -> None:
    nameless = {
        place for place, schema in properties_of(scenario_schema()) if "description" not in schema
    }
    assert not nameless, f"say in scenario/described.py what these keys mean: {sorted(nameless)}"


def test_every_meaning_is_that_of_a_key() -> None:
    places = {place for place, _ in properties_of(scenario_schema())}
    names = [[place.split(".", n)[-1] for n in range(20)] for place in places]
    used = {name for several in names for name in [n for n in several if n in KEYS][:1]}
    members = {each.name for each in MEMBERS}
    unused = KEYS.keys() - members - used
    assert not unused, f"scenario/described.py tells of what is no key: {sorted(unused)}"
    assert all(each.endswith(".") for each in KEYS.values())


def test_schema_has_a_name_of_its_own() -> None:
    assert scenario_schema()["$id"] == "urn:cs-simulator:scenario:1"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_schema_accepts_every_shipped_scenario(path: Path, validator: Draft202012Validator) -> None:
    validator.validate(read_text(path.read_text(), path.name))


FINE = [
    "faults: [{on: any, sequence: [pass, {response: {status: 503}}], repeat: 1}]",
    "{}",
    "format: 1",
    "seed: -5",
    "seed: '12'",
    "clock: {mode: offset, time: 2026-01-05T09:00:00.000Z}",
    "first_ids: {service: 1, state: 2, task: 3}",
    "settings: {expiration: 5y, auto_complete: {enabled: true, after: 90m}}",
    "settings: {base_paths: {'8.1': /, '8.5': /genesys/1/cs}}",
    "fidelity: {not_found_status: 404, types_mandatory: true, end_twice: reject}",
    "fidelity: {not_found_status: '404', types_mandatory: 'true'}",
    "customers: [{customer_id: C, remove: true}, {PhoneNumber: [a, 1]}, {Title: null}]",
    "customers: [{FirstName: Ada, extensions: {A: {x: 1}, B: [{x: 1}, {}], C: null}}]",
    "profile_attributes: []",
    "profile_attributes: [{remove: true}, {name: Title, remove: true}]",
    "profile_attributes: [{name: L, type: Integer, mandatory: 'True', length: '10', default: 5}]",
    "profile_attributes: [{name: L, type: date, unique: 'False'}]\ncustomers: [{L: 1}]",
    "extends: a\ncustomers: [{Level: [1, 2.5, true, x]}]",
    "extension_schemas: {services: [], states: null, profiles: [{name: A, type: CLASSIFIER}]}",
    "extension_schemas: {tasks: [{name: A, type: Multi-Valued, unique: [a, [b, c]]}]}",
    "identification_keys: [{name: idX, attributes: [a], source: A, unique: 'true'}]",
    "services: [{contact_key: a, started: -2h, completed: {timestamp: -1h, media_type: 1}}]",
    "services: [{contact_key: a, service_id: 383-f9, states: [{tasks: [{extensions: {}}]}]}]",
    "generate: {customers: {count: 5, locale: fr_FR}, services: {per_customer: 2, active: 0.5}}",
    "generate: {customers: {count: 1, attributes: {Title: prefix, City: {city: }}}}",
    "generate: {contacts: {count: 1, key: {numerify: {text: '+44########'}}}}",
    "generate: {services: {per_customer: 1, types: {100: 0.5, a: 3}, media: [voice, 7]}}",
    "generate: {services: {per_customer: 1, extensions: {a: {value: 0}}, dropped: 1}}",
    "business_attributes: {A: {remove: true}}",
    "business_attributes: {A: {dbid: 1, values: [{name: a, dbid: 2}], cv_attributes: [Task.type]}}",
    "faults: [{on: '*', delay: 250ms}, {on: [get_service, any], delay: {from: 1s, to: 2s}}]",
    "faults: [{on: any, delay: {median: 1s, sigma: 0.5, max: 5s}, where: {body: {$.a: [1, x]}}}]",
    "faults: [{on: any, sequence: [{response: {status: 500}}, pass], repeat: forever}]",
    "faults: [{on: any, between: [1s, 2s], above_rate: {calls: 1, per: 1s}, patch: null}]",
    "faults: [{on: any, where: {query: {a: {absent: true}}, path: /a/**}, connection: reset}]",
    "stages: [{name: a, until: {calls: 3, on: any}}, {name: b}]",
]
"""What has a right shape, whatever else may be said of it."""

WRONG = [
    "[]",
    "5",
    "format: 2",
    "sed: 1",
    "seed: 1.5",
    "seed: true",
    f"seed: {2**63}",
    "clock: {mode: frosen}",
    "clock: {time: yesterday}",
    "clock: 5",
    "first_ids: {service: 0}",
    "settings: {expiration: 5}",
    "settings: {auto_complete: {enabled: 1}}",
    "settings: {base_paths: {'8.5': genesys}}",
    "settings: {base_paths: {'8.5': /_control/x}}",
    "fidelity: {end_twise: accept}",
    "fidelity: {end_twice: maybe}",
    "customers: {}",
    "customers: [{FirstName: [[a]]}]",
    "customers: [{FirstName: []}]",
    "customers: [{extensions: []}]",
    "customers: [{extensions: {Address: 5}}]",
    "customers: [{extensions: {Address: [5]}}]",
    "profile_attributes: {}",
    "profile_attributes: [{name: Level}]",
    "profile_attributes: [{type: string}]",
    "profile_attributes: [{name: Level, type: strin}]",
    "profile_attributes: [{name: Level, type: string, length: -1}]",
    "profile_attributes: [{name: Level, type: string, mandatory: 'yes'}]",
    "profile_attributes: [{name: Level, type: string, unique: true}]",
    "extension_schemas: []",
    "extension_schemas: {profile: []}",
    "extension_schemas: {profiles: [{name: Address}]}",
    "extension_schemas: {profiles: [{name: Address, type: multi}]}",
    "extension_schemas: {profiles: [{name: A, type: classifier, attributes: [{name: City}]}]}",
    "identification_keys: [{name: idX}]",
    "identification_keys: [{name: idX, attributes: LastName}]",
    "identification_keys: [{name: idX, attributes: [LastName], uniqe: true}]",
    "customers: [{customer_id: ''}]",
    "customers: [{FirstName: {a: 1}}]",
    "services: [{contact_key: a, started: 5}]",
    "services: [{contact_key: a, started: {when: -2h}}]",
    "services: [{contact_key: a, est_duration: -1}]",
    "services: [{contact_key: a, states: [{state_id: 4294967296}]}]",
    "services: [{contact_key: a, extensions: [1]}]",
    "services: [{contact_key: a, service_id: -1}]",
    "generate: {customers: {locale: fr_FR}}",
    "generate: {customers: {count: -1}}",
    "generate: {services: {per_customer: 1, active: 2}}",
    "generate: {customers: {count: 1, attributes: {Title: [prefix]}}}",
    "generate: {customers: {count: 1, attributes: {Title: {prefix: [1]}}}}",
    "generate: {services: {per_customer: 1, types: []}}",
    "generate: {services: {per_customer: 1, types: {100: 0}}}",
    "generate: {services: {per_customer: 1, extensions: {a: {share: 1}}}}",
    "generate: {services: {per_customer: 1, states: {count: 0}}}",
    "business_attributes: {A: {dbid: 1}}",
    "business_attributes: {A: {dbid: 1, values: [{name: a}]}}",
    "business_attributes: {A: {dbid: 1, values: [], cv_attributes: [Service.kind]}}",
    "faults: [{delay: 1s}]",
    "faults: [{on: start_servce, delay: 1s}]",
    "faults: [{on: [], delay: 1s}]",
    "faults: [{on: any, delay: 5}]",
    "faults: [{on: any, delay: {from: 1s}}]",
    "faults: [{on: any, probability: 1.5}]",
    "faults: [{on: any, times: -1}]",
    "faults: [{on: any, every: 0}]",
    "faults: [{on: any, response: {status: 99}}]",
    "faults: [{on: any, response: {}}]",
    "faults: [{on: any, connection: cut}]",
    "faults: [{on: any, effect: done}]",
    "faults: [{on: any, between: [1s]}]",
    "faults: [{on: any, above_rate: {calls: 1}}]",
    "faults: [{on: any, where: {bdy: {}}}]",
    "faults: [{on: any, where: {query: {a: {is: 1}}}}]",
    "faults: [{on: any, where: {query: {a: {equals: 1, absent: true}}}}]",
    "faults: [{on: any, where: {query: {a: {matches: 5}}}}]",
    "faults: [{on: any, where: {query: {a: {contains: [x]}}}}]",
    "faults: [{on: any, where: {query: {a: []}}}]",
    "faults: [{on: any, where: {query: {a: [[1]]}}}]",
    "faults: [{on: any, sequence: [stop]}]",
    "faults: [{on: any, dribble: {chunks: 0, duration: 1s}}]",
    "stages: [{until: {calls: 1}}]",
    "stages: [{name: a, until: {calls: 0}}]",
    "stages: [{name: a, faults: {}}]",
]
"""What has a wrong shape."""


def _shape_mistakes(data: Any) -> int:
    checker = Checker("s")
    DOCUMENT.check(data, "", checker)
    return checker.count


@pytest.mark.parametrize("text", FINE, ids=count())
def test_schema_accepts_what_the_loader_accepts(text: str, validator: Draft202012Validator) -> None:
    data = read_text(text, "s")
    assert _shape_mistakes(data) == 0
    validator.validate(data)


@pytest.mark.parametrize("text", WRONG, ids=count())
def test_schema_refuses_what_the_loader_refuses(text: str, validator: Draft202012Validator) -> None:
    data = read_text(text, "s")
    assert _shape_mistakes(data) > 0
    assert not validator.is_valid(data)


def test_schema_knows_the_attributes_of_a_document_that_declares_none(
    validator: Draft202012Validator,
) -> None:
    wrong = {"customers": [{"FirstNam": "a"}]}
    assert not validator.is_valid(wrong)
    others: list[dict[str, object]] = [{"extends": "demo"}, {"profile_attributes": []}]
    for more in others:
        validator.validate({**wrong, **more})
    validator.validate({"customers": [{"LastCalledAgent_TimeStamp": "2026-01-05"}]})
    validator.validate({"customers": [{"Pref_EmplID_sms": "A1"}]})


def test_converter_that_says_nothing_of_itself_needs_a_schema() -> None:
    with pytest.raises(TypeError, match="needs a schema of its own"):
        Scalar(str).json_schema()
