#!/bin/sh
# marshmallow's Integer takes 1.5 for 1, pydantic takes true for 1, and both take "1_000" for 1000.
#
# marshmallow 4.4.0, pydantic 2.14.4; msgspec 0.22.0 and jsonschema 4.26.0 beside them.
#
# Both validate, so one expects a fraction to be an error where an integer is due. `fields.Integer` hands the value
# to Python's `int`, which cuts what is behind the point, and reads a text as a program's source is read, with
# blanks round it, with underscores, with digits of any script; yet "1.0", as a text, is too much for it. pydantic
# rejects fractions, but not underscores, and a boolean is a number to it, which marshmallow rejects. `strict`
# ends all that, and goes further than JSON Schema, to which 1.0 is an integer, since it is the same number
# as 1 and JavaScript cannot tell them apart: the strict ones, and msgspec, reject it.
#
# Seen: what is read where an integer is due, of 1.0, 1.5, -1.5, true, "1", " 1 ", "1_000", "1.0" and an Arabic 1 in
# quotes; - is an error
#   marshmallow:         1 1 -1 - 1 1 1000 - 1
#   marshmallow, strict: - - - - - - - - -
#   pydantic:            1 - - 1 1 1 1000 1 -
#   pydantic, strict:    - - - - - - - - -
#   msgspec:             - - - - - - - - -
#   jsonschema:          1.0 - - - - - - - -
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check marshmallow==4.4.0 pydantic==2.14.4 msgspec==0.22.0 \
    jsonschema==4.26.0
cat >"$folder/seen.py" <<'PYTHON'
import json

import jsonschema
import marshmallow
import msgspec
import pydantic

TEXTS = ("1.0", "1.5", "-1.5", "true", '"1"', '" 1 "', '"1_000"', '"1.0"', '"\u0661"')


def by_schema(text):
    value = json.loads(text)
    jsonschema.validate(value, {"type": "integer"})
    return value


readers = {
    "marshmallow": lambda text: marshmallow.fields.Integer().deserialize(json.loads(text)),
    "marshmallow, strict": lambda text: marshmallow.fields.Integer(strict=True).deserialize(json.loads(text)),
    "pydantic": pydantic.TypeAdapter(int).validate_json,
    "pydantic, strict": pydantic.TypeAdapter(int, config={"strict": True}).validate_json,
    "msgspec": lambda text: msgspec.json.decode(text, type=int),
    "jsonschema": by_schema,
}
for name, read in readers.items():
    seen = []
    for text in TEXTS:
        try:
            seen.append(str(read(text)))
        except (ValueError, marshmallow.ValidationError, jsonschema.ValidationError):
            seen.append("-")
    print(f"{name}: {' '.join(seen)}")
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
marshmallow: 1 1 -1 - 1 1 1000 - 1
marshmallow, strict: - - - - - - - - -
pydantic: 1 - - 1 1 1 1000 1 -
pydantic, strict: - - - - - - - - -
msgspec: - - - - - - - - -
jsonschema: 1.0 - - - - - - - -
EXPECTED
