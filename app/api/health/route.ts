import { databaseAnswers } from "#lib/db/client";
import { calls } from "#lib/http/calls";
import { endpoint } from "#lib/http/endpoint";
import { healthAnswer } from "#lib/http/health";
import { route } from "#lib/http/route";
import { workerState } from "#lib/jobs/worker";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint({
  GET: route(calls.getHealth, async () =>
    healthAnswer({ database: (await databaseAnswers()) ? "ok" : "down", redis: "off", worker: workerState() }),
  ),
});
