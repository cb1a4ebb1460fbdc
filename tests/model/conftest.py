"""How long the machines run: a moment in the suite, or as long as `long` lets them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

pytest.register_assert_rewrite("tests.model.wire", "tests.model.services_machine")
pytest.register_assert_rewrite("tests.model.worlds_machine")

settings.register_profile(
    "model",
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=20,
    stateful_step_count=35,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile(
    "long",
    settings.get_profile("model"),
    derandomize=False,
    max_examples=1500,
    stateful_step_count=60,
    print_blob=True,
)


@pytest.fixture
def walk(request: pytest.FixtureRequest) -> settings:
    """The settings of a machine: those of `--hypothesis-profile=long`, or the suite's own."""
    chosen = request.config.getoption("--hypothesis-profile")
    return settings.get_profile("long" if chosen == "long" else "model")
