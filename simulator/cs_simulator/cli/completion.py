"""``completion``: what a shell needs to complete commands, options and names."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from cs_simulator.cli.options import PREFIX


@click.command()
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that completes commands on Tab in SHELL.

    bash and zsh read it at their start: eval "$(cs-simulator completion bash)" in ~/.bashrc. fish
    reads it from ~/.config/fish/completions/cs-simulator.fish.
    """
    found = get_completion_class(shell)
    if found is not None:  # in fact it is one: the choice above holds click's own names
        variable = f"_{PREFIX}_COMPLETE"
        click.echo(found(ctx.find_root().command, {}, "cs-simulator", variable).source())
