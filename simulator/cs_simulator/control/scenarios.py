"""The scenario endpoints: which one is active, another in its place, and the catalogue."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response

from cs_simulator.control.addressing import asked, set_up
from cs_simulator.control.endpoint import Control, Endpoint, Takes
from cs_simulator.control.replies import (
    SOURCE,
    json_response,
    no_body,
    refused,
    request_document,
)
from cs_simulator.control.shows import (
    SCENARIO,
    WORLD,
    Shows,
    document,
    number,
    one,
    text,
    texts,
)
from cs_simulator.documents.problems import DocumentError
from cs_simulator.scenario.loader import Scenario
from cs_simulator.worlds import World, Worlds


def show_scenario(control: Control) -> Response:
    """Show the scenario that is active, and its document."""
    return json_response(_described(asked(control.worlds).scenario))


def put_scenario(control: Control) -> Response:
    """Put another scenario in place, and reset."""
    scenario = requested_scenario(control.worlds)
    return set_up(control.worlds, lambda world: _activated(world, scenario))


def delete_scenario(control: Control) -> Response:
    """Return to the scenario that the server was started with, and reset."""
    return _activated(asked(control.worlds), control.worlds.scenario)


def list_scenarios(control: Control) -> Response:
    """List the catalogue."""
    return json_response({"scenarios": sorted(control.worlds.loader.catalogue.files())})


def reload_scenarios(control: Control) -> Response:
    """Read the scenarios in use again; each world takes its own at its next reset."""
    no_body("PUT /_control/scenario puts another scenario in place")
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


def requested_scenario(worlds: Worlds) -> Scenario:
    """Return the scenario that a request brings: a name of the catalogue, or a document."""
    data, text = request_document('a document, or {"name": <a scenario of the catalogue>}')
    try:
        if set(data) == {"name"} and isinstance(data["name"], str):
            return worlds.loader.load_named(data["name"])
        return worlds.loader.load_text(text, SOURCE, "unnamed")
    except DocumentError as error:
        raise refused(error) from None


def _activated(world: World, scenario: Scenario) -> Response:
    cleared = world.activate(scenario)
    return json_response(
        {"world": world.name, "scenario": scenario.name, "cleared": asdict(cleared)}
    )


def _described(scenario: Scenario) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "description": scenario.description,
        "reference": scenario.reference,
        "document": dict(scenario.document),
    }


COUNTS = Shows(
    "Counts",
    "How much there is in a world, or was before a reset.",
    {
        "services": number("Services, active and completed."),
        "customers": number("Profiles of customers."),
        "requests": number("Entries of the journal."),
        "exports": number("Files that export operations made.", 0),
    },
)
CLEARED = Shows(
    "Cleared",
    "A world that was put back to a beginning.",
    {"world": WORLD, "scenario": SCENARIO, "cleared": one(COUNTS)},
)
_CATALOGUE = texts("The names in the catalogue.", "demo", "empty")
SCENARIO_OR_NAME = Takes(
    "ScenarioOrName",
    "A scenario, or the name of one of the catalogue alone.",
    None,
    {"name": "demo"},
)

ENDPOINTS = (
    Endpoint(
        "GET",
        "/scenario",
        show_scenario,
        Shows(
            "Scenario",
            "The active scenario of a world.",
            {
                "name": text("Its name.", "demo"),
                "description": text("What it says of itself.", "A contact centre at work."),
                "reference": text("The name or file that it was read from.", "demo", null=True),
                "document": document("All of it.", {"name": "demo"}),
            },
        ),
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
        Shows("Catalogue", "The scenarios that a name stands for.", {"scenarios": _CATALOGUE}),
        scope="server",
    ),
    Endpoint(
        "POST",
        "/scenarios/reload",
        reload_scenarios,
        Shows(
            "Reloaded",
            "The catalogue, read again.",
            {
                "scenarios": _CATALOGUE,
                "pending_worlds": texts(
                    "The worlds that take what was read at their next reset.", "default"
                ),
            },
        ),
        scope="server",
        is_slow=True,
    ),
)
"""The rows of these endpoints."""
