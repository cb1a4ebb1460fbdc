"""A group whose commands are imported when they are called, and whose errors take one line.

The exit codes are a row each; docs/command-line.md has the same table.
"""

from __future__ import annotations

import errno
import os
import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from cs_simulator.cli.commands import COMMANDS
from cs_simulator.cli.terminal import prepare
from cs_simulator.documents.problems import nearest
from cs_simulator.late import named
from cs_simulator.lines import one_line

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

DONE = 0
NO = 1
WRONG_INPUT = 2
ADDRESS_TAKEN = 3
NO_SIMULATOR = 4
WRONG_TOKEN = 5
NOT_FOUND = 6
INTERRUPTED = 130

MEANINGS: Mapping[int, str] = MappingProxyType(
    {
        DONE: "done; of `serve`: stopped by a signal",
        NO: "negative result: `verify` is not verified, `health` found no healthy server, "
        "a virtue of a `drill` is not passed, `compare` or `fit` found differences",
        WRONG_INPUT: "an option, environment variable, scenario, recording or document is not "
        "valid; nothing was changed",
        ADDRESS_TAKEN: "cannot listen on an address; usually the port is in use",
        NO_SIMULATOR: "no server at the URL, or one that is not a simulator of this API version",
        WRONG_TOKEN: "the control token is missing or wrong",
        NOT_FOUND: "the server has no such world, request, rule, scenario or stage",
        INTERRUPTED: "ended by Ctrl-C",
    }
)


# Click before 8.2 raises nothing if only help is requested.
_ONLY_HELP: tuple[type[Exception], ...] = (
    (click.exceptions.NoArgsIsHelpError,) if hasattr(click.exceptions, "NoArgsIsHelpError") else ()
)


_FULL = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
"""The errors of an output that takes no more."""


class CommandError(Exception):
    """A command that failed, with a message of one line; ``code`` is the exit code."""

    def __init__(self, message: str, code: int = WRONG_INPUT) -> None:
        super().__init__(message)
        self.code = code


class CommandGroup(click.Group):
    """The commands of the table, listed under their headings.

    Errors take one line and say where to look up the usage.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of the table."""
        return [row.name for row in COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        for row in COMMANDS:
            if row.name == cmd_name:
                command: click.Command = named(f"cli.{row.module}:{row.name}")
                return command
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands under their headings."""
        longest = max(len(row.name) for row in COMMANDS)
        width = formatter.width - 6 - longest
        for heading in dict.fromkeys(row.heading for row in COMMANDS):
            rows = [
                (row.name.ljust(longest), _short(row.says, width))
                for row in COMMANDS
                if row.heading == heading
            ]
            with formatter.section(heading):
                formatter.write_dl(rows)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the options and commands that match a prefix, without importing any command."""
        from click.shell_completion import CompletionItem

        found = [row for row in COMMANDS if row.name.startswith(incomplete)]
        commands = [CompletionItem(row.name, help=row.says) for row in found]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Parse the options before the command."""
        with _in_one_line():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Parse the command and its options, and run it."""
        prepare()
        try:
            with _in_one_line():
                done = super().invoke(ctx)
                if sys.stdout is not None:
                    sys.stdout.flush()
        except BrokenPipeError:
            _forget_output()
            sys.exit(DONE)  # the reader has seen what they wanted
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        return done

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or name the closest."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            near = nearest(name, self.list_commands(ctx))
            meant = f"did you mean {near}?" if near else "see cs-simulator --help"
            raise CommandError(f"no command named {name!r}; {meant}")
        return super().resolve_command(ctx, args)


class ShowingGroup(click.Group):
    """A group that without a command carries out its first one, which shows and changes nothing."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the name of the command, or put that of the first in its place."""
        is_bare = not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names)
        if not is_bare:
            return super().parse_args(ctx, args)
        first = next(iter(self.commands))
        _refuse_options_before(self.commands, _words(self.commands[first], args), args, ctx)
        return super().parse_args(ctx, [first, *args])


class NamingGroup(click.Group):
    """A group of which a command must be named, before all options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the name of the command."""
        if args and args[0].startswith("-") and args[0] not in ctx.help_option_names:
            _refuse_options_before(self.commands, args, args, ctx)
        return super().parse_args(ctx, args)


def _words(command: click.Command, args: list[str]) -> list[str]:
    """Return the arguments that are no options of a command, nor their values."""
    try:
        return command.make_parser(click.Context(command)).parse_args(list(args))[1]
    except click.UsageError:
        return args


def _refuse_options_before(
    commands: Mapping[str, click.Command], words: list[str], args: list[str], ctx: click.Context
) -> None:
    """Raise an error if a command is named after its options."""
    named_late = next((word for word in words if word in commands), None)
    if named_late is not None:
        rest = list(args)
        rest.remove(named_late)
        line = shlex.join([*ctx.command_path.split(), named_late, *rest])
        raise click.UsageError(f"options come after the command; write {line}", ctx)


def _short(says: str, width: int) -> str:
    """Shorten a sentence as Click does in a list of commands."""
    return click.Command(None, help=says).get_short_help_str(width)


def _forget_output() -> None:
    """Discard output that is still buffered, so that the process ends silently."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _in_one_line() -> Iterator[None]:
    try:
        yield
    except CommandError as error:
        _end(str(error), error.code)
    except click.UsageError as error:
        if isinstance(error, _ONLY_HELP):
            raise
        _end(usage_line(error), WRONG_INPUT)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        _forget_output()
        _end(f"cannot write the output: {error.strerror}", WRONG_INPUT)
    except ModuleNotFoundError as error:
        # Tools that freeze programs do not see late imports.
        if error.name is None or not error.name.startswith("cs_simulator."):
            raise
        fix = "freeze it with --collect-all cs_simulator, as PyInstaller has it"
        _end(f"this program was frozen without {error.name}; {fix}", WRONG_INPUT)


def usage_line(error: click.UsageError) -> str:
    """Return one line with the error in a command line and where to look up the usage."""
    path = "cs-simulator" if error.ctx is None else error.ctx.command_path
    return one_line(f"{error.format_message().rstrip('.')} (see {path} --help)")


def _end(line: str, code: int) -> NoReturn:
    click.echo(line, err=True)
    sys.exit(code)
