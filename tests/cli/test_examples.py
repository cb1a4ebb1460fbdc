"""``example`` and ``new``: what they print works as it is."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from cs_simulator.cli.loading import loader_of
from cs_simulator.client import Server
from cs_simulator.operations import OPERATIONS
from tests.cli.conftest import Run
from tests.support.responses import status_of

NEEDS_MORE = {
    "import_profiles": 415,
    "update_profile_extension_record": 400,
    "delete_profile_extension_record": 400,
    "create_profile_extension_schema": 409,
    "delete_state_extension_schema": 404,
    "delete_task_extension_schema": 404,
    "get_interaction": 404,
    "get_interaction_content": 404,
}
"""What the scenario demo has nothing for, or has already: the line is right, the names are not."""


def sent(line: str) -> int:
    """Do what a curl line does; return the status."""
    words = shlex.split(line)
    assert words[0] == "curl"
    method, url, headers, body = "GET", "", {}, None
    rest = iter(words[1:])
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(rest).encode()
        elif word == "-F":
            assert next(rest) == "profiles=@customers.csv"
        else:
            url = word
    return status_of(url, body, headers, method)


@pytest.mark.parametrize("operation", [row.id for row in OPERATIONS])
def test_example_does_what_its_operation_does(run: Run, server: Server, operation: str) -> None:
    world = server.world(f"example.{operation}")
    world.create("demo")
    line = run("example", operation, "--world", world.name).output
    status = sent(line)
    assert [entry["operation"] for entry in world.requests()] == [operation]
    assert status == NEEDS_MORE.get(operation, status)
    assert operation in NEEDS_MORE or 200 <= status < 300
    world.delete()


def test_example_of_an_edition(run: Run) -> None:
    line = run("example", "start_service", "--edition", "8.1", "--url", "http://sim:1/").output
    assert line.startswith("curl -X POST http://sim:1/_world/")
    assert "coupon" not in line


@pytest.mark.parametrize("extends", [(), ("--extends", "demo")])
def test_new_scenario_is_fine(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, extends: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("new", "mine.yaml", *extends)
    assert done.output == (
        "wrote mine.yaml; start a server with it: cs-simulator serve mine.yaml\n"
    )
    assert run("check", "mine.yaml").output == "mine.yaml: ok (mine)\n"
    text = Path("mine.yaml").read_text()
    assert ("\nextends: demo\n" in text) is bool(extends)
    assert run("new", "mine.yaml").stderr == (
        "mine.yaml already exists; choose another name, or use --force\n"
    )
    assert run("new", "mine.yaml", "--force").exit_code == 0


def test_scenario_is_shown_as_it_is_written(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("# mine\nextends: demo\n")
    assert run("show", str(path)).output == "# mine\nextends: demo\n"
    shown = run("show", f"{path},outage").output
    assert shown.startswith("# mine\nextends: demo\n---\nname: outage\n")


@pytest.mark.parametrize(
    "name", ["demo", "outage", "FEW", "strict-attributes", "retention,lost-response"]
)
def test_merged_scenario_means_what_its_parts_do(run: Run, tmp_path: Path, name: str) -> None:
    few = "generate:\n  customers: {count: 20, locale: en_GB}\n  services: {per_customer: 1}\n"
    (tmp_path / "few.yaml").write_text(f"seed: 2026\n{few}")
    (tmp_path / "more.yaml").write_text(f"extends: ./few.yaml\n{few}")
    name = name.replace("FEW", str(tmp_path / "more.yaml"))
    path = tmp_path / "merged.yaml"
    path.write_text(run("show", name, "--merged").output)
    assert "extends" not in path.read_text().replace("extension", "")
    loader = loader_of(None)
    whole, parts = loader.load(str(path)), loader.load(name)
    assert len(whole.base(0).store) == len(parts.base(0).store)
    assert [rule.name for rule in whole.faults] == [rule.name for rule in parts.faults]
    assert [stage.name for stage in whole.stages] == [stage.name for stage in parts.stages]
    assert (whole.setup.fidelity, whole.seed) == (parts.setup.fidelity, parts.seed)


PARENT = """
x-own: [1]
profile_attributes: [{name: Phone, type: string}, {name: "5", type: string}]
identification_keys: [{name: byPhone, attributes: [Phone]}]
extension_schemas:
  services: [{name: a, type: single-valued, attributes: [{name: b, type: string}]}]
business_attributes: {Media: {dbid: 1, values: [{name: chat, dbid: 1}]}}
settings: {expiration: 1d, users: [{name: ann, password: secret, roles: [Supervisor]}]}
fidelity: {end_twice: reject}
customers: [{customer_id: "7", Phone: "1"}]
services: [{contact_key: "1"}]
faults: [{on: any, delay: 1ms}]
stages: [{name: one}]
expect: [{on: any, attempts: 1}]
generate: {customers: {count: 1}}
"""


@pytest.mark.parametrize(
    "child",
    [
        *(
            f"{key}: null"
            for key in (
                "profile_attributes",
                "identification_keys",
                "extension_schemas",
                "business_attributes",
                "settings",
                "fidelity",
                "customers",
                "services",
                "faults",
                "stages",
                "expect",
                "generate",
            )
        ),
        "extension_schemas: {services: null}",
        "settings: {users: null}",
        "fidelity: {end_twice: null}",
        "x-own: {a: 1}",
    ],
)
def test_null_is_left_out_of_a_merged_scenario(run: Run, tmp_path: Path, child: str) -> None:
    (tmp_path / "parent.yaml").write_text(PARENT)
    (tmp_path / "child.yaml").write_text(f"extends: ./parent.yaml\n{child}\n")
    (tmp_path / "bare.yaml").write_text("extends: ./parent.yaml\n")
    shown = run("show", str(tmp_path / "child.yaml"), "--merged")
    assert (shown.exit_code, shown.output) == (
        0,
        run("show", str(tmp_path / "bare.yaml"), "--merged").output,
    )


def test_numbers_and_null_in_the_keys_of_entries_merge_as_text(run: Run, tmp_path: Path) -> None:
    (tmp_path / "parent.yaml").write_text(PARENT)
    (tmp_path / "child.yaml").write_text(
        "extends: ./parent.yaml\n"
        "customers: [{customer_id: 7, Phone: '2'}, {customer_id: null, Phone: '3'}]\n"
        "profile_attributes: [{name: 5, remove: true}]\n"
        "identification_keys: [{name: null, remove: true}]\n"
    )
    path = tmp_path / "merged.yaml"
    path.write_text(run("show", str(tmp_path / "child.yaml"), "--merged").output)
    loader = loader_of(None)
    for each in (tmp_path / "child.yaml", path):
        metadata = loader.load(str(each)).base(0).profiles.metadata
        assert metadata.attributes[-1].name == "Phone"
        assert metadata.keys == ()
    assert path.read_text().count("customer_id") == 1
