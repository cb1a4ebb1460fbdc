#!/bin/sh
# axios-retry sends a POST four times when its answer is lost, aiohttp-retry three times when it is answered 503.
#
# axios-retry 4.5.0 with axios 1.21.1, fetch-retry 6.0.0, superagent 10.4.2, aiohttp-retry 2.9.1 with aiohttp
# 3.14.5, ofetch 1.5.1; got 14.6.6, ky 1.14.3, undici 7.30.2, make-fetch-happen 15.0.6 and httpx-retries 0.6.0
# beside them, Node 20; the defaults of each.
#
# A helper that retries should leave POST alone, and half of them do. The others differ in what they take for
# safe: axios-retry, whose condition is named `isNetworkOrIdempotentRequestError`, asks for the method only
# where there was an answer, although a lost one is where a POST may have been carried out; it is sent again
# at once, within milliseconds. aiohttp-retry does it the other way round: any method is tried again on any
# 5xx, none after a lost answer, which aiohttp itself repeats for GET and PUT. superagent's `retry()` asks for
# no method at all. ofetch tries a GET again without having been asked, after 409, too. httpx-retries makes
# eleven requests of one, with no wait among them.
#
# Seen: requests that arrived for one call: GET, PUT and POST answered 503; the same with the answer lost; GET
# and POST answered 409
#   axios-retry:       4 4 1; 4 4 4; 1 1
#   fetch-retry:       1 1 1; 4 4 4; 1 1
#   superagent:        2 2 2; 2 2 2; 1 1
#   ofetch:            2 1 1; 2 1 1; 2 1
#   got:               3 3 1; 3 3 1; 1 1
#   ky:                3 3 1; 3 3 1; 1 1
#   undici:            6 6 1; 6 6 1; 1 1
#   make-fetch-happen: 3 3 1; 3 3 1; 1 1
#   aiohttp-retry:     3 3 3; 2 2 1; 1 1
#   aiohttp:           1 1 1; 2 2 1; 1 1
#   httpx-retries:     11 11 1; 11 11 1; 1 1
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check aiohttp-retry==2.9.1 aiohttp==3.14.5 \
    httpx-retries==0.6.0 httpx==0.28.1
(cd "$folder" && npm install --silent --no-audit --no-fund axios-retry@4.5.0 axios@1.21.1 fetch-retry@6.0.0 \
    superagent@10.4.2 ofetch@1.5.1 got@14.6.6 ky@1.14.3 undici@7.30.2 make-fetch-happen@15.0.6 >/dev/null)
cat >"$folder/server.mjs" <<'NODE'
// Counts the requests to /CALL/STATUS, closes the connection where the status is "lost"; GET /seen tells.
import http from "node:http";

