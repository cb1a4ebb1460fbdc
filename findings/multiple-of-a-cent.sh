#!/bin/sh
# Of the amounts with two decimals, every seventh is no multiple of 0.01 to two validators, and all are to three.
#
# jsonschema 4.26.0 (Python), ajv 8.20.0 (JavaScript); fastjsonschema 2.22.3, jsonschema-rs 0.61.2 and
# pydantic 2.14.4 beside them, Node 20.
#
# `multipleOf: 0.01` is how a schema says "an amount in cents". One would think that floating point spoils
# it here and there; it does so for 19.99, for 0.07 and for 1363 of the 10000 amounts from 0.01 to 100.00.
# openapi-core checks by the first and Prism by the second, so that a client's amounts are rejected there
# and taken by the service itself: pydantic takes all, and its own schema for the field, as a service
# publishes it, has the `multipleOf: 0.01` that these reject by. ajv has an option, `multipleOfPrecision`,
# with which it takes all as well.
#
# Seen: amounts rejected of 10000, and whether 19.99 and 20.00 are taken
#   jsonschema:     1363, no, yes
#   fastjsonschema: 0, yes, yes
#   jsonschema-rs:  0, yes, yes
#   pydantic:       0, yes, yes
#   ajv:            1363, no, yes
#   ajv, multipleOfPrecision: 0, yes, yes
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    jsonschema==4.26.0 fastjsonschema==2.22.3 jsonschema-rs==0.61.2 pydantic==2.14.4
cat >"$folder/seen.py" <<'PYTHON'
from typing import Annotated

import fastjsonschema
import jsonschema_rs
from jsonschema import Draft202012Validator
from pydantic import Field, TypeAdapter

adapter = TypeAdapter(Annotated[float, Field(multiple_of=0.01)])
schema = adapter.json_schema()
assert schema == {"type": "number", "multipleOf": 0.01}, schema


def raises(check):
    def takes(value):
        try:
            check(value)
        except ValueError:
            return False
        return True

    return takes


VALIDATORS = {
    "jsonschema": Draft202012Validator(schema).is_valid,
    "fastjsonschema": raises(fastjsonschema.compile(schema)),
    "jsonschema-rs": jsonschema_rs.validator_for(schema).is_valid,
    "pydantic": raises(adapter.validate_python),
}
for name, takes in VALIDATORS.items():
    rejected = sum(not takes(cents / 100) for cents in range(1, 10001))
    print(f"{name}: {rejected}", *("yes" if takes(value) else "no" for value in (19.99, 20.0)), sep=", ")
PYTHON
cat >"$folder/seen.mjs" <<'NODE'
import Ajv from "ajv/dist/2020.js";

const schema = { type: "number", multipleOf: 0.01 };
for (const [name, options] of [["ajv", {}], ["ajv, multipleOfPrecision", { multipleOfPrecision: 6 }]]) {
  const takes = new Ajv.default(options).compile(schema);
  let rejected = 0;
  for (let cents = 1; cents <= 10000; cents += 1) rejected += takes(cents / 100) ? 0 : 1;
  console.log(`${name}: ${[rejected, ...[19.99, 20].map((value) => (takes(value) ? "yes" : "no"))].join(", ")}`);
}
NODE
(cd "$folder" && npm install --silent --no-audit --no-fund ajv@8.20.0 >/dev/null)
{
    "$folder/venv/bin/python" "$folder/seen.py"
    (cd "$folder" && node seen.mjs)
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
jsonschema: 1363, no, yes
fastjsonschema: 0, yes, yes
jsonschema-rs: 0, yes, yes
pydantic: 0, yes, yes
ajv: 1363, no, yes
ajv, multipleOfPrecision: 0, yes, yes
EXPECTED
