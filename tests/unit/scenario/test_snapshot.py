"""Snapshots as documents: what only they say, what is wrong with them, and what they keep."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cs_simulator.documents.text import read_text
from cs_simulator.domain.members import RESERVED
from cs_simulator.domain.model import Retention
from cs_simulator.scenario.described import scenario_schema
from cs_simulator.scenario.document import DOCUMENT
from cs_simulator.scenario.snapshot import document, json_text, yaml_text
from cs_simulator.worlds import ServedWorld
from tests.support.app import App
from tests.support.problems import MISSING, sentence
from tests.unit.scenario.support import NOW, base, loaded, mistakes

FROZEN = "clock: {time: 2026-01-05T09:00:00.000Z, mode: frozen}\n"
WHOLE = (
    FROZEN
    + """
name: whole
description: Everything at once.
seed: -3
first_ids: {service: 9, state: 8, task: 7, customer: 6}
settings: {expiration: 90m, auto_complete: {enabled: true, after: 1001ms}, map_names: true,
           base_paths: {"8.1": /old}}
fidelity: {service_ids: conversation, not_found_status: 404}
business_attributes:
  Types: {dbid: 9, description: "no", cv_attributes: [Service.service_type], default: gold,
          values: [{name: gold, dbid: 1, expiration: 7000y}]}
customers: [{FirstName: Ada}, {customer_id: C, PhoneNumber: ["1", "2"], LastName: ""}]
services:
  - {service_id: 7, customer_id: C, service_type: gold, started: {timestamp: -2h, media_type: "1"},
     completed: -1h, disposition: 5, disposition_desc: "", est_duration: 0,
     extensions: {a: null, "": [{}]}}
  - {contact_key: K, ttl: 9223372036854775807,
     states: [{started: -1h, previous_state_id: -4}, {state_id: 3, tasks: [{task_type: "7"}]}],
     tasks: [{task_id: 2, started: -5m}]}
  - {contact_key: K, expiration_time: 9999-12-31T23:59:59.999Z, auto_complete_after: 9}
generate: {customers: {count: 2}, services: {per_customer: 1}}
faults: [{on: any, above_rate: {calls: 2, per: 1s}, response: {status: 500}}]
stages: [{name: a, until: {calls: 5}, faults: [{on: any, patch: null}]}, {name: b}]
"""
)
KEPT = "{touched: 2026-01-01T00:00:00.000Z}"
RATE = (
    FROZEN
    + "faults: [{name: r, on: any, above_rate: {calls: 1, per: 1s}, response: {status: 500}}]\n"
)
SINCE = "since: 2026-01-05T09:00:00.000Z"


def in_json(services: list[dict[str, Any]]) -> str:
    """Return a document of services."""
    clock = {"mode": "frozen", "time": "2026-01-05T09:00:00.000Z"}
    return json.dumps({"clock": clock, "services": services})


def again(world: ServedWorld) -> ServedWorld:
    """Return the world that a snapshot of another makes."""
    return ServedWorld("again", loaded(json_text(world.snapshot())))


def stored(world: ServedWorld) -> list[Any]:
    """Return all that a world holds."""
    snapshot = world.snapshot()
    return [snapshot.services, snapshot.profiles, snapshot.ids, snapshot.progress]


def test_snapshot_of_everything_gives_the_same_world() -> None:
    world = ServedWorld("one", loaded(WHOLE))
    copy = again(world)
    assert stored(copy) == stored(world)
    assert document(copy.snapshot()) == document(world.snapshot())
    assert copy.scenario.setup.fidelity == world.scenario.setup.fidelity
    assert copy.scenario.setup.retention(0, "gold") == world.scenario.setup.retention(0, "gold")
    assert list(copy.scenario.setup.attributes) == list(world.scenario.setup.attributes)
    assert copy.scenario.base_paths == {"8.1": "/old"}
    assert (copy.scenario.name, copy.scenario.seed) == ("whole", -3)


REST = """
profile_attributes: [{name: Colour, type: string}]
extension_schemas:
  services: [{name: Order, type: single-valued, attributes: [{name: n, type: string}]}]
