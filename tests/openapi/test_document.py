"""The OpenAPI document is one, and has every operation of both editions."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Event
from typing import Any

import pytest
from click.testing import CliRunner
from openapi_spec_validator import validate

from cs_simulator.cli import main
from cs_simulator.openapi.document import openapi
from cs_simulator.openapi.meanings import MEANINGS, SCHEMAS
from cs_simulator.openapi.scalars import Described
from cs_simulator.operations import OPERATIONS
from tests.conftest import Simulate
from tests.openapi.caller import Caller, SentResponse, described
from tests.support import Simulation
from tests.support.app import App
from tests.support.problems import sentence

URL = "http://localhost"
both = pytest.mark.parametrize("document", [False, True], ids=["clients", "fuzzing"], indirect=True)


@cache
def made(lenient: bool = False) -> dict[str, Any]:
    """Return the document for clients, or that for fuzzing."""
    return openapi(Described(URL, lenient=lenient))


@pytest.fixture
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    return made(request.param)


def document_of(simulation: Simulation, prefix: str = "") -> dict[str, Any]:
    """Return the document that a world answers."""
    found: dict[str, Any] = simulation.get("/_control/openapi.json", base=prefix).shows()
    return found


@both
def test_document_is_valid(document: dict[str, Any]) -> None:
    validate(document)


@both
def test_every_operation_of_both_editions_is_in_it(document: dict[str, Any]) -> None:
    there = {
        (operation["x-operation"], method.upper(), operation["x-edition"], path)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    bases = {"8.5": "/genesys/1/cs", "8.1": ""}
    assert there == {
        (each.id, each.method, edition, f"{bases[edition]}{path}")
        for each in OPERATIONS
        for edition in each.editions
        for path in each.paths
    }


def test_operation_ids_are_unique_and_those_of_the_table_in_8_5() -> None:
    ids = [
        operation["operationId"]
        for operations in made()["paths"].values()
        for operation in operations.values()
    ]
    assert len(ids) == len(set(ids))
    assert {each.id for each in OPERATIONS if "8.5" in each.editions} <= set(ids)
    assert {f"{each.id}_81" for each in OPERATIONS if "8.1" in each.editions} <= set(ids)


def test_links_lead_to_operations_of_the_same_edition() -> None:
    operations = described(made())
    links = [
        (operation.members["x-edition"], link)
        for operation in operations.values()
        for answer in operation.members["responses"].values()
        for link in answer.get("links", {}).values()
    ]
    assert {link["operationId"] for _, link in links} >= {"get_service", "end_task_81"}
    for edition, link in links:
        target = operations[link["operationId"]].members
        assert target["x-edition"] == edition
        taken = {each["name"] for each in target["parameters"] if "name" in each}
        assert set(link["parameters"]) <= taken


@both
def test_examples_fit_their_schemas(document: dict[str, Any]) -> None:
    caller = Caller(document, lambda *_: SentResponse(500, {}, b""))
    examples = 0
    for operation in caller.operations.values():
        members = operation.members
        bodies = [members.get("requestBody", {}), *members["responses"].values()]
        content = [each for body in bodies for each in body.get("content", {}).values()]
        for each in (*members["parameters"], *content):
            if "example" in each:
                caller.validator(each["schema"]).validate(each["example"])
                examples += 1
    assert examples > len(caller.operations)


def test_world_is_the_server_of_its_document(simulate: Simulate) -> None:
    cs = simulate({"settings": {"base_paths": {"8.5": "/gms", "8.1": "/ucs"}}})
    document = document_of(cs)
    validate(document)
    assert document["servers"][0]["url"] == URL
    assert document["info"]["x-base-urls"] == {"8.5": f"{URL}/gms", "8.1": f"{URL}/ucs/"}
    assert {"/gms/services/start", "/ucs/services/start"} <= set(document["paths"])
    cs.request("PUT", "/_control/worlds/w", base="")
    prefixed = document_of(cs, "/_world/w")
    assert prefixed["servers"][0]["url"] == f"{URL}/_world/w"


def test_document_says_what_a_world_demands(simulate: Simulate) -> None:
    cs = simulate(
        {
            "settings": {
                "users": [{"name": "u", "password": "p"}],
                "tenants": [{"name": "a", "dbid": 1}, {"name": "b", "dbid": 2}],
            },
            "fidelity": {"types_mandatory": "true", "associate_status": "200"},
            "profile_attributes": [{"name": "Badge", "type": "integer", "mandatory": True}],
        }
    )
    document = document_of(cs)
    operations = described(document)
    start = operations["start_service"].members
    assert start["security"] == [{"basic": []}]
    assert "401" in start["responses"]
    assert {"$ref": "#/components/parameters/NeededContactCenterId"} in start["parameters"]
    schemas = document["components"]["schemas"]
    assert schemas["StartServiceBody"]["required"] == ["service_type"]
    assert "200" in operations["associate_service"].members["responses"]
    assert schemas["CreateProfileBody"]["required"] == ["Badge"]


def test_command_prints_the_document() -> None:
    result = CliRunner().invoke(main, ["openapi", "--url", f"{URL}/"])
    assert result.exit_code == 0
    assert json.loads(result.output) == made()


def test_a_start_does_not_pay_for_the_document() -> None:
    imports = "import cs_simulator.app, cs_simulator.cli, cs_simulator.http.server, sys"
    code = f"{imports}; print('apispec' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert printed.stdout.split() == [b"False"]


def schemas_in(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a document that may be a schema."""
    if isinstance(value, dict):
        yield value
        for name, each in value.items():
            if name not in ("example", "examples"):
                yield from schemas_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from schemas_in(each)


