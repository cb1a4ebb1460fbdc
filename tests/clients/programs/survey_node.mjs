// survey_node.mjs MODULES CLIENT METHOD URL CALLS: calls through one client, whatever comes of them.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import http from "node:http";

const [modules, name, method, url, calls] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${modules}/x.js`));
const load = async (module) => {
  const found = await import(pathToFileURL(require.resolve(module)).href);
  return found.default ?? found;
};
const headers = { "Content-Type": "application/json" };
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

const clients = {
  fetch: async () => async (body) => (await fetch(url, { method, headers, body })).text(),
  axios: async () => {
    const axios = await load("axios");
    return (data) => axios({ url, method, headers, data, httpAgent: agent });
  },
  got: async () => {
    const got = (await load("got")).got ?? (await load("got"));
    return (body) => got(url, { method, headers, body, agent: { http: agent } });
  },
  ky: async () => {
    const ky = await load("ky");
    return async (body) => (await ky(url, { method, headers, body })).text();
  },
  needle: async () => {
    const needle = await load("needle");
    return (body) => needle(method.toLowerCase(), url, body ?? null, { headers, agent });
  },
  "node-fetch": async () => {
    const nodeFetch = await load("node-fetch");
    return async (body) => (await nodeFetch(url, { method, headers, body, agent })).text();
  },
  superagent: async () => {
    const superagent = await load("superagent");
    return (body) => superagent(method, url).agent(agent).set(headers).send(body);
  },
  "undici request": async () => {
    const { request } = await load("undici");
    return async (body) => (await request(url, { method, headers, body })).body.text();
  },
};

const call = await clients[name]();
for (let number = 0; number < Number(calls); number++) {
  const body = method === "POST" ? JSON.stringify({ contact_key: `k${number}` }) : undefined;
  try {
    await call(body);
  } catch {
    // What comes of it is counted by the server.
  }
}
process.exit(0);
