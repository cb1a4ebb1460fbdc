#!/bin/sh
# Under fake timers six HTTP clients have no timeout but a faked one; Node's own and AbortSignal have the real one.
#
# @sinonjs/fake-timers 15.5.0, as sinon, Jest and Vitest use it; axios 1.21.1, got 14.6.6, ky 1.14.3, superagent
# 10.4.2, ofetch 1.5.1, undici 7.30.2, needle 3.5.0 and Node 20's own.
#
# A test takes over the timers to move two minutes on at once, and talks to a real server. Clients that set their
# timeouts with `setTimeout` run out of time then; and while the clock stands still they have no timeout at all,
# however long the server takes. Node's http leaves it to the socket, and `AbortSignal.timeout`, which is what
# one writes for fetch, to timers that nobody can take over: these run out by the time on the wall, and by no
# clock that is moved. axios does both. So a test of "what if the server hangs" that moves the clock is right for
# got, and waits the whole minute with fetch; one that does not move it is right for fetch, and never ends with got.
#
# Seen: without fake timers, a timeout of 0.3 seconds and an answer after 1.5; the same with fake timers that stand
# still; a timeout of a minute and an answer after 1.5 seconds, while the fake clock is moved on by two minutes
#   got:                 timeout, answer, timeout
#   ky:                  timeout, answer, timeout
#   superagent:          timeout, answer, timeout
#   ofetch:              timeout, answer, timeout
#   undici:              timeout, answer, timeout
#   axios:               timeout, timeout, timeout
#   axios with a signal: timeout, timeout, answer
#   fetch with a signal: timeout, timeout, answer
#   needle:              timeout, answer, timeout
#   http.get:            timeout, timeout, answer
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && npm install --silent --no-audit --no-fund @sinonjs/fake-timers@15.5.0 axios@1.21.1 got@14.6.6 \
    ky@1.14.3 superagent@10.4.2 ofetch@1.5.1 undici@7.30.2 needle@3.5.0 >/dev/null)
cat >"$folder/seen.mjs" <<'NODE'
import http from "node:http";
import FakeTimers from "@sinonjs/fake-timers";
import axios from "axios";
import got from "got";
import ky from "ky";
import needle from "needle";
import { ofetch } from "ofetch";
import superagent from "superagent";
import { request } from "undici";

const wait = setTimeout;
const passed = (milliseconds) => new Promise((pass) => wait(pass, milliseconds));
const server = http.createServer(async (_, response) => {
  await passed(1500);
  response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const url = `http://127.0.0.1:${server.address().port}/`;
const clients = {
  got: (limit) => got(url, { timeout: { request: limit }, retry: { limit: 0 } }),
  ky: (timeout) => ky(url, { timeout, retry: 0 }),
  superagent: (limit) => superagent.get(url).timeout(limit),
  ofetch: (timeout) => ofetch(url, { timeout, retry: 0 }),
  undici: (limit) => request(url, { headersTimeout: limit }),
  axios: (timeout) => axios.get(url, { timeout }),
  "axios with a signal": (limit) => axios.get(url, { signal: AbortSignal.timeout(limit) }),
  "fetch with a signal": (limit) => fetch(url, { signal: AbortSignal.timeout(limit) }),
  needle: (limit) => needle("get", url, null, { response_timeout: limit }),
  "http.get": (timeout) =>
    new Promise((answered, failed) => {
      http.get(url, { timeout }, answered).on("timeout", () => failed(new Error("timeout")));
    }),
};
const toFake = ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "setImmediate", "clearImmediate", "Date"];

async function outcome(client, limit, faked, moved) {
  const clock = faked && FakeTimers.install({ toFake, now: 1e12 });
  const called = client(limit).then(
    () => "answer",
    () => "timeout",
  );
  await passed(200);
  for (let seconds = 0; seconds < moved; seconds += 10) await clock.tickAsync(10000);
  return Promise.race([called, passed(5000).then(() => "nothing")]);
}

// one outcome in each process, since a clock that was taken over leaves timers behind
const cases = { plain: [300, false, 0], still: [300, true, 0], moved: [60000, true, 120] };
console.log(await outcome(clients[process.argv[2]], ...cases[process.argv[3]]));
process.exit(0);
NODE
cd "$folder"
for client in got ky superagent ofetch undici axios "axios with a signal" "fetch with a signal" needle http.get; do
    printf '%s: %s, %s, %s\n' "$client" "$(node seen.mjs "$client" plain)" "$(node seen.mjs "$client" still)" \
        "$(node seen.mjs "$client" moved)"
done | tee seen
diff - seen <<'EXPECTED'
got: timeout, answer, timeout
ky: timeout, answer, timeout
superagent: timeout, answer, timeout
ofetch: timeout, answer, timeout
undici: timeout, answer, timeout
axios: timeout, timeout, timeout
axios with a signal: timeout, timeout, answer
fetch with a signal: timeout, timeout, answer
needle: timeout, answer, timeout
http.get: timeout, timeout, answer
EXPECTED
