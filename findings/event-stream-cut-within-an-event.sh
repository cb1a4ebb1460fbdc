#!/bin/sh
# Where an event stream is cut, one client skips the event that was cut, and another delivers half of it.
#
# @microsoft/fetch-event-source 2.0.1, sseclient-py 1.9.0; eventsource 4.1.1 (JavaScript), requests-sse
# 0.5.3 and httpx-sse 0.4.3 beside them, Node 20.
#
# The connection ends after `id: 2` and a part of its data, before the blank line that ends an event. The
# HTML standard drops such an event, and the id counts only with the event: a client comes back with the
# `Last-Event-ID: 1` that it delivered, and is sent event 2 again. fetch-event-source notes the id as soon
# as its line is read and comes back with 2, so no one ever sees event 2, and every server that keeps to
# the standard is right to send from 3. sseclient-py hands over what there is of event 2 as a whole one:
# of `{"amount": 1250}` that is text which does not parse, and of a bare `1250` it is `12`.
#
# Seen after event 1 and a half of event 2: events delivered, and the id of the next request where the
# client makes it by itself
#   fetch-event-source: 1=first, then asks from 2
#   eventsource:        1=first, then asks from 1
#   requests-sse:       1=first, then asks from 1
#   httpx-sse:          1=first
#   sseclient-py:       1=first 2=12
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    sseclient-py==1.9.0 requests-sse==0.5.3 httpx-sse==0.4.3 requests==2.34.2 httpx==0.28.1
cat >"$folder/seen.mjs" <<'NODE'
import http from "node:http";
import { fetchEventSource } from "@microsoft/fetch-event-source";
import { EventSource } from "eventsource";

const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
const CUT = "retry: 10\nid: 1\ndata: first\n\nid: 2\ndata: 12";
// fetch-event-source is made for a page: what it asks of one
globalThis.window = globalThis;
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };

const clients = {
  "fetch-event-source": (url, onmessage) => {
    const control = new AbortController();
    const onclose = () => {
      throw new Error("connect again");
    };
    const options = { signal: control.signal, onmessage, onclose, onerror: () => undefined };
    fetchEventSource(url, options).catch(() => {});
    return () => control.abort();
  },
  eventsource: (url, onmessage) => {
    const source = new EventSource(url);
    source.onmessage = ({ data, lastEventId }) => onmessage({ data, id: lastEventId });
    return () => source.close();
  },
};

for (const [name, connect] of Object.entries(clients)) {
  const delivered = [];
  let requests = 0;
  let again;
  const asked = new Promise((found) => (again = found));
  const server = http.createServer((request, response) => {
    requests += 1;
    if (requests === 1) response.socket.end(HEAD + CUT);
    else again(request.headers["last-event-id"]);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const close = connect(url, ({ id, data }) => delivered.push(`${id}=${data}`));
  console.log(`${name}: ${[await asked, delivered.join(" ")].reverse().join(", then asks from ")}`);
  close();
  server.closeAllConnections();
  server.close();
}
process.exit(0);
NODE
cat >"$folder/seen.py" <<'PYTHON'
import socket
from threading import Thread

import httpx
import httpx_sse
import requests
import requests_sse
import sseclient

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
CUT = b"retry: 10\nid: 1\ndata: first\n\nid: 2\ndata: 12"


def server():
    """Answer one request with the cut stream and the next with 204; note where that one asks from."""
    listening = socket.create_server(("127.0.0.1", 0))
    asked = []

    def serve():
        for answer in (HEAD + CUT, b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"):
            connection, _ = listening.accept()
            with connection, connection.makefile("rb") as file:
                while (line := file.readline()) not in (b"\r\n", b""):
                    name, _, value = line.decode().partition(": ")
                    if name.lower() == "last-event-id":
                        asked.append(value.strip())
                connection.sendall(answer)

    Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{listening.getsockname()[1]}/", asked


def with_requests_sse(url):
    with requests_sse.EventSource(url, max_connect_retry=1) as source:
        try:
            for event in source:
                yield event.last_event_id, event.data
        except requests_sse.InvalidStatusCodeError:
            pass  # its word for the 204


def with_httpx_sse(url):
    with httpx.Client() as client, httpx_sse.connect_sse(client, "GET", url) as source:
        yield from ((event.id, event.data) for event in source.iter_sse())


def with_sseclient_py(url):
    source = sseclient.SSEClient(requests.get(url, stream=True))
    yield from ((event.id, event.data) for event in source.events())


for client in (with_requests_sse, with_httpx_sse, with_sseclient_py):
    url, asked = server()
    delivered = " ".join(f"{id}={data}" for id, data in client(url))
    name = client.__name__.removeprefix("with_").replace("_", "-")
    print(f"{name}: {delivered}" + "".join(f", then asks from {id}" for id in asked))
PYTHON
(cd "$folder" && npm install --silent --no-audit --no-fund @microsoft/fetch-event-source@2.0.1 eventsource@4.1.1 >/dev/null)
{
    (cd "$folder" && node seen.mjs)
    "$folder/venv/bin/python" "$folder/seen.py"
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
fetch-event-source: 1=first, then asks from 2
eventsource: 1=first, then asks from 1
requests-sse: 1=first, then asks from 1
httpx-sse: 1=first
sseclient-py: 1=first 2=12
EXPECTED
