#!/bin/sh
# While vcrpy records, a PUT whose answer is cut is sent four times; without it, once.
#
# vcrpy 9.4.2, requests 2.34.2, urllib3 2.8.0.
#
# A Retry of urllib3 does not count the body of an answer: requests reads it afterwards, so an answer that is
# cut within its body is an error at once, ChunkedEncodingError, and nothing is sent again. vcrpy reads the
# whole body as soon as urllib3 asks for the status, in order to store it. There the cut looks like a
# connection that was lost before any answer, which the Retry does count: idempotent requests go out again,
# and the exception is another one, ConnectionError. So the recorder, which should only listen, makes requests
# that the program does not make, and a handler for ChunkedEncodingError is never reached in such a test.
#
# Seen: requests that arrived for one call with Retry(3), and the exception
#   GET:  without 1 ChunkedEncodingError, recording 4 ConnectionError
#   PUT:  without 1 ChunkedEncodingError, recording 4 ConnectionError
#   POST: without 1 ChunkedEncodingError, recording 1 ConnectionError
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check vcrpy==9.4.2 requests==2.34.2 urllib3==2.8.0
cat >"$folder/seen.py" <<'PYTHON'
import sys
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import requests
import vcr
from requests.adapters import HTTPAdapter
from urllib3.util import Retry


def outcome(method, recorder):
    count = 0

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            nonlocal count
            count += 1
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.send_header("Content-Length", "20")
            self.end_headers()
            self.wfile.write(b'{"a": 1')
            self.close_connection = True

        do_GET = do_PUT = do_POST = answer

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    with requests.Session() as session, recorder:
        session.mount("http://", HTTPAdapter(max_retries=Retry(3)))
        try:
            session.request(method, f"http://127.0.0.1:{server.server_port}/", data=b"{}")
        except requests.RequestException as error:
            name = type(error).__name__
        else:
            name = "no error"
    server.shutdown()
    return f"{count} {name}"


for method in ("GET", "PUT", "POST"):
    recorder = vcr.use_cassette(f"{sys.argv[1]}/{method}.yaml")
    print(f"{method}: without {outcome(method, nullcontext())}, recording {outcome(method, recorder)}")
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" "$folder" | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
GET: without 1 ChunkedEncodingError, recording 4 ConnectionError
PUT: without 1 ChunkedEncodingError, recording 4 ConnectionError
POST: without 1 ChunkedEncodingError, recording 1 ConnectionError
EXPECTED
