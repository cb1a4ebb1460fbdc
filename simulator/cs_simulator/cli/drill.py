"""``drill``: run a client's command against every drill, and judge each run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click

from cs_simulator.cli import terminal
from cs_simulator.cli.group import NO, CommandError
from cs_simulator.cli.options import (
    FOLDER,
    PREFIX,
    TOKEN,
    ScenarioName,
    option,
    output_file,
    time_limit,
    write_output,
)
from cs_simulator.cli.running import command_error
from cs_simulator.client import Server, SimulatorError
from cs_simulator.clock import pause, stopwatch
from cs_simulator.judge.commands import NoCommandError, check_command
from cs_simulator.judge.drills import (
    Drilled,
    NoDrillError,
    drilled,
    junit,
    lines_of,
    prepared,
    summary,
)

_PREFIX = "drill-"
_PATIENCE = 30.0
_COMMAND = "cs_simulator.drill.command"


class _WithCommand(click.Command):
    """A command whose arguments after ``--`` belong to another command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Remove the other command, and parse the rest."""
        own = list(args)
        if "--" in own:
            place = own.index("--")
            ctx.meta[_COMMAND] = tuple(own[place + 1 :])
            own = own[:place]
        return super().parse_args(ctx, own)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Show in the usage line where the other command goes."""
        return [*super().collect_usage_pieces(ctx), "--", "COMMAND..."]


@click.command(cls=_WithCommand)
@click.argument("names", nargs=-1, type=ScenarioName(), metavar="[NAMES]...")
@FOLDER
@output_file(
    "--report",
    help="Write the result as JUnit XML.",
)
@time_limit(60.0, "Time limit for the command in each drill.")
@option("--url", metavar="URL", show_default="a server of its own", help="URL of the server.")
@TOKEN
@click.pass_context
def drill(
    ctx: click.Context,
    /,
    names: Sequence[str],
    report: Path | None,
    timeout: float,
    url: str | None,
    control_token: str | None,
    scenario_dir: Path | None,
) -> None:
    """Run COMMAND in each drill, and judge what it did; exit with 1 if it does not pass.

    NAMES are drills of the catalogue, such as lost-answer, or files; without any, all of them.
    COMMAND is run once a drill, with the base URL of a world of its own in CONTEXT_SERVICES_URL,
    that of edition 8.1 in CONTEXT_SERVICES_URL_81, and the drill's name in CS_SIMULATOR_DRILL.
    """
    command = ctx.meta.get(_COMMAND, ())
    try:
        check_command(command)
        with _server(url, control_token, scenario_dir) as server:
            found: list[Drilled] = []
            for result in _drills(server, names, command, timeout):
                found.append(result)
                for line in lines_of(result):
                    terminal.say(line)
    except (NoCommandError, NoDrillError) as error:
        raise CommandError(str(error)) from None
    except SimulatorError as error:
        raise command_error(error) from None
    terminal.say(summary(found))
    if report is not None:
        write_output(report, junit(found))
    if any(result.verdict != "passed" for result in found):
        sys.exit(NO)


def _drills(
    server: Server, names: Sequence[str], command: Sequence[str], timeout: float
) -> Iterator[Drilled]:
    """Run the drills one after another; errors in any are reported before the first runs."""
    there = server.scenarios()
    wanted = [_meant(name, there) for name in names]
    wanted = wanted or [name for name in there if name.startswith(_PREFIX)]
    with ExitStack() as worlds:
        prepare = [
            (name, worlds.enter_context(prepared(server, name, number)))
            for number, name in enumerate(wanted, 1)
        ]
        for name, world in prepare:
            yield drilled(world, Path(name).stem, command, timeout)


def _meant(name: str, there: Sequence[str]) -> str:
    """Return the scenario that a name means: the prefix of a drill's name may be omitted."""
    return f"{_PREFIX}{name}" if f"{_PREFIX}{name}" in there else name


@contextmanager
def _server(url: str | None, token: str | None, folder: Path | None) -> Iterator[Server]:
    """Yield the server at a URL, or one that runs only for the drills."""
    if url is not None:
        yield Server(url, token)
        return
    with tempfile.TemporaryDirectory(prefix="cs-simulator-") as drafts:
        ready = Path(drafts, "ready.json")
        words = [sys.executable, "-P", "-m", "cs_simulator", "serve", "--port", "0"]
        words += ["--ready-file", str(ready), "--stop-on-stdin-eof", "--max-waiting", "400"]
        words += [] if folder is None else ["--scenario-dir", str(folder)]
        with subprocess.Popen(  # noqa: S603 - this very program
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={name: os.environ[name] for name in os.environ if not name.startswith(PREFIX)},
            start_new_session=True,
        ) as process:
            try:
                yield Server(str(_announced(process, ready)["url"]))
            finally:
                # The server stops at the end of its input, however this process ends.
                process.communicate()


def _announced(process: subprocess.Popen[bytes], ready: Path) -> Any:
    """Return the server's announcement, once it is ready."""
    begun = stopwatch()
    while not ready.exists():
        if process.poll() is not None:
            output = process.communicate()[1].decode("utf-8", "replace").strip()
            raise CommandError(f"the server of the drills did not start: {output}")
        if stopwatch() - begun > _PATIENCE:
            process.kill()
            raise CommandError(f"the server of the drills did not answer in {_PATIENCE:g} s")
        pause(0.01)
    return json.loads(ready.read_text(encoding="utf-8"))
