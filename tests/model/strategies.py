"""What the machine of services sends: mostly what is right, now and then what is not."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.model.bodies import date_of, instant_of
from tests.support import NOW

Bodies = SearchStrategy[dict[str, Any]]

START = instant_of(NOW)
MINUTE = 60_000
HOUR = 60 * MINUTE

SWITCHES = {
    "service_ids": ("integer", "conversation"),
    "not_found_status": ("400", "404"),
    "end_twice": ("accept", "reject"),
    "start_on_completed": ("accept", "reject"),
    "end_service_cascades": ("false", "true"),
    "state_references": ("check", "ignore"),
    "merge_conflict": ("stored", "incoming"),
    "composite_found": ("update", "keep"),
    "null_extension": ("store", "remove"),
}

switches = st.fixed_dictionaries({name: st.sampled_from(all_) for name, all_ in SWITCHES.items()})
editions = st.sampled_from(["8.5", "8.5", "8.1"])
which = st.sampled_from(["", "active", "completed"])
kinds = st.sampled_from(["service", "state", "task"])
inner_kinds = st.sampled_from(["state", "task"])
picks = st.integers(0, 9)
"""Which of what there is; the last is something that is not there."""

types = st.sampled_from([1, "1", "gold", 2])
customers = st.sampled_from(["C-1", "C/2 ü", "7"])
contacts = st.sampled_from(["K", "+44 20/7"])
dates = st.integers(-3, 3).map(lambda hours: date_of(START + hours * HOUR))
offset_dates = dates.map(lambda date: date.replace("Z", "+00:00"))
values = st.sampled_from([None, 1, "x", True, 0.5, [1, {}], {"a": 1}, {"b": {"c": None}}, {}])
extension_names = st.sampled_from(["note", "Offer", "x y/z"])
any_names = st.sampled_from(["note", "Offer", "note", "x y/z", "Offer", "task_type"])
maps = st.sampled_from([{"a": 1}, {"a": 2, "b": {"c": None}}, {}, {"c": [1]}, {"b": 1}, None, [1]])

bad_members: Bodies = st.sampled_from(
    [
        {"est_duration": -1},
        {"est_duration": 1.5, "media_type": True},
        {"media_type": ""},
        {"resource_type": [1]},
        {"timestamp": "2026-01-05"},
        {"timestamp": "2026-01-05T09:00:00.00Z"},
        {"resource_id": "seven", "application_id": 1 << 63},
        {"application_id": False},
        {"session_id": {}},
        {"session_id": "s" * 33},
        {"interaction_id": "i" * 51, "disposition_desc": "d" * 65},
        {"previous_state_id": 1 << 31},
        {"ttl": 0},
        {"ttl": "1.0", "expiration_time": 5},
        {"disposition": {}},
        {"service_type": "", "state_type": "", "task_type": ""},
    ]
)
ignored_members: Bodies = st.sampled_from(
    [{"duration": "x"}, {"active_tasks": None, "completed": 1}, {"task_id": [], "started": True}]
)
event_members: dict[str, SearchStrategy[Any]] = {
    "timestamp": dates | offset_dates | st.just("2026-01-05T08:59:59Z") | st.none(),
    "session_id": st.sampled_from(["s", "", 7]),
    "interaction_id": st.just("i"),
    "application_type": types,
    "application_id": st.sampled_from([40, "40", -1, 40.0]),
    "resource_type": types,
    "resource_id": st.just(5005),
    "media_type": st.sampled_from([1, "voice", None]),
}
durations = st.sampled_from([60, "90", 0, 120.0])
life = {
    "ttl": st.sampled_from([60, "3600", 7200]),
    "expiration_time": dates,
}


def bodies(members: dict[str, SearchStrategy[Any]], needed: dict[str, Any] | None = None) -> Bodies:
    """Return bodies of some of these members, with attached data, and some with mistakes."""
    known = st.fixed_dictionaries(needed or {}, optional=members)
    kinds_of_more: dict[str, SearchStrategy[dict[str, Any]]] = {
        "nothing": st.just({}),
        "attached": st.dictionaries(extension_names, values, min_size=1, max_size=2),
        "bad": bad_members,
        "ignored": ignored_members,
    }
    # Most are right, for a refusal changes nothing.
    more = st.sampled_from([*["nothing", "attached"] * 4, "nothing", "ignored", "bad"]).flatmap(
        kinds_of_more.__getitem__
    )
    return st.builds(lambda one, two: {**one, **two}, known, more)


_inner = {**event_members, "est_duration": durations}
_owners = st.one_of(
    st.fixed_dictionaries({"contact_key": contacts}),
    st.fixed_dictionaries({"customer_id": customers}),
    st.fixed_dictionaries({"contact_key": contacts, "customer_id": customers | st.just(7)}),
    st.sampled_from([{}, {"customer_id": "", "contact_key": "K"}, {"customer_id": None}]),
)
_service = bodies(
    {**_inner, **life, "service_type": types, "auto_complete_after": st.sampled_from([600, "5400"])}
)
beginnings = st.fixed_dictionaries(
    {"contact_key": contacts}, optional={"customer_id": customers, "service_type": types}
)
"""What every run begins with, so that there is something to work on."""
services = st.builds(lambda body, owner: {**body, **owner}, _service, _owners)
states = bodies({**_inner, "state_type": types, "previous_state_id": st.just(1001)})
tasks = bodies({**_inner, "task_type": types})
ends = bodies(
    {
        **event_members,
        **life,
        "disposition": types,
        "disposition_desc": st.just("done"),
        "service_type": types,
        "customer_id": customers,
    }
)
associations = bodies({**_inner, **life, "service_type": types, "contact_key": contacts})
expirations = st.fixed_dictionaries({}, optional=life) | bad_members
_parts: dict[str, Bodies] = {
    "from": bodies({"disposition": types, "disposition_desc": st.just("on")}),
    "to": bodies({"est_duration": durations}, {"state_type": types}),
}
transitions = st.builds(
    lambda shared, parts, missing: {
        **shared,
        **{name: part for name, part in parts.items() if name != missing},
    },
    bodies(event_members),
    st.fixed_dictionaries(_parts),
    st.sampled_from(["", "", "", "", "from", "to"]),
)
elements = st.fixed_dictionaries(
    {"service": services, "state": states},
    optional={
        "task": tasks,
        "associate_state_task": st.sampled_from([True, "true", "FALSE", False]),
    },
)
composites = st.builds(lambda all_: {"services": all_}, st.lists(elements, max_size=3))
purges = st.fixed_dictionaries(
    {
        "limit": dates | st.none(),
        "operation": st.sampled_from(
            [
                "purge.service.all",
                "purge.service.started",
                "purge.service.started.anonymous",
                "purge.service.completed",
                "purge.service.completed.anonymous",
                "purge",
            ]
        ),
    }
)

_flags = st.sampled_from(["true", "TRUE", "false", "true", "yes"])
_types = st.lists(types, max_size=2)
queries = st.fixed_dictionaries(
    {},
    optional={
        "active_states": _flags,
        "completed_states": _flags,
        "active_tasks": _flags,
        "completed_tasks": _flags,
        "extensions": st.lists(
            st.sampled_from(["*", "note", "State.", "Task.*", "Service.Offer", "Offer", "x y/z"]),
            max_size=3,
        ),
    },
)
filters = st.fixed_dictionaries(
    {},
    optional={
        "service_types": _types,
        "started_from": dates,
        "started_to": dates,
        "completed_from": dates,
        "completed_to": dates | st.just("yesterday"),
    },
)


def query_string(parameters: dict[str, Any], *, repeated: bool) -> str:
    """Write parameters: a list with commas, or as the same name again and again."""
    pairs = []
    for name, value in parameters.items():
        parts = [quote(str(each), safe="") for each in value] if isinstance(value, list) else []
        if not isinstance(value, list):
            pairs.append(f"{name}={quote(str(value), safe='')}")
        elif repeated:
            pairs += [f"{name}={part}" for part in parts]
        else:
            pairs.append(f"{name}={','.join(parts)}")
    return "?" + "&".join(pairs)
