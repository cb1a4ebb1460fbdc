"""What an operation of Context Services is: its id, its place in the API, and what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from cs_simulator.api.editions import EditionName, Family
from cs_simulator.api.queries import Parameter
from cs_simulator.domain.server_state import Mode

if TYPE_CHECKING:
    from cs_simulator.api.calls import Call, Reply

Basis = Literal["documented", "relied on", "assumed"]
"""Where the answer of an operation comes from: the vendor's documents, what public clients rely
on, or our decision."""

Body = Literal["none", "object", "optional", "any", "multipart"]
"""What an operation takes: no body, a JSON object, the same or nothing, any JSON value, a form
with a file."""

BOTH: tuple[EditionName, ...] = ("8.5", "8.1")

Handler = Callable[["Call"], "Reply"]


class Operation(NamedTuple):
    """One operation and all its paths."""

    id: str
    method: str
    paths: tuple[str, ...]
    handler: Handler
    basis: Basis
    assumes: str = ""
    """What of its answer is our decision, where the rest is documented."""
    body: Body = "none"
    parameters: Sequence[Parameter] = ()
    free_query: bool = False
    """Whether the handler reads the query itself."""
    family: Family = "services"
    editions: tuple[EditionName, ...] = BOTH
    production: bool = False
    """Whether a server in maintenance mode refuses it, in both editions. Services, states and
    tasks are refused in 8.1 anyway, and in 8.5 never."""
    maintenance_81: bool = False
    """Whether a server in production mode refuses it in edition 8.1."""
    privileges: tuple[str, ...] = ()
    """What a user's roles must allow in edition 8.1, where roles are checked."""
    extension_privilege: str = ""
    """What they must allow as well where a request sends or asks for extensions."""

    @property
    def of_tenant(self) -> bool:
        """Whether its data are a tenant's, so that edition 8.5 must know which one's."""
        return self.family == "services" or self.id == "query_business_attributes"

    def mode_in(self, edition: EditionName) -> Mode | None:
        """Return the mode of the server that it needs in an edition, or None."""
        if edition == "8.1" and self.maintenance_81:
            return "maintenance"
        if self.production or (edition == "8.1" and self.family == "services"):
            return "production"
        return None


class late:  # noqa: N801 - reads as the function that it stands for
    """Stand for a handler in a module that is imported when it is first called.

    A start does not pay for operations that most tests never ask for.
    """

    __slots__ = ("_handler", "module", "name")

    def __init__(self, module: str, name: str) -> None:
        self.module = module
        self.name = name
        self._handler: Handler | None = None

    def __call__(self, call: Call) -> Reply:
        """Carry out the operation."""
        if self._handler is None:
            self._handler = self.resolve()
        return self._handler(call)

    def resolve(self) -> Handler:
        """Return the handler itself."""
        return cast("Handler", getattr(import_module(self.module), self.name))
