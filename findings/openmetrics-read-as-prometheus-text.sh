#!/bin/sh
# prometheus_client's parser reads OpenMetrics without an error: a counter has no value, an exemplar's is a time.
#
# prometheus-client 0.26.0 (`parser`; `openmetrics.parser` beside it), parse-prometheus-text-format 1.1.1, Node 20.
#
# A server may answer in OpenMetrics, and does so where Prometheus asks for it. `prometheus_client.parser`, which is
# what one finds first for a test, is for the older text of Prometheus; it reads this one to its end, as `# EOF`
# is a remark to it. But OpenMetrics names a counter without `_total`, and an info without `_info`: there is a
# family with the type and the help of the counter, and no sample; the value is in another one, of unknown type.
# A test that looks into the counter finds nothing, or 0 where it adds up. And what an exemplar has behind its `#` is
# read as well, so that the bucket was counted half a millisecond into 1970. The parser for OpenMetrics
# reads all of it. Of a series that is there twice one keeps both, one the first, and one the last.
#
# Seen: samples of the family named as the counter, as the info; time of a bucket whose exemplar is 0.5; values of a
# gauge that is there twice
#   parser:                        none; none; 0.0005; 1, 2
#   openmetrics.parser:            3; 1; none; 1
#   parse-prometheus-text-format:  none; none; none; 2
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check prometheus-client==0.26.0
(cd "$folder" && npm install --silent --no-audit --no-fund parse-prometheus-text-format@1.1.1 >/dev/null)
cd "$folder"
cat >metrics <<'METRICS'
# TYPE requests counter
# HELP requests Requests that were answered.
requests_total 3
# TYPE server info
server_info{version="1"} 1
# TYPE seconds histogram
seconds_bucket{le="1.0"} 1 # {trace="a"} 0.5
seconds_bucket{le="+Inf"} 1
seconds_count 1
seconds_sum 0.5
# TYPE twice gauge
twice 1
twice 2
# EOF
METRICS
cat >seen.py <<'PYTHON'
from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics_parser

with open("metrics") as file:
    text = file.read()
for name, module in (("parser", parser), ("openmetrics.parser", openmetrics_parser)):
    families = {family.name: family.samples for family in module.text_string_to_metric_families(text)}

    def values(family):
        return ", ".join(f"{sample.value:g}" for sample in families[family]) or "none"

    time = families["seconds"][0].timestamp or "none"
    print(f"{name}: {values('requests')}; {values('server')}; {time}; {values('twice')}")
PYTHON
cat >seen.mjs <<'NODE'
import fs from "node:fs";
import parse from "parse-prometheus-text-format";

const families = Object.fromEntries(parse(fs.readFileSync("metrics", "utf8")).map((family) => [family.name, family]));
const values = (name) => families[name].metrics.map((metric) => metric.value).join(", ") || "none";
const time = families.seconds.metrics[0].timestamp_ms ?? "none";
console.log(`parse-prometheus-text-format: ${values("requests")}; ${values("server")}; ${time}; ${values("twice")}`);
NODE
{
    venv/bin/python seen.py
    node seen.mjs
} | tee seen
diff - seen <<'EXPECTED'
parser: none; none; 0.0005; 1, 2
openmetrics.parser: 3; 1; none; 1
parse-prometheus-text-format: none; none; none; 2
EXPECTED