const seen = {};
const server = http.createServer((request, response) => {
  const [, call, status] = request.url.split("/");
  if (call === "seen") return response.end(JSON.stringify(seen));
  seen[call] = (seen[call] ?? 0) + 1;
  request.resume().on("end", () => {
    if (status === "lost") request.socket.destroy();
    else response.writeHead(status, { "Content-Type": "application/json" }).end("{}");
  });
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
NODE
cat >"$folder/seen.mjs" <<'NODE'
import axios from "axios";
import axiosRetry from "axios-retry";
import withRetries from "fetch-retry";
import got from "got";
import ky from "ky";
import makeFetchHappen from "make-fetch-happen";
import { ofetch } from "ofetch";
import superagent from "superagent";
import { Agent, request, RetryAgent } from "undici";

const retrying = axios.create();
axiosRetry(retrying);
const fetching = withRetries(fetch);
const dispatcher = new RetryAgent(new Agent());
const json = (method) => (method === "GET" ? undefined : {});
const text = (method) => (method === "GET" ? undefined : "{}");
const clients = {
  "axios-retry": (method, url) => retrying.request({ method, url, data: json(method) }),
  "fetch-retry": (method, url) => fetching(url, { method, body: text(method) }),
  superagent: (method, url) => superagent(method, url).send(json(method)).retry(),
  ofetch: (method, url) => ofetch(url, { method, body: json(method) }),
  got: (method, url) => got(url, { method, json: json(method) }),
  ky: (method, url) => ky(url, { method, json: json(method) }),
  undici: (method, url) => request(url, { method, body: text(method), dispatcher }),
  "make-fetch-happen": (method, url) => makeFetchHappen(url, { method, body: text(method), retry: 2 }),
};
const CALLS = ["GET 503", "PUT 503", "POST 503", "GET lost", "PUT lost", "POST lost", "GET 409", "POST 409"];
const one = async (name, client, call) => {
  const [method, status] = call.split(" ");
  await client(method, `${process.argv[2]}/${name}-${method}-${status}/${status}`).catch(() => {});
};
const all = Object.entries(clients).flatMap(([name, client]) => CALLS.map((call) => one(name, client, call)));
await Promise.all(all);
const seen = await (await fetch(`${process.argv[2]}/seen`)).json();
for (const name of Object.keys(clients)) {
  const counts = CALLS.map((call) => seen[`${name}-${call.replace(" ", "-")}`]);
  console.log(`${name}: ${counts.slice(0, 3).join(" ")}; ${counts.slice(3, 6).join(" ")}; ${counts.slice(6).join(" ")}`);
}
process.exit(0);
NODE
cat >"$folder/seen.py" <<'PYTHON'
import asyncio
import sys

import aiohttp
import aiohttp_retry
import httpx
import httpx_retries


async def with_aiohttp(method, url):
    async with aiohttp.ClientSession() as session:
        await session.request(method, url, json=None if method == "GET" else {})


async def with_aiohttp_retry(method, url):
    async with aiohttp_retry.RetryClient() as client:
        async with client.request(method, url, json=None if method == "GET" else {}):
            pass


async def with_httpx_retries(method, url):
    async with httpx.AsyncClient(transport=httpx_retries.RetryTransport()) as client:
        await client.request(method, url, json=None if method == "GET" else {})


async def seen(client):
    name = client.__name__.removeprefix("with_").replace("_", "-")
    calls = []
    for status in ("503", "lost", "409"):
        for method in ("GET", "PUT", "POST") if status != "409" else ("GET", "POST"):
            calls.append(f"{name}-{method}-{status}")
            try:
                await client(method, f"{sys.argv[1]}/{calls[-1]}/{status}")
            except (aiohttp.ClientError, httpx.HTTPError):
                pass
    counts = [httpx.get(f"{sys.argv[1]}/seen").json()[call] for call in calls]
    print(f"{name}: {counts[0]} {counts[1]} {counts[2]}; {counts[3]} {counts[4]} {counts[5]}; {counts[6]} {counts[7]}")


for client in (with_aiohttp_retry, with_aiohttp, with_httpx_retries):
    asyncio.run(seen(client))
PYTHON
node "$folder/server.mjs" >"$folder/address" &
server=$!
trap 'kill "$server"; rm -rf "$folder"' EXIT
until [ -s "$folder/address" ]; do sleep 0.1; done
{
    (cd "$folder" && node seen.mjs "$(cat "$folder/address")")
    "$folder/venv/bin/python" "$folder/seen.py" "$(cat "$folder/address")"
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
axios-retry: 4 4 1; 4 4 4; 1 1
fetch-retry: 1 1 1; 4 4 4; 1 1
superagent: 2 2 2; 2 2 2; 1 1
ofetch: 2 1 1; 2 1 1; 2 1
got: 3 3 1; 3 3 1; 1 1
ky: 3 3 1; 3 3 1; 1 1
undici: 6 6 1; 6 6 1; 1 1
make-fetch-happen: 3 3 1; 3 3 1; 1 1
aiohttp-retry: 3 3 3; 2 2 1; 1 1
aiohttp: 1 1 1; 2 2 1; 1 1
httpx-retries: 11 11 1; 11 11 1; 1 1
EXPECTED
