"""``fault``: rules of a running server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from cs_simulator.cli import terminal
from cs_simulator.cli.group import CommandError, ShowingGroup
from cs_simulator.cli.running import AS_JSON, asks_world, typed_document
from cs_simulator.client import World


@click.group(cls=ShowingGroup)
def fault() -> None:
    """Add, list and remove fault rules.

    Without a command, the rules are listed.
    """


@fault.command(name="list")
@AS_JSON
@asks_world
def list_rules(world: World, as_json: bool) -> None:
    """List the rules in force, in the order in which they are tried."""
    rules = world.faults()
    if as_json:
        terminal.say_json({"faults": rules})
        return
    for rule in rules:
        terminal.say(_line(rule))
    if not rules:
        terminal.say("no rule is in force", err=True)


@fault.command()
@click.argument("rule", nargs=-1, required=True)
@AS_JSON
@asks_world
def add(world: World, rule: Sequence[str], as_json: bool) -> None:
    """Add a rule, which is tried before all others.

    RULE has the keys of docs/faults.md: as words, such as end_service times=1 response.status=503;
    or as a document, '{on: end_service, delay: 2s}', @FILE, or - for the standard input.
    """
    added = world.add_fault(**typed_document(rule))
    if as_json:
        terminal.say_json(added)
    else:
        terminal.say(_line(added))


@fault.command()
@click.argument("names", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Remove all rules.")
@asks_world
def remove(world: World, names: Sequence[str], every: bool) -> None:
    """Remove rules by their NAMES; those of the scenario come back at a reset."""
    if every == bool(names):
        raise CommandError("expected rule names, or --all")
    if every:
        names = world.remove_faults()
    for name in names:
        if not every:
            world.remove_fault(name)
        terminal.say(f"removed {name}")
    if not names:
        terminal.say("no rule was in force", err=True)


def _line(rule: Mapping[str, Any]) -> str:
    """Format a rule with its counters."""
    counts = f"matched {rule['matched']}, acted {rule['acted']}"
    if rule["shadowed"]:
        counts += f", shadowed {rule['shadowed']}"
    if "remaining" in rule:
        counts += f", {rule['remaining']} left"
    return f"{rule['name']}: on {', '.join(rule['on'])}; {counts}; from the {rule['origin']}"
