#!/bin/sh
# Three clients of event streams deliver an event for `retry: 1000` or an id alone, one for each comment, too.
#
# @microsoft/fetch-event-source 2.0.1, httpx-sse 0.4.3, aiosseclient 0.1.8; eventsource 4.1.1, sseclient-py
# 1.9.0 and requests-sse 0.5.3 beside them, Node 20.
#
# In the HTML standard, what stands before a blank line is an event only if it has data; a server may set the
# time to wait, or move the id on, in a block of its own, and browsers say nothing of it. These three hand
# over an event with an empty text, so the `JSON.parse` or `json.loads` that follows raises an error on a
# stream that is fine: often on the very first block, since that is where `retry:` stands. To
# fetch-event-source a comment is one as well, and comments are what servers send to keep a connection open.
#
# Seen: data of the events delivered of a block with `retry: 1000`, one with `id: 5`, one with `event: tick`,
# and one with the comment `: well`, each followed by one with `data: {}`
#   fetch-event-source: "" {}, "" {}, "" {}, "" {}
#   eventsource:        {}, {}, {}, {}
#   httpx-sse:          "" {}, "" {}, "" {}, {}
#   aiosseclient:       "" {}, "" {}, "" {}, {}
#   sseclient-py:       {}, {}, {}, {}
#   requests-sse:       {}, {}, {}, {}
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check httpx-sse==0.4.3 aiosseclient==0.1.8 \
    sseclient-py==1.9.0 requests-sse==0.5.3 httpx==0.28.1 requests==2.34.2 aiohttp==3.14.5
cat >"$folder/server.mjs" <<'NODE'
// Answers /BLOCK with an event stream of that block and one with data.
import http from "node:http";

const server = http.createServer(({ url }, response) => {
  const block = decodeURIComponent(url.slice(1));
  response.writeHead(200, { "Content-Type": "text/event-stream" }).end(`${block}\n\ndata: {}\n\n`);
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
NODE
cat >"$folder/seen.py" <<'PYTHON'
import asyncio
import sys
from urllib.parse import quote

import aiosseclient
import httpx
import httpx_sse
import requests
import requests_sse
import sseclient


def with_httpx_sse(url):
    with httpx.Client() as client, httpx_sse.connect_sse(client, "GET", url) as source:
        return [event.data for event in source.iter_sse()]


def with_aiosseclient(url):
    async def read():
        return [event.data async for event in aiosseclient.aiosseclient(url)]

    return asyncio.run(read())


def with_sseclient_py(url):
    return [event.data for event in sseclient.SSEClient(requests.get(url, stream=True)).events()]


def with_requests_sse(url):
    found = []
    with requests_sse.EventSource(url) as source:
        for event in source:
            found.append(event.data)
            if event.data:
                return found


for client in (with_httpx_sse, with_aiosseclient, with_sseclient_py, with_requests_sse):
    seen = []
    for block in ("retry: 1000", "id: 5", "event: tick", ": well"):
        seen.append(" ".join(data or '""' for data in client(f"{sys.argv[1]}/{quote(block)}")))
    print(f"{client.__name__.removeprefix('with_').replace('_', '-')}: {', '.join(seen)}")
PYTHON
cat >"$folder/seen.mjs" <<'NODE'
import { fetchEventSource } from "@microsoft/fetch-event-source";
import { EventSource } from "eventsource";

// fetch-event-source is made for a page: what it asks of one
globalThis.window = globalThis;
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };

const clients = {
  "fetch-event-source": async (url) => {
    const found = [];
    await fetchEventSource(url, { onmessage: ({ data }) => found.push(data) });
    return found;
  },
  eventsource: (url) =>
    new Promise((read) => {
      const found = [];
      const source = new EventSource(url);
      source.addEventListener("tick", ({ data }) => found.push(data));
      source.onmessage = ({ data }) => {
        found.push(data);
        source.close();
        read(found);
      };
    }),
};
for (const [name, client] of Object.entries(clients)) {
  const seen = [];
  for (const block of ["retry: 1000", "id: 5", "event: tick", ": well"]) {
    const found = await client(`${process.argv[2]}/${encodeURIComponent(block)}`);
    seen.push(found.map((data) => data || '""').join(" "));
  }
  console.log(`${name}: ${seen.join(", ")}`);
}
process.exit(0);
NODE
(cd "$folder" && npm install --silent --no-audit --no-fund @microsoft/fetch-event-source@2.0.1 \
    eventsource@4.1.1 >/dev/null)
node "$folder/server.mjs" >"$folder/address" &
server=$!
trap 'kill "$server"; rm -rf "$folder"' EXIT
until [ -s "$folder/address" ]; do sleep 0.1; done
{
    (cd "$folder" && node seen.mjs "$(cat "$folder/address")")
    "$folder/venv/bin/python" "$folder/seen.py" "$(cat "$folder/address")"
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
fetch-event-source: "" {}, "" {}, "" {}, "" {}
eventsource: {}, {}, {}, {}
httpx-sse: "" {}, "" {}, "" {}, {}
aiosseclient: "" {}, "" {}, "" {}, {}
sseclient-py: {}, {}, {}, {}
requests-sse: {}, {}, {}, {}
EXPECTED
