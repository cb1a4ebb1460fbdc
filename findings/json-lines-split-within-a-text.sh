#!/bin/sh
# Two HTTP clients and a reader of event streams end a line within a JSON text.
#
# httpx 0.28.1, requests 2.34.2, aiosseclient 0.1.8; aiohttp 3.14.5 and httpx-sse 0.4.3 beside them.
#
# JSON lets U+2028 and U+0085 stand in a text as they are, and lines of JSON, like those of an event stream,
# end at CR and LF alone. httpx's `iter_lines` and requests' `iter_lines(decode_unicode=True)` end a line
# wherever Python's `str.splitlines` does: one record becomes two pieces, of which neither is JSON.
# requests reads bytes without that option, and also with it where the answer names no charset: so the same
# call is right for `application/x-ndjson` and wrong once `; charset=utf-8` is added. aiosseclient does not
# fail at all: the second half of the text has no name of a field, so it is dropped, and the event says less.
#
# Seen: what is read as one record of `{"a": "1 2"}`, where the blank is U+2028 and U+0085
#   httpx:                          {"a": "1 | 2"}, {"a": "1 | 2"}
#   requests:                       whole, whole
#   requests, decode_unicode:       whole, whole
#   the same with a charset:        {"a": "1 | 2"}, {"a": "1 | 2"}
#   aiohttp:                        whole, whole
#   httpx-sse:                      whole, whole
#   aiosseclient:                   {"a": "1, {"a": "1
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    httpx==0.28.1 requests==2.34.2 aiohttp==3.14.5 httpx-sse==0.4.3 aiosseclient==0.1.8
cat >"$folder/seen.py" <<'PYTHON'
import asyncio
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import aiohttp
import httpx
import httpx_sse
import requests
from aiosseclient import aiosseclient

TYPES = {
    "/lines": "application/x-ndjson",
    "/named": "application/x-ndjson; charset=utf-8",
    "/events": "text/event-stream",
}
record = ""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        text = f"data: {record}\n\n" if self.path == "/events" else f"{record}\n"
        self.send_response(200)
        self.send_header("Content-Type", TYPES[self.path])
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


def with_httpx(url):
    with httpx.stream("GET", f"{url}/lines") as response:
        return list(response.iter_lines())


def with_requests(url, path="/lines", **options):
    lines = requests.get(url + path, stream=True).iter_lines(**options)
    return [line if isinstance(line, str) else line.decode() for line in lines]


def with_aiohttp(url):
    async def read():
        async with aiohttp.ClientSession() as session, session.get(f"{url}/lines") as response:
            return [line.decode().rstrip("\n") async for line in response.content]

    return asyncio.run(read())


def with_httpx_sse(url):
    with httpx.Client() as client, httpx_sse.connect_sse(client, "GET", f"{url}/events") as source:
        return [event.data for event in source.iter_sse()]


def with_aiosseclient(url):
    async def read():
        return [event.data async for event in aiosseclient(f"{url}/events")]

    return asyncio.run(read())


CLIENTS = {
    "httpx": with_httpx,
    "requests": with_requests,
    "requests, decode_unicode": lambda url: with_requests(url, decode_unicode=True),
    "the same with a charset": lambda url: with_requests(url, "/named", decode_unicode=True),
    "aiohttp": with_aiohttp,
    "httpx-sse": with_httpx_sse,
    "aiosseclient": with_aiosseclient,
}
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
Thread(target=server.serve_forever, daemon=True).start()
for name, read in CLIENTS.items():
    found = []
    for character in ("\u2028", "\u0085"):
        record = f'{{"a": "1{character}2"}}'
        pieces = read(f"http://127.0.0.1:{server.server_port}")
        found.append("whole" if pieces == [record] else " | ".join(pieces))
    print(f"{name}: {', '.join(found)}")
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
httpx: {"a": "1 | 2"}, {"a": "1 | 2"}
requests: whole, whole
requests, decode_unicode: whole, whole
the same with a charset: {"a": "1 | 2"}, {"a": "1 | 2"}
aiohttp: whole, whole
httpx-sse: whole, whole
aiosseclient: {"a": "1, {"a": "1
EXPECTED
