// A conversation through the client that openapi-generator makes for TypeScript, with fetch.
import { Configuration, Profiles85Api, Services85Api } from "./generated";

async function talk(basePath: string): Promise<void> {
  const services = new Services85Api(new Configuration({ basePath }));
  // It writes attributes[LastName]=Haddad, though the document says LastName=Haddad.
  const profiles = new Profiles85Api(
    new Configuration({
      basePath,
      queryParamsStringify: (given) =>
        new URLSearchParams(given.attributes as Record<string, string>).toString(),
    }),
  );
  const who = await profiles.identifyCustomer({ attributes: { LastName: "Haddad" } });
  const started = await services.startService({
    StartServiceBody: {
      contact_key: "a/b+c d",
      service_type: 100,
      order: { number: 4711, total: "1.10" },
    },
  });
  const service_id = started.service_id;
  const { state_id } = await services.startState({
    service_id,
    StartStateBody: { state_type: 8 },
  });
  const { task_id } = await services.startTask({
    service_id,
    StartTaskBody: { task_type: "refund", state_id },
  });
  const [found] = await services.queryAnonymousServicesActive({
    contact_key: "a/b+c d",
    active_tasks: true,
    extensions: ["order"],
  });
  await services.endTask({ service_id, task_id, EndTaskBody: { disposition: 1 } });
  const ended = await services.getService({ service_id, completed_tasks: true });
  await services.endService({ service_id, EndServiceBody: { disposition_desc: "solved" } });
  console.log(
    JSON.stringify({
      customers: who.map((each) => each.customer_id),
      service: String(found.service_id),
      type: found.service_type,
      order: found["order"],
      active: found.active_tasks!.map((each) => each.task_type),
      completed: ended.completed_tasks![0].task_id === task_id,
    }),
  );
}

void talk(process.argv[2]);
