"""The scenario endpoints: which one is active, another in its place, and the catalogue."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request

from simulator.control.replies import json_response, problem
from simulator.scenario.errors import Mistake, ScenarioError
from simulator.scenario.loader import Scenario
from simulator.scenario.text import read_text
from simulator.worlds import World, Worlds

SOURCE = "request"
"""What mistakes name in the place of a file."""


def add_routes(control: Blueprint, worlds: Worlds) -> None:
    """Add the endpoints to the control API."""

    @control.get("/scenario")
    def show_scenario() -> Response:
        return json_response(_described(worlds.default.scenario))

    @control.put("/scenario")
    def put_scenario() -> Response:
        try:
            scenario = _requested(worlds)
        except ScenarioError as error:
            return _refused(error)
        return _activated(worlds.default, scenario)

    @control.delete("/scenario")
    def delete_scenario() -> Response:
        return _activated(worlds.default, worlds.scenario)

    @control.get("/scenarios")
    def list_scenarios() -> Response:
        return json_response({"scenarios": sorted(worlds.loader.catalogue.files())})

    @control.post("/scenarios/reload")
    def reload_scenarios() -> Response:
        try:
            taking = worlds.reload()
        except ScenarioError as error:
            return _refused(error)
        return json_response(
            {
                "scenarios": sorted(worlds.loader.catalogue.files()),
                "taken_at_next_reset_of": taking,
            }
        )


def _requested(worlds: Worlds) -> Scenario:
    """Return the scenario that a request brings: a name of the catalogue, or a document."""
    try:
        text = request.get_data().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ScenarioError([Mistake(SOURCE, "", f"not UTF-8: byte {error.start + 1}")]) from None
    data = read_text(text, SOURCE)
    if data is None or not isinstance(data, dict):
        wanted = 'expected a document, or {"name": <a scenario of the catalogue>}'
        raise ScenarioError([Mistake(SOURCE, "", wanted)])
    if set(data) == {"name"} and isinstance(data["name"], str):
        return worlds.loader.load_named(data["name"])
    return worlds.loader.load_text(text, SOURCE, "unnamed")


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


def _refused(error: ScenarioError) -> Response:
    count = len(error.mistakes)
    detail = f"{count} mistake{'' if count == 1 else 's'}; nothing has changed"
    return problem(400, "Bad scenario", detail, [_members(each) for each in error.mistakes])


def _members(mistake: Mistake) -> dict[str, Any]:
    members: dict[str, Any] = {"source": mistake.source, "at": mistake.at}
    if mistake.line:
        members |= {"line": mistake.line, "column": mistake.column}
    return {**members, "detail": mistake.text}
