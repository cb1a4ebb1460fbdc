"""No server outlives its pytest, however that ends; no test outlives its server for long."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.plugin.conftest import RunPytest
from tests.support.problems import meant
from tests.support.server import PATIENCE

LINGERS = """
import os, pathlib, time

def test_lingers(context_services_server, context_services):
    url = context_services_server.url
    where = pathlib.Path("pids")
    where.with_suffix(".draft").write_text(f"{os.getpid()} {url}")
    where.with_suffix(".draft").rename(where)
    time.sleep(60)
"""

LINGERS_BESIDE_A_FORK = """
import os, pathlib, time

def test_lingers(context_services_server):
    child = os.fork()
    if child == 0:
        time.sleep(20)  # holds what it has of its parent's files
        os._exit(0)
    pathlib.Path("fork").write_text(str(child))
    pathlib.Path("pids.draft").write_text(f"{os.getpid()} {context_services_server.url}")
    pathlib.Path("pids.draft").rename("pids")
    time.sleep(60)
"""


def wait_until(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def servers_below(folder: Path) -> list[int]:
    """Return the processes of simulators that were started in a folder."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            command = (process / "cmdline").read_bytes()
            if b"--stop-on-stdin-eof" in command and (process / "cwd").readlink() == folder:
                found.append(int(process.name))
        except OSError:
            continue  # gone, or no process
    return found


def lingering(project: pytest.Pytester, source: str, *options: str) -> subprocess.Popen[bytes]:
    """Start a run whose test does not end; return once it has its server."""
    project.makepyfile(test_it=source)
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", *options],
        cwd=project.path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_until(lambda: (project.path / "pids").exists() or process.poll() is not None)
    assert process.poll() is None
    return process


@pytest.mark.parametrize(
    ("number", "source", "options"),
    [
        (signal.SIGKILL, LINGERS, ()),
        (signal.SIGTERM, LINGERS, ()),
        (signal.SIGINT, LINGERS, ()),
        (signal.SIGKILL, LINGERS, ("-n", "1")),
        (signal.SIGKILL, LINGERS_BESIDE_A_FORK, ()),
    ],
    ids=["SIGKILL", "SIGTERM", "SIGINT", "SIGKILL of the controller", "SIGKILL beside a fork"],
)
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are looked for in /proc")
@pytest.mark.usefixtures("interruptible")
def test_server_ends_with_its_pytest(
    project: pytest.Pytester, number: signal.Signals, source: str, options: tuple[str, ...]
) -> None:
    process = lingering(project, source, *options)
    try:
        assert len(servers_below(project.path)) == 1
        process.send_signal(number)
        process.wait(PATIENCE)
        wait_until(lambda: not servers_below(project.path))
    finally:
        fork = project.path / "fork"
        for pid in [int(fork.read_text())] if fork.exists() else []:
            os.kill(pid, signal.SIGKILL)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_server_ends_with_a_pytest_that_breaks_off(
    project: pytest.Pytester, run: RunPytest
) -> None:
    run("import os\ndef test_it(context_services):\n    os._exit(7)", alone=True)
    wait_until(lambda: not servers_below(project.path))


def test_nothing_is_left_in_the_folder_for_temporary_files(
    run: RunPytest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    run("def test_it(context_services):\n    pass", "-p", "no:tmpdir", fresh=True).assert_outcomes(
        passed=1
    )
    assert not list(tmp_path.iterdir())


DIES = """
import os, pathlib, signal
import pytest
from support import start

def pid_of_the_server():
    for process in pathlib.Path("/proc").iterdir():
        try:
            is_one = b"--stop-on-stdin-eof" in (process / "cmdline").read_bytes()
            if is_one and (process / "cwd").readlink() == pathlib.Path.cwd():
                return int(process.name)
        except OSError:
            continue

def test_1_passes(context_services):
    assert start(context_services) == 201

def test_2_kills_it(context_services):
    os.kill(pid_of_the_server(), signal.SIGKILL)
    context_services.verify(on="start_service")

def test_3_gets_none(context_services):
    assert start(context_services) == 201
"""


@pytest.mark.parametrize("options", [(), ("-n", "1")], ids=["alone", "with a worker"])
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are looked for in /proc")
def test_server_that_dies_fails_tests_with_its_last_words(
    run: RunPytest, options: tuple[str, ...]
) -> None:
    result = run(DIES, *options, alone=True)
    result.assert_outcomes(passed=1, failed=1, errors=1)
    text = result.stdout.str()
    words = "The simulator ended unexpectedly (signal SIGKILL). Last lines of its log:"
    assert (
        len(re.findall(rf"^{re.escape(words)}\n  Context Services simulator", text, flags=re.M))
        == 2
    )
    assert f"UnreachableError: {words}" in text


def test_server_that_does_not_start_says_why(run: RunPytest) -> None:
    source = "def test_a(context_services): pass\ndef test_b(context_services): pass"
    reason = f"The simulator did not start: scenario: no scenario named 'dmeo'; {meant('demo')}"
    result = run(source, "--context-services-scenario=dmeo")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at setup of test_a*",
            f"{reason} (exit code 2)",
            "*ERROR at setup of test_b*",
            f"{reason} (exit code 2)",
            "(reported in full at the first test that needed it)",
            f"ERROR test_it.py::test_a - {reason[:30]}*",
            f"ERROR test_it.py::test_b - {reason[:30]}*",
        ]
    )
    result = run(source, "--context-services-options=--prot=1", "-n", "1")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["The simulator did not start: No such option *(exit code 2)"])


@pytest.mark.parametrize("options", [(), ("--context-services-token=mine",)])
def test_environment_of_the_server_is_not_that_of_another(
    run: RunPytest, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    monkeypatch.setenv("CS_SIMULATOR_SCENARIO", "dmeo")
    monkeypatch.setenv("CS_SIMULATOR_CONTROL_TOKEN", "of-another")
    run("def test_it(context_services): pass", *options).assert_outcomes(passed=1)


def test_folder_of_the_same_name_is_not_taken_for_ours(project: pytest.Pytester) -> None:
    project.mkpydir("simulator")
    project.makepyfile(test_it="def test_it(context_services): pass")
    command = [str(Path(sys.executable).with_name("pytest")), "--import-mode=importlib"]
    done = subprocess.run(command, cwd=project.path, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
