"""The scenarios that a command may name.

A server needs them at its start; the commands on scenarios, and what only they need, it does not.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from cs_simulator.cli.group import CommandError
from cs_simulator.scenario.catalogue import Catalogue, shipped_folder
from cs_simulator.scenario.loader import ScenarioLoader

log = logging.getLogger("cs_simulator")


def loader_of(folder: Path | None, fidelity: Mapping[str, str] | None = None) -> ScenarioLoader:
    """Return a loader for the scenarios that ship and those in a folder."""
    shipped = shipped_folder()
    if not shipped.is_dir():
        raise CommandError(
            f"the bundled scenarios are missing: {shipped} is not a folder; a zip application "
            "cannot hold them, so install the package with pip; freeze a program with "
            "--collect-all cs_simulator, as PyInstaller has it"
        )
    catalogue = Catalogue([shipped, *([folder] if folder else [])])
    if folder is not None and not Catalogue([folder]).files():
        log.info(
            "no scenarios (.yaml, .yml, .json) in %s; only the bundled ones are available", folder
        )
    for name, path in catalogue.shadowed():
        log.info("scenario %s: using %s, which overrides another file of that name", name, path)
    return ScenarioLoader(catalogue, fidelity)
