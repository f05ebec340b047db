import { z } from "zod";
import { notFound, PaymentError, type ErrorCode } from "../domain/errors.ts";
import type { GatewayName } from "../domain/payment.ts";
import { getEnv } from "../env.ts";
import { readBook, type SandboxBook } from "./book.ts";
import type { SandboxAct, SandboxFaultMode } from "./choices.ts";

const timeoutMs = 8_000;

const away =
  "The sandbox does not answer. The shop goes on without it: start the demo again, or try in a moment.";

/** A problem of the sandbox's in the shop's terms. */
const codes: Readonly<Record<number, ErrorCode>> = {
  400: "invalid_request",
  404: "not_found",
  409: "conflict",
};

const refusal = z.object({ detail: z.string().max(500) });

/** One call on the sandbox's control port. Throws `not_found` outside the demo, and what it refuses. */
async function control(path: string, body?: Readonly<Record<string, unknown>>): Promise<unknown> {
  const { isDemo, SANDBOX_PORT } = getEnv();
  if (!isDemo) throw notFound();
  const { status, json } = await ask(`http://127.0.0.1:${SANDBOX_PORT}${path}`, body);
  if (status === 200) return json;
  const code = codes[status];
  const said = refusal.safeParse(json);
  if (code !== undefined && said.success) throw new PaymentError(code, said.data.detail);
  throw new PaymentError("service_unavailable", away);
}

async function ask(
  url: string,
  body?: Readonly<Record<string, unknown>>,
): Promise<{ status: number; json: unknown }> {
  try {
    const response = await fetch(url, {
      cache: "no-store",
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined
        ? {}
        : {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify(body),
          }),
    });
    return { status: response.status, json: await response.json() };
  } catch (cause) {
    throw new PaymentError("service_unavailable", away, { cause });
  }
}

/** Has the next calls or webhooks of a gateway go wrong; `none` takes away what waits. */
export async function setFault({
  gateway,
  mode,
  times,
  delayMs,
}: {
  gateway: GatewayName;
  mode: SandboxFaultMode;
  times: number;
  delayMs: number;
}): Promise<void> {
  await control(`/${gateway}/faults`, { mode, times, delay_ms: delayMs });
}

/** Has something happen on a gateway's side. `payment`: our `TXN-…`, or the gateway's id of a charge. */
export async function makeHappen({
  gateway,
  act,
  payment,
  amount,
}: {
  gateway: GatewayName;
  act: SandboxAct;
  payment: string;
  amount: string | undefined;
}): Promise<void> {
  const named = payment.startsWith("TXN-") ? { transaction: payment } : { charge: payment };
  await control(`/${gateway}/acts`, { act, ...named, ...(amount === undefined ? {} : { amount }) });
}

const clock = z.object({ clock_offset_s: z.number() });

/** Moves the clock of all gateways ahead. Returns by how many seconds it is ahead in all. */
export async function moveClock(advanceS: number): Promise<number> {
  return clock.parse(await control("/clock", { advance_s: advanceS })).clock_offset_s;
}

/** The clock's lead in seconds, and what a gateway has in its book. */
export async function readSandbox(
  gateway: GatewayName,
): Promise<{ clockOffsetS: number; book: SandboxBook }> {
  const [accounts, book] = await Promise.all([control("/accounts"), control(`/${gateway}/book`)]);
  return {
    clockOffsetS: z.object({ dummy: clock }).parse(accounts).dummy.clock_offset_s,
    book: readBook(book),
  };
}
