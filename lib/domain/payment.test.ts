import { describe, expect, test } from "vitest";
import {
  canMove,
  nextStatuses,
  refundableMinor,
  statusAfterRefund,
  tookMoney,
  transactionStatuses,
} from "./payment.ts";

describe("a transaction moves forward only", () => {
  const legal = Object.entries(nextStatuses).flatMap(([from, to]) =>
    to.map((status) => `${from} → ${status}`),
  );
  const moves = transactionStatuses.flatMap((from) =>
    transactionStatuses.map((to) => ({ from, to, name: `${from} → ${to}` })),
  );
  test.each(moves)("$name", ({ from, to, name }) => {
    expect(canMove(from, to)).toBe(legal.includes(name));
  });

  test("money that was taken is never forgotten", () => {
    for (const from of transactionStatuses.filter(tookMoney)) {
      for (const to of transactionStatuses.filter((status) => !tookMoney(status))) {
        expect(canMove(from, to)).toBe(false);
      }
    }
  });

  test("a late success is taken in after a failure", () => {
    expect(canMove("failed", "success")).toBe(true);
    expect(canMove("cancelled", "success")).toBe(true);
  });
});

test.each([
  [0n, "success"],
  [1n, "partially_refunded"],
  [14999n, "partially_refunded"],
  [15000n, "refunded"],
])("of 150.00, %s refunded is %s", (refunded, status) => {
  expect(statusAfterRefund(15000n, refunded)).toBe(status);
});

test.each([
  ["pending refunds reserve their amount", 30n, 50n, 0n, 20n],
  ["a dispute holds its amount back", 30n, 0n, 40n, 30n],
  ["a dispute about money that was refunded leaves nothing", 30n, 0n, 100n, 0n],
])("%s", (_name, refundedMinor, refundPendingMinor, disputedMinor, left) => {
  expect(
    refundableMinor({ capturedMinor: 100n, refundedMinor, refundPendingMinor, disputedMinor }),
  ).toBe(left);
});
