"""The messages and lines of the log that pages quote are those that the simulator writes."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from cs_simulator.log import MOST_WAITING, Log, Output
from tests.docs.pages import ROOT, blocks_of
from tests.support.server import PATIENCE, ServerProcess
from tests.wire.conftest import StartServer, start_server
from tests.wire.test_process import UNPRIVILEGED

__all__ = ["start_server"]

COMMAND_LINE = ROOT / "docs" / "command-line.md"
TROUBLESHOOTING = ROOT / "docs" / "troubleshooting.md"


# The simulator on a machine that has no IPv6.
WITHOUT_IPV6 = """
import errno, os, socket
import cs_simulator.cli
real = socket.socket

class Socket(real):
    def __init__(self, family=-1, *rest, **more):
        if family == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT))
        super().__init__(family, *rest, **more)

socket.socket = Socket
cs_simulator.cli.main()
"""


def quoted(page: Path, language: str) -> list[str]:
    """Return the lines of the blocks of a page that are in one language."""
    return [line for block in blocks_of(page) if block.language == language for line in block.lines]


def without_figures(text: str) -> str:
    """Return text with every time, duration and number of milliseconds alike."""
    return re.sub(r'T[\d:.]+Z|\d+\.\d+ms|"ms": [\d.]+', "#", re.sub(r"\d{4}-\d\d-\d\d", "#", text))


def log_of(server: ServerProcess) -> list[str]:
    server.process.send_signal(signal.SIGTERM)
    text: str = server.process.communicate(timeout=PATIENCE)[1].decode()
    return text.splitlines()


@pytest.mark.parametrize(("form", "language"), [("text", "text"), ("json", "json")])
def test_lines_of_the_log(
    start_server: StartServer, tmp_path: Path, form: str, language: str
) -> None:
    scenario = tmp_path / "busy.yaml"
    scenario.write_text("faults: [{name: busy, on: end_service, response: {status: 503}}]")
    server = start_server("--scenario", str(scenario), "--log-format", form)
    with server.client() as client:
        client.post("services/start", {"contact_key": "1"})
        client.post("services/77/end")
        client.post("services/strat", {"contact_key": "1"})
    written = log_of(server)
    lines = quoted(COMMAND_LINE, language)
    if form == "json":
        [line] = lines
        [like] = [each for each in written if "end_service" in each]
        assert list(json.loads(line)) == list(json.loads(like))
        written, lines = [like], [line]
    assert list(map(without_figures, lines)) == list(map(without_figures, written))


def messages_about_ipv6(start_server: StartServer) -> list[str]:
    """Return what is said on a machine that has none."""
    alone = [sys.executable, "-c", WITHOUT_IPV6, "serve", "--host", "::"]
    refused = subprocess.run(alone, capture_output=True, text=True, timeout=20, check=False)
    assert refused.returncode == 3
    both = ("--host", "0.0.0.0", "--host", "::")
    left_out = log_of(start_server(*both, program=("-c", WITHOUT_IPV6)))[0]
    return [refused.stderr.rstrip("\n"), left_out.partition(" ")[2]]


def message_about_a_closed_folder() -> str:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0)
        command = [sys.executable, "-c", UNPRIVILEGED, "--scenario-dir", folder]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        Path(folder).chmod(0o700)
    told = done.stderr.partition(f"{folder} ")[2].partition(" (see")[0]
    return re.sub(r"user id \d+", "user id 65532", told)


def message_about_lost_lines() -> str:
    read, write = os.pipe()
    output = Output(write)
    log = Log(output)
    while not output.lost:
        log.event(logging.INFO, "x" * (MOST_WAITING // 10))
    os.set_blocking(read, False)
    text = b""
    while b"were dropped" not in text:
        text += os.read(read, MOST_WAITING)
        log.flush(now=True)
    os.close(read)
    os.close(write)
    return text.decode().rpartition("warning: ")[2].splitlines()[0]


def test_messages_of_the_page_of_troubles(start_server: StartServer, tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    [empty, _] = log_of(start_server("--scenario-dir", "scenarios", cwd=tmp_path))
    produced = [
        *messages_about_ipv6(start_server),
        empty.partition(" ")[2],
        message_about_a_closed_folder(),
        re.sub(r"^\d+", "500", message_about_lost_lines()),
    ]
    assert quoted(TROUBLESHOOTING, "text") == produced
