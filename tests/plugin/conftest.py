"""Projects outside this one whose tests use the plugin, each in a pytest of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cs_simulator.testing import launch
from cs_simulator.testing.settings import PluginSettings
from tests.support import WITHOUT_OUR_PLUGINS, forked
from tests.support.forked import program
from tests.support.server import ServerProcess

RunPytest = Callable[..., pytest.RunResult]


SUPPORT = """
import json, urllib.error, urllib.request

def ask(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code

def start(world, **members):
    return ask(world.base_url + "/services/start", {"contact_key": "42", **members})
"""


def fork_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have pytest in this process fork its servers; in another it starts them as for any user."""
    if (folder := program()) is not None:
        command = launch.command

        def forking(settings: PluginSettings, ready: Path) -> list[str]:
            words = command(settings, ready)
            return [str(folder / "cs-simulator"), *words[words.index("serve") :]]

        monkeypatch.setattr(launch, "command", forking)


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """An empty project, and an environment that says nothing about any simulator."""
    for name in list(os.environ):
        if name.startswith(("CS_SIMULATOR_", "CONTEXT_SERVICES_", "PYTEST_XDIST_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PYTEST_ADDOPTS", f"{WITHOUT_OUR_PLUGINS} -p no:cacheprovider")
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    pytester.makepyfile(support=SUPPORT)
    return pytester


@pytest.fixture
def running(project: pytest.Pytester, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the project's tests use a server that runs: most of what they show needs no other."""
    del project  # it comes first: it forgets what the environment says
    monkeypatch.setenv("CS_SIMULATOR_URL", server)


@pytest.fixture
def run(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> RunPytest:
    """Run pytest with a test file, and some options.

    It runs in this process, with a server that is forked, which takes a tenth of the time, unless
    it has workers or is to be ``alone``: then it is forked itself. A ``fresh`` one is started as a
    user starts it.
    """

    fork_servers(monkeypatch)

    def run_pytest(
        source: str, *options: str, alone: bool = False, fresh: bool = False
    ) -> pytest.RunResult:
        project.makepyfile(test_it=source)
        words = ("-W", "error", "--strict-markers", *options)
        if fresh:
            return project.runpytest_subprocess(*words, timeout=60)
        if alone or "-n" in options:
            folder = f"--basetemp={project.path / 'temporary'}"
            return project.run(*forked.pytest_command(), folder, *words, timeout=60)
        return project.runpytest_inprocess(*words)

    return run_pytest


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server that runs before and after."""
    ready = tmp_path_factory.mktemp("plugin") / "ready.json"
    process = ServerProcess(ready, "--scenario", "demo").wait_until_ready()
    yield str(process.ready["url"])
    process.stop()
