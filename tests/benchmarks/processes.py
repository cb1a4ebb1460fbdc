"""Servers as subprocesses, the simulator and the bare stack."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def bare() -> Iterator[int]:
    """Run the bare stack; give its port."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.bare"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()
            process.wait(10)


@contextmanager
def simulator(*options: str) -> Iterator[tuple[int, int]]:
    """Run the simulator; give its port and its process id."""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder, "ready.json")
        command = [sys.executable, "-m", "simulator", "serve", "--port", "0", *options]
        with (
            Path(folder, "log").open("wb") as log,  # a line a request is part of what is measured
            subprocess.Popen(
                [*command, "--ready-file", str(ready)], stdout=subprocess.DEVNULL, stderr=log
            ) as process,
        ):
            try:
                while not ready.exists():
                    if process.poll() is not None:
                        raise RuntimeError("the server ended")
                    time.sleep(0.002)
                yield json.loads(ready.read_text())["port"], process.pid
            finally:
                process.terminate()
                process.wait(10)
