#!/bin/sh
# axios sends nothing for `false`, `0`, `""` and `null`, and rejects `true` and `1`, where JSON is meant.
#
# axios 1.21.1, needle 3.5.0, ofetch 1.5.1, superagent 10.4.2, Node 20; got 14.6.6, ky 1.14.3, requests 2.34.2,
# httpx 0.28.1 and aiohttp 3.14.5 beside them.
#
# All of these send an object as JSON with nothing but the object given, so one expects the same of a flag,
# a counter or a name, as in `PUT /settings/enabled`. axios sends an empty body as a form, or raises an error
# that speaks of transformation, until the content type is set, which then helps for all. needle, told that it
# is JSON, sends nothing and no content type, and a text without its quotes under `application/json`; ofetch
# and superagent do the latter, too, and ofetch calls `false` text/plain. An empty list is fine everywhere.
# Python's clients send all but None, which means no body, and nothing says null.
#
# Seen: the body that arrives, * where it is not under `application/json`
#   axios:               {} [] nothing* nothing* nothing* nothing* error error a*
#   axios, content type: {} [] false 0 "" null true 1 "a"
#   needle:              {} [] nothing* nothing* nothing* nothing* true 1 a
#   ofetch:              {} [] false* 0* nothing* nothing* true 1 a
#   superagent:          {} [] false 0 nothing null true 1 a
#   got:                 {} [] false 0 "" null true 1 "a"
#   ky:                  {} [] false 0 "" null true 1 "a"
#   requests:            {} [] false 0 "" nothing* true 1 "a"
#   httpx:               {} [] false 0 "" nothing* true 1 "a"
#   aiohttp:             {} [] false 0 "" nothing* true 1 "a"
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check requests==2.34.2 httpx==0.28.1 aiohttp==3.14.5
(cd "$folder" && npm install --silent --no-audit --no-fund axios@1.21.1 needle@3.5.0 ofetch@1.5.1 \
    superagent@10.4.2 got@14.6.6 ky@1.14.3 >/dev/null)
cat >"$folder/server.mjs" <<'NODE'
// Answers with the body that arrived, and * unless it is said to be JSON.
import http from "node:http";

const server = http.createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    const named = (request.headers["content-type"] ?? "").startsWith("application/json");
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end(JSON.stringify({ seen: (body || "nothing") + (named ? "" : "*") }));
  });
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
NODE
cat >"$folder/seen.mjs" <<'NODE'
import axios from "axios";
import got from "got";
import ky from "ky";
import needle from "needle";
import { ofetch } from "ofetch";
import superagent from "superagent";

const url = process.argv[2];
const headers = { "Content-Type": "application/json" };
const clients = {
  axios: async (value) => (await axios.put(url, value)).data,
  "axios, content type": async (value) => (await axios.put(url, value, { headers })).data,
  needle: async (value) => (await needle("put", url, value, { json: true })).body,
  ofetch: (value) => ofetch(url, { method: "PUT", body: value }),
  superagent: async (value) => (await superagent.put(url).type("json").send(value)).body,
  got: (json) => got.put(url, { json }).json(),
  ky: (json) => ky.put(url, { json }).json(),
};
for (const [name, client] of Object.entries(clients)) {
  const seen = [];
  for (const value of [{}, [], false, 0, "", null, true, 1, "a"]) {
    try {
      seen.push((await client(value)).seen);
    } catch {
      seen.push("error");
    }
  }
  console.log(`${name}: ${seen.join(" ")}`);
}
process.exit(0);
NODE
cat >"$folder/seen.py" <<'PYTHON'
import asyncio
import sys

import aiohttp
import httpx
import requests

url = sys.argv[1]


def with_requests(value):
    return requests.put(url, json=value, timeout=5).json()


def with_httpx(value):
    return httpx.put(url, json=value).json()


def with_aiohttp(value):
    async def put():
        async with aiohttp.ClientSession() as session, session.put(url, json=value) as answer:
            return await answer.json()

    return asyncio.run(put())


for client in (with_requests, with_httpx, with_aiohttp):
    seen = [client(value)["seen"] for value in ({}, [], False, 0, "", None, True, 1, "a")]
    print(f"{client.__name__.removeprefix('with_')}: {' '.join(seen)}")
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
axios: {} [] nothing* nothing* nothing* nothing* error error a*
axios, content type: {} [] false 0 "" null true 1 "a"
needle: {} [] nothing* nothing* nothing* nothing* true 1 a
ofetch: {} [] false* 0* nothing* nothing* true 1 a
superagent: {} [] false 0 nothing null true 1 a
got: {} [] false 0 "" null true 1 "a"
ky: {} [] false 0 "" null true 1 "a"
requests: {} [] false 0 "" nothing* true 1 "a"
httpx: {} [] false 0 "" nothing* true 1 "a"
aiohttp: {} [] false 0 "" nothing* true 1 "a"
EXPECTED
