"""Servers as subprocesses, the simulator and the bare stack."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.benchmarks.cases import BareResponse

ROOT = Path(__file__).parents[2]


@contextmanager
def bare(answers: Sequence[BareResponse] = ()) -> Iterator[tuple[int, int]]:
    """Run the bare stack, with routes for some answers; give its port and its process id."""
    with tempfile.TemporaryDirectory() as folder:
        given = []
        if answers:
            path = Path(folder, "answers.json")
            path.write_text(json.dumps([asdict(answer) for answer in answers]), encoding="utf-8")
            given.append(str(path))
        with _telling_its_port("tests.benchmarks.bare", *given) as served:
            yield served


@contextmanager
def echo() -> Iterator[tuple[int, int]]:
    """Run a server that does nothing; give its port and its process id."""
    with _telling_its_port("tests.benchmarks.echo") as served:
        yield served


@contextmanager
def _telling_its_port(module: str, *given: str) -> Iterator[tuple[int, int]]:
    """Run a server of ours that prints its port; give its port and its process id."""
    command = [sys.executable, "-m", module, *given]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline()), process.pid
        finally:
            process.terminate()
            process.wait(10)


@contextmanager
def simulator(
    *options: str, module: Sequence[str] = ("-m", "cs_simulator")
) -> Iterator[tuple[int, int]]:
    """Run the simulator, or a module that runs it; give its port and its process id."""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder, "ready.json")
        command = [sys.executable, *module, "serve", "--port", "0", *options]
        with (
            Path(folder, "log").open("wb") as log,  # a line a request is part of what is measured
            subprocess.Popen(
                [*command, "--ready-file", str(ready)],
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=ROOT,
            ) as process,
        ):
            try:
                while not ready.exists():
                    if process.poll() is not None:
                        raise RuntimeError(Path(folder, "log").read_text(encoding="utf-8"))
                    time.sleep(0.002)
                yield json.loads(ready.read_text())["port"], process.pid
            finally:
                process.terminate()
                process.wait(10)


@contextmanager
def simulating(document: Mapping[str, Any], *options: str) -> Iterator[tuple[int, int]]:
    """Run the simulator with a scenario; give its port and its process id."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "scenario.json")
        path.write_text(json.dumps(document), encoding="utf-8")
        with simulator("--scenario", str(path), *options) as served:
            yield served


def resident(pid: int) -> float:
    """Return the resident memory of a process, in MiB (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmRSS")
