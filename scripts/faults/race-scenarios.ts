/** Many at once: copies of a request, of a webhook, and everybody on one row. */
import { randomUUID } from "node:crypto";
import type { Payment } from "./model.ts";
import type { Scenario } from "./scenario.ts";
import { claim, until } from "./claims.ts";
import type { World } from "./world.ts";

const times = <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));

const statuses = (replies: readonly { status: number | null }[]): string =>
  [...new Set(replies.map(({ status }) => String(status)))].sort().join(", ");

/** The dummy gateway is asked once; a real one may be asked again under the same key. */
async function claimChargedOnce(world: World, payment: Payment): Promise<void> {
  const calls = await world.chargeCalls(payment);
  const { charges } = await world.side.truth(payment.transactionId);
  const isOnce = world.side.gateway === "dummy" ? calls === 1 : charges.length <= 1;
  claim(isOnce, `the gateway charged ${charges.length} times, in ${calls} calls`);
}

const processFlood: Scenario = {
  name: "50 process calls at once on one payment",
  rows: "F36",
  run: async (world) => {
    const payment = await world.newPayment();
    const replies = await times(50, () => world.pay(payment));
    claim(
      replies.every(({ status }) => [200, 202, 409].includes(status ?? 0)),
      statuses(replies),
    );
    await claimChargedOnce(world, payment);
  },
};

const doubleClick: Scenario = {
  name: "a double click, ten times over, with one key; then the key with another body",
  rows: "F34 F35",
  run: async (world) => {
    const payment = await world.newPayment();
    const key = randomUUID();
    // A real gateway's webhook may have the worker ask at the same moment.
    const unknown = world.side.gateway === "dummy" ? [] : [202];
    const replies = await times(10, () => world.pay(payment, { key }));
    claim(
      replies.every(({ status }) => [200, 409, ...unknown].includes(status ?? 0)),
      statuses(replies),
    );
    const last = await world.pay(payment, { key });
    claim(
      [200, ...unknown].includes(last.status ?? 0) &&
        last.headers.get("idempotent-replayed") === "true",
      `${last.status}`,
    );
    const bodies = new Set(replies.filter(({ status }) => status === 200).map(({ text }) => text));
    claim(bodies.size <= 1, "one key, two bodies");
    const other = await world.newPayment();
    const misused = await world.pay(other, { key });
    claim(misused.status === 422, `another body under the key gives ${misused.status}`);
    claim((await world.chargeCalls(other)) === 0, "another body under the key was charged");
  },
};

const fullRefundFlood: Scenario = {
  name: "50 full refunds at once",
  rows: "F37",
  run: async (world) => {
    const payment = await world.newPaid();
    const replies = await times(50, () => world.refund(payment, { key: randomUUID() }));
    const done = replies.filter(({ status }) => status === 201);
    claim(done.length === 1, `${done.length} were made`);
    claim(
      replies.every(({ status }) => [201, 400, 409].includes(status ?? 0)),
      statuses(replies),
    );
  },
};

const partialRefundFlood: Scenario = {
  name: "50 refunds of 10.00 at once on 150.00",
  rows: "F38",
  run: async (world) => {
    const payment = await world.newPaid(15_000n);
    const replies = await times(50, () =>
      world.refund(payment, { amountMinor: 1_000n, key: randomUUID() }),
    );
    const done = replies.filter(({ status }) => status === 201);
    claim(done.length === 15, `${done.length} were made`);
    // One whose outcome could not be written in the crush is pending, and asked for.
    const isWhole = async (): Promise<boolean> => (await world.statusOf(payment)) === "refunded";
    await until("it is refunded as a whole", isWhole, 40_000);
  },
};

const intentFlood: Scenario = {
  name: "20 intents at once for one order, paid in two tabs",
  rows: "F39",
  run: async (world) => {
    const payment = await world.newPayment();
    const body = { order_id: payment.orderId, gateway: world.side.gateway };
    const replies = await times(20, () =>
      world.api.call("shopper@example.com", "/api/payment/create-intent/", { body }),
    );
    const made = replies.filter(({ status }) => status === 200 || status === 201);
    claim(made.length > 0, statuses(replies));
    const ids = new Set(made.map(({ body: intent }) => String(intent["transaction_id"])));
    claim(ids.size === 1, `${ids.size} transactions are open for one order`);
    await times(2, () => world.pay(payment));
  },
};

const webhookFlood: Scenario = {
  name: "100 copies of one webhook at once, before the payment's own answer",
  rows: "F26 F28",
  run: async (world) => {
    const payment = await world.newPayment();
    await world.arrange({ mode: "slow_body", times: 1, delayMs: 2_000 });
    const sent = world.pay(payment);
    const { courier } = world;
    await until(
      "the gateway tells of it",
      async () => (await courier.waiting(payment.transactionId)).length > 0,
    );
    const [event] = await courier.waiting(payment.transactionId);
    claim(event !== undefined, "no event");
    const replies = await times(100, () => courier.send(event));
    claim(
      replies.every(({ status }) => status === 200),
      `answers: ${statuses(replies)}`,
    );
    claim(
      replies.every(({ durationMs }) => durationMs < 5_000),
      "an answer took more than 5 s",
    );
    claim(
      (await world.count("webhook_events WHERE event_id = $1", [event.eventId])) === 1,
      "not one row",
    );
    await courier.markDelivered(event);
    claim((await sent).status === 200, "the payment's own answer suffers");
  },
};

