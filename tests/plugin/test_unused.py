"""A run whose tests need no simulator starts none, and imports next to nothing."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import RunPytest

PLAIN = """
import sys, threading

def test_plain():
    heavy = {"flask", "werkzeug", "waitress", "marshmallow", "yaml", "faker", "click"}
    assert not heavy & set(sys.modules)
    own = {name for name in sys.modules if name.split(".")[0] == "cs_simulator"}
    assert own == {"cs_simulator", "cs_simulator.pytest_plugin"}
    assert "context-services" not in {thread.name for thread in threading.enumerate()}
"""
CONFTEST = """
import subprocess

def pytest_sessionstart(session):
    assert session.config.pluginmanager.hasplugin("context_services")

def pytest_unconfigure(config):
    import sys
    names = sorted(name for name in sys.modules if name.split(".")[0] == "cs_simulator")
    heavy = {"flask", "werkzeug", "waitress", "marshmallow", "yaml", "faker", "click"}
    print("\\nimported:", *names, *sorted(heavy & set(sys.modules)))

popen = subprocess.Popen.__init__

def noted(self, args, *more, **named):
    assert "cs_simulator" not in args, args
    popen(self, args, *more, **named)

subprocess.Popen.__init__ = noted
"""

STARTS = """
import subprocess

subprocess.servers_started = []
popen = subprocess.Popen.__init__

def noted(self, args, *more, **named):
    popen(self, args, *more, **named)
    if "cs_simulator" in args:
        subprocess.servers_started.append(self)

subprocess.Popen.__init__ = noted
"""


def test_plain_run(project: pytest.Pytester, run: RunPytest) -> None:
    project.makeconftest(CONFTEST)
    result = run(PLAIN, "-s", fresh=True)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["imported: cs_simulator cs_simulator.pytest_plugin"])


def test_plain_run_with_workers(project: pytest.Pytester, run: RunPytest) -> None:
    project.makeconftest(CONFTEST)
    result = run(PLAIN, "-s", "-n", "1", fresh=True)
    result.assert_outcomes(passed=1)
    [line] = [line for line in result.stdout.lines if line.startswith("imported: ")]
    assert line.split()[1:] == [
        "cs_simulator",
        "cs_simulator.ids",
        "cs_simulator.late",
        "cs_simulator.pytest_plugin",
        "cs_simulator.testing",
        "cs_simulator.testing.broker",
        "cs_simulator.testing.session",
        "cs_simulator.testing.settings",
    ]


def test_asserts_of_this_package_are_not_rewritten(
    project: pytest.Pytester, run: RunPytest
) -> None:
    # As pytest does with all of a distribution that brings a plugin, and is no editable one.
    project.makeconftest(
        """
        import pytest

        pytest.register_assert_rewrite("cs_simulator.client", "cs_simulator.testing")
        """
    )
    result = run(
        """
        import sys
        from importlib.machinery import SourceFileLoader

        def test_it(context_services):
            ours = ("cs_simulator.client.world", "cs_simulator.testing.hooks")
            assert [type(sys.modules[name].__loader__) for name in ours] == [SourceFileLoader] * 2
        """,
        fresh=True,
    )
    result.assert_outcomes(passed=1)


NEEDS = """
def test_{name}(context_services):
    pass
"""


def test_server_starts_with_the_first_test_that_needs_it(
    project: pytest.Pytester, run: RunPytest
) -> None:
    project.makepyfile(
        test_a=NEEDS.format(name="a"),
        test_b="""
        import subprocess

        [first] = subprocess.servers_started
        """,
    )
    project.makeconftest(STARTS)
    result = run("def test_plain(): pass", alone=True)
    result.assert_outcomes(passed=2)


def test_server_for_tests_that_are_left_out_is_stopped_at_once(
    project: pytest.Pytester, run: RunPytest
) -> None:
    project.makeconftest(
        STARTS
        + """
def pytest_collection_modifyitems(items):
    assert len(subprocess.servers_started) == 1
    items[:] = [item for item in items if item.name == "test_plain"]
"""
    )
    result = run(
        NEEDS.format(name="a")
        + """
def test_plain():
    import subprocess
    [first] = subprocess.servers_started
    assert first.returncode is not None
""",
        alone=True,
    )
    result.assert_outcomes(passed=1)


def test_server_is_stopped_at_once_if_a_file_cannot_be_imported(
    project: pytest.Pytester, run: RunPytest
) -> None:
    project.makepyfile(test_a=NEEDS.format(name="a"))
    project.makeconftest(
        STARTS
        + """
def pytest_sessionfinish():
    print("\\ncodes:", *(each.returncode for each in subprocess.servers_started))
"""
    )
    result = run("import nowhere", "-s", alone=True)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["codes: -9"])
    result = run("import nowhere", "-s", "--continue-on-collection-errors", alone=True)
    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(["codes: None"])


@pytest.mark.parametrize(
    "options",
    [
        ("-k", "plain"),
        ("--collect-only",),
        ("--fixtures",),
        ("--fixtures-per-test",),
        ("--setup-plan",),
        ("test_it.py::test_plain",),
    ],
)
def test_nothing_starts_for_tests_that_do_not_run(
    project: pytest.Pytester, run: RunPytest, options: tuple[str, ...]
) -> None:
    project.makeconftest(CONFTEST)
    result = run(NEEDS.format(name="a") + "def test_plain(): pass", *options, alone=True)
    assert result.ret == 0


def test_plugin_can_be_turned_off(run: RunPytest) -> None:
    result = run("def test_it(context_services): pass", "-p", "no:context_services", alone=True)
    result.stdout.fnmatch_lines(["*fixture 'context_services' not found"])


def test_help_names_options_settings_and_markers(run: RunPytest) -> None:
    result = run("", "--help")
    result.stdout.fnmatch_lines(["context services:", "*--context-services-url=URL*"])
    result.stdout.fnmatch_lines(["*context_services_world (string)*"])
    result = run("", "--markers")
    result.stdout.fnmatch_lines(
        ["@pytest.mark.context_services_scenario(name, path or document): *"]
    )
    result = run("", "--fixtures")
    result.stdout.fnmatch_lines(["context_services_server [[]session scope[]]*"])
