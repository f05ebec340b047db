/** Clients that go away, dawdle and send too much, and a server process that stands still. */
import { readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Scenario } from "./scenario.ts";
import { claim, until } from "./claims.ts";
import { shopper } from "./machinery.ts";
import type { World } from "./world.ts";

const slowConnections = 200;
// A request whose headers do not come is cut after ten seconds, and they are looked at every five.
const cutWithinMs = 17_000;
const patientMs = 1_000;

function socketTo(world: World): Socket {
  const { port } = new URL(world.server.url);
  const socket = connect({ host: "127.0.0.1", port: Number(port) });
  socket.on("error", () => undefined);
  return socket;
}

const leaves: Scenario = {
  name: "the client leaves before its payment is answered",
  rows: "F43",
  run: async (world) => {
    const payment = await world.newPayment();
    await world.arrange({ mode: "slow_body", times: 1, delayMs: 1_000 });
    const leaving = new AbortController();
    const sent = world.pay(payment, { leaving: leaving.signal });
    await until("the call has arrived", async () => (await world.openCalls("slow_body")) >= 1);
    leaving.abort();
    await sent;
    await until(
      "it is paid all the same",
      async () => (await world.statusOf(payment)) === "success",
    );
    claim((await world.chargeCalls(payment)) === 1, "the gateway was called again");
  },
};

const dawdles: Scenario = {
  name: `${slowConnections} clients that never finish their request`,
  rows: "F43",
  run: async (world) => {
    const startedAt = performance.now();
    const sockets = Array.from({ length: slowConnections }, () => socketTo(world));
    const closed = sockets.map(
      (socket) =>
        new Promise<number>((resolve) => socket.once("close", () => resolve(performance.now()))),
    );
    for (const socket of sockets) {
      socket.resume();
      socket.write("POST /api/payment/process/ HTTP/1.1\r\nHost: shop\r\nX-Slow: ");
    }
    const dripping = setInterval(
      () => sockets.forEach((socket) => socket.writable && socket.write("x")),
      500,
    );
    try {
      const tookMs: number[] = [];
      for (let count = 0; count < 20; count += 1) {
        const reply = await world.api.call(shopper, "/api/payment/transactions/?limit=5");
        claim(reply.status === 200, `a good client gets ${reply.status}`);
        tookMs.push(reply.durationMs);
      }
      tookMs.sort((a, b) => a - b);
      claim((tookMs[18] ?? 0) < patientMs, `good clients wait ${tookMs[18]} ms`);
      const lastAt = Math.max(...(await Promise.all(closed)));
      const lastMs = Math.round(lastAt - startedAt);
      claim(lastMs < cutWithinMs, `the last one was cut after ${lastMs} ms`);
    } finally {
      clearInterval(dripping);
      for (const socket of sockets) socket.destroy();
    }
  },
};

async function residentMb(processId: number): Promise<number> {
  const text = await readFile(`/proc/${processId}/status`, "utf8").catch(() => "");
  return Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0) / 1_024;
}

/** Sends so many megabytes in chunks, without saying how many; resolves with the status. */
function sendEndless(world: World, path: string, megabytes: number, type: string): Promise<number> {
  return new Promise((resolve) => {
    const socket = socketTo(world);
    let answer = "";
    const end = (): void => {
      clearTimeout(late);
      resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0));
      socket.destroy();
    };
    const late = setTimeout(end, 15_000);
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString("latin1");
      if (answer.includes("\r\n\r\n")) setTimeout(end, 50);
    });
    socket.once("close", end);
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: shop\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    const chunk = `10000\r\n${"a".repeat(0x10000)}\r\n`;
    for (let count = 0; count < megabytes * 16 && socket.writable; count += 1) socket.write(chunk);
  });
}

const sendsTooMuch: Scenario = {
  name: "bodies of 64 MB without a length, at the webhook door and at sign-in",
  rows: "F44",
  run: async (world) => {
    const { processId } = world.server;
    const before = await residentMb(processId);
    const paths = ["/api/payment/webhooks/dummy/", "/api/token/"];
    for (const path of paths) {
      const status = await sendEndless(world, path, 64, "application/json");
      claim(status === 413, `${path} answered ${status}`);
    }
    const grewMb = Math.round((await residentMb(processId)) - before);
    claim(grewMb < 50, `the process grew by ${grewMb} MB`);
  },
};

const standsStill: Scenario = {
  name: "the process stands still for five seconds in the middle of a payment",
  rows: "F52",
  run: async (world) => {
    const payment = await world.newPayment();
    await world.arrange({ mode: "slow_body", times: 1, delayMs: 300 });
    const sent = world.pay(payment);
    await until("the call has arrived", async () => (await world.openCalls("slow_body")) >= 1);
    process.kill(world.server.processId, "SIGSTOP");
    try {
      await sleep(5_000);
    } finally {
      process.kill(world.server.processId, "SIGCONT");
    }
    const reply = await sent;
    claim(reply.status === 200 || reply.status === 202, `the answer was ${reply.status}`);
    claim((await world.chargeCalls(payment)) === 1, "the gateway was called again");
    claim((await world.healed()) < 5_000, "it does not come to itself");
  },
};

const failsUnforeseen: Scenario = {
  name: "a failure that nobody foresaw: what is in flight ends, the process ends with 1",
  rows: "F52",
  run: async (world) => {
    const payment = await world.newPayment();
    await world.arrange({ mode: "slow_body", times: 1, delayMs: 800 });
    const sent = world.pay(payment);
    await until("the call has arrived", async () => (await world.openCalls("slow_body")) >= 1);
    const exitCode = await world.server.failUnforeseen();
    const reply = await sent;
    await world.server.start();
    claim(exitCode === 1, `it ended with ${exitCode}`);
    claim(reply.status === 200, `a payment in flight was answered ${reply.status}`);
  },
};

export const clientScenarios: readonly Scenario[] = [
  leaves,
  dawdles,
  sendsTooMuch,
  standsStill,
  failsUnforeseen,
];
