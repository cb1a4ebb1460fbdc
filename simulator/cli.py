"""The command line.

Exit codes: 0 done, 2 a wrong option or scenario, 3 an address that is taken.
"""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import click

from simulator import __version__
from simulator.config import KIB, MIB, Settings

if TYPE_CHECKING:
    from simulator.scenario.loader import ScenarioLoader

log = logging.getLogger("simulator")

_DEFAULTS = Settings()
_PREFIX = "CS_SIMULATOR"
_UNITS: Mapping[str, int] = MappingProxyType({"": 1, "KiB": KIB, "MiB": MIB})

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


_FOLDER = _option(
    "--scenarios",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of scenarios beside those that ship.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="cs-simulator")
def main() -> None:
    """Simulate Genesys Context Services for integration tests."""


@main.command()
@_option("--scenario", default=_DEFAULTS.scenario, help="A scenario of the catalogue, or a file.")
@_FOLDER
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
    help="How many replies may wait at once, for delays and verify; a world gets a quarter.",
)
@_option(
    "--export-dir",
    type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path),
    help="Write the files of an export here too.",
)
@_option("--control-token", help="Demand Authorization: Bearer with this on /_control.")
@_option(
    "--max-worlds",
    default=_DEFAULTS.max_worlds,
    type=click.IntRange(1, 100_000),
    help="How many worlds there may be.",
)
@_option(
    "--world-idle",
    default=_DEFAULTS.world_idle,
    type=click.FloatRange(0),
    help="Seconds after which an unused world may make room for another.",
)
@_option("--watch", is_flag=True, help="Read scenario files again when they change; see the docs.")
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
    control_token: str | None,
    max_worlds: int,
    world_idle: float,
    watch: bool,
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
        control_token=control_token,
        max_worlds=max_worlds,
        world_idle=world_idle,
        watch=watch,
    )
    if max_body > settings.max_request:
        raise click.BadParameter(
            f"at most {settings.max_request // MIB}MiB", param_hint="--max-body"
        )
    run(settings)


def run(settings: Settings) -> None:
    """Serve with some settings; exit with 2 or 3 where that cannot be."""
    gc.disable()  # until all is imported and loaded: none of it is garbage
    from simulator.app import create_app
    from simulator.scenario.errors import ScenarioError
    from simulator.server import AddressError, Server
    from simulator.watch import Watcher
    from simulator.worlds import Worlds

    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    loader = _loader(settings.scenarios, settings.fidelity)
    try:
        scenario = loader.load(settings.scenario)
    except ScenarioError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    worlds = Worlds(
        scenario,
        settings.export_dir,
        settings.max_waiting,
        loader,
        max_worlds=settings.max_worlds,
        idle=settings.world_idle,
    )
    app = create_app(worlds, settings)
    try:
        server = Server(app, settings)
    except AddressError as error:
        click.echo(f"{error}; choose another with --port, or 0 for a free one", err=True)
        sys.exit(3)
    base = scenario.base_paths.get("8.5", "/genesys/1/cs")
    click.echo(
        f"Context Services simulator {__version__}, scenario {scenario.name}: {server.url}{base}"
    )
    if settings.watch:
        Watcher(worlds).start()
    server.run()


def _loader(folder: Path | None, fidelity: Mapping[str, str] | None = None) -> ScenarioLoader:
    """Return what loads the scenarios that ship and those of a folder."""
    from simulator.scenario.catalogue import Catalogue, shipped_folder
    from simulator.scenario.loader import ScenarioLoader

    catalogue = Catalogue([shipped_folder(), *([folder] if folder else [])])
    for name, path in catalogue.shadowed():
        log.info("scenario %s is that of %s, which shadows another", name, path)
    return ScenarioLoader(catalogue, fidelity)


@main.command()
@click.argument("files", nargs=-1, required=True)
@_FOLDER
def check(files: Sequence[str], scenarios: Path | None) -> None:
    """Check scenario FILES, or names of the catalogue; exit with 2 where one is wrong."""
    from simulator.scenario.errors import ScenarioError

    loader = _loader(scenarios)
    wrong = False
    for each in files:
        try:
            scenario = loader.load(each)
        except ScenarioError as error:
            wrong = True
            click.echo(str(error), err=True)
        else:
            click.echo(f"{each}: {scenario.name} is fine")
    if wrong:
        sys.exit(2)


@main.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for completion in an editor."""
    import json

    from simulator.scenario.document import scenario_schema

    click.echo(json.dumps(scenario_schema(), indent=2))


@main.command(name="scenarios")
@_FOLDER
def list_scenarios(scenarios: Path | None) -> None:
    """List the scenarios of the catalogue, each with its description."""
    from simulator.scenario.errors import ScenarioError

    loader = _loader(scenarios)
    for name in sorted(loader.catalogue.files()):
        try:
            description = " ".join(loader.load(name).description.split())
        except ScenarioError:
            description = f"is wrong; see cs-simulator check {name}"
        click.echo(f"{name:20} {description}")


@main.command()
def operations() -> None:
    """List the operations: id, method, path, editions, and what each is based on."""
    from simulator.api.operations import OPERATIONS

    for each in OPERATIONS:
        editions = "/".join(each.editions)
        click.echo(f"{each.id:27} {each.method:6} {each.paths[0]:62} {editions:8} {each.basis}")
