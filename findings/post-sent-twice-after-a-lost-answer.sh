#!/bin/sh
# httplib2 and libcurl send a POST again when its answer is lost, and report a plain success.
#
# httplib2 0.32.1, pycurl 7.49.0 (libcurl 8.23.0); requests 2.34.2 and httpx 0.28.1 beside them.
#
# The server reads a whole POST and closes the connection without a byte, once; it answers the next
# one 201. RFC 9110, section 9.2.2, forbids a client to repeat a request that is not idempotent on its
# own, unless it knows that the first was not carried out. httplib2 repeats it on every connection,
# libcurl on one that has answered before: it takes the close for a keep-alive that ran out, although
# the request was sent and read. Nobody is told: no exception, no option set. A test that makes one
# call with a fresh connection finds nothing of the second kind.
#
# Seen: requests that arrived for one call on a fresh connection, and on one that was used before
#   httplib2: fresh 2 (201), used 2 (201)
#   pycurl:   fresh 1 (error), used 2 (201)
#   requests: fresh 1 (error), used 1 (error)
#   httpx:    fresh 1 (error), used 1 (error)
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check httplib2==0.32.1 pycurl==7.49.0 requests==2.34.2 httpx==0.28.1
cat >"$folder/seen.py" <<'PYTHON'
import io
import socket
import threading

import httplib2
import httpx
import pycurl
import requests

ANSWER = b"HTTP/1.1 %d X\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}"


class Server:
    """Answer GETs; lose the answer of the first POST; answer later ones 201."""

    def __init__(self):
        self.posts = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d/" % self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.socket.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection, connection.makefile("rb") as file:
            while line := file.readline():
                length = 0
                while (header := file.readline().lower()) not in (b"\r\n", b""):
                    if header.startswith(b"content-length:"):
                        length = int(header[15:])
                file.read(length)
                if not line.startswith(b"POST"):
                    connection.sendall(ANSWER % 200)
                    continue
                self.posts += 1
                if self.posts == 1:
                    return
                connection.sendall(ANSWER % 201)


def with_httplib2():
    http = httplib2.Http(timeout=5)
    return lambda method, url: http.request(url, method, "{}" if method == "POST" else None)[0].status


def with_pycurl():
    curl = pycurl.Curl()

    def call(method, url):
        curl.setopt(pycurl.URL, url)
        curl.setopt(pycurl.TIMEOUT, 5)
        curl.setopt(pycurl.WRITEDATA, io.BytesIO())
        if method == "POST":
            curl.setopt(pycurl.POSTFIELDS, "{}")
        curl.perform()
        return curl.getinfo(pycurl.RESPONSE_CODE)

    return call


def with_requests():
    session = requests.Session()
    return lambda method, url: session.request(method, url, data="{}", timeout=5).status_code


def with_httpx():
    client = httpx.Client(timeout=5)
    return lambda method, url: client.request(method, url, content=b"{}").status_code


def outcome(client, used):
    server = Server()
    call = client()
    if used:
        call("GET", server.url)
    try:
        status = call("POST", server.url)
    except Exception:
        status = "error"
    return f"{server.posts} ({status})"


for client in (with_httplib2, with_pycurl, with_requests, with_httpx):
    name = client.__name__.removeprefix("with_")
    print(f"{name}: fresh {outcome(client, False)}, used {outcome(client, True)}")
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
httplib2: fresh 2 (201), used 2 (201)
pycurl: fresh 1 (error), used 2 (201)
requests: fresh 1 (error), used 1 (error)
httpx: fresh 1 (error), used 1 (error)
EXPECTED
