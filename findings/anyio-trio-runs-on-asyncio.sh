#!/bin/sh
# With pytest-asyncio in auto mode, a test that anyio runs "[trio]" runs on asyncio, and passes.
#
# pytest-asyncio 1.5.0, anyio 4.16.0, trio 0.35.0, pytest 9.2.0.
#
# anyio's pytest plugin runs a test once on asyncio and once on trio, and both plugins may be installed
# together: with pytest-asyncio in strict mode, its default, that is what happens. In auto mode it takes
# every coroutine function for its own, those with anyio's mark included. One would think of an error, or
# of a test that runs twice. There is none: the test ids still say `[asyncio]` and `[trio]`, so does anyio's
# own fixture `anyio_backend_name`, and both run on asyncio. A library that breaks on trio keeps its green
# test for trio. One line in a configuration, `asyncio_mode = auto`, does it, and nothing is reported.
#
# Seen: name of the backend by anyio's fixture, and what sniffio finds in the test
#   strict: asyncio on asyncio, trio on trio
#   auto:   asyncio on asyncio, trio on asyncio
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    pytest==9.2.0 pytest-asyncio==1.5.0 anyio==4.16.0 trio==0.35.0 sniffio==1.3.1
mkdir "$folder/tests"
cat >"$folder/tests/test_backend.py" <<'PYTHON'
import pytest
import sniffio


@pytest.mark.anyio
async def test_backend(anyio_backend_name):
    with open("seen", "a") as file:
        file.write(f"{anyio_backend_name} on {sniffio.current_async_library()}\n")
PYTHON
for mode in strict auto; do
    rm -f "$folder/tests/seen"
    (cd "$folder/tests" && PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 "$folder/venv/bin/pytest" -q --rootdir . \
        -p anyio.pytest_plugin -p pytest_asyncio.plugin -o asyncio_mode=$mode) >"$folder/log" 2>&1 || cat "$folder/log"
    echo "$mode: $(paste -sd, "$folder/tests/seen" | sed 's/,/, /g')"
done | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
strict: asyncio on asyncio, trio on trio
auto: asyncio on asyncio, trio on asyncio
EXPECTED
