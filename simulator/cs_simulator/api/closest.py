"""The operations that a path nobody has comes closest to, for the hint of a 404."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from types import MappingProxyType

from cs_simulator.api.paths import NO_IDS
from cs_simulator.operations import OPERATIONS
from cs_simulator.operations.row import Operation

_ID = 0.1
_MISSING_ID = 0.4
_MISSING = 1.0
_EXTRA = 1.5
_OTHER_WORD = 2.5
_OTHER_METHOD = 0.65
_OTHER_EDITION = 0.05
_ALIKE = 0.7
_TOO_FAR = 3.2
_LONGEST = 512
_MOST_SEGMENTS = 16
"""No path of the API comes near to these; what is longer would take seconds to compare."""

_OTHER_NAMES: Mapping[str, str] = MappingProxyType(
    {"complete": "end", "finish": "end", "stop": "end", "create": "start", "begin": "start"}
)
"""What some take for a word of the API: the documents call the operation *Complete Task*."""
_OTHER_NAME = 0.9


def closest_paths(
    method: str, path: str, edition: str, most: int = 3
) -> list[tuple[Operation, str]]:
    """Return the operations and path templates that are all equally near to what was asked for.

    None where no word of the path is like one that the API has.
    """
    asked = path.strip("/").split("/")
    if len(path) > _LONGEST or len(asked) > _MOST_SEGMENTS:
        return []
    distances = []
    for operation in OPERATIONS:
        for template in operation.paths:
            segments = template.strip("/").split("/")
            if any(_likeness(word, given) >= _ALIKE for word in segments for given in asked):
                distance = _distance(segments, asked)
                distance += 0 if operation.method == method else _OTHER_METHOD
                distance += 0 if edition in operation.editions else _OTHER_EDITION
                distances.append((round(distance, 6), operation, template))
    if not distances:
        return []
    least = min(distance for distance, _, _ in distances)
    if least > _TOO_FAR:
        return []
    nearest = [(each, template) for distance, each, template in distances if distance == least]
    return nearest[:most]


def _likeness(word: str, given: str) -> float:
    if _OTHER_NAMES.get(given) == word:
        return _OTHER_NAME
    return 0.0 if word.startswith("{") else SequenceMatcher(None, word, given).ratio()


def _distance(segments: Sequence[str], asked: Sequence[str]) -> float:
    """Return what it costs to make a template's segments of those that were asked for."""
    missing = [_MISSING_ID if segment.startswith("{") else _MISSING for segment in segments]
    row = [0.0]
    for cost in missing:
        row.append(row[-1] + cost)
    for given in asked:
        above, row = row, [row[0] + _EXTRA]
        for column, segment in enumerate(segments):
            row.append(
                min(
                    above[column] + _replacing(segment, given),
                    above[column + 1] + _EXTRA,
                    row[column] + missing[column],
                )
            )
    return row[-1]


def _replacing(segment: str, given: str) -> float:
    if not segment.startswith("{"):
        return _OTHER_WORD * (1 - _likeness(segment, given))
    return 2 * _EXTRA if given in NO_IDS else _ID
