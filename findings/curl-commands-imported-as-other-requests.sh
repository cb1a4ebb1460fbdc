#!/bin/sh
# Postman's importer makes a GET without a body of `curl --json`, a GET of `-sSXDELETE`, and cuts a password at a colon.
#
# curl-to-postmanv2 1.8.4, which is Postman's own, parse-curl 0.2.6, @bany/curl-to-json 1.2.10; curlconverter 4.12.0
# beside them, Node 20.
#
# A manual shows its requests as commands for curl, and Postman, like others, takes them from the clipboard. One would
# think that an option is either understood or rejected. Those here know an option or leave it out, with what
# belongs to it: `--json`, which curl has had since 2022 and which implies POST, two headers and the body, and
# `--url-query`. Letters that are joined, as curl's manual allows, hide the method behind them, so that a deletion
# becomes a look, and is a success. In `--user` the first colon ends the name and the second is a part of the
# password, by RFC 7617 as by curl: in Postman it ends that. `-G` moves the data to the query, which makes a GET of
# it; two make a POST of it, and parse-curl does not know `--data-urlencode`. All say that they have succeeded.
#
# Seen: the method, the query and the body that are read of --json '{"a":1}'; -sSXDELETE; -G -d a=1;
# --data-urlencode 'q=a b'; --url-query a=1; and the password of -u ada:s:e
#   curl-to-postmanv2:  GET; GET; GET a=1; POST q=a b; GET; s
#   parse-curl:         GET; GET; POST a=1; GET; GET; s:e
#   @bany/curl-to-json: GET; true; POST a=1; POST q=a b; GET; s:e
#   curlconverter:      POST {"a":1}; DELETE; GET a=1; POST q=a b; GET a=1; s:e
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && npm install --silent --no-audit --no-fund curl-to-postmanv2@1.8.4 parse-curl@0.2.6 \
    @bany/curl-to-json@1.2.10 curlconverter@4.12.0 >/dev/null)
cat >"$folder/seen.mjs" <<'NODE'
import curlToJson from "@bany/curl-to-json";
import postman from "curl-to-postmanv2";
import { toJsonString } from "curlconverter";
import parseCurl from "parse-curl";

const COMMANDS = [
  `curl --json '{"a":1}' http://localhost/x`,
  "curl -sSXDELETE http://localhost/x",
  "curl -G -d a=1 http://localhost/x",
  "curl --data-urlencode 'q=a b' http://localhost/x",
  "curl --url-query a=1 http://localhost/x",
];
const PASSWORD = "curl -u ada:s:e http://localhost/x";

const pairs = (map) => Object.entries(map ?? {}).map(([name, value]) => `${name}=${value}`).join("&");
const query = (url) => url.split("?")[1];

/** What each reads of a command: method, query, body, and the password. */
const readers = {
  "curl-to-postmanv2": (command) => {
    let request;
    postman.convert({ type: "string", data: command }, (error, { result, output }) => {
      if (!error && result) request = output[0].data;
    });
    const { method, url, body, auth } = request;
    const form = method === "GET" ? undefined : body.urlencoded?.map(({ key, value }) => `${key}=${value}`).join("&");
    return { method, query: query(url), body: body.raw ?? form, password: auth?.basic[1].value };
  },
  "parse-curl": (command) => {
    const { method, url, body, header } = parseCurl(command);
    const basic = Buffer.from(header.Authorization?.split(" ")[1] ?? "", "base64").toString();
    return { method, query: query(url), body, password: basic.replace("ada:", "") };
  },
  "@bany/curl-to-json": (command) => {
    const { method, params, data, user } = curlToJson(command);
    return { method, query: pairs(params), body: pairs(data), password: user?.replace("ada:", "") };
  },
  curlconverter: (command) => {
    const { method, queries, data, auth } = JSON.parse(toJsonString(command));
    const body = data?.a ? JSON.stringify(data) : pairs(data);
    return { method: method.toUpperCase(), query: pairs(queries), body, password: auth?.password };
  },
};

console.warn = () => {};
for (const [name, read] of Object.entries(readers)) {
  const requests = COMMANDS.map(read).map(({ method, query, body }) => [method, query, body].filter(Boolean).join(" "));
  console.log(`${name}: ${requests.join("; ")}; ${read(PASSWORD).password}`);
}
NODE
(cd "$folder" && node seen.mjs) | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
curl-to-postmanv2: GET; GET; GET a=1; POST q=a b; GET; s
parse-curl: GET; GET; POST a=1; GET; GET; s:e
@bany/curl-to-json: GET; true; POST a=1; POST q=a b; GET; s:e
curlconverter: POST {"a":1}; DELETE; GET a=1; POST q=a b; GET a=1; s:e
EXPECTED
