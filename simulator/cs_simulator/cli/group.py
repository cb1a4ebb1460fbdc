"""A group whose commands are imported when they are called, and whose errors are one line."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from cs_simulator.cli.commands import COMMANDS
from cs_simulator.cli.exits import WRONG_INPUT

# Click before 8.2 raises nothing where help is all that was asked for.
_ONLY_HELP: tuple[type[Exception], ...] = (
    (click.exceptions.NoArgsIsHelpError,) if hasattr(click.exceptions, "NoArgsIsHelpError") else ()
)


class CommandError(click.ClickException):
    """A wrong command line or variable, told in one line."""

    exit_code = WRONG_INPUT

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the line."""
        click.echo(self.message, file=file, err=file is None)


class CommandGroup(click.Group):
    """The commands of the table, listed below their headings.

    An error is told in one line, with where to look up what is right.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of the table."""
        return [row.name for row in COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        for row in COMMANDS:
            if row.name == cmd_name:
                module = importlib.import_module(f"cs_simulator.cli.{row.module}")
                command: click.Command = getattr(module, row.function)
                return command
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands below their headings."""
        longest = max(len(row.name) for row in COMMANDS)
        width = formatter.width - 6 - longest
        for heading in dict.fromkeys(row.heading for row in COMMANDS):
            names = [row.name for row in COMMANDS if row.heading == heading]
            commands = [(name, self.get_command(ctx, name)) for name in names]
            rows = [
                (name.ljust(longest), command.get_short_help_str(width))
                for name, command in commands
                if command is not None
            ]
            with formatter.section(heading):
                formatter.write_dl(rows)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the options before the command."""
        with _in_one_line():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Read the command and its options, and carry it out."""
        with _in_one_line():
            return super().invoke(ctx)


@contextmanager
def _in_one_line() -> Iterator[None]:
    try:
        yield
    except click.UsageError as error:
        if isinstance(error, _ONLY_HELP):
            raise
        path = "cs-simulator" if error.ctx is None else error.ctx.command_path
        text = error.format_message().rstrip(".")
        raise CommandError(f"{text}; see {path} --help") from None
