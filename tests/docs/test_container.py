"""What the Dockerfile says is tried as far as that goes without a container engine."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.cli import serve
from tests.docs.pages import ROOT
from tests.docs.sessions import served

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def exec_form(instruction: str) -> list[str]:
    """Return the words of an instruction that is written in the exec form."""
    found = re.search(rf"^{instruction} (\[.*\])$", DOCKERFILE, flags=re.M)
    assert found, f"no {instruction} in the exec form"
    words: list[str] = json.loads(found[1])
    return words


def environment() -> dict[str, str]:
    return dict(re.findall(r'\b(CS_SIMULATOR_\w+)="?([^"\n\\]*?)"? ?\\?$', DOCKERFILE, flags=re.M))


def healthy(port: str) -> bool:
    check = exec_form("HEALTHCHECK.*\n.*CMD")
    assert check[0] == "python"
    variables = {**os.environ, "CS_SIMULATOR_PORT": port, "http_proxy": "http://localhost:9"}
    command = [sys.executable, *check[1:]]
    result = subprocess.run(command, env=variables, capture_output=True, timeout=30, check=False)
    return result.returncode == 0


def test_the_health_check_tells_a_server_from_none(tmp_path: Path) -> None:
    with served("cs-simulator serve", tmp_path) as server:
        assert healthy(server.port)
    assert not healthy(server.port)


def test_its_variables_are_options_of_the_server() -> None:
    known = {option.envvar for option in serve.params}
    assert environment()
    assert set(environment()) <= known


def test_it_listens_on_both_families() -> None:
    assert environment()["CS_SIMULATOR_HOST"].split() == ["0.0.0.0", "::"]


def test_it_starts_the_server_without_a_shell_and_without_root() -> None:
    assert exec_form("ENTRYPOINT") == ["cs-simulator"]
    assert exec_form("CMD") == ["serve"]
    user = re.search(r"^USER (\d+):(\d+)$", DOCKERFILE, flags=re.M)
    assert user is not None
    assert "0" not in user.groups()


@pytest.mark.parametrize("name", ["simulator", "scenarios", "constraints.txt", "README.md"])
def test_the_image_gets_what_the_package_is_built_from(name: str) -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert f"!{name}" in ignored
    assert (ROOT / name).exists()
