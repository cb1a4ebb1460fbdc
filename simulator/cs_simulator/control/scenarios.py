"""The scenario endpoints: the active one, its replacement, and the catalogue."""

from __future__ import annotations

from typing import Any

from flask import Response

from cs_simulator.control import shows
from cs_simulator.control.endpoint import Content, Control, Endpoint, Param, Takes
from cs_simulator.control.front import ProblemError, shown_bases
from cs_simulator.control.handling import (
    SOURCE,
    asked,
    json_response,
    refused,
    request_document,
    set_up,
)
from cs_simulator.documents.problems import DocumentError, as_sentence
from cs_simulator.faults.rules import Rule
from cs_simulator.scenario.described import scenario_schema
from cs_simulator.scenario.loader import LoadedScenario, ScenarioLoader
from cs_simulator.scenario.warnings import warnings_of
from cs_simulator.worlds import ServedWorld, Worlds, WorldSize


def show_scenario(control: Control) -> Response:
    """Show the active scenario and its document."""
    return json_response(scenario_members(asked(control.worlds).scenario))


def put_scenario(control: Control) -> Response:
    """Replace the scenario, and reset."""
    scenario = _requested(control.worlds)
    return set_up(control.worlds, lambda world: _activated(world, scenario))


def delete_scenario(control: Control) -> Response:
    """Return to the scenario that the server was started with, and reset."""
    return _activated(asked(control.worlds), control.worlds.scenario)


def list_scenarios(control: Control) -> Response:
    """List the catalogue."""
    return json_response({"scenarios": sorted(control.worlds.loader.catalogue.files())})


def show_named_scenario(control: Control, name: str) -> Response:
    """Show a scenario of the catalogue and its resulting fault rules."""
    try:
        scenario = control.worlds.loader.load_named(name)
    except DocumentError as error:
        if name not in control.worlds.loader.catalogue.files():
            detail = as_sentence(error.problems[0].detail)
            raise ProblemError(404, "No such scenario", detail) from None
        raise refused(error, changes=False) from None
    faults = [_rule_members(rule, None) for rule in scenario.faults]
    for stage in scenario.stages:
        faults += [_rule_members(rule, stage.name) for rule in stage.rules]
    return json_response({**scenario_members(scenario), "faults": faults})


def check_scenario(control: Control) -> Response:
    """Check a scenario without changing anything."""
    scenario = _requested(control.worlds, changes=False)
    return json_response({"name": scenario.name, "warnings": warnings_of(scenario)})


def show_schema(_control: Control) -> Response:
    """Show the JSON Schema of scenarios, for completion in an editor."""
    return json_response(scenario_schema())


def reload_scenarios(control: Control) -> Response:
    """Read the scenarios in use again; each world uses the new version after its next reset."""
    try:
        taking = control.worlds.reload()
    except DocumentError as error:
        raise refused(error) from None
    return json_response(
        {
            "scenarios": sorted(control.worlds.loader.catalogue.files()),
            "pending_worlds": taking,
        }
    )


def _requested(worlds: Worlds, *, changes: bool = True) -> LoadedScenario:
    data, text = request_document('a document, or {"name": <a scenario of the catalogue>}')
    return scenario_in(worlds, data, text, changes=changes)


def scenario_in(
    worlds: Worlds, data: dict[str, Any], text: str, *, changes: bool = True
) -> LoadedScenario:
    """Return the scenario in a request's body: a name of the catalogue, or a document.

    ``changes`` tells whether the request would change anything.
    """
    worlds.leftovers.leave(data)
    try:
        if set(data) == {"name"} and isinstance(data["name"], str):
            return _named(worlds.loader, data["name"], text)
        return worlds.loader.load_text(text, SOURCE, "unnamed")
    except DocumentError as error:
        raise refused(error, changes=changes) from None


def _activated(world: ServedWorld, scenario: LoadedScenario) -> Response:
    return restarted(world, world.activate(scenario))


def _named(loader: ScenarioLoader, name: str, text: str) -> LoadedScenario:
    """Return a scenario of the catalogue; if it has none, check for a misnamed YAML document."""
    try:
        return loader.load_named(name)
    except DocumentError as error:
        [problem, *more] = error.problems
        if problem.at != "name" or problem.nearest or text.lstrip().startswith("{"):
            raise
        note = (
            "a document with only a name loads that scenario of the catalogue; "
            "add a key such as description"
        )
        raise DocumentError([problem._replace(note=note), *more], error.sound, error.more) from None


def restarted(world: ServedWorld, cleared: WorldSize) -> Response:
    """Return the response for a world that was put back to a beginning."""
    return json_response(
        {
            "world": world.name,
            "scenario": world.scenario.name,
            "cleared": cleared._asdict(),
            "base_paths": shown_bases(world),
        }
    )


