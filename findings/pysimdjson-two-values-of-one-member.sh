#!/bin/sh
# One document of pysimdjson has two values for a member that stands in it twice: `document["a"]` is 1, as a dict 2.
#
# pysimdjson 7.0.2; Python's json, orjson 3.13.0, ujson 6.1.0, msgspec 0.22.0 and pydantic 2.14.4 beside it.
#
# RFC 8259, section 4, leaves open what a name means that an object has twice; nearly all of Python's readers keep
# the last, and so does pysimdjson's own `loads`. Its documents look a member up where it stands, so they find
# the first: by name, by `get` and by a JSON Pointer; `len` counts both, and `as_dict` has the last. So a value
# that was looked up in the document is another one once that has been made into a dict.
#
# Seen of {"a": 1, "b": 0, "a": 2}: the value of a, and the number of members
#   pysimdjson, document:   1, 3
#   pysimdjson, get:        1
#   pysimdjson, at_pointer: 1
#   pysimdjson, as_dict:    2, 2
#   pysimdjson, loads:      2, 2
#   json, loads:            2, 2
#   orjson, loads:          2, 2
#   ujson, loads:           2, 2
#   msgspec, struct:        2
#   pydantic, model:        2
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check pysimdjson==7.0.2 orjson==3.13.0 ujson==6.1.0 \
    msgspec==0.22.0 pydantic==2.14.4
cat >"$folder/seen.py" <<'PYTHON'
import json

import msgspec
import orjson
import pydantic
import simdjson
import ujson

TEXT = b'{"a": 1, "b": 0, "a": 2}'


class Pydantic(pydantic.BaseModel):
    a: int
    b: int


class Msgspec(msgspec.Struct):
    a: int
    b: int


document = simdjson.Parser().parse(TEXT)
print(f"pysimdjson, document: {document['a']}, {len(document)}")
print(f"pysimdjson, get: {document.get('a')}")
print(f"pysimdjson, at_pointer: {document.at_pointer('/a')}")
print(f"pysimdjson, as_dict: {document.as_dict()['a']}, {len(document.as_dict())}")
for library in (simdjson, json, orjson, ujson):
    name = library.__name__.replace("simdjson", "pysimdjson")
    print(f"{name}, loads: {library.loads(TEXT)['a']}, {len(library.loads(TEXT))}")
print(f"msgspec, struct: {msgspec.json.decode(TEXT, type=Msgspec).a}")
print(f"pydantic, model: {Pydantic.model_validate_json(TEXT).a}")
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
pysimdjson, document: 1, 3
pysimdjson, get: 1
pysimdjson, at_pointer: 1
pysimdjson, as_dict: 2, 2
pysimdjson, loads: 2, 2
json, loads: 2, 2
orjson, loads: 2, 2
ujson, loads: 2, 2
msgspec, struct: 2
pydantic, model: 2
EXPECTED
