"""Drills: run a client's command in a world that breaks in one way, and judge it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple

from cs_simulator.client import ControlError, Server, SimulatorError, World
from cs_simulator.client.answers import JudgeAnswer
from cs_simulator.clock import pause, stopwatch
from cs_simulator.judge.commands import MARK, CommandEnd, run

SETTLING = 2.0
"""How long the server may take to notice that a client left, in seconds."""

BASE = "CONTEXT_SERVICES_URL"
BASE_81 = "CONTEXT_SERVICES_URL_81"


class Drilled(NamedTuple):
    """The result of one drill."""

    name: str
    ruling: JudgeAnswer
    """The judge's response."""
    end: CommandEnd

    @property
    def verdict(self) -> str:
        """The judge's verdict."""
        return str(self.ruling["verdict"])


class NoDrillError(Exception):
    """A scenario that cannot be used as a drill."""


@contextmanager
def prepared(server: Server, scenario: str, number: int) -> Iterator[World]:
    """Set up a world for a drill, or raise if its scenario is invalid or expects nothing."""
    world = server.world(f"drill-{os.getpid()}-{number}")
    world.create(scenario)
    try:
        _check_expectations(world, scenario)
        yield world
    finally:
        with suppress(SimulatorError):
            world.delete()


def _check_expectations(world: World, scenario: str) -> None:
    try:
        world.judgement()
    except ControlError as error:
        if error.title != "Nothing to judge by":
            raise
        raise NoDrillError(
            f"{scenario} expects nothing, so that there is nothing to judge by; give it a list "
            "under expect: [{on: start_service, created: {at_most: 1}}]"
        ) from None


def drilled(world: World, name: str, command: Sequence[str], limit: float) -> Drilled:
    """Run a command in the world of a drill, and return the judge's ruling."""
    variables = {
        BASE: world.base_url,
        BASE_81: world.base_url_81,
        MARK: f"{name}/{world.name}",
    }
    end = run(command, variables, limit)
    return Drilled(name, _settled(world), end)


def _settled(world: World) -> JudgeAnswer:
    """Return the ruling, once the server has noticed that the client left."""
    begun = stopwatch()
    while True:
        ruling = world.judgement(ended=True)
        attempts = [each for intent in ruling["intents"] for each in intent["attempts"]]
        waits = any("pending" in each["shown"] for each in attempts)
        if not waits or stopwatch() - begun > SETTLING:
            return ruling
        pause(0.05)
