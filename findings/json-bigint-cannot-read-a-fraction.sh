#!/bin/sh
# Told to use BigInt, json-bigint cannot read 0.30000000000000004, and microseconds of today are no number to it.
#
# json-bigint 1.0.0, @cardanosolutions/json-bigint 1.1.0; @apimatic/json-bigint 1.2.0, json-with-bigint 3.5.12 and
# lossless-json 4.3.3 beside them, Node 20.
#
# json-bigint is what one takes for ids beyond 2^53, and one thinks of JSON.parse with more digits. It goes by how long
# the text of a number is: one of more than 15 characters is given to BigInt, which takes no point, so that the sum
# of 0.1 and 0.2, as every program writes it, makes the whole document unreadable. With `storeAsString` it becomes a
# text, and is written as one. As it comes it makes BigNumbers, also of 16 digits that a number holds well: of times
# since 1970 the milliseconds are a number and the microseconds an object. And an object that has a member by the
# name of "constructor" is an error, until an option says what to do. The fork for scientific notation goes by the
# length as well, from 18 on, where it finds a point.
#
# Seen: what is written again of 0.30000000000000004, 123456789012345678.5 and 9007199254740993; the type that is
# read of 1764400000000 and 1764400000000000; whether {"constructor": 1} is read
#   json-bigint:                   0.30000000000000004, 123456789012345678.5, 9007199254740993; number, object; no
#   json-bigint, useNativeBigInt:  error, error, 9007199254740993; number, bigint; no
#   json-bigint, storeAsString:    "0.30000000000000004", "123456789012345678.5", "9007199254740993"; number, string; no
#   @cardanosolutions/json-bigint: 0.30000000000000004, error, 9007199254740993; number, bigint; no
#   @apimatic/json-bigint:         0.30000000000000004, 123456789012345680, 9007199254740993; number, number; no
#   json-with-bigint:              0.30000000000000004, 123456789012345680, 9007199254740993; number, number; yes
#   lossless-json:                 0.30000000000000004, 123456789012345678.5, 9007199254740993; object, object; yes
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && npm install --silent --no-audit --no-fund json-bigint@1.0.0 @cardanosolutions/json-bigint@1.1.0 \
    @apimatic/json-bigint@1.2.0 json-with-bigint@3.5.12 lossless-json@4.3.3 >/dev/null)
cat >"$folder/seen.mjs" <<'NODE'
import apimatic from "@apimatic/json-bigint";
import cardano from "@cardanosolutions/json-bigint";
import jsonBigint from "json-bigint";
import { JSONParse, JSONStringify } from "json-with-bigint";
import * as lossless from "lossless-json";

const libraries = {
  "json-bigint": jsonBigint,
  "json-bigint, useNativeBigInt": jsonBigint({ useNativeBigInt: true }),
  "json-bigint, storeAsString": jsonBigint({ storeAsString: true }),
  "@cardanosolutions/json-bigint": cardano,
  "@apimatic/json-bigint": apimatic({ useNativeBigInt: true }),
  "json-with-bigint": { parse: JSONParse, stringify: JSONStringify },
  "lossless-json": lossless,
};

function attempt(read) {
  try {
    return read();
  } catch {
    return "error";
  }
}

for (const [name, { parse, stringify }] of Object.entries(libraries)) {
  const again = ["0.30000000000000004", "123456789012345678.5", "9007199254740993"].map((number) =>
    attempt(() => stringify(parse(`[${number}]`)).slice(1, -1)),
  );
  const types = ["1764400000000", "1764400000000000"].map((number) => typeof parse(`[${number}]`)[0]);
  const reads = attempt(() => parse('{"constructor":1}')) === "error" ? "no" : "yes";
  console.log(`${name}: ${again.join(", ")}; ${types.join(", ")}; ${reads}`);
}
NODE
(cd "$folder" && node seen.mjs) | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
json-bigint: 0.30000000000000004, 123456789012345678.5, 9007199254740993; number, object; no
json-bigint, useNativeBigInt: error, error, 9007199254740993; number, bigint; no
json-bigint, storeAsString: "0.30000000000000004", "123456789012345678.5", "9007199254740993"; number, string; no
@cardanosolutions/json-bigint: 0.30000000000000004, error, 9007199254740993; number, bigint; no
@apimatic/json-bigint: 0.30000000000000004, 123456789012345680, 9007199254740993; number, number; no
json-with-bigint: 0.30000000000000004, 123456789012345680, 9007199254740993; number, number; yes
lossless-json: 0.30000000000000004, 123456789012345678.5, 9007199254740993; object, object; yes
EXPECTED
