"""Fixtures: a simulated world for each test."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest

from tests.support import Document, Simulation
from tests.support.chance import LONG

Simulate = Callable[..., Simulation]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option for what takes long."""
    parser.addoption("--long", action="store_true", help="run the tests that take long, too")


def pytest_configure(config: pytest.Config) -> None:
    """Have properties tried with more examples, where what takes long is asked for."""
    gc.disable()  # while tests are collected, hardly anything is garbage
    if config.getoption("--long"):
        os.environ[LONG] = "1"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes long, unless it is asked for; then properties belong to it."""
    if config.getoption("--long"):
        for item in items:
            if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
                item.add_marker("long")
        return
    long = [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        left_out = set(long)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Let workers that have run out of tests take some of the others': they are of many lengths."""
    if getattr(config.option, "dist", None) == "no":
        config.option.dist = "worksteal"
    _let_bytecode_be_kept()


def _let_bytecode_be_kept() -> None:
    """Compile each module once, and not in each of the hundreds of processes that tests start."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Start one worker more than there are cores: tests wait, for processes and for clocks."""
    workers = yield
    return workers if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else workers + 1


def pytest_collection_finish() -> None:
    """Spare the garbage collector what collecting has made: thousands of tests that stay.

    Afterwards it looks for garbage a tenth as often as usual.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(7_000)
    gc.enable()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let processes that the test starts end by SIGINT: a shell's background jobs ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(params=["integer", "conversation"])
def service_ids(request: pytest.FixtureRequest) -> str:
    """The form of service ids: each test of the contract with services holds for both."""
    form: str = request.param
    return form


@pytest.fixture
def simulate(service_ids: str) -> Iterator[Simulate]:
    """Make worlds from scenario documents.

    Afterwards none of them may have a request that is still open, or a defect that the test did
    not expect.
    """
    made: list[tuple[Simulation, bool]] = []

    def make(
        document: Document | None = None, *, may_fail: bool = False, **more: Any
    ) -> Simulation:
        document = dict(document or {})
        document["fidelity"] = {"service_ids": service_ids, **document.get("fidelity", {})}
        simulation = Simulation(document, **more)
        made.append((simulation, may_fail))
        return simulation

    yield make
    for simulation, may_fail in made:
        for state, status in simulation.statuses():
            assert state == "done"
            assert may_fail or status != 500


@pytest.fixture
def cs(simulate: Simulate) -> Simulation:
    """An empty world."""
    return simulate()


@pytest.fixture
def unknown_id(service_ids: str) -> str:
    """A service id of the right form that no service has."""
    return "77" if service_ids == "integer" else "383-f9a62aec-e6f2-45cb-aa01-0d9404f905bd"
