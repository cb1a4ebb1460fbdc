"""The command line.

Exit codes: 0 done, 2 a wrong option or scenario, 3 an address that is taken.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from simulator import __version__
from simulator.config import KIB, MIB, Settings

_DEFAULTS = Settings()
_PREFIX = "CS_SIMULATOR"
_UNITS = {"": 1, "KiB": KIB, "MiB": MIB}

Command = TypeVar("Command", bound=Callable[..., Any])


class Size(click.ParamType[int]):
    """A number of bytes, such as 500, 64KiB or 1MiB."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number of bytes."""
        if isinstance(value, int):
            return value
        digits = value.rstrip("KMiB")
        unit = value[len(digits) :]
        if not (digits.isascii() and digits.isdigit() and unit in _UNITS):
            self.fail(f"{value!r} is no size such as 500, 64KiB or 1MiB", param, ctx)
        return int(digits) * _UNITS[unit]


class Switch(click.ParamType[tuple[str, str]]):
    """A fidelity switch and its value, NAME=VALUE."""

    name = "name=value"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Return the name and the value, both known to exist."""
        from simulator.domain.fidelity import UnknownSwitchError, fidelity_of

        name, equals, chosen = value.partition("=")
        if not equals:
            self.fail(f"{value!r} is not of the form NAME=VALUE", param, ctx)
        try:
            fidelity_of({name: chosen})
        except UnknownSwitchError as error:
            self.fail(str(error), param, ctx)
        return name, chosen


def _option(name: str, **kwargs: Any) -> Callable[[Command], Command]:
    variable = f"{_PREFIX}_{name.removeprefix('--').replace('-', '_').upper()}"
    return click.option(name, envvar=variable, show_envvar=True, show_default=True, **kwargs)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="cs-simulator")
def main() -> None:
    """Simulate Genesys Context Services for integration tests."""


@main.command()
@_option("--scenario", default=_DEFAULTS.scenario, help="A scenario of the catalogue, or a file.")
@_option(
    "--scenarios",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of scenarios beside those that ship.",
)
@_option("--host", multiple=True, default=("127.0.0.1",), help="Where to listen; repeatable.")
@_option(
    "--port",
    default=_DEFAULTS.port,
    type=click.IntRange(0, 65535),
    help="Where to listen; 0 takes a free one.",
)
@_option(
    "--ready-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write JSON with url, port and pid here once the server answers.",
)
@_option("--fidelity", multiple=True, type=Switch(), help="Set a fidelity switch; repeatable.")
@_option("--max-body", default="1MiB", type=Size(), help="Refuse larger bodies with 413.")
@_option(
    "--max-waiting",
    default=_DEFAULTS.max_waiting,
    type=click.IntRange(1, 10_000),
    help="How many replies may be held back by delays at once; a world gets a quarter.",
)
@_option(
    "--export-dir",
    type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path),
    help="Write the files of an export here too.",
)
def serve(
    scenario: str,
    scenarios: Path | None,
    host: Sequence[str],
    port: int,
    ready_file: Path | None,
    fidelity: Sequence[tuple[str, str]],
    max_body: int,
    max_waiting: int,
    export_dir: Path | None,
) -> None:
    """Run the simulator until Ctrl-C or SIGTERM."""
    settings = Settings(
        scenario=scenario,
        scenarios=scenarios,
        hosts=tuple(host),
        port=port,
        ready_file=ready_file,
        fidelity=dict(fidelity),
        max_body=max_body,
        max_waiting=max_waiting,
        export_dir=export_dir,
    )
    if max_body > settings.max_request:
        raise click.BadParameter(
            f"at most {settings.max_request // MIB}MiB", param_hint="--max-body"
        )
    run(settings)


def run(settings: Settings) -> None:
    """Serve with some settings; exit with 2 or 3 where that cannot be."""
    from simulator.app import create_app
    from simulator.scenario.catalogue import Catalogue, shipped_folder
    from simulator.scenario.errors import ScenarioError
    from simulator.scenario.loader import ScenarioLoader
    from simulator.server import AddressError, Server
    from simulator.worlds import Worlds

    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    folders = [shipped_folder()]
    if settings.scenarios is not None:
        folders.append(settings.scenarios)
    try:
        scenario = ScenarioLoader(Catalogue(folders), settings.fidelity).load(settings.scenario)
    except ScenarioError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    app = create_app(Worlds(scenario, settings.export_dir, settings.max_waiting), settings)
    try:
        server = Server(app, settings)
    except AddressError as error:
        click.echo(f"{error}; choose another with --port, or 0 for a free one", err=True)
        sys.exit(3)
    base = scenario.base_paths.get("8.5", "/genesys/1/cs")
    click.echo(
        f"Context Services simulator {__version__}, scenario {scenario.name}: {server.url}{base}"
    )
    server.run()
