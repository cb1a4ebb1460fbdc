"""The interactions of a scenario: the communication with its customers."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from cs_simulator.clock import Instant, format_instant
from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.shape import (
    NAME,
    TEXT,
    Anything,
    Checker,
    ListOf,
    MapOf,
    Record,
    Scalar,
    Shape,
)
from cs_simulator.documents.values import Integer
from cs_simulator.domain.interactions import Interaction, InteractionPart, Interactions
from cs_simulator.scenario.calendar import WHEN, When
from cs_simulator.scenario.profiles import no_customer

_INTEGER = Scalar(Integer(64))

ENTITY_TYPES: Mapping[str, int] = MappingProxyType(
    {"email": 0, "chat": 2, "voice": 3, "callback": 5}
)
"""The documented entity types by media type; any other is open media, 7."""
_OPEN_MEDIA = 7
_STOPPED = 3


def _base64(value: object) -> bytes:
    try:
        if isinstance(value, str):
            return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        pass
    raise UnfitError("base64")


_ADDRESS = Record({"address": NAME, "personal": TEXT}, needed=("address",))

_MEMBERS: Mapping[str, Shape] = MappingProxyType(
    {
        "customer_id": NAME,
        "interaction_id": NAME,
        "status": Scalar(Integer(32, minimum=0)),
        "entity_type": Scalar(Integer(32, minimum=0)),
        "type": NAME,
        "sub_type": TEXT,
        "media_type": NAME,
        "parent_id": TEXT,
        "thread_id": TEXT,
        "external_id": TEXT,
        "owner_id": _INTEGER,
        "creator_app_id": _INTEGER,
        "start_date": WHEN,
        "end_date": WHEN,
        "timeshift": Scalar(Integer(32)),
        # Chat
        "established_date": WHEN,
        "released_date": WHEN,
        # Phone call
        "duration": Scalar(Integer(32, minimum=0)),
        "outcome": TEXT,
        "phone_number": TEXT,
        "tconnection_id": TEXT,
        # E-mail
        "from": _ADDRESS,
        "reply_to": _ADDRESS,
        "to": ListOf(_ADDRESS),
        "cc": ListOf(_ADDRESS),
        "sent_date": WHEN,
        # Callback
        "callback_status": Scalar(Integer(32, minimum=0)),
        "desired_response_type": TEXT,
        "start_time": WHEN,
        "end_time": WHEN,
        "customer_number": TEXT,
        "attempts": Scalar(Integer(32, minimum=0)),
        "dn": TEXT,
        "location": TEXT,
        "callback_server_id": _INTEGER,
        "call_result": Scalar(Integer(32, minimum=0)),
        "callback_type": Scalar(Integer(32, minimum=0)),
        "udata": MapOf(Anything()),
    }
)
"""The documented members, in the order in which they are shown."""

INTERACTION = Record(
    {
        **_MEMBERS,
        "text": TEXT,
        "structured_text": TEXT,
        "binary_content": Record(
            {
                "media_type": NAME,
                "base64": Scalar(_base64, {"type": "string", "contentEncoding": "base64"}),
            },
            needed=("base64",),
        ),
    },
    needed=("customer_id", "interaction_id", "media_type"),
)


def check_interactions(
    given: Sequence[Mapping[str, Any]], customers: Collection[str] | None, checker: Checker
) -> None:
    """Add problems for duplicate ids of interactions, and for unknown customers.

    Without ``customers``, an interaction may belong to anyone.
    """
    seen: set[str] = set()
    for position, interaction in enumerate(given):
        at = f"interactions[{position}]"
        if interaction["interaction_id"] in seen:
            checker.problem(at, f"duplicate interaction_id {interaction['interaction_id']}")
        seen.add(interaction["interaction_id"])
        customer_id = interaction["customer_id"]
        if customers is not None and customer_id not in customers:
            no_customer(f"{at}.customer_id", customer_id, customers, checker)


def interactions_of(given: Sequence[Mapping[str, Any]]) -> Callable[[Instant], Interactions]:
    """Return a function that creates the interactions of a world that begins at an instant."""

    def at(now: Instant) -> Interactions:
        return Interactions(_interaction(interaction, now) for interaction in given)

    return at


def depend_on_now(given: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether interactions depend on when a world begins."""
    return any(
        "start_date" not in interaction
        or any(isinstance(value, When) and value.relative for value in interaction.values())
        for interaction in given
    )


def _interaction(given: Mapping[str, Any], now: Instant) -> Interaction:
    media_type = given["media_type"]
    defaults = {
        "status": _STOPPED,
        "entity_type": ENTITY_TYPES.get(media_type, _OPEN_MEDIA),
        "type": "Inbound",
        "creator_app_id": 0,
        "start_date": When(relative=True),
    }
    members = {}
    for name in _MEMBERS:
        value = given.get(name, defaults.get(name))
        if isinstance(value, When):
            value = format_instant(value.at(now))
        if value is not None:
            members[name] = value
    return Interaction(
        given["interaction_id"], given["customer_id"], MappingProxyType(members), _contents(given)
    )


def _contents(given: Mapping[str, Any]) -> Mapping[str, InteractionPart]:
    contents = {}
    if "text" in given:
        contents["plain_text"] = InteractionPart(
            "text/plain; charset=utf-8", given["text"].encode("utf-8", "replace")
        )
    if "structured_text" in given:
        data = given["structured_text"].encode("utf-8", "replace")
        contents["structured_text"] = InteractionPart("text/html; charset=utf-8", data)
    if "binary_content" in given:
        binary = given["binary_content"]
        media_type = binary.get("media_type", "application/octet-stream")
        contents["binary_content"] = InteractionPart(media_type, binary["base64"])
    return MappingProxyType(contents)
