#!/bin/sh
# Prism answers 422 to the body `false`, `0`, `""` or `null`, and to an int64 above 2^53, all valid.
#
# @stoplight/prism-cli 5.14.2, Node 20.
#
# It is written in JavaScript, and one would think of ids that are rounded. They are not: the format int64
# is taken to end at 9007199254740991, so a request with a larger id is rejected as one whose `id` does not
# match the format, and with `--errors` the document's own example of a response becomes a 500. Without the
# format the id is let through. And a body that JavaScript takes for false counts as missing: "Body
# parameter is required" is the answer to `false` where the schema is a boolean, to `0` and to `""`.
# Within an object they are all as good as any other value.
#
# Seen: status for each body, sent to a schema that allows it
#   boolean: true 200, false 422
#   integer: 1 200, 0 422
#   string: "a" 200, "" 422
#   integer or null: 1 200, null 422
#   object: {"a":false,"b":0,"c":"","d":null} 200
#   int64: 9007199254740991 200, 9007199254740992 422, 9223372036854775807 422
#   integer: 9007199254740992 200
#   response with the int64 9007199254740993: 500
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/seen.mjs" <<'NODE'
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import net from "node:net";

const LARGE = "9007199254740993";
const members = { a: { type: "boolean" }, b: { type: "integer" }, c: { type: "string" }, d: { type: "null" } };
const cases = [
  ["boolean", { type: "boolean" }, ["true", "false"]],
  ["integer", { type: "integer" }, ["1", "0"]],
  ["string", { type: "string" }, ['"a"', '""']],
  ["integer or null", { type: ["integer", "null"] }, ["1", "null"]],
  ["object", { type: "object", properties: members }, ['{"a":false,"b":0,"c":"","d":null}']],
  [
    "int64",
    { type: "integer", format: "int64" },
    ["9007199254740991", "9007199254740992", "9223372036854775807"],
  ],
  ["integer", { type: "integer" }, ["9007199254740992"]],
];
const json = (schema) => ({ "application/json": { schema } });
const paths = Object.fromEntries(
  cases.map(([, schema], number) => [
    `/case${number}`,
    {
      post: {
        operationId: `case${number}`,
        requestBody: { required: true, content: json(schema) },
        responses: { 200: { description: "OK" } },
      },
    },
  ]),
);
const shown = json({ type: "integer", format: "int64", example: "LARGE" });
paths["/shown"] = {
  get: { operationId: "show", responses: { 200: { description: "OK", content: shown } } },
};
const document = { openapi: "3.1.0", info: { title: "Cases", version: "1" }, paths };
writeFileSync("document.json", JSON.stringify(document).replace('"LARGE"', LARGE));

const server = net.createServer();
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const { port } = server.address();
await new Promise((closed) => server.close(closed));
const prism = spawn("node", ["node_modules/.bin/prism", "mock", "--errors", "-p", port, "document.json"]);
await new Promise((started) => {
  prism.stdout.on("data", (text) => String(text).includes("listening") && started());
});
for (const [number, [name, , bodies]] of cases.entries()) {
  const answers = [];
  for (const body of bodies) {
    const headers = { "Content-Type": "application/json" };
    const { status } = await fetch(`http://127.0.0.1:${port}/case${number}`, { method: "POST", headers, body });
    answers.push(`${body} ${status}`);
  }
  console.log(`${name}: ${answers.join(", ")}`);
}
const { status } = await fetch(`http://127.0.0.1:${port}/shown`);
console.log(`response with the int64 ${LARGE}: ${status}`);
prism.kill();
process.exit(0);
NODE
(cd "$folder" && npm install --silent --no-audit --no-fund @stoplight/prism-cli@5.14.2 >/dev/null)
(cd "$folder" && node seen.mjs) | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
boolean: true 200, false 422
integer: 1 200, 0 422
string: "a" 200, "" 422
integer or null: 1 200, null 422
object: {"a":false,"b":0,"c":"","d":null} 200
int64: 9007199254740991 200, 9007199254740992 422, 9223372036854775807 422
integer: 9007199254740992 200
response with the int64 9007199254740993: 500
EXPECTED
