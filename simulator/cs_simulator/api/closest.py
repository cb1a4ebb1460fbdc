"""The operations closest to an unknown path, for the hint of a 404."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from types import MappingProxyType

from cs_simulator.api.routes import NO_IDS
from cs_simulator.operations import OPERATIONS
from cs_simulator.operations.row import ApiOperation

_ID = 0.1
_MISSING_ID = 0.4
_MISSING = 1.0
_EXTRA = 1.5
_OTHER_WORD = 2.5
_OTHER_METHOD = 0.65
_OTHER_EDITION = 0.05
_ALIKE = 0.7
_HARDLY = 0.4
"""Words less similar than this do not count as similar."""
_TOO_FAR = 3.2
_MOST = 3
_LONGEST = 512
_MOST_SEGMENTS = 16
"""Limits of the search: no path of the API resembles longer ones, and comparing them would take
seconds.
"""

_OTHER_NAMES: Mapping[str, str] = MappingProxyType(
    {"complete": "end", "finish": "end", "stop": "end", "create": "start", "begin": "start"}
)
"""Words that are easily mistaken for one of the API: the documents call the operation *Complete
Task*.
"""
_OTHER_NAME = 0.9


Profile = tuple[tuple[str, float], ...]
"""The API words that a segment resembles, with the similarity of each; empty for most ids."""


def closest_paths(method: str, path: str, edition: str) -> tuple[tuple[ApiOperation, str], ...]:
    """Return the operations and path templates that are equally close to the requested path.

    None if no word of the path resembles one of the API. Results are cached, because clients repeat
    their errors; ids are replaced first, so they do not matter.
    """
    asked = path.strip("/").split("/")
    if len(path) > _LONGEST or len(asked) > _MOST_SEGMENTS:
        return ()
    profiles = tuple(_profile(segment) for segment in asked)
    if not any(likeness >= _ALIKE for profile in profiles for _, likeness in profile):
        return ()
    return _closest(method, profiles, edition)


@lru_cache(maxsize=1024)
def _closest(
    method: str, asked: tuple[Profile, ...], edition: str
) -> tuple[tuple[ApiOperation, str], ...]:
    likenesses = [dict(profile) for profile in asked]
    distances = []
    for operation in OPERATIONS:
        for template in operation.paths:
            segments = template.strip("/").split("/")
            if any(likeness.get(word, 0) >= _ALIKE for word in segments for likeness in likenesses):
                distance = _distance(segments, likenesses)
                distance += 0 if operation.method == method else _OTHER_METHOD
                distance += 0 if edition in operation.editions else _OTHER_EDITION
                distances.append((round(distance, 6), operation, template))
    least = min((distance for distance, _, _ in distances), default=_TOO_FAR + 1)
    if least > _TOO_FAR:
        return ()
    nearest = [(near, template) for distance, near, template in distances if distance == least]
    return tuple(nearest[:_MOST])


@lru_cache(maxsize=2048)
def _profile(given: str) -> Profile:
    """Return the API words that a segment resembles; most ids resemble no word."""
    other = _OTHER_NAMES.get(given)
    letters = frozenset(given)
    matcher = SequenceMatcher(None, "", "")
    matcher.set_seq2(given)
    found = [] if other is None else [(other, _OTHER_NAME)]
    for word, its_letters in _words():
        if word == other:
            continue
        # An upper bound of the letters in common; the other bounds are difflib's own.
        total = len(word) + len(given)
        if 2 * min(len(word), len(given)) < _HARDLY * total or not letters & its_letters:
            continue
        matcher.set_seq1(word)
        if matcher.quick_ratio() >= _HARDLY:
            likeness = matcher.ratio()
            if likeness >= _HARDLY:
                found.append((word, likeness))
    return tuple(found)


@lru_cache(maxsize=1)
def _words() -> tuple[tuple[str, frozenset[str]], ...]:
    """Return the words in the paths of the API, each with its letter counts."""
    words = {
        segment
        for operation in OPERATIONS
        for template in operation.paths
        for segment in template.split("/")
        if segment and not segment.startswith("{")
    }
    return tuple((word, frozenset(word)) for word in sorted(words))


def _distance(segments: Sequence[str], asked: Sequence[Mapping[str, float]]) -> float:
    """Return the cost of turning the requested segments into those of a template."""
    missing = [_MISSING_ID if segment.startswith("{") else _MISSING for segment in segments]
    row = [0.0]
    for cost in missing:
        row.append(row[-1] + cost)
    for likeness in asked:
        above, row = row, [row[0] + _EXTRA]
        for column, segment in enumerate(segments):
            row.append(
                min(
                    above[column] + _replacing(segment, likeness),
                    above[column + 1] + _EXTRA,
                    row[column] + missing[column],
                )
            )
    return row[-1]


def _replacing(segment: str, likeness: Mapping[str, float]) -> float:
    if not segment.startswith("{"):
        return _OTHER_WORD * (1 - likeness.get(segment, 0.0))
    is_word = any(likeness.get(word) == 1 for word in NO_IDS)
    return 2 * _EXTRA if is_word else _ID
