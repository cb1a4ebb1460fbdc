"""Where the API is in a recording: its hosts, its base paths, and what does not belong to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from cs_simulator.domain.setup import BASE_PATHS
from cs_simulator.har.exchanges import RecordedExchange
from cs_simulator.operations import OPERATIONS
from cs_simulator.operations.row import EditionName

EDITIONS: tuple[EditionName, ...] = ("8.5", "8.1")
_IGNORED = frozenset({"OPTIONS"})


@dataclass(frozen=True, slots=True)
class Root:
    """A location below which an edition of the API is found."""

    origin: str
    base: str
    """The path before that of an operation, without a trailing slash."""

    @property
    def url(self) -> str:
        """The location as a URL."""
        return f"{self.origin}{self.base}"


@dataclass(frozen=True, slots=True)
class Placed:
    """An exchange, and its location in the API."""

    exchange: RecordedExchange
    edition: EditionName
    root: Root

    @property
    def path(self) -> str:
        """The path below the base, undecoded."""
        return self.exchange.request.path[len(self.root.base) :] or "/"


@dataclass(slots=True)
class ApiExchanges:
    """The API's exchanges in a recording, and what was left out."""

    placed: list[Placed] = field(default_factory=list)
    roots: dict[EditionName, Root] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    """The number of exchanges that were left out, by reason."""


def find_api(
    exchanges: Sequence[RecordedExchange], given: Mapping[EditionName, str] | None = None
) -> ApiExchanges:
    """Return the exchanges of the API, by the location of most of its operations.

    ``given`` are known base URLs, or paths; they take precedence over guesses.
    """
    found = ApiExchanges()
    wanted = [exchange for exchange in exchanges if exchange.request.method not in _IGNORED]
    if len(wanted) < len(exchanges):
        found.skipped["a preflight of a browser"] = len(exchanges) - len(wanted)
    found.roots = _given_roots(wanted, given) if given else _guessed_roots(wanted)
    by_base = sorted(found.roots.items(), key=lambda item: -len(item[1].base))
    for exchange in wanted:
        place = next(
            (
                Placed(exchange, edition, root)
                for edition, root in by_base
                if _is_below(exchange, root)
            ),
            None,
        )
        if place is not None:
            found.placed.append(place)
        else:
            found.skipped[_why_not(exchange, found.roots)] += 1
    return found


def _why_not(exchange: RecordedExchange, roots: Mapping[EditionName, Root]) -> str:
    if not roots:
        return "not a path of the API"
    origin = exchange.request.origin
    if any(root.origin == origin for root in roots.values()):
        return f"not below {' or '.join(root.url for root in roots.values())}"
    return f"another host, {origin}"


def is_like_api(exchange: RecordedExchange) -> bool:
    """Tell whether an exchange may belong to the API, wherever that is found."""
    path = exchange.request.path
    return any(_matches(edition, path) for edition in EDITIONS)


def _is_below(exchange: RecordedExchange, root: Root) -> bool:
    path = exchange.request.path
    if exchange.request.origin != root.origin:
        return False
    if root.base:
        return path == root.base or path.startswith(f"{root.base}/")
    # The root of a host may contain anything: only what resembles the API is taken from it.
    return bool(_matches("8.1", path))


def _given_roots(
    exchanges: Sequence[RecordedExchange], given: Mapping[EditionName, str]
) -> dict[EditionName, Root]:
    roots = {}
    for edition, text in given.items():
        origin, base = _split(text)
        if not origin:
            counts = Counter(
                exchange.request.origin
                for exchange in exchanges
                if exchange.request.path.startswith(f"{base}/")
            )
            origin = counts.most_common(1)[0][0] if counts else ""
        roots[edition] = Root(origin, base)
    return roots


def _split(text: str) -> tuple[str, str]:
    match = re.match(r"(https?://[^/]+)?(.*?)/*$", text, re.IGNORECASE)
    return (match[1] or "", match[2]) if match else ("", text)


def _guessed_roots(exchanges: Iterable[RecordedExchange]) -> dict[EditionName, Root]:
    """Return the roots with the most exchanges that are operations, one for each edition."""
    votes: Counter[Root] = Counter()
    for exchange in exchanges:
        path = exchange.request.path
        bases = {path[:start] for edition in EDITIONS for start in _matches(edition, path)}
        votes.update(Root(exchange.request.origin, base) for base in bases)
    roots: dict[EditionName, Root] = {}
    for root, _ in sorted(votes.items(), key=lambda item: (-item[1], len(item[0].base))):
        if len(roots) == len(EDITIONS):
            break
        if _is_part(root, roots.values()):
            continue
        own = [exchange for exchange in exchanges if _could_be_below(exchange, root)]
        edition = _edition_of(root, own) or next((e for e in EDITIONS if e not in roots), None)
        if edition and edition not in roots:
            roots[edition] = root
    return roots


def _could_be_below(exchange: RecordedExchange, root: Root) -> bool:
    return exchange.request.origin == root.origin and exchange.request.path.startswith(
        f"{root.base}/"
    )


def _is_part(root: Root, others: Iterable[Root]) -> bool:
    """Tell whether a root is only the beginning or the continuation of a known one.

    ``/genesys/1/cs/services/1`` would also be a base, of what ends in ``/states/start``.
    """
    return any(
        other.origin == root.origin
        and (root.base.startswith(f"{other.base}/") and _looks_inside(root.base[len(other.base) :]))
        for other in others
    )


def _looks_inside(rest: str) -> bool:
    first = rest.split("/")[1]
    return any(
        template.split("/")[1] == first for operation in OPERATIONS for template in operation.paths
    )


def _edition_of(root: Root, exchanges: Sequence[RecordedExchange]) -> EditionName | None:
    """Return the edition of a root: by its path, by what only one edition has, or by its errors.

    Return None if that does not decide.
    """
    for edition, base in BASE_PATHS.items():
        if root.base == base.rstrip("/"):
            return "8.5" if edition == "8.5" else "8.1"
    if root.base.endswith("/cs"):
        return "8.5"
    for exchange in exchanges:
        path = exchange.request.path[len(root.base) :]
        editions = {edition for edition in EDITIONS if 0 in _matches(edition, path)}
        if len(editions) == 1:
            return editions.pop()
        body = exchange.response.body if exchange.response is not None else None
        if body and path.startswith("/services") and b'"http_method"' in body:
            return "8.1"
    return None


@cache
def _pattern(edition: EditionName) -> re.Pattern[str]:
    templates = [
        template
        for operation in OPERATIONS
        if edition in operation.editions
        for template in operation.paths
    ]
    parts = (re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)) for template in templates)
    return re.compile(rf"(?:{'|'.join(parts)})/?$")


def _matches(edition: EditionName, path: str) -> list[int]:
    """Return where in a path a complete path of an operation begins."""
    pattern = _pattern(edition)
    return [
        position
        for position, character in enumerate(path)
        if character == "/" and pattern.match(path, position)
    ]
