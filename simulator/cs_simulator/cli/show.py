"""``show``: print a scenario of the catalogue, or of a file, as it is written or merged."""

from __future__ import annotations

from functools import reduce
from pathlib import Path
from typing import Any

import click

from cs_simulator import documents
from cs_simulator.cli import terminal
from cs_simulator.cli.group import CommandError
from cs_simulator.cli.options import FOLDER, ScenarioName
from cs_simulator.cli.scenarios import loader_of
from cs_simulator.documents.positions import Origin
from cs_simulator.documents.problems import DocumentError
from cs_simulator.scenario.catalogue import read_file
from cs_simulator.scenario.extends import Document, Predefined, merged


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
            texts = [read_file(catalogue.path(each)) for each in catalogue.several(name)]
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
                dict(each) if isinstance(each, Predefined) else each for each in members[key]
            ]
    if len(members.get("generate", ())) == 1:
        [members["generate"]] = members["generate"]
    return documents.yaml_of(members)


def _document(path: Path, data: Any) -> Document:
    members = dict(data) if isinstance(data, dict) else {}
    if isinstance(members.get("generate"), dict):
        members["generate"] = [members["generate"]]
    return Document(members, {"": Origin(str(path), "", "")})
