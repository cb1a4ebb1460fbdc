#!/bin/sh
# Of thirteen schemas, the example that Redoc shows is rejected by nine, the one that Prism answers with by ten.
#
# openapi-sampler 1.7.10, which Redoc uses, @stoplight/json-schema-sampler 0.3.0, which Prism does, json-schema-faker
# 0.6.3, Node 20, and jsf 0.11.2 (PyPI); jsonschema 4.26.0 to judge.
#
# Where a document gives no example, its tools make one of the schema, and a mock answers with that. A client that
# checks answers by the same document then rejects the mock's. The samplers know bounds and lengths, but no pattern, no
# multipleOf and no uniqueItems, and a member that is required is not there if it is not among the properties as well.
# json-schema-faker, which makes values by chance and knows nearly all, cuts an address to its length so that it is
# none, takes a pattern of names for a name, and does not look for a minimum in allOf. jsf takes the first of allOf
# for the whole and leaves out what it does not know. None of them says that the value is not what was asked for.
#
# Seen: whether twenty values, made of a schema with the keyword, are valid by it, with openapi-sampler, @stoplight's,
# json-schema-faker and jsf
#   multipleOf 7:         no, no, yes, yes
#   pattern:              no, no, yes, yes
#   uniqueItems:          no, no, yes, yes
#   contains:             no, no, yes, no
#   not:                  no, no, yes, some
#   if and then:          yes, no, yes, some
#   required:             no, no, yes, no
#   minProperties 2:      yes, yes, yes, no
#   allOf of two objects: yes, yes, yes, no
#   minimum in allOf:     yes, yes, no, no
#   format and maxLength: no, no, no, no
#   propertyNames:        no, no, no, no
#   patternProperties:    no, no, no, error
#   plain:                yes, yes, yes, yes
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check jsf==0.11.2 jsonschema==4.26.0
(cd "$folder" && npm install --silent --no-audit --no-fund openapi-sampler@1.7.10 \
    @stoplight/json-schema-sampler@0.3.0 json-schema-faker@0.6.3 >/dev/null)
cat >"$folder/cases.json" <<'JSON'
{
    "multipleOf 7": {"type": "integer", "minimum": 10, "maximum": 20, "multipleOf": 7},
    "pattern": {"type": "string", "pattern": "^[A-Z]{2}\\d{3}$"},
    "uniqueItems": {"type": "array", "items": {"enum": ["a", "b", "c"]}, "minItems": 3, "uniqueItems": true},
    "contains": {"type": "array", "items": {"type": "string"}, "minItems": 1, "contains": {"const": "due"}},
    "not": {"type": "integer", "minimum": 1, "maximum": 3, "not": {"const": 1}},
    "if and then": {
        "type": "object",
        "properties": {"kind": {"const": "voice"}, "number": {"type": "integer"}},
        "required": ["kind"],
        "if": {"properties": {"kind": {"const": "voice"}}},
        "then": {"required": ["number"]}
    },
    "required": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a", "b"]},
    "minProperties 2": {"type": "object", "minProperties": 2, "additionalProperties": {"type": "integer"}},
    "allOf of two objects": {
        "allOf": [
            {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
            {"type": "object", "properties": {"b": {"type": "string"}}, "required": ["b"]}
        ]
    },
    "minimum in allOf": {"type": "integer", "allOf": [{"minimum": 20000}]},
    "format and maxLength": {"type": "string", "format": "email", "maxLength": 6},
    "propertyNames": {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": "^x-"},
        "additionalProperties": {"type": "integer"}
    },
    "patternProperties": {
        "type": "object",
        "minProperties": 1,
        "patternProperties": {"^x-": {"type": "integer"}},
        "additionalProperties": false
    },
    "plain": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
}
JSON
cat >"$folder/seen.mjs" <<'NODE'
import { readFileSync } from "node:fs";
import { generate } from "json-schema-faker";
import openapiSampler from "openapi-sampler";
import stoplight from "@stoplight/json-schema-sampler";

const makers = {
  "openapi-sampler": (schema) => openapiSampler.sample(schema),
  "@stoplight/json-schema-sampler": (schema) => stoplight.sample(schema, {}, schema),
  "json-schema-faker": (schema) => generate(schema),
};
const made = {};
for (const [name, schema] of Object.entries(JSON.parse(readFileSync("cases.json")))) {
  made[name] = {};
  for (const [maker, make] of Object.entries(makers)) {
    made[name][maker] = [];
    for (let number = 0; number < 20; number++) made[name][maker].push(await make(structuredClone(schema)));
  }
}
console.log(JSON.stringify(made));
NODE
cat >"$folder/seen.py" <<'PYTHON'
import json
import subprocess
import warnings

warnings.simplefilter("ignore")
import jsonschema
from jsf import JSF

TRIES = 20
cases = json.load(open("cases.json"))
made = json.loads(subprocess.run(["node", "seen.mjs"], capture_output=True, text=True, check=True).stdout)
checker = jsonschema.FormatChecker()


def with_jsf(schema):
    try:
        return [JSF(json.loads(json.dumps(schema))).generate() for number in range(TRIES)]
    except AttributeError:
        return []


def word(valid):
    if not valid:
        return "error"
    return "yes" if all(valid) else "some" if any(valid) else "no"


for name, schema in cases.items():
    validator = jsonschema.Draft202012Validator(schema, format_checker=checker)
    values = [*made[name].values(), with_jsf(schema)]
    print(f"{name}: {', '.join(word([validator.is_valid(value) for value in row]) for row in values)}")
PYTHON
cd "$folder"
"$folder/venv/bin/python" seen.py | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
multipleOf 7: no, no, yes, yes
pattern: no, no, yes, yes
uniqueItems: no, no, yes, yes
contains: no, no, yes, no
not: no, no, yes, some
if and then: yes, no, yes, some
required: no, no, yes, no
minProperties 2: yes, yes, yes, no
allOf of two objects: yes, yes, yes, no
minimum in allOf: yes, yes, no, no
format and maxLength: no, no, no, no
propertyNames: no, no, no, no
patternProperties: no, no, no, error
plain: yes, yes, yes, yes
EXPECTED
