#!/bin/sh
# Nothing, read as JSON, is an error, "", undefined, {}, a buffer or None; of 204 and an empty 200 four make two things.
#
# Node 20's fetch, axios 1.21.1, got 14.6.6, ky 1.14.3, ofetch 1.5.1, superagent 10.4.2, needle 3.5.0, requests 2.34.2,
# httpx 0.28.1, aiohttp 3.14.5.
#
# A service that has nothing to say answers 204, or 200 without a body, and a helper around the client reads all
# answers as JSON. An error would be expected, and of seven clients of JavaScript one raises it. To the others there
# is a text, over which a loop runs as over an empty list, an object, in which each member is missing, or a
# buffer, which is true. aiohttp has None for an empty 200, and for 204 an error about the content type that 204
# does not have. A list under text/plain is an empty object to superagent, and needle, told that it is JSON,
# gives a list under a type of its own, such as application/vnd.contacts+json, as a text.
#
# Seen: what is read as JSON of 204; of 200 without a body, as application/json; of [1] as text/plain; of [1] as
# application/vnd.contacts+json
#   fetch:      error, error, [1], [1]
#   axios:      "", "", [1], [1]
#   got:        "", "", [1], [1]
#   ky:         "", "", [1], [1]
#   ofetch:     undefined, "", "[1]", [1]
#   superagent: {}, "", {}, [1]
#   needle:     Buffer of 0, "", "[1]", "[1]"
#   requests:   error, error, [1], [1]
#   httpx:      error, error, [1], [1]
#   aiohttp:    error, None, error, [1]
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check requests==2.34.2 httpx==0.28.1 aiohttp==3.14.5
(cd "$folder" && npm install --silent --no-audit --no-fund axios@1.21.1 got@14.6.6 ky@1.14.3 ofetch@1.5.1 \
    superagent@10.4.2 needle@3.5.0 >/dev/null)
cat >"$folder/seen.mjs" <<'NODE'
import axios from "axios";
import got from "got";
import ky from "ky";
import needle from "needle";
import { ofetch } from "ofetch";
import superagent from "superagent";

const clients = {
  fetch: async (url) => (await fetch(url)).json(),
  axios: async (url) => (await axios.get(url)).data,
  got: (url) => got(url).json(),
  ky: (url) => ky(url).json(),
  ofetch: (url) => ofetch(url),
  superagent: async (url) => (await superagent.get(url)).body,
  needle: async (url) => (await needle("get", url, { json: true })).body,
};
const word = (value) =>
  value === undefined ? "undefined" : Buffer.isBuffer(value) ? `Buffer of ${value.length}` : JSON.stringify(value);
for (const [name, client] of Object.entries(clients)) {
  const seen = [];
  for (const path of ["none", "empty", "plain", "suffix"])
    seen.push(await client(`${process.argv[2]}/${path}`).then(word, () => "error"));
  console.log(`${name}: ${seen.join(", ")}`);
}
process.exit(0);
NODE
cat >"$folder/seen.py" <<'PYTHON'
import asyncio
import json
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import aiohttp
import httpx
import requests

ANSWERS = {
    "/none": (204, None, b""),
    "/empty": (200, "application/json", b""),
    "/plain": (200, "text/plain", b"[1]"),
    "/suffix": (200, "application/vnd.contacts+json", b"[1]"),
}


class Service(BaseHTTPRequestHandler):
    def do_GET(self):
        status, kind, body = ANSWERS[self.path]
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def with_aiohttp(url):
    async def get():
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return await answer.json()

    return asyncio.run(get())


def word(client, url):
    try:
        return json.dumps(client(url)).replace("null", "None")
    except Exception:
        return "error"


server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
subprocess.run(["node", "seen.mjs", url], check=True)
clients = {
    "requests": lambda url: requests.get(url).json(),
    "httpx": lambda url: httpx.get(url).json(),
    "aiohttp": with_aiohttp,
}
for name, client in clients.items():
    print(f"{name}: {', '.join(word(client, url + path) for path in ANSWERS)}", flush=True)
PYTHON
cd "$folder"
"$folder/venv/bin/python" seen.py | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
fetch: error, error, [1], [1]
axios: "", "", [1], [1]
got: "", "", [1], [1]
ky: "", "", [1], [1]
ofetch: undefined, "", "[1]", [1]
superagent: {}, "", {}, [1]
needle: Buffer of 0, "", "[1]", "[1]"
requests: error, error, [1], [1]
httpx: error, error, [1], [1]
aiohttp: error, None, error, [1]
EXPECTED
