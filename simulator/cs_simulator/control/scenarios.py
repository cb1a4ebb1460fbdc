"""The scenario endpoints: which one is active, another in its place, and the catalogue."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response

from cs_simulator.control.addressing import asked, root_only, set_up
from cs_simulator.control.replies import (
    SOURCE,
    json_response,
    no_body,
    refused,
    request_document,
)
from cs_simulator.documents.problems import ScenarioError
from cs_simulator.scenario.loader import Scenario
from cs_simulator.worlds import World, Worlds


def add_routes(control: Blueprint, worlds: Worlds) -> None:
    """Add the endpoints to the control API."""

    @control.get("/scenario")
    def show_scenario() -> Response:
        return json_response(_described(asked(worlds).scenario))

    @control.put("/scenario")
    def put_scenario() -> Response:
        scenario = requested_scenario(worlds)
        return set_up(worlds, lambda world: _activated(world, scenario))

    @control.delete("/scenario")
    def delete_scenario() -> Response:
        return _activated(asked(worlds), worlds.scenario)

    @control.get("/scenarios")
    def list_scenarios() -> Response:
        root_only()
        return json_response({"scenarios": sorted(worlds.loader.catalogue.files())})

    @control.post("/scenarios/reload")
    def reload_scenarios() -> Response:
        root_only()
        no_body("PUT /_control/scenario puts another scenario in place")
        try:
            taking = worlds.reload()
        except ScenarioError as error:
            raise refused(error) from None
        return json_response(
            {
                "scenarios": sorted(worlds.loader.catalogue.files()),
                "taken_at_next_reset_of": taking,
            }
        )


def requested_scenario(worlds: Worlds) -> Scenario:
    """Return the scenario that a request brings: a name of the catalogue, or a document."""
    data, text = request_document('a document, or {"name": <a scenario of the catalogue>}')
    try:
        if set(data) == {"name"} and isinstance(data["name"], str):
            return worlds.loader.load_named(data["name"])
        return worlds.loader.load_text(text, SOURCE, "unnamed")
    except ScenarioError as error:
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
