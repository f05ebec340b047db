import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { inTurn } from "./turns.ts";

test("eight run at a time, in the order in which they came, and one that fails gives its turn on", async () => {
  let running = 0;
  let most = 0;
  const order: number[] = [];
  const all = await Promise.allSettled(
    Array.from({ length: 40 }, (_, index) =>
      inTurn(1, async () => {
        order.push(index);
        running += 1;
        most = Math.max(most, running);
        await sleep(2);
        running -= 1;
        if (index % 3 === 0) throw new Error("refused");
      }),
    ),
  );
  expect(most).toBe(8);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(all.filter((one) => one.status === "rejected")).toHaveLength(14);
});

test("what waits has a bound: the sender is told to come again", async () => {
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const mebibyte = 1024 * 1024;
  const all = Promise.allSettled(
    Array.from({ length: 8 + 70 }, () => inTurn(mebibyte, () => gate)),
  );
  open();
  const refused = (await all).filter((one) => one.status === "rejected");
  expect(refused).toHaveLength(6);
  expect(refused[0]).toMatchObject({
    reason: { code: "service_unavailable", retryAfterSeconds: 10 },
  });
  await expect(inTurn(mebibyte, () => Promise.resolve("well"))).resolves.toBe("well");
});
