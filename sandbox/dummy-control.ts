import { z } from "zod";
import { addDummyFault, clearDummyFaults } from "#lib/db/dummy-calls";
import { advanceDummyClock, findDummyAccount, readDummyBook } from "#lib/db/dummy-control";
import { endAllDue } from "#lib/db/dummy-list";
import { getEnv } from "#lib/env";
import { faultModes } from "#lib/gateways/dummy/faults";
import type { ControlCalls } from "./control-server.ts";
import { act } from "./dummy-acts.ts";
import { accountView, bookView } from "./dummy-views.ts";
import { readBody } from "./read-body.ts";

const modes = ["none", ...faultModes] as const;
const wholeNumber = (least: number, most: number) => {
  const error = `Enter a whole number from ${least} to ${most}.`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};

const faultSchema = z.strictObject({
  mode: z.enum(modes, { error: `Choose one of ${modes.join(", ")}.` }),
  times: wholeNumber(1, 1_000_000).default(1),
  delay_ms: wholeNumber(0, 86_400_000).default(0),
});
const clockSchema = z.strictObject({ advance_s: wholeNumber(0, 315_360_000) });

/** The control calls of the sandbox, for the dummy gateway. */
export const dummyControl: ControlCalls = {
  "GET /accounts": async () => ({
    dummy: accountView(await findDummyAccount(), getEnv().PUBLIC_URL),
  }),
  "GET /dummy/book": async () => bookView(await readDummyBook()),
  "POST /dummy/faults": async (body) => {
    const { mode, times, delay_ms: delayMs } = readBody(faultSchema, body);
    if (mode === "none") await clearDummyFaults();
    else await addDummyFault({ mode, times, delayMs });
    return { mode, times, delay_ms: delayMs };
  },
  "POST /dummy/acts": act,
  "POST /clock": async (body) => {
    const { advance_s: advanceS } = readBody(clockSchema, body);
    const offsetS = await advanceDummyClock(advanceS);
    await endAllDue();
    return { clock_offset_s: offsetS, now: new Date(Date.now() + offsetS * 1_000).toISOString() };
  },
};
