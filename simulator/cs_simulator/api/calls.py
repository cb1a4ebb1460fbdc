"""What a handler gets and what it gives: a call and a reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import quote

from cs_simulator.api.editions import Edition
from cs_simulator.api.events import FORMS, EventReader
from cs_simulator.api.resources import ExtensionFilter, Renderer, extension_filter
from cs_simulator.documents.problems import Problem
from cs_simulator.domain.errors import BadValues
from cs_simulator.domain.interactions import InteractionPart
from cs_simulator.domain.members import RESERVED
from cs_simulator.domain.model import Service, State, Submission, Task
from cs_simulator.domain.records import admit_extensions
from cs_simulator.domain.store import Which
from cs_simulator.domain.transaction import Transaction
from cs_simulator.late import named
from cs_simulator.operations.row import ApiOperation, Kind

if TYPE_CHECKING:
    from cs_simulator.exports import Exports


class Reply(NamedTuple):
    """What an operation answers; its status is that of the operation's row.

    ``location`` is a path below the base, already encoded.
    """

    members: Any = None
    location: str | None = None
    has_body: bool = True
    content: InteractionPart | None = None
    """A body that is not JSON."""


def created(members: Any, location: str) -> Reply:
    """Return the reply that says what was made, and where it is found."""
    return Reply(members, location)


def shows(members: Any, location: str | None = None) -> Reply:
    """Return a reply whose body is JSON."""
    return Reply(members, location)


def done() -> Reply:
    """Return the reply that says nothing but that it is done."""
    return Reply(has_body=False)


class Form(NamedTuple):
    """A body that is no JSON, as it came."""

    content_type: str = ""
    raw: bytes = b""


Handler = Callable[["Call"], Reply]


@cache
def handler_of(operation: ApiOperation) -> Handler:
    """Return what carries out an operation, from a module that is imported when it is first asked.

    A start does not pay for operations that most tests never ask for.
    """
    return cast("Handler", named(f"api.{operation.handler}"))


@dataclass(slots=True)
class Call:
    """One request to one operation, read and ready to be carried out."""

    operation: ApiOperation
    edition: Edition
    tx: Transaction
    args: Mapping[str, str]
    """The ids and names in the path, decoded."""
    which: Which
    query: Mapping[str, Any]
    """The declared parameters, converted."""
    raw_query: Sequence[tuple[str, str]]
    body: Any
    exports: Exports
    base_url: Callable[[], str] = str
    """What gives the address of the edition, where a reply names addresses."""
    form: Form | None = None
    import_folder: Path | None = None
    """Where the server may read files for an import."""
    shown: Renderer | None = None
    """What has rendered what is shown, once it has."""
    permit_extensions: Callable[[], None] | None = None
    """What refuses extensions that only the handler finds, where the user may not make any."""

    def service(self) -> Service:
        """Return the service that the path names, or raise."""
        return self.tx.service(self.args["service_id"])

    def state(self, service: Service) -> State:
        """Return the state of a service that the path names, or raise."""
        return self.tx.state(service, self.args["state_id"])

    def task(self, service: Service) -> Task:
        """Return the task of a service that the path names, or raise."""
        return self.tx.task(service, self.args["task_id"])

    def extension_name(self) -> str:
        """Return the extension that the path names, or refuse a reserved name."""
        name = self.args["name"]
        if name in RESERVED:
            raise BadValues([Problem("name", "the name of an extension, not a reserved one", name)])
        return name

    def extension(self, kind: Kind) -> tuple[str, Any]:
        """Return the extension that the path names, and the value that the body is for it.

        Where extensions of a kind such as ``services`` have schemas, both are as those have them.
        """
        name = self.extension_name()
        if not self.edition.extensions_have_schemas:
            return name, self.body

        admitted, problems = admit_extensions(self.tx.metadata, kind, {name: self.body})
        if problems:
            raise BadValues(problems)
        return next(iter(admitted.items()))

    def reader(self) -> EventReader:
        """Return what reads this call's events."""
        return EventReader(self.tx, self.args, self.edition)

    def event(self) -> Submission:
        """Return the event that the body is, in the form that the operation's row names."""
        reader = self.reader()
        submission = reader.event(FORMS[self.operation.form], self.body)
        reader.finish()
        return submission

    def renderer(self, extensions: ExtensionFilter | None = None) -> Renderer:
        """Return what renders for this call: with the attached data that its query names."""
        if extensions is None:
            names = self.query.get("extensions") or ()
            extensions = extension_filter(names, any_case=self.edition.extensions_have_schemas)
        self.shown = Renderer(self.tx.setup, extensions)
        return self.shown

    def hint_names(self) -> None:
        """Give the hint of attached data that was asked for by a name that is nearly right."""
        names = self.query.get("extensions") if self.shown is not None else None
        if names and self.shown is not None:
            for name, near in self.shown.nearly_asked(names):
                self.tx.hint(f"no attached data {name}; did you mean {near}?")

    def location(self, service: Service, part: str = "", part_id: int | None = None) -> str:
        """Return the path of a service, or of a state or task of it.

        The tables and examples of a composite start agree in ``services``, those of the others not.
        """
        agreed = self.operation.id == "composite_start"
        segment = "services" if agreed else self.tx.setup.fidelity.location_segment
        path = f"/{segment}/{quote(str(service.service_id), safe='')}"
        return path if part_id is None else f"{path}/{part}/{part_id}"
