#!/bin/sh
# After one 103 Early Hints, httplib2 gives each request the answer to the one before it.
#
# httplib2 0.32.1, urllib of Python 3.11; requests 2.34.2, niquests 3.21.2, httpx 0.28.1, aiohttp 3.14.5,
# geventhttpclient 2.6.1 and pycurl 7.49.0 (libcurl 8.23.0) beside them.
#
# A server may send answers of 1xx before the one that counts, and RFC 9110, section 15.2, says that a client
# must be able to read them even where it expects none. Python's http.client skips 100 alone: a 103 is to it
# an answer without a body, and what follows is the answer to the next request. urllib closes the connection
# after it, so that one call fails. httplib2 keeps the connection: the 103 is what the first call returns,
# and all that follow are one late, with a good status and a body of another address. requests, which is
# built on http.client as well, is safe since urllib3 skips them itself.
#
# Seen: answers to /1, /2 and /3, where the server sends 103, waits, and answers /1; it names the path
#   httplib2:         103 nothing, 200 /1, 200 /2
#   urllib:           HTTPError, 200 /2, 200 /3
#   requests:         200 /1, 200 /2, 200 /3
#   niquests:         200 /1, 200 /2, 200 /3
#   httpx:            200 /1, 200 /2, 200 /3
#   aiohttp:          200 /1, 200 /2, 200 /3
#   geventhttpclient: 200 /1, 200 /2, 200 /3
#   pycurl:           200 /1, 200 /2, 200 /3
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check httplib2==0.32.1 requests==2.34.2 urllib3==2.8.0 \
    niquests==3.21.2 httpx==0.28.1 aiohttp==3.14.5 geventhttpclient==2.6.1 pycurl==7.49.0
cat >"$folder/seen.py" <<'PYTHON'
import asyncio
import io
import socket
import threading
import time
import urllib.request

import aiohttp
import geventhttpclient
import httplib2
import httpx
import niquests
import pycurl
import requests


def serve(connection):
    """Answer with the path that was asked for; send a hint before the answer to /1."""
    with connection, connection.makefile("rb") as file:
        while line := file.readline():
            while file.readline() != b"\r\n":
                pass
            path = line.split()[1]
            if path == b"/1":
                connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")
                time.sleep(0.3)
            answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % len(path)
            connection.sendall(answer + path)


def accept(listener):
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


listener = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=accept, args=(listener,), daemon=True).start()
port = listener.getsockname()[1]


def with_httplib2():
    http = httplib2.Http(timeout=5)

    def call(url):
        answer, body = http.request(url)
        return answer.status, body.decode()

    return call


def with_urllib():
    def call(url):
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.read().decode()

    return call


def with_requests():
    session = requests.Session()

    def call(url):
        answer = session.get(url, timeout=5)
        return answer.status_code, answer.text

    return call


def with_niquests():
    session = niquests.Session()

    def call(url):
        answer = session.get(url, timeout=5)
        return answer.status_code, answer.text

    return call


def with_httpx():
    client = httpx.Client(timeout=5)

    def call(url):
        answer = client.get(url)
        return answer.status_code, answer.text

    return call


def with_aiohttp():
    loop = asyncio.new_event_loop()
    sessions = []

    async def get(url):
        sessions.append(sessions[0] if sessions else aiohttp.ClientSession())
        async with sessions[0].get(url) as answer:
            return answer.status, await answer.text()

    return lambda url: loop.run_until_complete(get(url))


def with_geventhttpclient():
    client = geventhttpclient.HTTPClient("127.0.0.1", port, concurrency=1)

    def call(url):
        answer = client.get(url.partition(str(port))[2])
        return answer.status_code, bytes(answer.read()).decode()

    return call


def with_pycurl():
    curl = pycurl.Curl()

    def call(url):
        body = io.BytesIO()
        curl.setopt(pycurl.URL, url)
        curl.setopt(pycurl.WRITEDATA, body)
        curl.perform()
        return curl.getinfo(pycurl.RESPONSE_CODE), body.getvalue().decode()

    return call


def outcome(call, path):
    try:
        status, body = call(f"http://127.0.0.1:{port}{path}")
    except Exception as error:
        return type(error).__name__
    return f"{status} {body or 'nothing'}"


clients = (with_httplib2, with_urllib, with_requests, with_niquests, with_httpx, with_aiohttp)
for client in (*clients, with_geventhttpclient, with_pycurl):
    call = client()
    print(f"{client.__name__.removeprefix('with_')}: {', '.join(outcome(call, path) for path in ('/1', '/2', '/3'))}")
PYTHON
"$folder/venv/bin/python" -W ignore "$folder/seen.py" 2>/dev/null | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
httplib2: 103 nothing, 200 /1, 200 /2
urllib: HTTPError, 200 /2, 200 /3
requests: 200 /1, 200 /2, 200 /3
niquests: 200 /1, 200 /2, 200 /3
httpx: 200 /1, 200 /2, 200 /3
aiohttp: 200 /1, 200 /2, 200 /3
geventhttpclient: 200 /1, 200 /2, 200 /3
pycurl: 200 /1, 200 /2, 200 /3
EXPECTED
