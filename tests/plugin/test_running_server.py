"""The same tests against a server that runs already, and what may be wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.client.support import something_else
from tests.plugin.conftest import RunPytest
from tests.support.server import ServerProcess

USES_IT = """
from support import start

def test_it(context_services, context_services_server):
    print("server", context_services_server.url)
    print("scenario", context_services.scenario()["name"])
    assert start(context_services) == 201
"""


def test_url_by_option_and_by_environment(
    run: RunPytest, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CS_SIMULATOR_URL", server)
    result = run(USES_IT, "-s")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"*server {server}", "scenario empty"])
    monkeypatch.setenv("CS_SIMULATOR_URL", "http://localhost:1")
    result = run(
        USES_IT, "-s", "--context-services-url", server, "--context-services-scenario=flaky"
    )
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"*server {server}", "scenario flaky"])


def error_of(run: RunPytest, *options: str) -> str:
    """Return the error of a test that does not get its server."""
    result = run(USES_IT, *options)
    result.assert_outcomes(errors=1)
    lines = result.stdout.lines
    first = next(number for number, line in enumerate(lines) if "ERROR at setup" in line)
    assert lines[first + 2].startswith("====="), "the error has one line"
    return lines[first + 1]


def test_nothing_answers(run: RunPytest, monkeypatch: pytest.MonkeyPatch) -> None:
    assert error_of(run, "--context-services-url=http://127.0.0.1:1") == (
        "--context-services-url: Cannot connect to http://127.0.0.1:1: Connection refused; "
        "start a simulator there, or use the URL of a running one"
    )
    monkeypatch.setenv("CS_SIMULATOR_URL", "localhost:8080")
    assert error_of(run) == (
        "CS_SIMULATOR_URL: 'localhost:8080' is not a server URL; "
        "use one such as http://localhost:8080"
    )


def test_another_server_or_another_api(run: RunPytest) -> None:
    with something_else(200, "text/html", b"<h1>It works!</h1>") as url:
        assert "is not a Context Services simulator" in error_of(
            run, f"--context-services-url={url}"
        )
    health = json.dumps({"status": "ok", "version": "9.0", "api": 2}).encode()
    with something_else(200, "application/json", health) as url:
        error = error_of(run, f"--context-services-url={url}")
    assert error.endswith("needs 1; install the same version of cs-simulator on both sides")


def test_token_missing_wrong_and_right(
    run: RunPytest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = ServerProcess(tmp_path / "ready.json", "--control-token", "s3cret")
    try:
        option = f"--context-services-url={process.wait_until_ready().ready['url']}"
        mend = "; use --context-services-token or CS_SIMULATOR_CONTROL_TOKEN"
        assert error_of(run, option).endswith(f"given to --control-token (no token was sent){mend}")
        wrong = error_of(run, option, "--context-services-token=guess")
        assert wrong.endswith(f"given to --control-token (the token is wrong){mend}")
        monkeypatch.setenv("CS_SIMULATOR_CONTROL_TOKEN", "s3cret")
        run(USES_IT, option).assert_outcomes(passed=1)
    finally:
        process.stop()


@pytest.mark.parametrize(
    "option", ["--context-services-scenario-dir", "--context-services-options"]
)
def test_options_that_contradict_each_other(run: RunPytest, server: str, option: str) -> None:
    result = run(USES_IT, f"--context-services-url={server}", option, ".")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert result.stderr.lines[0] == (
        f"ERROR: {option} configures a server that the plugin starts, but --context-services-url "
        "names a running one; remove one of them, or start that server with the same settings"
    )


@pytest.mark.parametrize(
    ("word", "mend"),
    [("--ready-file=x", "remove it"), ("--control-token x", "use --context-services-token")],
)
def test_options_that_are_the_plugins(run: RunPytest, word: str, mend: str) -> None:
    result = run(USES_IT, f"--context-services-options={word}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    name = word.replace("=", " ").split()[0]
    assert result.stderr.lines[0] == (
        f"ERROR: {name} in context_services_options is set by the plugin; {mend}"
    )


def test_options_that_are_no_words(run: RunPytest) -> None:
    result = run(USES_IT, "-o", 'context_services_options=--scenario "demo')
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert result.stderr.lines[0] == (
        "ERROR: cannot split context_services_options into words (No closing quotation): "
        '--scenario "demo'
    )


def test_ini_says_how_to_start_one_and_does_not_hinder_another(
    project: pytest.Pytester, run: RunPytest, server: str
) -> None:
    project.makeini("[pytest]\ncontext_services_options = --max-worlds 3\n")
    run(USES_IT, f"--context-services-url={server}").assert_outcomes(passed=1)
