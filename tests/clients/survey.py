"""What clients from PyPI and npm do when an answer is lost, held against docs/clients.md.

``python -m tests.clients.survey [--node-modules FOLDER]`` counts, for each that is installed, the
services of one start and the requests of one GET, on a new connection and on a used one. It exits
with 1 where the table says otherwise, and names the version that was found.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from cs_simulator.client import Server
from cs_simulator.judge.commands import run
from tests.clients.programs.survey_python import CLIENTS
from tests.docs.pages import ROOT, rows_of
from tests.support.server import ServerProcess

PROGRAMS = Path(__file__).parent / "programs"
NODE = ("fetch", "axios", "got", "ky", "needle", "node-fetch", "superagent", "undici request")
STANDARD = ("http.client", "urllib.request")
LIMIT = 20.0


class Row(NamedTuple):
    """What the table says of a client: of a lost start and a lost GET, new and used."""

    lost_start: str
    lost_get: str


def described() -> dict[str, Row]:
    """Return the rows of the table, without what stands out in it."""
    rows = rows_of(ROOT / "docs" / "clients.md", "client")
    return {name: Row(start.strip("*"), get) for name, _, start, get, *_ in rows}


def installed(modules: Path | None) -> Iterator[tuple[str, Sequence[str], str]]:
    """Yield each client that is there, how it is run, and its version."""
    for name in CLIENTS:
        if name in STANDARD:
            yield name, python(name), sys.version.partition(" ")[0]
        elif find_spec(name) is not None:
            try:
                yield name, python(name), version(name)
            except PackageNotFoundError:
                yield name, python(name), "?"
    if shutil.which("node") is not None:
        for name in NODE:
            package = None if modules is None else modules / name.partition(" ")[0]
            words = ["node", str(PROGRAMS / "survey_node.mjs"), str(modules or ROOT), name]
            if name == "fetch":
                yield name, words, "of Node"
            elif package is not None and package.is_dir():
                about = json.loads((package / "package.json").read_text(encoding="utf-8"))
                yield name, words, about["version"]


def python(name: str) -> Sequence[str]:
    return [sys.executable, str(PROGRAMS / "survey_python.py"), name]


def found(server: Server, words: Sequence[str], *, is_new: bool, method: str) -> int:
    """Return the services of the last start, or the requests of the last GET, of a client."""
    start = method == "POST"
    fault = {
        "on": "start_service" if start else "query_anonymous_services",
        "skip": 0 if is_new else 1,
        "connection": "close",
        **({"times": 1, "effect": "applied"} if start else {}),
    }
    world = server.world("survey")
    world.create({"faults": [fault]})
    url = f"{world.base_url}/services/{'start' if start else 'anonymous/k'}"
    run([*words, method, url, "1" if is_new else "2"], {}, LIMIT)
    entries = world.requests()
    world.delete()
    if start:
        return sum(len(entry["effects"]) for entry in entries) - (not is_new)
    return len(entries) - (not is_new)


def counted(server: Server, words: Sequence[str]) -> Row:
    """Return what the table would say of a client."""
    counts = {
        (method, is_new): found(server, words, is_new=is_new, method=method)
        for method in ("POST", "GET")
        for is_new in (True, False)
    }
    return Row(*(f"{counts[method, True]} / {counts[method, False]}" for method in ("POST", "GET")))


def main(arguments: Sequence[str] | None = None) -> int:
    """Count, compare, and return the exit code."""
    parser = ArgumentParser(prog="python -m tests.clients.survey", description=__doc__)
    parser.add_argument("--node-modules", type=Path, metavar="FOLDER")
    parser.add_argument("names", nargs="*", help="clients; all that are installed without any")
    given = parser.parse_args(arguments)
    table = described()
    differ = 0
    with tempfile.TemporaryDirectory() as folder:
        process = ServerProcess(Path(folder) / "ready.json").wait_until_ready()
        server = Server(process.ready["url"])
        for name, words, what in installed(given.node_modules):
            if given.names and name not in given.names:
                continue
            row = counted(server, words)
            is_as_told = all(
                is_equal(seen, told) for seen, told in zip(row, table[name], strict=True)
            )
            differ += not is_as_told
            end = "" if is_as_told else f"; docs/clients.md says {' and '.join(table[name])}"
            sys.stdout.write(
                f"{name} {what}: lost start {row.lost_start}, lost GET {row.lost_get}{end}\n"
            )
        process.stop()
    return 1 if differ else 0


def is_equal(seen: str, told: str) -> bool:
    """Tell whether counts are as told; what was not tried may be anything."""
    pairs = zip(seen.split(" / "), told.split(" / "), strict=True)
    return all(of == "-" or one == of for one, of in pairs)


if __name__ == "__main__":
    sys.exit(main())
