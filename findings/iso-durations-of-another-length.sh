#!/bin/sh
# pandas reads PT1.5H as five hours and a second, and P1M, a month, as a minute; dayjs reads -PT30S as 30 s ahead.
#
# pandas 3.1.1, dayjs 1.11.23, iso8601-duration 2.1.4, parse-duration 2.1.9, timestring 7.0.0, timelength 3.0.4; isodate
# 0.7.2, pydantic 2.14.4, luxon 3.7.2 and moment 2.31.0 beside them, Node 20.
#
# ISO 8601 lets the last part of a duration have a fraction, by a point or a comma, and OpenAPI's format `duration` is
# of that kind. `pandas.Timedelta` takes a fraction as decimals of a second wherever it stands: the 1 of PT1.5H
# is a second, and the 5 are the hours, so that P0.5D is five days. It knows no month, which would be an error
# with good reason, and takes the M of P1M for minutes, with or without the T. dayjs takes no comma for a
# fraction, and the seconds are gone; it and iso8601-duration leave a sign before the P out. The last three read
# what people write, such as "1h 30m", and take this for it: two of them lose the day of P1DT12H, behind which
# the T is no blank, and to timelength PT1M is a month. An error is the exception.
#
# Seen: seconds of PT1.5H, P0.5D, PT1,5S, P1M, PT1M, P1DT12H and -PT30S
#   pandas:           18001, 432000, error, 60, 60, 129600, -30
#   dayjs:            5400, 43200, 0, 2628000, 60, 129600, 30
#   iso8601-duration: 5400, error, 1.5, 2592000, 60, 129600, 30
#   isodate:          5400, 43200, 1.5, 1 month, 60, 129600, -30
#   pydantic:         5400, 43200, 1.5, 2592000, 60, 129600, -30
#   luxon:            5400, 43200, 1.5, 2592000, 60, 129600, -30
#   moment:           5400, 43200, 1.5, 2592000, 60, 129600, -30
#   parse-duration:   5400, 43200, 15, 60, 60, 43200, -30
#   timestring:       5400, 43200, 15, 60, 60, error, 30
#   timelength:       5400, 157680000, 0, 2635200, 2635200, 43200, 30
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check pandas==3.1.1 timelength==3.0.4 isodate==0.7.2 \
    pydantic==2.14.4
(cd "$folder" && npm install --silent --no-audit --no-fund dayjs@1.11.23 iso8601-duration@2.1.4 parse-duration@2.1.9 \
    timestring@7.0.0 luxon@3.7.2 moment@2.31.0 >/dev/null)
cat >"$folder/seen.py" <<'PYTHON'
import datetime

import isodate
import pandas
import pydantic
import timelength

TEXTS = ("PT1.5H", "P0.5D", "PT1,5S", "P1M", "PT1M", "P1DT12H", "-PT30S")


def seconds(read, text):
    try:
        value = read(text)
    except Exception:
        return "error"
    if isinstance(value, isodate.Duration):
        return f"{value.months} month"
    if isinstance(value, datetime.timedelta):
        value = value.total_seconds()
    return f"{value:.10g}"


readers = {
    "pandas": pandas.Timedelta,
    "isodate": isodate.parse_duration,
    "pydantic": pydantic.TypeAdapter(datetime.timedelta).validate_python,
    "timelength": lambda text: timelength.TimeLength(text).result.seconds,
}
for name, read in readers.items():
    print(f"{name}: {', '.join(seconds(read, text) for text in TEXTS)}")
PYTHON
cat >"$folder/seen.mjs" <<'NODE'
import dayjs from "dayjs";
import duration from "dayjs/plugin/duration.js";
import { parse, toSeconds } from "iso8601-duration";
import { Duration } from "luxon";
import moment from "moment";
import parseDuration from "parse-duration";
import timestring from "timestring";

dayjs.extend(duration);
const TEXTS = ["PT1.5H", "P0.5D", "PT1,5S", "P1M", "PT1M", "P1DT12H", "-PT30S"];
const readers = {
  dayjs: (text) => dayjs.duration(text).asSeconds(),
  "iso8601-duration": (text) => toSeconds(parse(text)),
  luxon: (text) => Duration.fromISO(text).as("seconds"),
  moment: (text) => moment.duration(text).asSeconds(),
  "parse-duration": (text) => parseDuration(text, "s"),
  timestring: (text) => timestring(text),
};

function seconds(read, text) {
  try {
    return read(text);
  } catch {
    return "error";
  }
}

for (const [name, read] of Object.entries(readers)) {
  console.log(`${name}: ${TEXTS.map((text) => seconds(read, text)).join(", ")}`);
}
NODE
{
    "$folder/venv/bin/python" "$folder/seen.py"
    (cd "$folder" && node seen.mjs)
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
pandas: 18001, 432000, error, 60, 60, 129600, -30
isodate: 5400, 43200, 1.5, 1 month, 60, 129600, -30
pydantic: 5400, 43200, 1.5, 2592000, 60, 129600, -30
timelength: 5400, 157680000, 0, 2635200, 2635200, 43200, 30
dayjs: 5400, 43200, 0, 2628000, 60, 129600, 30
iso8601-duration: 5400, error, 1.5, 2592000, 60, 129600, 30
luxon: 5400, 43200, 1.5, 2592000, 60, 129600, -30
moment: 5400, 43200, 1.5, 2592000, 60, 129600, -30
parse-duration: 5400, 43200, 15, 60, 60, 43200, -30
timestring: 5400, 43200, 15, 60, 60, error, 30
EXPECTED
