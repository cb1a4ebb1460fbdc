"""Drills: run a client's command in a world that breaks in one way, and judge it.

The results are lines, or JUnit XML.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple
from xml.etree import ElementTree as Xml

from cs_simulator.client import ControlError, Server, SimulatorError, World
from cs_simulator.client.responses import JudgeResponse
from cs_simulator.client.wording import attempts_table
from cs_simulator.clock import pause, stopwatch
from cs_simulator.judge.commands import MARK, CommandEnd, run
from cs_simulator.lines import counted, xml_text

SETTLING = 2.0
"""How long the server may take to notice that a client left, in seconds."""

BASE = "CONTEXT_SERVICES_URL"
BASE_81 = "CONTEXT_SERVICES_URL_81"


class Drilled(NamedTuple):
    """The result of one drill."""

    name: str
    ruling: JudgeResponse
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
            f"{scenario} expects nothing, so there is nothing to judge by; give it a list "
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


def _settled(world: World) -> JudgeResponse:
    """Return the ruling, once the server has noticed that the client left."""
    begun = stopwatch()
    while True:
        ruling = world.judgement(ended=True)
        attempts = [attempt for intent in ruling["intents"] for attempt in intent["attempts"]]
        waits = any("pending" in attempt["shown"] for attempt in attempts)
        if not waits or stopwatch() - begun > SETTLING:
            return ruling
        pause(0.05)


_LAST_LINES = 20


def lines_of(drill: Drilled) -> list[str]:
    """Return a line for each virtue; if one is not passed, also what the client did and printed."""
    width = max(len(drill.name), 26)
    lines = [
        f"{drill.name:{width}} {virtue['verdict']:9} {virtue['virtue']}: {virtue['text']}"
        for virtue in drill.ruling["virtues"]
    ]
    if drill.verdict != "passed":
        lines += [f"    {line}" for line in details(drill)]
    return lines


def details(drill: Drilled) -> list[str]:
    """Return what a client did, and the end of its output."""
    lines = [drill.end.described(), *attempts_table(drill.ruling)]
    lines += [f"ambiguous: {text}" for text in drill.ruling.get("ambiguous", ())]
    printed = drill.end.output.splitlines()[-_LAST_LINES:]
    if printed:
        lines += ["it printed:", *(f"  {line}" for line in printed)]
    return lines


def summary(drills: Sequence[Drilled]) -> str:
    """Return the results of all drills in one line."""
    verdicts = Counter(virtue["verdict"] for drill in drills for virtue in drill.ruling["virtues"])
    counts = ", ".join(
        f"{verdicts[word]} {word}" for word in ("passed", "failed", "undecided") if verdicts[word]
    )
    total = verdicts.total()
    return f"{counted(len(drills), 'drill')}, {counted(total, 'virtue')}: {counts}"


def junit(drills: Sequence[Drilled]) -> bytes:
    """Return a report for CI systems: a suite for each drill, a case for each virtue."""
    root = Xml.Element("testsuites", name="cs-simulator drill")
    for drill in drills:
        virtues = drill.ruling["virtues"]
        verdicts = Counter(virtue["verdict"] for virtue in virtues)
        suite = Xml.SubElement(
            root,
            "testsuite",
            name=drill.name,
            tests=str(len(virtues)),
            failures=str(verdicts["failed"]),
            errors=str(verdicts["undecided"]),
            skipped="0",
            time=f"{drill.end.seconds:.3f}",
        )
        for virtue in virtues:
            case = Xml.SubElement(
                suite,
                "testcase",
                classname=drill.name,
                name=virtue["virtue"],
                time=f"{drill.end.seconds:.3f}",
            )
            kind = {"failed": "failure", "undecided": "error"}.get(virtue["verdict"])
            if kind is not None:
                found = Xml.SubElement(case, kind, message=xml_text(virtue["text"]))
                found.text = xml_text("\n".join(details(drill)))
    Xml.indent(root)
    report: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return report
