"""Test failures with the simulator's own message, without a traceback."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import pytest

from cs_simulator.client import SimulatorError

T = TypeVar("T")

if TYPE_CHECKING:

    class _Failed(Exception):  # noqa: N818
        def __init__(self, msg: str, *, pytrace: bool) -> None: ...

else:
    _Failed = pytest.fail.Exception


class ToldFailure(_Failed):
    """A failure whose text says everything; ``told`` is the underlying error, if any."""

    def __init__(self, reason: str, told: Exception | None = None) -> None:
        super().__init__(reason, pytrace=False)
        self.told = told


def or_fail(do: Callable[[], T]) -> T:
    """Call a function; if the simulator raises an error, fail with its message alone."""
    try:
        return do()
    except (SimulatorError, pytest.UsageError) as error:
        told = error
    raise ToldFailure(str(told), told)
