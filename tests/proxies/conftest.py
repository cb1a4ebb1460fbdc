"""Servers and the proxies in front of them; tests of a proxy that is not installed are skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.proxies.support import STREAM, Proxy, is_here
from tests.support.server import ServerProcess

MakeProxy = Callable[..., Proxy]


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., ServerProcess]]:
    """Start servers, and stop them all afterwards."""
    folder = tmp_path_factory.mktemp("servers")
    numbers, started = count(), list[ServerProcess]()

    def start(*options: str) -> ServerProcess:
        started.append(ServerProcess(folder / f"{next(numbers)}.json", *options))
        return started[-1].wait_until_ready()

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeProxy]:
    """Start proxies with recipes of the docs, and stop them all afterwards."""
    folder: Path = tmp_path_factory.mktemp("proxies")
    numbers, started = count(), list[Proxy]()

    def start(info: str, *servers: ServerProcess) -> Proxy:
        program = info.partition(" ")[0]
        if not is_here(program):
            pytest.skip(f"{program} is not installed")
        if info == "nginx stream" and not STREAM.exists():
            pytest.skip("nginx has no module for TCP mode here")
        ports = [server.ready["port"] for server in servers]
        started.append(Proxy(info, folder / str(next(numbers)), ports))
        return started[-1].wait_until_ready()

    yield start
    for each in started:
        each.stop()
