"""What an endpoint of the control API is: one row, from which its route and its docs are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from cs_simulator.control.shows import Shows
from cs_simulator.documents.shape import Shape

if TYPE_CHECKING:
    from flask import Response

    from cs_simulator.control.front import ControlTerms
    from cs_simulator.control.streams import Streams
    from cs_simulator.meter import Meter
    from cs_simulator.worlds import Worlds

Scope = Literal["world", "server"]
"""What an endpoint is about: one world, or the whole server, which has it at the root only."""

TEXT = "text/csv; charset=utf-8"
EVENTS = "text/event-stream; charset=utf-8"


class Content(NamedTuple):
    """A response that is described elsewhere: a file, or a document with a format of its own."""

    says: str
    media_types: tuple[str, ...]
    example: Any
    members: tuple[str, ...] = ()
    """The members that it always has, where it is a JSON object."""


class Param(NamedTuple):
    """A parameter of an endpoint, of its path or its query."""

    name: str
    says: str
    example: Any
    schema: Mapping[str, Any] = MappingProxyType({"type": "string"})
    repeats: bool = False
    """Whether it may come several times."""


class Takes(NamedTuple):
    """What an endpoint takes as its body."""

    name: str
    """What generated clients call it."""
    says: str
    shape: Shape | None
    """What it may look like; None where a scenario or the name of one is taken."""
    example: Mapping[str, Any]
    members: Mapping[str, str] = MappingProxyType({})
    """What each member means, where it is none of a scenario too."""
    place: str = ""
    """Where a scenario has the same: its key."""
    needed: tuple[str, ...] = ()
    """Members that must be there, though the shape says so elsewhere."""
    is_optional: bool = False


class Control(NamedTuple):
    """What the endpoints of a server work on."""

    worlds: Worlds
    terms: ControlTerms
    meter: Meter
    instance: str
    """The name of the server's process."""
    streams: Streams
    """Who is told what happens."""


class Endpoint(NamedTuple):
    """One endpoint: a method on a path below the prefix."""

    method: str
    path: str
    """As Flask writes it."""
    handler: Callable[..., Response]
    shows: Shows | Content
    """What it answers where all is well."""
    takes: Takes | None = None
    names: tuple[Param, ...] = ()
    """What its path names."""
    query: tuple[Param, ...] = ()
    """The parameters that it knows."""
    checks_query: bool = False
    """Whether its handler refuses what the query should not have."""
    scope: Scope = "world"
    is_slow: bool | Literal["unless bare"] = False
    """Whether it may take long: then it is not carried out where connections are read.

    ``unless bare`` is what takes long with a body, or in a world that there is already.
    """
    makes_world: bool = False
    """Whether a world that does not exist is made for it. Else the answer is 404."""
    statuses: tuple[int, ...] = (200,)
    """What it answers where all is well."""
    refuses: Mapping[int, str] = MappingProxyType({})
    """When it answers a status that not every endpoint of its kind has."""

    @property
    def name(self) -> str:
        """The name of the endpoint, which is that of its handler."""
        return self.handler.__name__

    @property
    def group(self) -> str:
        """What it is told under: the name of the module that it stands in."""
        return self.handler.__module__.rpartition(".")[2]

    @property
    def summary(self) -> str:
        """What it does, in one sentence."""
        text: str = (self.handler.__doc__ or "").partition("\n")[0]
        return text

    @property
    def content_type(self) -> str:
        """The media type of what it answers, the first where a parameter decides."""
        return self.shows.media_types[0] if isinstance(self.shows, Content) else "application/json"
