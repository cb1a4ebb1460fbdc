#!/bin/sh
# Three client caches answer from before a write that went through the same client, a fourth after POST.
#
# requests-cache 1.3.3, got 14.6.6, axios-cache-interceptor 1.12.3 with axios 1.21.1; CacheControl 0.14.4,
# make-fetch-happen 15.0.6 and undici 7.30.2 beside them, Node 20.
#
# GET, a write that is answered 200, GET again, all of one address and through one client. RFC 9111,
# section 4.4: a cache must forget what it has for an address when an unsafe method to it succeeds. Two
# do, CacheControl does but after a POST; three hand out the old state until it runs out, although the
# write passed through their hands. Two of these need no permission of the server: requests-cache, also
# with `cache_control=True`, and axios-cache-interceptor keep an answer that says nothing of its age. got
# keeps one whose age it can guess from `Last-Modified`. A test that looks before it writes, as one does
# to see that there is nothing yet, sees nothing afterwards.
#
# Seen: what the second GET reads, where the first read "old" and the write made "new" of it, for
# answers without a header on age, with `Last-Modified` long ago, and with `Cache-Control: max-age=600`,
# after each of PUT, DELETE and POST
#   requests-cache:                old, old, old
#   requests-cache, cache_control: old, old, old
#   CacheControl:                  new, new, new; after POST new, new, old
#   axios-cache-interceptor:       old, old, old
#   got:                           new, old, old
#   make-fetch-happen:             new, new, new
#   undici:                        new, new, new
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    requests-cache==1.3.3 CacheControl==0.14.4 requests==2.34.2
cat >"$folder/seen.py" <<'PYTHON'
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from cachecontrol import CacheControl
from requests import Session
from requests_cache import CachedSession

HEADERS = [{}, {"Last-Modified": "Mon, 05 Jan 2015 09:00:00 GMT"}, {"Cache-Control": "max-age=600"}]
CLIENTS = {
    "requests-cache": lambda: CachedSession(backend="memory"),
    "requests-cache, cache_control": lambda: CachedSession(backend="memory", cache_control=True),
    "CacheControl": lambda: CacheControl(Session()),
}


def read_after(write, session, headers):
    state = b"old"

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            nonlocal state
            if self.command != "GET":
                state = b"new"
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            for name, value in {**headers, "Content-Length": str(len(state))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(state)

        do_GET = do_PUT = do_DELETE = do_POST = answer

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    session.trust_env = False
    session.get(url)
    session.request(write, url, data=b"{}")
    found = session.get(url).text
    server.shutdown()
    return found


for name, make in CLIENTS.items():
    put, *others = (
        (write, ", ".join(read_after(write, make(), headers) for headers in HEADERS))
        for write in ("PUT", "DELETE", "POST")
    )
    different = (f"; after {write} {reads}" for write, reads in others if reads != put[1])
    print(f"{name}: {put[1]}" + "".join(different))
PYTHON
cat >"$folder/seen.mjs" <<'NODE'
import { mkdtempSync } from "node:fs";
import http from "node:http";
import axios from "axios";
import { setupCache } from "axios-cache-interceptor";
import got from "got";
import fetch from "make-fetch-happen";
import { Agent, interceptors, request } from "undici";

const HEADERS = [
  {},
  { "Last-Modified": "Mon, 05 Jan 2015 09:00:00 GMT" },
  { "Cache-Control": "max-age=600" },
];
const body = (method) => (method === "GET" ? undefined : "{}");
const clients = {
  "axios-cache-interceptor": () => {
    const client = setupCache(axios.create());
    return async (method, url) => (await client.request({ method, url, data: body(method) })).data;
  },
  got: () => {
    const client = got.extend({ cache: new Map() });
    return async (method, url) => (await client(url, { method, body: body(method) })).body;
  },
  "make-fetch-happen": () => {
    const cachePath = mkdtempSync(`${process.cwd()}/cache`);
    return async (method, url) => (await fetch(url, { method, cachePath, body: body(method) })).text();
  },
  undici: () => {
    const dispatcher = new Agent().compose(interceptors.cache());
    return async (method, url) =>
      (await request(url, { method, dispatcher, body: body(method) })).body.text();
  },
};

async function readAfter(write, call, headers) {
  let state = "old";
  const server = http.createServer((request, response) => {
    if (request.method !== "GET") state = "new";
    request.resume().on("end", () => response.writeHead(200, headers).end(state));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${server.address().port}/`;
  await call("GET", url);
  await call(write, url);
  const found = await call("GET", url);
  server.closeAllConnections();
  server.close();
  return found;
}

for (const [name, make] of Object.entries(clients)) {
  let put;
  let line = "";
  for (const write of ["PUT", "DELETE", "POST"]) {
    const list = [];
    for (const headers of HEADERS) list.push(await readAfter(write, make(), headers));
    const reads = list.join(", ");
    put ??= reads;
    if (write === "PUT") line = `${name}: ${reads}`;
    else if (reads !== put) line += `; after ${write} ${reads}`;
  }
  console.log(line);
}
process.exit(0);
NODE
(cd "$folder" && npm install --silent --no-audit --no-fund got@14.6.6 axios@1.21.1 \
    axios-cache-interceptor@1.12.3 make-fetch-happen@15.0.6 undici@7.30.2 >/dev/null)
{
    "$folder/venv/bin/python" "$folder/seen.py"
    (cd "$folder" && node seen.mjs)
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
requests-cache: old, old, old
requests-cache, cache_control: old, old, old
CacheControl: new, new, new; after POST new, new, old
axios-cache-interceptor: old, old, old
got: new, old, old
make-fetch-happen: new, new, new
undici: new, new, new
EXPECTED
