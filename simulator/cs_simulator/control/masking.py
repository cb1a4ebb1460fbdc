"""How the control API shows requests without the secrets in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cs_simulator.control.shows import Shows, anything, text
from cs_simulator.faults.criteria import Mismatch
from cs_simulator.faults.verdict import Judgement
from cs_simulator.journal.entries import SECRETS

MASK = "***"

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
        return [without_token(each, token) for each in shown]
    return shown


def failed_members(differences: Iterable[Mismatch]) -> list[dict[str, Any]]:
    """Return the criteria that a request failed as JSON members."""
    return [
        {"criterion": each.criterion, "expected": each.expected, "found": _found(each)}
        for each in differences
    ]


def judgement_members(judgement: Judgement) -> dict[str, Any]:
    """Return the decision on one rule as JSON members."""
    members = judgement.as_members()
    if judgement.differences:
        members["failed"] = failed_members(judgement.differences)
    return members


def _found(difference: Mismatch) -> Any:
    part, _, name = difference.criterion.partition(".")
    secret = part == "headers" and name.lower() in SECRETS
    return MASK if secret and difference.found is not None else difference.found
