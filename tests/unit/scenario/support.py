"""What tests of scenarios share: documents in text, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from cs_simulator.clock import Instant
from cs_simulator.documents.problems import DocumentError, Problem
from cs_simulator.scenario.catalogue import Catalogue
from cs_simulator.scenario.loader import LoadedScenario, ScenarioLoader
from cs_simulator.scenario.plan import Base

NOW: Instant = 1_767_603_600_000
"""2026-01-05T09:00:00.000Z."""


def loaded(text: str, fidelity: Mapping[str, str] | None = None) -> LoadedScenario:
    """Return the scenario of a document in text."""
    return ScenarioLoader(Catalogue(()), fidelity).load_text(text, "s.yaml", "s")


def base(text: str) -> Base:
    """Return the data that a document begins with where it is NOW."""
    return loaded(text).base(NOW)


def problems(text: str) -> Sequence[Problem]:
    """Return the problems of a document."""
    with pytest.raises(DocumentError) as error:
        loaded(text)
    return error.value.problems


def mistakes(text: str) -> list[str]:
    """Return all that is wrong with a document, without the name of its file and the place."""
    with pytest.raises(DocumentError) as error:
        loaded(text)
    return [each.sentence for each in error.value.problems]


def places(text: str) -> list[str]:
    """Return all that is wrong with a document, as it is printed."""
    with pytest.raises(DocumentError) as error:
        loaded(text)
    return str(error.value).splitlines()


class Folder:
    """A folder of scenarios in a test's own place."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(exist_ok=True)

    def put(self, name: str, text: str) -> Path:
        """Write one file."""
        path = self.path / name
        path.write_text(text, encoding="utf-8")
        return path

    def load(self, wanted: str, *more: Path) -> LoadedScenario:
        """Load a scenario from this folder, and others that shadow it."""
        return ScenarioLoader(Catalogue((self.path, *more))).load(wanted)

    def document(self, wanted: str) -> Mapping[str, Any]:
        """Return the merged document of a scenario."""
        return Catalogue((self.path,)).read(wanted)[1]

    def mistakes(self, wanted: str) -> list[str]:
        """Return all that is wrong with a scenario, without the name of this folder."""
        with pytest.raises(DocumentError) as error:
            self.load(wanted)
        return str(error.value).replace(f"{self.path}/", "").splitlines()
