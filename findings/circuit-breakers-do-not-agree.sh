#!/bin/sh
# pybreaker lets one call through at a time, and round a coroutine it never opens; opossum opens at the first failure.
#
# pybreaker 1.4.1, circuitbreaker 2.1.3, opossum 9.0.0; cockatiel 3.2.1 beside them, Node 20.
#
# A breaker opens after some failures, lets a call through after a while to see, and has no part in the rest.
# pybreaker holds a lock while the call that it guards is carried out, so that of ten threads one waits for the
# server, and nine for that one: a slow server is slow for all in turn, before anything fails. Its decorator
# takes a coroutine function as well, and counts the making of the coroutine as a success. circuitbreaker does
# right by both, and lets all that come through at once when it tries a server again that is still down.
# opossum counts in percent, and one failure of one call is a hundred, unless `volumeThreshold` is set.
#
# Seen, with the defaults and 2 seconds until the next try: calls of 20 that reach a service that always fails; of
# ten at once when it is tried again; how many of ten run together; calls of 20 that reach a coroutine
#   pybreaker:      5, 1, 1, 20
#   circuitbreaker: 5, 10, 10, 5
#   opossum:        1, 1, 10, 1
#   cockatiel:      5, 1, 10, 5
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check pybreaker==1.4.1 circuitbreaker==2.1.3
(cd "$folder" && npm install --silent --no-audit --no-fund opossum@9.0.0 cockatiel@3.2.1 >/dev/null)
cat >"$folder/seen.py" <<'PYTHON'
import asyncio
import concurrent.futures
import contextlib
import itertools
import time

import circuitbreaker
import pybreaker

names = map(str, itertools.count())


class Service:
    """What a breaker stands before: it fails, and counts its calls and how many of them run at once."""

    def __init__(self):
        self.calls = self.running = self.most = 0

    def call(self):
        self.calls += 1
        self.running += 1
        self.most = max(self.most, self.running)
        time.sleep(0.2)
        self.running -= 1
        raise OSError

    async def acall(self):
        self.calls += 1
        raise OSError


def with_pybreaker(function):
    return pybreaker.CircuitBreaker(reset_timeout=2)(function)


def with_circuitbreaker(function):
    return circuitbreaker.circuit(recovery_timeout=2, name=next(names))(function)


def call(guarded):
    with contextlib.suppress(OSError, pybreaker.CircuitBreakerError, circuitbreaker.CircuitBreakerError):
        guarded()


def ten_at_once(guarded):
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        list(pool.map(call, [guarded] * 10))


async def twenty(guarded):
    for _ in range(20):
        with contextlib.suppress(OSError, pybreaker.CircuitBreakerError, circuitbreaker.CircuitBreakerError):
            await guarded()


for breaker in (with_pybreaker, with_circuitbreaker):
    service = Service()
    guarded = breaker(service.call)
    for _ in range(20):
        call(guarded)
    opened = service.calls
    time.sleep(2.5)
    service.calls = 0
    ten_at_once(guarded)
    tried = service.calls
    together = Service()
    ten_at_once(breaker(together.call))
    coroutine = Service()
    asyncio.run(twenty(breaker(coroutine.acall)))
    name = breaker.__name__.removeprefix("with_")
    print(f"{name}: {opened}, {tried}, {together.most}, {coroutine.calls}")
PYTHON
cat >"$folder/seen.mjs" <<'NODE'
import { circuitBreaker, ConsecutiveBreaker, handleAll } from "cockatiel";
import CircuitBreaker from "opossum";

const wait = (milliseconds) => new Promise((pass) => setTimeout(pass, milliseconds));

/** What a breaker stands before: it fails, and counts its calls and how many of them run at once. */
function makeService() {
  const service = { calls: 0, running: 0, most: 0 };
  service.call = async () => {
    service.calls++;
    service.most = Math.max(service.most, ++service.running);
    await wait(200);
    service.running--;
    throw new Error("down");
  };
  return service;
}

const breakers = {
  opossum(call) {
    const breaker = new CircuitBreaker(call, { resetTimeout: 2000 });
    return () => breaker.fire();
  },
  cockatiel(call) {
    const breaker = circuitBreaker(handleAll, { halfOpenAfter: 2000, breaker: new ConsecutiveBreaker(5) });
    return () => breaker.execute(call);
  },
};
const tenAtOnce = (guarded) => Promise.allSettled(Array.from({ length: 10 }, guarded));
for (const [name, breaker] of Object.entries(breakers)) {
  const service = makeService();
  const guarded = breaker(service.call);
  for (let made = 0; made < 20; made++) await guarded().catch(() => {});
  const opened = service.calls;
  await wait(2500);
  service.calls = 0;
  await tenAtOnce(guarded);
  const together = makeService();
  await tenAtOnce(breaker(together.call));
  console.log(`${name}: ${opened}, ${service.calls}, ${together.most}, ${opened}`);
}
process.exit(0);
NODE
{
    "$folder/venv/bin/python" "$folder/seen.py"
    (cd "$folder" && node seen.mjs)
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
pybreaker: 5, 1, 1, 20
circuitbreaker: 5, 10, 10, 5
opossum: 1, 1, 10, 1
cockatiel: 5, 1, 10, 5
EXPECTED