def test_clients_are_made_without_what_breaks_generators() -> None:
    for schema in schemas_in(made()):
        assert schema.get("type") != "array" or "items" in schema, schema
        assert not isinstance(schema.get("type"), list), "several types become a type of their own"
        assert not ("anyOf" in schema and "properties" in schema), "members are lost"
        assert not isinstance(schema.get("const"), bool), "clients that cannot be imported"
        assert "uniqueItems" not in schema
        assert "enum" not in schema or "type" in schema, schema


def test_plain_document_lists_no_mode_that_ends_all_that_follows() -> None:
    """What tries each word of a list would take the server out of service."""
    for lenient in (False, True):
        document = openapi(Described("", lenient=lenient))
        for path in ("/genesys/1/cs/server/mode", "/server/mode"):
            body = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
            name = body["schema"].get("$ref", "").rpartition("/")[2]
            schema = document["components"]["schemas"][name] if name else body["schema"]
            mode = schema["properties"]["mode"]
            assert ("enum" in mode) is lenient
            assert lenient or "production or maintenance" in mode["description"]


def test_clients_do_not_send_the_headers_of_the_simulator() -> None:
    names = {
        Caller(document, lambda *_: SentResponse(500, {}, b"")).resolved(parameter)["name"]
        for document in (made(),)
        for operation in described(document).values()
        for parameter in operation.members["parameters"]
    }
    assert not {name for name in names if name.startswith("X-Simulator-")}
    assert "X-Simulator-Fault" in made()["info"]["description"]
    assert {"World", "Fault"} <= set(made(lenient=True)["components"]["parameters"])


def test_everything_is_described() -> None:
    assert all(tag["name"][0].isalpha() and tag["description"] for tag in made()["tags"])
    caller = Caller(made(), lambda *_: SentResponse(500, {}, b""))
    for operation_id, operation in described(made()).items():
        members = operation.members
        assert members["description"], operation_id
        assert members["summary"], operation_id
        for each in members["parameters"]:
            parameter = caller.resolved(each)
            assert parameter["description"], (operation_id, parameter["name"])
            assert "example" in parameter or parameter["in"] != "path"
        success = next(iter(members["responses"].values()))
        content = success.get("content", {}).get("application/json")
        assert content is None or "example" in content, operation_id


def test_bodies_of_clients_have_names() -> None:
    for operation_id, operation in described(made()).items():
        content = operation.members.get("requestBody", {"content": {}})["content"]
        for body in content.values():
            schema = body["schema"]
            assert schema == {} or "$ref" in schema, operation_id


