#!/bin/sh
# DELETE of the record whose id is `..` arrives as DELETE of the whole, with seven clients however it is encoded.
#
# aiohttp 3.14.5, pycurl 7.49.0 (libcurl 8.23.0), axios 1.21.1, got 14.6.6, ky 1.14.3, undici 7.30.2 and Node's fetch;
# requests 2.34.2, httpx 0.28.1, niquests 3.21.2, urllib of Python 3.11, superagent 10.4.2 and needle 3.5.0
# beside them, Node 20.
#
# An id that users choose may be `.` or `..`. `encodeURIComponent` and `quote` leave dots as they are, since a
# dot needs no encoding, and nearly all clients take `/items/..` for the folder above. One would think that
# `%2E%2E` helps, and with httpx it does; in browsers' URL standard, which Node's fetch and most of its clients
# keep to, and for aiohttp and libcurl it means the same as two dots, so that no address at all names that
# record. requests decodes it after it has looked for dots: what arrives is `/items/..`, for a proxy on the way
# to resolve. Each call succeeds, with the status of something else.
#
# Seen: the path that arrives of /items/.., /items/%2E%2E, /items/. and /items/%2E/notes
#   axios:      / / /items/ /items/notes
#   got:        / / /items/ /items/notes
#   ky:         / / /items/ /items/notes
#   undici:     / / /items/ /items/notes
#   fetch:      / / /items/ /items/notes
#   superagent: /items/.. /items/%2E%2E /items/. /items/%2E/notes
#   needle:     /items/.. /items/%2E%2E /items/. /items/%2E/notes
#   aiohttp:    / / /items/ /items/notes
#   pycurl:     / / /items/ /items/notes
#   requests:   / /items/.. /items/ /items/./notes
#   httpx:      / /items/%2E%2E /items /items/%2E/notes
#   niquests:   /items/.. /items/.. /items/. /items/./notes
#   urllib:     /items/.. /items/%2E%2E /items/. /items/%2E/notes
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check aiohttp==3.14.5 pycurl==7.49.0 requests==2.34.2 \
    urllib3==2.8.0 httpx==0.28.1 niquests==3.21.2
(cd "$folder" && npm install --silent --no-audit --no-fund axios@1.21.1 got@14.6.6 ky@1.14.3 undici@7.30.2 \
    superagent@10.4.2 needle@3.5.0 >/dev/null)
cat >"$folder/server.mjs" <<'NODE'
// Answers with the path that arrived.
import http from "node:http";

const server = http.createServer(({ url }, response) => {
  response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ url }));
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
NODE
cat >"$folder/seen.py" <<'PYTHON'
import asyncio
import io
import json
import sys
import urllib.request

import aiohttp
import httpx
import niquests
import pycurl
import requests


def with_aiohttp(url):
    async def delete():
        async with aiohttp.ClientSession() as session, session.delete(url) as answer:
            return await answer.json()

    return asyncio.run(delete())


def with_pycurl(url):
    curl, body = pycurl.Curl(), io.BytesIO()
    curl.setopt(pycurl.URL, url)
    curl.setopt(pycurl.CUSTOMREQUEST, "DELETE")
    curl.setopt(pycurl.WRITEDATA, body)
    curl.perform()
    return json.loads(body.getvalue())


def with_requests(url):
    return requests.delete(url, timeout=5).json()


def with_httpx(url):
    return httpx.delete(url).json()


def with_niquests(url):
    return niquests.delete(url, timeout=5).json()


def with_urllib(url):
    with urllib.request.urlopen(urllib.request.Request(url, method="DELETE"), timeout=5) as answer:
        return json.load(answer)


for client in (with_aiohttp, with_pycurl, with_requests, with_httpx, with_niquests, with_urllib):
    paths = ("/items/..", "/items/%2E%2E", "/items/.", "/items/%2E/notes")
    seen = [client(sys.argv[1] + path)["url"] for path in paths]
    print(f"{client.__name__.removeprefix('with_')}: {' '.join(seen)}")
PYTHON
cat >"$folder/seen.mjs" <<'NODE'
import axios from "axios";
import got from "got";
import ky from "ky";
import needle from "needle";
import superagent from "superagent";
import { request } from "undici";

const method = "DELETE";
const clients = {
  axios: async (url) => (await axios.delete(url)).data,
  got: (url) => got.delete(url).json(),
  ky: (url) => ky.delete(url).json(),
  undici: async (url) => (await request(url, { method })).body.json(),
  fetch: async (url) => (await fetch(url, { method })).json(),
  superagent: async (url) => (await superagent.delete(url)).body,
  needle: async (url) => (await needle("delete", url, null)).body,
};
for (const [name, client] of Object.entries(clients)) {
  const seen = [];
  for (const path of ["/items/..", "/items/%2E%2E", "/items/.", "/items/%2E/notes"]) {
    seen.push((await client(process.argv[2] + path)).url);
  }
  console.log(`${name}: ${seen.join(" ")}`);
}
process.exit(0);
NODE
node "$folder/server.mjs" >"$folder/address" &
server=$!
trap 'kill "$server"; rm -rf "$folder"' EXIT
until [ -s "$folder/address" ]; do sleep 0.1; done
{
    (cd "$folder" && node seen.mjs "$(cat "$folder/address")")
    "$folder/venv/bin/python" "$folder/seen.py" "$(cat "$folder/address")"
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
axios: / / /items/ /items/notes
got: / / /items/ /items/notes
ky: / / /items/ /items/notes
undici: / / /items/ /items/notes
fetch: / / /items/ /items/notes
superagent: /items/.. /items/%2E%2E /items/. /items/%2E/notes
needle: /items/.. /items/%2E%2E /items/. /items/%2E/notes
aiohttp: / / /items/ /items/notes
pycurl: / / /items/ /items/notes
requests: / /items/.. /items/ /items/./notes
httpx: / /items/%2E%2E /items /items/%2E/notes
niquests: /items/.. /items/.. /items/. /items/./notes
urllib: /items/.. /items/%2E%2E /items/. /items/%2E/notes
EXPECTED
