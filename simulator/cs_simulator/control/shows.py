"""What responses of the control API contain: each member with its type, meaning and example.

Endpoint rows are built from these, and the OpenAPI document of the control API from the rows. What
a request sent in secret is masked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from cs_simulator.har.secrets import MASK
from cs_simulator.journal.entries import SECRETS

if TYPE_CHECKING:
    from cs_simulator.faults.criteria import Mismatch
    from cs_simulator.faults.verdict import Judgement

Schema = Mapping[str, Any]

_MOMENT = "2026-01-05T09:00:00.000Z"


class ShownMember(NamedTuple):
    """One member of a response."""

    says: str
    schema: Schema
    example: Any = None
    shows: Shows | None = None
    """The members of the member, or of each of its items."""
    is_list: bool = False
    always: bool = True
    """Whether it is always present; an absent member is omitted, never null."""


class Shows(NamedTuple):
    """A JSON object in a response; more members may be added later."""

    name: str
    """Its name in generated clients."""
    says: str
    members: Mapping[str, ShownMember]

    @property
    def example(self) -> dict[str, Any]:
        """An example with all members."""
        return {name: _example(member) for name, member in self.members.items()}


def _example(member: ShownMember) -> Any:
    if member.shows is None:
        return member.example
    return [member.shows.example] if member.is_list else member.shows.example


def _typed(kind: str, *, null: bool) -> str | list[str]:
    return [kind, "null"] if null else kind


def text(says: str, example: str, *, always: bool = True, null: bool = False) -> ShownMember:
    """Return a text member."""
    return ShownMember(says, {"type": _typed("string", null=null)}, example, always=always)


def word(says: str, *words: str, always: bool = True) -> ShownMember:
    """Return a member that is one of a few words; the first is the example."""
    return ShownMember(says, {"type": "string", "enum": list(words)}, words[0], always=always)


def moment(says: str, *, always: bool = True) -> ShownMember:
    """Return a member that is an instant of a world's clock."""
    pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z$"
    return ShownMember(says, {"type": "string", "pattern": pattern}, _MOMENT, always=always)


def number(says: str, example: int = 1, *, always: bool = True) -> ShownMember:
    """Return an integer member."""
    schema = {"type": "integer", "format": "int64", "minimum": 0}
    return ShownMember(says, schema, example, always=always)


def real(says: str, example: float, *, always: bool = True, null: bool = False) -> ShownMember:
    """Return a member that is a number with a fraction."""
    schema = {"type": _typed("number", null=null), "format": "double"}
    return ShownMember(says, schema, example, always=always)


def flag(says: str, *, always: bool = True) -> ShownMember:
    """Return a boolean member."""
    return ShownMember(says, {"type": "boolean"}, True, always=always)


def texts(says: str, *example: str, always: bool = True) -> ShownMember:
    """Return a member that is a list of texts."""
    schema = {"type": "array", "items": {"type": "string"}}
    return ShownMember(says, schema, list(example), always=always)


def numbers(says: str, *example: int, always: bool = True) -> ShownMember:
    """Return a member that is a list of integers."""
    schema = {"type": "array", "items": {"type": "integer", "format": "int64"}}
    return ShownMember(says, schema, list(example), always=always)


def anything(says: str, example: Any, *, always: bool = True) -> ShownMember:
    """Return a member that may be any JSON value."""
    return ShownMember(says, {}, example, always=always)


def by_example(says: str, example: Any, *, always: bool = True) -> ShownMember:
    """Return a member of the same type as its example."""
    if isinstance(example, str):
        return text(says, example, always=always)
    if isinstance(example, int):
        return number(says, example, always=always)
    return anything(says, example, always=always)


def document(says: str, example: Mapping[str, Any], *, always: bool = True) -> ShownMember:
    """Return a member that is an object documented elsewhere."""
    return ShownMember(
        says, {"type": "object", "additionalProperties": True}, example, always=always
    )


def one(shows: Shows, *, always: bool = True) -> ShownMember:
    """Return a member that is an object with its own members."""
    return ShownMember(shows.says, {}, shows=shows, always=always)


def several(says: str, shows: Shows, *, always: bool = True) -> ShownMember:
    """Return a member that is a list of such objects."""
    return ShownMember(says, {}, shows=shows, is_list=True, always=always)


WORLD = text("The world.", "default")
SCENARIO = text("The scenario of the world.", "demo")
DELETED = Shows(
    "Deleted", "What was removed.", {"deleted": texts("Its name, or all names.", "lost")}
)


FAILED = Shows(
    "CriterionFailed",
    "A criterion that a request failed.",
    {
        "criterion": text("Which one.", "body.service_type"),
        "expected": anything("What was expected.", 300),
        "found": anything("What was found.", 200),
    },
)
"""The parts of a failed criterion that are shown."""


def without_token(shown: Any, token: str | None) -> Any:
    """Return JSON data without the control token, in case a request sent it."""
    if not token:
        return shown
    if isinstance(shown, str):
        return shown.replace(token, MASK)
    if isinstance(shown, Mapping):
        return {without_token(name, token): without_token(shown[name], token) for name in shown}
    if isinstance(shown, (list, tuple)):
        return [without_token(item, token) for item in shown]
    return shown


def failed_members(differences: Iterable[Mismatch]) -> list[dict[str, Any]]:
    """Return the criteria that a request failed as JSON members."""
    return [
        {
            "criterion": difference.criterion,
            "expected": difference.expected,
            "found": _found(difference),
        }
        for difference in differences
    ]


def judgement_members(judgement: Judgement) -> dict[str, Any]:
    """Return the decision on one rule as JSON members."""
    members: dict[str, Any] = {"rule": judgement.rule, "decision": judgement.decision}
    if judgement.why:
        members["why"] = judgement.why
    if judgement.differences:
        members["failed"] = failed_members(judgement.differences)
    return members


def _found(difference: Mismatch) -> Any:
    part, _, name = difference.criterion.partition(".")
    secret = part == "headers" and name.lower() in SECRETS
    return MASK if secret and difference.found is not None else difference.found
