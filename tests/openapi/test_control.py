"""The document of the control API is one, and its rows are all in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from cs_simulator.cli import main
from cs_simulator.control.document import control_document
from tests.openapi.caller import described
from tests.support.app import App
from tests.support.control import ROWS, URL, closed

DOCUMENT = control_document(ROWS, URL)
OPERATIONS = described(DOCUMENT)
COMPONENTS = closed(DOCUMENT["components"])


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**closed(schema), "components": COMPONENTS})


def test_document_is_valid() -> None:
    validate(DOCUMENT)


def test_every_row_is_in_it_with_all_that_it_says() -> None:
    for row in ROWS:
        found = OPERATIONS[row.name]
        assert found.method == row.method.lower(), row.name
        members = found.members
        assert members["summary"], row.name
        assert members["description"].endswith((".", ")")), row.name
        assert set(members["tags"]) <= {each["name"] for each in DOCUMENT["tags"]}, row.name
        assert {each["name"] for each in members["parameters"] if each["in"] == "path"} == {
            name.strip("{}") for name in found.path.split("/") if name.startswith("{")
        }, row.name
        for each in members["parameters"]:
            assert each["description"].endswith("."), (row.name, each["name"])
            validator(each["schema"]).validate(each["example"])
        assert set(map(str, row.statuses)) <= set(members["responses"]), row.name


def test_nothing_else_is_in_it() -> None:
    assert len(OPERATIONS) == len(ROWS)
    assert all(each["description"] for each in DOCUMENT["tags"])


def test_every_schema_has_a_description_for_each_member() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        assert schema["description"].endswith((".", ")")), name
        for member, said in schema.get("properties", {}).items():
            assert "$ref" in said or said.get("description"), f"{name}.{member}: no description"


def test_examples_fit_their_schemas() -> None:
    for name, operation in OPERATIONS.items():
        members = operation.members
        bodies = [members.get("requestBody", {}), *members["responses"].values()]
        for media_type, content in (
            each for body in bodies for each in body.get("content", {}).items()
        ):
            assert "example" in content, (name, media_type)
            validator(content["schema"]).validate(content["example"])


def test_a_client_needs_one_type_for_each_member() -> None:
    """Generators make a class of every way that a schema leaves open."""
    text = json.dumps([[each.members for each in OPERATIONS.values()], DOCUMENT["components"]])
    for word in ("anyOf", "oneOf", "allOf", '"if"', '"not"'):
        assert word not in text


def test_refusals_are_problems() -> None:
    for operation in OPERATIONS.values():
        for status, response in operation.members["responses"].items():
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"]


def test_token_is_demanded_where_the_server_has_one() -> None:
    open_to_all = App().get("/_control/control.json").json()
    guarded = App(control_token="t").get("/_control/control.json", Authorization="Bearer t").json()
    for document, needed in ((open_to_all, False), (guarded, True)):
        operations = described(document).values()
        public = [each for each in operations if each.members["security"] == []]
        assert [each.path for each in public] == ["/_control/console", "/_control/console/{name}"]
        for each in operations:
            demands = needed and each not in public
            assert (each.members["security"] == [{"token": []}]) is demands
            assert ("401" in each.members["responses"]) is demands


def test_server_and_its_worlds_are_the_servers() -> None:
    servers = App().get("/_control/control.json").json()["servers"]
    assert [each["url"] for each in servers] == [URL, f"{URL}/_world/{{world}}"]


@pytest.mark.parametrize("name", ["openapi", "control"])
def test_head_tells_of_a_document_without_sending_it(name: str) -> None:
    app = App()
    path = f"/_control/{name}.json"
    whole, head = app.get(path), app.ask("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    for header in ("Content-Type", "Content-Length", "Cache-Control"):
        assert head.headers[header] == whole.headers[header]
    assert whole.headers["Cache-Control"] == "no-store"
    assert "ETag" not in whole.headers  # it is made anew for each request


def test_command_prints_the_same_document() -> None:
    printed = CliRunner().invoke(main, ["openapi", "--control", "--url", f"{URL}/"])
    assert printed.exit_code == 0
    assert json.loads(printed.output) == DOCUMENT
    both = CliRunner().invoke(main, ["openapi", "--control", "--for", "fuzzing"])
    assert both.exit_code == 2
    assert "--control" in both.output
