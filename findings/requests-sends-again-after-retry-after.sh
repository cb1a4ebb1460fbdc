#!/bin/sh
# A requests adapter told to retry connections sends PUT and DELETE again when an answer has Retry-After.
#
# requests 2.34.2, urllib3 2.8.0.
#
# The documentation of `HTTPAdapter(max_retries=N)` says that it counts for failed look-ups and
# connections only, "never to requests where data has made it to the server". The number becomes a
# Retry of urllib3, and that one takes a 413, 429 or 503 with a Retry-After for a reason to try again,
# whether or not a status was ever named. So a DELETE that arrived, and was answered, arrives three times
# more, each after the wait that the server named: with `Retry-After: 3600`, one call sleeps for three
# hours. POST and PATCH are sent once, as is everything whose 503 has no header.
#
# Seen: requests that arrived for one call with max_retries=3, without Retry-After and with 0; those of
# a DELETE with 0 that was answered with other statuses; the seconds that one DELETE slept with 3600
#   GET:    1, 4
#   PUT:    1, 4
#   DELETE: 1, 4
#   POST:   1, 1
#   PATCH:  1, 1
#   other statuses: 202 1, 403 1, 413 4, 429 4, 500 1
#   waits: 3600, 3600, 3600
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check requests==2.34.2 urllib3==2.8.0
cat >"$folder/seen.py" <<'PYTHON'
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import requests
import urllib3.util.retry
from requests.adapters import HTTPAdapter


def arrived(method, status, headers):
    count = 0

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            nonlocal count
            count += 1
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_PUT = do_DELETE = do_POST = do_PATCH = answer

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", HTTPAdapter(max_retries=3))
        session.request(method, f"http://127.0.0.1:{server.server_port}/", data=b"{}")
    server.shutdown()
    return count


now = {"Retry-After": "0"}
for method in ("GET", "PUT", "DELETE", "POST", "PATCH"):
    print(f"{method}: {arrived(method, 503, {})}, {arrived(method, 503, now)}")
others = (f"{status} {arrived('DELETE', status, now)}" for status in (202, 403, 413, 429, 500))
print("other statuses:", ", ".join(others))
waits = []
urllib3.util.retry.time.sleep = waits.append
arrived("DELETE", 503, {"Retry-After": "3600"})
print("waits:", ", ".join(f"{wait:.0f}" for wait in waits))
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
GET: 1, 4
PUT: 1, 4
DELETE: 1, 4
POST: 1, 1
PATCH: 1, 1
other statuses: 202 1, 403 1, 413 4, 429 4, 500 1
waits: 3600, 3600, 3600
EXPECTED
