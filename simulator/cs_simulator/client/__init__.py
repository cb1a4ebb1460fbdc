"""A client of the control API, for tests and scripts in Python.

It needs the standard library only, and imports nothing of the server::

    from cs_simulator.client import Server

    world = Server("http://localhost:8080").world("test-42")
    world.load("outage")
    world.fault(on="end_service", times=1, reply={"status": 503})
    ...
    world.verify(on="start_service", count=1)
"""

from cs_simulator.client.errors import (
    ControlError,
    Mistake,
    NotASimulatorError,
    NotVerifiedError,
    ScenarioFileError,
    SimulatorError,
    UnreachableError,
    UrlError,
    WrongApiError,
)
from cs_simulator.client.server import Server
from cs_simulator.client.transport import API
from cs_simulator.client.world import World

__all__ = [
    "API",
    "ControlError",
    "Mistake",
    "NotASimulatorError",
    "NotVerifiedError",
    "ScenarioFileError",
    "Server",
    "SimulatorError",
    "UnreachableError",
    "UrlError",
    "World",
    "WrongApiError",
]
