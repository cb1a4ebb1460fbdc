"""Whose word on the address of a client is taken, and what becomes of it."""

from __future__ import annotations

import logging

import pytest

from cs_simulator.api.arrival import Received
from cs_simulator.api.forwarding import Forwarding
from cs_simulator.config import ANYBODY
from tests.support.app import BASE, FROZEN, App
from tests.support.problems import sentence
from tests.support.responses import Response


def found(networks: tuple[str, ...] = ANYBODY, peer: str = "10.0.0.7", **headers: str) -> str:
    """Return where a request's client found the server, when a proxy sent some headers."""
    named = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    request = Received("GET", "/", named, b"", "http://upstream:8080", (peer, "4711"))
    taken = Forwarding(networks).taken(request)
    return f"{taken.origin}{taken.mount}"


def test_each_header_says_its_part() -> None:
    assert found() == "http://upstream:8080"
    assert found(X_Forwarded_Proto="https") == "https://upstream:8080"
    assert found(X_Forwarded_Host="cs.example:8443") == "http://cs.example:8443"
    assert found(X_Forwarded_Prefix="/sim") == "http://upstream:8080/sim"
    assert found(Forwarded="for=1.2.3.4;host=cs.example;proto=https") == "https://cs.example"


def test_forwarded_goes_before_the_others() -> None:
    both = found(Forwarded="proto=https", X_Forwarded_Proto="http", X_Forwarded_Host="cs.example")
    assert both == "https://cs.example"


def test_several_proxies_say_what_the_first_was_asked_for() -> None:
    assert found(X_Forwarded_Proto="HTTPS, http") == "https://upstream:8080"
    assert found(X_Forwarded_Host="cs.example, inner:80") == "http://cs.example"
    assert found(X_Forwarded_Prefix="/outer/, /inner") == "http://upstream:8080/outer/inner"
    assert found(Forwarded='for="[::1]:1";Host="cs.example:81", host=b') == "http://cs.example:81"


@pytest.mark.parametrize("prefix", ["/", "", " ", "/,/"])
def test_prefix_that_is_the_root_is_none(prefix: str, caplog: pytest.LogCaptureFixture) -> None:
    assert found(X_Forwarded_Prefix=prefix) == "http://upstream:8080"
    assert not caplog.records


@pytest.mark.parametrize(
    "prefix",
    [
        "//evil.example",
        "/a//b",
        "sim",
        "https://evil.example/",
        "/a/../b",
        "/%2e%2E",
        "/.",
        "/a b",
        "/a\\b",
        "/a\tb",
        "/%",
        "/%zz",
        "/\xe4",
        '/"><script>',
        "/a?b",
        "/a#b",
        f"/{'a' * 2_000}",
        "/fine, //evil.example",
    ],
)
def test_odd_prefix_is_ignored_and_told(prefix: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert found(X_Forwarded_Prefix=prefix) == "http://upstream:8080"
    assert (
        "ignored the prefix from a trusted proxy: expected a path such as /simulator" in caplog.text
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Forwarded_Proto": "javascript"},
        {"X_Forwarded_Proto": ""},
        {"X_Forwarded_Host": "evil.example/path"},
        {"X_Forwarded_Host": "user@evil.example"},
        {"X_Forwarded_Host": "a b"},
        {"X_Forwarded_Host": "[::1"},
        {"X_Forwarded_Host": "a:port"},
        {"X_Forwarded_Host": "a:99999"},
        {"X_Forwarded_Host": "[::1]:65536"},
        {"Forwarded": 'host="a,b"'},
        {"Forwarded": 'host="a:65536"'},
        {"Forwarded": 'proto="https,http"'},
        {"X_Forwarded_Host": ""},
        {"Forwarded": "host=a b"},
        {"Forwarded": 'host="a'},
        {"Forwarded": "https"},
        {"Forwarded": "proto=gopher"},
        {"Forwarded": ";,;"},
    ],
    ids=str,
)
def test_what_cannot_be_is_ignored(headers: dict[str, str]) -> None:
    assert found(ANYBODY, "10.0.0.7", **headers) == "http://upstream:8080"


def test_host_that_cannot_be_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        found(Forwarded='host="odd,list"')
        found(X_Forwarded_Host="odd:99999")
    for odd in ("odd,list", "odd:99999"):
        problem = sentence("", "a name or an address, with or without a port", odd)
        assert f"ignored the host from a trusted proxy: {problem}" in caplog.text


@pytest.mark.parametrize("prefix", ["/a%20b", "/sim/v1.2", "/~me/(x)", "/..a"])
def test_unusual_prefix_is_taken(prefix: str) -> None:
    assert found(X_Forwarded_Prefix=prefix) == f"http://upstream:8080{prefix}"


def test_stranger_is_ignored() -> None:
    networks = ("10.0.0.0/24", "fe80::/10")
    https = {"X_Forwarded_Proto": "https"}
    assert found(networks, **https) == "https://upstream:8080"
    assert found(networks, "fe80::1%eth0", **https) == "https://upstream:8080"
    for stranger in ("10.0.1.7", "::1"):
        assert found(networks, stranger, **https) == "http://upstream:8080"
    unknown = Received("GET", "/", {"HTTP_X_FORWARDED_PROTO": "https"}, b"", "http://a")
    assert Forwarding(networks).taken(unknown) is unknown


