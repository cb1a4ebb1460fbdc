"""Where the time of a request goes: a server is sampled while it carries out Start Service.

The timer is that of the server's processor time, so what it waits for is not in it. A sample is of
the module whose code runs, also while that calls something outside the package, such as the system.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from cs_simulator.__main__ import main
from cs_simulator.clock import pause
from tests.benchmarks.cases import START_SERVICE
from tests.benchmarks.figures import Figure
from tests.benchmarks.load import run
from tests.benchmarks.loop import processor_time, system_time
from tests.benchmarks.processes import simulator
from tests.benchmarks.scale import Scale

STEP = 0.001
"""Seconds of processor time between two samples."""

PACKAGE = "cs_simulator."

LEAST = 2.0
"""Modules of a smaller share, in per cent, are told together."""

CONNECTIONS = 8


def shares(scale: Scale) -> Iterator[Figure]:
    """Yield the share of each module in a request, and that of the system in all."""
    with tempfile.TemporaryDirectory() as folder:
        samples = Path(folder, "samples.json")
        sampled = ("-m", __spec__.name, str(samples))
        with simulator("--scenario", "empty", module=sampled) as (port, pid):
            run(port, START_SERVICE, scale.requests, CONNECTIONS)
            before = processor_time(pid), system_time(pid)
            os.kill(pid, signal.SIGUSR1)
            run(port, START_SERVICE, 5 * scale.requests, CONNECTIONS)
            taken = processor_time(pid) - before[0]
            system = (system_time(pid) - before[1]) / taken * 100
            os.kill(pid, signal.SIGUSR2)
            while not samples.exists():
                pause(STEP)
        found = Counter(json.loads(samples.read_text(encoding="utf-8")))
    yield _share("in the system", system)
    percent = {name: count / found.total() * 100 for name, count in found.most_common()}
    yield from (_share(name, each) for name, each in percent.items() if each >= LEAST)
    rest = [each for each in percent.values() if each < LEAST]
    yield _share(f"{len(rest)} other modules", sum(rest))


def _share(subject: str, percent: float) -> Figure:
    return Figure.of(subject, "share of Start Service", "%", [percent], at=CONNECTIONS)


def serve(samples: Path) -> None:
    """Run the simulator; sample it from SIGUSR1 to SIGUSR2, which writes the samples."""
    found: Counter[str] = Counter()

    def note(_: int, frame: FrameType | None) -> None:
        while frame is not None:
            name = frame.f_globals.get("__name__", "")
            if name.startswith(PACKAGE):
                found[name.removeprefix(PACKAGE)] += 1
                return
            frame = frame.f_back

    def begin(*_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, STEP, STEP)

    def end(*_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        draft = samples.with_suffix(".draft")
        draft.write_text(json.dumps(found), encoding="utf-8")
        draft.rename(samples)

    signal.signal(signal.SIGPROF, note)
    signal.signal(signal.SIGUSR1, begin)
    signal.signal(signal.SIGUSR2, end)
    main()


if __name__ == "__main__":
    serve(Path(sys.argv.pop(1)))
