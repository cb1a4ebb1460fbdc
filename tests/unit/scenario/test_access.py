"""Tenants, users, roles and interactions of a document, and what is wrong with them."""

from __future__ import annotations

import pytest

from cs_simulator.domain.access import PRIVILEGES, SUPERVISOR
from cs_simulator.domain.setup import DEFAULT_EXPIRATION
from cs_simulator.scenario.snapshot import document, json_text, yaml_text
from cs_simulator.worlds import ServedWorld
from tests.support.problems import MISSING, meant, sentence
from tests.unit.scenario.support import NOW, base, loaded, mistakes, places

WHOLE = """
clock: {time: 2026-01-05T09:00:00.000Z, mode: frozen}
settings:
  tenants:
    - {dbid: 1, name: Main}
    - dbid: 101
      name: Branch
      business_attributes: {Kind: {dbid: 3, cv_attributes: [Service.type],
                                   values: [{name: loan, dbid: 5}]}}
  users: [{name: anna, password: secret, roles: [Agent, Administrator]}, {name: b, password: ""}]
  roles: [{name: Agent, dbid: 7, enabled: false, privileges: [UCS.Service.startService]}]
  use_role: true
  server_mode: maintenance
customers: [{customer_id: C}]
services: [{contact_key: K, tenant: Branch, service_type: loan}, {contact_key: K}]
interactions:
  - {customer_id: C, interaction_id: i, media_type: chat, start_date: -1h, text: Grüß Gott,
     structured_text: <a/>, binary_content: {base64: AAE=}, udata: {a: 1}}
"""


def test_setup_of_a_document() -> None:
    setup = loaded(WHOLE).setup
    assert [tenant.name for tenant in setup.tenants] == ["Main", "Branch"]
    assert setup.access.use_role
    assert setup.access.users["anna"].roles == ("Agent", "Administrator")
    assert setup.access.privileges(setup.access.users["anna"]) == frozenset()
    assert setup.server_mode == "maintenance"


def test_predefined_roles() -> None:
    access = loaded("settings: {users: [{name: a, password: b, roles: [Supervisor]}]}").setup.access
    (user,) = access.users.values()
    assert user.roles == (SUPERVISOR,)
    assert access.privileges(user) == {name for name in PRIVILEGES if ".read" in name}


def test_services_stand_with_their_tenant() -> None:
    stores = base(WHOLE).stores
    assert {tenant: len(store) for tenant, store in stores.items()} == {"Main": 1, "Branch": 1}


TENANTS = """
clock: {time: 2026-01-05T09:00:00.000Z, mode: frozen}
settings:
  tenants:
    - {dbid: 1, name: Main}
    - dbid: 2
      name: Branch
      business_attributes:
        Kind: {dbid: 9, cv_attributes: [Service.type],
               values: [{name: loan, dbid: 300}, {name: brief, dbid: 9, expiration: 5s}]}
business_attributes:
  Kind: {dbid: 3, cv_attributes: [Service.type], values: [{name: loan, dbid: 5}]}
"""


def test_services_have_the_values_of_their_tenant() -> None:
    text = """services:
  - {contact_key: K, tenant: Branch, service_type: brief}
  - {contact_key: K, tenant: Branch, service_type: loan}
  - {contact_key: K, service_type: loan}
"""
    world = ServedWorld("one", loaded(TENANTS + text))
    kinds = {
        name: [service.service_type for service in store.services()]
        for name, store in world._stores.items()
    }
    assert kinds == {"Branch": [9, 300], "Main": [5]}
    [brief, loan] = world._stores["Branch"].services()
    assert (brief.retention.lifetime, loan.retention.lifetime) == (5_000, DEFAULT_EXPIRATION)
    copy = ServedWorld("again", loaded(json_text(world.snapshot())))
    assert document(copy.snapshot()) == document(world.snapshot())


def test_values_of_another_tenant_are_refused() -> None:
    text = """services:
  - {contact_key: K, tenant: Branch, service_type: 5}
  - {contact_key: K, service_type: brief}
"""
    expected = "a value of business attribute Kind"
    assert mistakes(TENANTS + text) == [
        sentence("services[0].service_type", f"{expected}: loan (300), brief (9)", 5),
        sentence("services[1].service_type", f"{expected}: loan (5)", "brief"),
    ]


def test_generated_services_have_the_values_of_the_first_tenant() -> None:
    first = TENANTS.replace("{dbid: 1, name: Main}\n    - dbid: 2", "dbid: 2", 1)
    text = "generate: {customers: {count: 3}, services: {per_customer: 2}}"
    stores = base(first + text).stores
    assert {service.service_type for service in stores["Branch"].services()} <= {300, 9}
    assert len(stores["Branch"]) == 6


def test_snapshot_gives_the_same_world() -> None:
    world = ServedWorld("one", loaded(WHOLE))
    world.server.mode = "production"
    for text in (json_text(world.snapshot()), yaml_text(world.snapshot())):
        copy = ServedWorld("again", loaded(text))
        assert document(copy.snapshot()) == document(world.snapshot())
        assert copy.server.mode == "production"
        assert copy.scenario.setup.access == world.scenario.setup.access


