#!/bin/sh
# TypeBox and four others count an emoji as two characters, and publish it as JSON Schema's maxLength.
#
# @sinclair/typebox 0.34.52, valibot 1.5.0 with @valibot/to-json-schema 1.8.0, arktype 2.2.10, joi 18.3.2,
# yup 1.7.1, Node 20; beside them typebox 1.4.3, zod 4.6.7, ajv 8.20.0, jsonschema 1.5.0, @cfworker/json-schema
# 4.1.6 and z-schema 6.0.2, and in Python pydantic 2.14.4, msgspec 0.22.0 and jsonschema 4.26.0.
#
# JSON Schema counts characters of Unicode, JavaScript's `length` counts units of UTF-16. TypeBox, whose types
# are JSON Schema, checks by `length` up to 0.34; from 1.0 on, under another name, it counts characters. So it
# rejects a name of three emoji for `maxLength: 3`, which ajv takes by the very same schema; valibot and arktype
# write a schema with the number that they do not count by. zod, which was known for `length`, counts characters
# in this version. Where a service and its client use one of each, a text is good on one side only, in both
# directions: two emoji are long enough for `minLength: 4` here, and too short there.
#
# Seen: whether three emoji pass a maximum of 3, two a minimum of 4; and what is published for the maximum
#   @sinclair/typebox:        no yes maxLength 3
#   valibot:                  no yes maxLength 3
#   arktype:                  no yes maxLength 3
#   joi:                      no yes
#   yup:                      no yes
#   typebox:                  yes no maxLength 3
#   zod:                      yes no maxLength 3
#   ajv:                      yes no
#   jsonschema of JavaScript: yes no
#   @cfworker/json-schema:    yes no
#   z-schema:                 yes no
#   pydantic:                 yes no
#   msgspec:                  yes no
#   jsonschema of Python:     yes no
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check pydantic==2.14.4 msgspec==0.22.0 jsonschema==4.26.0
(cd "$folder" && npm install --silent --no-audit --no-fund @sinclair/typebox@0.34.52 typebox@1.4.3 valibot@1.5.0 \
    @valibot/to-json-schema@1.8.0 arktype@2.2.10 joi@18.3.2 yup@1.7.1 zod@4.6.7 ajv@8.20.0 jsonschema@1.5.0 \
    @cfworker/json-schema@4.1.6 z-schema@6.0.2 >/dev/null)
cat >"$folder/seen.mjs" <<'NODE'
import { Validator as Worker } from "@cfworker/json-schema";
import { Type as OldType } from "@sinclair/typebox";
import { Value as OldValue } from "@sinclair/typebox/value";
import { toJsonSchema } from "@valibot/to-json-schema";
import Ajv from "ajv";
import { type } from "arktype";
import Joi from "joi";
import { Validator } from "jsonschema";
import Type from "typebox";
import Value from "typebox/value";
import * as valibot from "valibot";
import * as yup from "yup";
import ZSchema from "z-schema";
import { z } from "zod";

// by name: what checks a text, for a maximum of 3 and a minimum of 4, and the schema that is published
const MAX = { type: "string", maxLength: 3 };
const MIN = { type: "string", minLength: 4 };
const ofSchema = (check) => [(text) => check(MAX, text), (text) => check(MIN, text)];
const vMax = valibot.pipe(valibot.string(), valibot.maxLength(3));
const vMin = valibot.pipe(valibot.string(), valibot.minLength(4));
const aMax = type("string <= 3");
const aMin = type("string >= 4");
const libraries = {
  "@sinclair/typebox": [...ofSchema((s, text) => OldValue.Check(OldType.String(s), text)), OldType.String(MAX)],
  valibot: [(text) => valibot.is(vMax, text), (text) => valibot.is(vMin, text), toJsonSchema(vMax)],
  arktype: [(text) => aMax.allows(text), (text) => aMin.allows(text), aMax.toJsonSchema()],
  joi: [(text) => !Joi.string().max(3).validate(text).error, (text) => !Joi.string().min(4).validate(text).error],
  yup: [(text) => yup.string().max(3).isValidSync(text), (text) => yup.string().min(4).isValidSync(text)],
  typebox: [...ofSchema((s, text) => Value.Check(Type.String(s), text)), Type.String(MAX)],
  zod: [
    (text) => z.string().max(3).safeParse(text).success,
    (text) => z.string().min(4).safeParse(text).success,
    z.toJSONSchema(z.string().max(3)),
  ],
  ajv: ofSchema((s, text) => new Ajv().validate(s, text)),
  "jsonschema of JavaScript": ofSchema((s, text) => new Validator().validate(text, s).valid),
  "@cfworker/json-schema": ofSchema((s, text) => new Worker(s).validate(text).valid),
  "z-schema": ofSchema((s, text) => new ZSchema().validate(text, s)),
};
for (const [name, [max, min, published]] of Object.entries(libraries)) {
  const answers = [max("😀😀😀"), min("😀😀")].map((passes) => (passes ? "yes" : "no"));
  console.log(`${name}: ${answers.join(" ")}${published ? ` maxLength ${published.maxLength}` : ""}`);
}
NODE
cat >"$folder/seen.py" <<'PYTHON'
from typing import Annotated

import jsonschema
import msgspec
import pydantic

THREE, TWO = "\U0001f600" * 3, "\U0001f600" * 2


def with_pydantic(limits, text):
    pydantic.TypeAdapter(Annotated[str, pydantic.Field(**limits)]).validate_python(text)


def with_msgspec(limits, text):
    msgspec.convert(text, Annotated[str, msgspec.Meta(**limits)])


def with_jsonschema(limits, text):
    names = {"max_length": "maxLength", "min_length": "minLength"}
    jsonschema.validate(text, {names[name]: limit for name, limit in limits.items()})


def passes(library, limits, text):
    try:
        library(limits, text)
    except (ValueError, jsonschema.ValidationError):
        return "no"
    return "yes"


for library in (with_pydantic, with_msgspec, with_jsonschema):
    name = library.__name__.removeprefix("with_").replace("jsonschema", "jsonschema of Python")
    print(f"{name}: {passes(library, {'max_length': 3}, THREE)} {passes(library, {'min_length': 4}, TWO)}")
PYTHON
{
    (cd "$folder" && node seen.mjs)
    "$folder/venv/bin/python" "$folder/seen.py"
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
@sinclair/typebox: no yes maxLength 3
valibot: no yes maxLength 3
arktype: no yes maxLength 3
joi: no yes
yup: no yes
typebox: yes no maxLength 3
zod: yes no maxLength 3
ajv: yes no
jsonschema of JavaScript: yes no
@cfworker/json-schema: yes no
z-schema: yes no
pydantic: yes no
msgspec: yes no
jsonschema of Python: yes no
EXPECTED
