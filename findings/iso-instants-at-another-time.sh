#!/bin/sh
# Python reads 09:30.5, half a minute, as half a second; to aniso8601 the end of a day, 24:00, is its beginning.
#
# Python 3.11's datetime, iso8601 2.1.0, aniso8601 10.0.1, msgspec 0.22.0, arrow 1.4.0, whenever 0.11.0; isodate 0.7.2,
# python-dateutil 4.0.0, date-fns 4.4.0, luxon 3.7.2 and temporal-polyfill 1.0.8 beside them, Node 20.
#
# ISO 8601 lets the last part of a time have a fraction, whichever that is, and calls midnight 24:00 at the end of a day.
# Who knows no such form rejects it. `datetime.fromisoformat`, which since Python 3.11 takes "most" of the formats,
# has every fraction for one of a second, and iso8601 reads 09:30.5 as 30.5 seconds past nine. aniso8601 takes
# 24:00 and sets the hour to 0, but not the day to the next, so the end of an interval lies before all that is in it.
# What comes after the sixth decimal is cut by most, and rounded by msgspec and arrow, in date-fns what comes after
# the third: there the last instant of a second, as a clock with nanoseconds writes it, is one of the next.
# A leap second is to whenever and to Temporal the second before.
#
# Seen of 2026-03-01T09:30.5Z, T09.5Z, T24:00:00Z, T09:00:00.9999999Z and of 2026-12-31T23:59:60Z
#   datetime:  09:30:00.5, 09:00:00.5, error, 09:00:00.999999, error
#   iso8601:   09:00:30.5, error, error, 09:00:00.999999, error
#   aniso8601: 09:30:30, 09:30:00, 00:00:00, 09:00:00.999999, error
#   msgspec:   error, error, error, 09:00:01, error
#   arrow:     error, error, 00:00:00 the next day, 09:00:01, error
#   whenever:  error, error, error, 09:00:00.9999999, 23:59:59
#   isodate:   09:30:30, 09:30:00, error, 09:00:00.999999, error
#   dateutil:  error, error, 00:00:00 the next day, 09:00:00.999999, error
#   date-fns:  09:30:30, 09:30:00, 00:00:00 the next day, 09:00:01, error
#   luxon:     error, error, 00:00:00 the next day, 09:00:00.999, error
#   Temporal:  error, error, error, 09:00:00.9999999, 23:59:59
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check iso8601==2.1.0 aniso8601==10.0.1 msgspec==0.22.0 \
    arrow==1.4.0 whenever==0.11.0 isodate==0.7.2 python-dateutil==4.0.0
(cd "$folder" && npm install --silent --no-audit --no-fund date-fns@4.4.0 luxon@3.7.2 temporal-polyfill@1.0.8 >/dev/null)
cat >"$folder/seen.py" <<'PYTHON'
from datetime import datetime

import aniso8601
import arrow
import dateutil.parser
import iso8601
import isodate
import msgspec
import whenever

TEXTS = ("2026-03-01T09:30.5Z", "2026-03-01T09.5Z", "2026-03-01T24:00:00Z", "2026-03-01T09:00:00.9999999Z")
LEAP = "2026-12-31T23:59:60Z"


def time(read, text):
    try:
        value = read(text)
    except Exception:
        return "error"
    day, clock = (value if isinstance(value, str) else value.isoformat()).removesuffix("+00:00").rstrip("Z").split("T")
    clock = clock.rstrip("0") if "." in clock else clock
    return clock if day == text[:10] else f"{clock} the next day"


readers = {
    "datetime": datetime.fromisoformat,
    "iso8601": iso8601.parse_date,
    "aniso8601": aniso8601.parse_datetime,
    "msgspec": lambda text: msgspec.convert(text, datetime),
    "arrow": arrow.get,
    "whenever": lambda text: str(whenever.Instant(text)),
    "isodate": isodate.parse_datetime,
    "dateutil": dateutil.parser.isoparse,
}
for name, read in readers.items():
    print(f"{name}: {', '.join(time(read, text) for text in (*TEXTS, LEAP))}")
PYTHON
cat >"$folder/seen.mjs" <<'NODE'
import { parseISO } from "date-fns";
import { DateTime } from "luxon";
import { Temporal } from "temporal-polyfill";

const TEXTS = [
  "2026-03-01T09:30.5Z",
  "2026-03-01T09.5Z",
  "2026-03-01T24:00:00Z",
  "2026-03-01T09:00:00.9999999Z",
  "2026-12-31T23:59:60Z",
];
const readers = {
  "date-fns": (text) => parseISO(text).toISOString(),
  luxon: (text) => DateTime.fromISO(text, { zone: "utc" }).toISO(),
  Temporal: (text) => Temporal.Instant.from(text).toString(),
};

function time(read, text) {
  try {
    const [day, clock] = read(text).replace(/(\.\d*?)0*Z$/, "$1").replace(/[.Z]$/, "").split("T");
    return day === text.slice(0, 10) ? clock : `${clock} the next day`;
  } catch {
    return "error";
  }
}

for (const [name, read] of Object.entries(readers)) {
  console.log(`${name}: ${TEXTS.map((text) => time(read, text)).join(", ")}`);
}
NODE
{
    "$folder/venv/bin/python" "$folder/seen.py"
    (cd "$folder" && node seen.mjs)
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
datetime: 09:30:00.5, 09:00:00.5, error, 09:00:00.999999, error
iso8601: 09:00:30.5, error, error, 09:00:00.999999, error
aniso8601: 09:30:30, 09:30:00, 00:00:00, 09:00:00.999999, error
msgspec: error, error, error, 09:00:01, error
arrow: error, error, 00:00:00 the next day, 09:00:01, error
whenever: error, error, error, 09:00:00.9999999, 23:59:59
isodate: 09:30:30, 09:30:00, error, 09:00:00.999999, error
dateutil: error, error, 00:00:00 the next day, 09:00:00.999999, error
date-fns: 09:30:30, 09:30:00, 00:00:00 the next day, 09:00:01, error
luxon: error, error, 00:00:00 the next day, 09:00:00.999, error
Temporal: error, error, error, 09:00:00.9999999, 23:59:59
EXPECTED
