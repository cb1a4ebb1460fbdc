"""HAR 1.2: requests and responses in a form that every tool reads, written and read back.

The package is a door for the control API: a journal is rarely requested as HAR.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cs_simulator.late import door

if TYPE_CHECKING:
    from cs_simulator.har.journal import recorded as recorded
    from cs_simulator.har.writing import har_members as har_members

__getattr__ = door(__name__, {"har_members": "writing", "recorded": "journal"})
