"""Where options take their values from."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from cs_simulator.cli.options import LONGEST_WAIT, option
from cs_simulator.client import transport


@click.command()
@option("--port", default=8080, type=click.IntRange(0, 65535))
def show(port: int) -> None:
    """Print the port."""
    click.echo(port)


@pytest.mark.parametrize(
    ("value", "port"),
    [
        ("9", "9"),
        ("tcp://10.0.0.7:9", "8080"),
        ("udp://10.0.0.7:9", "8080"),
        ("sctp://10.0.0.7:9", "8080"),
    ],
)
def test_port_is_not_the_address_that_a_platform_injects(value: str, port: str) -> None:
    done = CliRunner().invoke(show, env={"CS_SIMULATOR_PORT": value})
    assert (done.exit_code, done.output) == (0, f"{port}\n")


def test_port_of_the_command_line_is_never_an_address() -> None:
    done = CliRunner().invoke(show, ["--port", "tcp://10.0.0.7:9"])
    assert done.exit_code == 2
    assert "'tcp://10.0.0.7:9' is not a valid integer range" in done.output


def test_longest_wait_of_a_command_is_that_of_the_client() -> None:
    assert LONGEST_WAIT == transport.LONGEST_WAIT
