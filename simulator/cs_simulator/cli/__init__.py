"""The command line: one row a command in `commands`, one module a thought."""

from __future__ import annotations

import click

from cs_simulator import __version__
from cs_simulator.cli.group import CommandGroup


@click.group(
    cls=CommandGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="cs-simulator")
def main() -> None:
    """Simulate Genesys Context Services for integration tests.

    Begin with `cs-simulator serve --scenario demo`, and stop it with Ctrl-C.
    """
