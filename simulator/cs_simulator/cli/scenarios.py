"""``check``, ``scenarios``, ``show``, ``new`` and ``schema``: commands on scenario files."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from typing import Any

import click

from cs_simulator import documents
from cs_simulator.cli import terminal
from cs_simulator.cli.group import WRONG_INPUT, CommandError
from cs_simulator.cli.loading import loader_of
from cs_simulator.cli.options import FOLDER, ScenarioName
from cs_simulator.documents.problems import DocumentError
from cs_simulator.documents.text import Origin
from cs_simulator.lines import one_line
from cs_simulator.scenario.catalogue import read_file
from cs_simulator.scenario.described import scenario_schema
from cs_simulator.scenario.extends import Document, Predefined, mergeable, merged
from cs_simulator.scenario.warnings import warnings_of


@click.command()
@click.argument("files", nargs=-1, required=True, type=ScenarioName(), metavar="FILES...")
@FOLDER
def check(files: Sequence[str], scenario_dir: Path | None) -> None:
    """Check scenario FILES or catalogue names; exit with 2 if one has errors.

    A warning tells what is allowed and hardly ever meant, such as a rule that never acts.
    """
    loader = loader_of(scenario_dir)
    wrong = False
    for file in files:
        try:
            scenario = loader.load(file)
        except DocumentError as error:
            wrong = True
            for line in error.lines():
                click.echo(one_line(line), err=True)
        else:
            for warning in warnings_of(scenario):
                click.echo(one_line(f"{file}: warning: {warning}"), err=True)
            click.echo(one_line(f"{file}: ok ({scenario.name})"))
    if wrong:
        sys.exit(WRONG_INPUT)


@click.command()
@FOLDER
def scenarios(scenario_dir: Path | None) -> None:
    """List the scenarios of the catalogue, each with its description."""
    catalogue = loader_of(scenario_dir).catalogue  # what generates customers takes long to load
    for name in sorted(catalogue.files()):
        try:
            _, document = catalogue.read(name)
            description = " ".join(document.get("description", "").split())
        except DocumentError:
            folder = f" --scenario-dir {scenario_dir}" if scenario_dir else ""
            description = f"has errors; run cs-simulator check {name}{folder}"
        click.echo(one_line(f"{name:20} {description}"))


@click.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for completion in an editor."""
    click.echo(json.dumps(scenario_schema(), indent=2))


@click.command()
@click.argument("name", type=ScenarioName(), metavar="NAME")
@click.option("--merged", is_flag=True, help="Merge in everything that it extends.")
@FOLDER
def show(name: str, merged: bool, scenario_dir: Path | None) -> None:
    """Print a scenario: NAME of the catalogue, or a file."""
    catalogue = loader_of(scenario_dir).catalogue
    try:
        if merged:
            terminal.say(_merged(catalogue.chain(name)).rstrip("\n"))
        else:
            texts = [read_file(catalogue.path(wanted)) for wanted in catalogue.several(name)]
            terminal.say("\n---\n".join(text.rstrip("\n") for text in texts))
    except DocumentError as error:
        raise CommandError(str(error)) from None


def _merged(files: list[tuple[Path, Any]]) -> str:
    """Return the merged text of some files; each overrides those before it."""
    whole = reduce(merged, (_document(path, data) for path, data in files))
    members = {key: value for key, value in whole.items() if key != "extends"}
    for key in ("profile_attributes", "identification_keys"):
        if key in members:
            members[key] = [
                dict(member) if isinstance(member, Predefined) else member
                for member in members[key]
            ]
    if len(members.get("generate", ())) == 1:
        [members["generate"]] = members["generate"]
    return documents.yaml_of(members)


def _document(path: Path, data: Any) -> Document:
    members = mergeable(data) if isinstance(data, dict) else {}
    return Document(members, {"": Origin(str(path), "", "")})


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
    name = one_line(file)
    if path.suffix not in (".yaml", ".yml"):
        raise CommandError(f"{name} does not end in .yaml; name it {name}.yaml")
    line = f"extends: {extends}" if extends else "# extends: demo"
    text = _TEXT.format(file=name, extends=line)
    try:
        with path.open("w" if force else "x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError:
        raise CommandError(f"{name} already exists; choose another name, or use --force") from None
    except OSError as error:
        raise CommandError(f"cannot write {name}: {error.strerror}", WRONG_INPUT) from None
    terminal.say(f"wrote {name}; start a server with it: cs-simulator serve {name}")
