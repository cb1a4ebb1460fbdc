#!/bin/sh
# A document that apispec makes of marshmallow schemas waits for the garbage collector, a plain one is freed at once.
#
# apispec 6.10.1, marshmallow 4.4.0, Python 3.11.
#
# A service that makes its OpenAPI document when it is asked for it drops it after the answer, and Python frees what
# nobody refers to. With `MarshmallowPlugin` the specification refers to itself: it has the plugin, the plugin
# a converter, and that keeps a list of functions which are methods bound to it, and the specification as well. So
# each document stays, with all its paths and schemas, until the collector has its turn: with a small document
# several are there at once. Where the collector is switched off, or is kept from what is old, as servers do to
# spare themselves the pauses, none is ever given back. Nothing of it is wrong, and nothing tells of it.
#
# Seen of documents with 50 paths: how many of ten are there with the collector off, and how many objects each
# leaves; whether several of 60 are there at once with the collector on; how many of ten after a full collection
#   without a plugin:  0, none; no; 0
#   MarshmallowPlugin: 10, more than 1000; yes; 0
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check apispec==6.10.1 marshmallow==4.4.0
cat >"$folder/seen.py" <<'PYTHON'
import gc
import weakref

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields


class Contact(Schema):
    id = fields.Integer()
    name = fields.String()


def document(plugins, schema):
    spec = APISpec("Contacts", "1", "3.1.0", plugins=plugins)
    content = {"application/json": {"schema": schema}}
    for number in range(50):
        responses = {"200": {"description": "OK", "content": content}}
        spec.path(f"/contacts/{number}", operations={"get": {"responses": responses}})
    spec.to_dict()
    return weakref.ref(spec)


def alive(made):
    return sum(spec() is not None for spec in made)


for name, plugins, schema in (
    ("without a plugin", list, {"type": "object"}),
    ("MarshmallowPlugin", lambda: [MarshmallowPlugin()], Contact),
):
    document(plugins(), schema)
    gc.collect()
    gc.disable()
    before = len(gc.get_objects())
    made = [document(plugins(), schema) for _ in range(10)]
    off, left = alive(made), (len(gc.get_objects()) - before) // 10
    gc.collect()
    collected = alive(made)

    gc.enable()
    made, most = [], 0
    for _ in range(60):
        made.append(document(plugins(), schema))
        most = max(most, alive(made))
    objects = "more than 1000" if left > 1000 else left if left > 9 else "none"
    print(f"{name}: {off}, {objects}; {'yes' if most > 2 else 'no'}; {collected}")
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
without a plugin: 0, none; no; 0
MarshmallowPlugin: 10, more than 1000; yes; 0
EXPECTED
