"""Pages of another origin. Contract section 2."""

from __future__ import annotations

import pytest

from tests.support import Simulation, assumed, relied_on

ORIGIN = "http://shop.example:3000"


def preflight(**more: str) -> dict[str, str]:
    return {"Origin": ORIGIN, "Access-Control-Request-Method": "POST", **more}


@relied_on("browser clients call from another origin")
@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("services/start", "OPTIONS, POST"),
        ("services/5", "DELETE, GET, HEAD, OPTIONS, PUT"),
        ("services/5/extensions/a%2Fb/merge", "OPTIONS, PUT"),
        ("profiles", "GET, HEAD, OPTIONS, POST"),
    ],
)
def test_preflight_allows_the_methods_of_the_path(cs: Simulation, path: str, methods: str) -> None:
    asked = "content-type, X-Simulator-Fault, x-simulator-world, X-Other"
    answer = cs.request(
        "OPTIONS", path, headers=preflight(**{"Access-Control-Request-Headers": asked})
    ).ok(204)
    assert answer.headers["Access-Control-Allow-Methods"] == methods
    assert answer.headers["Allow"] == methods
    assert answer.headers["Access-Control-Allow-Headers"] == (
        "Content-Type, Authorization, ContactCenterId, GroupId, "
        "X-Simulator-Fault, x-simulator-world, X-Other"
    )
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Origin" in answer.headers["Vary"]


@assumed("a preflight bypasses the journal")
def test_preflight_is_not_journalled(cs: Simulation) -> None:
    answer = cs.request("OPTIONS", "services/start", headers=preflight()).ok(204)
    assert "X-Simulator-Request" not in answer.headers
    assert cs.statuses() == []


@assumed("an unknown path has no preflight")
def test_preflight_of_an_unknown_path(cs: Simulation) -> None:
    cs.request("OPTIONS", "nowhere", headers=preflight()).refused(404)


@assumed("OPTIONS without a page behind it tells the methods")
def test_options_without_origin(cs: Simulation) -> None:
    answer = cs.request("OPTIONS", "services/start").ok(204)
    assert answer.headers["Allow"] == "OPTIONS, POST"
    assert "Access-Control-Allow-Origin" not in answer.headers


@relied_on("browser clients read Location and answers")
@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "services/start", {"contact_key": "K"}, 201),
        ("GET", "services/anonymous/K", None, 200),
        ("POST", "services/start", {}, 400),
        ("GET", "services/start", None, 405),
        ("GET", "nowhere", None, 404),
    ],
)
def test_answers_to_a_page_of_another_origin(
    cs: Simulation, method: str, path: str, body: object, status: int
) -> None:
    answer = cs.request(method, path, body, headers={"Origin": ORIGIN})
    assert answer.status == status
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"Location", "X-Simulator-Request", "X-Simulator-Hint"} <= set(exposed)


@assumed("with credentials the origin is echoed, where the browser has none to send too")
@pytest.mark.parametrize("credentials", [{}, {"Authorization": "x"}, {"Cookie": "x"}])
def test_answers_with_credentials(cs: Simulation, credentials: dict[str, str]) -> None:
    answer = cs.get("services/anonymous/K", headers={"Origin": ORIGIN, **credentials})
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert answer.headers["Vary"] == "Origin"


@assumed("none of this without an Origin, nor on the control API")
def test_answers_without_origin(cs: Simulation) -> None:
    answer = cs.get("services/anonymous/K")
    assert not any(name.startswith("Access-Control") for name, _ in answer.headers)
    answer = cs.get("_control/health", base="/")
    assert answer.status == 200
    assert not any(name.startswith("Access-Control") for name, _ in answer.headers)
    assert cs.get("_control/health", base="/", headers={"Origin": ORIGIN}).status == 403


@assumed("browsers ask before they reach from a public page into a private network")
def test_preflight_into_a_private_network_is_allowed(cs: Simulation) -> None:
    asked = preflight(**{"Access-Control-Request-Private-Network": "true"})
    answer = cs.request("OPTIONS", "services/start", headers=asked).ok(204)
    assert answer.headers["Access-Control-Allow-Private-Network"] == "true"


@assumed("a page may send headers of its own, for tracing say")
def test_preflight_allows_the_headers_it_was_asked_for(cs: Simulation) -> None:
    asked = "traceparent, X-Request-Id, content-type, no token, , a(b)"
    answer = cs.request(
        "OPTIONS", "services/start", headers=preflight(**{"Access-Control-Request-Headers": asked})
    ).ok(204)
    assert answer.headers["Access-Control-Allow-Headers"] == (
        "Content-Type, Authorization, ContactCenterId, GroupId, traceparent, X-Request-Id"
    )