def test_audience_that_is_not_known(simulate: Simulate) -> None:
    refused = simulate().get("/_control/openapi.json?for=everyone", base="")
    assert refused.status == 400
    assert refused.json["detail"] == sentence("for", "clients or fuzzing", "everyone")


def test_all_that_is_taken_is_asked_for(simulate: Simulate) -> None:
    cs = simulate()
    found = cs.get("/_control/openapi.json?for=fuzzing", base="").shows()
    assert {"$ref": "#/components/parameters/Fault"} in described(found)["start_service"].members[
        "parameters"
    ]


def test_everything_that_a_client_sends_or_gets_says_what_it_means() -> None:
    """What a generated client shows beside a name is what stands here."""
    components: Any = made()["components"]["schemas"]
    for name, schema in components.items():
        assert schema.get("description", "").endswith("."), f"{name}: say it in openapi/meanings.py"
    nameless = {
        f"{schema}.{name}"
        for schema, each in components.items()
        for name, member in members_of(each)
        if "$ref" not in member and "description" not in member
    }
    assert not nameless, "say in openapi/meanings.py what these mean"


def members_of(schema: Any) -> Iterator[tuple[str, Any]]:
    """Yield the members that a schema describes, at whatever depth."""
    if isinstance(schema, list):
        for each in schema:
            yield from members_of(each)
    elif isinstance(schema, dict):
        yield from schema.get("properties", {}).items()
        for each in schema.values():
            yield from members_of(each)


def test_every_meaning_is_that_of_something() -> None:
    components: Any = made()["components"]["schemas"]
    names = {name.removesuffix("81") for name in components}
    assert SCHEMAS.keys() <= names
    members = {
        f"{schema.removesuffix('81')}.{name}"
        for schema, each in components.items()
        for name, _ in members_of(each)
    }
    bare = {each.partition(".")[2] for each in members}
    assert {each for each in MEANINGS if each not in bare and each not in members} == set()


def test_every_error_has_an_example_that_fits() -> None:
    caller = Caller(made(), lambda *_: SentResponse(500, {}, b""))
    for operation in caller.operations.values():
        for status, response in operation.members["responses"].items():
            if status >= "400":
                content = response["content"]["application/json"]
                caller.validator(content["schema"]).validate(content["example"])


def test_a_client_knows_one_type_for_each_member_but_one() -> None:
    text = json.dumps(made())
    assert "oneOf" not in text
    assert text.count("anyOf") == 1  # LongOrText


def test_document_is_of_one_scenario_while_others_are_put() -> None:
    scenarios = [
        {
            "settings": {"base_paths": {"8.5": f"/{name}"}},
            "extension_schemas": {"profiles": [{"name": f"Of{name}", "type": "classifier"}]},
        }
        for name in ("one", "two")
    ]
    app = App()
    over = Event()

    def put() -> None:
        while not over.is_set():
            for each in scenarios:
                assert app.put("/_control/scenario", each).status == 200

    with ThreadPoolExecutor(1) as pool:
        putting = pool.submit(put)
        try:
            seen = {
                (path.split("/")[1], extension)
                for document in (app.get("/_control/openapi.json").json() for _ in range(5))
                for path in document["paths"]
                if path in ("/one/profiles", "/two/profiles")
                for extension in document["components"]["schemas"]["InsertProfileExtensionsBody"][
                    "properties"
                ]
            }
        finally:
            over.set()
        putting.result()
    assert seen <= {("one", "Ofone"), ("two", "Oftwo")}


def test_document_of_a_world_with_hundreds_of_extensions_is_whole() -> None:
    attributes = [{"name": f"a{n}", "type": "string"} for n in range(20)]
    schemas = [
        {"name": f"E{n}", "type": "multi-valued", "attributes": attributes} for n in range(200)
    ]
    app = App(json.dumps({"extension_schemas": {"profiles": schemas}}))
    document = app.get("/_control/openapi.json").json()
    body = document["components"]["schemas"]["CreateProfileBody"]["properties"]
    assert {each["name"] for each in schemas} <= body.keys()
    assert len(body["E199"]["items"]["properties"]) == 20
