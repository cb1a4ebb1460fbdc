#!/bin/sh
# A redirected PUT arrives without its body, a redirected DELETE as a GET, and the client reports a plain 200.
#
# requests 2.34.2, httpx 0.28.1, superagent 10.4.2, needle 3.5.0, pycurl 7.49.0 (libcurl 8.23.0); aiohttp
# 3.14.5, axios 1.21.1, got 14.6.6 and Node's fetch beside them, Node 20.
#
# That a 301 or 302 turns a POST into a GET is known, and RFC 9110 allows it for POST alone. 307 and 308 are
# there to forbid it. requests turns PUT, PATCH and DELETE into a GET on 302, and on 301 keeps the method but
# sends no body: a PUT of nothing. httpx turns them on 302 only, superagent on 301 and 302, needle on 307 and
# 308 as well. With libcurl and a method of one's own (CUSTOMREQUEST) the method stays and the body goes, on
# 301 to 303. So the proxy that adds a slash, or moves to another host, decides what is left of a change,
# and whoever asks for the status is told 200, for a page that was read or a record that was emptied.
#
# Seen: what arrives after a POST with 301 and 302, a PUT with 301, 302, 307 and 308, and a DELETE with
# the same; * is "with the body". Each call ends with 200
#   requests:   GET GET, PUT GET PUT* PUT*, DELETE GET DELETE* DELETE*
#   httpx:      GET GET, PUT* GET PUT* PUT*, DELETE* GET DELETE* DELETE*
#   pycurl:     POST POST, PUT PUT PUT* PUT*, DELETE DELETE DELETE* DELETE*
#   aiohttp:    GET GET, PUT* PUT* PUT* PUT*, DELETE* DELETE* DELETE* DELETE*
#   superagent: GET GET, GET GET PUT* PUT*, GET GET DELETE* DELETE*
#   needle:     GET GET, GET GET GET GET, GET GET GET GET
#   axios:      GET GET, PUT* PUT* PUT* PUT*, DELETE* DELETE* DELETE* DELETE*
#   got:        POST* POST*, PUT* PUT* PUT* PUT*, DELETE* DELETE* DELETE* DELETE*
#   fetch:      GET GET, PUT* PUT* PUT* PUT*, DELETE* DELETE* DELETE* DELETE*
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    requests==2.34.2 httpx==0.28.1 aiohttp==3.14.5 pycurl==7.49.0
cat >"$folder/server.mjs" <<'NODE'
// Redirects /STATUS to /; prints what arrives there.
import http from "node:http";

const server = http.createServer((request, response) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    const status = Number(request.url.slice(1));
    if (status) response.writeHead(status, { Location: "/" }).end();
    else response.end(request.method + (body ? "*" : ""));
  });
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
NODE
cat >"$folder/seen.py" <<'PYTHON'
import asyncio
import io
import sys

import aiohttp
import httpx
import pycurl
import requests

CALLS = [("POST", 301), ("POST", 302)]
CALLS += [(method, status) for method in ("PUT", "DELETE") for status in (301, 302, 307, 308)]


def with_requests(method, url):
    answer = requests.request(method, url, data=b"{}")
    return answer.status_code, answer.text


def with_httpx(method, url):
    answer = httpx.request(method, url, content=b"{}", follow_redirects=True)
    return answer.status_code, answer.text


def with_pycurl(method, url):
    curl, page = pycurl.Curl(), io.BytesIO()
    for option, value in (
        (pycurl.URL, url),
        (pycurl.CUSTOMREQUEST, method),
        (pycurl.POSTFIELDS, "{}"),
        (pycurl.FOLLOWLOCATION, 1),
        (pycurl.WRITEDATA, page),
    ):
        curl.setopt(option, value)
    curl.perform()
    return curl.getinfo(pycurl.RESPONSE_CODE), page.getvalue().decode()


def with_aiohttp(method, url):
    async def call():
        async with aiohttp.request(method, url, data=b"{}") as answer:
            return answer.status, await answer.text()

    return asyncio.run(call())


for client in (with_requests, with_httpx, with_pycurl, with_aiohttp):
    answers = [client(method, f"{sys.argv[1]}/{status}") for method, status in CALLS]
    assert {status for status, _ in answers} == {200}, answers
    arrived = [text for _, text in answers]
    parts = (" ".join(part) for part in (arrived[:2], arrived[2:6], arrived[6:]))
    print(f"{client.__name__.removeprefix('with_')}: {', '.join(parts)}")
PYTHON
cat >"$folder/seen.mjs" <<'NODE'
import axios from "axios";
import got from "got";
import needle from "needle";
import superagent from "superagent";

const calls = [["POST", 301], ["POST", 302]];
for (const method of ["PUT", "DELETE"]) for (const status of [301, 302, 307, 308]) calls.push([method, status]);
const type = { "Content-Type": "text/plain" };
const clients = {
  superagent: async (method, url) => {
    const { status, text } = await superagent(method, url).set(type).send("{}");
    return [status, text];
  },
  needle: async (method, url) => {
    const options = { follow: 5, headers: type };
    const { statusCode, body } = await needle(method.toLowerCase(), url, "{}", options);
    return [statusCode, String(body)];
  },
  axios: async (method, url) => {
    const { status, data } = await axios.request({ method, url, data: "{}", headers: type });
    return [status, data];
  },
  got: async (method, url) => {
    const { statusCode, body } = await got(url, { method, body: "{}" });
    return [statusCode, body];
  },
  fetch: async (method, url) => {
    const answer = await fetch(url, { method, body: "{}" });
    return [answer.status, await answer.text()];
  },
};
for (const [name, call] of Object.entries(clients)) {
  const arrived = [];
  for (const [method, status] of calls) {
    const [found, text] = await call(method, `${process.argv[2]}/${status}`);
    arrived.push(found === 200 ? text : found);
  }
  const parts = [arrived.slice(0, 2), arrived.slice(2, 6), arrived.slice(6)];
  console.log(`${name}: ${parts.map((part) => part.join(" ")).join(", ")}`);
}
process.exit(0);
NODE
(cd "$folder" && npm install --silent --no-audit --no-fund superagent@10.4.2 needle@3.5.0 axios@1.21.1 \
    got@14.6.6 >/dev/null)
node "$folder/server.mjs" >"$folder/address" &
server=$!
trap 'kill "$server"; rm -rf "$folder"' EXIT
until [ -s "$folder/address" ]; do sleep 0.1; done
{
    "$folder/venv/bin/python" "$folder/seen.py" "$(cat "$folder/address")"
    (cd "$folder" && node seen.mjs "$(cat "$folder/address")")
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
requests: GET GET, PUT GET PUT* PUT*, DELETE GET DELETE* DELETE*
httpx: GET GET, PUT* GET PUT* PUT*, DELETE* GET DELETE* DELETE*
pycurl: POST POST, PUT PUT PUT* PUT*, DELETE DELETE DELETE* DELETE*
aiohttp: GET GET, PUT* PUT* PUT* PUT*, DELETE* DELETE* DELETE* DELETE*
superagent: GET GET, GET GET PUT* PUT*, GET GET DELETE* DELETE*
needle: GET GET, GET GET GET GET, GET GET GET GET
axios: GET GET, PUT* PUT* PUT* PUT*, DELETE* DELETE* DELETE* DELETE*
got: POST* POST*, PUT* PUT* PUT* PUT*, DELETE* DELETE* DELETE* DELETE*
fetch: GET GET, PUT* PUT* PUT* PUT*, DELETE* DELETE* DELETE* DELETE*
EXPECTED
