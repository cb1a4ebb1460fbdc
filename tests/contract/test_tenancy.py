"""Tenants, named in a header. Contract section 9."""

from __future__ import annotations

import pytest

from cs_simulator.operations import OPERATIONS
from cs_simulator.operations.row import ApiOperation
from tests.conftest import Simulate
from tests.support import EXCEPTIONS, Simulation, assumed, documented

TWO = {"settings": {"tenants": [{"dbid": 1, "name": "Main"}, {"dbid": 101, "name": "Branch"}]}}
ONE = {"settings": {"tenants": [{"dbid": 101, "name": "Branch"}]}}
HEADER = "ContactCenterId"
NOT_NAMED = (
    "Invalid tenant specified : no tenant specified in multi-tenant environment. "
    "Verify configuration and 'ContactCenterId' HTTP header."
)


@documented("Welcome: no tenant specified in a multi-tenant environment")
def test_tenant_not_named(simulate: Simulate) -> None:
    cs = simulate(TWO)
    before = cs.dump()
    answer = cs.post("services/start", {"contact_key": "K"})
    assert answer.refused() == NOT_NAMED
    assert answer.json["exception"] == f"{EXCEPTIONS}.ContextServicesExceptionResource"
    assert answer.hint == "send ContactCenterId: 1 (Main), 101 (Branch)"
    assert cs.dump() == before


@documented("Welcome: a tenant that is not configured")
@pytest.mark.parametrize(
    ("document", "known"),
    [(ONE, "101 (Branch)"), (TWO, "1 (Main), 101 (Branch)")],
    ids=["one", "two"],
)
def test_tenant_unknown(simulate: Simulate, document: dict[str, object], known: str) -> None:
    cs = simulate(document)
    answer = cs.get("services/anonymous/K", headers={HEADER: "wrong value"})
    assert answer.refused() == (
        "Invalid tenant specified : specified tenant in HTTP header "
        "'ContactCenterId'='wrong value' not configured. Verify configuration."
    )
    assert answer.hint == f"configured tenants: {known}"


@assumed("a fault of a tenant is for requests that name it, or may leave it open")
def test_tenant_of_a_fault_is_the_one_that_is_named(simulate: Simulate) -> None:
    rule = {"on": "any", "where": {"tenant": "Main"}, "response": {"status": 503}}
    cs = simulate({**TWO, "faults": [rule]})
    body = {"contact_key": "K"}
    assert cs.post("services/start", body).refused() == NOT_NAMED
    assert cs.post("services/start", body, headers={HEADER: "x"}).status == 400
    assert cs.post("services/start", body, headers={HEADER: "1"}).status == 503
    assert cs.post("services/start", body, headers={HEADER: "Branch"}).status == 201
    old = {**body, "service_type": 1}
    assert cs.request("POST", "services/start", old, base="/").status == 503
    absent = {"on": "any", "where": {"tenant": {"absent": True}}, "response": {"status": 418}}
    cs = simulate({**TWO, "faults": [absent]})
    assert cs.post("services/start", body).status == 418
    assert cs.post("services/start", body, headers={HEADER: "1"}).status == 201


@documented("Welcome: the header holds the DB id or the name of the tenant; data are separate")
def test_tenants_have_separate_data(simulate: Simulate) -> None:
    cs = simulate(TWO)
    body = {"contact_key": "K"}
    main = cs.post("services/start", body, headers={HEADER: "Main"}).json["service_id"]
    branch = cs.post("services/start", body, headers={HEADER: "101"}).json["service_id"]
    assert main != branch
    for tenant, number in (("1", main), ("Branch", branch)):
        headers = {HEADER: tenant, "GroupId": "any"}
        (shown,) = cs.get("services/anonymous/K", headers=headers).shows()
        assert shown["service_id"] == number
    cs.get(f"services/{branch}", headers={HEADER: "Main"}).refused()
    query = "maintenance/services/stream?time_from=2020-01-01T00:00:00.000Z"
    assert cs.get(query, headers={HEADER: "Main"}).shows() == [str(main)]
    purge = {"limit": "2030-01-01T00:00:00.000Z", "operation": "purge.service.all"}
    cs.post("maintenance/purge", purge, headers={HEADER: "Main"})
    assert cs.get("services/anonymous/K", headers={HEADER: "Main"}).shows() == []
    assert len(cs.get("services/anonymous/K", headers={HEADER: "Branch"}).shows()) == 1


