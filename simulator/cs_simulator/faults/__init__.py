"""Faults: rules that say which requests go wrong, when, and how.

Rules are data, and judging them is a function of their counters and a request; only
:mod:`cs_simulator.faults.wire` touches sockets. The package is a door: without rules, only the test
for them is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cs_simulator.late import door

if TYPE_CHECKING:
    from cs_simulator.faults.criteria import UNREADABLE as UNREADABLE
    from cs_simulator.faults.criteria import Facts as Facts
    from cs_simulator.faults.engine import RuleBook as RuleBook
    from cs_simulator.faults.rules import Progress as Progress
    from cs_simulator.faults.stages import Stages as Stages
    from cs_simulator.faults.stages import progress_of as progress_of
    from cs_simulator.faults.stages import runtime_names as runtime_names
    from cs_simulator.faults.written import request_rule as request_rule
    from cs_simulator.faults.written import rules_of as rules_of
    from cs_simulator.faults.written import stages_of as stages_of

__getattr__ = door(
    __name__,
    {
        "Facts": "criteria",
        "Progress": "rules",
        "RuleBook": "engine",
        "Stages": "stages",
        "UNREADABLE": "criteria",
        "progress_of": "stages",
        "request_rule": "written",
        "rules_of": "written",
        "runtime_names": "stages",
        "stages_of": "written",
    },
)
