#!/bin/sh
# orjson reads an integer of more than 64 bits as a float, without a word, and rejects it when it writes one.
#
# orjson 3.13.0; ujson 6.1.0, python-rapidjson 1.25, simplejson 4.3.0, msgspec 0.22.0, pydantic-core 2.50.5
# and pysimdjson 7.0.2 beside it.
#
# Its manual says that it takes integers of 64 bits, and that `dumps` raises an error beyond: one would think
# the same of `loads`. That gives the nearest float, so a key of twenty digits, which another service wrote as
# a number, is another number when it is passed on, and two keys that differ are equal. None of the others
# does so: pysimdjson raises an error, Python's own and the rest keep every digit.
#
# Seen of 18446744073709551617 and 18446744073709551616: read and written again, and whether they are equal;
# and what orjson writes of the integer itself
#   json: 18446744073709551617, different
#   orjson: 1.8446744073709552e+19, equal
#   ujson: 18446744073709551617, different
#   rapidjson: 18446744073709551617, different
#   simplejson: 18446744073709551617, different
#   msgspec: 18446744073709551617, different
#   pydantic-core: 18446744073709551617, different
#   simdjson: error
#   orjson, an integer: not written
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check orjson==3.13.0 ujson==6.1.0 \
    python-rapidjson==1.25 simplejson==4.3.0 msgspec==0.22.0 pydantic-core==2.50.5 pysimdjson==7.0.2
cat >"$folder/seen.py" <<'PYTHON'
import json

import msgspec
import orjson
import pydantic_core
import rapidjson
import simdjson
import simplejson
import ujson

LIBRARIES = {
    "json": (json.loads, json.dumps),
    "orjson": (orjson.loads, orjson.dumps),
    "ujson": (ujson.loads, ujson.dumps),
    "rapidjson": (rapidjson.loads, rapidjson.dumps),
    "simplejson": (simplejson.loads, simplejson.dumps),
    "msgspec": (msgspec.json.decode, msgspec.json.encode),
    "pydantic-core": (pydantic_core.from_json, pydantic_core.to_json),
    "simdjson": (simdjson.loads, simdjson.dumps),
}
for name, (loads, dumps) in LIBRARIES.items():
    try:
        one, other = loads("18446744073709551617"), loads("18446744073709551616")
        try:
            again = dumps(one)
            again = again.decode() if isinstance(again, bytes) else again
        except Exception:
            again = "not written"
        print(f"{name}: {again}, {'equal' if one == other else 'different'}")
    except (ValueError, RuntimeError):
        print(f"{name}: error")
try:
    print("orjson, an integer:", orjson.dumps(18446744073709551617).decode())
except orjson.JSONEncodeError:
    print("orjson, an integer: not written")
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
json: 18446744073709551617, different
orjson: 1.8446744073709552e+19, equal
ujson: 18446744073709551617, different
rapidjson: 18446744073709551617, different
simplejson: 18446744073709551617, different
msgspec: 18446744073709551617, different
pydantic-core: 18446744073709551617, different
simdjson: error
orjson, an integer: not written
EXPECTED
