"""``new``: a scenario to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from cs_simulator.cli import terminal
from cs_simulator.cli.group import WRONG_INPUT, CommandError
from cs_simulator.cli.options import ScenarioName

_TEXT = """\
# A scenario: what a world begins with. Every key is described in docs/scenarios.md.
#
#   cs-simulator check {file}        checks it for errors
#   cs-simulator serve {file}        starts a server with it
description: What this scenario is for, in one line.

# Begin with another scenario, and change what differs. `cs-simulator scenarios` lists those that
# ship, `cs-simulator show demo` prints one.
{extends}

# The same seed gives the same generated data, ids and draws in every run.
seed: 1

# Without this the clock is the machine's. A frozen one stands until it is advanced.
# clock: {{mode: frozen, time: "2026-01-05T09:00:00.000Z"}}

customers:
  - customer_id: "0001MINE00000001"
    FirstName: Maria
    LastName: Santos
    PhoneNumber: "+442079460100"
    EmailAddress: maria@example.com

services:
  # A conversation that a known customer is in the middle of.
  - customer_id: "0001MINE00000001"
    service_type: 100
    started: {{timestamp: -10m}}
    states:
      - {{state_type: 8, started: {{timestamp: -9m}}}}
  # One of a caller of whom only the number is known.
  - contact_key: "+442079460101"
    service_type: 100
    started: {{timestamp: -2m}}

faults:
  # The second end of a service fails once, as if the server were overloaded.
  - name: busy
    on: end_service
    skip: 1
    times: 1
    response: {{status: 503}}
"""


@click.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--extends", type=ScenarioName(), metavar="NAME", help="Scenario to extend.")
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
def new(file: str, extends: str | None, force: bool) -> None:
    """Write a commented scenario to FILE."""
    path = Path(file)
    if path.suffix not in (".yaml", ".yml"):
        raise CommandError(f"{file} does not end in .yaml; name it {file}.yaml")
    line = f"extends: {extends}" if extends else "# extends: demo"
    text = _TEXT.format(file=file, extends=line)
    try:
        with path.open("w" if force else "x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError:
        raise CommandError(f"{file} already exists; choose another name, or use --force") from None
    except OSError as error:
        raise CommandError(f"cannot write {file}: {error.strerror}", WRONG_INPUT) from None
    terminal.say(f"wrote {file}; start a server with it: cs-simulator serve {file}")
