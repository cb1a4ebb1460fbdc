"""``compare``, ``fit`` and ``report``: what a recording can tell."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from cs_simulator.app import create_app
from cs_simulator.cli.group import CommandError
from cs_simulator.cli.loading import loader_of
from cs_simulator.cli.options import FOLDER, RecordedBase, ScenarioName, output_file, write_output
from cs_simulator.console.report import report_page
from cs_simulator.documents.files import is_file
from cs_simulator.documents.problems import DocumentError
from cs_simulator.har.exchanges import HarError
from cs_simulator.har.reading import read_file
from cs_simulator.lines import counted
from cs_simulator.operations.row import EditionName
from cs_simulator.recording.addresses import is_like_api
from cs_simulator.recording.comparing import Prepared, Source, prepared
from cs_simulator.recording.comparing import compare as compared
from cs_simulator.recording.fitting import fit as fitted
from cs_simulator.recording.reports import (
    Form,
    comparison_report,
    fit_report,
    run_members,
    scenario_text,
)
from cs_simulator.scenario.loader import ScenarioLoader
from cs_simulator.worlds import Worlds

Command = TypeVar("Command", bound=Callable[..., Any])

FILES = click.argument(
    "files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path)
)
REPORT = click.option(
    "--report",
    default="text",
    show_default=True,
    type=click.Choice(("text", "json", "junit")),
    help="Format of the report on standard output.",
)
BASE = click.option(
    "--base",
    type=RecordedBase(),
    metavar="URL",
    help="Base URL or path of edition 8.5 in the recording; default: detected.",
)
BASE_81 = click.option(
    "--base-81",
    type=RecordedBase(),
    metavar="URL",
    help="The same for edition 8.1.",
)
MASK = click.option(
    "--mask",
    multiple=True,
    metavar="NAME",
    help="Name of a header, parameter, member or form field to mask as well; repeatable.",
)


@click.command()
@FILES
@click.option(
    "--scenario",
    type=ScenarioName(),
    help="Scenario to start from, a name or a file; its faults and stages are ignored.",
)
@FOLDER
@BASE
@BASE_81
@REPORT
def compare(
    files: Sequence[Path],
    scenario: str | None,
    scenario_dir: Path | None,
    base: str | None,
    base_81: str | None,
    report: Form,
) -> None:
    """Replay the HAR FILES in a world of their own, and report differences.

    The exit code is 0 where nothing differs, 1 where something does, 2 where nothing can be
    compared.
    """
    recordings = _read_recordings(files, base, base_81)
    try:
        found = compared(_source_of(loader_of(scenario_dir), scenario), recordings)
    except DocumentError as error:
        raise CommandError(str(error)) from None
    click.echo(comparison_report(found, report))
    sys.exit(found.exit_code)


FORCE = click.option("--force", is_flag=True, help="Replace a file that exists.")


@click.command()
@FILES
@output_file(
    "--write",
    help="Write a scenario that behaves as the recorded server does.",
)
@FORCE
@BASE
@BASE_81
@REPORT
def fit(
    files: Sequence[Path],
    write: Path | None,
    force: bool,
    base: str | None,
    base_81: str | None,
    report: Form,
) -> None:
    """Find the switch settings that explain the HAR FILES of one server.

    Each value that is proven names the exchanges that prove it. The exit code is 1 where a switch
    is contradicted or something differs that no switch explains, 2 where nothing can be compared.
    """
    refuse_existing(write, force=force)
    fit_and_report(_read_recordings(files, base, base_81), write, report)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@output_file(
    "--output",
    "-o",
    help="File to write the report to; by default next to FILE, with the extension .html.",
)
@FORCE
@click.option(
    "--scenario",
    type=ScenarioName(),
    help="Scenario to start from, a name or a file; its faults and stages are ignored.",
)
@click.option("--whole", is_flag=True, help="Cut no values, however large the file becomes.")
@FOLDER
@MASK
@BASE
@BASE_81
def report(
    file: Path,
    output: Path | None,
    force: bool,
    whole: bool,
    scenario: str | None,
    scenario_dir: Path | None,
    mask: tuple[str, ...],
    base: str | None,
    base_81: str | None,
) -> None:
    """Make a report of the HAR FILE: one page that a browser opens without a server.

    It is replayed as by compare, so that the report shows the state before each request.
    """
    path = output or file.parent / f"{file.stem}.html"
    refuse_existing(path, force=force)
    [recording] = _read_recordings([file], base, base_81)
    try:
        members = run_members(_source_of(loader_of(scenario_dir), scenario), recording, mask)
    except DocumentError as error:
        raise CommandError(str(error)) from None
    if not members["requests"]:
        raise CommandError(
            f"{file} has no request to Context Services; --base says where they are found"
        )
    write_output(path, report_page(members, whole=whole).encode())
    click.echo(f"wrote {path}: {counted(len(members['requests']), 'request')}")


def refuse_existing(path: Path | None, *, force: bool) -> None:
    """Exit with 2, before anything is done, if a file would be overwritten."""
    if path is not None and is_file(path) and not force:
        raise CommandError(f"{path} already exists; choose another name, or use --force")


def fit_and_report(recordings: Sequence[Prepared], write: Path | None, report: Form) -> None:
    """Fit recordings, print the report, write the scenario if requested, and exit."""
    result = fitted(_source_of(loader_of(None), None), recordings)
    click.echo(fit_report(result, report))
    if write is not None and result.comparison.compared:
        write_output(write, scenario_text(result, write.stem).encode())
    sys.exit(result.exit_code)


def _read_recordings(
    files: Sequence[Path], base: str | None, base_81: str | None
) -> list[Prepared]:
    """Return HAR files ready for replay; exit with 2 if one cannot be read."""
    bases: dict[EditionName, str] = {}
    if base is not None:
        bases["8.5"] = base
    if base_81 is not None:
        bases["8.1"] = base_81
    names = [path.name for path in files]
    recordings = []
    for path in files:
        try:
            recording = read_file(path, is_like_api)
        except HarError as error:
            raise CommandError(str(error)) from None
        if names.count(path.name) == 1:
            recording.name = path.name
        recordings.append(prepared(recording, bases))
    return recordings


def _source_of(loader: ScenarioLoader, scenario: str | None) -> Source:
    """Return the scenario that recordings are replayed with."""
    app = create_app(Worlds(loader.load("empty"), loader=loader))
    return Source(app, loader, scenario)
