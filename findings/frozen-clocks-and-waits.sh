#!/bin/sh
# Under freezegun an async client's timeout never comes, and a Retry-After with a date takes six hours.
#
# freezegun 1.5.5, httpx 0.28.1, urllib3 2.8.0, tenacity 9.2.1; time-machine 3.6.0 beside them.
#
# A test freezes the clock for a date that it compares, and talks to a server, or to a simulator, that it has
# not frozen. What waits by the system's own clock goes on as ever: httpx's `Client` runs out of time after 0.5
# seconds. Its `AsyncClient` asks the event loop, and freezegun has stopped that one's clock, too: the timeout
# is never due, and the answer is taken whenever it comes. tenacity's `stop_after_delay` does not stop either.
# And urllib3 counts from the frozen now to a date in Retry-After, which the server wrote in the present: years,
# of which it sleeps the six hours that it allows at most. With `tick=True` all but this is as it should be, with
# `real_asyncio=True` the async client. time-machine leaves alone the clocks that only go forward; the date it
# cannot help either.
#
# Seen, frozen at the start of 2020: what comes of a client with a timeout of 0.5 seconds whose answer takes 2; the
# same for an async one; tries made of 20 that tenacity should stop after 0.3 seconds; the hours that
# urllib3 sleeps for a date in 2024
#   not frozen:              timeout, timeout, stopped, 0
#   freezegun:               timeout, 200, all tries, 6
#   freezegun, tick:         timeout, timeout, stopped, 6
#   freezegun, real_asyncio: timeout, timeout, all tries, 6
#   time-machine:            timeout, timeout, stopped, 6
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check freezegun==1.5.5 httpx==0.28.1 urllib3==2.8.0 \
    tenacity==9.2.1 time-machine==3.6.0
cat >"$folder/server.py" <<'PYTHON'
import http.server
import time


class Server(http.server.BaseHTTPRequestHandler):
    """Answer /slow after two seconds, and /busy with 503 and a date."""

    def do_GET(self):
        if self.path == "/slow":
            time.sleep(2)
        self.send_response(503 if self.path == "/busy" else 200)
        self.send_header("Retry-After", "Mon, 01 Jan 2024 00:00:01 GMT")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *ignored):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
PYTHON
cat >"$folder/seen.py" <<'PYTHON'
import asyncio
import contextlib
import sys
import time
import unittest.mock

import freezegun
import httpx
import tenacity
import time_machine
import urllib3

url = sys.argv[1]


def timeout():
    try:
        return httpx.get(f"{url}/slow", timeout=0.5).status_code
    except httpx.ReadTimeout:
        return "timeout"


def async_timeout():
    async def get():
        async with httpx.AsyncClient(timeout=0.5) as client:
            return (await client.get(f"{url}/slow")).status_code

    try:
        return asyncio.run(get())
    except httpx.ReadTimeout:
        return "timeout"


def tries():
    stop = tenacity.stop_after_delay(0.3) | tenacity.stop_after_attempt(20)
    retrying = tenacity.Retrying(stop=stop, wait=tenacity.wait_fixed(0.1))
    with contextlib.suppress(tenacity.RetryError):
        retrying(lambda: 1 / 0)
    made = retrying.statistics["attempt_number"]
    return "all tries" if made == 20 else "stopped"


def hours():
    with unittest.mock.patch("time.sleep") as sleep, contextlib.suppress(urllib3.exceptions.MaxRetryError):
        urllib3.PoolManager().request("GET", f"{url}/busy", retries=urllib3.Retry(1, status_forcelist=[503]))
    return round(sum(call.args[0] for call in sleep.call_args_list) / 3600)


clocks = {
    "not frozen": contextlib.nullcontext,
    "freezegun": lambda: freezegun.freeze_time("2020-01-01"),
    "freezegun, tick": lambda: freezegun.freeze_time("2020-01-01", tick=True),
    "freezegun, real_asyncio": lambda: freezegun.freeze_time("2020-01-01", real_asyncio=True),
    "time-machine": lambda: time_machine.travel("2020-01-01T00:00:00+00:00", tick=False),
}
for name, clock in clocks.items():
    seen = []
    for case in (timeout, async_timeout, tries, hours):
        with clock():
            seen.append(str(case()))
    print(f"{name}: {', '.join(seen)}")
PYTHON
"$folder/venv/bin/python" "$folder/server.py" >"$folder/address" &
server=$!
trap 'kill "$server"; rm -rf "$folder"' EXIT
until [ -s "$folder/address" ]; do sleep 0.1; done
"$folder/venv/bin/python" "$folder/seen.py" "$(cat "$folder/address")" | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
not frozen: timeout, timeout, stopped, 0
freezegun: timeout, 200, all tries, 6
freezegun, tick: timeout, timeout, stopped, 6
freezegun, real_asyncio: timeout, timeout, all tries, 6
time-machine: timeout, timeout, stopped, 6
EXPECTED