def _rule_members(rule: Rule, stage: str | None) -> dict[str, Any]:
    """Return a rule of a scenario in the form that a world accepts, and its stage."""
    members = {"name": rule.name, "on": sorted(rule.on), "rule": dict(rule.source)}
    return members if stage is None else {**members, "stage": stage}


def scenario_members(scenario: LoadedScenario) -> dict[str, Any]:
    """Return a scenario as JSON members."""
    return {
        "name": scenario.name,
        "description": scenario.description,
        "reference": scenario.reference,
        "document": dict(scenario.document),
    }


COUNTS = shows.Shows(
    "Counts",
    "How much a world holds, or held before a reset.",
    {
        "services": shows.number("Services, active and completed."),
        "customers": shows.number("Profiles of customers."),
        "requests": shows.number("Entries of the journal."),
        "exports": shows.number("Files that export operations made.", 0),
    },
)
BASE_PATHS = shows.document(
    "The base path of each edition of the API.", {"8.5": "/genesys/1/cs", "8.1": "/"}
)
CLEARED = shows.Shows(
    "Cleared",
    "A world that was reset to a beginning.",
    {
        "world": shows.WORLD,
        "scenario": shows.SCENARIO,
        "cleared": shows.one(COUNTS),
        "base_paths": BASE_PATHS,
    },
)
_CATALOGUE = shows.texts("The names in the catalogue.", "demo", "empty")
SCENARIO_SHOWN = shows.Shows(
    "Scenario",
    "The active scenario of a world.",
    {
        "name": shows.text("Its name.", "demo"),
        "description": shows.text("Its description.", "A contact centre at work."),
        "reference": shows.text("The name or file that it was read from.", "demo", null=True),
        "document": shows.document("All of it.", {"name": "demo"}),
    },
)
_NAMED_RULE = shows.Shows(
    "NamedRule",
    "A fault rule of a scenario in the catalogue.",
    {
        "name": shows.text("Its name.", "outage"),
        "on": shows.texts("The operations that it applies to.", "any"),
        "rule": shows.document(
            "The rule, in the form in which it can be added to a world.",
            {"on": "any", "response": {"status": 503}},
        ),
        "stage": shows.text("The stage that contains it.", "outage", always=False),
    },
)
SCENARIO_OR_NAME = Takes(
    "ScenarioOrName",
    "A scenario, or only the name of one in the catalogue.",
    None,
    {"name": "demo"},
)

ENDPOINTS = (
    Endpoint(
        "GET",
        "/scenario",
        show_scenario,
        SCENARIO_SHOWN,
        is_slow=True,
    ),
    Endpoint(
        "PUT",
        "/scenario",
        put_scenario,
        CLEARED,
        SCENARIO_OR_NAME,
        makes_world=True,
        is_slow=True,
    ),
    Endpoint("DELETE", "/scenario", delete_scenario, CLEARED),
    Endpoint(
        "GET",
        "/scenarios",
        list_scenarios,
        shows.Shows("Catalogue", "The available scenarios.", {"scenarios": _CATALOGUE}),
        scope="server",
    ),
    Endpoint(
        "GET",
        "/scenarios/<name>",
        show_named_scenario,
        shows.Shows(
            "NamedScenario",
            "A scenario of the catalogue.",
            {
                **SCENARIO_SHOWN.members,
                "faults": shows.several("Its fault rules.", _NAMED_RULE),
            },
        ),
        names=(Param("name", "The name of a scenario of the catalogue.", "demo"),),
        scope="server",
        is_slow=True,
        refuses={404: "The catalogue has no scenario of that name."},
    ),
    Endpoint(
        "POST",
        "/scenarios/check",
        check_scenario,
        shows.Shows(
            "Checked",
            "A scenario that has no errors.",
            {
                "name": shows.text("Its name.", "demo"),
                "warnings": shows.texts(
                    "What is allowed in it and probably not intended.",
                    "fault any-1 never acts: its probability is 0",
                ),
            },
        ),
        SCENARIO_OR_NAME,
        scope="server",
        is_slow=True,
    ),
    Endpoint(
        "GET",
        "/schema",
        show_schema,
        Content(
            "The JSON Schema of scenarios.",
            ("application/json",),
            {"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {}},
            ("$schema", "properties"),
        ),
        scope="server",
        is_slow=True,
    ),
    Endpoint(
        "POST",
        "/scenarios/reload",
        reload_scenarios,
        shows.Shows(
            "Reloaded",
            "The catalogue, read again.",
            {
                "scenarios": _CATALOGUE,
                "pending_worlds": shows.texts(
                    "The worlds that use the new version after their next reset.", "default"
                ),
            },
        ),
        instead_of_body="PUT /_control/scenario loads another scenario",
        scope="server",
        is_slow=True,
    ),
)
