"""The page of faults says of rules and stages what the code says of them."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from cs_simulator.documents.text import read_text
from cs_simulator.faults.actions import ACTIONS, BreakShape
from cs_simulator.faults.where import OPERATORS, WHERE
from cs_simulator.faults.wire import BREAKS
from cs_simulator.faults.written import FAULT, STAGE
from tests.docs.pages import ROOT, apart, blocks_of, rows_of
from tests.unit.faults.test_clients import CLIENTS, CURL, RAISED

FAULTS = ROOT / "docs" / "faults.md"
CONNECTION = "The table below *Connection* in docs/faults.md, of what a client sees,"


def members_of(schema: Any) -> tuple[list[str], list[str]]:
    """Return the keys of a map, and those that are needed, from its JSON Schema."""
    while "properties" not in schema:  # null stands for nothing beside most shapes
        [schema] = [each for each in schema["anyOf"] if each.get("type") != "null"]
    needed = [name for each in schema.get("anyOf", ()) for name in each.get("required", ())]
    return sorted(schema["properties"]), sorted(needed)


RULE: Any = FAULT.json_schema()
STEP: Any = STAGE.json_schema()
RECORDS: dict[str, Any] = {
    "a fault": RULE,
    "where": WHERE.json_schema(),
    "a response": RULE["properties"]["response"],
    "truncate": BreakShape().json_schema()["anyOf"][1]["properties"]["truncate"],
    "a stage": STEP,
    "until": STEP["properties"]["until"],
}


@pytest.mark.parametrize("what", RECORDS)
def test_every_key_is_described(what: str) -> None:
    rows = [(row[0].strip("`"), row[2]) for row in rows_of(FAULTS, f"key of {what}")]
    keys, needed = members_of(RECORDS[what])
    table = f"The table of the keys of {what} in docs/faults.md"
    described = sorted(key for key, _ in rows)
    assert described == keys, apart(table, described, keys)
    required = sorted(key for key, text in rows if text == "required")
    assert required == needed, apart(f"{table}, in its rows with *required*,", required, needed)


def test_every_operator_is_described() -> None:
    assert tuple(row[0].strip("`") for row in rows_of(FAULTS, "operator")) == OPERATORS


def test_every_way_to_break_a_connection_is_described() -> None:
    described = [row[0].strip("`") for row in rows_of(FAULTS, "fault")]
    broken = [each.removeprefix("connection: ") for each in described if ": " in each]
    assert tuple(broken) == tuple(BREAKS), apart(CONNECTION, broken, BREAKS)
    shown = {row.name for row in ACTIONS.values() if not row.advances} - {"connection"}
    others = described[len(broken) :]
    assert set(others) == shown, apart(CONNECTION, others, shown)


def test_what_clients_make_of_faults_is_what_they_do() -> None:
    described = {
        row[0].strip("`"): [cell.strip("`") for cell in row[1:]]
        for row in rows_of(FAULTS, "fault and client")
    }
    raised = {
        fault: [*(expected[client].error.__name__ for client in CLIENTS), str(CURL[fault])]
        for fault, expected in RAISED.items()
    }
    assert described == raised


def test_every_rule_stands_as_a_line_for_a_running_server() -> None:
    blocks = blocks_of(FAULTS)
    written = [
        rule
        for block in blocks
        if block.language == "yaml"
        for rule in read_text(block.text, "page").get("faults", ())
    ]
    pasted = [
        read_text(shlex.split(line)[-1], "page")
        for block in blocks
        for line in block.lines
        if line.startswith("$ curl -fsSo rule.json -X PUT $FAULTS/")
    ]
    assert len(written) > 15
    assert pasted == written
