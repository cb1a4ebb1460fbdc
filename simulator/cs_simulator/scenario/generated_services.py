"""Generated services: of generated customers and contact keys, with their states and tasks.

Every choice is drawn for its own purpose, so adding a key does not change the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from cs_simulator.clock import DAY, HOUR, MINUTE
from cs_simulator.documents.shape import Checker
from cs_simulator.domain.members import RESERVED
from cs_simulator.domain.setup import Setup
from cs_simulator.ids import draw
from cs_simulator.scenario.calendar import When
from cs_simulator.scenario.generation import Share

_MEDIA = ("voice", "chat", "email")
_SERVICE_TYPES = (100, 200, 300, 400, 500)
_STATE_TYPES = tuple(range(1, 11))
_TASK_TYPES = ("collect", "check", "decide")
_DISPOSITIONS = (1, 2, 3)

Given = Mapping[str, Any]

_CHOSEN: Sequence[tuple[str, str, str]] = (
    ("types", "", "Service.type"),
    ("media", "", "Service.media_type"),
    ("dispositions", "", "Service.disposition"),
    ("states", "types", "State.type"),
    ("tasks", "types", "Task.type"),
)
"""Where a document lists the values to choose from, and the fields that they may be mapped to."""


class _Draw(Protocol):
    def __call__(self, *what: object) -> float: ...


def check_services(services: Given, at: str, setup: Setup, checker: Checker) -> None:
    """Add problems for values that business attributes do not allow, and for reserved names."""
    for name, inner, field in _CHOSEN:
        shares = services.get(name, ())
        place = f"{at}.{name}"
        if inner:
            shares, place = (shares or {}).get(inner, ()), f"{place}.{inner}"
        attribute = setup.attributes.mapped(field)
        if attribute is None or not setup.data_validation:
            continue
        for share in shares:
            if attribute.value(share.value) is None:
                expected = f"a value of business attribute {attribute.name}: {attribute.choices()}"
                checker.expected(place, expected, share.value)
    for name in services.get("extensions", {}):
        if name in RESERVED:
            problem = f"{name} is a reserved name, and no attached data"
            checker.problem(f"{at}.extensions.{name}", problem, "choose another")


def services_of(
    services: Given, owner: Given, who: object, seed: int, setup: Setup
) -> Iterator[Given]:
    """Yield the services of an owner, ``{"customer_id": ...}`` or a contact key."""
    for position in range(services["per_customer"]):

        def drawn(*what: object, position: int = position) -> float:
            return draw(seed, "generate", who, position, *what)

        yield _service(services, owner, drawn, setup)


def _service(services: Given, owner: Given, drawn: _Draw, setup: Setup) -> dict[str, Any]:
    def chosen(
        full_name: str, shares: Sequence[Share], otherwise: Sequence[Any], *what: object
    ) -> Any:
        point = drawn(full_name, *what)
        if shares:
            return _share_at(shares, point)
        attribute = setup.attributes.mapped(full_name)
        if attribute is not None and attribute.values:
            otherwise = [value.dbid for value in attribute.values]
        return otherwise[int(point * len(otherwise))]

    age = HOUR + int(drawn("age") * 30 * DAY)
    length = MINUTE + int(drawn("length") * 59 * MINUTE)
    media = chosen("Service.media_type", services.get("media", ()), _MEDIA)
    service: dict[str, Any] = {
        **owner,
        "service_type": chosen("Service.type", services.get("types", ()), _SERVICE_TYPES),
        "started": {"timestamp": _ago(age), "media_type": media},
    }
    is_active = drawn("active") < services.get("active", 1.0)
    states, tasks = services.get("states", {}), services.get("tasks", {})
    count, per_state = states.get("count", 1), tasks.get("per_state", 0)
    # Abandoned services end anywhere on the way; other active ones are at the last step.
    last, last_task = count - 1, max(0, per_state - 1)
    if is_active and drawn("dropped") < services.get("dropped", 0.0):
        last, last_task = int(drawn("state") * count), int(drawn("task") * max(1, per_state))
    service["states"] = []
    for place in range(last + 1):
        begins, ends = age - length * place // count, age - length * (place + 1) // count
        is_open = is_active and place == last
        state: dict[str, Any] = {
            "state_type": chosen(
                "State.type", states.get("types", ()), _STATE_TYPES, *_later(place)
            ),
            "started": _ago(begins),
        }
        if not is_open:
            state["completed"] = _ago(ends)
        if per_state:
            state["tasks"] = []
        for inner in range(min(per_state, last_task + 1) if is_open else per_state):
            span = begins - ends
            task = {
                "task_type": chosen("Task.type", tasks.get("types", ()), _TASK_TYPES, place, inner),
                "started": _ago(begins - span * inner // per_state),
            }
            if not (is_open and inner == last_task):
                task["completed"] = _ago(begins - span * (inner + 1) // per_state)
            state["tasks"].append(task)
        service["states"].append(state)
    if not is_active:
        service["completed"] = _ago(age - length)
        disposition = chosen("Service.disposition", services.get("dispositions", ()), _DISPOSITIONS)
        service["disposition"] = disposition
    attached = {
        name: each["value"]
        for name, each in services.get("extensions", {}).items()
        if drawn("extension", name) < each.get("share", 1.0)
    }
    if attached:
        service["extensions"] = attached
    return service


def _later(place: int) -> tuple[int, ...]:
    """Return an additional input for draws, for all but the first of several services."""
    return (place,) if place else ()


def _ago(age: int) -> When:
    return When(-age, relative=True)


def _share_at(shares: Sequence[Share], point: float) -> int | str:
    """Return the value whose share contains a number in [0, 1)."""
    rest = point * sum(share.weight for share in shares)
    for share in shares:
        if rest < share.weight:
            return share.value
        rest -= share.weight
    return shares[-1].value
