#!/bin/sh
# A note of two lines arrives a character longer from fetch, ky and got, and from axios by one of its two ways.
#
# Node 20's fetch, ky 1.14.3, got 14.6.6, axios 1.21.1; superagent 10.4.2, needle 3.5.0, requests 2.34.2, httpx 0.28.1
# and aiohttp 3.14.5 beside them.
#
# A browser makes CR LF of each line end in the text fields of a form, and who sends `FormData` from a program gets
# that as well: the standard for forms says so, and there is no setting. Of a file it leaves what is there, and so do
# JSON and the form that is encoded in the address's way. So the same note is seven characters in one request
# and eight in the next: it does not equal what was sent, a limit on its length rejects it, and its checksum is
# another. axios does so with `post` and a FormData, and not with `postForm`, which makes the form by itself.
#
# Seen of "one\ntwo": what arrives of it as a text field, and as a file
#   fetch:           "one\r\ntwo", "one\ntwo"
#   ky:              "one\r\ntwo", "one\ntwo"
#   got:             "one\r\ntwo", "one\ntwo"
#   axios, FormData: "one\r\ntwo", "one\ntwo"
#   axios, postForm: "one\ntwo", "one\ntwo"
#   superagent:      "one\ntwo", "one\ntwo"
#   needle:          "one\ntwo", "one\ntwo"
#   requests:        "one\ntwo", "one\ntwo"
#   httpx:           "one\ntwo", "one\ntwo"
#   aiohttp:         "one\ntwo", "one\ntwo"
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check requests==2.34.2 httpx==0.28.1 aiohttp==3.14.5
(cd "$folder" && npm install --silent --no-audit --no-fund got@14.6.6 ky@1.14.3 axios@1.21.1 superagent@10.4.2 \
    needle@3.5.0 >/dev/null)
cat >"$folder/seen.mjs" <<'NODE'
import http from "node:http";
import axios from "axios";
import got from "got";
import ky from "ky";
import needle from "needle";
import superagent from "superagent";

const NOTE = "one\ntwo";
let arrived;
const server = http.createServer(async (request, response) => {
  arrived = Buffer.concat(await request.toArray()).toString();
  response.end("{}");
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const url = `http://127.0.0.1:${server.address().port}/`;
const form = (value) => {
  const made = new FormData();
  made.append("note", value);
  return made;
};
const file = () => form(new Blob([NOTE], { type: "text/plain" }));
const clients = {
  fetch: [() => fetch(url, { method: "POST", body: form(NOTE) }), () => fetch(url, { method: "POST", body: file() })],
  ky: [() => ky.post(url, { body: form(NOTE) }), () => ky.post(url, { body: file() })],
  got: [() => got.post(url, { body: form(NOTE) }), () => got.post(url, { body: file() })],
  "axios, FormData": [() => axios.post(url, form(NOTE)), () => axios.post(url, file())],
  "axios, postForm": [
    () => axios.postForm(url, { note: NOTE }),
    () => axios.postForm(url, { note: Buffer.from(NOTE) }),
  ],
  superagent: [
    async () => superagent.post(url).field("note", NOTE),
    async () => superagent.post(url).attach("note", Buffer.from(NOTE), "note.txt"),
  ],
  needle: [
    () => needle("post", url, { note: NOTE }, { multipart: true }),
    () => {
      const note = { buffer: Buffer.from(NOTE), filename: "note.txt", content_type: "text/plain" };
      return needle("post", url, { note }, { multipart: true });
    },
  ],
};
for (const [name, sends] of Object.entries(clients)) {
  const seen = [];
  for (const send of sends) {
    await send();
    seen.push(JSON.stringify(/one\r?\n?two/.exec(arrived)[0]));
  }
  console.log(`${name}: ${seen.join(", ")}`);
}
process.exit(0);
NODE
cat >"$folder/seen.py" <<'PYTHON'
import asyncio
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import aiohttp
import httpx
import requests

NOTE = "one\ntwo"
arrived = []


class Service(BaseHTTPRequestHandler):
    def do_POST(self):
        arrived.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


def with_aiohttp(**part):
    async def post():
        form = aiohttp.FormData(default_to_multipart=True)
        form.add_field("note", **part)
        async with aiohttp.ClientSession() as session, session.post(url, data=form):
            pass

    asyncio.run(post())


server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"
CLIENTS = {
    "requests": (
        lambda: requests.post(url, data={"note": NOTE}, files={"other": b"x"}),
        lambda: requests.post(url, files={"note": NOTE.encode()}),
    ),
    "httpx": (
        lambda: httpx.post(url, data={"note": NOTE}, files={"other": b"x"}),
        lambda: httpx.post(url, files={"note": NOTE.encode()}),
    ),
    "aiohttp": (
        lambda: with_aiohttp(value=NOTE),
        lambda: with_aiohttp(value=NOTE.encode(), filename="note.txt"),
    ),
}
for name, sends in CLIENTS.items():
    for send in sends:
        send()
    seen = [json.dumps(re.search("one\r?\n?two", body)[0]) for body in arrived]
    arrived.clear()
    print(f"{name}: {', '.join(seen)}")
PYTHON
{
    (cd "$folder" && node seen.mjs)
    "$folder/venv/bin/python" "$folder/seen.py"
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
fetch: "one\r\ntwo", "one\ntwo"
ky: "one\r\ntwo", "one\ntwo"
got: "one\r\ntwo", "one\ntwo"
axios, FormData: "one\r\ntwo", "one\ntwo"
axios, postForm: "one\ntwo", "one\ntwo"
superagent: "one\ntwo", "one\ntwo"
needle: "one\ntwo", "one\ntwo"
requests: "one\ntwo", "one\ntwo"
httpx: "one\ntwo", "one\ntwo"
aiohttp: "one\ntwo", "one\ntwo"
EXPECTED
