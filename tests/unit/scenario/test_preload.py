"""What a scenario puts into a world before the first request."""

from __future__ import annotations

import sys

import pytest

from cs_simulator.clock import EARLIEST, HOUR, LATEST, MINUTE
from cs_simulator.domain.model import Event
from cs_simulator.ids import conversation_id, customer_id
from tests.support.problems import sentence
from tests.unit.domain.support import check_indexes
from tests.unit.scenario.support import NOW, base, loaded, mistakes, places

ATTRIBUTES = """
business_attributes:
  Kind:
    dbid: 100
    cv_attributes: [Service.service_type, State.type]
    values: [{name: Sale, dbid: 1, expiration: 1h}, {name: Care, dbid: 2}]
  Channel:
    dbid: 101
    cv_attributes: [Service.media_type, Task.disposition]
    values: [{name: voice, dbid: 0}]
"""


def test_times_are_relative_to_the_clock_or_fixed() -> None:
    made = base("""
        services:
          - contact_key: K
            started: -2h
            completed: 30s
            states:
              - {started: 2010-05-18T15:23:34.447Z}
              - {started: {timestamp: -90m, session_id: s, media_type: 1}, completed: -1m}
              - {}
    """)
    (service,) = made.store.services()
    assert service.started == Event(NOW - 2 * HOUR)
    assert service.completed == Event(NOW + 30_000)
    fixed, relative, now = made.store.states(service.number).values()
    assert fixed.started.timestamp == 1_274_196_214_447
    assert relative.started == Event(NOW - 90 * MINUTE, {"session_id": "s", "media_type": 1})
    assert relative.completed == Event(NOW - MINUTE)
    assert now.started == Event(NOW)


def test_distance_that_leads_out_of_the_calendar_later_ends_with_it() -> None:
    plan = loaded("services: [{contact_key: K, started: -2000y, completed: 7000y}]").base
    ((early,), (late,)) = (
        next(iter(plan(at).stores.values())).services() for at in (EARLIEST, LATEST)
    )
    assert early.started.timestamp == EARLIEST
    assert late.completed == Event(LATEST)


def test_times_move_with_the_world() -> None:
    scenario = loaded("services: [{contact_key: K, started: -2h}]")
    (service,) = scenario.base(NOW + 5).store.services()
    assert service.started.timestamp == NOW + 5 - 2 * HOUR
    assert scenario.plan.depends_on_now
    assert not loaded("customers: [{FirstName: Ada}]").plan.depends_on_now


def test_retention_counts_from_the_beginning_of_the_world() -> None:
    made = base("""
        settings: {expiration: 1d, auto_complete: {enabled: true, after: 1h}}
        services:
          - {contact_key: a, started: 2009-05-12T12:05:12.145Z}
          - {contact_key: b, ttl: 60, auto_complete_after: 5}
          - {contact_key: c, expiration_time: 2h}
    """)
    kept = [each.retention for each in made.store.services()]
    assert [(each.touched, each.counted_from) for each in kept] == [(NOW, NOW)] * 3
    assert [(each.lifetime, each.expires, each.idle) for each in kept] == [
        (24 * HOUR, None, HOUR),
        (60_000, None, 5_000),
        (None, NOW + 2 * HOUR, HOUR),
    ]


def test_ids_count_in_the_order_of_the_document() -> None:
    made = base("""
        services:
          - contact_key: a
            states: [{tasks: [{}, {}]}, {}]
            tasks: [{}]
          - {contact_key: b, states: [{}]}
    """)
    first, second = made.store.services()
    assert (first.number, second.number) == (4_294_967_297, 4_294_967_298)
    assert list(made.store.states(first.number)) == [1001, 1002]
    assert [(t.task_id, t.state_id) for t in made.store.tasks(first.number).values()] == [
        (500_001, 1001),
        (500_002, 1001),
        (500_003, None),
    ]
    assert list(made.store.states(second.number)) == [1003]
    assert made.ids.counters.state == 1004


