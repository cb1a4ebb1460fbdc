"""``worlds``, ``reset``, ``rewind``, ``stage``, ``clock``, ``snapshot``: commands on worlds."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cs_simulator.cli import terminal
from cs_simulator.cli.group import CommandError, NamingGroup, ShowingGroup
from cs_simulator.cli.options import WholeNumber
from cs_simulator.cli.running import AS_JSON, asks_entry, asks_server, asks_world, typed_document
from cs_simulator.client import Server, World
from cs_simulator.lines import counted


@click.command()
@AS_JSON
@asks_server
def worlds(server: Server, as_json: bool) -> None:
    """List the worlds, each with its scenario and how much it holds."""
    described = [server.world(name).describe() for name in server.worlds()]
    if as_json:
        terminal.say_json({"worlds": described})
        return
    for world in described:
        terminal.say(f"{world['world']}: scenario {world['scenario']}; {_counts(world['counts'])}")


@click.command()
@AS_JSON
@asks_entry
def reset(server: Server, world: str, as_json: bool) -> None:
    """Reset a world to the start of its scenario."""
    is_new = world not in server.worlds()
    _say_begun(server.world(world).reset(), is_new=is_new, as_json=as_json)


@click.command()
@click.argument("before", type=WholeNumber(min=1))
@AS_JSON
@asks_world
def rewind(world: World, before: int, as_json: bool) -> None:
    """Put a world back to where it was before a request, given by its id."""
    rewound = world.rewind(before)
    if as_json:
        terminal.say_json(rewound)
        return
    gone = counted(rewound["cleared"]["requests"], "request")
    terminal.say(f"world {rewound['world']} is as before request {before}; gone: {gone}")


@click.command()
@click.argument("name", required=False)
@click.option("--next", "onward", is_flag=True, help="Enter the next stage.")
@AS_JSON
@asks_world
def stage(world: World, name: str | None, onward: bool, as_json: bool) -> None:
    """Show the stage of a world, or enter another: NAME, or --next."""
    if name is not None and onward:
        raise CommandError("expected NAME or --next, found both")
    if onward:
        found = world.next_stage()
    else:
        found = world.stage() if name is None else world.enter_stage(name)
    if as_json:
        terminal.say_json(found)
    elif "stage" not in found:
        terminal.say(f"the scenario of world {found['world']} has no stages", err=True)
    else:
        now = found["stage"]
        terminal.say(" -> ".join(f"[{name}]" if name == now else name for name in found["stages"]))
        terminal.say(f"entered {found['entered']}; {found['calls']} calls since")


@click.group(cls=NamingGroup)
def snapshot() -> None:
    """Save a world as a scenario file, or load one."""


@snapshot.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@asks_world
def save(world: World, file: str, force: bool) -> None:
    """Write a world as it is now to FILE, or to the standard output where FILE is -.

    It holds the passwords of the scenario's users: nobody else may read the file.
    """
    text = world.snapshot_yaml()
    if file == "-":
        terminal.say(text.rstrip("\n"))
        return
    mode = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if force else os.O_EXCL)
    try:
        with os.fdopen(os.open(file, mode, 0o600), "w", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError:
        raise CommandError(f"{file} already exists; choose another name, or use --force") from None
    except OSError as error:
        raise CommandError(f"cannot write {file}: {error.strerror}") from None
    terminal.say(f"saved world {world.name} to {file}")


@snapshot.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@AS_JSON
@asks_entry
def load(server: Server, world: str, file: str, as_json: bool) -> None:
    """Load FILE, a snapshot or any other scenario, into a world."""
    scenario = typed_document(["-"]) if file == "-" else Path(file)
    is_new = world not in server.worlds()
    _say_begun(server.world(world).load_scenario(scenario), is_new=is_new, as_json=as_json)


def _say_begun(begun: Mapping[str, Any], *, is_new: bool, as_json: bool) -> None:
    if as_json:
        terminal.say_json(begun)
        return
    if is_new:
        terminal.say(f"world {begun['world']} was created with scenario {begun['scenario']}")
        return
    terminal.say(
        f"world {begun['world']} was reset to scenario {begun['scenario']}; "
        f"cleared: {_counts(begun['cleared'])}"
    )


def _counts(counts: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{count} {name[:-1] if count == 1 else name}" for name, count in counts.items()
    )


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
