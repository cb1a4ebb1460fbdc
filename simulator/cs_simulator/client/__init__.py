"""A client of the control API, for tests and scripts in Python.

It needs only the standard library and imports nothing of the server::

    from cs_simulator.client import Server

    world = Server("http://localhost:8080").world("test-42")
    world.load_scenario("outage")
    world.add_fault(on="end_service", times=1, response={"status": 503})
    ...
    world.verify(on="start_service", count=1)
"""

from cs_simulator.client.async_world import AsyncServer as AsyncServer
from cs_simulator.client.async_world import AsyncWorld as AsyncWorld
from cs_simulator.client.errors import ApiVersionError as ApiVersionError
from cs_simulator.client.errors import ArgumentError as ArgumentError
from cs_simulator.client.errors import ControlError as ControlError
from cs_simulator.client.errors import LoopBlockedError as LoopBlockedError
from cs_simulator.client.errors import NotASimulatorError as NotASimulatorError
from cs_simulator.client.errors import NotPassedError as NotPassedError
from cs_simulator.client.errors import NotVerifiedError as NotVerifiedError
from cs_simulator.client.errors import ProblemDetail as ProblemDetail
from cs_simulator.client.errors import ScenarioFileError as ScenarioFileError
from cs_simulator.client.errors import SimulatorError as SimulatorError
from cs_simulator.client.errors import UnreachableError as UnreachableError
from cs_simulator.client.errors import UrlError as UrlError
from cs_simulator.client.responses import Change as Change
from cs_simulator.client.responses import Checked as Checked
from cs_simulator.client.responses import Cleared as Cleared
from cs_simulator.client.responses import Clock as Clock
from cs_simulator.client.responses import Counts as Counts
from cs_simulator.client.responses import Description as Description
from cs_simulator.client.responses import Difference as Difference
from cs_simulator.client.responses import Entry as Entry
from cs_simulator.client.responses import Explanation as Explanation
from cs_simulator.client.responses import Fault as Fault
from cs_simulator.client.responses import Health as Health
from cs_simulator.client.responses import JudgedVirtue as JudgedVirtue
from cs_simulator.client.responses import JudgeResponse as JudgeResponse
from cs_simulator.client.responses import Mode as Mode
from cs_simulator.client.responses import NamedRule as NamedRule
from cs_simulator.client.responses import NamedScenario as NamedScenario
from cs_simulator.client.responses import NearMiss as NearMiss
from cs_simulator.client.responses import Operation as Operation
from cs_simulator.client.responses import Reloaded as Reloaded
from cs_simulator.client.responses import Request as Request
from cs_simulator.client.responses import RequestsPage as RequestsPage
from cs_simulator.client.responses import Response as Response
from cs_simulator.client.responses import Rewound as Rewound
from cs_simulator.client.responses import Scenario as Scenario
from cs_simulator.client.responses import Shown as Shown
from cs_simulator.client.responses import Stage as Stage
from cs_simulator.client.responses import Verification as Verification
from cs_simulator.client.rules import Connection as Connection
from cs_simulator.client.rules import Count as Count
from cs_simulator.client.rules import Criterion as Criterion
from cs_simulator.client.rules import Dribble as Dribble
from cs_simulator.client.rules import Effect as Effect
from cs_simulator.client.rules import FaultRule as FaultRule
from cs_simulator.client.rules import Filters as Filters
from cs_simulator.client.rules import JudgeQuestion as JudgeQuestion
from cs_simulator.client.rules import LogNormalDelay as LogNormalDelay
from cs_simulator.client.rules import On as On
from cs_simulator.client.rules import OperationId as OperationId
from cs_simulator.client.rules import Operator as Operator
from cs_simulator.client.rules import Pattern as Pattern
from cs_simulator.client.rules import Question as Question
from cs_simulator.client.rules import Rate as Rate
from cs_simulator.client.rules import ResponseCriteria as ResponseCriteria
from cs_simulator.client.rules import ScriptedResponse as ScriptedResponse
from cs_simulator.client.rules import Span as Span
from cs_simulator.client.rules import Step as Step
from cs_simulator.client.rules import Target as Target
from cs_simulator.client.rules import Truncated as Truncated
from cs_simulator.client.rules import Truncation as Truncation
from cs_simulator.client.rules import UniformDelay as UniformDelay
from cs_simulator.client.rules import Value as Value
from cs_simulator.client.rules import Where as Where
from cs_simulator.client.server import Server as Server
from cs_simulator.client.transport import API as API
from cs_simulator.client.world import ScenarioLike as ScenarioLike
from cs_simulator.client.world import World as World
