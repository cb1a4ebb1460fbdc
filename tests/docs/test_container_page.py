"""The files that the page of containers shows say what their tools, and the simulator, take."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cs_simulator.cli.serve import serve
from cs_simulator.testing.settings import URL_VARIABLE
from tests.docs.pages import ROOT, Block, blocks_of
from tests.docs.sessions import environment

PAGE = ROOT / "docs" / "container.md"
BLOCKS = [block for block in blocks_of(PAGE) if block.language == "yaml"]
COMMAND = re.compile(r"\bcs-simulator (serve|health)\b")


def of_kind(kind: str) -> list[Any]:
    """Return what the blocks of one kind hold."""
    return [yaml.safe_load(block.text) for block in BLOCKS if block.info == f"yaml {kind}"]


def maps(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every map inside some data."""
    if isinstance(node, dict):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from maps(each)


def steps() -> list[dict[str, Any]]:
    """Return the steps of all workflows."""
    jobs = [job for workflow in of_kind("workflow") for job in workflow["jobs"].values()]
    return [step for job in jobs for step in job["steps"]]


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_every_variable_is_one_that_is_read(block: Block) -> None:
    known = {option.envvar for option in serve.params} | {URL_VARIABLE}
    named = re.findall(r"\b(?:CS_SIMULATOR|CONTEXT_SERVICES)_[A-Z_]+", block.text)
    assert named
    assert set(named) <= known


def test_compose_mounts_what_the_image_reads() -> None:
    [compose] = of_kind("compose")
    assert set(compose) == {"services"}
    ours = compose["services"]["cs-simulator"]
    assert ours["read_only"] is True
    assert [each.split(":")[1] for each in ours["volumes"]] == ["/scenarios"]
    tests = compose["services"]["tests"]
    assert tests["depends_on"]["cs-simulator"] == {"condition": "service_healthy"}
    assert tests["environment"][URL_VARIABLE] == "http://cs-simulator:8080"


def test_workflows_have_the_shape_that_their_runner_takes() -> None:
    for workflow in of_kind("workflow"):
        assert workflow["name"]
        assert True in workflow, "on: is read as true by YAML 1.1, as GitHub knows"
        for job in workflow["jobs"].values():
            assert job["runs-on"]
            assert job["env"][URL_VARIABLE] == "http://localhost:8080"
            for service in job.get("services", {}).values():
                assert set(service) <= {"image", "ports", "env", "volumes", "options"}
    assert all(("run" in step) != ("uses" in step) for step in steps())


def test_gitlab_reaches_the_service_by_its_alias() -> None:
    [pipeline] = of_kind("gitlab")
    [service] = pipeline["test"]["services"]
    assert pipeline["test"]["variables"][URL_VARIABLE] == f"http://{service['alias']}:8080"


def test_images_are_pinned() -> None:
    texts = [
        str(each["image"])
        for block in BLOCKS
        for each in maps(yaml.safe_load(block.text))
        if "image" in each
    ]
    assert len(texts) > 3
    assert not [text for text in texts if text != "cs-simulator" and not re.search(r":\d", text)]


@pytest.mark.skipif(shutil.which("timeout") is None, reason="timeout is not installed")
def test_a_step_starts_the_simulator_and_waits_for_it(tmp_path: Path) -> None:
    [job] = [
        job
        for each in of_kind("workflow")
        for job in each["jobs"].values()
        if "services" not in job
    ]
    [step] = [step for step in job["steps"] if COMMAND.search(step.get("run", ""))]
    (tmp_path / "scenarios").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    variables = {
        name: str(value).replace(str(job["env"]["CS_SIMULATOR_PORT"]), port)
        for name, value in job["env"].items()
    }
    process = subprocess.Popen(
        ["bash", "-c", step["run"]],
        cwd=tmp_path,
        env={**environment(tmp_path), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        printed = process.communicate(timeout=60)[0]
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # the server, which outlives its step
    assert process.returncode == 0, printed
    assert printed.endswith("scenario demo\n")
    assert "Context Services simulator" in (tmp_path / "simulator.log").read_text()


def test_deployment_holds_what_the_page_promises() -> None:
    [deployment] = of_kind("deployment")
    [block] = [block for block in BLOCKS if block.info == "yaml deployment"]
    assert len(block.text.strip().splitlines()) <= 30
    template = deployment["spec"]["template"]
    labels = template["metadata"]["labels"]
    assert deployment["spec"]["selector"]["matchLabels"] == labels
    pod = template["spec"]
    assert pod["enableServiceLinks"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    [container] = pod["containers"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert "runAsUser" not in str(deployment)
    [port] = container["ports"]
    assert str(port["containerPort"]) == "8080"
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe]["httpGet"] == {"path": "/_control/health", "port": port["name"]}


@pytest.mark.skipif(shutil.which("docker-compose") is None, reason="Compose is not installed")
def test_compose_takes_the_block_as_printed(tmp_path: Path) -> None:
    [block] = [block for block in BLOCKS if block.info == "yaml compose"]
    (tmp_path / "compose.yaml").write_text(block.text)
    (tmp_path / "scenarios").mkdir()
    done = subprocess.run(
        ["docker-compose", "-f", "compose.yaml", "config", "--quiet"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
