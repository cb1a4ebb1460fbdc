"""``clock``: the time of a world."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from cs_simulator.cli import terminal
from cs_simulator.cli.group import ShowingGroup
from cs_simulator.cli.running import AS_JSON, asks_world

if TYPE_CHECKING:
    from cs_simulator.client import World


@click.group(cls=ShowingGroup)
def clock() -> None:
    """Show, freeze, advance or set the clock of a world.

    Without a command, the clock is shown.
    """


@clock.command()
@AS_JSON
@asks_world
def show(world: World, as_json: bool) -> None:
    """Show the time of a world, and whether its clock runs."""
    _say(world.clock(), as_json=as_json)


@clock.command()
@click.argument("time", required=False)
@AS_JSON
@asks_world
def freeze(world: World, time: str | None, as_json: bool) -> None:
    """Stop the clock where it is, or at TIME, such as 2026-01-05T09:00:00.000Z."""
    _say(world.freeze_clock(time), as_json=as_json)


@clock.command()
@click.argument("span")
@AS_JSON
@asks_world
def advance(world: World, span: str, as_json: bool) -> None:
    """Advance the clock by SPAN, such as 90s or 2h; what falls due happens."""
    _say(world.advance_clock(span), as_json=as_json)


@clock.command(name="set")
@click.argument("time", required=False)
@click.option(
    "--mode",
    type=click.Choice(("real", "offset", "frozen")),
    help="real: the machine's time; offset: runs from TIME; frozen: does not run.",
)
@AS_JSON
@asks_world
def set_clock(world: World, time: str | None, mode: Any, as_json: bool) -> None:
    """Set the clock to TIME, from where it runs; or its mode, or both."""
    _say(world.set_clock(mode, time), as_json=as_json)


def _say(clock_: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        terminal.say_json(clock_)
        return
    passes = "it is stopped" if clock_["mode"] == "frozen" else "it runs"
    terminal.say(f"{clock_['time']} ({clock_['mode']}: {passes})")
    if "hint" in clock_:
        terminal.say(clock_["hint"], err=True)
