"""Where in a text the parts of a document stand: looked for only when one of them is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

import yaml

from cs_simulator.documents.json_text import Lines, parts
from cs_simulator.documents.problems import Mistake, Place
from cs_simulator.documents.yaml_text import compose, is_flow, is_json

_MOST = 500_000


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a part of a document was written: in which text, and under which path there."""

    source: str
    text: str
    path: str


def placed(mistakes: Iterable[Mistake], origins: Mapping[str, Origin]) -> list[Mistake]:
    """Return mistakes with their places.

    ``origins`` tells of the parts of a document, by path, which text they come from: that of the
    longest path that a mistake's own begins with; ``""`` is that of all the rest.
    """
    known: dict[str, tuple[Mapping[str, Place], Mapping[str, Place]]] = {}
    result = []
    for mistake in mistakes:
        part = next(path for path in _prefixes(mistake.at) if path in origins)
        origin, rest = origins[part], mistake.at[len(part) :]
        if origin.source not in known:
            known[origin.source] = _places(origin.text)
        path = f"{origin.path}{rest}"
        place = _find(path, *known[origin.source], on_key=mistake.on_key)
        line, column = place or (0, 0)
        result.append(replace(mistake, source=origin.source, at=path, line=line, column=column))
    return sorted(result, key=lambda each: (each.source, each.line, each.column))


def _prefixes(path: str) -> Iterator[str]:
    """Yield a path and each of those it stands below, the longest first."""
    yield path
    for end in range(len(path) - 1, 0, -1):
        if path[end] in ".[":
            yield path[:end]
    yield ""


def _find(
    path: str, keys: Mapping[str, Place], values: Mapping[str, Place], *, on_key: bool
) -> Place | None:
    if on_key and path in keys:
        return keys[path]
    return next((values[each] for each in _prefixes(path) if each in values), None)


def _places(text: str) -> tuple[Mapping[str, Place], Mapping[str, Place]]:
    """Return the places of keys and of values, by path."""
    keys: dict[str, Place] = {}
    values: dict[str, Place] = {}
    text = text.removeprefix("\ufeff")
    if is_json(text) and not is_flow(text):
        lines = Lines(text)
        for part in islice(parts(text), 2 * _MOST):
            (values if part.kind == "value" else keys).setdefault(
                part.path, lines.place(part.offset)
            )
        return keys, values
    left = [("", compose(text))]
    while left and len(values) < _MOST:
        path, node = left.pop()
        if node is None:
            continue
        values.setdefault(path, _place(node))
        if isinstance(node, yaml.SequenceNode):
            left += [(f"{path}[{number}]", each) for number, each in enumerate(node.value)]
        elif isinstance(node, yaml.MappingNode):
            # What is merged into a map comes last: its own keys are found first.
            for key, value in reversed(node.value):
                if key.value == "<<":
                    merged = value.value if isinstance(value, yaml.SequenceNode) else [value]
                    left = [*((path, each) for each in merged), *left]
                    continue
                inside = f"{path}.{key.value}" if path else str(key.value)
                keys.setdefault(inside, _place(key))
                left.append((inside, value))
    return keys, values


def _place(node: yaml.Node) -> Place:
    mark = node.start_mark
    return Place(mark.line + 1, mark.column + 1)