def test_interactions_begin_anew_with_a_real_clock() -> None:
    scenario = loaded(
        "customers: [{customer_id: C}]\n"
        "interactions: [{customer_id: C, interaction_id: i, media_type: voice}]"
    )
    for now in (NOW, NOW + 1000):
        (interaction,) = scenario.base(now).interactions
        assert interaction.members["start_date"] == f"2026-01-05T09:00:0{(now - NOW) // 1000}.000Z"
        assert (interaction.members["entity_type"], interaction.members["status"]) == (3, 3)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (
            "settings: {users: [{name: a, password: b, roles: [Admin]}]}",
            (
                "s.yaml:1:51: settings.users[0].roles[0]: no role named 'Admin'; "
                "available: Administrator, Supervisor"
            ),
        ),
        (
            "settings: {users: [{name: 'a:b', password: c}]}",
            sentence(
                "s.yaml:1:27: settings.users[0].name",
                "a name without a colon (Basic authentication cannot carry one)",
                "a:b",
            ),
        ),
        (
            "settings: {users: [{name: a, password: b}, {name: a, password: c}]}",
            "s.yaml:1:19: settings.users: duplicate name a",
        ),
        (
            "settings: {users: [{name: a}]}",
            f"s.yaml:1:20: settings.users[0].password {MISSING}",
        ),
        (
            "settings: {use_role: true}",
            (
                "s.yaml:1:22: settings.use_role: only allowed with users: without users, "
                "everyone has access"
            ),
        ),
        (
            "settings: {roles: [{name: A, dbid: 1, privileges: [UCS.Service.startServices]}]}",
            sentence(
                "s.yaml:1:52: settings.roles[0].privileges[0]",
                "a privilege such as UCS.Service.startService",
                "UCS.Service.startServices",
                near="UCS.Service.startService",
            ),
        ),
        (
            "settings: {roles: [{name: A, dbid: 1}, {name: A, dbid: 1}]}",
            (
                "s.yaml:1:19: settings.roles: duplicate name A\n"
                "s.yaml:1:19: settings.roles: duplicate dbid 1"
            ),
        ),
        (
            "settings: {tenants: [{dbid: 1, name: A}, {dbid: 1, name: A}]}",
            (
                "s.yaml:1:21: settings.tenants: duplicate dbid 1\n"
                "s.yaml:1:21: settings.tenants: duplicate name A"
            ),
        ),
        (
            "settings: {tenants: [{dbid: 1, name: A}, {dbid: 2, name: '1'}]}",
            "s.yaml:1:58: settings.tenants[1].name: 1 is the dbid of tenant A",
        ),
        (
            (
                "settings: {tenants: [{dbid: 1, name: A, business_attributes: {K: {dbid: 1, "
                "values: [], default: x}}}]}"
            ),
            sentence(
                "s.yaml:1:97: settings.tenants[0].business_attributes.K.default",
                "one of none",
                "x",
            ),
        ),
        (
            "settings: {server_mode: productoin}",
            sentence(
                "s.yaml:1:25: settings.server_mode",
                "one of production, maintenance",
                "productoin",
                near="production",
            ),
        ),
        (
            "services: [{contact_key: K, tenant: Main}]",
            ("s.yaml:1:37: services[0].tenant: no tenant named 'Main'; settings.tenants has none"),
        ),
        (
            (
                "settings: {tenants: [{dbid: 1, name: Main}]}\n"
                "services: [{contact_key: K, tenant: Mian}]"
            ),
            (f"s.yaml:2:37: services[0].tenant: no tenant named 'Mian'; {meant('Main')}"),
        ),
        (
            (
                "customers: [{customer_id: C}]\n"
                "interactions: [{customer_id: D, interaction_id: i, media_type: chat}]"
            ),
            ("s.yaml:2:30: interactions[0].customer_id: no customer with id 'D'; available: C"),
        ),
        (
            (
                "customers: [{customer_id: C}]\n"
                "interactions: [{customer_id: C, interaction_id: i, media_type: chat},\n"
                "  {customer_id: C, interaction_id: i, media_type: chat}]"
            ),
            "s.yaml:3:3: interactions[1]: duplicate interaction_id i",
        ),
        (
            (
                "customers: [{customer_id: C}]\n"
                "interactions: [{customer_id: C, interaction_id: i, media_type: chat, "
                "binary_content: {base64: '?'}}]"
            ),
            sentence("s.yaml:2:95: interactions[0].binary_content.base64", "base64", "?"),
        ),
        (
            (
                "customers: [{customer_id: C}]\n"
                "interactions: [{customer_id: C, interaction_id: i, media_type: chat, "
                "binary_content: {base64: 5}}]"
            ),
            sentence("s.yaml:2:95: interactions[0].binary_content.base64", "base64", 5),
        ),
        (
            "interactions: [{custmer_id: C}]",
            (
                f"s.yaml:1:16: interactions[0].customer_id {MISSING}\n"
                f"s.yaml:1:16: interactions[0].interaction_id {MISSING}\n"
                f"s.yaml:1:16: interactions[0].media_type {MISSING}\n"
                f"s.yaml:1:17: interactions[0].custmer_id: unknown key; {meant('customer_id')}"
            ),
        ),
    ],
)
def test_mistake_in_its_exact_words(text: str, wrong: str) -> None:
    assert places(text) == wrong.split("\n")
