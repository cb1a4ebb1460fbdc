"""The command line.

Exit codes: 0 done, 1 not healthy, 2 a wrong option or scenario, 3 an address that is taken.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from cs_simulator import __version__
from cs_simulator.config import LogForm, Settings
from cs_simulator.options import (
    PREFIX,
    Commands,
    ScenarioName,
    Size,
    Switch,
    Token,
    option,
    readable_folder,
    some_host,
    with_input,
    writable_file,
)

if TYPE_CHECKING:
    from cs_simulator.log import Log
    from cs_simulator.scenario.loader import ScenarioLoader

log = logging.getLogger("cs_simulator")

_DEFAULTS = Settings()

_FOLDER = option(
    "--scenarios",
    type=click.Path(readable=False, path_type=Path),
    metavar="FOLDER",
    callback=readable_folder,
    help="A folder of scenarios of your own, beside those that ship.",
)
_TOKEN = option(
    "--control-token",
    type=Token(),
    help="A secret that each request to /_control must bear; better given in the environment.",
)


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="cs-simulator")
def main() -> None:
    """Simulate Genesys Context Services for integration tests.

    Begin with `cs-simulator serve --scenario demo`, and stop it with Ctrl-C.
    """


@main.command()
@option(
    "--scenario",
    default=_DEFAULTS.scenario,
    type=ScenarioName(),
    help="What the server begins with: a name that `cs-simulator scenarios` lists, or a file.",
)
@_FOLDER
@option(
    "--host",
    multiple=True,
    default=_DEFAULTS.hosts,
    metavar="ADDRESS",
    callback=some_host,
    help="An address to listen on; repeat it for more. 0.0.0.0 and :: are all of IPv4 and IPv6.",
)
@option(
    "--port",
    default=_DEFAULTS.port,
    type=click.IntRange(0, 65535),
    metavar="NUMBER",
    help="The port to listen on; 0 takes a free one.",
)
@option(
    "--ready-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    callback=writable_file,
    help="Write JSON with url, port and pid here once the server answers.",
)
@option(
    "--fidelity",
    multiple=True,
    type=Switch(),
    help="Decide what the vendor's documents leave open; repeatable. See docs/fidelity.md.",
)
@option(
    "--max-body",
    default="1MiB",
    type=Size(),
    help="Answer 413 to requests of the API with larger bodies.",
)
@option(
    "--max-document",
    default="64MiB",
    type=Size(),
    help="Answer 413 to control requests with larger bodies, such as scenarios.",
)
@option(
    "--max-waiting",
    default=_DEFAULTS.max_waiting,
    type=click.IntRange(1, 10_000),
    metavar="NUMBER",
    help="How many replies may wait at once, for delays and verify; a world gets a quarter.",
)
@option(
    "--export-dir",
    type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path),
    metavar="FOLDER",
    help="Write the files of an export here, besides serving them.",
)
@option(
    "--import-dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Where an import of profiles may name a file to read; without it, it may name none.",
)
@_TOKEN
@option(
    "--max-worlds",
    default=_DEFAULTS.max_worlds,
    type=click.IntRange(1, 100_000),
    metavar="NUMBER",
    help="How many worlds there may be.",
)
@option(
    "--world-idle",
    default=_DEFAULTS.world_idle,
    type=click.FloatRange(0),
    metavar="SECONDS",
    help="How long a world must be unused before it may make room for another.",
)
@option(
    "--watch",
    is_flag=True,
    help="Read scenario files again when they change; worlds take them at their next reset.",
)
@option(
    "--log",
    default=_DEFAULTS.log,
    type=click.Choice(("text", "json")),
    help="How lines of the log are written, on standard error.",
)
@option(
    "--log-level",
    default=_DEFAULTS.log_level,
    type=click.Choice(("debug", "info", "warning", "error")),
    help="What is logged: info has a line a request, debug control requests too.",
)
@option(
    "--stop-on-stdin-eof",
    is_flag=True,
    callback=with_input,
    help="Stop when the standard input ends, as it does when the process that holds it dies.",
)
def serve(**options: Any) -> None:
    """Run the simulator until Ctrl-C or SIGTERM.

    Each option can be set by the environment variable that stands beside it instead. The first
    line that is printed says where the server is.
    """
    options["hosts"] = options.pop("host")
    options["fidelity"] = dict(options["fidelity"])
    run(Settings(**options))


def run(settings: Settings) -> None:
    """Serve with some settings; exit with 2 or 3 where that cannot be."""
    gc.disable()  # until all is imported and loaded: none of it is garbage
    from cs_simulator.app import create_app
    from cs_simulator.domain.setup import BASE_PATHS
    from cs_simulator.http.addresses import AddressError
    from cs_simulator.http.server import ReadyFileError, Server
    from cs_simulator.log import Output, open_log
    from cs_simulator.scenario.errors import ScenarioError
    from cs_simulator.worlds import Worlds

    lines = open_log(settings.log, settings.log_level, settings.control_token)
    loader = _loader(settings.scenarios, settings.fidelity)
    watcher = None
    if settings.watch:
        from cs_simulator.watch import Watcher

        watcher = Watcher(loader.catalogue, settings.scenario)
    try:
        scenario = loader.load(settings.scenario)
    except ScenarioError as error:
        _give_up(settings.log, lines, 2, str(error))
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
        server = Server(app, settings, lines)
    except AddressError as error:
        _give_up(settings.log, lines, 3, str(error))
    url = f"{server.url}{scenario.base_paths.get('8.5', BASE_PATHS['8.5'])}"
    begun = f"Context Services simulator {__version__}, scenario {scenario.name}: {url}"
    if settings.log == "json":
        lines.event(logging.INFO, begun, url=url, scenario=scenario.name, version=__version__)
    elif sys.stdout is not None:
        Output(1).write([begun])
    if watcher is not None:
        watcher.start(worlds)
    try:
        server.run()
    except ReadyFileError as error:
        _give_up(settings.log, lines, 2, str(error))
    _end()


def _end() -> NoReturn:
    """End the process at once.

    Interpreters free all they hold before they end, object by object. With large worlds that takes
    longer than a stop may, and nothing of it is needed any more.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # closed, broken, or never there
            stream.flush()
    os._exit(0)


