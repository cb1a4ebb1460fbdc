"""Scenario files on the client's machine, which are read there and sent."""

from __future__ import annotations

import os
from pathlib import Path

from cs_simulator.client.errors import ScenarioFileError

MAX_FILE = 64 * 2**20
"""The maximum size of a scenario file in bytes: the server reads none that are larger either. A
device or a file that grows would have no end.
"""

_ENDINGS = (".yaml", ".yml", ".json")


def is_path(scenario: str) -> bool:
    """Tell whether a text is a file name rather than the name of a scenario."""
    return "/" in scenario or os.sep in scenario or scenario.endswith(_ENDINGS)


def read_scenario(scenario: str | os.PathLike[str], folder: Path) -> tuple[bytes, str]:
    """Return the content of a scenario file and its name; raise :exc:`ScenarioFileError`."""
    path = folder / scenario
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE + 1)
        reason = f"more than {MAX_FILE} bytes" if len(content) > MAX_FILE else ""
    except OSError as error:
        reason = str(error.strerror)
    except ValueError:  # of a NUL in its name
        reason = "not a valid path"
    if not reason:
        return content, path.name
    named = os.fspath(scenario)
    where = "" if Path(scenario).is_absolute() else f" in {path.parent.absolute()}"
    raise ScenarioFileError(
        f"Cannot read the scenario file {named}{where}: {reason}; "
        f"for a catalogue scenario, use its name without slash or extension: {path.stem}"
    )


def file_named(scenario: object, folder: Path) -> str | None:
    """Return the file in a folder that the name of a scenario may have been meant for."""
    if not isinstance(scenario, str) or is_path(scenario):
        return None
    names = [f"{scenario}{ending}" for ending in _ENDINGS]
    try:
        return next((name for name in names if (folder / name).is_file()), None)
    except (OSError, ValueError):  # no file can have such a name
        return None
