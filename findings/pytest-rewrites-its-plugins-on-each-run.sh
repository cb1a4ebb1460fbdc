#!/bin/sh
# Where pytest may not write bytecode, each run begins by rewriting 69 modules of Faker, for no test that uses it.
#
# pytest 9.2.0, Faker 40.63.0, anyio 4.16.0, respx 0.23.1.
#
# Images of containers set PYTHONDONTWRITEBYTECODE, to be small; one expects it to cost what compiling one's own
# modules does. pytest rewrites the assertions in plugins, and takes all that a plugin's distribution holds for
# the plugin, although Faker's is one fixture and its modules are some hundreds. The bytecode that pip has
# written does not do for that: pytest keeps its own beside it, and where it may not, it parses, rewrites and
# compiles whatever is imported, in each run. PYTHONPYCACHEPREFIX does not help, nor has `-p no:cacheprovider` to
# do with it. `-p no:faker` leaves Faker alone, `--assert=plain` all; or one run while the image is built, with
# the variable not yet set, after which nothing has to be written.
#
# Seen in a run of one empty test, other than the first: modules of the packages that were rewritten
#   may write:                    faker 0, anyio 0, respx 0
#   could write once:             faker 0, anyio 0, respx 0
#   may not:                      faker 69, anyio 30, respx 12
#   may not, PYTHONPYCACHEPREFIX: faker 69, anyio 30, respx 12
#   may not, -p no:faker:         faker 0, anyio 30, respx 12
#   may not, --assert=plain:      faker 0, anyio 0, respx 0
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset PYTHONDONTWRITEBYTECODE
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check pytest==9.2.0 Faker==40.63.0 anyio==4.16.0 \
    respx==0.23.1
echo 'def test_nothing(): pass' >"$folder/test_nothing.py"
cat >"$folder/seen.py" <<'PYTHON'
import collections
import contextlib
import io
import sys
import time

import _pytest.assertion.rewrite as rewriting
import pytest

rewritten = collections.Counter()
rewrite = rewriting._rewrite_test


def counted(file, config):
    if "site-packages" in file.parts:
        rewritten[file.parts[file.parts.index("site-packages") + 1]] += 1
    return rewrite(file, config)


rewriting._rewrite_test = counted
began = time.process_time()
with contextlib.redirect_stdout(io.StringIO()):
    assert pytest.main(["-p", "no:cacheprovider", *sys.argv[2:], "test_nothing.py"]) == 0
counts = ", ".join(f"{name} {rewritten[name]}" for name in ("faker", "anyio", "respx"))
print(f"{sys.argv[1]}: {counts} ({time.process_time() - began:.1f} s of processor time)")
PYTHON
cd "$folder"
seen() {
    venv/bin/python seen.py "$@"
}
seen first >/dev/null
{
    seen "may write"
    PYTHONDONTWRITEBYTECODE=1 seen "could write once"
    find venv -name '*-pytest-*.pyc' -delete
    PYTHONDONTWRITEBYTECODE=1 seen first >/dev/null
    PYTHONDONTWRITEBYTECODE=1 seen "may not"
    PYTHONDONTWRITEBYTECODE=1 PYTHONPYCACHEPREFIX="$folder/cache" seen "may not, PYTHONPYCACHEPREFIX"
    PYTHONDONTWRITEBYTECODE=1 seen "may not, -p no:faker" -p no:faker
    PYTHONDONTWRITEBYTECODE=1 seen "may not, --assert=plain" --assert=plain
} | tee timed
sed 's/ (.*//' timed >seen
diff - seen <<'EXPECTED'
may write: faker 0, anyio 0, respx 0
could write once: faker 0, anyio 0, respx 0
may not: faker 69, anyio 30, respx 12
may not, PYTHONPYCACHEPREFIX: faker 69, anyio 30, respx 12
may not, -p no:faker: faker 0, anyio 30, respx 12
may not, --assert=plain: faker 0, anyio 0, respx 0
EXPECTED