def _give_up(form: LogForm, lines: Log, code: int, text: str) -> NoReturn:
    """Say why there will be no server, and end."""
    if form == "json":
        lines.event(logging.ERROR, text)
    else:
        click.echo(text, err=True)
    sys.exit(code)


def _loader(folder: Path | None, fidelity: Mapping[str, str] | None = None) -> ScenarioLoader:
    """Return what loads the scenarios that ship and those of a folder."""
    from cs_simulator.scenario.catalogue import Catalogue, shipped_folder
    from cs_simulator.scenario.loader import ScenarioLoader

    catalogue = Catalogue([shipped_folder(), *([folder] if folder else [])])
    if folder is not None and not Catalogue([folder]).files():
        log.info("%s holds no scenario, as .yaml, .yml or .json: there are those that ship", folder)
    for name, path in catalogue.shadowed():
        log.info("scenario %s is that of %s, which shadows another", name, path)
    return ScenarioLoader(catalogue, fidelity)


@main.command()
@click.argument("files", nargs=-1, required=True)
@_FOLDER
def check(files: Sequence[str], scenarios: Path | None) -> None:
    """Check scenario FILES, or names of the catalogue; exit with 2 where one is wrong."""
    from cs_simulator.scenario.errors import ScenarioError

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

    from cs_simulator.scenario.document import scenario_schema

    click.echo(json.dumps(scenario_schema(), indent=2))


@main.command(name="scenarios")
@_FOLDER
def list_scenarios(scenarios: Path | None) -> None:
    """List the scenarios of the catalogue, each with its description."""
    from cs_simulator.scenario.errors import ScenarioError

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
    from cs_simulator.api.operations import OPERATIONS

    for each in OPERATIONS:
        editions = "/".join(each.editions)
        click.echo(f"{each.id:27} {each.method:6} {each.paths[0]:62} {editions:8} {each.basis}")


@main.command()
@click.argument("url", required=False)
@option(
    "--host",
    multiple=True,
    default=_DEFAULTS.hosts,
    metavar="ADDRESS",
    callback=some_host,
    help="The address that the server listens on; the first, if there are more.",
)
@option(
    "--port",
    default=_DEFAULTS.port,
    type=click.IntRange(0, 65535),
    metavar="NUMBER",
    help="The port that the server listens on.",
)
@_TOKEN
@option(
    "--timeout",
    default=2.0,
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="How long to wait for the answer.",
)
def health(
    url: str | None, host: Sequence[str], port: int, control_token: str | None, timeout: float
) -> None:
    """Ask the server at URL how it is; exit with 0 where it is well, else with 1.

    Without URL it is the server on this machine that listens where --host and --port say, or
    their variables: in a container, the one that runs there.
    """
    from cs_simulator.client import Server, SimulatorError
    from cs_simulator.http.addresses import url_of

    if url is None and port == 0:
        text = f"port 0 says nothing of where the server is; give its URL, or {PREFIX}_PORT"
        click.echo(text, err=True)
        sys.exit(1)
    try:
        server = Server(url or url_of(host[0], port), control_token, timeout)
        found = server.health()
    except SimulatorError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    told = f"version {found['version']}, scenario {found['scenario']}"
    click.echo(f"{server.url} is {found['status']}: {told}")


@main.command()
@click.option(
    "--url",
    default="http://localhost:8080",
    show_default=True,
    help="Where the server is that the document describes.",
)
def openapi(url: str) -> None:
    """Print the OpenAPI document of both editions.

    It describes a server whose scenario sets nothing up; a running one describes itself at
    /_control/openapi.json.
    """
    import json

    from cs_simulator.openapi.document import openapi as document_of
    from cs_simulator.openapi.terms import Terms

    click.echo(json.dumps(document_of(Terms(url.rstrip("/"))), indent=2))
