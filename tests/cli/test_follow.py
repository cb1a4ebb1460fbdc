"""``requests --follow``: each request as it is answered."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import pytest

from cs_simulator.client import World
from tests.client.support import ask
from tests.support.server import PATIENCE, environment


@contextmanager
def following(world: World, *options: str) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "cs_simulator", "requests", "--follow", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(
            CS_SIMULATOR_URL=world.root_url.removesuffix(world.prefix),
            CS_SIMULATOR_WORLD=world.name,
        ),
    )
    try:
        assert process.stdout is not None
        yield process, process.stdout
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE)


def test_requests_are_followed_past_a_reset(world: World) -> None:
    ask(f"{world.base_url}/services/1")
    ask(f"{world.base_url}/services/2")
    with following(world) as (_, lines):
        assert "services/1" in lines.readline()
        assert "services/2" in lines.readline()
        ask(f"{world.base_url}/services/3")
        assert f"{world.name}/3" in lines.readline()
        world.reset()
        ask(f"{world.base_url}/services/4")
        line = lines.readline()
        assert f"{world.name}/1" in line
        assert line.rstrip().endswith("services/4")


def test_followed_requests_are_filtered(world: World) -> None:
    with following(world, "--operation", "start_service", "--json") as (_, lines):
        ask(f"{world.base_url}/services/1")
        ask(f"{world.base_url}/services/start", {"contact_key": "1"})
        assert json.loads(lines.readline())["id"] == 2


@pytest.mark.usefixtures("interruptible")
def test_following_ends_with_ctrl_c(world: World) -> None:
    ask(f"{world.base_url}/services/1")
    with following(world) as (process, lines):
        assert lines.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)
        assert (process.returncode, err) == (130, "")


def test_colour_is_for_a_terminal_alone(world: World) -> None:
    ask(f"{world.base_url}/services/1")
    for variables, coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        outer, inner = pty.openpty()
        subprocess.run(
            [sys.executable, "-m", "cs_simulator", "requests", "--world", world.name],
            stdout=inner,
            timeout=PATIENCE,
            check=True,
            env=environment(
                **{
                    "TERM": "xterm",
                    "CS_SIMULATOR_URL": world.root_url.removesuffix(world.prefix),
                    **variables,
                }
            ),
        )
        os.close(inner)
        output = os.read(outer, 65_536)
        os.close(outer)
        assert (b"\x1b[33m400" in output) is coloured
