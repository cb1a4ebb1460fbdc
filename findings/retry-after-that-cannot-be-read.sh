#!/bin/sh
# A Retry-After that urllib3 cannot read turns a 503 into InvalidHeader, so that it is not tried again at all.
#
# urllib3 2.8.0 and requests 2.34.2, ky 1.14.3, httpx-retries 0.6.0; got 14.6.6, axios-retry 4.5.0 with axios
# 1.21.1, undici 7.30.2 and make-fetch-happen 15.0.6 beside them, Node 20.
#
# The header is a hint: who cannot read it waits as without. It need not be nonsense either: a gateway that adds
# its own makes two of one, which most clients join to "3, 3", and fractions are what a rate limiter counts in.
# urllib3 raises an error that speaks of a header, in the place of the answer, and the tries that are left go
# unused: also for a 503 that it was not told to retry, with `raise_on_status=False`, and for an empty header
# once the status is in `status_forcelist`. ky takes "3, 3" for the third of March 2001, so it comes back at
# once. httpx-retries has no wait of its own to fall back on, and make-fetch-happen does not look at the header.
#
# Seen: what follows a first answer of 503, for a Retry-After of 3, 2.5, one that is empty, and 3 twice:
# whether the second request comes after that time, or earlier, or never
#   urllib3:           after, InvalidHeader, never, InvalidHeader
#   requests:          after, InvalidHeader, InvalidHeader, InvalidHeader
#   httpx-retries:     after, earlier, earlier, earlier
#   ky:                after, after, earlier, earlier
#   got:               after, after, earlier, after
#   axios-retry:       after, after, earlier, after
#   undici:            after, after, earlier, earlier
#   make-fetch-happen: earlier, earlier, earlier, earlier
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check urllib3==2.8.0 requests==2.34.2 \
    httpx-retries==0.6.0 httpx==0.28.1
(cd "$folder" && npm install --silent --no-audit --no-fund ky@1.14.3 got@14.6.6 axios-retry@4.5.0 axios@1.21.1 \
    undici@7.30.2 make-fetch-happen@15.0.6 >/dev/null)
cat >"$folder/server.mjs" <<'NODE'
// Answers the first request to /CALL/CASE with 503, later ones 200 and the seconds since the first.
import http from "node:http";

const HEADERS = { whole: ["3"], fraction: ["2.5"], empty: [""], twice: ["3", "3"] };
const first = {};
const server = http.createServer(({ url }, response) => {
  if (url in first) return response.end(JSON.stringify((Date.now() - first[url]) / 1000));
  first[url] = Date.now();
  const names = HEADERS[url.split("/")[2]].flatMap((value) => ["Retry-After", value]);
  response.writeHead(503, names).end("{}");
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
NODE
cat >"$folder/seen.py" <<'PYTHON'
import concurrent.futures
import logging
import sys

import httpx
import httpx_retries
import requests
import urllib3

CASES = ("whole", "fraction", "empty", "twice")


def with_urllib3(url):
    return urllib3.PoolManager().request("GET", url).json()


def with_requests(url):
    retry = urllib3.Retry(3, status_forcelist=[503], raise_on_status=False)
    with requests.Session() as session:
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=retry))
        return session.get(url).json()


def with_httpx_retries(url):
    with httpx.Client(transport=httpx_retries.RetryTransport()) as client:
        return client.get(url).json()


def outcome(client, case):
    try:
        seconds = client(f"{sys.argv[1]}/{client.__name__}/{case}")
    except (urllib3.exceptions.HTTPError, requests.RequestException) as error:
        return type(error).__name__
    if seconds == {}:
        return "never"
    return "after" if seconds > 2.4 else "earlier"


logging.disable()
for client in (with_urllib3, with_requests, with_httpx_retries):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        seen = list(pool.map(lambda case: outcome(client, case), CASES))
    print(f"{client.__name__.removeprefix('with_').replace('_', '-')}: {', '.join(seen)}")
PYTHON
cat >"$folder/seen.mjs" <<'NODE'
import axios from "axios";
import axiosRetry from "axios-retry";
import got from "got";
import ky from "ky";
import makeFetchHappen from "make-fetch-happen";
import { Agent, request, RetryAgent } from "undici";

const retrying = axios.create();
axiosRetry(retrying);
const dispatcher = new RetryAgent(new Agent());
const clients = {
  ky: (url) => ky(url).json(),
  got: (url) => got(url).json(),
  "axios-retry": async (url) => (await retrying.get(url)).data,
  undici: async (url) => (await request(url, { dispatcher })).body.json(),
  "make-fetch-happen": async (url) => (await makeFetchHappen(url, { retry: 2 })).json(),
};
for (const [name, client] of Object.entries(clients)) {
  const calls = ["whole", "fraction", "empty", "twice"].map(async (each) => {
    const seconds = await client(`${process.argv[2]}/${name}/${each}`).catch(() => "never");
    return seconds === "never" ? seconds : seconds > 2.4 ? "after" : "earlier";
  });
  console.log(`${name}: ${(await Promise.all(calls)).join(", ")}`);
}
process.exit(0);
NODE
node "$folder/server.mjs" >"$folder/address" &
server=$!
trap 'kill "$server"; rm -rf "$folder"' EXIT
until [ -s "$folder/address" ]; do sleep 0.1; done
{
    "$folder/venv/bin/python" "$folder/seen.py" "$(cat "$folder/address")"
    (cd "$folder" && node seen.mjs "$(cat "$folder/address")")
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
urllib3: after, InvalidHeader, never, InvalidHeader
requests: after, InvalidHeader, InvalidHeader, InvalidHeader
httpx-retries: after, earlier, earlier, earlier
ky: after, after, earlier, earlier
got: after, after, earlier, after
axios-retry: after, after, earlier, after
undici: after, after, earlier, earlier
make-fetch-happen: earlier, earlier, earlier, earlier
EXPECTED
