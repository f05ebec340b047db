import { expect, test } from "vitest";
import type { Gateway, GatewayAccount } from "../gateways/gateway.ts";
import { aGatewayListing, aListedCharge, wideRange } from "../testing/listing-fixture.ts";
import { listPages } from "./list-pages.ts";

const account = {} as GatewayAccount;

async function read(gateway: Gateway, deadlines: { pageMs: number; listMs: number }) {
  const references: string[] = [];
  for await (const page of listPages(gateway, account, wideRange(), deadlines)) {
    references.push(...page.map(({ reference }) => reference));
  }
  return references;
}

test("every page in its order; a gateway without a list has none", async () => {
  const pages = ["1", "2", "3"].map((reference) => [aListedCharge({ reference })]);
  const deadlines = { pageMs: 1_000, listMs: 1_000 };
  expect(await read(aGatewayListing(...pages), deadlines)).toEqual(["1", "2", "3"]);
  const { listCharges: _, ...without } = aGatewayListing();
  expect(await read(without, deadlines)).toEqual([]);
});

test("a page that never comes ends the list in time", async () => {
  const hanging: Gateway = {
    ...aGatewayListing(),
    async *listCharges() {
      yield [aListedCharge()];
      await new Promise(() => undefined);
    },
  };
  await expect(read(hanging, { pageMs: 50, listMs: 10_000 })).rejects.toMatchObject({
    code: "gateway_unreachable",
  });
});

test("a list that never ends is ended in time", async () => {
  const endless: Gateway = {
    ...aGatewayListing(),
    async *listCharges() {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        yield [aListedCharge()];
      }
    },
  };
  await expect(read(endless, { pageMs: 10_000, listMs: 100 })).rejects.toMatchObject({
    code: "gateway_unreachable",
  });
});
