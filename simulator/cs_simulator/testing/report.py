"""What a failed test shows: the simulator's own message, its worlds, and their report files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

from cs_simulator.client import ControlError, NotVerifiedError, SimulatorError, World
from cs_simulator.client.wording import printable
from cs_simulator.ids import digest

if TYPE_CHECKING:
    from cs_simulator.client.responses import Entry
    from cs_simulator.testing.worlds import Lent

PROPERTY = "context_services_report"
"""The name of the property in JUnit XML that gives the path of a report file."""

_MOST_OF_FAILURE = 100_000
_MOST_OF_NAME = 100
_MOST = 50
_LONGEST = 300

T = TypeVar("T")

if TYPE_CHECKING:

    class _Failed(Exception):  # noqa: N818
        def __init__(self, msg: str, *, pytrace: bool) -> None: ...

else:
    _Failed = pytest.fail.Exception


class ExplainedFailure(_Failed):
    """A failure whose text says everything; ``cause`` is the underlying error, if any."""

    def __init__(self, reason: str, cause: Exception | None = None) -> None:
        super().__init__(reason, pytrace=False)
        self.cause = cause


def or_fail(do: Callable[[], T]) -> T:
    """Call a function; if the simulator raises an error, fail with its message alone."""
    try:
        return do()
    except (SimulatorError, pytest.UsageError) as error:
        cause = error
    raise ExplainedFailure(str(cause), cause)


def put_reason_first(report: pytest.TestReport, error: BaseException) -> None:
    """Make summaries and CI annotations of a failure show the reason, not the class."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None and isinstance(
        error, (SimulatorError, NotVerifiedError, ExplainedFailure)
    ):
        crash.message = summary_of(error)


def summary_of(error: BaseException) -> str:
    """Return the text of an error with the reason in its first line, for a summary."""
    cause = error.cause if isinstance(error, ExplainedFailure) else error
    if not isinstance(cause, ControlError) or len(cause.errors) < 2:
        return str(error)
    first = f"{cause.title}: {cause.errors[0]} (and {len(cause.errors) - 1} more)"
    return "\n".join([first, *(f"  {detail}" for detail in cause.errors)])


def shorten(report: pytest.TestReport, error: BaseException) -> None:
    """Reduce a failure that was already reported to its first line."""
    report.longrepr = (
        f"{summary_of(error).splitlines()[0]}\n(reported in full at the first test that needed it)"
    )


def add_journals(
    report: pytest.TestReport,
    lents: Sequence[Lent],
    files: Mapping[str, str],
    astray: Sequence[Entry],
) -> None:
    """Add to a failure the requests of the test's worlds, and the paths of their report files.

    ``astray`` are the last requests that world default received meanwhile. All of it becomes a part
    of the failure itself, so that it also appears in JUnit XML and HTML reports, and
    ``--show-capture`` does not hide it.
    """
    add = getattr(report.longrepr, "addsection", None)
    for lent in lents:
        text = report_of(lent.world, lent.world.since)
        if astray and lent is lents[0]:
            text += "\n" + "\n".join(_astray_lines(astray, lent.world))
        if lent.world.name in files:
            text += f"\n{files[lent.world.name]}"
        section = (title_of(lent), text)
        if add is None:
            report.sections.append(section)
        else:
            add(*section)


def title_of(lent: Lent) -> str:
    """Return the title under which a world is reported."""
    shared = f", of the fixture {lent.fixture}" if lent.fixture else ""
    return f"Context Services, world {lent.world.name}{shared}"


def report_of(world: World, since: int = 0) -> str:
    """Return the journal of a world after an entry, with hints and errors."""
    try:
        page = world.requests_page(limit=_MOST, after=since)
        scenario, clock = world.scenario(), world.clock()
    except SimulatorError as error:
        return str(error)
    entries = page["requests"]
    name = printable(scenario["name"])
    lines = [f"{world.root_url} scenario {name}, clock {clock['mode']} {clock['time']}"]
    if not entries:
        later = " since this test began" if since else ""
        return f"{lines[0]}\nThis world received no requests{later}."
    before = entries[0]["id"] - 1 - since
    if before:
        lines.append(f"({before} earlier requests are not shown)")
    lines += [line for entry in entries for line in entry_lines(entry, world)]
    for title, chosen in (
        ("No such operation", [entry for entry in entries if entry["operation"] == "unrouted"]),
        ("Rejected", [entry for entry in entries if is_rejected(entry)]),
    ):
        if chosen:
            lines.append(f"{title}:")
            lines += [line for entry in chosen for line in _details(entry)]
    return "\n".join(lines)


