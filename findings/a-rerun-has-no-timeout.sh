#!/bin/sh
# A test that is run again has no time limit: the first failure, of whatever kind, takes it away.
#
# pytest-timeout 2.4.0, pytest-rerunfailures 16.7, pytest-retry 1.7.0, flaky 3.8.1, pytest 9.2.0.
#
# `--timeout 60 --reruns 2` is thought to mean sixty seconds for each run, or at the least for all of them. The
# clock of pytest-timeout starts before the first run, and it is stopped when a test fails, so that nobody is
# hurried who looks at it in a debugger; a rerun starts no other. So where a server is down for good, the first
# run is cut, and the second waits for as long as its client does, which is what the limit was there for.
# With pytest-retry the clock goes on after a failure, for all runs together, and is gone once it has struck.
# With `timeout_func_only` each run has its own; the fixtures have none then, the first time included.
#
# Seen with a limit of one second: the runs of a test that fails at once and then takes three seconds, and of one
# that takes three seconds each time, whether they were cut
#   no reruns:                        failed; cut
#   rerunfailures:                    failed, whole; cut, whole
#   rerunfailures, timeout_func_only: failed, cut, cut; cut, cut, cut
#   pytest-retry:                     failed, cut, whole; cut, whole
#   flaky:                            failed, whole; cut, whole
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check pytest==9.2.0 pytest-timeout==2.4.0 \
    pytest-rerunfailures==16.7 pytest-retry==1.7.0 flaky==3.8.1
cat >"$folder/test_seen.py" <<'PYTHON'
import time

first, long = [], []


def wait(runs):
    began = time.monotonic()
    try:
        time.sleep(3)
    finally:
        runs.append("whole" if time.monotonic() - began > 2.9 else "cut")


def test_first():
    if not first:
        first.append("failed")
        raise AssertionError
    wait(first)


def test_long():
    wait(long)


def teardown_module():
    with open("seen", "w") as file:
        file.write(f"{', '.join(first)}; {', '.join(long)}\n")
PYTHON
run() {
    name=$1
    shift
    (cd "$folder" && "$folder/venv/bin/python" -m pytest -q -p no:cacheprovider -p pytest_timeout --timeout 1 "$@" \
        test_seen.py >log 2>&1) || true
    printf '%s: %s\n' "$name" "$(cat "$folder/seen")"
}
export PYTEST_DISABLE_PLUGIN_AUTOLOAD=1
{
    run "no reruns"
    run rerunfailures -p pytest_rerunfailures --reruns 2
    run "rerunfailures, timeout_func_only" -p pytest_rerunfailures --reruns 2 -o timeout_func_only=true
    run pytest-retry -p pytest_retry.retry_plugin --retries 2
    run flaky -p flaky.flaky_pytest_plugin --force-flaky --max-runs 3
} | tee "$folder/seen.txt"
diff - "$folder/seen.txt" <<'EXPECTED'
no reruns: failed; cut
rerunfailures: failed, whole; cut, whole
rerunfailures, timeout_func_only: failed, cut, cut; cut, cut, cut
pytest-retry: failed, cut, whole; cut, whole
flaky: failed, whole; cut, whole
EXPECTED
