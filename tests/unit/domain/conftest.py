"""Property tests of the domain run alike everywhere."""

from __future__ import annotations

from tests.unit.domain.properties import run_alike_everywhere

run_alike_everywhere()