def test_nobody_is_believed_by_default() -> None:
    app = App()
    started = app.ask("POST", f"{BASE}/services/start", {"contact_key": "K"}, **PREFIXED)
    assert started.headers["Location"] == f"{BASE}/services/4294967297"


# What follows it, through the application.

PREFIXED = {"X_Forwarded_Prefix": "/sim"}
INTERACTION = """
customers: [{customer_id: C}]
interactions:
  - {customer_id: C, interaction_id: I, media_type: chat, text: Hello}
"""


def start(app: App, base: str) -> Response:
    """Start a service, below a prefix."""
    return app.ask("POST", f"{base}/services/start", {"contact_key": "K"}, **PREFIXED)


def test_location_leads_back_through_the_proxy() -> None:
    app = App(trust_forwarded=ANYBODY)
    assert start(app, BASE).headers["Location"] == f"/sim{BASE}/services/4294967297"
    there = f"/_world/w{BASE}"
    assert start(app, there).headers["Location"] == f"/sim{there}/services/4294967297"


def test_links_and_documents_lead_back_through_the_proxy() -> None:
    app = App(trust_forwarded=ANYBODY)
    app.put("/_control/worlds/w")
    headers = {**PREFIXED, "Forwarded": "host=cs.example;proto=https"}
    links = app.get("/_world/w/_control/", **headers).json()["links"]
    assert links["requests"] == "/sim/_world/w/_control/requests"
    document = app.get("/_world/w/_control/openapi.json", **headers).json()
    servers = [server["url"] for server in document["servers"]]
    assert "https://cs.example/sim/_world/w" in servers
    report = app.get("/_world/w/_control/report?format=json", **headers).json()
    assert report["url"] == "https://cs.example/sim/_world/w"


def test_href_leads_back_through_the_proxy() -> None:
    app = App(FROZEN + INTERACTION, trust_forwarded=ANYBODY)
    headers = {**PREFIXED, "X_Forwarded_Proto": "https", "X_Forwarded_Host": "cs.example:8443"}
    shown = app.get(f"{BASE}/interactions/I", **headers).body.decode()
    assert f"https://cs.example:8443/sim{BASE}/interactions/I/" in shown


def test_hints_name_paths_as_the_client_finds_them() -> None:
    app = App(trust_forwarded=ANYBODY)
    hint = app.get("/_world/w/nothing/at/all", **PREFIXED).headers["X-Simulator-Hint"]
    assert f"/sim/_world/w{BASE}" in hint
    closest = app.get(f"{BASE}/service/1", **PREFIXED).headers["X-Simulator-Hint"]
    assert f"/sim{BASE}/services/" in closest


def test_journal_and_rules_see_the_path_as_it_came() -> None:
    app = App(trust_forwarded=ANYBODY)
    start(app, BASE)
    [entry] = app.get("/_control/requests").json()["requests"]
    assert entry["request"]["path"] == f"{BASE}/services/start"


# Pages


def page(app: App, **headers: str) -> Response:
    """Ask for the control API as a page of cs.example does."""
    return app.get("/_control/", Origin="https://cs.example", **headers)


def test_page_behind_a_proxy_that_changes_the_host_is_told_what_to_set() -> None:
    reply = page(App(), Host="10.0.0.7:8080")
    assert (reply.status, reply.json()["title"]) == (403, "Cross-origin request")
    for word in ("sent to 10.0.0.7:8080", "X-Forwarded-Host", "--trust-forwarded"):
        assert word in reply.json()["detail"]


def test_page_is_known_by_the_host_that_a_proxy_tells() -> None:
    sent = {"Host": "10.0.0.7:8080", "X_Forwarded_Host": "cs.example"}
    assert page(App(), **sent).status == 403
    allowed = App(trust_forwarded=ANYBODY, allow_hosts=("cs.example",))
    assert page(allowed, **sent).status == 200
    reply = page(App(trust_forwarded=ANYBODY), **sent)
    assert (reply.status, reply.json()["title"]) == (403, "Unknown host")
    assert "--allow-host cs.example" in reply.json()["detail"]


def test_page_that_tells_a_host_by_itself_is_a_stranger_still() -> None:
    """A name that its owner leads here comes as Host, whatever the page says besides."""
    headers = {"Host": "evil.example", "X_Forwarded_Host": "localhost"}
    app = App(trust_forwarded=ANYBODY)
    reply = app.get("/_control/", Origin="http://localhost", **headers)
    assert (reply.status, reply.json()["title"]) == (403, "Unknown host")
    browser = app.get("/_control/", User_Agent="Mozilla/5.0", **headers)
    assert browser.status == 403


@pytest.mark.parametrize("path", ["/_control/", "/_control/health", "/_control/nothing"])
def test_control_answers_are_never_stored_and_name_their_server(path: str) -> None:
    app = App()
    instance = app.get("/_control/health").json()["instance"]
    for reply in (app.get(path), app.get(path, Origin="http://evil.example")):
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.headers["X-Simulator-Instance"] == instance
    assert "Cache-Control" not in app.get(f"{BASE}/services/1").headers
