"""Each operation beside a bare route that answers the same, at eight connections and at one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from cs_simulator.operations import OPERATIONS
from cs_simulator.operations.row import ApiOperation
from tests.benchmarks import processes, runs
from tests.benchmarks.cases import NOBODY, RING, START, START_SERVICE, Case, answers_to, reset
from tests.benchmarks.figures import Figure
from tests.benchmarks.load import run
from tests.benchmarks.scale import Scale

THROUGHPUT_BUDGETS: Mapping[int, Mapping[str, float]] = MappingProxyType(
    {8: {"throughput": 2.0}, 1: {"p50": 0.8}}
)
"""What Start Service may cost, by the number of connections."""

OTHER_BUDGETS: Mapping[int, Mapping[str, float]] = MappingProxyType({8: {"throughput": 1.25}})
"""The same of every operation, each beside its own bare route."""

_CASES = (
    Case("start_service", "POST", "/services/start", START.decode()),
    Case("end_service", "POST", "/services/{id}/end", "{}"),
    Case("associate_service", "POST", "/customers/C{k}/services/{other}", "{}"),
    Case("get_service", "GET", "/services/{id}"),
    Case("query_customer_services", "GET", "/customers/C{k}/services"),
    Case("query_anonymous_services", "GET", "/services/anonymous/K{k}"),
    Case("delete_service", "DELETE", "/services/{id}"),
    Case("update_service_expiration", "PUT", "/services/{id}", '{"ttl":86400}'),
    Case("update_service_extension", "PUT", "/services/{id}/extensions/note", '{"n":{n}}'),
    Case("merge_service_extension", "PUT", "/services/{id}/extensions/note/merge", '{"n":{n}}'),
    Case("start_state", "POST", "/services/{id}/states/start", '{"state_type":1}'),
    Case("end_state", "POST", "/services/{id}/states/{state}/end", "{}"),
    Case(
        "transition_state",
        "POST",
        "/services/{id}/states/transition",
        '{"from":{"state_id":{state}},"to":{"state_type":2}}',
    ),
    Case("query_states", "GET", "/services/{id}/states"),
    Case("get_state", "GET", "/services/{id}/states/{state}"),
    Case("update_state_extension", "PUT", "/services/{id}/states/{state}/extensions/note", "{}"),
    Case(
        "merge_state_extension", "PUT", "/services/{id}/states/{state}/extensions/note/merge", "{}"
    ),
    Case("start_task", "POST", "/services/{id}/tasks/start", '{"task_type":1}'),
    Case("end_task", "POST", "/services/{id}/tasks/{task}/end", "{}"),
    Case("query_tasks", "GET", "/services/{id}/tasks"),
    Case("get_task", "GET", "/services/{id}/tasks/{task}"),
    Case("update_task_extension", "PUT", "/services/{id}/tasks/{task}/extensions/note", "{}"),
    Case("merge_task_extension", "PUT", "/services/{id}/tasks/{task}/extensions/note/merge", "{}"),
    Case(
        "composite_start",
        "POST",
        "/services_composite/start",
        '{"services":[{"service":{"contact_key":"N{n}"},"state":{"state_type":1}}]}',
    ),
    Case(
        "purge_services",
        "POST",
        "/maintenance/purge",
        '{"limit":"2020-01-01T00:00:00.000Z","operation":"purge.service.all"}',
    ),
    Case(
        "export_services_stream",
        "GET",
        "/maintenance/services/stream"
        "?time_from=2020-01-01T00:00:00.000Z&time_to=2020-01-02T00:00:00.000Z",
    ),
    Case("query_business_attributes", "GET", "/metadata/business-attributes"),
    Case("create_profile", "POST", "/profiles", '{"FirstName":"Ada","LastName":"New{n}"}'),
    Case("identify_customer", "GET", "/profiles?PhoneNumber=%2B44{k}"),
    Case("get_profile", "GET", "/profiles/C{k}"),
    Case("update_profile", "PUT", "/profiles/C{k}", '{"LastName":"Lovelace","Title":"T{n}"}'),
    Case("delete_profile", "DELETE", "/profiles/C{k}"),
    Case("merge_profiles", "PUT", "/profiles/C{k}/merge/D{k}", "{}"),
    Case("insert_profile_extensions", "POST", "/profiles/C{k}/extensions", '{"Book":[{"no":2}]}'),
    Case(
        "update_profile_extension_record",
        "PUT",
        "/profiles/C{k}/extensions/Book/by/unique",
        '{"no":1,"title":"T{n}"}',
    ),
    Case(
        "delete_profile_extension_record",
        "PUT",
        "/profiles/C{k}/extensions/Book/delete/by/unique",
        '{"no":1}',
    ),
    Case("query_profile_schema", "GET", "/metadata/profiles"),
    Case("query_profile_extension_schema", "GET", "/metadata/profiles/extensions"),
    Case("query_identification_key", "GET", "/metadata/identification-keys"),
    Case("query_roles", "GET", "/metadata/roles"),
    Case("query_interactions", "GET", "/customers/C0/interactions"),
    Case("get_interaction", "GET", "/interactions/I1"),
    Case("get_server_status", "GET", "/server/status"),
)

_SET_UP = "sets up, and is called once"
LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        "export_services_files": "writes files",
        "import_profiles": "reads a file",
        "get_interaction_content": "answers what is no JSON",
        "set_server_mode": _SET_UP,
        "create_identification_key": _SET_UP,
        "delete_identification_key": _SET_UP,
        **{
            f"{verb}_{kind}_extension_schema": _SET_UP
            for verb in ("create", "delete")
            for kind in ("profile", "service", "state", "task")
        },
        **{
            f"query_{kind}_extension_schema": "answers as that of profiles, in edition 8.1 alone"
            for kind in ("service", "state", "task")
        },
    }
)


def _case_of(operation: ApiOperation) -> Case:
    """Return how an operation is asked of which nothing stands above: as its row has it."""
    path = operation.paths[0]
    for name, place in _PLACES.items():
        path = path.replace(f"{{{name}}}", place)
    body = "" if operation.example is None else json.dumps(operation.example)
    return Case(operation.id, operation.method, path, body)


_PLACES: Mapping[str, str] = MappingProxyType(
    {
        "service_id": "{id}",
        "state_id": "{state}",
        "task_id": "{task}",
        "customer_id": "C{k}",
        "contact_key": "K{k}",
    }
)
_NAMED = frozenset({*LEFT_OUT, *(case.name for case in _CASES)})
CASES = (*_CASES, *(_case_of(each) for each in OPERATIONS if each.id not in _NAMED))


def document(stored: int) -> dict[str, Any]:
    """Return a scenario in which each operation can be asked so many times, of something else."""
    began = "2026-01-05T09:00:00.000Z"
    return {
        "extension_schemas": {
            "profiles": [
                {
                    "name": "Book",
                    "type": "multi-valued",
                    "attributes": [
                        {"name": "no", "type": "long", "mandatory": True},
                        {"name": "title", "type": "string"},
                    ],
                    "unique": ["no"],
                }
            ]
        },
        "customers": [
            *(
                {
                    "customer_id": f"C{k}",
                    "FirstName": "Ada",
                    "LastName": f"Lovelace{k}",
                    "PhoneNumber": f"+44{k}",
                    "extensions": {"Book": [{"no": 1, "title": "Notes"}]},
                }
                for k in range(stored)
            ),
            *({"customer_id": f"D{k}", "LastName": f"Byron{k}"} for k in range(stored)),
        ],
        "services": [
            *(
                {
                    "customer_id": f"C{k}",
                    "service_type": 100,
                    "started": began,
                    "extensions": {"note": {"n": 0}},
                    "states": [
                        {
                            "state_type": 1,
                            "started": began,
                            "extensions": {"note": {"n": 0}},
                            "tasks": [
                                {
                                    "task_type": 1,
                                    "started": began,
                                    "extensions": {"note": {"n": 0}},
                                }
                            ],
                        }
                    ],
                }
                for k in range(stored)
            ),
            *(
                {"contact_key": f"K{k}", "service_type": 100, "started": began}
                for k in range(stored)
            ),
        ],
        "interactions": [{"interaction_id": "I1", "customer_id": "C0", "media_type": "chat"}],
    }


def throughput(scale: Scale) -> Iterator[Figure]:
    """Start Service at eight connections and at one, against the bare stack alone."""
    with processes.bare() as (bare, _), processes.simulator() as (port, _):
        for warm in (bare, port):
            run(warm, START_SERVICE, scale.requests // 2, 8)
        for connections, requests in ((8, scale.requests), (1, scale.requests // 4)):
            pairs = runs.in_turn(
                scale.pairs,
                partial(run, port, START_SERVICE, requests, connections),
                partial(run, bare, START_SERVICE, requests, connections),
            )
            budgets = THROUGHPUT_BUDGETS[connections]
            yield from _figures("Start Service", connections, pairs, **budgets)


def operations(scale: Scale) -> Iterator[Figure]:
    """Each operation, after a reset and with a full journal, beside its bare route."""
    parts = {8: scale.each, 1: scale.each // 2}
    stored = scale.pairs * sum(parts.values()) + 1
    with (
        processes.simulating(document(stored)) as (port, _),
        processes.bare(answers_to(port, CASES, stored, reset)) as (bare, _),
    ):
        run(bare, START_SERVICE, RING, 8)
        for case in CASES:
            reset(port)
            run(port, NOBODY, RING, 8)
            ours, theirs = case.requests(stored), case.requests(stored)
            for connections, requests in parts.items():
                pairs = runs.in_turn(
                    scale.pairs,
                    partial(run, port, ours, requests, connections),
                    partial(run, bare, theirs, requests, connections),
                )
                yield from _figures(
                    case.name, connections, pairs, **OTHER_BUDGETS.get(connections, {})
                )


def _figures(
    subject: str, connections: int, pairs: runs.Pairs, **budgets: float
) -> Iterator[Figure]:
    """Yield the throughput and the latencies of pairs of runs, some with a budget."""
    yield runs.throughput(subject, pairs, at=connections, budget=budgets.get("throughput"))
    for percent in (50, 99):
        budget = budgets.get(f"p{percent}")
        yield runs.latency(subject, percent, pairs, at=connections, budget=budget)
