"""What an endpoint of the control API is: one row, from which its route and its docs are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

from cs_simulator.documents.shape import Shape

if TYPE_CHECKING:
    from flask import Response

    from cs_simulator.api.pipeline import Work
    from cs_simulator.control.front import Terms
    from cs_simulator.routing import Router
    from cs_simulator.worlds import Worlds

Scope = Literal["world", "server"]
"""What an endpoint is about: one world, or the whole server, which has it at the root only."""

Takes = Literal["nothing", "scenario"]
"""A body that no shape describes: none, and a scenario or the name of one."""

TEXT = "text/csv; charset=utf-8"

NO_MEMBERS: Mapping[str, type] = MappingProxyType({})


class Control(NamedTuple):
    """What the endpoints of a server work on."""

    worlds: Worlds
    terms: Terms
    router: Router
    """The routes of the API, which rules are explained for."""
    works: Mapping[str, Work]
    """What these lead to."""


class Endpoint(NamedTuple):
    """One endpoint: a method on a path below the prefix."""

    method: str
    path: str
    """As Flask writes it."""
    handler: Callable[..., Response]
    answer: Mapping[str, type] = NO_MEMBERS
    """The members that its answer always has, unless it is no JSON."""
    body: Shape | Takes = "nothing"
    scope: Scope = "world"
    query: tuple[str, ...] | None = ()
    """The parameters that it knows; None where its handler reads the query itself."""
    is_slow: bool = False
    """Whether it may take long: then it is not carried out where connections are read."""
    makes_world: bool = False
    """Whether a world that does not exist is made for it. Else the answer is 404."""
    content_type: str = "application/json"
    statuses: tuple[int, ...] = (200,)
    """What it answers where all is well."""

    @property
    def name(self) -> str:
        """The name of the endpoint, which is that of its handler."""
        return self.handler.__name__

    @property
    def summary(self) -> str:
        """What it does, in one sentence."""
        text: str = (self.handler.__doc__ or "").partition("\n")[0]
        return text
