#!/bin/sh
# httpx.get reads a whole bundle of certificates for each call, to `http://` as well.
#
# httpx 0.28.1 with certifi 2026.10.19.post1, tenacity 9.2.1; requests 2.34.2, urllib3 2.8.0, aiohttp 3.14.5 and
# httplib2 0.32.1 beside them.
#
# One knows that `httpx.get` opens a connection for each call, and thinks that this is what it costs. It makes a
# client, which makes a context of TLS before it knows where the call goes, and reads more than a hundred
# certificates into it: 20 to 60 ms of processor time, several times what the rest takes, also for a test server
# on the own machine without TLS. In an async program nothing else runs meanwhile. It is this that bounds how
# fast a bare `@retry` of tenacity, which stops never and waits not at all, hammers a server that is down:
# twenty to fifty calls a second with httpx.get, several times as many where one client is kept, or with
# requests. `verify=False` reads none.
#
# Seen: bundles read for five calls of `http://`; with tenacity, for five tries
#   httpx.get:                         5
#   httpx.get, tenacity:               5
#   httpx.get, verify=False:           0
#   an httpx.AsyncClient for each:     5
#   one httpx.Client:                  1
#   requests.get:                      0
#   requests.get, tenacity:            0
#   a requests.Session for each:       0
#   urllib3.request:                   0
#   an aiohttp.ClientSession for each: 0
#   an httplib2.Http for each:         0
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check httpx==0.28.1 certifi==2026.10.19.post1 \
    tenacity==9.2.1 requests==2.34.2 urllib3==2.8.0 aiohttp==3.14.5 httplib2==0.32.1
cat >"$folder/seen.py" <<'PYTHON'
import asyncio
import http.server
import ssl
import threading
import time

import aiohttp
import httplib2
import httpx
import requests
import tenacity
import urllib3


class Unavailable(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *ignored):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Unavailable)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"
read = []


def counted(load):
    def loading(context, *args, **options):
        read.append(load)
        return load(context, *args, **options)

    return loading


ssl.SSLContext.load_verify_locations = counted(ssl.SSLContext.load_verify_locations)
ssl.SSLContext.load_default_certs = counted(ssl.SSLContext.load_default_certs)


def five(call):
    return lambda: [call(url) for _ in range(5)]


def tried(call):
    @tenacity.retry(stop=tenacity.stop_after_attempt(5))
    def busy():
        call(url).raise_for_status()

    def run():
        try:
            busy()
        except tenacity.RetryError:
            pass

    return run


async def with_httpx(url):
    async with httpx.AsyncClient() as client:
        await client.get(url)


async def with_aiohttp(url):
    async with aiohttp.ClientSession() as session, session.get(url):
        pass


def one_client():
    with httpx.Client() as client:
        for _ in range(5):
            client.get(url)


cases = {
    "httpx.get": five(httpx.get),
    "httpx.get, tenacity": tried(httpx.get),
    "httpx.get, verify=False": five(lambda url: httpx.get(url, verify=False)),
    "an httpx.AsyncClient for each": five(lambda url: asyncio.run(with_httpx(url))),
    "one httpx.Client": one_client,
    "requests.get": five(requests.get),
    "requests.get, tenacity": tried(requests.get),
    "a requests.Session for each": five(lambda url: requests.Session().get(url)),
    "urllib3.request": five(lambda url: urllib3.request("GET", url)),
    "an aiohttp.ClientSession for each": five(lambda url: asyncio.run(with_aiohttp(url))),
    "an httplib2.Http for each": five(lambda url: httplib2.Http().request(url)),
}
for name, run in cases.items():
    read.clear()
    began = time.process_time()
    run()
    print(f"{name}: {len(read)} ({(time.process_time() - began) * 200:.0f} ms of processor time each)")
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" | tee "$folder/timed"
sed 's/ (.*//' "$folder/timed" >"$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
httpx.get: 5
httpx.get, tenacity: 5
httpx.get, verify=False: 0
an httpx.AsyncClient for each: 5
one httpx.Client: 1
requests.get: 0
requests.get, tenacity: 0
a requests.Session for each: 0
urllib3.request: 0
an aiohttp.ClientSession for each: 0
an httplib2.Http for each: 0
EXPECTED
