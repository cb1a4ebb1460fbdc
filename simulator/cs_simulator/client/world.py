"""One world of a server: everything that a test sets up in it and asks of it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never, Unpack
from urllib.parse import quote

from cs_simulator.client.errors import (
    ArgumentError,
    ControlError,
    LoopBlockedError,
    NotPassedError,
    NotVerifiedError,
    ScenarioFileError,
)
from cs_simulator.client.files import file_named, is_path, read_scenario
from cs_simulator.client.loops import running_loop
from cs_simulator.client.responses import (
    Cleared,
    Clock,
    Description,
    Entry,
    Explanation,
    Fault,
    JudgeResponse,
    Mode,
    RequestsPage,
    Rewound,
    Scenario,
    Stage,
    Verification,
)
from cs_simulator.client.rules import FaultRule, Filters, JudgeQuestion, Question, Span
from cs_simulator.client.transport import Transport
from cs_simulator.client.values import (
    instant_text,
    keywords_only,
    missing,
    request_id,
    seconds_of,
    segment,
    span_text,
)
from cs_simulator.client.wording import failure_text, judgement_text

__tracebackhide__ = True  # pytest then shows the line of the test

ScenarioLike = str | os.PathLike[str] | Mapping[str, Any]
"""A name in the catalogue, a path, or a document. Text that looks like a path is one."""

DEFAULT = "default"
"""The world of requests without a world prefix."""

_MOST_COMPARED = 4
"""How many surplus requests are shown side by side."""


class World:
    """A world of a server.

    Methods that set up a world create it if necessary. Methods that query a world that does not
    exist raise :exc:`~cs_simulator.client.ControlError` with status 404.
    """

    def __init__(
        self, transport: Transport, name: str, folder: str | os.PathLike[str] = ""
    ) -> None:
        _check_name(name)
        self._transport = transport
        self._folder = Path(folder)
        self._bases: dict[str, str] | None = None
        self.name = name
        self.prefix = "" if name == DEFAULT else f"/_world/{quote(name, safe='')}"

    def __repr__(self) -> str:
        return f"World({self._transport.url + self.prefix!r})"

    if not TYPE_CHECKING:  # a type checker knows all attributes

        def __getattr__(self, name):
            raise missing(self, "World", name)

    # Addresses

    @property
    def root_url(self) -> str:
        """The URL of this world, below which everything is found as on a server of its own."""
        return f"{self._transport.url}{self.prefix}"

    @property
    def base_url(self) -> str:
        """The base URL of edition 8.5: what a system under test is configured with."""
        return self.root_url + self._base("8.5", "/genesys/1/cs")

    @property
    def base_url_81(self) -> str:
        """The base URL of edition 8.1."""
        return self.root_url + self._base("8.1", "/")

    def _base(self, edition: str, otherwise: str) -> str:
        if self._bases is None:
            self._bases = self.describe()["base_paths"]  # of a world that was not created here
        return self._bases.get(edition, otherwise).rstrip("/")

    # The world as a whole

    def create(
        self,
        scenario: ScenarioLike | None = None,
        *,
        copy_of: str | None = None,
        before: int | None = None,
    ) -> Description:
        """Create the world if it does not exist; start it afresh with a scenario if one is given.

        With ``copy_of`` it becomes a copy of that world, now or as it was ``before`` a request.
        """
        made: Description
        if copy_of is not None:
            if scenario is not None:
                raise ArgumentError(
                    "expected a scenario or copy_of, found both; remove one of them"
                )
            _check_name(copy_of)
            origin = {"from": copy_of} if before is None else {"from": copy_of, "before": before}
            made = self._call("PUT", self._own, origin)
        elif before is not None:
            raise ArgumentError("before requires copy_of, the world to copy; add it")
        elif scenario is None:
            made = self._call("PUT", self._own)
        else:
            made = self._put_scenario(self._own, scenario)
        self._bases = made["base_paths"]
        return made

    def describe(self) -> Description:
        """Return the key facts about the world."""
        return self._call("GET", self._own)

    def delete(self) -> None:
        """Drop the world, with all its data."""
        self._call("DELETE", self._own)

    def reset(self) -> Cleared:
        """Reset the world to the beginning of its scenario."""
        return self._begun(self._json("POST", "/reset"))

    def rewind(self, before: int) -> Rewound:
        """Rewind the world to the instant before a request, given by its id."""
        return self._json("POST", "/rewind", {"before": request_id(before)})

    def difference(self, start: int, end: int | None = None) -> list[dict[str, Any]]:
        """Return the difference of two instants: a JSON Patch from one snapshot to the other.

        Each instant is the one before a request, given by its id; the second defaults to now.
        """
        query = {"from": str(start)} if end is None else {"from": str(start), "to": str(end)}
        return self._json("GET", "/difference", query=query)["patch"]

    def report(self, test: str | None = None, failure: str = "") -> str:
        """Return the world's run as one HTML file, which needs no server.

        It can name the test that used the world, and how it failed.
        """
        if test is None:
            return self._transport.text("GET", self._at("/report"))
        named = {"test": {"name": test, "failure": failure}}
        return self._transport.text("POST", self._at("/report"), named)

    def report_data(self) -> dict[str, Any]:
        """Return the data of a report."""
        return self._json("GET", "/report", query={"format": "json"})

    # Scenarios

    def load_scenario(self, scenario: ScenarioLike) -> Cleared:
        """Start the world afresh with a scenario: a name, a path to a file, or a document."""
        return self._begun(self._put_scenario(self._at("/scenario"), scenario))

    def restore_scenario(self) -> Cleared:
        """Start the world afresh with the scenario that the server was started with."""
        return self._begun(self._json("DELETE", "/scenario"))

    def _begun(self, cleared: Cleared) -> Cleared:
        self._bases = cleared["base_paths"]
        return cleared

    def scenario(self) -> Scenario:
        """Return the active scenario."""
        return self._json("GET", "/scenario")

    def snapshot(self) -> dict[str, Any]:
        """Return the world as it is now, as a document for :meth:`load_scenario` in any world.

        It contains the passwords of the scenario's users.
        """
        return self._json("GET", "/snapshot")

    def snapshot_yaml(self) -> str:
        """Return the snapshot as the text of a scenario file."""
        return self._transport.text("GET", self._at("/snapshot"), query={"format": "yaml"})

    def _document(self, scenario: ScenarioLike) -> tuple[Any, str]:
        """Return a scenario in the form in which it is sent, and the file it is from."""
        if isinstance(scenario, Mapping):
            return dict(scenario), ""
        if not isinstance(scenario, (str, os.PathLike)):
            raise ArgumentError(
                f"{scenario!r} is not a scenario; use a name of the catalogue such as 'demo', "
                "a path such as './night.yaml', or a document such as {'extends': 'demo'}"
            )
        if isinstance(scenario, str) and not is_path(scenario):
            return {"name": scenario}, ""
        return read_scenario(scenario, self._folder)

    def _put_scenario(self, path: str, scenario: ScenarioLike) -> Any:
        """Send a scenario to a path, and return the response."""
        body, source = self._document(scenario)
        self._bases = None
        try:
            return self._call("PUT", path, body, source=source)
        except ControlError as error:
            file = file_named(scenario, self._folder)
            if file is None or not any(detail.at == "name" for detail in error.errors):
                raise
            raise ScenarioFileError(
                f"{error}\n  a file {file} exists; use './{file}' for that"
            ) from None

    # Faults and stages

    def add_fault(self, *misplaced: Never, **rule: Unpack[FaultRule]) -> Fault:
        """Add a fault rule, with the same keys as in a scenario; it is tried before all others."""
        keywords_only("add_fault", misplaced, "on")
        return self._json("POST", "/faults", rule)

    def replace_fault(self, name: str, /, *misplaced: Never, **rule: Unpack[FaultRule]) -> Fault:
        """Add a fault rule, or replace the one of that name."""
        keywords_only("replace_fault", misplaced, "on")
        return self._json("PUT", f"/faults/{segment(name, 'a fault')}", rule)

    def faults(self) -> list[Fault]:
        """Return the rules in force, in the order in which they are tried."""
        return self._json("GET", "/faults")["faults"]

    def get_fault(self, name: str) -> Fault:
        """Return a rule in force, with its counters."""
        return self._json("GET", f"/faults/{segment(name, 'a fault')}")

    def remove_fault(self, name: str) -> None:
        """Remove a rule; a rule of the scenario returns at the next reset."""
        self._json("DELETE", f"/faults/{segment(name, 'a fault')}")

    def remove_faults(self) -> list[str]:
        """Remove all rules, those of the scenario until the next reset; return their names."""
        return self._json("DELETE", "/faults")["deleted"]

    def stage(self) -> Stage:
        """Return the current stage."""
        return self._json("GET", "/stage")

    def enter_stage(self, name: str) -> Stage:
        """Enter a stage."""
        return self._json("PUT", "/stage", {"name": name})

    def next_stage(self) -> Stage:
        """Enter the next stage."""
        return self._json("POST", "/stage/next")

    # Time

    def clock(self) -> Clock:
        """Return the world's time."""
        return self._json("GET", "/clock")

    def set_clock(self, mode: Mode | None = None, time: str | datetime | None = None) -> Clock:
        """Set the clock: its mode, its time, or both.

        A time is a ``datetime`` with a time zone, or text such as ``2026-01-05T09:00:00.000Z``.
        """
        body: dict[str, Any] = {} if mode is None else {"mode": mode}
        if time is not None:
            body["time"] = instant_text(time)
        return self._json("PUT", "/clock", body)

    def freeze_clock(self, time: str | datetime | None = None) -> Clock:
        """Stop the clock, at its current time or at the given one."""
        return self.set_clock("frozen", time)

    def advance_clock(self, by: Span) -> Clock:
        """Advance the clock by a ``timedelta``, or a duration such as ``90s`` or ``2h``.

        What falls due happens. A real clock cannot be advanced: freeze it, or set its mode to
        ``offset``.
        """
        return self._json("POST", "/clock/advance", {"by": span_text(by)})

    # What happened

    def requests_page(self, *misplaced: Never, **filters: Unpack[Filters]) -> RequestsPage:
        """Return the requests of this world, oldest first, and how many are no longer kept."""
        keywords_only("requests_page", misplaced, "operation")
        return self._json("GET", "/requests", query=filters)

    def requests(self, *misplaced: Never, **filters: Unpack[Filters]) -> list[Entry]:
        """Return the requests of this world, oldest first, each with its response."""
        keywords_only("requests", misplaced, "operation")
        return self.requests_page(**filters)["requests"]

    def request(self, id: int) -> Entry:  # noqa: A002 - the name that it has in the journal
        """Return one entry of the journal."""
        return self._json("GET", f"/requests/{request_id(id)}")

    def clear_requests(self) -> int:
        """Empty the journal; return how many entries there were."""
        return self._json("DELETE", "/requests")["cleared"]["requests"]

    def verify(self, *misplaced: Never, **question: Unpack[Question]) -> Verification:
        """Check that this world received the expected requests.

        ``on`` and ``where`` select requests, as in a fault rule; ``response`` by their ``status``,
        ``fault`` and ``hint``. ``count`` is the expected number, by default at least one.
        ``in_order`` is a list of such patterns instead. ``within`` waits for the result; ``after``
        ignores earlier requests.

        Raises :exc:`NotVerifiedError`, an ``AssertionError`` that shows what came closest.
        """
        keywords_only("verify", misplaced, "on")
        verification = self.verification(**question)
        if not verification["verified"]:
            entries = self._compared(verification.get("matched_ids", ()))
            text = failure_text(self.root_url, question, verification, entries)
            raise NotVerifiedError(text, verification)
        return verification

    def verification(self, *misplaced: Never, **question: Unpack[Question]) -> Verification:
        """Return the result of a verification, whatever it is; see :meth:`verify`."""
        keywords_only("verification", misplaced, "on")
        longer = 0.0
        if question.get("within") is not None:
            within = span_text(question["within"])
            question["within"], longer = within, seconds_of(within)
            loop = running_loop()
            if loop and longer:
                raise LoopBlockedError(
                    f"verify(within={within!r}) would hold up the {loop} event loop that the code "
                    "under test runs in; await it: the fixture async_context_services, and "
                    "cs_simulator.client.AsyncWorld(world), have the same methods"
                )
        return self._json("POST", "/verify", question, longer=longer)

    def _compared(self, ids: Sequence[int]) -> list[Entry]:
        """Return some of the surplus requests, as far as the journal still has them."""
        entries = []
        for number in ids[-_MOST_COMPARED:]:
            with suppress(ControlError):
                entries.append(self.request(number))
        return entries

    def judge(self, *misplaced: Never, **question: Unpack[JudgeQuestion]) -> JudgeResponse:
        """Check that the client of this world behaved as expected.

        ``on``, ``where`` and ``after`` select requests, ``intent`` says which belong together; the
        other arguments are virtues, such as ``created={"at_most": 1}``. Without a virtue, the
        expectations of the world's scenario are used. ``ended`` says that the client has ended.

        Raises :exc:`NotPassedError`, an ``AssertionError`` that shows the client's attempts. It is
        also raised if the judge cannot decide.
        """
        keywords_only("judge", misplaced, "on")
        judgement = self.judgement(**question)
        if judgement["verdict"] != "passed":
            raise NotPassedError(judgement_text(self.root_url, judgement), judgement)
        return judgement

    def judgement(self, *misplaced: Never, **question: Unpack[JudgeQuestion]) -> JudgeResponse:
        """Return the result of a judgement, whatever it is; see :meth:`judge`."""
        keywords_only("judgement", misplaced, "on")
        return self._json("POST", "/judge", question or None)

    def explain(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> Explanation:
        """Return what the rules in force would do with a request, without counting it."""
        asked: dict[str, Any] = {"method": method, "path": path}
        if headers:
            asked["headers"] = dict(headers)
        if body is not None:
            asked["body"] = body
        return self._json("POST", "/explain", asked)

    def explain_request(self, id: int) -> Explanation:  # noqa: A002 - as in request()
        """Return what the rules did with a request in the journal."""
        return self._json("POST", "/explain", {"request": request_id(id)})

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document of both editions, as this world answers them."""
        return self._json("GET", "/openapi.json")

    def exports(self) -> list[str]:
        """Return the names of the exported files."""
        paths: list[str] = self._json("GET", "/exports")["exports"]
        return [path.rpartition("/")[2] for path in paths]

    def export(self, name: str) -> str:
        """Return the CSV text of an exported file."""
        return self._transport.text("GET", self._at(f"/exports/{segment(name, 'a file')}"))

    @property
    def _own(self) -> str:
        return f"/_control/worlds/{quote(self.name, safe='')}"

    def _at(self, path: str) -> str:
        return f"{self.prefix}/_control{path}"

    def _json(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        return self._call(method, self._at(path), body, **more)

    def _call(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """Send a request and return its response; all calls but those for text use this."""
        return self._transport.json(method, path, body, **more)


def _check_name(name: object) -> None:
    """Reject a name that is not text, is empty or cannot be sent; the server checks the rest."""
    try:
        can_be_sent = isinstance(name, str) and bool(name.encode())
    except UnicodeEncodeError:  # half a character
        can_be_sent = False
    if not can_be_sent:
        raise ArgumentError(f"{name!r} is not a valid world name; use 1 to 64 of A-Z a-z 0-9 . _ -")
