"""The control API: what tests and people ask of the simulator rather than of the product.

The package is a door: its endpoints are imported at the first control request, and what describes
them at the first request for a description.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cs_simulator.late import door

if TYPE_CHECKING:
    from cs_simulator.control.api import ENDPOINTS as ENDPOINTS
    from cs_simulator.control.api import HEALTH as HEALTH
    from cs_simulator.control.api import ControlApp as ControlApp
    from cs_simulator.control.document import control_document as control_document
    from cs_simulator.control.endpoint import Control as Control
    from cs_simulator.control.streams import Streams as Streams

__getattr__ = door(
    __name__,
    {
        "Control": "endpoint",
        "ControlApp": "api",
        "ENDPOINTS": "api",
        "HEALTH": "api",
        "Streams": "streams",
        "control_document": "document",
    },
)
