"""For each switch, the one request that decides it; ``probe`` sends them all."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

DECIDERS: Mapping[str, str] = MappingProxyType(
    {
        "service_ids": "POST services/start, and see the service_id of its response",
        "location_segment": "POST services/start, and see the Location of its response",
        "not_found_status": "GET services/{service_id}/states/{an id that no state has}",
        "types_mandatory": "POST services/start without a service_type",
        "string_limits": (
            "POST services/{service_id}/tasks/start with a session_id of 33 characters, and its "
            "end with a disposition_desc of 65; then the same at the end of a state"
        ),
        "content_type": "POST services/start with Content-Type: text/plain",
        "end_twice": "POST services/{service_id}/tasks/{task_id}/end, twice",
        "start_on_completed": "POST services/{service_id}/states/start on a completed service",
        "end_service_cascades": (
            "POST services/{service_id}/end with an active state in it, and GET that state"
        ),
        "state_references": (
            "POST services/{service_id}/tasks/start with a state_id that no state has"
        ),
        "associate_status": "POST customers/{customer_id}/services/{service_id}",
        "merge_conflict": (
            "PUT services/{service_id}/extensions/{name}/merge with a key that is stored, and GET "
            "the service with extensions={name}"
        ),
        "composite_found": (
            "POST services_composite/start with another est_duration for an active service, and "
            "GET that service"
        ),
        "null_extension": (
            "POST services/start with null for attached data, and GET the service with extensions=*"
        ),
        "identify_no_match": "GET profiles?LastName={a name that nobody has}",
        "custom_ids": "POST profiles with a customer_id",
        "service_id_form": "POST services/start of edition 8.1, and see its service_id",
    }
)
