"""Examples: a body for each operation that takes one, and parameters of the path."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cs_simulator.api.editions import EditionName

_SERVICE: Mapping[str, Any] = MappingProxyType(
    {"contact_key": "+442079460100", "service_type": 100, "est_duration": 600}
)
_ADDRESS: Mapping[str, Any] = MappingProxyType(
    {
        "name": "Address",
        "type": "multi-valued",
        "attributes": (
            {"name": "label", "type": "string", "length": 20, "mandatory": True},
            {"name": "city", "type": "string"},
        ),
        "unique": ("label",),
    }
)

BODIES: Mapping[str, Any] = MappingProxyType(
    {
        "start_service": _SERVICE,
        "end_service": {"disposition": 10, "disposition_desc": "success"},
        "associate_service": {"media_type": 1},
        "update_service_expiration": {"ttl": 3600},
        "start_state": {"state_type": 8},
        "end_state": {"disposition": 10},
        "transition_state": {
            "from": {"state_id": 1001, "disposition": 10},
            "to": {"state_type": 9},
        },
        "start_task": {"task_type": "refund", "est_duration": 60},
        "end_task": {"disposition": 10},
        "composite_start": {
            "services": (
                {
                    "service": _SERVICE,
                    "state": {"state_type": 8},
                    "task": {"task_type": "refund"},
                    "associate_state_task": True,
                },
            )
        },
        "purge_services": {
            "limit": "2020-01-01T00:00:00.000Z",
            "operation": "purge.service.completed",
        },
        "create_profile": {"FirstName": "Maria", "LastName": "Santos"},
        "update_profile": {"FirstName": "Maria", "LastName": "Santos", "Title": "Dr"},
        "merge_profiles": {"keep_uniq_from_src": False},
        "create_profile_extension_schema": _ADDRESS,
        "create_service_extension_schema": {**_ADDRESS, "name": "coupon"},
        "create_state_extension_schema": {**_ADDRESS, "name": "note"},
        "create_task_extension_schema": {**_ADDRESS, "name": "order"},
        "create_identification_key": {"name": "idTitle", "attributes": ("LastName", "Title")},
        "set_server_mode": {"mode": "production"},
    }
)

_ATTACHED: Mapping[str, Any] = MappingProxyType(
    {
        "start_service": {"coupon": {"name": "DISCOUNTCODE15"}},
        "start_task": {"order": {"number": "A-20417", "amount": 39.9}},
        "update_service_extension": {"name": "DISCOUNTCODE15"},
        "merge_service_extension": {"valid": True},
        "update_state_extension": "on hold",
        "merge_state_extension": {"asked": 2},
        "update_task_extension": {"number": "A-20417"},
        "merge_task_extension": {"amount": 39.9},
    }
)
"""What edition 8.5 takes without any schema."""

PATH: Mapping[str, Any] = MappingProxyType(
    {
        "service_id": 4294967297,
        "state_id": 1001,
        "task_id": 500001,
        "customer_id": "0004Va58A92T0017",
        "src_id": "0004Va58A92T0018",
        "contact_key": "+442079460100",
        "interaction_id": "00001a57JGQ00BVS",
    }
)


def body_example(operation: str, edition: EditionName) -> Any:
    """Return an example of an operation's body, or None where a world decides what it takes."""
    body = BODIES.get(operation)
    attached = _ATTACHED.get(operation) if edition == "8.5" else None
    if body is None:
        return attached
    return {**body, **attached} if attached else body
