// A conversation through the client that openapi-generator makes for TypeScript, with axios.
import { Configuration, Profiles85Api, Services85Api } from "./generated";

async function talk(basePath: string): Promise<void> {
  const configuration = new Configuration({ basePath });
  const profiles = new Profiles85Api(configuration);
  const services = new Services85Api(configuration);
  const no = undefined;
  const who = await profiles.identifyCustomer(no, no, no, no, { LastName: "Haddad" });
  const { service_id } = (
    await services.startService({
      contact_key: "a/b+c d",
      service_type: 100,
      order: { number: 4711, total: "1.10" },
    })
  ).data;
  const { state_id } = (await services.startState(service_id, { state_type: 8 })).data;
  const { task_id } = (await services.startTask(service_id, { task_type: "refund", state_id })).data;
  const [found] = (
    await services.queryAnonymousServicesActive(
      "a/b+c d", no, no, no, no, no, no, no, true, no, ["order"],
    )
  ).data;
  await services.endTask(service_id, task_id, no, { disposition: 1 });
  const ended = (await services.getService(service_id, no, no, no, true)).data;
  await services.endService(service_id, no, { disposition_desc: "solved" });
  console.log(
    JSON.stringify({
      customers: who.data.map((each) => each.customer_id),
      service: String(found.service_id),
      type: found.service_type,
      order: found["order"],
      active: found.active_tasks!.map((each) => each.task_type),
      completed: ended.completed_tasks![0].task_id === task_id,
    }),
  );
}

void talk(process.argv[2]);
