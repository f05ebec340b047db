import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test, vi } from "vitest";
import { GatewayForm, type GatewayFormProps } from "./gateway-form.tsx";

vi.mock("next/navigation", () => ({ useRouter: () => ({ push: vi.fn(), refresh: vi.fn() }) }));

const initial: GatewayFormProps["initial"] = {
  ...{ gateway: "paypal", mode: "test", captureMethod: "automatic", isActive: false },
  ...{ label: "", priority: "100", currency: "USD", currencies: "", countries: "" },
  ...{ merchantId: "", publicKey: "" },
};

test("each field has a label and a hint of its own; the secret key is not shown or filled in", () => {
  const html = renderToStaticMarkup(
    createElement(GatewayForm, {
      initial,
      id: null,
      gateways: ["stripe", "paypal"],
      secretHint: "It is never shown again.",
    }),
  );
  const all = (pattern: RegExp) => [...html.matchAll(pattern)].map(([, found = ""]) => found);
  const ids = all(/ id="([^"]+)"/g);
  expect(new Set(ids).size).toBe(ids.length);
  const controls = all(/<(?:input|select)[^>]* id="([^"]+)"/g);
  expect(controls).toHaveLength(12);
  expect(all(/ for="([^"]+)"/g).toSorted()).toEqual(controls.toSorted());
  for (const hint of all(/aria-describedby="([^"]+)"/g)) expect(ids).toContain(hint);
  expect(html).toContain("Client secret");
  expect(/<input[^>]*id="gateway-secret-key"[^>]*>/.exec(html)?.[0]).toMatch(
    /(?=.*type="password")(?=.*autoComplete="new-password")(?=.*value="")/i,
  );
});
