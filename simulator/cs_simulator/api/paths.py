"""The request target: split before it is decoded, and matched to an edition's base path.

A path is matched with every segment percent-encoded in one canonical way, so a slash inside a
contact key stays there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote, unquote_to_bytes

from cs_simulator.api.editions import EDITION_81, EDITION_85, Edition
from cs_simulator.operations.row import EditionName
from cs_simulator.scenario.loader import LoadedScenario

NO_IDS = ("start", "anonymous", "transition", "active", "completed")
"""Words in paths that are never ids."""

_UNRESERVED = "!$&'()*+,;=:@-._~"


class Target(NamedTuple):
    """A split request target: the path as it came, the canonical path, and the query string."""

    raw: str
    path: str
    query: str
    malformed: str | None
    """A segment that is not valid UTF-8, or None."""


def split_target(target: str) -> Target:
    """Split a request target and make its path canonical; remove a proxy's scheme and host."""
    path, _, query = target.partition("?")
    if not path.startswith("/") and "://" in path:
        path = f"/{path.split('://', 1)[1].partition('/')[2]}"
    malformed = None
    canonical = path
    if "%" in path or not path.isascii():
        segments = []
        for segment in path.split("/"):
            decoded = unquote_to_bytes(segment.encode("latin-1", "replace"))
            try:
                text = decoded.decode("utf-8")
            except UnicodeDecodeError:
                malformed = malformed or segment
                text = decoded.decode("utf-8", "replace")
            segments.append(quote(text, safe=_UNRESERVED))
        canonical = "/".join(segments)
    if len(canonical) > 1 and canonical.endswith("/"):
        canonical = canonical[:-1]
    return Target(path, canonical, query, malformed)


WORLD_PREFIX = "/_world/"


def split_world(target: Target) -> tuple[str, str | None, Target]:
    """Return the path prefix that names a world, the name, and the target below it.

    Without such a prefix, return ``""``, None and the target itself.
    """
    if not target.path.startswith(WORLD_PREFIX):
        return "", None, target
    name, _, rest = target.path[len(WORLD_PREFIX) :].partition("/")
    return f"{WORLD_PREFIX}{name}", unquote(name), target._replace(path=f"/{rest}")


class BasePaths:
    """The base paths of the editions in one world."""

    __slots__ = ("_bases",)

    def __init__(self, configured: Mapping[str, str]) -> None:
        bases = [
            (configured.get(edition.name, edition.base_path).rstrip("/"), edition)
            for edition in (EDITION_85, EDITION_81)
        ]
        # The longer path first: the base of 8.1 is the root of everything.
        self._bases = sorted(bases, key=lambda pair: -len(pair[0]))

    def of(self, edition: EditionName) -> str:
        """Return the base path of an edition, without a trailing slash."""
        return next(base for base, each in self._bases if each.name == edition)

    def match(self, path: str) -> tuple[Edition, str, str]:
        """Return the edition that a path belongs to, its base, and the path below it."""
        for base, edition in self._bases:
            if path == base or path.startswith(f"{base}/"):
                return edition, base, path[len(base) :] or "/"
        # Under neither base: an unknown path is answered in the form of 8.5.
        return EDITION_85, self.of("8.5"), path


def base_paths_of(scenario: LoadedScenario) -> BasePaths:
    """Return the base paths of the editions in the worlds of a scenario."""
    given = scenario.base_paths
    return _base_paths(given.get("8.5"), given.get("8.1"))


@lru_cache(maxsize=64)
def _base_paths(base_85: str | None, base_81: str | None) -> BasePaths:
    # Remembered by the paths alone: a scenario that no world has any more must not stay.
    bases = {"8.5": base_85, "8.1": base_81}
    return BasePaths({name: base for name, base in bases.items() if base is not None})