def test_explicit_ids_are_never_given_out_again() -> None:
    made = base("""
        first_ids: {service: 10, state: 20, task: 30}
        services:
          - {contact_key: a}
          - contact_key: b
            service_id: 11
            states: [{}, {state_id: 25, tasks: [{task_id: 35}, {}]}]
            tasks: [{task_id: 3, state_id: 25}]
          - {contact_key: c, service_id: 5, states: [{state_id: 1}]}
          - {contact_key: d}
    """)
    services = {each.contact_key: each.service_id for each in made.store.services()}
    assert services == {"a": 12, "b": 11, "c": 5, "d": 13}
    assert list(made.store.states(11)) == [26, 25]
    assert list(made.store.tasks(11)) == [35, 36, 3]
    assert made.store.tasks(11)[3].state_id == 25
    counters = made.ids.counters
    assert (counters.service, counters.state, counters.task) == (14, 27, 37)
    check_indexes(made.store)


def test_conversation_form() -> None:
    made = base("""
        seed: 7
        fidelity: {service_ids: conversation}
        services:
          - {contact_key: a}
          - {contact_key: b, service_id: my-own}
          - {contact_key: c, service_id: 95}
    """)
    services = list(made.store.services())
    assert [each.service_id for each in services] == [
        conversation_id(7, 4_294_967_297),
        "my-own",
        "95",
    ]
    assert made.store.number_of("my-own") == services[1].number
    check_indexes(made.store)


def test_integer_form_takes_no_text() -> None:
    text = "services: [{contact_key: a, service_id: my-own}]"
    assert mistakes(text) == [
        (
            sentence("services[0].service_id", "an integer", "my-own")
            + "; text ids need fidelity service_ids=conversation"
        )
    ]
    scenario = loaded(text, {"service_ids": "conversation"})
    assert [each.service_id for each in scenario.base(NOW).store.services()] == ["my-own"]


def test_customers_have_one_value_or_several() -> None:
    made = base("""
        seed: 7
        customers:
          - {customer_id: C, FirstName: Ada, PhoneNumber: [+442079460000, 0123]}
          - {LastName: 12}
    """)
    first, second = made.profiles
    assert first.customer_id == "C"
    assert first.attributes == {"FirstName": ("Ada",), "PhoneNumber": ("+442079460000", "0123")}
    assert second.attributes == {"LastName": ("12",)}
    assert second.customer_id == customer_id(7, 1)


def test_attached_data_are_any_values() -> None:
    made = base("""
        customers: [{customer_id: C}]
        services:
          - customer_id: C
            extensions: {coupon: {n: [1, ~, no]}, nothing: ~}
            disposition: 3
            completed: -1m
    """)
    (service,) = made.store.of_customer("C")
    assert service.extensions == {"coupon": {"n": [1, None, "no"]}, "nothing": None}
    assert service.values["disposition"] == 3


def test_values_are_mapped_as_incoming_ones_are() -> None:
    made = base(
        ATTRIBUTES
        + """
services:
  - contact_key: a
    service_type: Sale
    started: {media_type: voice}
    states: [{state_type: Care}, {state_type: "2"}]
  - {contact_key: b, service_type: 2}
"""
    )
    first, second = made.store.services()
    assert (first.service_type, second.service_type) == (1, 2)
    assert first.started.values["media_type"] == 0
    assert [each.state_type for each in made.store.states(first.number).values()] == [2, 2]
    assert (first.retention.lifetime, second.retention.lifetime) == (HOUR, 5 * 365 * 24 * HOUR)


BAD_VALUES = """
services:
  - contact_key: a
    service_type: Sail
    started: {media_type: 5}
    states: [{state_type: 3, tasks: [{completed: 0s, disposition: x, task_type: any}]}]
"""


def test_values_that_no_attribute_has_are_mistakes() -> None:
    assert mistakes(ATTRIBUTES + BAD_VALUES) == [
        sentence(
            "services[0].service_type",
            "a value of business attribute Kind: Sale (1), Care (2)",
            "Sail",
        ),
        sentence(
            "services[0].started.media_type",
            "a value of business attribute Channel: voice (0)",
            5,
        ),
        sentence(
            "services[0].states[0].state_type",
            "a value of business attribute Kind: Sale (1), Care (2)",
            3,
        ),
        sentence(
            "services[0].states[0].tasks[0].disposition",
            "a value of business attribute Channel: voice (0)",
            "x",
        ),
    ]


