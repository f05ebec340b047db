import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as acts from "../../app/api/sandbox/acts/route.ts";
import * as clock from "../../app/api/sandbox/clock/route.ts";
import * as faults from "../../app/api/sandbox/faults/route.ts";
import { createControlServer } from "../../sandbox/control-server.ts";
import { dummyControl } from "../../sandbox/dummy-control.ts";
import { razorpayStandIn } from "../../sandbox/razorpay/razorpay-stand-in.ts";
import { standInControl } from "../../sandbox/stand-in-control.ts";
import { standIns } from "../../sandbox/stand-ins.ts";
import { TestStandIn } from "../../sandbox/testing.ts";
import { getEnv } from "../env.ts";
import { callApi, tokenOf, withSettings } from "../testing/api.ts";
import { aViewer } from "../testing/builders.ts";
import { actsOf } from "./choices.ts";
import { readSandbox } from "./control.ts";

let standIn: TestStandIn;
let token: string;
let server: ReturnType<typeof createControlServer>;

beforeAll(async () => {
  standIn = await TestStandIn.start(razorpayStandIn);
  token = await tokenOf(await aViewer());
  server = createControlServer({
    ...dummyControl,
    ...standInControl(standIn.world, standIn.server),
  });
  const { SANDBOX_PORT } = getEnv();
  await new Promise<void>((resolve) => server.listen(SANDBOX_PORT, "127.0.0.1", resolve));
});
afterAll(async () => {
  server.close();
  await standIn.stop();
});

const post = (handler: typeof faults.POST, body: unknown) =>
  callApi(handler, { method: "POST", body, token });

describe("the sandbox's page", () => {
  test.each(standIns.map((made) => [made.gateway, made] as const))(
    "offers just the acts of %s",
    (gateway, made) => {
      expect([...actsOf[gateway]].sort()).toEqual(Object.keys(made.acts).sort());
    },
  );

  test("sets a fault that waits in the book, and takes it away", async () => {
    const asked = { gateway: "razorpay", mode: "500", times: 2, delay_ms: 0 };
    expect((await post(faults.POST, asked)).status).toBe(200);
    expect((await readSandbox("razorpay")).book.faults).toEqual([
      { mode: "500", times: 2, delay_ms: 0 },
    ]);
    expect((await post(faults.POST, { gateway: "razorpay", mode: "none" })).status).toBe(200);
    expect((await readSandbox("razorpay")).book.faults).toEqual([]);
  });

  test("says in the sandbox's words why something cannot happen", async () => {
    const asked = { gateway: "razorpay", act: "refund", payment: "TXN-000000000000" };
    const answer = await post(acts.POST, asked);
    expect(answer).toMatchObject({
      status: 404,
      body: { detail: "Razorpay has no such payment that was captured." },
    });
    const card = { gateway: "razorpay", act: "refund", payment: "4100280000001007" };
    expect((await post(acts.POST, card)).status).toBe(400);
  });

  test("moves the clock ahead, and never back", async () => {
    const { clockOffsetS } = await readSandbox("razorpay").catch(() => ({ clockOffsetS: 0 }));
    const moved = await post(clock.POST, { advance_s: 60 });
    expect(moved.status).toBe(200);
    expect(Number(moved.body["clock_offset_s"])).toBeGreaterThanOrEqual(clockOffsetS);
    expect((await post(clock.POST, { advance_s: -60 })).status).toBe(400);
  });

  test("is not there in production, nor for strangers", async () => {
    const asked = { gateway: "razorpay", mode: "500" };
    expect((await callApi(faults.POST, { method: "POST", body: asked })).status).toBe(401);
    await withSettings({ isDemo: false }, async () => {
      expect((await post(faults.POST, asked)).status).toBe(404);
      expect((await post(clock.POST, { advance_s: 60 })).status).toBe(404);
    });
  });

  test("a sandbox that does not answer is said to be so", async () => {
    await withSettings({ SANDBOX_PORT: 1 }, async () => {
      const answer = await post(clock.POST, { advance_s: 60 });
      expect(answer).toMatchObject({ status: 503, body: { code: "service_unavailable" } });
      expect(answer.body["detail"]).toMatch(/The sandbox does not answer/);
    });
  });
});
