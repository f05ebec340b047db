import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SlidingWindow } from "./rate-limit.ts";

const rule = { requests: 5, windowMs: 60_000 };
const start = 1_700_000_040_000; // the beginning of a window

function takeMany(window: SlidingWindow, times: number, nowMs: number): boolean[] {
  return Array.from(
    { length: times },
    () => window.take("a", rule, nowMs).retryAfterSeconds === null,
  );
}

describe("a sliding window", () => {
  test("lets exactly the limit through and counts down", () => {
    const window = new SlidingWindow();
    const states = Array.from({ length: 6 }, () => window.take("a", rule, start));
    expect(states.map((state) => state.remaining)).toEqual([4, 3, 2, 1, 0, 0]);
    expect(states.map((state) => state.retryAfterSeconds === null)).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
    ]);
    expect(states[5]).toMatchObject({ limit: 5, resetSeconds: 60 });
  });

  test("gives no double burst where one window meets the next", () => {
    const window = new SlidingWindow();
    expect(takeMany(window, 5, start + 59_000)).not.toContain(false);
    expect(takeMany(window, 5, start + 60_500)).not.toContain(true);
  });

  test("a caller who waits as long as told is let through", () => {
    const window = new SlidingWindow();
    takeMany(window, 5, start + 30_000);
    const refused = window.take("a", rule, start + 31_000);
    const waitMs = (refused.retryAfterSeconds ?? 0) * 1_000;
    expect(
      window.take("a", rule, start + 31_000 + waitMs - 2_000).retryAfterSeconds,
    ).not.toBeNull();
    expect(window.take("a", rule, start + 31_000 + waitMs).retryAfterSeconds).toBeNull();
  });

  test("refused calls do not count, so a flood does not lock its sender out for ever", () => {
    const window = new SlidingWindow();
    takeMany(window, 1_000, start);
    expect(takeMany(window, 5, start + 120_000)).not.toContain(false);
  });

  test("callers do not share a count", () => {
    const window = new SlidingWindow();
    takeMany(window, 5, start);
    expect(window.take("b", rule, start).retryAfterSeconds).toBeNull();
  });

  test("holds a bounded number of callers and forgets the one that was away longest", () => {
    const window = new SlidingWindow(3);
    for (const key of ["a", "b", "c"]) window.take(key, rule, start);
    takeMany(window, 4, start); // a is used again, and is at its limit
    for (const key of ["d", "e"]) window.take(key, rule, start);
    expect(window.size).toBe(3);
    expect(window.take("a", rule, start).retryAfterSeconds).not.toBeNull();
  });

  test("a clock that is set back opens nothing", () => {
    const window = new SlidingWindow();
    takeMany(window, 5, start + 90_000);
    expect(window.take("a", rule, start).retryAfterSeconds).not.toBeNull();
  });

  test("over any span of one window no more than twice the limit, and in one window never more", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(gaps, (steps) => {
        const window = new SlidingWindow();
        const passed: number[] = [];
        let now = start;
        for (const step of steps) {
          now += step;
          if (window.take("a", rule, now).retryAfterSeconds === null) passed.push(now);
        }
        for (const from of passed) {
          const span = passed.filter((time) => time >= from && time < from + rule.windowMs).length;
          expect(span).toBeLessThanOrEqual(2 * rule.requests);
        }
        const perWindow = Map.groupBy(passed, (time) => Math.floor(time / rule.windowMs));
        for (const times of perWindow.values())
          expect(times.length).toBeLessThanOrEqual(rule.requests);
      }),
    );
  });
});
