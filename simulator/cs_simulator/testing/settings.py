"""The settings of a test run's simulator: command line, environment, ini file."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

URL_VARIABLE = "CS_SIMULATOR_URL"
RUN_VARIABLE = "CS_SIMULATOR_RUN"
TOKEN_VARIABLE = "CS_SIMULATOR_CONTROL_TOKEN"  # noqa: S105 - its name

_RUN = re.compile(r"[A-Za-z0-9._-]{1,40}")
_OURS = ("--ready-file", "--control-token")


class PluginSettings(NamedTuple):
    """How the simulator of a test run is found or started."""

    url: str | None
    """The URL of a running server; if empty, one is started."""
    url_from: str
    token: str | None
    world: str | None
    """The world that is reset before every test, if tests have none of their own."""
    scenario: str | None
    """The scenario that every world begins with: a name, or an absolute path."""
    scenario_dir: Path | None
    options: Sequence[str]
    folder: Path
    """The folder in which a server is started, and to which paths in the ini file are relative."""
    run: str | None = None
    """The unique name of this run; if empty, one is generated."""
    keep: int | None = None
    """How many worlds of failed tests are kept, if set."""
    strict: bool = False
    """Whether tests fail for unexpected errors by default."""
    report: Path | None = None
    """The folder for reports of failed tests, if set."""


def settings_of(config: pytest.Config) -> PluginSettings:
    """Return the settings of a test run, or raise :exc:`pytest.UsageError`."""
    folder = config.inipath.parent if config.inipath else config.rootpath
    url: str | None = config.getoption("context_services_url")
    url_from = "--context-services-url"
    if url is None:
        url = os.environ.get(URL_VARIABLE) or None
        url_from = URL_VARIABLE
    if url is not None:
        _refuse_what_only_starts(config, url_from)
    scenario, scenario_folder = _given(config, "context_services_scenario", folder)
    if scenario is not None and _is_path(scenario):
        scenario = str(scenario_folder / scenario)
    chosen, chosen_folder = _given(config, "context_services_scenario_dir", folder)
    options, _ = _given(config, "context_services_options", folder)
    report, report_folder = _given(config, "context_services_report", folder)
    world: str | None = config.getoption("context_services_world")
    return PluginSettings(
        url=url,
        url_from=url_from,
        token=config.getoption("context_services_token") or os.environ.get(TOKEN_VARIABLE) or None,
        world=world or config.getini("context_services_world") or None,
        scenario=scenario,
        scenario_dir=None if chosen is None else chosen_folder / chosen,
        options=_words(options or ""),
        folder=folder,
        run=_run(config),
        keep=_keep(config, folder),
        report=None if report is None else report_folder / report,
        strict=config.getoption("context_services_strict") or _strict(config),
    )


def _strict(config: pytest.Config) -> bool:
    """Return whether the ini file makes all tests strict."""
    try:
        strict: bool = config.getini("context_services_strict")
    except (ValueError, pytest.UsageError) as error:  # of pytest, without the name of the setting
        raise pytest.UsageError(
            f"context_services_strict: expected true or false; {error}"
        ) from None
    return strict


def _given(config: pytest.Config, name: str, folder: Path) -> tuple[str | None, Path]:
    """Return a value and the folder that it is relative to; the command line takes precedence."""
    value: str | None = config.getoption(name)
    if value is not None:
        return value, config.invocation_params.dir
    return config.getini(name) or None, folder


def _run(config: pytest.Config) -> str | None:
    """Return the name of this run, if set."""
    run: str | None = config.getoption("context_services_run")
    source = "--context-services-run" if run else RUN_VARIABLE
    run = run or os.environ.get(RUN_VARIABLE) or None
    if run is not None and not _RUN.fullmatch(run):
        raise pytest.UsageError(
            f"{source}: {run!r}, which replaces {{run}}, is not valid in the name of a world; "
            "use 1 to 40 of A-Z a-z 0-9 . _ -"
        )
    return run


def _keep(config: pytest.Config, folder: Path) -> int | None:
    """Return how many worlds of failed tests are to be kept, if set."""
    text, _ = _given(config, "context_services_keep", folder)
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal():
        is_typed = config.getoption("context_services_keep") is not None
        name = "--context-services-keep" if is_typed else "context_services_keep"
        raise pytest.UsageError(f"{name}: expected a number of worlds, 0 for none, found {text!r}")
    return int(text)


def _refuse_what_only_starts(config: pytest.Config, url_from: str) -> None:
    for name in ("context_services_scenario_dir", "context_services_options"):
        if config.getoption(name) is not None:
            option = f"--{name.replace('_', '-')}"
            raise pytest.UsageError(
                f"{option} configures a server that the plugin starts, but {url_from} names a "
                f"running one; remove one of them, or start that server with the same settings"
            )


def _words(options: str) -> Sequence[str]:
    """Return the words of the options for a server; the plugin sets some options itself."""
    try:
        words = shlex.split(options)
    except ValueError as error:
        raise pytest.UsageError(
            f"cannot split context_services_options into words ({error}): {options}"
        ) from None
    for word in words:
        name = word.partition("=")[0]
        if name in _OURS:
            fix = "use --context-services-token" if name == _OURS[1] else "remove it"
            raise pytest.UsageError(
                f"{name} in context_services_options is set by the plugin; {fix}"
            )
    return words


def _is_path(scenario: str) -> bool:
    from cs_simulator.client.files import is_path

    return is_path(scenario)
