"""What a handler receives and returns: a call and its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import quote

from cs_simulator.api.editions import Edition
from cs_simulator.api.events import FORMS, EventReader
from cs_simulator.api.resources import NO_EXTENSIONS, ExtensionFilter, Renderer, extension_filter
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


class CallResult(NamedTuple):
    """What a handler returns; the status is in the operation's row."""

    members: Any = None
    location: str | None = None
    has_body: bool = True
    content: InteractionPart | None = None
    """A body that is not JSON."""


def created(members: Any, location: str) -> CallResult:
    """Return a result that shows what was created, and its location."""
    return CallResult(members, location)


def shows(members: Any, location: str | None = None) -> CallResult:
    """Return a result with a JSON body."""
    return CallResult(members, location)


def done() -> CallResult:
    """Return an empty result that only confirms success."""
    return CallResult(has_body=False)


class DeferredResult(NamedTuple):
    """What is left of an operation that only reads: it runs without the world's lock.

    Until then it has copied what it reads.
    """

    run: Callable[[], CallResult]


class Form(NamedTuple):
    """A body that is not JSON, as it was sent."""

    content_type: str = ""
    raw: bytes = b""


Handler = Callable[["Call"], CallResult | DeferredResult]


@cache
def handler_of(name: str) -> Handler:
    """Return the handler that a row names, from a module that is imported at its first call.

    Most tests use few operations, so the others add nothing to the start-up time.
    """
    return cast("Handler", named(f"api.{name}"))


@dataclass(slots=True)
class Call:
    """One request to one operation, parsed and ready to be carried out."""

    operation: ApiOperation
    edition: Edition
    tx: Transaction
    args: Mapping[str, str]
    """The ids and names in the path, decoded."""
    which: Which
    query: Mapping[str, Any]
    """The declared query parameters, converted."""
    raw_query: Sequence[tuple[str, str]]
    body: Any
    exports: Exports
    resume: Callable[[], AbstractContextManager[None]]
    """Holds the world's lock again, for what is left; raises if the world has gone on without it.
    """
    base_url: Callable[[], str] = str
    """Returns the base URL of the edition, for responses that contain addresses."""
    form: Form | None = None
    import_folder: Path | None = None
    """The folder from which an import may read files."""
    shown: Renderer | None = None
    """The renderer used for the result, once there is one."""
    permit_extensions: Callable[[], None] | None = None
    """Rejects extensions that only the handler can find, if the user is not allowed to create them.
    """

    def service(self) -> Service:
        """Return the service that the path names."""
        return self.tx.service(self.args["service_id"])

    def state(self, service: Service) -> State:
        """Return the state that the path names."""
        return self.tx.state(service, self.args["state_id"])

    def task(self, service: Service) -> Task:
        """Return the task that the path names."""
        return self.tx.task(service, self.args["task_id"])

    def extension_name(self) -> str:
        """Return the extension name in the path; reject a reserved name."""
        name = self.args["name"]
        if name in RESERVED:
            raise BadValues([Problem("name", "the name of an extension, not a reserved one", name)])
        return name

    def extension(self) -> tuple[str, Any]:
        """Return the extension name in the path, and its new value from the body.

        If extensions of the kind that the operation is about (such as ``services``) have schemas,
        name and value are normalised by them.
        """
        name = self.extension_name()
        if not self.edition.extensions_have_schemas:
            return name, self.body

        kind = cast("Kind", self.operation.kind)
        admitted, problems = admit_extensions(self.tx.metadata, kind, {name: self.body})
        if problems:
            raise BadValues(problems)
        return next(iter(admitted.items()))

    def reader(self) -> EventReader:
        """Return a reader for this call's events."""
        return EventReader(self.tx, self.args, self.edition)

    def event(self) -> Submission:
        """Return the event in the body, in the form that the operation's row names."""
        reader = self.reader()
        submission = reader.event(FORMS[self.operation.form], self.body)
        reader.finish()
        return submission

    def renderer(self, extensions: ExtensionFilter | None = None) -> Renderer:
        """Return a renderer for this call, with the attached data that the query asks for."""
        if extensions is None:
            names = self.query.get("extensions")
            any_case = self.edition.extensions_have_schemas
            extensions = extension_filter(names, any_case=any_case) if names else NO_EXTENSIONS
        self.shown = Renderer(self.tx.setup, extensions)
        return self.shown

    def hint_names(self) -> None:
        """Add a hint for each name of attached data that was asked for and is misspelled."""
        names = self.query.get("extensions")
        if names and self.shown is not None:
            for name, near in self.shown.nearly_asked(names):
                self.tx.hint(f"no attached data {name}; did you mean {near}?")

    def location(self, service: Service, part: str = "", part_id: int | None = None) -> str:
        """Return the path of a service, or of one of its states or tasks.

        For a composite start, the documents' tables and examples agree on ``services``; elsewhere
        they do not.
        """
        agreed = self.operation.id == "composite_start"
        segment = "services" if agreed else self.tx.setup.fidelity.location_segment
        path = f"/{segment}/{quote(str(service.service_id), safe='')}"
        return path if part_id is None else f"{path}/{part}/{part_id}"
