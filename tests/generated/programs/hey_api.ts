// A conversation through the client that @hey-api/openapi-ts makes.
import {
  endService,
  endTask,
  getService,
  identifyCustomer,
  queryAnonymousServicesActive,
  startService,
  startState,
  startTask,
} from "./generated";
import { client } from "./generated/client.gen";

async function talk(baseUrl: string): Promise<void> {
  client.setConfig({ baseUrl });
  const who = await identifyCustomer({ query: { attributes: { LastName: "Haddad" } } });
  const started = await startService({
    body: { contact_key: "a/b+c d", service_type: 100, order: { number: 4711, total: "1.10" } },
  });
  const service_id = started.data!.service_id;
  const path = { service_id };
  const state = await startState({ path, body: { state_type: 8 } });
  const state_id = state.data!.state_id;
  const task = await startTask({ path, body: { task_type: "refund", state_id } });
  const task_id = task.data!.task_id;
  const services = await queryAnonymousServicesActive({
    path: { contact_key: "a/b+c d" },
    query: { active_tasks: true, extensions: ["order"] },
  });
  const [found] = services.data!;
  await endTask({ path: { service_id, task_id }, body: { disposition: 1 } });
  const ended = await getService({ path, query: { completed_tasks: true } });
  await endService({ path, body: { disposition_desc: "solved" } });
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
