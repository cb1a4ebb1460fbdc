"""What a row of the table of operations says, and what its cells may hold.

A row names what other packages have: its handler, the form of its body and the shape of its
response. So the table imports nothing, and whoever wants an operation's id alone pays for no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

EditionName = Literal["8.5", "8.1"]

Basis = Literal["documented", "relied_on", "assumed"]
"""Where the response of an operation comes from: the vendor's documents, what public clients rely
on, or our decision."""

Family = Literal["services", "profiles"]
"""Which server of the product an operation belongs to: GMS, or UCS behind it."""

Body = Literal["none", "object", "optional", "any", "multipart"]
"""What an operation takes: no body, a JSON object, the same or nothing, any JSON value, a form
with a file."""

Kind = Literal["profiles", "services", "states", "tasks"]
"""What extensions belong to."""

Mode = Literal["production", "maintenance"]
"""The modes of the server."""

BOTH: tuple[EditionName, ...] = ("8.5", "8.1")
ONLY_85: tuple[EditionName, ...] = ("8.5",)
ONLY_81: tuple[EditionName, ...] = ("8.1",)


PATH_EXAMPLES: Mapping[str, Any] = MappingProxyType(
    {
        "service_id": 4294967297,
        "state_id": 1001,
        "task_id": 500001,
        "customer_id": "0004Va58A92T0017",
        "src_id": "0004Va58A92T0018",
        "contact_key": "+442079460100",
        "interaction_id": "00001a57JGQ00BVS",
    }
)
"""What may stand in a path, by the name of its place."""


class Parameter(NamedTuple):
    """A parameter of the query, and the name of what it takes.

    ``repeats`` makes it a list: comma separated, repeated, or both.
    """

    name: str
    takes: Literal["text", "flag", "moment", "id", "field", "choice"] = "text"
    words: tuple[str, ...] = ()
    repeats: bool = False
    default: Any = None
    needed: bool = False


def flag(name: str) -> Parameter:
    """Return a parameter that is true or false, false unless it is given."""
    return Parameter(name, "flag", default=False)


def moment(name: str, *, needed: bool = False) -> Parameter:
    """Return a parameter that is a date."""
    return Parameter(name, "moment", needed=needed)


def texts(name: str) -> Parameter:
    """Return a parameter that is a list of texts."""
    return Parameter(name, repeats=True)


def ids(name: str) -> Parameter:
    """Return a parameter that is a list of 32-bit ids."""
    return Parameter(name, "id", repeats=True)


def choice(name: str, *words: str) -> Parameter:
    """Return a parameter that is one of a few words, the first unless it is given."""
    return Parameter(name, "choice", words, default=words[0])


class ShownBody(NamedTuple):
    """The body of a response, by the name that OpenAPI has for it."""

    name: str
    many: Literal["never", "always", "without name"] = "never"
    """Whether it is a list; ``without name``: at every path that does not end with ``{name}``."""


def one(name: str) -> ShownBody:
    """Return the shape of a response that shows one thing."""
    return ShownBody(name)


def every(name: str) -> ShownBody:
    """Return the shape of a response that shows a list."""
    return ShownBody(name, "always")


def one_or_every(name: str) -> ShownBody:
    """Return the shape of a response that shows what its path names, else a list."""
    return ShownBody(name, "without name")


CONTENT = ShownBody("content")
"""The shape of a response that is not JSON."""


def lists(path: str) -> tuple[str, ...]:
    """Return the paths of a list, and of what of it is active or completed."""
    return path, f"{path}/active", f"{path}/completed"


@dataclass(frozen=True, slots=True, eq=False)
class ApiOperation:
    """One operation of Context Services, whole: where it is found, what it takes and gives."""

    id: str
    method: str
    paths: tuple[str, ...]
    """Its paths below the base; what ends in ``/active`` or ``/completed`` shows a part."""
    _: KW_ONLY
    handler: str
    """What carries it out: a module of :mod:`cs_simulator.api`, and a function in it."""
    basis: Basis = "documented"
    assumes: str = ""
    """What of its response is our decision, where the rest is documented."""
    family: Family = "services"
    editions: tuple[EditionName, ...] = BOTH

    kind: Kind | None = None
    """Whose extensions, or schemas of extensions, it is about."""
    body: Body = "none"
    form: str = ""
    """The form of its body: an event of :mod:`cs_simulator.api.events`, or another that
    :mod:`cs_simulator.openapi.bodies` describes."""
    parameters: Sequence[Parameter] = ()
    either: Sequence[str] = ()
    """What may stand in the query or in the body, since tables of the documents say the one and
    examples the other. Those that ``parameters`` declares are at home in the query."""
    free_query: bool = False
    """Whether its query holds other names too, so that the handler reads it."""
    example: Any = None
    """A body that it takes in both editions."""
    attached: Any = None
    """What the example has besides in edition 8.5, where attached data needs no schema."""

    is_slow: bool = False
    """Whether it may take long: then it is not carried out where connections are read."""
    reads_apart: bool = False
    """Whether it only reads, from a copy, so that the world goes on meanwhile."""

    status: int = 200
    """The status where all is well."""
    status_81: int | None = None
    """The same in edition 8.1, where that differs."""
    status_switch: str = ""
    """The fidelity switch that decides the status, if one does."""
    shows: ShownBody | None = None
    """What its response has for a body, if it has one."""
    makes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What it makes, and its Location names: the parameter of a path that its value is for, and
    where that is in the response."""
    locates: bool = False
    """Whether its response has a Location though it makes nothing."""
    conflicts: bool = False
    """Whether it is refused where something of that name or value is there already."""

    tenanted: bool = False
    """Whether its data are a tenant's though its family is ``profiles``."""
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
    def located(self) -> bool:
        """Whether its response has a Location."""
        return self.locates or bool(self.makes)

    @property
    def of_tenant(self) -> bool:
        """Whether its data are a tenant's, so that edition 8.5 must know which one's."""
        return self.family == "services" or self.tenanted

    @property
    def refuses_as(self) -> Family:
        """Which server words its errors in edition 8.5: GMS, which knows tenants, or UCS."""
        return "services" if self.of_tenant else self.family

    def mode_in(self, edition: EditionName) -> Mode | None:
        """Return the mode of the server that it needs in an edition, or None."""
        if edition == "8.1" and self.maintenance_81:
            return "maintenance"
        if self.production or (edition == "8.1" and self.family == "services"):
            return "production"
        return None

    def status_in(self, edition: EditionName, fidelity: object) -> int:
        """Return the status where all is well, in an edition and with the switches of a world."""
        if self.status_switch:
            return int(getattr(fidelity, self.status_switch))
        if self.status_81 is not None and edition == "8.1":
            return self.status_81
        return self.status
