"""``verify``: check that a world received the expected requests."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cs_simulator.cli import terminal
from cs_simulator.cli.documents import typed_document
from cs_simulator.cli.group import NO
from cs_simulator.cli.running import AS_JSON, asks_world
from cs_simulator.client import NotVerifiedError

if TYPE_CHECKING:
    from cs_simulator.client import World


@click.command()
@click.argument("question", nargs=-1, required=True)
@AS_JSON
@asks_world
def verify(world: World, question: Sequence[str], as_json: bool) -> None:
    """Verify the requests that a world received; exit with 1 if they are not as expected.

    QUESTION has the keys of docs/control-api.md: as words, such as start_service count=2
    where.body.contact_key=+44207; or as a document, '{on: start_service, within: 5s}', @FILE, or -
    for the standard input. What came closest is printed.
    """
    asked = typed_document(question)
    if as_json:
        verdict = world.verification(**asked)
        terminal.say_json(verdict)
        if not verdict["verified"]:
            sys.exit(NO)
        return
    try:
        verdict = world.verify(**asked)
    except NotVerifiedError as error:
        terminal.say(str(error), err=True)
        sys.exit(NO)
    terminal.say(f"verified: {verdict['matched']} matched")
