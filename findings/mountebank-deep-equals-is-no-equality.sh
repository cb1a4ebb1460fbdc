#!/bin/sh
# mountebank's deepEquals takes [1, 2] for [2, 1], 1 for "1", null for "null", and one large id for another.
#
# mountebank 2.9.1, Node 20; WireMock 3.13.2 (npm `wiremock`, a jar for Java 11 or newer) beside it.
#
# `deepEquals` is the strictest of mountebank's predicates, which one takes to be sure that a request has
# the body that it should. It turns every value into text and sorts every list before it compares: a client
# that sends its list in the wrong order, a number as text, or the neighbour of an id above 2^53 gets the
# answer meant for the right one, with `caseSensitive` too. WireMock's `equalToJson` keeps all of these
# apart, and takes 1.0 for 1 as well.
#
# Seen: whether a stub for the first body answers the second
#                                         mountebank WireMock
#   {"a":1} {"a":1}:                      yes, yes
#   {"a":1} {"a":1.0}:                    yes, yes
#   {"a":1} {"a":2}:                      no, no
#   {"a":1} {"a":"1"}:                    yes, no
#   {"a":true} {"a":"true"}:              yes, no
#   {"a":null} {"a":"null"}:              yes, no
#   {"a":[1,2]} {"a":[2,1]}:              yes, no
#   {"a":[[1,2],[3]]} {"a":[[3],[2,1]]}:  yes, no
#   {"a":9007199254740992} {"a":9007199254740993}: yes, no
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/seen.mjs" <<'NODE'
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import net from "node:net";

const cases = [
  ['{"a":1}', '{"a":1}'],
  ['{"a":1}', '{"a":1.0}'],
  ['{"a":1}', '{"a":2}'],
  ['{"a":1}', '{"a":"1"}'],
  ['{"a":true}', '{"a":"true"}'],
  ['{"a":null}', '{"a":"null"}'],
  ['{"a":[1,2]}', '{"a":[2,1]}'],
  ['{"a":[[1,2],[3]]}', '{"a":[[3],[2,1]]}'],
  ['{"a":9007199254740992}', '{"a":9007199254740993}'],
];
const headers = { "Content-Type": "application/json" };
const post = (url, body) => fetch(url, { method: "POST", headers, body });

async function freePort() {
  const server = net.createServer();
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

async function start(command, options, url) {
  const process = spawn(command, options, { stdio: "ignore" });
  for (let tries = 0; tries < 600; tries += 1) {
    try {
      await fetch(url);
      return process;
    } catch {
      await new Promise((waited) => setTimeout(waited, 100));
    }
  }
  throw new Error(`${command} did not start`);
}

const control = await freePort();
const mountebank = await start(
  "node",
  ["node_modules/.bin/mb", "start", "--port", control, "--nologfile", "--localOnly", "--pidfile", "mb.pid"],
  `http://127.0.0.1:${control}/`,
);
async function askMountebank(stub, body) {
  const port = await freePort();
  const options = '"caseSensitive": true, "deepEquals": { "body": ' + stub + " }";
  const made = await post(
    `http://127.0.0.1:${control}/imposters`,
    `{"port": ${port}, "protocol": "http", "defaultResponse": {"statusCode": 404},
      "stubs": [{"predicates": [{${options}}], "responses": [{"is": {"statusCode": 200}}]}]}`,
  );
  if (made.status !== 201) throw new Error(await made.text());
  return (await post(`http://127.0.0.1:${port}/`, body)).status;
}

const folder = "node_modules/wiremock/build";
const jar = readdirSync(folder).find((name) => name.endsWith(".jar"));
const port = await freePort();
const server = `http://127.0.0.1:${port}`;
const wiremock = await start(
  "java",
  ["-jar", `${folder}/${jar}`, "--port", port, "--bind-address", "127.0.0.1"],
  `${server}/__admin/mappings`,
);
async function askWireMock(stub, body) {
  await fetch(`${server}/__admin/mappings`, { method: "DELETE" });
  const request = { method: "POST", urlPath: "/", bodyPatterns: [{ equalToJson: stub }] };
  await post(`${server}/__admin/mappings`, JSON.stringify({ request, response: { status: 200 } }));
  return (await post(`${server}/`, body)).status;
}

for (const [stub, body] of cases) {
  const answers = [await askMountebank(stub, body), await askWireMock(stub, body)];
  console.log(`${stub} ${body}: ${answers.map((status) => (status === 200 ? "yes" : "no")).join(", ")}`);
}
mountebank.kill();
wiremock.kill();
process.exit(0);
NODE
(cd "$folder" && npm install --silent --no-audit --no-fund mountebank@2.9.1 wiremock@3.13.2 >/dev/null)
(cd "$folder" && node seen.mjs) | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
{"a":1} {"a":1}: yes, yes
{"a":1} {"a":1.0}: yes, yes
{"a":1} {"a":2}: no, no
{"a":1} {"a":"1"}: yes, no
{"a":true} {"a":"true"}: yes, no
{"a":null} {"a":"null"}: yes, no
{"a":[1,2]} {"a":[2,1]}: yes, no
{"a":[[1,2],[3]]} {"a":[[3],[2,1]]}: yes, no
{"a":9007199254740992} {"a":9007199254740993}: yes, no
EXPECTED
