#!/bin/sh
# Two tools that replay HAR change a query that repeats a parameter.
#
# har-to-k6 0.14.16, httpsnippet 3.0.10, Node 20.
#
# HAR holds the query twice: in `url` as it was sent, and decoded, in order, in `queryString`. A
# request for `?b=2&a=1&b=3&f=a+b` becomes one with the last value of b added once more (har-to-k6
# takes the url and adds what it believes to be missing from it), or one with both values of b moved
# together and `+` written `%20` (httpsnippet takes queryString, grouped by name). A list sent as one
# value with commas stays as it is in both.
#
# Seen: the query of the request that is made
#   har-to-k6:   b=2&a=1&b=3&f=a+b&b=3
#   httpsnippet: b=2&b=3&a=1&f=a%20b
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/seen.cjs" <<'NODE'
const { HTTPSnippet } = require("httpsnippet");
const { liHARToK6Script } = require("har-to-k6");

const request = {
  method: "GET",
  url: "http://127.0.0.1/services?b=2&a=1&b=3&f=a+b",
  httpVersion: "HTTP/1.1",
  cookies: [],
  headers: [],
  queryString: [
    { name: "b", value: "2" },
    { name: "a", value: "1" },
    { name: "b", value: "3" },
    { name: "f", value: "a b" },
  ],
  headersSize: -1,
  bodySize: 0,
};
const response = {
  status: 200,
  statusText: "OK",
  httpVersion: "HTTP/1.1",
  cookies: [],
  headers: [],
  content: { size: 0, mimeType: "", text: "" },
  redirectURL: "",
  headersSize: -1,
  bodySize: 0,
};
const entry = {
  startedDateTime: "2026-01-05T09:00:00.000Z",
  time: 1,
  request,
  response,
  cache: {},
  timings: { send: 0, wait: 1, receive: 0 },
};
const har = { log: { version: "1.2", creator: { name: "hand", version: "1" }, entries: [entry] } };
const query = (text) => text.match(/services\?([^'"]*)/)[1];

liHARToK6Script(har).then(({ main }) => {
  console.log(`har-to-k6: ${query(main)}`);
  console.log(`httpsnippet: ${query(new HTTPSnippet(request).convert("shell", "curl"))}`);
});
NODE
(cd "$folder" && npm install --silent --no-audit --no-fund har-to-k6@0.14.16 httpsnippet@3.0.10 >/dev/null)
(cd "$folder" && node seen.cjs) | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
har-to-k6: b=2&a=1&b=3&f=a+b&b=3
httpsnippet: b=2&b=3&a=1&f=a%20b
EXPECTED
