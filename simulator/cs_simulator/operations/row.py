"""The rows of the table of operations, and the values of their cells.

A row refers by name to things in other packages: its handler, the form of its body and the shape of
its response. So the table imports nothing, and reading an operation's id costs nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

EditionName = Literal["8.5", "8.1"]

Basis = Literal["documented", "relied_on", "assumed"]
"""The source of an operation's response: the vendor's documents, the expectations of public
clients, or our decision.
"""

Family = Literal["services", "profiles"]
"""The server of the product that an operation belongs to: GMS, or UCS behind it."""

Body = Literal["none", "object", "optional", "any", "multipart"]
"""The body of an operation: none, a JSON object, an object or nothing, any JSON value, a form with
a file.
"""

Kind = Literal["profiles", "services", "states", "tasks"]
"""What has extensions."""

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
"""Examples of path parameters; one that is missing here is an example itself."""


class Parameter(NamedTuple):
    """A query parameter, and the name of its converter.

    With ``repeats`` it is a list: comma-separated, repeated, or both.
    """

    name: str
    takes: Literal["text", "flag", "moment", "id", "field", "choice"] = "text"
    words: tuple[str, ...] = ()
    repeats: bool = False
    default: Any = None
    needed: bool = False


def flag(name: str) -> Parameter:
    """Return a boolean parameter; the default is false."""
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
    """Return a parameter that is one of a few words; the first is the default."""
    return Parameter(name, "choice", words, default=words[0])


class ShownBody(NamedTuple):
    """The body of a response, by its name in OpenAPI."""

    name: str
    many: Literal["never", "always", "without name"] = "never"
    """Whether it is a list; ``without name``: at every path that does not end with ``{name}``."""


def one(name: str) -> ShownBody:
    """Return the body of a response with one item."""
    return ShownBody(name)


def every(name: str) -> ShownBody:
    """Return the body of a response with a list."""
    return ShownBody(name, "always")


def one_or_every(name: str) -> ShownBody:
    """Return the body of a response with the item that its path names, or else a list."""
    return ShownBody(name, "without name")


CONTENT = ShownBody("content")
"""The body of a response that is not JSON."""


def lists(path: str) -> tuple[str, ...]:
    """Return the paths of a list, and of its active and completed parts."""
    return path, f"{path}/active", f"{path}/completed"


class ApiOperation(NamedTuple):
    """One operation of Context Services, complete: its paths, its request and its response."""

    id: str
    method: str
    paths: tuple[str, ...]
    """Its paths below the base; those that end in ``/active`` or ``/completed`` show a part."""
    handler: str
    """Its handler: a module of :mod:`cs_simulator.api`, and a function in it."""
    basis: Basis = "documented"
    assumes: str = ""
    """Which part of its response is our decision, if the rest is documented."""
    family: Family = "services"
    editions: tuple[EditionName, ...] = BOTH

    kind: Kind | None = None
    """The owner of the extensions, or of their schemas, that it concerns."""
    body: Body = "none"
    form: str = ""
    """The form of its body: an event of :mod:`cs_simulator.api.events`, or another one in
    :mod:`cs_simulator.openapi.bodies`.
    """
    parameters: Sequence[Parameter] = ()
    either: Sequence[str] = ()
    """Parameters that may be in the query or in the body, since the documents' tables and examples
    disagree. Those in ``parameters`` are read in the query, the others in the body.
    """
    free_query: bool = False
    """Whether its query contains other names too, which the handler reads."""
    example: Any = None
    """An example body for both editions."""
    attached: Any = None
    """Additions to the example in edition 8.5, where attached data needs no schema."""

    is_slow: bool = False
    """Whether it may take long; then it runs in a thread of the pool."""

    status: int = 200
    """The status on success."""
    status_81: int | None = None
    """The status on success in edition 8.1, if it differs."""
    status_switch: str = ""
    """The fidelity switch that decides the status, if one does."""
    shows: ShownBody | None = None
    """The body of its response, if it has one."""
    makes: Mapping[str, str] = MappingProxyType({})
    """What it creates and its Location names: the path parameter for its id, and where the id is in
    the response.
    """
    locates: bool = False
    """Whether its response has a Location although it creates nothing."""
    conflicts: bool = False
    """Whether it is rejected if the name or value exists."""

    tenanted: bool = False
    """Whether its data belongs to a tenant although its family is ``profiles``."""
    production: bool = False
    """Whether a server in maintenance mode rejects it, in both editions. Operations on services,
    states and tasks are always rejected in 8.1, and never in 8.5.
    """
    maintenance_81: bool = False
    """Whether a server in production mode rejects it in edition 8.1."""
    privileges: tuple[str, ...] = ()
    """The privilege that it requires in edition 8.1, if roles are checked."""
    extension_privilege: str = ""
    """The privilege that it also requires if a request sends or asks for extensions."""

    @property
    def located(self) -> bool:
        """Whether its response has a Location."""
        return self.locates or bool(self.makes)

    @property
    def of_tenant(self) -> bool:
        """Whether its data belongs to a tenant, which edition 8.5 must then know."""
        return self.family == "services" or self.tenanted

    @property
    def refuses_as(self) -> Family:
        """Which server words its errors in edition 8.5: GMS, which knows tenants, or UCS."""
        return "services" if self.of_tenant else self.family

    def mode_in(self, edition: EditionName) -> Mode | None:
        """Return the server mode that it requires in an edition, or None."""
        if edition == "8.1" and self.maintenance_81:
            return "maintenance"
        if self.production or (edition == "8.1" and self.family == "services"):
            return "production"
        return None

    def status_in(self, edition: EditionName, fidelity: object) -> int:
        """Return the status on success, in an edition and with the switches of a world."""
        if self.status_switch:
            return int(getattr(fidelity, self.status_switch))
        if self.status_81 is not None and edition == "8.1":
            return self.status_81
        return self.status


def extension_rows(
    kind: Kind, path: str, value: Any, pairs: Any, status_81: int | None = None
) -> tuple[ApiOperation, ...]:
    """Return the two operations on an extension of services, states or tasks, with examples."""
    one_kind = kind.removesuffix("s")
    return (
        ApiOperation(
            f"update_{one_kind}_extension",
            "PUT",
            (f"{path}/extensions/{{name}}",),
            handler="services:update_extension",
            kind=kind,
            body="any",
            form="ExtensionValue",
            attached=value,
            status_81=status_81,
            privileges=(f"UCS.{one_kind.capitalize()}.update{one_kind.capitalize()}Extension",),
        ),
        ApiOperation(
            f"merge_{one_kind}_extension",
            "PUT",
            (f"{path}/extensions/{{name}}/merge",),
            handler="services:merge_extension",
            assumes="a key on both sides keeps its stored value; anything but a map is rejected",
            editions=ONLY_85,
            kind=kind,
            body="object",
            form="ExtensionMap",
            attached=pairs,
        ),
    )
