"""The server of a test run as a process: whatever it does, the run goes on and leaves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cs_simulator.testing import launch
from cs_simulator.testing import server as server_module
from cs_simulator.testing.launch import Launch
from cs_simulator.testing.server import ServerProcess, StartError
from cs_simulator.testing.settings import PluginSettings

READY = """printf '{"url": "http://held"}' > draft && mv draft "$READY" && """


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], ServerProcess]:
    """Start a shell in the place of the server, which is ready once it has written its file."""

    def start(script: str) -> ServerProcess:
        def command(_settings: PluginSettings, ready: Path) -> list[str]:
            return ["/bin/sh", "-c", f"READY={ready}; {script}"]

        monkeypatch.setattr(launch, "command", command)
        return ServerProcess(Launch(PluginSettings(None, "", None, None, None, None, (), tmp_path)))

    return start


def test_server_that_runs_has_no_post_mortem(start: Callable[[str], ServerProcess]) -> None:
    server = start(f"{READY} exec cat")
    assert server.url == "http://held"
    assert server.post_mortem() is None
    server.stop()


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo help; exit 7", "did not start: help (exit code 7)"),
        ("exit 7", "did not start: no output (exit code 7)"),
        ("echo one; echo two; exit 7", "did not start: one (exit code 7)\n  two"),
        (
            "echo Traceback: x; echo two; exit 1",
            "did not start: two (exit code 1)\n  Traceback: x",
        ),
        (r"printf '\033[2J\n'; exit 7", "did not start: \\x1b[2J (exit code 7)"),
        ("kill -KILL $$", "did not start: no output (signal SIGKILL)"),
        (f"kill -{signal.SIGRTMIN + 5} $$", f"no output (signal {signal.SIGRTMIN + 5})"),
    ],
)
def test_start_that_fails_says_how_it_ended(
    start: Callable[[str], ServerProcess], script: str, told: str
) -> None:
    with pytest.raises(StartError) as failed:
        _ = start(script).url
    assert told in str(failed.value)


def test_start_that_takes_too_long_is_given_up(
    start: Callable[[str], ServerProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "PATIENCE", 0.5)
    with pytest.raises(StartError, match=r"was not ready within 0\.5 s:\n  working on it"):
        _ = start("echo working on it; exec sleep 60").url


def test_program_that_is_not_there_leaves_nothing_open(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(launch, "command", lambda *_: [str(tmp_path / "none")])
    with pytest.raises(FileNotFoundError):
        Launch(PluginSettings(None, "", None, None, None, None, (), tmp_path))


def test_server_that_does_not_stop_is_killed(
    start: Callable[[str], ServerProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "_GRACE", 0.05)
    server = start(f"{READY} exec sleep 60")
    assert server.url
    server.stop()
    assert server._launch.process.returncode == -signal.SIGKILL


def test_forks_do_not_hold_the_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    in_child: list[Callable[[], None]] = []
    monkeypatch.setattr(
        os, "register_at_fork", lambda after_in_child: in_child.append(after_in_child)
    )
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, bufsize=0) as cat:
        launch._close_in_forks(cat.stdin)
        [close] = in_child
        close()
        assert cat.stdin is not None
        assert cat.stdin.closed
        cat.wait(20)
    del cat
    close()
