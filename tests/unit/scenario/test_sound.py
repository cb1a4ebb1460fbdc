"""All errors of a document at once: one in an entry of a list hides none in another."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_simulator.documents.problems import DocumentError
from cs_simulator.scenario.catalogue import Catalogue, shipped_folder
from cs_simulator.scenario.loader import ScenarioLoader

NOW = "2026-01-05T09:00:00.000Z"
LOADER = ScenarioLoader(Catalogue([shipped_folder()]))

SHAPE = "{on: any, delay: soon}"
NO_ACTION = "{on: any}"
NO_OWNER = "{service_type: 1}"
TWICE = "response: {status: 503}, connection: reset"
ANOTHER_STAGE = f"{{name: b, faults: [{NO_ACTION}]}}"
BAD_START = "{contact_key: a, started: x}"


def places(text: str) -> list[str]:
    """Return where a document has errors, with lines and columns, in order."""
    with pytest.raises(DocumentError) as raised:
        LOADER.load_text(text, "s.yaml", "s")
    return [f"{each.line}:{each.column} {each.at}" for each in raised.value.problems]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            f"faults:\n- {SHAPE}\n- {NO_ACTION}\n- {SHAPE}\n- {NO_ACTION}",
            ["2:20 faults[0].delay", "3:3 faults[1]", "4:20 faults[2].delay", "5:3 faults[3]"],
        ),
        (
            f"faults:\n- {SHAPE}\nservices:\n- {BAD_START}\n- {NO_OWNER}",
            ["2:20 faults[0].delay", "4:29 services[0].started", "5:3 services[1]"],
        ),
        (
            f"stages:\n- name: a\n  faults:\n  - {SHAPE}\n  - {NO_ACTION}\n- {ANOTHER_STAGE}",
            [
                "4:22 stages[0].faults[0].delay",
                "5:5 stages[0].faults[1]",
                "6:22 stages[1].faults[0]",
                "6:3 stages[1]",
            ],
        ),
        (
            f"stages:\n- name: a\n  until: {{calls: x}}\n- name: b\n  faults: [{NO_ACTION}]",
            ["3:18 stages[0].until.calls", "5:12 stages[1].faults[0]"],
        ),
        (
            f"stages:\n- 7\n- name: b\n  faults: [{NO_ACTION}]",
            ["2:3 stages[0]", "4:12 stages[1].faults[0]"],
        ),
        (
            f"clock: {{time: x}}\nfaults:\n- {NO_ACTION}",
            ["1:15 clock.time", "3:3 faults[0]"],
        ),
        (
            f"customers:\n- {{customer_id: []}}\nservices:\n- {{customer_id: c}}\n- {NO_OWNER}",
            ["2:17 customers[0].customer_id", "5:3 services[1]"],
        ),
        (
            (
                "customers:\n- {customer_id: c, extensions: 5}\n- {customer_id: d}\nservices:\n"
                "- {customer_id: c}\n- {customer_id: e}\n"
                "- {customer_id: d, service_id: 7}\n- {customer_id: d, service_id: 7}"
            ),
            [
                "2:32 customers[0].extensions",
                "6:17 services[1].customer_id",
                "8:32 services[3].service_id",
            ],
        ),
        (
            (
                "customers:\n- {id: c, extensions: 5}\n- {customer_id: d}\nservices:\n"
                "- {customer_id: c}\n"
                "- {customer_id: d, service_id: 7}\n- {customer_id: d, service_id: 7}"
            ),
            ["2:23 customers[0].extensions", "7:32 services[2].service_id"],
        ),
        (
            (
                "services:\n- {contact_key: a, service_id: 7, started: x}\n"
                "- {customer_id: e, service_id: 7, states: 5}"
            ),
            [
                "2:44 services[0].started",
                "3:17 services[1].customer_id",
                "3:32 services[1].service_id",
                "3:43 services[1].states",
            ],
        ),
        (
            "services:\n- {contct_key: a}\n- {customer_id: []}\n- {contact_key: []}",
            [
                "2:4 services[0].contct_key",
                "3:17 services[1].customer_id",
                "4:17 services[2].contact_key",
            ],
        ),
    ],
)
def test_error_in_an_entry_hides_none_in_another(text: str, wanted: list[str]) -> None:
    assert sorted(places(text)) == sorted(wanted)


@pytest.mark.parametrize(
    "text",
    [
        "clock: {mode: x}\nfaults: [{on: any, advance: 1h}]",
        "settings: {tenants: 7}\nservices: [{contact_key: a, tenant: east}]",
        "customers: [{customer_id: []}]\nservices: [{customer_id: c}]",
        "stages: [{name: a, until: {calls: x}}, {name: b}, {then: a, until: {calls: 1}}]",
        "customers: [{customer_id: c, x: 1, FirstName: []}]\nservices: [{customer_id: c}]",
        "faults: [{name: a, on: x, delay: 1s}]\nprogress: {faults: {a: {since: " + NOW + "}}}",
    ],
)
def test_what_refers_to_an_error_is_no_error_of_its_own(text: str) -> None:
    for place in places(text):
        at = place.partition(" ")[2]
        assert at.startswith(("clock.", "settings.", "customers[0]", "stages[", "faults[0]"))
        assert at not in ("stages[1]", "stages[2].then", "stages[0].until")


def test_errors_of_two_files_are_told_at_their_own_places(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(f"faults:\n- {SHAPE}\n- {NO_ACTION}\n")
    (tmp_path / "own.yaml").write_text(
        f"extends: base.yaml\nfaults:\n- {SHAPE}\n- {NO_ACTION}\nservices:\n- {NO_OWNER}\n"
    )
    with pytest.raises(DocumentError) as raised:
        LOADER.load(str(tmp_path / "own.yaml"))
    assert [(Path(each.source).name, each.line, each.at) for each in raised.value.problems] == [
        ("base.yaml", 2, "faults[0].delay"),
        ("base.yaml", 3, "faults[1]"),
        ("own.yaml", 3, "faults[0].delay"),
        ("own.yaml", 4, "faults[1]"),
        ("own.yaml", 6, "services[0]"),
    ]


def test_stages_of_a_parent_are_replaced_and_their_places_with_them(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(f"stages: [{{name: z, faults: [{NO_ACTION}]}}]\n")
    (tmp_path / "own.yaml").write_text(
        f"extends: base.yaml\nstages:\n- name: a\n  faults:\n  - {SHAPE}\n  - {NO_ACTION}\n"
    )
    with pytest.raises(DocumentError) as raised:
        LOADER.load(str(tmp_path / "own.yaml"))
    assert [(each.line, each.at) for each in raised.value.problems] == [
        (5, "stages[0].faults[0].delay"),
        (6, "stages[0].faults[1]"),
    ]


def test_no_more_are_listed_than_the_limit() -> None:
    text = "faults:\n" + f"- {SHAPE}\n" * 150 + f"services:\n- {NO_OWNER}\n"
    with pytest.raises(DocumentError) as raised:
        LOADER.load_text(text, "s.yaml", "s")
    assert len(raised.value.problems) == 100
    assert raised.value.more >= 50


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        (f"{{on: any, times: x, {TWICE}}}", ["", ".times"]),
        (f"{{on: any, tims: 3, {TWICE}}}", ["", ".tims"]),
        (f"{{on: nothing, sequence: [{{{TWICE}}}], times: 2}}", ["", ".on", ".sequence[0]"]),
        ("{on: any, delay: soon, skip: -1}", [".delay", ".skip"]),
        ("{on: any, dely: 1s}", [".dely"]),
        ("{on: any, sequence: 7}", [".sequence"]),
        ("{on: any, sequence: [{dely: 1s}, 7]}", [".sequence[0].dely", ".sequence[1]"]),
        ("{on: any, respnse: {status: 503}, effect: none}", [".respnse"]),
        ("{on: any, above_rate: {calls: 1}, delay: 1s}", [".above_rate.per"]),
        (
            "{on: any, above: 1, response: {status: 503, headers: {Retry-After: auto}}}",
            [".above"],
        ),
        ("7", [""]),
    ],
)
@pytest.mark.parametrize("place", ["faults", "stages"])
def test_error_in_a_rule_hides_no_contradiction_in_it(
    place: str, rule: str, wanted: list[str]
) -> None:
    text = f"faults: [{rule}]" if place == "faults" else f"stages: [{{name: a, faults: [{rule}]}}]"
    at = "faults[0]" if place == "faults" else "stages[0].faults[0]"
    with pytest.raises(DocumentError) as raised:
        LOADER.load_text(text, "s.yaml", "s")
    assert sorted(each.at for each in raised.value.problems) == [f"{at}{each}" for each in wanted]


@pytest.mark.parametrize(
    ("stages", "wanted"),
    [
        (
            "[{name: a, until: {calls: 0}, then: c}, {name: a}]",
            ["stages[0].then", "stages[0].until.calls", "stages[1].name"],
        ),
        ("[{name: [], then: c}, {name: b}]", ["stages[0].name"]),
        ("[{name: a, untl: {calls: 3}}, {name: b}]", ["stages[0].untl"]),
        ("[{name: a, until: {cals: 3}}]", ["stages[0].until.cals"]),
    ],
)
def test_error_in_a_stage_hides_no_contradiction_in_it(stages: str, wanted: list[str]) -> None:
    with pytest.raises(DocumentError) as raised:
        LOADER.load_text(f"stages: {stages}", "s.yaml", "s")
    assert sorted(each.at for each in raised.value.problems) == wanted