identification_keys: [{name: ByColour, attributes: [Colour]}]
customers: [{customer_id: C}]
interactions: [{interaction_id: I, customer_id: C, media_type: email}]
deleted_services: [{service_id: 4, how: purged, time: 2026-01-05T08:00:00.000Z}]
expect: [{on: start_service, attempts: 1}]
"""
"""What the whole scenario has no example of."""
NOT_TAKEN = {
    "extends": "what is inherited is written out",
    "generate": "what was generated is written out",
}
"""The keys of a document that no snapshot has, and why."""


def test_snapshot_has_every_key_of_a_document() -> None:
    taken = {
        key
        for text in (WHOLE, REST)
        for key in document(ServedWorld("one", loaded(text)).snapshot())
    }
    missing = set(DOCUMENT.members) - taken - set(NOT_TAKEN)
    assert not missing, (
        f"no snapshot has {', '.join(sorted(missing))}: write it in scenario/snapshot.py, and have "
        "an example in WHOLE of this test"
    )


def test_snapshot_says_each_thing_once_and_absolutely() -> None:
    members = document(ServedWorld("one", loaded(WHOLE)).snapshot())
    assert "generate" not in members
    assert len(members["customers"]) == 4
    assert members["settings"]["auto_complete"] == {"enabled": True, "after": "1001ms"}
    assert members["settings"]["expiration"] == "90m"
    assert members["services"][0] == {
        "service_id": "7",
        "number": 9,
        "customer_id": "C",
        "service_type": 1,
        "est_duration": 0,
        "started": {"timestamp": "2026-01-05T07:00:00.000Z", "media_type": "1"},
        "completed": "2026-01-05T08:00:00.000Z",
        "disposition": 5,
        "disposition_desc": "",
        "extensions": {"a": None, "": [{}]},
        "retention": {
            "touched": "2026-01-05T09:00:00.000Z",
            "lifetime_ms": 7000 * 365 * 86_400_000,
            "idle_ms": 1001,
        },
    }


def test_json_and_yaml_say_the_same_and_fit_the_schema() -> None:
    snapshot = ServedWorld("one", loaded(WHOLE)).snapshot()
    members = json.loads(json.dumps(document(snapshot)))
    assert read_text(json_text(snapshot), "s") == members
    assert read_text(yaml_text(snapshot), "s") == members
    assert not yaml_text(snapshot).startswith("{")
    Draft202012Validator(scenario_schema()).validate(members)


@given(st.dictionaries(st.text(), st.one_of(st.text(), st.floats(allow_nan=False), st.integers())))
def test_text_of_any_kind_reads_back_equal(extensions: dict[str, Any]) -> None:
    extensions = {
        name: str(value) if value in (float("inf"), float("-inf")) else value
        for name, value in extensions.items()
        if name not in RESERVED and (not isinstance(value, int) or len(str(value)) < 40)
    }
    service = {"contact_key": "K", "extensions": extensions}
    snapshot = ServedWorld("one", loaded(in_json([service]))).snapshot()
    for text in (json_text(snapshot), yaml_text(snapshot)):
        found = read_text(text, "s")["services"][0].get("extensions", {})
        assert repr(found) == repr(extensions)


@pytest.mark.parametrize("ids", ["integer", "conversation"])
def test_deleted_services_are_remembered(ids: str) -> None:
    app = App(
        f"{FROZEN}fidelity: {{service_ids: {ids}}}\n"
        "services: [{service_id: 7, contact_key: K}, {service_id: 8, contact_key: K}]"
    )
    assert app.delete("/genesys/1/cs/services/7").status == 200
    snapshot = app.get("/_control/snapshot").body
    assert app.put("/_world/copy/_control/scenario", snapshot).status == 200
    assert app.get("/_world/copy/_control/snapshot").body == snapshot
    lost = app.get("/_world/copy/genesys/1/cs/services/7")
    assert lost.headers["X-Simulator-Hint"] == "service 7 was deleted at 2026-01-05T09:00:00.000Z"


def test_deleted_services_belong_to_their_tenants() -> None:
    gone = "how: purged, time: 2026-01-05T09:00:00.000Z"
    data = base(
        "settings: {tenants: [{dbid: 1, name: A}, {dbid: 2, name: B}]}\n"
        f"deleted_services: [{{service_id: 7, tenant: B, {gone}}}, {{service_id: 8, {gone}}}]"
    )
    assert data.stores["B"].gone(7) == data.stores["A"].gone(8) is not None
    assert data.stores["A"].gone(7) is data.stores["B"].gone(8) is None


def test_deleted_services_need_what_services_need() -> None:
    gone = "how: deleted, time: 2026-01-05T09:00:00.000Z"
    assert mistakes(
        "fidelity: {service_ids: conversation}\n"
        "services: [{service_id: a, number: 3, contact_key: K}]\n"
        f"deleted_services: [{{service_id: b, {gone}}}, {{service_id: c, number: 3, {gone}}}]"
    ) == [
        sentence(
            "deleted_services[0].number",
            "the position in the order of creation",
            note="fidelity service_ids=conversation needs it; integer does not",
        ),
        "deleted_services[1].number: duplicate number 3",
    ]
    assert mistakes(f"deleted_services: [{{service_id: b, number: 1, tenant: A, {gone}}}]") == [
        sentence(
            "deleted_services[0].service_id",
            "an integer",
            "b",
            note="text ids need fidelity service_ids=conversation",
        ),
        "deleted_services[0].number: only allowed with fidelity service_ids=conversation",
        "deleted_services[0].tenant: no tenant named 'A'; settings.tenants has none",
    ]


def test_retention_is_taken_as_it_stands() -> None:
    text = (
        "services: [{service_id: 1, contact_key: K, retention: {touched: 2026-01-02T00:00:00.000Z, "
        "counted_from: 2026-01-01T00:00:00.000Z, lifetime_ms: 5, idle_ms: 6}}, "
        "{service_id: 2, contact_key: K, started: 2026-01-01T00:00:00.000Z, "
        "retention: {touched: 2026-01-02T00:00:00.000Z, "
        "expiration_time: 2026-01-03T00:00:00.000Z}}]"
    )
    first, second = base(text).store.services()
    day = 86_400_000
    touched = NOW - 9 * 3_600_000 - 3 * day
    assert first.retention == Retention(touched, touched - day, 5, None, 6)
    assert second.retention == Retention(touched, touched, None, touched + day, None)


def test_only_a_service_with_a_retention_may_lack_its_customer() -> None:
    assert mistakes("format: 1\nservices: [{customer_id: C}]") == [
        ("services[0].customer_id: no customer with id 'C'; the scenario has no customers")
    ]
    kept = base(f"services: [{{customer_id: C, retention: {KEPT}}}, {{retention: {KEPT}}}]")
    assert [each.customer_id for each in kept.store.services()] == ["C", None]


def test_data_of_a_snapshot_are_made_once_though_the_clock_is_real() -> None:
    scenario = loaded(
        f"services: [{{contact_key: K, started: 2026-01-01T00:00:00.000Z, retention: {KEPT}}}]"
    )
    assert scenario.base(NOW) is scenario.base(NOW + 1)
    relative = loaded(f"services: [{{contact_key: K, retention: {KEPT}}}]")
    assert [each.started.timestamp for each in relative.base(NOW).store.services()] == [NOW]
    assert [each.started.timestamp for each in relative.base(5).store.services()] == [5]


def test_references_are_not_checked_where_the_world_does_not() -> None:
    text = "services: [{contact_key: K, tasks: [{state_id: 5}]}]"
    assert mistakes(text) == [
        sentence(
            "services[0].tasks[0].state_id",
            "a state of this service (it has none with a state_id)",
            5,
        )
    ]
    found = base(f"fidelity: {{state_references: ignore}}\n{text}")
    assert [task.state_id for task in found.store.tasks(4294967297).values()] == [5]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            f"services: [{{contact_key: K, ttl: 5, retention: {KEPT}}}]",
            ["services[0].ttl: already set by retention; remove one of the two"],
        ),
        (
            "services: [{contact_key: K, retention: {lifetime_ms: 5}}]",
            [f"services[0].retention.touched {MISSING}"],
        ),
        (
            (
                "services: [{contact_key: K, retention: {touched: 2026-01-01T00:00:00.000Z, "
                "lifetime_ms: 5, expiration_time: 2026-01-01T00:00:00.000Z}}]"
            ),
            [("services[0].retention: lifetime_ms and expiration_time are mutually exclusive")],
        ),
        (
            "services: [{contact_key: K, service_id: 5, number: 5}]",
            ["services[0].number: only allowed with fidelity service_ids=conversation"],
        ),
        (
            (
                "fidelity: {service_ids: conversation}\nservices: [{contact_key: K, number: 5}, "
                "{contact_key: K, service_id: b, number: 5}]"
            ),
            [
                "services[0].number: only allowed with service_id",
                "services[1].number: duplicate number 5",
            ],
        ),
        (
            f"{RATE}progress: {{faults: {{q: {{{SINCE}}}}}}}",
            ["progress.faults.q: no fault rule in force named 'q'; available: r"],
        ),
        (
            (
                f"{RATE}progress: {{faults: {{r: {{{SINCE}, recent: [2026-01-05T09:00:00.000Z, "
                "2026-01-05T09:00:00.000Z]}}}"
            ),
            ["progress.faults.r.recent: more calls than the rule's rate counts: 1"],
        ),
        (
            f"{RATE}progress: {{faults: {{r: {{matched: -1}}}}}}",
            [
                sentence("progress.faults.r.matched", "a 64-bit integer, 0 or greater", -1),
                f"progress.faults.r.since {MISSING}",
            ],
        ),
        (
            (
                "stages: [{name: on}]\nprogress: {stage: {name: off, "
                "entered: 2026-01-05T09:00:00.000Z}}"
            ),
            ["progress.stage.name: no stage named 'off'; available: on"],
        ),
        (
            "progress: {stage: {name: off, entered: 2026-01-05T09:00:00.000Z}}",
            ["progress.stage.name: no stage named 'off'; no stage exists"],
        ),
        (
            (
                f"stages: [{{name: a, faults: [{{name: r, on: any, delay: 1s}}]}}]\n"
                f"progress: {{faults: {{r: {{{SINCE}, runtime: true}}}}}}"
            ),
            [("progress.faults.r: runtime is only allowed with a fault outside the stages")],
        ),
    ],
)
def test_mistake(text: str, found: list[str]) -> None:
    assert sorted(mistakes(text)) == found


def test_numbers_and_the_counter_of_conversation_ids_stay() -> None:
    text = (
        "fidelity: {service_ids: conversation}\nfirst_ids: {service: 50}\n"
        "services: [{contact_key: K, service_id: b, number: 30}, "
        "{contact_key: K, service_id: a, number: 70}, {contact_key: K, service_id: c}]"
    )
    found = base(text)
    assert [each.number for each in found.store.services()] == [30, 70, 71]
    assert found.ids.counters.service == 72


def test_customer_ids_go_on_from_their_number() -> None:
    assert base("first_ids: {customer: 36}").ids.customer() == base("").ids.customer()[:12] + "0010"


@pytest.fixture(scope="module")
def many() -> ServedWorld:
    """A world of two thousand services."""
    services = [{"contact_key": f"K{i}", "states": [{}]} for i in range(2_000)]
    return ServedWorld("many", loaded(in_json(services)))


def test_many_services_go_out_and_back(many: ServedWorld) -> None:
    assert stored(again(many)) == stored(many)


def test_copy_is_taken_at_the_cost_of_references(many: ServedWorld) -> None:
    snapshot = many.snapshot()
    before = json_text(snapshot)
    with many.lock:
        many.begin().store.delete_service(snapshot.services[0][1].number)
    assert json_text(snapshot) == before
    assert len(many.snapshot().services) == len(snapshot.services) - 1


def test_snapshot_too_large_for_yaml_is_json(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = ServedWorld("one", loaded(WHOLE)).snapshot()
    monkeypatch.setattr("cs_simulator.scenario.snapshot.MAX_YAML", len(json_text(snapshot)) - 1)
    assert yaml_text(snapshot) == json_text(snapshot)
