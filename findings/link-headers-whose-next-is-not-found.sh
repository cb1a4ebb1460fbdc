#!/bin/sh
# A Link header that names the next page says nothing to this client or that, so that a list of pages ends early.
#
# requests 2.34.2, httpx 0.28.1, aiohttp 3.14.5, got 14.6.6, parse-link-header 2.0.0, li 1.3.0; http-link-header 1.1.4
# beside them, Node 20.
#
# "While there is a next link, follow it" is how a client reads all pages, and what it does not find is taken for the
# end. By RFC 8288 one link may have several relations, as the last page but one has; names of parameters and
# relations are in any case; a text in quotes and an address may have semicolons and commas, and a parameter may
# stand without a value. The clients split the header at one character or the other instead. With each of them
# some valid header has no next page, without an error: a list of ten pages is one of nine, or of one. got, which
# turns the pages by itself, raises an error for five of them, and stops at three.
#
# Seen: whether the next page is found by requests, httpx, aiohttp, got, parse-link-header, li and http-link-header
#   </p?page=2>; rel="next":               yes, yes, yes, yes, yes, yes, yes
#   </p?page=2>; rel=next:                 yes, yes, yes, yes, yes, yes, yes
#   </p?page=2>; rel="next last":          no, no, no, no, yes, yes, yes
#   </p?page=2>; rel="Next":               no, no, no, no, no, no, yes
#   </p?page=2>; Rel="next":               no, no, no, no, no, no, yes
#   </p?page=2>; title="a, b"; rel="next": yes, yes, yes, error, yes, yes, yes
#   </p?page=2>; title="a; b"; rel="next": no, no, yes, error, yes, yes, yes
#   </p?page=2;a>; rel="next":             no, no, yes, error, yes, yes, yes
#   </p?page=2,a>; rel="next":             yes, yes, yes, error, yes, yes, yes
#   </p?page=2>; crossorigin; rel="next":  no, no, yes, error, yes, no, no
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check requests==2.34.2 httpx==0.28.1 aiohttp==3.14.5
(cd "$folder" && npm install --silent --no-audit --no-fund got@14.6.6 parse-link-header@2.0.0 li@1.3.0 \
    http-link-header@1.1.4 >/dev/null)
cat >"$folder/cases.json" <<'JSON'
[
    "</p?page=2>; rel=\"next\"",
    "</p?page=2>; rel=next",
    "</p?page=2>; rel=\"next last\"",
    "</p?page=2>; rel=\"Next\"",
    "</p?page=2>; Rel=\"next\"",
    "</p?page=2>; title=\"a, b\"; rel=\"next\"",
    "</p?page=2>; title=\"a; b\"; rel=\"next\"",
    "</p?page=2;a>; rel=\"next\"",
    "</p?page=2,a>; rel=\"next\"",
    "</p?page=2>; crossorigin; rel=\"next\""
]
JSON
cat >"$folder/seen.py" <<'PYTHON'
import asyncio
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import aiohttp
import httpx
import requests

CASES = json.load(open("cases.json"))
asked = []


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        asked.append(self.path)
        self.send_response(200)
        if self.path.startswith("/case/"):
            self.send_header("Link", CASES[int(self.path.removeprefix("/case/"))])
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, *arguments):
        pass


def with_requests(url):
    return "next" in requests.get(url).links


def with_httpx(url):
    return "next" in httpx.get(url).links


def with_aiohttp(url):
    async def get():
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return "next" in answer.links

    return asyncio.run(get())


def in_node(name):
    done = subprocess.run(["node", "seen.mjs", name, url, str(len(CASES))], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/case/"
columns = {
    "requests": ["yes" if with_requests(f"{url}{case}") else "no" for case in range(len(CASES))],
    "httpx": ["yes" if with_httpx(f"{url}{case}") else "no" for case in range(len(CASES))],
    "aiohttp": ["yes" if with_aiohttp(f"{url}{case}") else "no" for case in range(len(CASES))],
}
for name in ("got", "parse-link-header", "li", "http-link-header"):
    columns[name] = in_node(name)
for case, header in enumerate(CASES):
    print(f"{header}: {', '.join(column[case] for column in columns.values())}")
PYTHON
cat >"$folder/seen.mjs" <<'NODE'
import got from "got";
import httpLinkHeader from "http-link-header";
import li from "li";
import parseLinkHeader from "parse-link-header";

const header = async (url) => (await fetch(url)).headers.get("link");
const clients = {
  async got(url) {
    let pages = 0;
    await got.paginate.all(url, { pagination: { transform: () => [++pages] } });
    return pages > 1;
  },
  "parse-link-header": async (url) => "next" in parseLinkHeader(await header(url)),
  li: async (url) => "next" in li.parse(await header(url)),
  "http-link-header": async (url) => httpLinkHeader.parse(await header(url)).rel("next").length > 0,
};
const [name, url, cases] = process.argv.slice(2);
const seen = [];
for (let number = 0; number < Number(cases); number++)
  seen.push(await clients[name](url + number).then((found) => (found ? "yes" : "no"), () => "error"));
console.log(JSON.stringify(seen));
NODE
cd "$folder"
"$folder/venv/bin/python" "$folder/seen.py" | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
</p?page=2>; rel="next": yes, yes, yes, yes, yes, yes, yes
</p?page=2>; rel=next: yes, yes, yes, yes, yes, yes, yes
</p?page=2>; rel="next last": no, no, no, no, yes, yes, yes
</p?page=2>; rel="Next": no, no, no, no, no, no, yes
</p?page=2>; Rel="next": no, no, no, no, no, no, yes
</p?page=2>; title="a, b"; rel="next": yes, yes, yes, error, yes, yes, yes
</p?page=2>; title="a; b"; rel="next": no, no, yes, error, yes, yes, yes
</p?page=2;a>; rel="next": no, no, yes, error, yes, yes, yes
</p?page=2,a>; rel="next": yes, yes, yes, error, yes, yes, yes
</p?page=2>; crossorigin; rel="next": no, no, yes, error, yes, no, no
EXPECTED
