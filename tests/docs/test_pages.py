"""The pages say of the code what the code says of itself."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import click
import pytest

from cs_simulator import __version__
from cs_simulator.app import create_app
from cs_simulator.cli.serve import serve
from cs_simulator.control.events import HAPPENINGS
from cs_simulator.documents.shape import EitherMapOr, Late, ListOf, MapOf, Record
from cs_simulator.domain.errors import TITLES
from cs_simulator.domain.fidelity import SWITCHES
from cs_simulator.journal.feed import Kind
from cs_simulator.scenario.catalogue import Catalogue, shipped_folder
from cs_simulator.scenario.document import DOCUMENT
from cs_simulator.scenario.loader import ScenarioLoader
from cs_simulator.worlds import Worlds
from tests.docs.pages import PAGES, ROOT, anchors_of, apart, prose_of, rows_of
from tests.docs.tables import COMMAND, FIDELITY, WRITTEN, Written

COMMAND_LINE = ROOT / "docs" / "command-line.md"
CONTROL = ROOT / "docs" / "control-api.md"
DESIGN = ROOT / "docs" / "design.md"
EVENTS = ROOT / "docs" / "events.md"
ERRORS = ROOT / "docs" / "errors.md"
SCENARIOS = ROOT / "docs" / "scenarios.md"

_LINK = re.compile(r"\]\(([^)]+)\)")


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def unquoted(cell: str) -> str:
    return cell.replace("`", "")


def first_cells(page: Path, heading: str) -> list[str]:
    return [unquoted(row[0]) for row in rows_of(page, heading)]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(prose_of(page)):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), link
        assert not anchor or anchor in anchors_of(target), link


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md"], ids=name_of)
def test_prose_fits_a_screen(page: Path) -> None:
    lines = [line for line in prose_of(page).splitlines() if not line.startswith("|")]
    assert max(map(len, lines)) <= 110


def test_the_readme_leads_to_every_page() -> None:
    linked = {link.partition("#")[0] for link in _LINK.findall(prose_of(PAGES[0]))}
    pages = {
        str(page.relative_to(ROOT)) for page in PAGES[1:] if page.parent.name != "contributing"
    }
    assert pages - {"docs/README.md"} <= linked


def test_the_changelog_begins_with_this_version() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), flags=re.M)
    assert headings[0] == __version__


@pytest.mark.parametrize("written", WRITTEN, ids=lambda written: written.path.name)
def test_what_follows_from_rows_is_written(written: Written) -> None:
    text = written.path.read_text(encoding="utf-8")
    assert written.renewed() == text, f"{written.path.name} is not what it would be: run {COMMAND}"


def test_the_table_of_switches_is_that_of_the_code() -> None:
    rows = [
        (unquoted(name), tuple(unquoted(values).split(", ")), governs)
        for name, values, governs, documents, default in rows_of(FIDELITY, "switch")
        if documents and default
    ]
    switches = [(each.name, each.values, each.governs) for each in SWITCHES]
    assert rows == switches, apart("docs/fidelity.md, below Switches,", rows, switches)


def test_the_table_of_codes_is_that_of_the_code() -> None:
    rows = [(int(code), (int(status), title)) for code, status, title, _ in rows_of(ERRORS, "code")]
    assert rows == list(TITLES.items()), apart("docs/errors.md", rows, TITLES.items())


def test_the_control_api_is_described_whole() -> None:
    scenario = ScenarioLoader(Catalogue([shipped_folder()])).load("empty")
    app = create_app(Worlds(scenario))
    routes = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app._control().url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/_control/")
    }
    described = {(row[0], unquoted(row[1])) for row in rows_of(CONTROL, "method")}
    assert described == routes, apart("docs/control-api.md", described, routes)


def test_every_option_is_described() -> None:
    options = [
        (each.opts[0], each.envvar, _default_of(each))
        for each in serve.params
        if isinstance(each, click.Option)
    ]
    described = [
        (unquoted(option), unquoted(variable), unquoted(default))
        for option, variable, default, _ in rows_of(COMMAND_LINE, "option")
    ]
    assert described == options, apart("docs/command-line.md", described, options)


def _default_of(option: click.Option) -> str:
    default = option.to_info_dict()["default"]
    if isinstance(default, tuple):
        return " ".join(default)
    return str(default) if isinstance(default, str | int | float) else ""


def _record(shape: Any) -> Record:
    """Return the record inside a list, a map or a choice."""
    while not isinstance(shape, Record):
        if isinstance(shape, Late):
            shape = shape.shape
        else:
            shape = shape.record if isinstance(shape, EitherMapOr) else shape.item
        assert isinstance(shape, Record | ListOf | MapOf | EitherMapOr | Late)
    return shape


def _records() -> dict[str, Record]:
    document = DOCUMENT.members
    settings = _record(document["settings"])
    attribute = _record(document["business_attributes"])
    service = _record(document["services"])
    state = _record(service.members["states"])
    return {
        "the document": DOCUMENT,
        "the clock": _record(document["clock"]),
        "the ids": _record(document["first_ids"]),
        "the settings": settings,
        "generated customers": _record(_record(document["generate"]).members["customers"]),
        "generated contacts": _record(_record(document["generate"]).members["contacts"]),
        "generated services": _record(_record(document["generate"]).members["services"]),
        "auto_complete": _record(settings.members["auto_complete"]),
        "a customer": _record(document["customers"]),
        "a service": service,
        "a state": state,
        "a task": _record(state.members["tasks"]),
        "an event": _record(service.members["started"]),
        "a business attribute": attribute,
        "a value": _record(attribute.members["values"]),
        "a tenant": _record(settings.members["tenants"]),
        "a user": _record(settings.members["users"]),
        "a role": _record(settings.members["roles"]),
        "a profile attribute": _record(document["profile_attributes"]),
        "an extension schema": _record(_record(document["extension_schemas"]).members["profiles"]),
        "an identification key": _record(document["identification_keys"]),
        "an interaction": _record(document["interactions"]),
    }


@pytest.mark.parametrize(("what", "record"), _records().items())
def test_every_key_of_a_scenario_is_described(what: str, record: Record) -> None:
    cells = first_cells(SCENARIOS, f"key of {what}")
    described = [name for cell in cells for name in cell.split(", ")]
    assert sorted(described) == sorted(record.members), apart(
        f"docs/scenarios.md, in the table with the heading `key of {what}`,",
        described,
        record.members,
    )
    needed = [
        unquoted(row[0]) for row in rows_of(SCENARIOS, f"key of {what}") if row[2] == "required"
    ]
    assert sorted(needed) == sorted(record.needed)


@pytest.mark.parametrize(("kind", "_when", "members"), list(rows_of(EVENTS, "event")))
def test_events_are_described_as_they_are(kind: str, _when: str, members: str) -> None:
    row = {unquoted(name): cell for name, _, cell in rows_of(EVENTS, "event")}
    named = set(re.findall(r"`([a-z_]+)`", members))
    if unquoted(kind) in ("request", "response"):  # one has what the other has, once it is known
        named = set(re.findall(r"`([a-z_]+)`", row["request"] + row["response"]))
    assert set(HAPPENINGS[unquoted(kind)].members) - {"world"} <= named


def test_every_event_is_described() -> None:
    kinds = [unquoted(row[0]) for row in rows_of(EVENTS, "event")]
    assert kinds == list(HAPPENINGS)
    assert set(kinds) == {"ready", "dropped", *get_args(Kind)}


@pytest.mark.parametrize(
    ("extra", "source"), [("generate", "scenario/generate.py"), ("record", "cli/recorder.py")]
)
def test_what_is_missing_is_named_as_it_is_required(extra: str, source: str) -> None:
    """The requirement itself is installed wherever the package came from."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    [needed] = project["optional-dependencies"][extra]
    text = (ROOT / "simulator" / "cs_simulator" / source).read_text(encoding="utf-8")
    assert f"pip install '{needed}'" in text


def dependencies() -> list[str]:
    """Return the names of what the package, its tests and their mutations depend on."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    itself, *mutation = extras["mutation"]
    assert itself == "cs-simulator[test]"
    others, *test = extras["test"]
    assert others == "cs-simulator[browser,docs]"
    wanted = [*project["dependencies"], *extras["docs"], *extras["browser"], *test, *mutation]
    return [re.split(r"[<>=!~ ]", each)[0] for each in wanted]


def test_every_dependency_is_argued() -> None:
    assert first_cells(DESIGN, "package") == dependencies()


def test_constraints_pin_every_dependency() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert lines[0].startswith("# To renew")
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins)
    pinned = {pin.partition("==")[0].lower().replace("_", "-") for pin in pins}
    assert {each.lower() for each in dependencies()} <= pinned
