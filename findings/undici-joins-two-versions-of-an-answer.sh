#!/bin/sh
# undici's RetryAgent makes one JSON document of two: the first half of the old, the second of the new.
#
# undici 7.30.2, Node 20.
#
# A GET whose connection breaks within the body is not begun anew: RetryAgent asks for the rest with `Range`, and
# hands over both parts as one answer with status 200. If the document has changed meanwhile, and its length
# has not, a server that knows ranges sends the rest of the new one. An `ETag` prevents that, as it is sent
# back in `If-Match`; without one, or with a weak one, nothing does: `Last-Modified`, for which HTTP has
# `If-Range` and `If-Unmodified-Since`, is not looked at. Servers of files and proxies that cache add ranges to
# what they pass on. Where the server knows no range, which one might take for the worse case, there is an error.
#
# Seen: what is read where the answer breaks off after 12 characters, and the document changes before the next
# request; the request headers of that one
#   none:          {"old":[1,1],"was":"new"}; range
#   Last-Modified: {"old":[1,1],"was":"new"}; range
#   a weak ETag:   {"old":[1,1],"was":"new"}; range
#   an ETag:       an error; range, if-match
#   no ranges:     an error; range
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && npm install --silent --no-audit --no-fund undici@7.30.2 >/dev/null)
cat >"$folder/seen.mjs" <<'NODE'
import http from "node:http";
import { Agent, request, RetryAgent } from "undici";

const OLD = '{"old":[1,1],"was":"old"}';
const NEW = '{"new":[2,2],"was":"new"}';
const VALIDATORS = {
  none: () => ({}),
  "Last-Modified": (version) => ({ "Last-Modified": new Date(version * 1e6).toUTCString() }),
  "a weak ETag": (version) => ({ ETag: `W/"${version}"` }),
  "an ETag": (version) => ({ ETag: `"${version}"` }),
  "no ranges": () => ({}),
};

/** Break off the first answer, of the old document; answer later requests for a range of the new one. */
async function serve(name, headers) {
  let asked;
  const server = http.createServer((call, response) => {
    const validators = VALIDATORS[name];
    if (asked === undefined) {
      asked = "";
      response.writeHead(200, { "Content-Length": OLD.length, ...validators(1) }).write(OLD.slice(0, 12));
      return setTimeout(() => call.socket.destroy(), 100);
    }
    headers.push(...["range", "if-match", "if-range"].filter((header) => call.headers[header]));
    if (call.headers["if-match"] && call.headers["if-match"] !== '"2"') return response.writeHead(412).end();
    if (name === "no ranges") return response.writeHead(200, { "Content-Length": NEW.length }).end(NEW);
    const start = Number(/^bytes=(\d+)/.exec(call.headers.range)[1]);
    const range = { "Content-Range": `bytes ${start}-${NEW.length - 1}/${NEW.length}` };
    response.writeHead(206, { ...range, "Content-Length": NEW.length - start, ...validators(2) });
    response.end(NEW.slice(start));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return `http://127.0.0.1:${server.address().port}`;
}

for (const name of Object.keys(VALIDATORS)) {
  const headers = [];
  const dispatcher = new RetryAgent(new Agent(), { minTimeout: 10 });
  let seen = "an error";
  try {
    const { body } = await request(await serve(name, headers), { dispatcher });
    seen = await body.text();
  } catch {}
  console.log(`${name}: ${seen}; ${headers.join(", ")}`);
}
process.exit(0);
NODE
(cd "$folder" && node seen.mjs) | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
none: {"old":[1,1],"was":"new"}; range
Last-Modified: {"old":[1,1],"was":"new"}; range
a weak ETag: {"old":[1,1],"was":"new"}; range
an ETag: an error; range, if-match
no ranges: an error; range
EXPECTED
