"""Real clients, each as a command that a drill runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from cs_simulator.client import Server
from cs_simulator.judge.drills import Drilled, drilled, prepared
from tests.wire.support import ServerProcess

PROGRAMS = Path(__file__).parent / "programs"
JARS = Path(os.environ.get("CS_SIMULATOR_TEST_JARS", "/usr/share/java"))
"""Where Debian puts the jars of libcommons-httpclient-java and libokhttp-java."""

Drill = Callable[..., Drilled]
Commands = Callable[[str, str], Sequence[str]]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    process = ServerProcess(
        tmp_path_factory.mktemp("clients") / "ready.json", "--max-waiting", "400"
    ).wait_until_ready()
    yield Server(process.ready["url"])
    process.stop()


@pytest.fixture(scope="session")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Sequence[str]], str]:
    """Compile a Java program, once, and return the class path that it runs with."""
    folder = tmp_path_factory.mktemp("classes")
    done: dict[str, str] = {}

    def compiled(name: str, jars: Sequence[str] = ()) -> str:
        if name not in done:
            if shutil.which("javac") is None:
                pytest.skip("the JDK is not installed")
            missing = [jar for jar in jars if not (JARS / jar).exists()]
            if missing:
                pytest.skip(f"{JARS} has no {', '.join(missing)}")
            path = ":".join([str(folder), *(str(JARS / jar) for jar in jars)])
            source = str(PROGRAMS / f"{name}.java")
            subprocess.run(["javac", "-cp", path, "-d", str(folder), source], check=True)
            done[name] = path
        return done[name]

    return compiled


@pytest.fixture(scope="session")
def command(classes: Callable[[str, Sequence[str]], str]) -> Commands:
    """Return how a client is run; a test of one that is not installed is skipped."""

    def of(kind: str, name: str) -> Sequence[str]:
        if kind in ("python", "pypi"):
            for module in ("tenacity", "httplib2", "pycurl"):
                if name.startswith(module):
                    pytest.importorskip(module)
            return [sys.executable, str(PROGRAMS / f"{kind}_clients.py"), name]
        if kind == "jdk":
            return ["java", "-cp", classes("JdkClients", ()), "JdkClients", name]
        if kind == "commons":
            jars = ("commons-httpclient.jar", "commons-logging.jar", "commons-codec.jar")
            return ["java", "-cp", classes("CommonsClient", jars), "CommonsClient"]
        if kind == "okhttp":
            path = classes("OkHttpClients", ("okhttp.jar", "okio.jar"))
            return ["java", "-cp", path, "OkHttpClients"]
        tool = {"node": "node", "curl": "wget" if name == "wget" else "curl"}[kind]
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
        if kind == "node":
            return ["node", str(PROGRAMS / "node_clients.mjs"), name]
        return ["sh", str(PROGRAMS / "curl_clients.sh"), name]

    return of


@pytest.fixture
def drill(server: Server, command: Commands) -> Drill:
    """Run a client in a drill, and return what the judge says."""

    def run(scenario: str, kind: str, name: str, limit: float = 60.0) -> Drilled:
        words = command(kind, name)
        number = abs(hash((scenario, kind, name))) % 10**9
        with prepared(server, scenario, number) as world:
            return drilled(world, scenario, words, limit)

    return run
