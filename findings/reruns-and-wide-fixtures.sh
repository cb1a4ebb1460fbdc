#!/bin/sh
# A test that is run again finds other fixtures with each of three plugins, with one only if it is the last.
#
# pytest-rerunfailures 16.7, flaky 3.8.1, pytest-retry 1.7.0, pytest 9.2.0.
#
# A server is started once for a session, its data are laid once for a module, and a test that fails is run
# again. With pytest-rerunfailures the second run finds both as the first one left them. With pytest-retry it
# finds a new module fixture, as its manual says, and the tests after it, which did not fail, have that
# one too. With flaky it depends on the place: a test has what was there, but the last one of a module gets a
# new module fixture, and the last one of the session a new server as well, at another address. So a test
# that passes alone, where it is the last, may fail again among others, and leave nothing to see.
#
# Seen: number of the session fixture and of the module fixture, in the first run and the second of each
# of two tests in each of two modules
#   rerunfailures: 11 11, 11 11, 12 12, 12 12
#   retry:         11 12, 12 13, 14 15, 15 16
#   flaky:         11 11, 11 12, 13 13, 13 24
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    pytest==9.2.0 pytest-rerunfailures==16.7 flaky==3.8.1 pytest-retry==1.7.0
mkdir "$folder/tests"
cat >"$folder/tests/conftest.py" <<'PYTHON'
import itertools

import pytest

sessions, modules = itertools.count(1), itertools.count(1)
runs = {}


@pytest.fixture(scope="session")
def session():
    return next(sessions)


@pytest.fixture(scope="module")
def module():
    return next(modules)


@pytest.fixture
def second_run(request, session, module):
    seen = runs.setdefault(request.node.nodeid, [])
    seen.append(f"{session}{module}")
    return len(seen) > 1


def pytest_unconfigure(config):
    with open(config.rootpath / "seen", "w") as file:
        file.write(", ".join(" ".join(seen) for seen in runs.values()))
PYTHON
for module in one two; do
    cat >"$folder/tests/test_$module.py" <<'PYTHON'
def test_first(second_run):
    assert second_run


def test_last(second_run):
    assert second_run
PYTHON
done
run() {
    plugin=$1
    shift
    (cd "$folder/tests" && PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 "$folder/venv/bin/pytest" -q --rootdir . "$@") \
        >"$folder/log" 2>&1 || cat "$folder/log"
    echo "$plugin: $(cat "$folder/tests/seen")"
}
{
    run rerunfailures -p pytest_rerunfailures --reruns 1
    run retry -p pytest_retry.retry_plugin --retries 1
    run flaky -p flaky.flaky_pytest_plugin --force-flaky --max-runs 2
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
rerunfailures: 11 11, 11 11, 12 12, 12 12
retry: 11 12, 12 13, 14 15, 15 16
flaky: 11 11, 11 12, 13 13, 13 24
EXPECTED
