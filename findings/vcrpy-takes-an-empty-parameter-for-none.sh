#!/bin/sh
# vcrpy answers `/items?q=` from the recording of `/items`, and `?a=2&a=1` from that of `?a=1&a=2`.
#
# vcrpy 9.4.2; betamax 0.9.0 beside it, requests 2.34.2.
#
# vcrpy compares method, scheme, host, port, path and query by default, which sounds like all of an address.
# It reads the query into sorted pairs and drops those without a value. A parameter that is there but empty
# is what a form with an empty field sends, and a service may reject it, or look for the empty text; the
# recording answers as if it were absent, and the other way round. Which of two values came first is lost,
# too, where it says how to sort. betamax keeps both apart.
#
# Seen: whether the second address is answered from the recording of the first
#                                     vcrpy betamax
#   /items /items?q=:                 yes, no
#   /items?q= /items:                 yes, no
#   /items?a=1&q= /items?a=1:         yes, no
#   /items?a=1&a=2 /items?a=2&a=1:    yes, no
#   /items?a=1&b=2 /items?b=2&a=1:    yes, yes
#   /items?a=1&a=1 /items?a=1:        no, no
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check vcrpy==9.4.2 betamax==0.9.0 requests==2.34.2
cat >"$folder/seen.py" <<'PYTHON'
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import requests
import vcr
from betamax import Betamax
from betamax.exceptions import BetamaxError
from vcr.errors import CannotOverwriteExistingCassetteException

PAIRS = [
    ("/items", "/items?q="),
    ("/items?q=", "/items"),
    ("/items?a=1&q=", "/items?a=1"),
    ("/items?a=1&a=2", "/items?a=2&a=1"),
    ("/items?a=1&b=2", "/items?b=2&a=1"),
    ("/items?a=1&a=1", "/items?a=1"),
]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def with_vcrpy(url, folder, mode):
    with vcr.use_cassette(f"{folder}/vcrpy.yaml", record_mode=mode):
        requests.get(url)


def with_betamax(url, folder, mode):
    session = requests.Session()
    with Betamax(session, cassette_library_dir=folder).use_cassette("betamax", record=mode):
        session.get(url)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}"
for number, (first, second) in enumerate(PAIRS):
    folder = Path(sys.argv[1], str(number))
    folder.mkdir()
    seen = []
    for get in (with_vcrpy, with_betamax):
        get(base + first, str(folder), "once")
        try:
            get(base + second, str(folder), "none")
        except (CannotOverwriteExistingCassetteException, BetamaxError):
            seen.append("no")
        else:
            seen.append("yes")
    print(f"{first} {second}: {', '.join(seen)}")
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" "$folder" | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
/items /items?q=: yes, no
/items?q= /items: yes, no
/items?a=1&q= /items?a=1: yes, no
/items?a=1&a=2 /items?a=2&a=1: yes, no
/items?a=1&b=2 /items?b=2&a=1: yes, yes
/items?a=1&a=1 /items?a=1: no, no
EXPECTED
