#!/bin/sh
# A byte order mark before JSON: requests reads it in an error, `application/problem+json`, not in an answer.
#
# requests 2.34.2, aiohttp 3.14.5, niquests 3.21.2, got 14.6.6, needle 3.5.0; httpx 0.28.1, urllib3 2.8.0, axios
# 1.21.1, superagent 10.4.2, undici 7.30.2 and Node's fetch beside them, Node 20.
#
# Some servers, those written in .NET above all, put a byte order mark before JSON; RFC 8259, section 8.1,
# says that they must not, and that a reader may ignore it. Browsers do, and so do most clients. requests is
# known as one that guesses between UTF-8, UTF-16 and UTF-32, with or without a mark, and its code for that is
# still there: but it is passed by for `application/json` and for any charset that is named, which mean UTF-8
# without a mark. So the same text can be read as a problem, or with a vendor's content type, only. needle
# reports no error: where the others give an object, there is a text, and each member of it is undefined; for
# axios that is so in UTF-16. No client of Node's heeds the charset.
#
# Seen: what becomes of `{"a": 1}` with a mark: in UTF-8 as application/json, with a charset, and as
# application/problem+json; in UTF-16 as the same three
#   requests:   error, error, object; error, object, object
#   niquests:   error, error, object; error, object, object
#   aiohttp:    error, error, error; error, object, error
#   httpx:      object, object, object; object, object, object
#   urllib3:    object, object, object; object, object, object
#   got:        error, error, error; error, error, error
#   needle:     text, text, text; text, text, text
#   axios:      object, object, object; text, text, text
#   superagent: object, object, object; error, error, error
#   undici:     object, object, object; error, error, error
#   fetch:      object, object, object; error, error, error
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check requests==2.34.2 niquests==3.21.2 aiohttp==3.14.5 \
    httpx==0.28.1 urllib3==2.8.0
(cd "$folder" && npm install --silent --no-audit --no-fund got@14.6.6 needle@3.5.0 axios@1.21.1 \
    superagent@10.4.2 undici@7.30.2 >/dev/null)
cat >"$folder/server.mjs" <<'NODE'
// Answers /ENCODING/CONTENT-TYPE with an object in that encoding after a byte order mark.
import http from "node:http";

const server = http.createServer(({ url }, response) => {
  const [, encoding, type] = url.split("/").map(decodeURIComponent);
  response.writeHead(200, { "Content-Type": type }).end(Buffer.from('\ufeff{"a": 1}', encoding));
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
NODE
cat >"$folder/addresses" <<'TEXT'
/utf8/application%2Fjson
/utf8/application%2Fjson%3B%20charset%3Dutf-8
/utf8/application%2Fproblem%2Bjson
/utf16le/application%2Fjson
/utf16le/application%2Fjson%3B%20charset%3Dutf-16
/utf16le/application%2Fproblem%2Bjson
TEXT
cat >"$folder/seen.py" <<'PYTHON'
import asyncio
import sys

import aiohttp
import httpx
import niquests
import requests
import urllib3


def with_requests(url):
    return requests.get(url, timeout=5).json()


def with_niquests(url):
    return niquests.get(url, timeout=5).json()


def with_aiohttp(url):
    async def get():
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return await answer.json()

    return asyncio.run(get())


def with_httpx(url):
    return httpx.get(url).json()


def with_urllib3(url):
    return urllib3.request("GET", url).json()


def outcome(client, url):
    try:
        return "object" if client(url) == {"a": 1} else "text"
    except Exception:
        return "error"


addresses = [sys.argv[1] + line.strip() for line in open(sys.argv[2])]
for client in (with_requests, with_niquests, with_aiohttp, with_httpx, with_urllib3):
    seen = [outcome(client, url) for url in addresses]
    print(f"{client.__name__.removeprefix('with_')}: {', '.join(seen[:3])}; {', '.join(seen[3:])}")
PYTHON
cat >"$folder/seen.mjs" <<'NODE'
import fs from "node:fs";
import axios from "axios";
import got from "got";
import needle from "needle";
import superagent from "superagent";
import { request } from "undici";

const clients = {
  got: (url) => got(url).json(),
  needle: async (url) => (await needle("get", url)).body,
  axios: async (url) => (await axios.get(url)).data,
  superagent: async (url) => (await superagent.get(url)).body,
  undici: async (url) => (await request(url)).body.json(),
  fetch: async (url) => (await fetch(url)).json(),
};
const addresses = fs.readFileSync(process.argv[3], "utf8").trim().split("\n");
for (const [name, client] of Object.entries(clients)) {
  const seen = [];
  for (const address of addresses) {
    try {
      const found = await client(process.argv[2] + address);
      seen.push(found.a === 1 ? "object" : typeof found === "string" ? "text" : "other");
    } catch {
      seen.push("error");
    }
  }
  console.log(`${name}: ${seen.slice(0, 3).join(", ")}; ${seen.slice(3).join(", ")}`);
}
process.exit(0);
NODE
node "$folder/server.mjs" >"$folder/address" &
server=$!
trap 'kill "$server"; rm -rf "$folder"' EXIT
until [ -s "$folder/address" ]; do sleep 0.1; done
{
    "$folder/venv/bin/python" "$folder/seen.py" "$(cat "$folder/address")" "$folder/addresses"
    (cd "$folder" && node seen.mjs "$(cat "$folder/address")" "$folder/addresses")
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
requests: error, error, object; error, object, object
niquests: error, error, object; error, object, object
aiohttp: error, error, error; error, object, error
httpx: object, object, object; object, object, object
urllib3: object, object, object; object, object, object
got: error, error, error; error, error, error
needle: text, text, text; text, text, text
axios: object, object, object; text, text, text
superagent: object, object, object; error, error, error
undici: object, object, object; error, error, error
fetch: object, object, object; error, error, error
EXPECTED
