"""Paths: encoding, slashes, words that are no ids, methods. Contract section 2."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from cs_simulator.api.routes import NO_IDS
from cs_simulator.operations import OPERATIONS, family_at
from cs_simulator.operations.row import ApiOperation
from tests.conftest import Simulate
from tests.support import BASE, EXCEPTIONS, Simulation, assumed, documented

NAMES = [
    "a/b",
    "/",
    "//",
    "a b",
    "+441 5",
    "%2F",
    "100%",
    "ä€😀",
    "..",
    ".",
    "active",
    "start",
    "a?b#c",
    "a;b=c,d",
    '"<>\\^`{|}',
    "\u0000\n",
    "merge",
]


@documented("a contact key is any string")
@pytest.mark.parametrize("name", NAMES)
def test_path_holds_any_contact_key(cs: Simulation, name: str) -> None:
    service = cs.service(contact_key=name)
    for form in ("", "/active", "/", "/active/"):
        (shown,) = cs.get(f"services/anonymous/{quote(name, safe='')}{form}").shows()
        assert (shown["service_id"], shown["contact_key"]) == (service, name)
    assert cs.get(f"services/anonymous/{quote(name, safe='')}/completed").shows() == []


@documented("a customer id is any string")
@pytest.mark.parametrize("name", NAMES)
def test_path_holds_any_customer_id(cs: Simulation, name: str) -> None:
    service = cs.service()
    path = f"customers/{quote(name, safe='')}/services"
    cs.post(f"{path}/{service}").ok(204)
    (shown,) = cs.get(path).shows()
    assert (shown["service_id"], shown["customer_id"]) == (service, name)


@documented("Extension: any key")
@pytest.mark.parametrize("name", NAMES)
def test_path_holds_any_extension_name(cs: Simulation, name: str) -> None:
    service = cs.service()
    state, task = cs.state(service), cs.task(service)
    for entity in ("", f"/states/{state}", f"/tasks/{task}"):
        path = f"services/{service}{entity}"
        cs.put(f"{path}/extensions/{quote(name, safe='')}", {"a": 1}).ok(200)
        cs.put(f"{path}/extensions/{quote(name, safe='')}/merge", {"b": 2}).ok(200)
        assert cs.get(f"{path}?extensions=*").shows()[name] == {"a": 1, "b": 2}


@assumed("UTF-8 that is not percent-encoded is read all the same")
def test_path_in_raw_utf8(cs: Simulation) -> None:
    service = cs.service(contact_key="Zoë", service_type="é")
    shown = cs.get("services/anonymous/Zoë?service_types=é").shows()
    assert [each["service_id"] for each in shown] == [service]


@assumed("a segment or query that is not UTF-8 is refused")
def test_path_that_is_not_utf8(cs: Simulation) -> None:
    answer = cs.get("services/anonymous/caf%E9")
    assert answer.refused() == "The path segment caf%E9 is not valid UTF-8"
    assert answer.hint == "percent-encode it as UTF-8"
    assert "%ED%A0%80 is not valid UTF-8" in cs.get("services/anonymous/%ED%A0%80").refused()
    service = cs.service()
    message = cs.put(f"services/{service}/extensions/%FF", 1).refused()
    assert message == "The path segment %FF is not valid UTF-8"
    message = cs.get(f"services/{service}?extensions=%FF").refused()
    assert message == "The query string is not valid UTF-8"


@assumed("percent-encoding means the same wherever it stands; a bare % is itself")
def test_path_encoded_more_or_less(cs: Simulation) -> None:
    service = cs.service(contact_key="a%zz")
    (shown,) = cs.get("services/anonymous/a%zz").shows()
    assert shown["service_id"] == service
    (shown,) = cs.get("%73ervices/anonymous/%61%zz").shows()
    assert shown["service_id"] == service


@documented("some pages print a slash at the end")
@pytest.mark.parametrize("base", [f"{BASE}/", f"http://gms:8080{BASE}/", "/genesys/1/%63s/"])
def test_path_with_one_slash_at_its_end(cs: Simulation, base: str) -> None:
    answer = cs.post("services/start/", {"contact_key": "K"}, base=base)
    assert answer.status == 201
    service = answer.json["service_id"]
    assert answer.location.endswith(f"/services/{service}")
    assert cs.get(f"services/{service}/", base=base).shows()["service_id"] == service
    assert cs.get(f"services/{service}/states/?extensions=*", base=base).shows() == []


@assumed("doubled slashes are no path")
@pytest.mark.parametrize(
    "path",
    [
        "/genesys/1/cs//services/start",
        "//genesys/1/cs/services/start",
        "/genesys/1/cs/services//start",
        "/genesys/1/cs/services/start//",
        "/genesys//1/cs/services/start",
    ],
)
def test_path_with_doubled_slashes(cs: Simulation, path: str) -> None:
    before = cs.dump()
    answer = cs.post(path, {"contact_key": "K"}, base="")
    assert answer.status == 404
    assert answer.hint == "the path has a double slash"
    assert cs.dump() == before


@assumed("an empty extension name is a doubled slash")
def test_path_with_an_empty_segment(cs: Simulation) -> None:
    service = cs.service()
    for path in (f"services/{service}/extensions//merge", "customers//services"):
        answer = cs.put(path, {}) if "ext" in path else cs.get(path)
        answer.refused(404)


@assumed("these words are never ids")
@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "services/start", 405, "OPTIONS, POST"),
        ("DELETE", "services/start", 405, "OPTIONS, POST"),
        ("PUT", "services/start", 405, "OPTIONS, POST"),
        ("GET", "services/anonymous", 404, None),
        ("GET", "services/active", 404, None),
        ("POST", "services/start/end", 404, None),
        ("GET", "services/5/states/start", 405, "OPTIONS, POST"),
        ("GET", "services/5/states/transition", 405, "OPTIONS, POST"),
        ("GET", "services/5/tasks/start", 405, "OPTIONS, POST"),
        ("POST", "services/5/tasks/active/end", 404, None),
        ("POST", "services/5/states/active", 405, "GET, HEAD, OPTIONS"),
        ("POST", "customers/C/services/active", 405, "GET, HEAD, OPTIONS"),
        ("PUT", "services/5/states/completed/extensions/x", 404, None),
    ],
)
def test_path_words_that_are_no_ids(
    cs: Simulation, method: str, path: str, status: int, allow: str | None
) -> None:
    answer = cs.request(method, path)
    answer.refused(status)
    assert answer.headers.get("Allow") == allow


@assumed("a method that a path does not have gets the closest operation as a hint")
@pytest.mark.parametrize(
    ("method", "path", "hint"),
    [
        ("GET", f"{BASE}/services/start", f"POST {BASE}/services/start"),
        (
            "POST",
            f"{BASE}/services/5/states/active",
            f"GET {BASE}/services/{{service_id}}/states/active",
        ),
        ("DELETE", "/services/5", f"DELETE {BASE}/services/{{service_id}}"),
    ],
)
def test_path_with_another_method_gets_a_hint(
    cs: Simulation, method: str, path: str, hint: str
) -> None:
    answer = cs.request(method, path, base="")
    assert answer.status == 405
    assert answer.hint == f"closest: {hint}"


OPERATIONS_85 = [operation for operation in OPERATIONS if "8.5" in operation.editions]
PATHS = sorted({path for operation in OPERATIONS_85 for path in operation.paths})


def takes(operation: ApiOperation, template: str) -> bool:
    """Tell whether a template, its words taken for ids, is a path of an operation."""
    given = template.split("/")
    return any(
        len(segments) == len(given)
        and all(
            own == word or (own.startswith("{") and word not in NO_IDS)
            for own, word in zip(segments, given, strict=True)
        )
        for segments in (path.split("/") for path in operation.paths)
    )


@assumed("a known path with another method is 405 with Allow")
@pytest.mark.parametrize("template", PATHS)
def test_path_with_another_method(cs: Simulation, template: str) -> None:
    methods = {operation.method for operation in OPERATIONS_85 if takes(operation, template)}
    path = template[1:].replace("{", "").replace("}", "")
    allowed = methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
    before = cs.dump()
    for method in sorted({"GET", "POST", "PUT", "DELETE", "PATCH", "TRACE", "PURGE"} - methods):
        answer = cs.request(method, path)
        assert answer.status == 405
        assert answer.headers["Allow"] == ", ".join(sorted(allowed))
        text = f"{method} is not allowed on {BASE}/{path}; allowed: "
        if family_at(template) == "profiles":
            assert answer.json["code"] == 4050
            assert answer.json["description"].startswith(text)
        else:
            assert answer.json["message"].startswith(text)
            assert answer.json["exception"] == f"{EXCEPTIONS}.ContextServicesExceptionResource"
    assert cs.dump() == before


@assumed("an unknown path is 404 with the closest route")
@pytest.mark.parametrize(
    ("method", "path", "hint"),
    [
        ("POST", "service/start", "closest: POST /genesys/1/cs/services/start"),
        ("GET", "services/5/state/active", "/services/{service_id}/states"),
        ("POST", "services_composit/start", "closest: POST /genesys/1/cs/services_composite/start"),
        ("POST", "maintenance/purges", "closest: POST /genesys/1/cs/maintenance/purge"),
        ("GET", "services", "closest: GET /genesys/1/cs/services/{service_id}"),
        ("POST", "services", "closest: POST /genesys/1/cs/services/start"),
        ("POST", "services/5/complete", "closest: POST /genesys/1/cs/services/{service_id}/end"),
        (
            "POST",
            "services/5/tasks/7/complete",
            "closest: POST /genesys/1/cs/services/{service_id}/tasks/{task_id}/end",
        ),
        (
            "POST",
            "services/5/states/6/tasks/start",
            "POST /genesys/1/cs/services/{service_id}/tasks/start",
        ),
        (
            "GET",
            "services/anonymous",
            "closest: GET /genesys/1/cs/services/anonymous/{contact_key}",
        ),
        (
            "GET",
            "services/active",
            (
                "closest: GET /genesys/1/cs/customers/{customer_id}/services/active, "
                "GET /genesys/1/cs/services/anonymous/{contact_key}/active, "
                "GET /genesys/1/cs/services/{service_id}/states/active"
            ),
        ),
        ("GET", "customers/C-1", "closest: GET /genesys/1/cs/customers/{customer_id}/services"),
        ("GET", "profile/C-1", "closest: GET /genesys/1/cs/profiles/{customer_id}"),
        (
            "GET",
            "services/5/tasks/start/1",
            "closest: GET /genesys/1/cs/services/{service_id}/tasks",
        ),
        ("GET", "zzz", "edition 8.5 is at /genesys/1/cs, the control API at /_control/"),
        ("GET", "", "edition 8.5 is at /genesys/1/cs, the control API at /_control/"),
    ],
)
def test_path_unknown(cs: Simulation, method: str, path: str, hint: str) -> None:
    answer = cs.request(method, path)
    assert answer.refused(404) == f"No resource {method} {BASE}/{path}"
    assert hint in answer.hint


@documented("Migration: the base path is configuration")
def test_path_below_another_base(simulate: Simulate) -> None:
    cs = simulate({"settings": {"base_paths": {"8.5": "/gms/cs"}}})
    answer = cs.post("services/start", {"contact_key": "K"}, base="/gms/cs/")
    assert answer.location == f"/gms/cs/services/{answer.json['service_id']}"
    assert cs.post("services/start", {"contact_key": "K"}).status == 404


@documented("extension schemas for services, states and tasks are gone in 8.5")
@pytest.mark.parametrize("kind", ["services", "states", "tasks"])
def test_path_of_extension_schemas(cs: Simulation, kind: str) -> None:
    cs.get(f"metadata/{kind}/extensions").refused(404)
    cs.post(f"metadata/{kind}/extensions", {}).refused(404)
