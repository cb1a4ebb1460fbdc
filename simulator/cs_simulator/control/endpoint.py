"""An endpoint of the control API: one row, from which its route and its documentation are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from cs_simulator.control.shows import Shows
from cs_simulator.documents.shape import Shape

if TYPE_CHECKING:
    from flask import Response

    from cs_simulator.control.front import ControlTerms, ServerHealth
    from cs_simulator.control.streams import Streams
    from cs_simulator.meter import Meter
    from cs_simulator.worlds import Worlds

Scope = Literal["world", "server"]
"""What an endpoint concerns: one world, or the whole server, in which case it exists only at the
root.
"""

TEXT = "text/csv; charset=utf-8"
EVENTS = "text/event-stream; charset=utf-8"


class Content(NamedTuple):
    """A response that is described elsewhere: a file, or a document with its own format."""

    says: str
    media_types: tuple[str, ...]
    example: Any
    members: tuple[str, ...] = ()
    """The members that are always present, if it is a JSON object."""


class Param(NamedTuple):
    """A parameter of an endpoint, in its path or its query."""

    name: str
    says: str
    example: Any
    schema: Mapping[str, Any] = MappingProxyType({"type": "string"})
    repeats: bool = False
    """Whether it may be repeated."""


class Takes(NamedTuple):
    """The body of an endpoint's request."""

    name: str
    """Its name in generated clients."""
    says: str
    shape: Shape | None
    """Its shape; None for a scenario or the name of one."""
    example: Mapping[str, Any]
    members: Mapping[str, str] = MappingProxyType({})
    """The meaning of each member, if it differs from the scenario's."""
    place: str = ""
    """The key under which a scenario has the same map, if it does."""
    needed: tuple[str, ...] = ()
    """Required members, where the shape does not say so."""
    is_optional: bool = False


class Control(NamedTuple):
    """What the endpoints of a server work on."""

    worlds: Worlds
    terms: ControlTerms
    meter: Meter
    instance: str
    """The name of the server process."""
    streams: Streams
    """The event streams of the server."""
    health: ServerHealth


class Endpoint(NamedTuple):
    """One endpoint: a method and a path below the prefix."""

    method: str
    path: str
    """In Flask's syntax."""
    handler: Callable[..., Response]
    shows: Shows | Content
    """The response on success."""
    takes: Takes | None = None
    instead_of_body: str = ""
    """What to do instead of sending a body, where one would be a misunderstanding."""
    names: tuple[Param, ...] = ()
    """The parameters in its path."""
    query: tuple[Param, ...] = ()
    """The parameters in its query."""
    forms: Mapping[str, Shows] = MappingProxyType({})
    """What it responds with instead if a parameter selects another media type."""
    events: Mapping[str, Shows] = MappingProxyType({})
    """The data of each event, by type, where the response is a stream of them."""
    checks_query: bool = False
    """Whether its handler rejects invalid query parameters itself."""
    scope: Scope = "world"
    is_slow: bool | Literal["unless bare"] = False
    """Whether it may take long; then it runs in a thread of the pool.

    ``unless bare`` means that it may take long with a body, or if the world exists.
    """
    makes_world: bool = False
    """Whether a world that does not exist is created. Otherwise the response is 404."""
    is_public: bool = False
    """Whether it needs no token, since it holds no data."""
    leads: bool = False
    """Whether a browser is redirected to the console."""
    statuses: tuple[int, ...] = (200,)
    """The statuses on success."""
    refuses: Mapping[int, str] = MappingProxyType({})
    """The reasons for error statuses that not every endpoint of its kind has."""
    tag: str = ""
    """The section that documents it, if it has not the name of its handler's module."""

    @property
    def name(self) -> str:
        """The name of the endpoint, which is the name of its handler."""
        return self.handler.__name__

    @property
    def group(self) -> str:
        """The section that documents it."""
        return self.tag or self.handler.__module__.rpartition(".")[2]

    @property
    def summary(self) -> str:
        """What it does, in one sentence."""
        text: str = (self.handler.__doc__ or "").partition("\n")[0]
        return text

    @property
    def content_type(self) -> str:
        """The media type of the response; the first one if a parameter decides."""
        return self.shows.media_types[0] if isinstance(self.shows, Content) else "application/json"
