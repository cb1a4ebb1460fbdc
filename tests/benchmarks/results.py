"""Results, kept in a file of the documentation, each group with when and where it was measured."""

from __future__ import annotations

import datetime
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.figures import Figure

FOLDER = Path(__file__).parents[2] / "docs" / "benchmarks"
FILE = "results.json"
NAMES = tuple(
    "startup generated throughput loop shares pauses worst operations reset worlds plugin memory"
    " delays growth stubs".split()
)
"""The groups, in the order in which they are measured and shown."""
PACKAGES = ("Flask", "marshmallow", "waitress")


@dataclass(frozen=True)
class Group:
    """What one group measured, when, where and how."""

    name: str
    date: str
    command: str
    machine: str
    versions: Mapping[str, str]
    figures: Sequence[Figure]

    @classmethod
    def now(cls, name: str, command: str, figures: Sequence[Figure]) -> Group:
        """Return a group that was measured just now, here."""
        versions = {"Python": platform.python_version()}
        versions.update((package, version(package)) for package in PACKAGES)
        date = datetime.datetime.now(datetime.UTC).date().isoformat()
        return cls(name, date, command, machine(), versions, figures)


def machine() -> str:
    """Return the system, the number of cores and their model, as far as it says so."""
    described = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return described
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{described} of {models[0]}" if models else described


def load(folder: Path = FOLDER) -> dict[str, Group]:
    """Return the groups that are kept in a folder, by their names."""
    path = folder / FILE
    if not path.exists():
        return {}
    kept = json.loads(path.read_text(encoding="utf-8"))
    return {
        name: Group(name, **{**group, "figures": [*map(Figure.read, group["figures"])]})
        for name, group in kept.items()
    }


def store(groups: Mapping[str, Group], folder: Path = FOLDER) -> None:
    """Keep groups in a folder, in their order, a figure a line."""
    parts = []
    for name in sorted(groups, key=NAMES.index):
        group = groups[name]
        about = {
            "date": group.date,
            "command": group.command,
            "machine": group.machine,
            "versions": dict(group.versions),
        }
        lines = [f"  {json.dumps(key)}: {json.dumps(value)}," for key, value in about.items()]
        figures = ",\n".join(f"   {json.dumps(figure.stored())}" for figure in group.figures)
        begin = f" {json.dumps(name)}: {{\n"
        parts.append(begin + "\n".join(lines) + f'\n  "figures": [\n{figures}\n  ]\n }}')
    text = "{\n" + ",\n".join(parts) + "\n}\n"
    (folder / FILE).write_text(text, encoding="utf-8")
