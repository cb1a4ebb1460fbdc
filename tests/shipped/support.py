"""Shipped scenarios, played in a world of their own."""

from __future__ import annotations

from tests.support import ApiResponse, Simulation

RETRY = "Retry-After"


def played(name: str) -> Simulation:
    """Return a world that begins as a shipped scenario says, its own clock included."""
    return Simulation({"extends": name, "clock": None})


def stopped(name: str) -> Simulation:
    """Return the same with the clock stopped, so that time only passes when a test says so."""
    simulation = played(name)
    simulation.advance("0s")
    return simulation


def start(simulation: Simulation) -> ApiResponse:
    """Start a service for an unknown caller."""
    return simulation.post("services/start", {"contact_key": "K"})


def reset(simulation: Simulation) -> None:
    """Put a world back to its beginning."""
    answer = simulation.request("POST", "/_control/reset", base="")
    assert answer.status == 200
