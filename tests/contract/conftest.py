"""Every test of the contract says where its expectation comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Simulate
from tests.contract.customers import Api

BASES = ("documented", "relied_on", "assumed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    silent = [
        item.nodeid
        for item in items
        if item.path.is_relative_to(here)
        and not any(item.get_closest_marker(basis) for basis in BASES)
    ]
    if silent:
        raise pytest.UsageError(
            f"no test of the contract without {', '.join(BASES)}: {', '.join(silent[:5])}"
        )


@pytest.fixture(params=["8.5", "8.1"])
def api(request: pytest.FixtureRequest, simulate: Simulate) -> Api:
    """A client of customers in each edition, over an empty world."""
    return Api(simulate(), request.param)
