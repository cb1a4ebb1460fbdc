// Clients as people write them with Node's fetch: node node_clients.mjs NAME runs one.
const url = `${process.env.CONTEXT_SERVICES_URL}/services/start`;
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

function post(key) {
  return fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ contact_key: key }),
    signal: AbortSignal.timeout(15000),
  });
}

async function start(key, wait, again = [429, 503]) {
  for (let number = 0; number < 8; number++) {
    const response = await post(key);
    await response.text();
    if (!again.includes(response.status)) return response.status;
    const asked = response.headers.get("retry-after");
    await pause(asked === null ? wait(number) : 1000 * Number(asked));
  }
}

const jitter = (number) => 100 + Math.random() * 1000 * (number + 1);
const herd = (wait) => Promise.all(Array.from({ length: 50 }, (_, n) => start(`k${n}`, wait)));

const clients = {
  right: () => start("a", (number) => 300 * 2 ** number),
  herd: () => herd(jitter),
  "herd-without-jitter": () => herd(() => 4000),
  ends: async () => {
    const { service_id: service } = await (await post("a")).json();
    await fetch(url.replace(/start$/, `${service}/end`), { method: "POST", body: "{}" });
  },
  "retries-400": () => start("a", () => 50, [400, 429, 503]),
};
await clients[process.argv[2]]();
