#!/bin/sh
# Prism checks a document of OpenAPI 3.1 by JSON Schema draft 7, unless a line is there that may be left out.
#
# @stoplight/prism-cli 5.14.2, Node 20.
#
# OpenAPI 3.1 means JSON Schema 2020-12, and needs no word of it: `jsonSchemaDialect` is optional, with the
# dialect of OpenAPI itself as its default. Prism validates by draft 7 where it is left out: what came later
# is not checked (dependentRequired, unevaluatedProperties, minContains), and `items` beside `prefixItems` is
# read as draft 7 has it, so that the one list which the schema allows is rejected. `$schema` in the schemas
# changes nothing. Whoever writes the default out loses even that: then no body is checked, not even its
# type. Only the address of JSON Schema 2020-12 does it. Prism says nothing of this when it starts.
#
# Seen: answers to a body that is valid and to one that is not
#                          type     prefixItems  dependentRequired  unevaluatedProperties  minContains
#   not named:              200 422, 422 422,     200 200,           200 200,               200 200
#   $schema in each:        200 422, 422 422,     200 200,           200 200,               200 200
#   of OpenAPI 3.1:         200 200, 200 200,     200 200,           200 200,               200 200
#   of JSON Schema 2020-12: 200 422, 200 422,     200 422,           200 422,               200 422
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/seen.mjs" <<'NODE'
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import net from "node:net";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";
const cases = [
  [{ type: "integer" }, 1, "text"],
  [{ type: "array", prefixItems: [{ type: "integer" }], items: false }, [1], [1, 2]],
  [{ type: "object", dependentRequired: { a: ["b"] } }, { a: 1, b: 2 }, { a: 1 }],
  [
    { type: "object", properties: { a: { type: "integer" } }, unevaluatedProperties: false },
    { a: 1 },
    { b: 1 },
  ],
  [{ type: "array", contains: { const: 1 }, minContains: 2 }, [1, 1], [1]],
];
const dialects = {
  "not named": [{}, {}],
  "$schema in each": [{}, { $schema: DIALECT }],
  "of OpenAPI 3.1": [{ jsonSchemaDialect: "https://spec.openapis.org/oas/3.1/dialect/base" }, {}],
  "of JSON Schema 2020-12": [{ jsonSchemaDialect: DIALECT }, {}],
};

async function freePort() {
  const server = net.createServer();
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

for (const [name, [top, inSchema]] of Object.entries(dialects)) {
  const paths = Object.fromEntries(
    cases.map(([schema], number) => [
      `/case${number}`,
      {
        post: {
          operationId: `case${number}`,
          requestBody: {
            required: true,
            content: { "application/json": { schema: { ...inSchema, ...schema } } },
          },
          responses: { 200: { description: "OK" } },
        },
      },
    ]),
  );
  const document = { openapi: "3.1.0", info: { title: "Cases", version: "1" }, ...top, paths };
  writeFileSync("document.json", JSON.stringify(document));
  const port = await freePort();
  const prism = spawn("node", ["node_modules/.bin/prism", "mock", "-p", port, "document.json"]);
  await new Promise((started) => {
    prism.stdout.on("data", (text) => String(text).includes("listening") && started());
  });
  const answers = [];
  for (const [number, [, ...bodies]] of cases.entries()) {
    const statuses = [];
    for (const body of bodies) {
      const headers = { "Content-Type": "application/json" };
      const options = { method: "POST", headers, body: JSON.stringify(body) };
      statuses.push((await fetch(`http://127.0.0.1:${port}/case${number}`, options)).status);
    }
    answers.push(statuses.join(" "));
  }
  console.log(`${name}: ${answers.join(", ")}`);
  prism.kill();
  await new Promise((ended) => prism.on("exit", ended));
}
process.exit(0);
NODE
(cd "$folder" && npm install --silent --no-audit --no-fund @stoplight/prism-cli@5.14.2 >/dev/null)
(cd "$folder" && node seen.mjs) | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
not named: 200 422, 422 422, 200 200, 200 200, 200 200
$schema in each: 200 422, 422 422, 200 200, 200 200, 200 200
of OpenAPI 3.1: 200 200, 200 200, 200 200, 200 200, 200 200
of JSON Schema 2020-12: 200 422, 200 422, 200 422, 200 422, 200 422
EXPECTED