def test_values_are_kept_as_they_are_without_validation() -> None:
    made = base(f"settings: {{data_validation: false}}\n{ATTRIBUTES}{BAD_VALUES}")
    (service,) = made.store.services()
    assert (service.service_type, service.started.values["media_type"]) == ("Sail", 5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "services: [{customer_id: X}]",
            ("services[0].customer_id: no customer with id 'X'; the scenario has no customers"),
        ),
        (
            "services: [{contact_key: a, service_id: 5}, {contact_key: b, service_id: 5}]",
            "services[1].service_id: duplicate service_id 5",
        ),
        (
            "services: [{contact_key: a, states: [{state_id: 1}, {state_id: 1}]}]",
            "services[0]: duplicate state_id 1 in this service",
        ),
        (
            "services: [{contact_key: a,states: [{tasks: [{task_id: 1}]}], tasks: [{task_id: 1}]}]",
            "services[0]: duplicate task_id 1 in this service",
        ),
        (
            "services: [{contact_key: a, states: [{tasks: [{state_id: 1}]}]}]",
            (
                "services[0].states[0].tasks[0].state_id: the task already belongs to "
                "the state that lists it; remove state_id"
            ),
        ),
        (
            "services: [{contact_key: a, tasks: [{state_id: 1}]}]",
            sentence(
                "services[0].tasks[0].state_id",
                "a state of this service (it has none with a state_id)",
                1,
            ),
        ),
        (
            f"{ATTRIBUTES}  More: {{dbid: 1, cv_attributes: [State.type], values: []}}",
            "business_attributes.More: State.type is already mapped to Kind",
        ),
        (
            "business_attributes: {T: {dbid: 1, default: b, values: [{name: a, dbid: 1}]}}",
            sentence("business_attributes.T.default", "one of a (1)", "b"),
        ),
        (
            "business_attributes: {T: {dbid: 1, values: [{name: a, dbid: 1}, {name: a, dbid: 2}]}}",
            "business_attributes.T.values: duplicate name a",
        ),
        (
            "business_attributes: {T: {dbid: 1, values: [{name: a, dbid: 1}, {name: b, dbid: 1}]}}",
            "business_attributes.T.values: duplicate dbid 1",
        ),
    ],
)
def test_contradiction_in_its_exact_words(text: str, message: str) -> None:
    assert mistakes(text) == [message]


def test_state_ids_may_repeat_in_another_service() -> None:
    made = base(
        "services: [{contact_key: a, states: [{state_id: 24}]}, "
        "{contact_key: b, states: [{state_id: 24}]}]"
    )
    assert [list(made.store.states(each.number)) for each in made.store.services()] == [[24], [24]]


def test_generation_takes_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faker", None)
    monkeypatch.setitem(sys.modules, "faker.config", None)
    assert places("generate: {customers: {count: 1}}") == [
        (
            "s.yaml:1:23: generate.customers: generate needs Faker, which is not "
            "installed; pip install 'faker>=30'"
        )
    ]


def test_generated_ids_pass_over_those_that_are_taken() -> None:
    [first, second] = [each.customer_id for each in base("customers: [{}, {}]").profiles]
    taken = f"customers: [{{}}, {{customer_id: {first}}}]"
    assert [each.customer_id for each in base(taken).profiles] == [second, first]
    generated = f"customers: [{{customer_id: {first}}}]\ngenerate: {{customers: {{count: 1}}}}"
    assert [each.customer_id for each in base(generated).profiles] == [first, second]


def test_nothing_may_be_generated() -> None:
    assert not list(base("generate: {}\nprofile_attributes: []").profiles)


def test_extension_that_is_null_is_none() -> None:
    schemas = "[{name: Address, type: single-valued, attributes: [{name: city, type: string}]}]"
    customers = "customers: [{extensions: {Address: null}}]"
    [profile] = base(f"extension_schemas: {{profiles: {schemas}}}\n{customers}").profiles
    assert profile.extensions == {}
