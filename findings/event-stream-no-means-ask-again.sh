#!/bin/sh
# Two clients of event streams take "there is nothing more" and "you may not" for "ask again", without end.
#
# @microsoft/fetch-event-source 2.0.1, event-source-plus 0.1.15; eventsource 4.1.1, eventsource-client 1.2.0
# and launchdarkly-eventsource 2.2.0 beside them, Node 20.
#
# In the HTML standard a client of an event stream connects again when a connection breaks, and never after
# an answer that is not a stream; 204 is there for a server to say that it is over. The first two, which are
# chosen because they can send headers, know one kind of trouble only: a token that ran out, or a stream
# that the server has ended, becomes request after request for as long as the page is open, and the code
# around them sees nothing that it must handle. eventsource-client heeds 204 alone,
# launchdarkly-eventsource all but a page in HTML.
#
# Seen within three seconds, with the options that each has by default
#   fetch-event-source:       204 asks again, 401 asks again, 404 asks again, 200 text/html asks again
#   event-source-plus:        204 asks again, 401 asks again, 404 asks again, 200 text/html asks again
#   eventsource:              204 stops, 401 stops, 404 stops, 200 text/html stops
#   eventsource-client:       204 stops, 401 asks again, 404 asks again, 200 text/html asks again
#   launchdarkly-eventsource: 204 stops, 401 stops, 404 stops, 200 text/html asks again
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/seen.mjs" <<'NODE'
import http from "node:http";
import { fetchEventSource } from "@microsoft/fetch-event-source";
import { EventSourcePlus } from "event-source-plus";
import { EventSource } from "eventsource";
import { createEventSource } from "eventsource-client";
import { EventSource as LaunchDarkly } from "launchdarkly-eventsource";

// fetch-event-source is made for a page: what it asks of one
globalThis.window = globalThis;
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
console.error = () => {};
process.on("unhandledRejection", () => {});

const clients = {
  "fetch-event-source": (url) => {
    const control = new AbortController();
    fetchEventSource(url, { signal: control.signal, onmessage() {} }).catch(() => {});
    return () => control.abort();
  },
  "event-source-plus": (url) => {
    const control = new EventSourcePlus(url).listen({ onMessage() {} });
    return () => control.abort();
  },
  eventsource: (url) => {
    const source = new EventSource(url);
    source.onmessage = source.onerror = () => {};
    return () => source.close();
  },
  "eventsource-client": (url) => {
    const source = createEventSource({ url, onMessage() {} });
    return () => source.close();
  },
  "launchdarkly-eventsource": (url) => {
    const source = new LaunchDarkly(url);
    source.onmessage = source.onerror = () => {};
    return () => source.close();
  },
};
const answers = {
  204: [204],
  401: [401, { "Content-Type": "application/json" }, "{}"],
  404: [404, { "Content-Type": "application/json" }, "{}"],
  "200 text/html": [200, { "Content-Type": "text/html" }, "<p>Maintenance</p>"],
};

async function outcome(connect, [status, headers, body]) {
  let requests = 0;
  const server = http.createServer((_, response) => {
    requests += 1;
    response.writeHead(status, headers).end(body);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const close = connect(`http://127.0.0.1:${server.address().port}/`);
  await new Promise((waited) => setTimeout(waited, 3000));
  close();
  server.closeAllConnections();
  server.close();
  return { 0: "does not ask", 1: "stops" }[requests] ?? "asks again";
}

for (const [name, connect] of Object.entries(clients)) {
  const seen = Object.entries(answers).map(
    async ([answer, parts]) => `${answer} ${await outcome(connect, parts)}`,
  );
  console.log(`${name}: ${(await Promise.all(seen)).join(", ")}`);
}
process.exit(0);
NODE
(cd "$folder" && npm install --silent --no-audit --no-fund @microsoft/fetch-event-source@2.0.1 \
    event-source-plus@0.1.15 eventsource@4.1.1 eventsource-client@1.2.0 launchdarkly-eventsource@2.2.0 >/dev/null)
(cd "$folder" && node seen.mjs) | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
fetch-event-source: 204 asks again, 401 asks again, 404 asks again, 200 text/html asks again
event-source-plus: 204 asks again, 401 asks again, 404 asks again, 200 text/html asks again
eventsource: 204 stops, 401 stops, 404 stops, 200 text/html stops
eventsource-client: 204 stops, 401 asks again, 404 asks again, 200 text/html asks again
launchdarkly-eventsource: 204 stops, 401 stops, 404 stops, 200 text/html asks again
EXPECTED
