"""The members of services, states and tasks: their kinds, and the names that are reserved.

Source: Start Event List, End Event List, State Transition Event.
"""

from __future__ import annotations

from types import MappingProxyType

from cs_simulator.documents.values import Boolean, Converter, Integer, LongOrText, Moment, Text

_LONG_OR_TEXT = LongOrText()
_TEXT = Text()
_KEY = Text(empty=False)
_DB_ID = Integer(64)
_ENTITY_ID = Integer(32)
_MOMENT = Moment()
_SPAN = Integer(64, minimum=1)

CONVERTERS: MappingProxyType[str, Converter] = MappingProxyType(
    {
        "customer_id": _KEY,
        "contact_key": _KEY,
        "service_type": _LONG_OR_TEXT,
        "state_id": _ENTITY_ID,
        "state_type": _LONG_OR_TEXT,
        "previous_state_id": _ENTITY_ID,
        "task_type": _LONG_OR_TEXT,
        "session_id": _TEXT,
        "interaction_id": _TEXT,
        "application_type": _LONG_OR_TEXT,
        "application_id": _DB_ID,
        "resource_type": _LONG_OR_TEXT,
        "resource_id": _DB_ID,
        "media_type": _LONG_OR_TEXT,
        "est_duration": Integer(32, minimum=0),
        "disposition": _LONG_OR_TEXT,
        "disposition_desc": _TEXT,
        "timestamp": _MOMENT,
        "ttl": _SPAN,
        "expiration_time": _MOMENT,
        "auto_complete_after": _SPAN,
        "associate_state_task": Boolean(),
    }
)
"""What each member takes, by its name; a member takes the same wherever it stands."""

EVENT_MEMBERS = (
    "session_id",
    "interaction_id",
    "application_type",
    "application_id",
    "resource_type",
    "resource_id",
    "media_type",
)
"""The members of a start or end event that stay inside ``started`` and ``completed``."""

RESERVED = frozenset(
    """service_id state_id task_id customer_id contact_key service_type state_type task_type
    previous_state_id session_id interaction_id application_type application_id resource_type
    resource_id media_type est_duration timestamp disposition disposition_desc ttl expiration_time
    auto_complete_after started completed duration active_states completed_states active_tasks
    completed_tasks""".split()
)
"""Names that are never attached data, in any body."""

LIMITS: MappingProxyType[str, int] = MappingProxyType(
    {"session_id": 32, "interaction_id": 50, "disposition_desc": 64}
)
"""The documented lengths of texts, in characters (End Event List)."""
