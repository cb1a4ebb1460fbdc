#!/bin/sh
# Of an object with named members and others, openapi-typescript makes a type that no value fits, orval one in error.
#
# openapi-typescript 7.13.0, orval 7.13.2, @hey-api/openapi-ts 0.95.0, typescript 5.9.3, Node 20.
#
# `additionalProperties` beside `properties` is how a document says that a contact has an id and whatever else its
# users think of. openapi-typescript joins two types, of which the second wants a text of the id as well: an answer
# can be read as one, but none be written. orval writes an interface that the compiler rejects, once it is asked
# to look at the file. An object of which nothing is said has no member to openapi-typescript, and what has a
# default must be sent. To orval the constant 1 is the text "1", and both orval and openapi-ts leave null out of
# an enum where it stands beside a text. Each of them ends with 0.
#
# Seen: whether the compiler takes the value where the type is due; whether it takes the generated file
#                               openapi-typescript, orval, openapi-ts
#   Contact { id: 1 }:              no, no, yes
#   Contact { id: 1, nick: "Ada" }: no, no, yes
#   Anything { a: 1 }:              no, yes, yes
#   Limits { most: 1 }:             no, yes, yes
#   One 1:                          yes, no, yes
#   One "1":                        no, yes, no
#   Level "high":                   yes, yes, yes
#   Level null:                     yes, no, no
#   file:                           yes, no, yes
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && npm install --silent --no-audit --no-fund openapi-typescript@7.13.0 orval@7.13.2 \
    @hey-api/openapi-ts@0.95.0 typescript@5.9.3 >/dev/null)
cd "$folder"
cat >api.json <<'JSON'
{
  "openapi": "3.1.0",
  "info": {"title": "Contacts", "version": "1"},
  "paths": {"/contact": {"get": {"operationId": "show", "responses": {"200": {
    "description": "OK",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Contact"}}}
  }}}}},
  "components": {"schemas": {
    "Contact": {
      "type": "object",
      "required": ["id"],
      "properties": {"id": {"type": "integer"}},
      "additionalProperties": {"type": "string"}
    },
    "Anything": {"type": "object"},
    "Limits": {"type": "object", "properties": {
      "least": {"type": "integer", "default": 0},
      "most": {"type": "integer"}
    }},
    "One": {"const": 1},
    "Level": {"enum": ["high", null]}
  }}
}
JSON
echo 'module.exports = { api: { input: "./api.json", output: { target: "./orval.ts", client: "fetch" } } };' \
    >orval.config.js
npx openapi-typescript api.json -o typed.ts >log 2>&1 || { cat log && exit 1; }
npx orval >log 2>&1 || { cat log && exit 1; }
npx openapi-ts -i api.json -o hey -p @hey-api/typescript >log 2>&1 || { cat log && exit 1; }
cat >seen.mjs <<'NODE'
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";

const values = [
  ["Contact", "{ id: 1 }"],
  ["Contact", '{ id: 1, nick: "Ada" }'],
  ["Anything", "{ a: 1 }"],
  ["Limits", "{ most: 1 }"],
  ["One", "1"],
  ["One", '"1"'],
  ["Level", '"high"'],
  ["Level", "null"],
];
const types = {
  typed: (type) => `import type { components } from "./typed";\ntype T = components["schemas"]["${type}"];\n`,
  orval: (type) => `import type { ${type} as T } from "./orval";\n`,
  hey: (type) => `import type { ${type} as T } from "./hey/types.gen";\n`,
};
const files = Object.keys(types).flatMap((name) =>
  values.map(([type, value], number) => {
    fs.writeFileSync(`${name}-${number}.ts`, `${types[name](type)}export const value: T = ${value};\n`);
    return `${name}-${number}.ts`;
  }),
);
const program = ts.createProgram(files, {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
});
const wrong = new Set(ts.getPreEmitDiagnostics(program).map(({ file }) => path.basename(file?.fileName ?? "")));
const taken = (...names) => names.map((name) => (wrong.has(name) ? "no" : "yes")).join(", ");
for (const [number, [type, value]] of values.entries()) {
  console.log(`${type} ${value}: ${taken(...Object.keys(types).map((name) => `${name}-${number}.ts`))}`);
}
console.log(`file: ${taken("typed.ts", "orval.ts", "types.gen.ts")}`);
NODE
node seen.mjs | tee seen
diff - seen <<'EXPECTED'
Contact { id: 1 }: no, no, yes
Contact { id: 1, nick: "Ada" }: no, no, yes
Anything { a: 1 }: no, yes, yes
Limits { most: 1 }: no, yes, yes
One 1: yes, no, yes
One "1": no, yes, no
Level "high": yes, yes, yes
Level null: yes, no, no
file: yes, no, yes
EXPECTED
