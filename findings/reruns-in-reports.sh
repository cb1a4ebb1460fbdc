#!/bin/sh
# Runs that failed before a rerun are passed test cases in JUnit XML, and reruns are counted in three ways.
#
# pytest-rerunfailures 16.7, flaky 3.8.1, pytest-retry 1.7.0, pytest 9.2.0, pytest-html 4.2.0.
#
# Three tests: one passes, one at its second run, one fails three times. In pytest's JUnit XML each run
# before the last becomes a test case of its own with rerunfailures and flaky, named like the last one and
# without a sign that it failed: whoever counts test cases, as a CI's page does, sees five that passed and
# one that failed, and two of the passes are of the test that never passed. The attribute `tests` says 3.
# pytest-retry leaves one case for each test there, and two more tests in pytest-html, which counts more
# reruns than there were with rerunfailures, and none with the others.
#
# Seen: the terminal; the attribute `tests` and the test cases in JUnit XML; pytest-html
#   rerunfailures: 1 failed, 2 passed, 3 rerun; 3 tests, 5 passed and 1 failed; 1 failed, 2 passed, 7 reruns
#   flaky:         1 failed, 2 passed; 3 tests, 5 passed and 1 failed; 1 failed, 2 passed, 0 reruns
#   pytest-retry:  1 failed, 2 passed, 2 retried; 3 tests, 2 passed and 1 failed; 2 failed, 3 passed, 0 reruns
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check pytest==9.2.0 pytest-rerunfailures==16.7 \
    flaky==3.8.1 pytest-retry==1.7.0 pytest-html==4.2.0 pytest-metadata==3.1.1
mkdir "$folder/tests"
cat >"$folder/tests/test_runs.py" <<'PYTHON'
import pytest

runs = []


@pytest.fixture
def run(request):
    runs.append(request.node.name)
    return runs.count(request.node.name)


def test_well(run):
    assert run


def test_second_time(run):
    assert run == 2


def test_never(run):
    assert run == 4
PYTHON
cat >"$folder/read.py" <<'PYTHON'
import re
import sys
from xml.etree import ElementTree

name, terminal, junit, page = sys.argv[1:]
with open(terminal) as file:
    told = re.search(r"(\d+ failed.*?) in ", file.read())[1]
suite = ElementTree.parse(junit).getroot()[0]
cases = list(suite.iter("testcase"))
failed = sum(case.find("failure") is not None for case in cases)
with open(page) as file:
    counts = re.findall(r"(\d+) (Failed|Passed|Reruns)\b", file.read())
html = ", ".join(f"{count} {word.lower()}" for count, word in counts)
told = re.sub(r", \d+ warnings?", "", told)
print(f"{name}: {told}; {suite.get('tests')} tests, {len(cases) - failed} passed and {failed} failed; {html}")
PYTHON
run() {
    name=$1
    shift
    (cd "$folder/tests" && PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 "$folder/venv/bin/pytest" -q --rootdir . \
        -p pytest_metadata.plugin -p pytest_html.plugin --junitxml=junit.xml --html=page.html "$@") \
        >"$folder/log" 2>&1 || true
    "$folder/venv/bin/python" "$folder/read.py" "$name" "$folder/log" "$folder/tests/junit.xml" \
        "$folder/tests/page.html"
}
{
    run rerunfailures -p pytest_rerunfailures --reruns 2
    run flaky -p flaky.flaky_pytest_plugin --force-flaky --max-runs 3
    run pytest-retry -p pytest_retry.retry_plugin --retries 2
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
rerunfailures: 1 failed, 2 passed, 3 rerun; 3 tests, 5 passed and 1 failed; 1 failed, 2 passed, 7 reruns
flaky: 1 failed, 2 passed; 3 tests, 5 passed and 1 failed; 1 failed, 2 passed, 0 reruns
pytest-retry: 1 failed, 2 passed, 2 retried; 3 tests, 2 passed and 1 failed; 2 failed, 3 passed, 0 reruns
EXPECTED
