"""A server below a path of a proxy, which says so, and is believed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from cs_simulator.client import Server
from tests.proxies.conftest import MakeProxy
from tests.proxies.support import RawClient
from tests.support import BASE
from tests.support.server import ServerProcess

pytestmark = pytest.mark.long


@pytest.mark.parametrize("info", ["nginx mounted", "haproxy mounted"])
def test_what_the_server_says_leads_back_through_the_proxy(
    serve: Callable[..., ServerProcess], proxy: MakeProxy, info: str
) -> None:
    upstream = serve("--trust-forwarded", "127.0.0.1", "--scenario", "demo")
    front = proxy(info, upstream)
    strangers: Any = {"X_Forwarded_Prefix": "/evil", "Forwarded": "host=evil.example;proto=https"}
    with RawClient(front.port) as client:
        started = client.ask(
            "POST", f"/simulator{BASE}/services/start", b'{"contact_key": "a/b"}', **strangers
        )
        location = re.search(r"(?im)^location: (.*?)\r?$", started.head)
        assert location is not None
        assert location[1].startswith(f"/simulator{BASE}/services/")
        assert client.ask("GET", location[1]).what == "200"
        by_key = client.ask("GET", f"/simulator{BASE}/services/anonymous/a%2Fb")
        assert (by_key.what, len(json.loads(by_key.body))) == ("200", 1)
        links = json.loads(client.ask("GET", "/simulator/_control/", **strangers).body)["links"]
        assert client.ask("GET", links["clock"]).what == "200"
        shown = client.ask("GET", f"/simulator{BASE}/interactions/00001a57JGQ00BW5", **strangers)
        assert f"http://localhost/simulator{BASE}/interactions/" in shown.body.decode()
        assert b"evil" not in shown.body
        assert client.ask("GET", "/simulator/_control/", Origin="http://localhost").what == "200"
    with Server(upstream.ready["url"]) as server:
        paths = [entry["request"]["path"] for entry in server.world().requests()]
    assert f"{BASE}/services/anonymous/a%2Fb" in paths
