#!/bin/sh
# Two retry plugins of axios take the ends of Retry-After the other way round.
#
# retry-axios 4.0.3, axios-retry 4.5.0, axios 1.21.1, Node 20.
#
# A server answers 503 always; both are told to try three times more. `Retry-After: 0`, or a date that
# has just passed, means "try again now": retry-axios does not try again at all, and its caller cannot
# see why. A date a year ahead, as a server whose clock is wrong sends it, means "not today":
# axios-retry sends all its tries at once, since the wait is longer than a timer of Node can be, which
# then fires after 1 ms. So each does, on one end, what the other end asks for.
#
# Seen: requests that arrived within a second
#   no header: retry-axios 4, axios-retry 4
#   0:         retry-axios 1, axios-retry 4
#   past date: retry-axios 1, axios-retry 4
#   in a year: retry-axios 1, axios-retry 4
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/seen.mjs" <<'NODE'
import http from "node:http";
import axios from "axios";
import axiosRetry from "axios-retry";
import * as rax from "retry-axios";

const makers = {
  "retry-axios": () => {
    const client = axios.create();
    rax.attach(client);
    client.defaults.raxConfig = { retry: 3, retryDelay: 10, backoffType: "static" };
    return client;
  },
  "axios-retry": () => {
    const client = axios.create();
    axiosRetry(client, { retries: 3 });
    return client;
  },
};
const date = (seconds) => new Date(Date.now() + seconds * 1000).toUTCString();
const headers = {
  "no header": {},
  0: { "Retry-After": "0" },
  "past date": { "Retry-After": date(-3600) },
  "in a year": { "Retry-After": date(366 * 24 * 3600) },
};

async function arrived(make, header) {
  let requests = 0;
  const server = http.createServer((_, response) => {
    requests += 1;
    response.writeHead(503, header).end();
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  make()
    .get(`http://127.0.0.1:${server.address().port}/`)
    .catch(() => {});
  await new Promise((done) => setTimeout(done, 1000));
  server.closeAllConnections();
  server.close();
  return requests;
}

for (const [name, header] of Object.entries(headers)) {
  const counts = [];
  for (const [library, make] of Object.entries(makers)) {
    counts.push(`${library} ${await arrived(make, header)}`);
  }
  console.log(`${name}: ${counts.join(", ")}`);
}
process.exit(0);
NODE
(cd "$folder" && npm install --silent --no-audit --no-fund axios@1.21.1 retry-axios@4.0.3 axios-retry@4.5.0 >/dev/null)
(cd "$folder" && node seen.mjs 2>/dev/null) | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
0: retry-axios 1, axios-retry 4
no header: retry-axios 4, axios-retry 4
past date: retry-axios 1, axios-retry 4
in a year: retry-axios 1, axios-retry 4
EXPECTED
