"""``check``, ``scenarios`` and ``schema``; and the scenarios that any command may name."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from cs_simulator.cli.group import WRONG_INPUT, CommandError
from cs_simulator.cli.options import FOLDER, ScenarioName
from cs_simulator.documents.problems import DocumentError
from cs_simulator.lines import one_line
from cs_simulator.scenario.catalogue import Catalogue, shipped_folder
from cs_simulator.scenario.described import scenario_schema
from cs_simulator.scenario.loader import ScenarioLoader
from cs_simulator.scenario.warnings import warnings_of

log = logging.getLogger("cs_simulator")


def loader_of(folder: Path | None, fidelity: Mapping[str, str] | None = None) -> ScenarioLoader:
    """Return a loader for the scenarios that ship and those in a folder."""
    shipped = shipped_folder()
    if not shipped.is_dir():
        raise CommandError(
            f"the scenarios that ship are missing: {shipped} is not a folder; a zip application "
            "cannot hold them, so install the package with pip; freeze a program with "
            "--collect-all cs_simulator, as PyInstaller has it"
        )
    catalogue = Catalogue([shipped, *([folder] if folder else [])])
    if folder is not None and not Catalogue([folder]).files():
        log.info(
            "no scenarios (.yaml, .yml, .json) in %s; only the bundled ones are available", folder
        )
    for name, path in catalogue.shadowed():
        log.info("scenario %s: using %s, which overrides another file of that name", name, path)
    return ScenarioLoader(catalogue, fidelity)


@click.command()
@click.argument("files", nargs=-1, required=True, type=ScenarioName(), metavar="FILES...")
@FOLDER
def check(files: Sequence[str], scenario_dir: Path | None) -> None:
    """Check scenario FILES or catalogue names; exit with 2 if one has errors.

    A warning tells what is allowed and hardly ever meant, such as a rule that never acts.
    """
    loader = loader_of(scenario_dir)
    wrong = False
    for each in files:
        try:
            scenario = loader.load(each)
        except DocumentError as error:
            wrong = True
            for line in error.lines():
                click.echo(one_line(line), err=True)
        else:
            for warning in warnings_of(scenario):
                click.echo(one_line(f"{each}: warning: {warning}"), err=True)
            click.echo(one_line(f"{each}: ok ({scenario.name})"))
    if wrong:
        sys.exit(WRONG_INPUT)


@click.command(name="scenarios")
@FOLDER
def list_scenarios(scenario_dir: Path | None) -> None:
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