@documented("Welcome: with one tenant configured the header is optional")
def test_one_tenant_needs_no_header(simulate: Simulate) -> None:
    cs = simulate(ONE)
    cs.service()
    assert len(cs.get("services/anonymous/K", headers={HEADER: "Branch"}).shows()) == 1


@assumed("with no tenant configured the headers are ignored")
def test_no_tenant_ignores_the_header(cs: Simulation) -> None:
    cs.service()
    assert len(cs.get("services/anonymous/K", headers={HEADER: "any"}).shows()) == 1


@assumed("requests of edition 8.1 see the first tenant")
def test_tenant_of_81_is_the_first(simulate: Simulate) -> None:
    cs = simulate(TWO)
    body = {"contact_key": "K", "service_type": 1}
    number = cs.post("services/start", body, base="/").json["service_id"]
    cs.post("services/start", body, headers={HEADER: "Branch"})
    (shown,) = cs.get("services/anonymous/K", headers={HEADER: "Main"}).shows()
    assert shown["service_id"] == number


@documented("Welcome: service, state, task, maintenance and business attribute operations")
@pytest.mark.parametrize(
    "operation", [pytest.param(each, id=each.id) for each in OPERATIONS if "8.5" in each.editions]
)
def test_tenant_is_demanded_of(simulate: Simulate, operation: ApiOperation) -> None:
    cs = simulate(TWO)
    path = operation.paths[0][1:].replace("{", "").replace("}", "")
    answer = cs.request(operation.method, path)
    demanded = answer.status == 400 and answer.json.get("message") == NOT_NAMED
    assert demanded == (
        operation.family == "services" or operation.id == "query_business_attributes"
    )


@assumed("a tenant may have business attributes of its own")
def test_tenant_has_business_attributes_of_its_own(simulate: Simulate) -> None:
    def attribute(dbid: int, name: str) -> dict[str, object]:
        values = [{"name": name, "dbid": dbid}]
        return {"Kind": {"dbid": 1, "cv_attributes": ["Service.type"], "values": values}}

    branch = {"dbid": 101, "name": "Branch", "business_attributes": attribute(6, "loan")}
    cs = simulate(
        {
            "settings": {"tenants": [{"dbid": 1, "name": "Main"}, branch]},
            "business_attributes": attribute(5, "call"),
        }
    )
    body = {"contact_key": "K", "service_type": "loan"}
    cs.post("services/start", body, headers={HEADER: "Main"}).refused()
    assert cs.post("services/start", body, headers={HEADER: "Branch"}).status == 201
    (kind,) = cs.get("metadata/business-attributes", headers={HEADER: "Branch"}).shows()
    assert [value["name"] for value in kind["values"]] == ["loan"]


@assumed("what falls due happens in the data of every tenant")
def test_tenants_expire_together(simulate: Simulate) -> None:
    cs = simulate(TWO)
    for tenant in ("Main", "Branch"):
        cs.post("services/start", {"contact_key": "K", "ttl": 60}, headers={HEADER: tenant})
    cs.advance("2m")
    cs.get("services/anonymous/K", headers={HEADER: "Main"})
    assert [len(store) for store in cs.world._stores.values()] == [0, 0]


@assumed("Facts: a rule may speak of the tenant, by name or DB id")
@pytest.mark.parametrize("wanted", ["Branch", 101])
def test_tenant_in_a_rule(simulate: Simulate, wanted: object) -> None:
    fault = {"on": "any", "where": {"tenant": wanted}, "response": {"status": 503}}
    cs = simulate({**TWO, "faults": [fault]})
    body = {"contact_key": "K"}
    assert cs.post("services/start", body, headers={HEADER: "Branch"}).status == 503
    assert cs.post("services/start", body, headers={HEADER: "101"}).status == 503
    assert cs.post("services/start", body, headers={HEADER: "Main"}).status == 201
