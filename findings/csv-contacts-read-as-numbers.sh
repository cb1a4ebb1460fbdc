#!/bin/sh
# csv-parse reads the id 0x1F as 0, agate the ids 1 and 0 as true and false, and five of eight lose a phone's plus.
#
# csv-parse 7.0.3, csvtojson 2.0.14, Node 20, agate 1.14.2, pandas 3.1.1, pyarrow 26.0.1, DuckDB 2.0.1; Polars 2.1.0 and
# Papa Parse 5.7.1 beside them.
#
# A list of contacts is read with the types that the reader finds by itself, and is sent on as JSON. That a postal
# code loses its zero is known. Five take a phone number with a plus for a number, too; pyarrow makes a float of
# it. csv-parse asks whether JavaScript would take a text for a number, and reads it with another function, which
# knows no hexadecimal: each id such as 0x1F is 0. To agate a column of 1 and 0 is true and false, also where
# it is named id, and 12:30 is a duration of minutes; DuckDB has booleans for t and f. Of 01/02/2026 the one
# makes January, and the other February, neither having been told.
#
# Seen: what is read of the first of two like +4930123456, 0x1F, 1E5, 1 (and 0), 12:30, t (and f), 01/02/2026,
# 9007199254740993
#   csv-parse:  4930123456, 0, 100000, 1, "12:30", "t", "01/02/2026", 9007199254740992
#   csvtojson:  4930123456, "0x1F", 100000, 1, "12:30", "t", "01/02/2026", 9007199254740992
#   Papa Parse: "+4930123456", "0x1F", 100000, 1, "12:30", "t", "01/02/2026", "9007199254740993"
#   agate:      4930123456, "0x1F", 100000, true, 750 s, true, 2026-01-02, 9007199254740993
#   pandas:     4930123456, "0x1F", 100000.0, 1, "12:30", "t", "01/02/2026", 9007199254740993
#   pyarrow:    4930123456.0, 31, 100000.0, 1, 12:30:00, "t", "01/02/2026", 9007199254740993
#   DuckDB:     "+4930123456", 31, 100000.0, 1, 12:30:00, true, 2026-02-01, 9007199254740993
#   Polars:     "+4930123456", "0x1F", 100000.0, 1, "12:30", "t", "01/02/2026", 9007199254740993
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check agate==1.14.2 pandas==3.1.1 pyarrow==26.0.1 \
    duckdb==2.0.1 polars==2.1.0
(cd "$folder" && npm install --silent --no-audit --no-fund csv-parse@7.0.3 csvtojson@2.0.14 papaparse@5.7.1 >/dev/null)
cat >"$folder/contacts.csv" <<'CSV'
phone,code,contract,id,opens,active,since,key
+4930123456,0x1F,1E5,1,12:30,t,01/02/2026,9007199254740993
+4930654321,0x2A,2E3,0,08:15,f,03/04/2026,9007199254740995
CSV
cat >"$folder/seen.mjs" <<'NODE'
import fs from "node:fs";
import { parse } from "csv-parse/sync";
import csvtojson from "csvtojson";
import Papa from "papaparse";

const text = fs.readFileSync("contacts.csv", "utf8");
const readers = {
  "csv-parse": () => parse(text, { columns: true, cast: true }),
  csvtojson: () => csvtojson({ checkType: true }).fromString(text),
  "Papa Parse": () => Papa.parse(text, { header: true, dynamicTyping: true }).data,
};
for (const [name, read] of Object.entries(readers)) {
  const [first] = await read();
  console.log(`${name}: ${Object.values(first).map((value) => JSON.stringify(value)).join(", ")}`);
}
NODE
cat >"$folder/seen.py" <<'PYTHON'
import datetime
import json
from decimal import Decimal

import agate
import duckdb
import pandas
import polars
import pyarrow.csv


def shown(value):
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime.timedelta):
        return f"{value.seconds} s"
    return str(value) if isinstance(value, (datetime.date, datetime.time)) else json.dumps(value)


readers = {
    "agate": lambda name: agate.Table.from_csv(name).rows[0].values(),
    "pandas": lambda name: [column[0] for column in pandas.read_csv(name).to_dict("list").values()],
    "pyarrow": lambda name: pyarrow.csv.read_csv(name).to_pylist()[0].values(),
    "DuckDB": lambda name: duckdb.read_csv(name).fetchall()[0],
    "Polars": lambda name: polars.read_csv(name).row(0),
}
for name, read in readers.items():
    print(f"{name}:", ", ".join(map(shown, read("contacts.csv"))))
PYTHON
cd "$folder"
{
    node seen.mjs
    venv/bin/python seen.py
} | tee seen
diff - seen <<'EXPECTED'
csv-parse: 4930123456, 0, 100000, 1, "12:30", "t", "01/02/2026", 9007199254740992
csvtojson: 4930123456, "0x1F", 100000, 1, "12:30", "t", "01/02/2026", 9007199254740992
Papa Parse: "+4930123456", "0x1F", 100000, 1, "12:30", "t", "01/02/2026", "9007199254740993"
agate: 4930123456, "0x1F", 100000, true, 750 s, true, 2026-01-02, 9007199254740993
pandas: 4930123456, "0x1F", 100000.0, 1, "12:30", "t", "01/02/2026", 9007199254740993
pyarrow: 4930123456.0, 31, 100000.0, 1, 12:30:00, "t", "01/02/2026", 9007199254740993
DuckDB: "+4930123456", 31, 100000.0, 1, 12:30:00, true, 2026-02-01, 9007199254740993
Polars: "+4930123456", "0x1F", 100000.0, 1, "12:30", "t", "01/02/2026", 9007199254740993
EXPECTED
