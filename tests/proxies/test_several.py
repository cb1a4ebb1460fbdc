"""Several servers behind one proxy share worlds, each of which is on one of them alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from cs_simulator.client import Server, SimulatorError
from tests.proxies.conftest import MakeProxy
from tests.proxies.support import Arrived, Proxy, RawClient
from tests.support import BASE
from tests.support.server import ServerProcess

pytestmark = pytest.mark.long

NAMES = [f"w{number}" for number in range(24)]
CLOSE = '{"connection": "close", "effect": "applied"}'


def instance_in(arrived: Arrived) -> str:
    """Return the server that a response names; proxies write names of headers as they like."""
    found = re.search(r"(?im)^x-simulator-instance: (\w+)", arrived.head)
    assert found is not None, arrived
    return found[1]


class Several(NamedTuple):
    """Servers by their instances, and the proxy in front of them."""

    servers: Mapping[str, ServerProcess]
    proxy: Proxy

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.proxy.port}"

    def instance_of(self, world: str) -> str:
        """Return the name of the server that answers for a world."""
        with RawClient(self.proxy.port) as client:
            return instance_in(client.ask("GET", f"/_control/worlds/{world}"))


@pytest.fixture(params=["nginx several", "haproxy several"])
def several(
    request: pytest.FixtureRequest, serve: Callable[..., ServerProcess], proxy: MakeProxy
) -> Iterator[Several]:
    three = [serve("--scenario", "demo") for _ in range(3)]
    yield Several({each.ready["instance"]: each for each in three}, proxy(request.param, *three))
    for each in three:
        each.stop()


def worlds_of(server: ServerProcess) -> set[str]:
    """Return the worlds of one server, asked at its own address."""
    with Server(server.ready["url"]) as found:
        return set(found.worlds()) - {"default"}


def use(several: Several) -> None:
    """Make worlds, and ask each of them in both ways."""
    with Server(several.url) as server, RawClient(several.proxy.port) as client:
        for name in NAMES:
            world = server.world(name)
            world.create("empty")
            for _ in range(2):
                started = client.ask(
                    "POST", f"{world.prefix}{BASE}/services/start", b'{"contact_key": "K"}'
                )
                assert started.what == "201"
            by_header = client.ask("GET", f"{BASE}/services/1", X_Simulator_World=name)
            assert by_header.what == "400"


def test_no_world_is_on_two_servers(several: Several) -> None:
    use(several)
    held = {name: worlds_of(server) for name, server in several.servers.items()}
    counted = Counter(world for worlds in held.values() for world in worlds)
    assert counted == dict.fromkeys(NAMES, 1)
    assert len([worlds for worlds in held.values() if worlds]) > 1
    with Server(several.url) as server:
        for name in NAMES:
            assert name in held[several.instance_of(name)]
            assert len(server.world(name).requests()) == 3


def test_fault_stays_in_its_world(several: Several) -> None:
    use(several)
    with RawClient(several.proxy.port) as client:
        for name in NAMES[:6]:
            lost = client.ask("GET", f"/_world/{name}{BASE}/services/1", X_Simulator_Fault=CLOSE)
            assert lost.what == "502"
        for name in NAMES:
            assert client.ask("GET", f"/_world/{name}{BASE}/services/4294967297").what == "200"
    held = [worlds_of(server) for server in several.servers.values()]
    assert Counter(world for worlds in held for world in worlds) == dict.fromkeys(NAMES, 1)


def test_server_that_dies_takes_its_own_worlds_alone(several: Several) -> None:
    use(several)
    dying = several.instance_of(NAMES[0])
    lost = worlds_of(several.servers[dying])
    several.servers[dying].process.kill()
    several.servers[dying].process.wait()
    with RawClient(several.proxy.port) as client:
        for name in NAMES * 2:
            found = client.ask("GET", f"/_world/{name}{BASE}/services/4294967297").what
            assert found in (("502", "503") if name in lost else ("200",)), name


def test_default_world_and_health_are_found(several: Several) -> None:
    with RawClient(several.proxy.port) as client:
        paths = ("", "health", "worlds", "clock", "worlds/default")
        answers = [client.ask("GET", f"/_control/{path}") for path in paths]
    assert [each.what for each in answers] == ["200"] * 5
    found = {instance_in(each) for each in answers}
    assert len(found) == 1
    assert found <= set(several.servers)
    for instance, each in several.servers.items():
        with Server(each.ready["url"]) as server:
            assert server.health()["instance"] == instance


TESTS = """
import json, urllib.request
import pytest

@pytest.mark.parametrize("number", range(12))
def test_start(context_services, number):
    for each in range(number + 1):
        body = json.dumps({"contact_key": str(each)}).encode()
        urllib.request.urlopen(urllib.request.Request(
            context_services.base_url + "/services/start", body,
            {"Content-Type": "application/json"}))
    context_services.verify(on="start_service", count=number + 1)
    context_services.reset()
    context_services.freeze_clock()
    context_services.advance_clock("1h")
    assert context_services.requests() == []
"""


def test_plugin_works_through_it_unchanged(several: Several, tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(TESTS)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "CS_SIMULATOR_URL": several.url, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3_000:]
    assert "12 passed" in done.stdout
    assert [worlds_of(each) for each in several.servers.values()] == [set()] * 3


def test_proxy_without_its_servers_says_so(several: Several) -> None:
    for each in several.servers.values():
        each.process.kill()
        each.process.wait()
    with Server(several.url) as server, pytest.raises(SimulatorError):
        server.health()
