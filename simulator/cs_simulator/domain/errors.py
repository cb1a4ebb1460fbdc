"""All errors of the API: code, status, text, and where they are documented.

A refusal is an exception that says what is wrong with a request; nothing has been stored when it is
raised. The statuses and titles of codes are those of contract section 3. Only 4020, and the three
texts marked *documented* below, are the vendor's. The editions decide how a refusal is sent
(:mod:`cs_simulator.api.editions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import ClassVar

from cs_simulator.documents.problems import MOST_PROBLEMS, Problem

TITLES: MappingProxyType[int, tuple[int, str]] = MappingProxyType(
    {
        4010: (400, "missing parameter"),
        4020: (400, "bad parameter"),
        4030: (400, "malformed body"),
        4011: (401, "unauthorized"),
        4031: (403, "forbidden"),
        4040: (404, "not found"),
        4050: (405, "method not allowed"),
        4090: (409, "conflict"),
        4130: (413, "body too large"),
        4150: (415, "unsupported media type"),
        5000: (500, "internal error"),
        5030: (503, "not available in this mode"),
    }
)
"""The HTTP status and the title of each application code."""

MISSING_PARAMETER = 4010
BAD_PARAMETER = 4020


class Refusal(Exception):  # noqa: N818 - the domain's word for it
    """A request that is rejected.

    ``hint`` is additional help that the real server would not give.
    """

    code: ClassVar[int]

    def __init__(self, text: str, hint: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint

    @property
    def status(self) -> int:
        """The HTTP status of this refusal's code."""
        return TITLES[self.code][0]

    @property
    def title(self) -> str:
        """The title of this refusal's code."""
        return TITLES[self.code][1]

    @property
    def text_85(self) -> str:
        """The text as GMS words it, if it is known to differ."""
        return self.text


class EntityNotFound(Refusal):
    """A service, state or task in the path does not exist.

    Documented for DELETE of a service (API Reference, *Delete Service*), with status 400 in 8.5.
    """

    code = 4040
    kind: ClassVar[str]

    def __init__(self, entity_id: object, hint: str | None = None) -> None:
        super().__init__(f"There are no {self.kind} found for : {entity_id}", hint)


class ServiceNotFound(EntityNotFound):
    """No such service; the text is documented."""

    kind = "service"


class StateNotFound(EntityNotFound):
    """No such state in this service; assumed by analogy."""

    kind = "state"


class TaskNotFound(EntityNotFound):
    """No such task in this service; assumed by analogy."""

    kind = "task"


class NothingFound(Refusal):
    """Something other than a service, state or task does not exist; assumed."""

    code = 4040


class BadValues(Refusal):
    """Members of a body or parameters of a query are missing or invalid; it lists all of them."""

    code = BAD_PARAMETER

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = tuple(problems)
        self.problems: Sequence[Problem] = found[:MOST_PROBLEMS]
        more = len(found) - len(self.problems)
        self.more = f"; {more:,} more" if more else ""
        """The number of further problems, in words."""
        super().__init__(f"{'; '.join(each.sentence for each in self.problems)}{self.more}")


class WrongCase(Refusal):
    """A well-formed request that does not fit what is stored; assumed."""

    code = BAD_PARAMETER


class MalformedBody(Refusal):
    """A body that is not one JSON object in UTF-8; assumed."""

    code = 4030


class MalformedPath(Refusal):
    """A path that cannot be decoded; assumed."""

    code = 4030


class UnknownPath(Refusal):
    """No operation has this path."""

    code = 4040


class MethodNotAllowed(Refusal):
    """The path has operations, but none with this method."""

    code = 4050

    def __init__(self, text: str, allowed: Iterable[str], hint: str | None = None) -> None:
        super().__init__(text, hint)
        self.allowed = tuple(sorted(allowed))


class Conflict(Refusal):
    """Something of that name or value already exists; assumed."""

    code = 4090


class SharedValues(Conflict):
    """A customer's values would be shared by other customers, the ``owners``, given by id."""

    def __init__(self, key: str, shown: str, owners: Sequence[str]) -> None:
        self.key = key
        self.shown = shown
        self.owners = owners
        if len(owners) == 1:
            super().__init__(self.words(f"customer {owners[0]} already has"))
        else:
            super().__init__(self.words(f"customers {' and '.join(owners)} both have"))

    def words(self, have: str) -> str:
        """Return what is wrong, with the owners named in the words of the caller."""
        return f"Identification key {self.key} is unique, but {have} {self.shown}"


class Unauthorized(Refusal):
    """A request without the credentials of a user."""

    code = 4011


class Forbidden(Refusal):
    """A request that the roles of its user, or the server's options, do not allow.

    ``permission`` is what the user lacks, which is all that GMS reports: clients of its other
    modules rely on these words.
    """

    code = 4031

    def __init__(
        self, text: str, hint: str | None = None, *, permission: str | None = None
    ) -> None:
        super().__init__(text, hint)
        self.permission = permission

    @property
    def text_85(self) -> str:
        """The text of GMS for a missing permission."""
        return self.text if self.permission is None else f"Requires permission: {self.permission}"


class InvalidTenant(Refusal):
    """A request that names no tenant, or an unknown one; the texts are documented.

    Source: API Reference 8.5, *Welcome*; *Configuring Tenancy*. The status is assumed.
    """

    code = BAD_PARAMETER


class NotInMode(Refusal):
    """An operation that the server's mode does not allow (Developer Guide, *Server Mode*)."""

    code = 5030


class BodyTooLarge(Refusal):
    """A body over the server's limit."""

    code = 4130


class UnsupportedMediaType(Refusal):
    """A body that is not declared as JSON in UTF-8, or is compressed.

    ``accepts_encoding`` lists the accepted Content-Encodings, if that is what is wrong.
    """

    code = 4150

    def __init__(
        self, text: str, hint: str | None = None, *, accepts_encoding: str | None = None
    ) -> None:
        super().__init__(text, hint)
        self.accepts_encoding = accepts_encoding


class InternalError(Refusal):
    """A bug in the simulator; its id is in the server's log, with the traceback."""

    code = 5000


class OutOfIds(Refusal):
    """An operation needs an id, and none is left."""

    code = 5000


class ExportFailed(Refusal):
    """Files of an export could not be written to disk."""

    code = 5000


class InjectedFault(Refusal):
    """A response injected by a fault rule, in the edition's form but with the rule's status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self._status = status

    @property
    def code(self) -> int:  # type: ignore[override] # every other refusal has one of its class
        """The application code of the status, or the status followed by a zero."""
        return next(
            (code for code, (status, _) in TITLES.items() if status == self._status),
            self._status * 10,
        )

    @property
    def status(self) -> int:
        """The status that the rule gives."""
        return self._status

    @property
    def title(self) -> str:
        """The title of the status, if it has one."""
        return TITLES[self.code][1] if self.code in TITLES else "injected fault"