def _astray_lines(entries: Sequence[Entry], world: World) -> Iterator[str]:
    yield (
        "World default received requests meanwhile. "
        f"Does the code under test use a base URL under {world.root_url}?"
    )
    for entry in entries:
        yield from (f"  {line}" for line in entry_lines(entry, world))


def entry_lines(entry: Entry, world: World) -> list[str]:
    """Return an entry as a line, with its hints below."""
    path = entry["request"]["path"].removeprefix(world.prefix)
    method, operation = entry["request"]["method"], entry["operation"]
    words = [f"#{entry['id']}", method, path, "->", received(entry), operation]
    if "faults" in entry:
        words.append(f"[fault {', '.join(entry['faults'])}]")
    hints = [printable(hint) for hint in entry["hints"]]
    return [printable(" ".join(words)), *(f"     hint: {hint}" for hint in hints)]


def received(entry: Entry) -> str:
    """Return what the client received of a response: ``201``, ``reset (201 not received)``."""
    shown = entry["shown"]
    status, broken = shown.get("status"), shown.get("broken")
    if "response" not in entry:
        return broken or entry["state"]
    real = entry.get("real_status", entry["response"]["status"])
    if status is None:
        return f"{broken or entry['state']} ({real} not received)"
    words = [str(status)]
    if broken is not None:
        words.append("(cut off)" if broken == "truncate" else f"({broken})")
    if real != status:
        words.append(f"({real} not received)")
    return " ".join(words)


def is_rejected(entry: Entry) -> bool:
    """Tell whether a request was rejected by the simulator itself, and not by a fault."""
    status = entry.get("real_status") or (entry["response"]["status"] if "response" in entry else 0)
    by_fault = "faults" in entry and "real_status" not in entry
    return status >= 400 and entry["operation"] != "unrouted" and not by_fault


def _details(entry: Entry) -> list[str]:
    request = entry["request"]
    lines = [printable(f"  #{entry['id']} {request['method']} {request['path']}")]
    for word, body in (
        ("sent", request.get("body")),
        ("answered", entry.get("response", {}).get("body")),
    ):
        if body:
            short = body if len(body) <= _LONGEST else f"{body[:_LONGEST]}... ({len(body)} in all)"
            lines.append(f"     {word}: {printable(short)}")
    return lines


def write_reports(
    folder: Path, item: pytest.Item, report: pytest.TestReport, lents: Iterable[Lent]
) -> dict[str, str]:
    """Write the report files of a test's worlds; return a line with the path for each world.

    A file that cannot be written does not cause another failure: its line gives the reason.
    """
    lines = {}
    failure = report.longreprtext[:_MOST_OF_FAILURE]
    for lent in lents:
        name = lent.world.name
        path = folder / file_name(item.nodeid, lent.fixture or "")
        try:
            text = lent.world.report(item.nodeid, failure)
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except (SimulatorError, OSError) as error:
            lines[name] = f"No report file could be written to {path}: {error}"
            continue
        lines[name] = f"Report: {path}"
        # The teardown's report, from which JUnit XML is made, takes them from the item.
        for properties in (item.user_properties, report.user_properties):
            properties.append((PROPERTY, str(path)))
    return lines


def file_name(nodeid: str, what: str) -> str:
    """Return a file name that is valid everywhere, stable across runs, and unique to a test."""
    unique = digest(nodeid, what).hex()[:8]
    path, _, rest = nodeid.partition("::")
    words = f"{path.rpartition('/')[2]}-{rest}"
    readable = re.sub(r"[^A-Za-z0-9_.-]+", "-", words).strip("-.")
    return f"{readable[:_MOST_OF_NAME] or 'test'}-{unique}.html"