const forgeries: Scenario = {
  name: "forged, tampered, old and replayed webhooks",
  rows: "F29 F30",
  run: async (world) => {
    const payment = await world.newPaid();
    const { courier } = world;
    const [event] = await courier.waiting(payment.transactionId);
    claim(event !== undefined, "no event");
    const bad = [
      await courier.forge(event),
      await courier.send(event, { tampered: `${event.body} ` }),
      await courier.send(event, { atMs: Date.now() - 600_000 }),
      await courier.send(event, { atMs: Date.now() + 600_000 }),
    ];
    claim(
      bad.every(({ status }) => status === 400),
      `answers: ${statuses(bad)}`,
    );
    const rows = (): Promise<number> =>
      world.count("webhook_events WHERE event_id = $1", [event.eventId]);
    claim((await rows()) === 0, "a forged webhook left a row");
    claim(await courier.deliver(event), "the right one is not taken");
    // The same body once more, as another event: known by its body.
    claim(
      (await courier.send({ ...event, eventId: `${event.eventId}x` })).status === 200,
      "a copy is refused",
    );
    claim((await courier.send(event)).status === 200, "a replay is refused");
    const all = await world.count("webhook_events WHERE event_id LIKE $1", [`${event.eventId}%`]);
    claim(all === 1, `${all} rows for one event`);
  },
};

const outOfOrder: Scenario = {
  name: "webhooks in the wrong order",
  rows: "F27",
  run: async (world) => {
    const payment = await world.newPaid();
    const reply = await world.refund(payment);
    claim(reply.status === 201, `the refund gave ${reply.status}`);
    const events = await world.courier.waiting(payment.transactionId);
    for (const event of events.reverse()) claim(await world.courier.deliver(event), "not taken");
    await until(
      "all are processed",
      async () =>
        (await world.count("webhook_events WHERE state = 'received' AND event_id = ANY($1)", [
          events.map(({ eventId }) => eventId),
        ])) === 0,
    );
    claim((await world.statusOf(payment)) === "refunded", "an old webhook moved it back");
  },
};

const everybodyOnOneRow: Scenario = {
  name: "process, webhook, readers and refunds on one row",
  rows: "F40",
  run: async (world) => {
    const payment = await world.newPayment();
    await world.arrange({ mode: "slow_body", times: 1, delayMs: world.random.between(300, 900) });
    const sent = world.pay(payment);
    const { courier } = world;
    await until(
      "the gateway tells of it",
      async () => (await courier.waiting(payment.transactionId)).length > 0,
    );
    const events = await courier.waiting(payment.transactionId);
    const amountMinor = payment.amountMinor / 4n;
    const crowd = async (): Promise<unknown> =>
      Promise.all([
        ...events.flatMap((event) => [courier.send(event), courier.send(event)]),
        times(6, () => world.statusOf(payment)),
        times(4, () => world.pay(payment)),
        times(3, () => world.refund(payment, { amountMinor })),
      ]);
    await crowd();
    await sent;
    await crowd();
    for (const event of events) await courier.deliver(event);
  },
};

const twoServers: Scenario = {
  name: "two server processes with a worker each, one in another time zone",
  rows: "F41 F42",
  run: async (world: World) => {
    await world.second.start();
    try {
      const payments = await times(6, () => world.newPayment());
      await world.arrange({ mode: "charge_then_500", times: 3 });
      await Promise.all(
        payments.flatMap((payment) => [
          world.pay(payment),
          world.pay(payment, { via: world.otherApi }),
        ]),
      );
      await world.clearGateway();
      await Promise.all(
        payments.flatMap((payment) => [
          world.refund(payment, { amountMinor: 100n }),
          world.refund(payment, { amountMinor: 100n, via: world.otherApi }),
        ]),
      );
      for (const payment of payments) {
        claim((await world.chargeCalls(payment)) === 1, "two servers charged one payment");
      }
    } finally {
      await world.second.stop();
    }
  },
};

/** Of any gateway. */
export const raceScenarios: readonly Scenario[] = [
  processFlood,
  doubleClick,
  fullRefundFlood,
  partialRefundFlood,
  intentFlood,
];

/** With the courier, which has the dummy gateway's events alone. */
export const courierScenarios: readonly Scenario[] = [
  webhookFlood,
  forgeries,
  outOfOrder,
  everybodyOnOneRow,
];

export const serverScenarios: readonly Scenario[] = [twoServers];
