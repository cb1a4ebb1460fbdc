"""What outside judges of OpenAPI documents say of ours."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from cs_simulator.openapi.document import openapi
from cs_simulator.openapi.scalars import Described
from tests.generated.tools import NODE, Maker, needed
from tests.support.control import document as control_document

pytestmark = pytest.mark.long

DOCUMENTS: Mapping[str, Callable[[], Any]] = {
    "api": lambda: openapi(Described("http://localhost:8080")),
    "control": control_document,
}
each_document = pytest.mark.parametrize("name", DOCUMENTS)


@each_document
def test_spectral_finds_no_error(name: str, tmp_path: Path) -> None:
    needed("node")
    maker = Maker(tmp_path, DOCUMENTS[name]())
    rules = tmp_path / "rules.yaml"
    rules.write_text("extends: ['spectral:oas']\n", encoding="utf-8")
    printed = maker.run(NODE / "spectral", "lint", "-r", rules, "-f", "json", maker.document)
    found = json.loads(printed)
    # The project has no address of its own yet, and none is made up.
    assert [each["code"] for each in found] == ["info-contact"]


@each_document
def test_redocly_finds_it_easy_to_use(name: str, tmp_path: Path) -> None:
    needed("node")
    maker = Maker(tmp_path, DOCUMENTS[name]())
    printed = maker.run(NODE / "redocly", "score", "--format=json", maker.document)
    score = json.loads(printed[printed.index("{") :])
    assert score["agentReadiness"] >= 85, score["subscores"]
