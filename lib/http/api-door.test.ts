import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { openApiDoor } from "./api-door.ts";

const folder = await mkdtemp(path.join(tmpdir(), "door-"));
afterAll(() => rm(folder, { recursive: true }));

async function mount(route: string): Promise<void> {
  const place = path.join(folder, "app/api", route);
  await mkdir(place, { recursive: true });
  const source = `export const GET = async (request, { params }) => Response.json({ route: ${JSON.stringify(route)}, params: await params });
export const OPTIONS = () => new Response(null, { status: 405 });`;
  await writeFile(path.join(place, "route.ts"), source);
}

for (const route of [
  "orders",
  "orders/[order_number]",
  "orders/latest",
  "[...path]",
  "auth/[...nextauth]",
]) {
  await mount(route);
}
const door = await openApiDoor(path.join(folder, "app"));

test.each([
  ["/api/orders", "orders", {}],
  ["/api/orders/", "orders", {}],
  ["/api/orders/latest", "orders/latest", {}],
  ["/api/orders/ORD-1/", "orders/[order_number]", { order_number: "ORD-1" }],
  ["/api/orders/a%2Fb", "orders/[order_number]", { order_number: "a/b" }],
  ["/api/orders/%E0%A4%A", "orders/[order_number]", { order_number: "%E0%A4%A" }],
  ["/api/orders/1/2", "[...path]", { path: ["orders", "1", "2"] }],
  ["/api/nope", "[...path]", { path: ["nope"] }],
])("%s goes to %s", async (url, route, params) => {
  const response = await door(new Request(`http://localhost${url}`));
  expect(await response?.json()).toEqual({ route, params });
});

test.each(["/", "/orders", "/api/auth/session", "/apiary"])("%s is Next's", async (url) => {
  expect(await door(new Request(`http://localhost${url}`))).toBeNull();
});

test("a method that the module lacks is refused by the module", async () => {
  const response = await door(new Request("http://localhost/api/orders", { method: "PROPFIND" }));
  expect(response?.status).toBe(405);
});
