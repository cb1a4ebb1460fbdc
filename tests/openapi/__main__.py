"""Try a server with Schemathesis, of every operation of its own document.

``python -m tests.openapi --seconds 600 --seed 7`` is the long run; the tests make a short one.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.support.server import ServerProcess, environment

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
NEEDS_MAINTENANCE = "^(import_profiles|create_identification_key)_81$"
"""What a server in production refuses with 503: it has a run of its own."""
CHANGES_ALL = "^(set_server_mode|delete_[a-z]+_extension_schema)(_81)?$"
"""What makes a server refuse everything else, or bodies that its document allowed when it was read:
it has a run with those that neither touches."""
TOUCHED_BY_NOTHING = (
    "^(set_server_mode|get_server_status|query_roles|query_profile_schema"
    "|(create|query|delete)_[a-z]+_extension_schema(_by_name)?)(_81)?$"
)

RUNS = (
    ("production", ("--exclude-operation-id-regex", f"{NEEDS_MAINTENANCE}|{CHANGES_ALL}")),
    (
        "maintenance",
        # Links lead from none of them to another.
        (
            "--include-operation-id-regex",
            NEEDS_MAINTENANCE,
            "--phases",
            "examples,coverage,fuzzing",
        ),
    ),
    ("production", ("--include-operation-id-regex", TOUCHED_BY_NOTHING)),
)
"""The mode that a server begins in, and the operations that are tried then."""


def scenario(folder: Path, mode: str, service_ids: str) -> Path:
    """Write the scenario of a run, and return its path."""
    path = folder / f"{mode}.yaml"
    base = json.dumps(str(FOLDER / "fuzz.yaml"))
    path.write_text(
        f"extends: {base}\n"
        f"settings: {{server_mode: {mode}}}\n"
        f"fidelity: {{service_ids: {service_ids}}}\n",
        encoding="utf-8",
    )
    return path


def try_server(
    folder: Path, mode: str, service_ids: str, arguments: Sequence[str]
) -> tuple[int, str]:
    """Return the exit code and the report of Schemathesis against a server of its own."""
    path = scenario(folder, mode, service_ids)
    server = ServerProcess(folder / "ready.json", "--scenario", str(path), "--log-level", "error")
    try:
        url = server.wait_until_ready().ready["url"]
        code = "from schemathesis.cli import schemathesis; schemathesis()"
        command = [sys.executable, "-c", code]
        command += ["--config-file", str(FOLDER / "schemathesis.toml"), "run"]
        command += [
            f"{url}/_control/openapi.json?for=fuzzing",
            "--auth",
            "tester:secret",
            "--no-color",
        ]
        command += ["--generation-database", "none", "--continue-on-failure", *arguments]
        done = subprocess.run(
            command,
            cwd=folder,  # it leaves files where it runs
            env=environment(PYTHONPATH=str(ROOT)),
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr
    finally:
        server.stop()
        server.ready_file.unlink(missing_ok=True)


def main() -> int:
    """Make a run of each kind; return 1 where one of them found something."""
    parser = argparse.ArgumentParser(prog="python -m tests.openapi", description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="how long to go on, about")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--service-ids", choices=("integer", "conversation"), default="integer")
    given = parser.parse_args()
    found = 0
    with tempfile.TemporaryDirectory() as folder:
        for (mode, chosen), share in zip(RUNS, (0.8, 0.1, 0.1), strict=True):
            seconds = max(1, round(given.seconds * share))
            arguments = ("--seed", str(given.seed), "--max-time", str(seconds), *chosen)
            code, report = try_server(Path(folder), mode, given.service_ids, arguments)
            sys.stdout.write(report)
            found = found or code
    return found


if __name__ == "__main__":
    sys.exit(main())
