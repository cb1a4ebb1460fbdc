"""A client of the control API, for tests and scripts in Python.

It needs the standard library only, and imports nothing of the server::

    from cs_simulator.client import Server

    world = Server("http://localhost:8080").world("test-42")
    world.load_scenario("outage")
    world.add_fault(on="end_service", times=1, response={"status": 503})
    ...
    world.verify(on="start_service", count=1)
"""

from cs_simulator.client.errors import (
    ApiVersionError,
    ControlError,
    NotASimulatorError,
    NotVerifiedError,
    ProblemDetail,
    ScenarioFileError,
    SimulatorError,
    UnreachableError,
    UrlError,
)
from cs_simulator.client.server import Server
from cs_simulator.client.transport import API
from cs_simulator.client.world import World

__all__ = [
    "API",
    "ApiVersionError",
    "ControlError",
    "NotASimulatorError",
    "NotVerifiedError",
    "ProblemDetail",
    "ScenarioFileError",
    "Server",
    "SimulatorError",
    "UnreachableError",
    "UrlError",
    "World",
]
