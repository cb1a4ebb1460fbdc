#!/bin/sh
# rrule.js opens a line in Berlin at 09:30 UTC if it runs in Berlin, at 04:30 if in New York, and never on the last day.
#
# rrule 2.8.1, rrule-temporal 2.2.8, Node 20; python-dateutil 2.9.0.post0 and recurring-ical-events 3.8.2 with icalendar
# 7.3.2 beside them.
#
# Opening hours and times to call back are sent as a rule of iCalendar, with the zone beside its start, so that all
# should make the same instants of it. rrule.js gives JavaScript's dates, which are instants, and puts the digits of
# the process's own zone in them under the name of UTC: right where the process runs by UTC, as in CI, and nowhere
# else. `UNTIL`, which must be in UTC there and counts itself, it compares with the digits of Berlin, so that the last
# day is gone. And where the clocks go forward and 02:30 is not there, RFC 5545 makes 03:30 of it, which is 01:30 UTC:
# dateutil and rrule.js take the hour before instead, and rrule-temporal leaves out that day for one at the end.
#
# Seen of a start at 09:30 in Berlin, with the clocks going forward on 29 March, daily and twice; daily until 28 March,
# 08:30 UTC; of a start at 02:30, daily, three times: the days and hours in UTC
#   dateutil:                            28T08:30 29T07:30, 26T08:30 27T08:30 28T08:30, 28T01:30 29T00:30 30T00:30
#   recurring-ical-events:               28T08:30 29T07:30, 26T08:30 27T08:30 28T08:30, 28T01:30 29T01:30 30T00:30
#   rrule-temporal, TZ=UTC:              28T08:30 29T07:30, 26T08:30 27T08:30 28T08:30, 28T01:30 30T00:30 31T00:30
#   rrule-temporal, TZ=Europe/Berlin:    28T08:30 29T07:30, 26T08:30 27T08:30 28T08:30, 28T01:30 30T00:30 31T00:30
#   rrule-temporal, TZ=America/New_York: 28T08:30 29T07:30, 26T08:30 27T08:30 28T08:30, 28T01:30 30T00:30 31T00:30
#   rrule.js, TZ=UTC:                    28T08:30 29T07:30, 26T08:30 27T08:30, 28T01:30 29T00:30 30T00:30
#   rrule.js, TZ=Europe/Berlin:          28T09:30 29T09:30, 26T09:30 27T09:30, 28T02:30 29T02:30 30T02:30
#   rrule.js, TZ=America/New_York:       28T04:30 29T03:30, 26T04:30 27T04:30, 27T21:30 28T20:30 29T20:30
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check python-dateutil==2.9.0.post0 \
    recurring-ical-events==3.8.2 icalendar==7.3.2 tzdata==2026.6
(cd "$folder" && npm install --silent --no-audit --no-fund rrule@2.8.1 rrule-temporal@2.2.8 >/dev/null)
cat >"$folder/cases.json" <<'JSON'
[
    ["20260328T093000", "FREQ=DAILY;COUNT=2"],
    ["20260326T093000", "FREQ=DAILY;UNTIL=20260328T083000Z"],
    ["20260328T023000", "FREQ=DAILY;COUNT=3"]
]
JSON
cat >"$folder/seen.py" <<'PYTHON'
import json
from datetime import datetime, timezone

import icalendar
import recurring_ical_events
from dateutil.rrule import rrulestr


def with_dateutil(start, rule):
    return list(rrulestr(f"DTSTART;TZID=Europe/Berlin:{start}\nRRULE:{rule}"))


def with_recurring_ical_events(start, rule):
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:hours", "BEGIN:VEVENT", "UID:1", "DTSTAMP:20260101T000000Z"]
    times = [f"DTSTART;TZID=Europe/Berlin:{start}", "DURATION:PT1H", f"RRULE:{rule}"]
    calendar = icalendar.Calendar.from_ical("\r\n".join([*head, *times, "END:VEVENT", "END:VCALENDAR", ""]))
    found = recurring_ical_events.of(calendar).between(datetime(2026, 3, 1), datetime(2026, 5, 1))
    return sorted(event["DTSTART"].dt for event in found)


for name, find in (("dateutil", with_dateutil), ("recurring-ical-events", with_recurring_ical_events)):
    seen = []
    for case in json.load(open("cases.json")):
        seen.append(" ".join(f"{at.astimezone(timezone.utc):%dT%H:%M}" for at in find(*case)))
    print(f"{name}: {', '.join(seen)}")
PYTHON
cat >"$folder/seen.mjs" <<'NODE'
import { readFileSync } from "node:fs";
import rrule from "rrule";
import { RRuleTemporal } from "rrule-temporal";

const libraries = {
  "rrule.js": (text) => rrule.rrulestr(text).all().map((at) => at.toISOString()),
  "rrule-temporal": (text) => new RRuleTemporal({ rruleString: text }).all().map((at) => at.toInstant().toString()),
};
const seen = JSON.parse(readFileSync("cases.json")).map(([start, rule]) => {
  const instants = libraries[process.argv[2]](`DTSTART;TZID=Europe/Berlin:${start}\nRRULE:${rule}`);
  return instants.map((at) => at.slice(8, 16)).join(" ");
});
console.log(`${process.argv[2]}, TZ=${process.env.TZ}: ${seen.join(", ")}`);
NODE
cd "$folder"
{
    "$folder/venv/bin/python" seen.py
    for library in rrule-temporal rrule.js; do
        for zone in UTC Europe/Berlin America/New_York; do
            TZ=$zone node seen.mjs "$library"
        done
    done
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
dateutil: 28T08:30 29T07:30, 26T08:30 27T08:30 28T08:30, 28T01:30 29T00:30 30T00:30
recurring-ical-events: 28T08:30 29T07:30, 26T08:30 27T08:30 28T08:30, 28T01:30 29T01:30 30T00:30
rrule-temporal, TZ=UTC: 28T08:30 29T07:30, 26T08:30 27T08:30 28T08:30, 28T01:30 30T00:30 31T00:30
rrule-temporal, TZ=Europe/Berlin: 28T08:30 29T07:30, 26T08:30 27T08:30 28T08:30, 28T01:30 30T00:30 31T00:30
rrule-temporal, TZ=America/New_York: 28T08:30 29T07:30, 26T08:30 27T08:30 28T08:30, 28T01:30 30T00:30 31T00:30
rrule.js, TZ=UTC: 28T08:30 29T07:30, 26T08:30 27T08:30, 28T01:30 29T00:30 30T00:30
rrule.js, TZ=Europe/Berlin: 28T09:30 29T09:30, 26T09:30 27T09:30, 28T02:30 29T02:30 30T02:30
rrule.js, TZ=America/New_York: 28T04:30 29T03:30, 26T04:30 27T04:30, 27T21:30 28T20:30 29T20:30
EXPECTED
