// A conversation with openapi-fetch, over the types that openapi-typescript makes.
import createClient from "openapi-fetch";
import type { paths } from "./generated";

const BASE = "/genesys/1/cs";

async function talk(baseUrl: string): Promise<void> {
  const { GET, POST } = createClient<paths>({ baseUrl });
  const who = await GET(`${BASE}/profiles`, {
    params: { query: { attributes: { LastName: "Haddad" } } },
    querySerializer: () => "LastName=Haddad",
  });
  const started = await POST(`${BASE}/services/start`, {
    body: { contact_key: "a/b+c d", service_type: 100, order: { number: 4711, total: "1.10" } },
  });
  const service_id = started.data!.service_id;
  const path = { service_id };
  const state = await POST(`${BASE}/services/{service_id}/states/start`, {
    params: { path },
    body: { state_type: 8 },
  });
  const state_id = state.data!.state_id;
  const task = await POST(`${BASE}/services/{service_id}/tasks/start`, {
    params: { path },
    body: { task_type: "refund", state_id },
  });
  const task_id = task.data!.task_id;
  const services = await GET(`${BASE}/services/anonymous/{contact_key}/active`, {
    params: {
      path: { contact_key: "a/b+c d" },
      query: { active_tasks: true, extensions: ["order"] },
    },
  });
  const [found] = services.data!;
  await POST(`${BASE}/services/{service_id}/tasks/{task_id}/end`, {
    params: { path: { service_id, task_id } },
    body: { disposition: 1 },
  });
  const ended = await GET(`${BASE}/services/{service_id}`, {
    params: { path, query: { completed_tasks: true } },
  });
  await POST(`${BASE}/services/{service_id}/end`, {
    params: { path },
    body: { disposition_desc: "solved" },
  });
  console.log(
    JSON.stringify({
      customers: who.data!.map((each) => each.customer_id),
      service: String(found.service_id),
      type: found.service_type,
      order: found["order"],
      active: found.active_tasks!.map((each) => each.task_type),
      completed: ended.data!.completed_tasks![0].task_id === task_id,
    }),
  );
}

void talk(process.argv[2]);
