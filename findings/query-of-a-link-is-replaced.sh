#!/bin/sh
# Three clients drop the query that a link has when parameters are given beside it, two of them even for none.
#
# httpx 0.28.1, got 14.6.6, ky 1.14.3, urllib3 2.8.0; requests 2.34.2, aiohttp 3.14.5, axios 1.21.1 and
# superagent 10.4.2 beside them, Node 20.
#
# A page of a list has a link to the next, `/items?cursor=7`, and a client adds its own parameters to it, as
# requests and axios do. In httpx, got and ky the parameters take the place of the link's query: in httpx and
# got also when they are an empty map, and in httpx when they are the defaults of a client, given long before
# and elsewhere. The link to the next page then leads to the first, again and again, each time with 200.
# urllib3 puts a second question mark behind the first, so that the cursor becomes "7?limit=5". None, which
# requests leaves out, is sent by httpx as empty; null, which axios leaves out, by got as empty and by ky as
# the text "null".
#
# Seen: what arrives of `/items?cursor=7` with a limit of 5, with an empty map, and with a limit of null
#   httpx:                         limit=5, nothing, limit=
#   httpx, defaults of the client: limit=5, cursor=7, limit=
#   urllib3:                       cursor=7?limit=5, cursor=7, cursor=7?limit=None
#   requests:                      cursor=7&limit=5, cursor=7, cursor=7
#   aiohttp:                       cursor=7&limit=5, cursor=7, TypeError
#   got:                           limit=5, nothing, limit=
#   ky:                            limit=5, cursor=7, limit=null
#   axios:                         cursor=7&limit=5, cursor=7, cursor=7
#   superagent:                    cursor=7&limit=5, cursor=7, cursor=7&limit
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    requests==2.34.2 httpx==0.28.1 aiohttp==3.14.5 urllib3==2.8.0
cat >"$folder/server.mjs" <<'NODE'
// Answers with the query that arrived.
import http from "node:http";

const server = http.createServer(({ url }, response) => {
  response.writeHead(200, { "Content-Type": "text/plain" }).end(url.slice("/items?".length) || "nothing");
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
NODE
cat >"$folder/seen.py" <<'PYTHON'
import asyncio
import sys

import aiohttp
import httpx
import requests
import urllib3

LINK = f"{sys.argv[1]}/items?cursor=7"


async def with_aiohttp(params):
    async with aiohttp.request("GET", LINK, params=params) as answer:
        return await answer.text()


CLIENTS = {
    "httpx": lambda params: httpx.get(LINK, params=params).text,
    "httpx, defaults of the client": lambda params: httpx.Client(params=params).get(LINK).text,
    "urllib3": lambda params: urllib3.request("GET", LINK, fields=params).data.decode(),
    "requests": lambda params: requests.get(LINK, params=params).text,
    "aiohttp": lambda params: asyncio.run(with_aiohttp(params)),
}
for name, get in CLIENTS.items():
    arrived = []
    for params in ({"limit": "5"}, {}, {"limit": None}):
        try:
            arrived.append(get(params))
        except TypeError:
            arrived.append("TypeError")
    print(f"{name}: {', '.join(arrived)}")
PYTHON
cat >"$folder/seen.mjs" <<'NODE'
import axios from "axios";
import got from "got";
import ky from "ky";
import superagent from "superagent";

const link = `${process.argv[2]}/items?cursor=7`;
const clients = {
  got: (searchParams) => got(link, { searchParams }).text(),
  ky: (searchParams) => ky(link, { searchParams }).text(),
  axios: async (params) => (await axios.get(link, { params })).data,
  superagent: async (params) => (await superagent.get(link).query(params)).text,
};
for (const [name, get] of Object.entries(clients)) {
  const arrived = [];
  for (const params of [{ limit: 5 }, {}, { limit: null }]) arrived.push(await get(params));
  console.log(`${name}: ${arrived.join(", ")}`);
}
process.exit(0);
NODE
(cd "$folder" && npm install --silent --no-audit --no-fund got@14.6.6 ky@1.14.3 axios@1.21.1 \
    superagent@10.4.2 >/dev/null)
node "$folder/server.mjs" >"$folder/address" &
server=$!
trap 'kill "$server"; rm -rf "$folder"' EXIT
until [ -s "$folder/address" ]; do sleep 0.1; done
{
    "$folder/venv/bin/python" "$folder/seen.py" "$(cat "$folder/address")"
    (cd "$folder" && node seen.mjs "$(cat "$folder/address")")
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
httpx: limit=5, nothing, limit=
httpx, defaults of the client: limit=5, cursor=7, limit=
urllib3: cursor=7?limit=5, cursor=7, cursor=7?limit=None
requests: cursor=7&limit=5, cursor=7, cursor=7
aiohttp: cursor=7&limit=5, cursor=7, TypeError
got: limit=5, nothing, limit=
ky: limit=5, cursor=7, limit=null
axios: cursor=7&limit=5, cursor=7, cursor=7
superagent: cursor=7&limit=5, cursor=7, cursor=7&limit
EXPECTED
