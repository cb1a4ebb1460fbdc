// A test that is set up, driven and verified by the client that openapi-generator makes, with fetch.
import * as fs from "fs";
import { ClockApi, Configuration, FaultsApi, JournalApi, VerifyApi } from "./generated";

async function talk(basePath: string): Promise<void> {
  const configuration = new Configuration({ basePath });
  const clock = new ClockApi(configuration);
  await clock.putClock({ ClockSet: { mode: "frozen", time: "2026-01-05T09:00:00.000Z" } });
  const moved = await clock.advanceClock({ ClockAdvance: { by: "2h" } });
  const rule = await new FaultsApi(configuration).addFault({
    Rule: { on: ["start_service"], times: 1, response: { status: 503, body: { a: 1 } } },
  });
  fs.readSync(0, new Uint8Array(1));
  const verified = await new VerifyApi(configuration).verifyRequests({
    Question: { on: ["start_service"], count: 1 },
  });
  const requests = await new JournalApi(configuration).listRequests({ status: ["5xx"] });
  console.log(
    JSON.stringify({
      time: moved.time,
      rule: rule.name,
      verified: verified.verified,
      statuses: requests.requests.map((each) => each.response?.status),
    }),
  );
}

void talk(process.argv[2]);
