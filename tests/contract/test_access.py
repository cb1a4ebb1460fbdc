"""Authentication and roles. Contract section 9."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from cs_simulator.domain.access import PRIVILEGES
from cs_simulator.operations import OPERATIONS
from tests.conftest import Simulate
from tests.support import BASE, ApiResponse, Simulation, assumed, documented

USERS: list[dict[str, Any]] = [
    {"name": "anna", "password": "s:cret", "roles": ["Administrator"]},
    {"name": "boris", "password": "ключ", "roles": ["Supervisor"]},
    {"name": "carla", "password": "x"},
]
DORA: dict[str, Any] = {"name": "dora", "password": "y", "roles": ["Agent"]}
ROLES = [
    {"name": "Agent", "dbid": 7, "privileges": ["UCS.Service.startService"]},
    {"name": "Former", "dbid": 8, "enabled": False, "privileges": ["UCS.Service.readService"]},
]
PROTECTED = {"settings": {"users": USERS}}
BY_ROLE = {"settings": {"users": USERS, "use_role": True}}
START = {"contact_key": "K", "service_type": 7}


def basic(user: str) -> dict[str, str]:
    """Return the header of a user, or of a name and a password."""
    password = next((each["password"] for each in [*USERS, DORA] if each["name"] == user), None)
    text = user if password is None else f"{user}:{password}"
    return {"Authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}


def described(answer: ApiResponse) -> str:
    """Return what an error says, in either form."""
    members: dict[str, str] = answer.json
    return members.get("message") or members["description"]


@documented("Basic Authentication: the realm")
@pytest.mark.parametrize("base", [f"{BASE}/", "/"], ids=["8.5", "8.1"])
@pytest.mark.parametrize(
    ("headers", "text", "hint"),
    [
        ({}, "No credentials sent", "send Authorization: Basic <base64 of user:password>"),
        (
            {"Authorization": "Bearer abc"},
            "The authentication scheme 'Bearer' is not supported",
            "send Authorization: Basic",
        ),
        (
            {"Authorization": "Basic"},
            "The credentials are malformed",
            "separate user and password with a colon",
        ),
        (
            {"Authorization": "Basic !!!"},
            "The credentials are malformed",
            "send the base64 of user:password after Basic",
        ),
        (
            {"Authorization": "Basic /////w=="},
            "The credentials are malformed",
            "send the base64 of user:password after Basic",
        ),
        (
            # More padding than there is to pad.
            {"Authorization": f"{basic('anna:s:cret')['Authorization']}=="},
            "The credentials are malformed",
            "send the base64 of user:password after Basic",
        ),
        (
            basic("anna without a colon"),
            "The credentials are malformed",
            "separate user and password with a colon",
        ),
        (basic("nobody:x"), "The user name or the password is wrong", "unknown user"),
        (basic("anna:s"), "The user name or the password is wrong", "wrong password"),
    ],
)
def test_credentials_missing_or_wrong(
    simulate: Simulate, base: str, headers: dict[str, str], text: str, hint: str
) -> None:
    cs = simulate(PROTECTED)
    before = cs.dump()
    answer = cs.post("services/start", START, headers=headers, base=base)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == (
        'Basic realm="Genesys Application Configuration Needed"'
    )
    assert (described(answer), answer.hint) == (text, hint)
    assert cs.dump() == before


@documented("Basic Authentication")
@pytest.mark.parametrize("user", ["anna", "boris", "carla"])
def test_credentials_let_in(simulate: Simulate, user: str) -> None:
    cs = simulate(PROTECTED)
    assert cs.post("services/start", START, headers=basic(user)).status == 201
    lower = {"Authorization": basic(user)["Authorization"].replace("Basic", "bAsIc")}
    assert cs.post("services/start", START, headers=lower).status == 201


@assumed("order of checks: route and method before credentials, credentials before the body")
def test_credentials_come_after_the_route_and_before_the_body(simulate: Simulate) -> None:
    cs = simulate(PROTECTED)
    assert cs.get("nowhere").status == 404
    assert cs.get("services/start").status == 405
    assert cs.post("services/start", raw=b"{").status == 401
    assert cs.post("services/start", raw=b"{", headers=basic("anna")).status == 400
    preflight = {"Origin": "http://a", "Access-Control-Request-Method": "POST"}
    assert cs.request("OPTIONS", "services/start", headers=preflight).status == 204
    assert cs.get("_control/health", base="/").status == 200


@documented("Role-Based Access Control 8.5: GET needs Administrator or Supervisor")
@pytest.mark.parametrize(
    ("user", "reads", "writes"), [("anna", 200, 201), ("boris", 200, 403), ("carla", 403, 403)]
)
def test_role_in_85(simulate: Simulate, user: str, reads: int, writes: int) -> None:
    cs = simulate(BY_ROLE)
    headers = basic(user)
    assert cs.get("services/anonymous/K", headers=headers).status == reads
    before = cs.dump()
    answer = cs.post("services/start", START, headers=headers)
    assert answer.status == writes
    if writes == 403:
        assert described(answer) == "Requires permission: Administrator"
        assert answer.json["exception"] == "java.rmi.AccessException"
        assert cs.dump() == before


@documented("Role-Based Access Control 8.1: each operation needs its privilege")
def test_role_in_81(simulate: Simulate) -> None:
    cs = simulate(
        {"settings": {"users": [{**USERS[0], "roles": []}, DORA], "use_role": True, "roles": ROLES}}
    )
    headers = basic("dora")
    started = cs.post("services/start", START, headers=headers, base="/")
    assert started.status == 201
    answer = cs.get(f"services/{started.json['service_id']}", headers=headers, base="/")
    assert (answer.status, answer.json["code"]) == (403, 4031)
    assert described(answer) == (
        "User dora may not call get_service; it requires the privilege UCS.Service.readService"
    )
    assert answer.hint == "dora has the roles Agent"
    assert cs.post("services/start", START, headers=basic("anna"), base="/").status == 403


@documented("Role-Based Access Control: Start Service with extensions needs another privilege")
def test_role_without_extensions_starts_nothing(simulate: Simulate) -> None:
    cs = simulate({"settings": {"users": [DORA], "use_role": True, "roles": ROLES}})
    before = cs.dump()
    body = {**START, "coupon": {"coupon_name": "X"}}
    answer = cs.post("services/start", body, headers=basic("dora"), base="/")
    assert answer.status == 403
    assert described(answer) == (
        "User dora may not call start_service; it requires the privilege "
        "UCS.Service.createServiceExtension, for extensions"
    )
    assert cs.dump() == before


@assumed("reading extensions needs a privilege of its own, too")
def test_role_without_extensions_reads_none(simulate: Simulate) -> None:
    roles = [{"name": "Agent", "dbid": 7, "privileges": ["UCS.Service.readService"]}]
    cs = simulate({"settings": {"users": [DORA], "use_role": True, "roles": roles}})
    headers = basic("dora")
    assert cs.get("services/anonymous/K", headers=headers, base="/").status == 200
    answer = cs.get("services/anonymous/K?extensions=*", headers=headers, base="/")
    assert answer.status == 403


@assumed("a role that is switched off gives nothing")
def test_role_switched_off(simulate: Simulate) -> None:
    user = {"name": "dora", "password": "y", "roles": ["Former"]}
    cs = simulate({"settings": {"users": [user], "use_role": True, "roles": ROLES}})
    assert cs.get("services/anonymous/K", headers=basic("dora"), base="/").status == 403


@documented("Query Metadata Roles")
@pytest.mark.parametrize("base", [f"{BASE}/", "/"], ids=["8.5", "8.1"])
def test_query_roles(simulate: Simulate, base: str) -> None:
    agent, former = (
        simulate({"settings": {"roles": ROLES}}).get("metadata/roles", base=base).shows()
    )
    tasks: list[dict[str, Any]] = agent.pop("tasks")
    assert agent == {"role_name": "Agent", "role_DBID": 7, "role_enabled": True}
    assert [task["name"] for task in tasks if task["capableOf"]] == ["UCS.Service.startService"]
    assert {"capableOf": False, "name": "UCS.Customer.createProfile"} in tasks
    assert former["role_enabled"] is False


@assumed("a world whose scenario names no roles has two")
def test_query_roles_predefined(cs: Simulation) -> None:
    administrator, supervisor = cs.get("metadata/roles").shows()
    assert administrator["role_name"] == "Administrator"
    assert all(task["capableOf"] for task in administrator["tasks"])
    assert supervisor["role_name"] == "Supervisor"
    able = {task["name"] for task in supervisor["tasks"] if task["capableOf"]}
    assert "UCS.Service.readService" in able
    assert all(".read" in name for name in able)


@assumed("the same of customers: what identifies one may ask for extensions, a profile bring some")
def test_role_without_extensions_of_customers(simulate: Simulate) -> None:
    names = ["UCS.Customer.readProfile", "UCS.Customer.createProfile"]
    roles = [{"name": "Agent", "dbid": 7, "privileges": names}]
    cs = simulate(
        {
            "settings": {"users": [DORA], "use_role": True, "roles": roles},
            "customers": [{"customer_id": "C", "LastName": "Doe"}],
            "extension_schemas": {"profiles": [{"name": "Vip", "type": "classifier"}]},
        }
    )
    more = {"headers": basic("dora"), "base": "/"}
    assert cs.get("profiles?LastName=Doe", **more).status == 200
    assert cs.get("profiles?LastName=Doe&extensions=Vip", **more).status == 403
    assert cs.get("profiles/C?extensions=Vip", **more).status == 403
    assert cs.post("profiles", {"LastName": "Roe"}, **more).status == 201
    assert cs.post("profiles", {"LastName": "Roe", "vip": {}}, **more).status == 403


IMPORTER = ["UCS.Customer.executeBulkImport", "UCS.Customer.createProfile"]
EXTENDER = [*IMPORTER, "UCS.Customer.createProfileExtension"]
COLUMNS = "LastName,Phone.number,Vip.level"


@documented("Bulk Profile Import: createProfileExtension, only if extensions are created")
@pytest.mark.parametrize(
    ("privileges", "text", "status"),
    [
        (IMPORTER, "LastName\nDoe\n", 200),
        (IMPORTER, f"{COLUMNS}\nDoe,,\n", 200),
        (IMPORTER, f"{COLUMNS}\nDoe,x,\n", 200),
        (IMPORTER, f"{COLUMNS}\nRoe,7,\n", 200),
        (IMPORTER, f"{COLUMNS}\nDoe,,\nMoe,7,\n", 403),
        (IMPORTER, f"{COLUMNS}\nDoe,x,\nMoe,,gold\n", 403),
        (EXTENDER, f"{COLUMNS}\nDoe,,\nMoe,7,gold\n", 200),
        (IMPORTER[:1], "LastName\nDoe\n", 403),
        (IMPORTER[1:], "LastName\nDoe\n", 403),
    ],
)
def test_role_without_extensions_imports_none(
    simulate: Simulate, privileges: list[str], text: str, status: int
) -> None:
    number = {"name": "number", "type": "integer"}
    level = {"name": "level", "type": "string"}
    cs = simulate(
        {
            "settings": {
                "users": [DORA],
                "use_role": True,
                "roles": [{"name": "Agent", "dbid": 7, "privileges": privileges}],
                "server_mode": "maintenance",
            },
            "customers": [{"customer_id": "C", "LastName": "Roe"}],
            "extension_schemas": {
                "profiles": [
                    {"name": "Phone", "type": "multi-valued", "attributes": [number]},
                    {"name": "Vip", "type": "single-valued", "attributes": [level]},
                ]
            },
            "identification_keys": [{"name": "idLast", "attributes": ["LastName"]}],
        }
    )
    before = cs.dump()
    raw = (
        '--x\r\nContent-Disposition: form-data; name="id-key"\r\n\r\nidLast\r\n'
        '--x\r\nContent-Disposition: form-data; name="profiles"; filename="a.csv"\r\n\r\n'
        f"{text}\r\n--x--\r\n"
    ).encode()
    headers = {**basic("dora"), "Content-Type": "multipart/form-data; boundary=x"}
    answer = cs.post("profiles/import", raw=raw, headers=headers, base="/")
    assert answer.status == status, answer.raw
    if status == 403:
        assert answer.json["code"] == 4031
        assert cs.dump() == before
        if privileges == IMPORTER:
            assert described(answer) == (
                "User dora may not call import_profiles; it requires the privilege "
                "UCS.Customer.createProfileExtension, for extensions"
            )


@documented("Role-Based Access Control 8.5: an import is no GET, extensions or not")
@pytest.mark.parametrize(("user", "status"), [("anna", 415), ("boris", 403)])
def test_role_in_85_imports(simulate: Simulate, user: str, status: int) -> None:
    cs = simulate(BY_ROLE)
    assert cs.post("profiles/import", raw=b"x", headers=basic(user)).status == status


@assumed("privileges that the documents do not print are named by analogy")
def test_privileges_are_those_of_the_operations() -> None:
    named = {
        name
        for operation in OPERATIONS
        for name in (*operation.privileges, operation.extension_privilege)
        if name
    }
    assert named <= set(PRIVILEGES)
    assert all(each.privileges for each in OPERATIONS if "8.1" in each.editions)


@assumed("each part of a transition may bring attached data; a body that is absent brings none")
def test_role_without_extensions_changes_states(simulate: Simulate) -> None:
    names = ["UCS.Service.startService", "UCS.State.startState", "UCS.State.stopState"]
    roles = [{"name": "Agent", "dbid": 7, "privileges": [*names, "UCS.Service.stopService"]}]
    schema = {"name": "Note", "type": "classifier"}
    cs = simulate(
        {
            "settings": {"users": [DORA], "use_role": True, "roles": roles},
            "extension_schemas": {"states": [schema]},
        }
    )
    more: dict[str, Any] = {"headers": basic("dora"), "base": "/"}
    service = cs.post("services/start", START, **more).json["service_id"]
    path = f"services/{service}/states"
    state = cs.post(f"{path}/start", {"state_type": 1}, **more).json["state_id"]
    sides: dict[str, Any] = {"from": {"state_id": state}, "to": {"state_type": 2}}
    for bad in (
        {**sides, "Note": {}},
        {**sides, "from": {**sides["from"], "Note": {}}},
        {**sides, "to": {**sides["to"], "Note": {}}},
    ):
        assert cs.post(f"{path}/transition", bad, **more).status == 403
    assert cs.post(f"{path}/transition", {**sides, "to": 5}, **more).status == 400
    assert cs.post(f"{path}/transition", sides, **more).status == 201
    assert cs.post(f"services/{service}/end", [], **more).status == 400
    assert cs.post(f"services/{service}/end", **more).status == 204
