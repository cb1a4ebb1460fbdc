"""``serve``: run the simulator."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

import click
from click.core import ParameterSource

from cs_simulator import __version__
from cs_simulator.app import create_app
from cs_simulator.cli.group import ADDRESS_TAKEN, WRONG_INPUT, usage_line
from cs_simulator.cli.loading import loader_of
from cs_simulator.cli.options import (
    DEFAULTS,
    FOLDER,
    PREFIX,
    TOKEN,
    Proxies,
    ScenarioName,
    Seconds,
    Size,
    SwitchType,
    WatchMode,
    WholeNumber,
    host_option,
    option,
    port_option,
    warnings,
    with_input,
    writable_file,
)
from cs_simulator.config import LogForm, Settings
from cs_simulator.documents.problems import DocumentError
from cs_simulator.domain.setup import BASE_PATHS
from cs_simulator.http.addresses import AddressError
from cs_simulator.http.server import HttpServer, ReadyFileError, forget_ready_file
from cs_simulator.lines import one_line
from cs_simulator.log import Log, Output, open_log
from cs_simulator.worlds import Worlds

_ALONE: Mapping[str, str] = MappingProxyType(
    {"--watch": "--watch=reload", "--trust-forwarded": "--trust-forwarded=all"}
)
"""Options whose value may be omitted, and what they mean then."""

_VALUES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "--watch": frozenset({"off", "reload", "reset"}),
        "--trust-forwarded": frozenset({"all", "off"}),
    }
)
"""The values they take after ``=``; a word that follows one is more likely meant as its value than
as a scenario.
"""

_ADDRESSES = re.compile(r"[0-9A-Fa-f.:/,]*[0-9][0-9A-Fa-f.:/,]*")


log = logging.getLogger("cs_simulator")


class _ServeCommand(click.Command):
    """A command with options whose value may be omitted; they never take the following word.

    The exception is an address, which cannot be a scenario, so it belongs to the option before it.
    A word that the option takes after ``=`` is rejected: nobody means a scenario by it.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the words."""
        words: list[str] = []
        for before, word in zip(["", *args], args, strict=False):
            if word in _VALUES.get(before, ()):
                raise click.UsageError(
                    f"{before} takes its value after =; write {before}={word}, or "
                    f"--scenario {word} for a scenario of that name",
                    ctx,
                )
            if words and words[-1] == _ALONE["--trust-forwarded"] and _ADDRESSES.fullmatch(word):
                words[-1] = f"--trust-forwarded={word}"
            else:
                words.append(_ALONE.get(word, word))
        return super().parse_args(ctx, words)

    def make_context(
        self, info_name: str | None, args: list[str], *rest: Any, **kwargs: Any
    ) -> click.Context:
        """Parse the words; if the log is to be JSON, errors in them are JSON too."""
        words = list(args)
        try:
            return super().make_context(info_name, args, *rest, **kwargs)
        except click.UsageError as error:
            if not _asks_for_json(words):
                raise

            lines = open_log("json", "error", None)
            _give_up("json", lines, WRONG_INPUT, usage_line(error))


def _asks_for_json(words: Sequence[str]) -> bool:
    """Tell whether a command line, which may be invalid, or its environment asks for JSON."""
    form = os.environ.get(f"{PREFIX}_LOG_FORMAT", "")
    for before, word in zip(["", *words], words, strict=False):
        name, equals, value = word.partition("=")
        if before == "--log-format":
            form = word
        elif equals and name == "--log-format":
            form = value
    return form == "json"


@click.command(cls=_ServeCommand)
@click.argument("files", type=ScenarioName(), metavar="[FILES]...", nargs=-1)
@option(
    "--scenario",
    multiple=True,
    default=(DEFAULTS.scenario,),
    type=ScenarioName(),
    help="Scenario to start with: a name from `cs-simulator scenarios`, or a file. "
    "Repeat it, or separate several by commas: each is merged over those before it.",
)
@FOLDER
@host_option(
    "Address to listen on; repeatable. 0.0.0.0 is every IPv4 address, :: every IPv6 address.",
)
@port_option(
    "Port to listen on; 0 picks a free one.",
)
@option(
    "--ready-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    callback=writable_file,
    help="Write url, port and pid to this file as JSON once the server is ready.",
)
@option(
    "--fidelity",
    multiple=True,
    type=SwitchType(),
    help="Set a fidelity switch: behaviour that the vendor's documents leave open. Repeatable; "
    "see docs/fidelity.md.",
)
@option(
    "--max-body",
    default="1MiB",
    type=Size(),
    help="Largest request body of the API; larger ones get 413.",
)
@option(
    "--max-control-body",
    default="64MiB",
    type=Size(),
    help="Largest request body of the control API, for example a scenario; larger ones get 413.",
)
@option(
    "--max-waiting",
    default=DEFAULTS.max_waiting,
    type=WholeNumber(1, 10_000),
    metavar="NUMBER",
    help="How many responses may wait at once (delays, verify with within). One world may use a "
    "quarter of them.",
)
@option(
    "--export-dir",
    type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path),
    metavar="FOLDER",
    help="Also write exported files to this folder.",
)
@option(
    "--import-dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Folder from which imports may read files by name. Without it, files must be uploaded.",
)
@TOKEN
@option(
    "--allow-host",
    multiple=True,
    metavar="NAME",
    help="Host name under which browsers may reach /_control, in addition to IP addresses and "
    "localhost; repeatable.",
)
@option(
    "--mask",
    multiple=True,
    metavar="NAME",
    help="Name of a header, parameter, member or form field that reports and HAR mask, in addition "
    "to passwords, tokens and the like; repeatable.",
)
@option(
    "--trust-forwarded",
    default="off",
    type=Proxies(),
    help="Trust X-Forwarded-Prefix, -Proto and -Host, or Forwarded, from every proxy, or only from "
    "these addresses.",
)
@option(
    "--max-worlds",
    default=DEFAULTS.max_worlds,
    type=WholeNumber(1, 100_000),
    metavar="NUMBER",
    help="Largest number of worlds.",
)
@option(
    "--world-idle-timeout",
    default=DEFAULTS.world_idle_timeout,
    type=Seconds(0),
    metavar="SECONDS",
    help="Seconds without requests after which a world may be dropped to make room.",
)
@option(
    "--watch",
    default=DEFAULTS.watch,
    type=WatchMode(),
    help="Reload scenario files when they change. Worlds use them from their next reset; with "
    "--watch=reset they are reset at once.",
)
@option(
    "--log-format",
    default=DEFAULTS.log_format,
    type=click.Choice(("text", "json")),
    help="Format of the log on standard error.",
)
@option(
    "--log-level",
    default=DEFAULTS.log_level,
    type=click.Choice(("debug", "info", "warning", "error")),
    help="Log level: info logs every API request, debug control requests as well.",
)
@option(
    "--stop-on-stdin-eof",
    is_flag=True,
    callback=with_input,
    help="Stop at the end of standard input, for example when the parent process dies.",
)
@click.pass_context
def serve(ctx: click.Context, /, files: tuple[str, ...], **options: Any) -> None:
    """Run the simulator until Ctrl-C or SIGTERM.

    FILES are the scenarios to start with, as with --scenario. Each option can also be set by the
    environment variable shown next to it. The first line of output is the URL of edition 8.5.
    """
    is_typed = ctx.get_parameter_source("scenario") is ParameterSource.COMMANDLINE
    names = (*files, *options["scenario"]) if is_typed or not files else files
    options["scenario"] = ",".join(names)
    options["hosts"] = options.pop("host")
    options["allow_hosts"] = options.pop("allow_host")
    options["fidelity"] = dict(options["fidelity"])
    known = {str(param.name): str(param.envvar) for param in ctx.command.params if param.envvar}
    used = {
        name: variable
        for name, variable in known.items()
        if ctx.get_parameter_source(name) is ParameterSource.ENVIRONMENT
    }
    if files:
        used.pop("scenario", None)
    run(Settings(**options), warnings(os.environ, known.values()), used)


def run(settings: Settings, notices: Sequence[str], variables: Mapping[str, str]) -> None:
    """Serve with some settings, after printing warnings; exit with 2 or 3 if that is impossible.

    ``variables`` are those that set an option, by its name: errors name them.
    """
    lines = open_log(settings.log_format, settings.log_level, settings.control_token)
    for notice in notices:
        log.warning("%s", notice)
    if settings.ready_file is not None:
        try:
            forget_ready_file(settings.ready_file)
        except ReadyFileError as error:
            _give_up(settings.log_format, lines, WRONG_INPUT, str(error))
    loader = loader_of(settings.scenario_dir, settings.fidelity)
    watcher = None
    if settings.watch != "off":
        from cs_simulator.watch import Watcher

        watcher = Watcher(loader.catalogue, settings.scenario, resets=settings.watch == "reset")
    try:
        scenario = loader.load(settings.scenario)
    except DocumentError as error:
        what = variables.get("scenario", "scenario")
        shown_lines = (re.sub(r"^scenario(?=: )", what, line) for line in error.lines())
        _give_up(settings.log_format, lines, WRONG_INPUT, "\n".join(map(one_line, shown_lines)))
    worlds = Worlds(
        scenario,
        settings.export_dir,
        settings.max_waiting,
        loader,
        max_worlds=settings.max_worlds,
        idle=settings.world_idle_timeout,
    )
    app = create_app(worlds, settings)
    try:
        server = HttpServer(app, settings, lines)
    except AddressError as error:
        by = " and ".join(variables[name] for name in ("host", "port") if name in variables)
        _give_up(settings.log_format, lines, ADDRESS_TAKEN, f"{error} ({by})" if by else str(error))
    url = f"{server.url}{scenario.base_paths.get('8.5', BASE_PATHS['8.5'])}"
    begun = f"Context Services simulator {__version__}, scenario {scenario.name}: {url}"
    if settings.log_format == "json":
        lines.event(logging.INFO, begun, url=url, scenario=scenario.name, version=__version__)
    elif sys.stdout is not None:
        Output(1).write([begun])
    if watcher is not None:
        watcher.start(worlds)
    try:
        server.run()
    except ReadyFileError as error:
        _give_up(settings.log_format, lines, WRONG_INPUT, str(error))
    _end()


def _end() -> NoReturn:
    """Exit immediately.

    At exit the interpreter frees all objects one by one. With large worlds that takes longer than a
    stop may take, and none of it is needed.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # closed, broken, or never there
            stream.flush()
    os._exit(0)


def _give_up(form: LogForm, lines: Log, code: int, text: str) -> NoReturn:
    """Print why the server cannot start, and exit."""
    if form == "json":
        lines.event(logging.ERROR, text)
    else:
        click.echo(text, err=True)
    sys.exit(code)
