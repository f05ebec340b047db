import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { Call } from "./call.ts";
import { calls } from "./calls.ts";
import { openApiDocument } from "./openapi.ts";

const apiFolder = path.resolve(import.meta.dirname, "../../app/api");

// Routes that are no calls of the API: next-auth's, the 404s of all other paths, and the dummy bank's page.
const otherRoutes = new Set([
  "/api/./",
  "/api/auth/[...nextauth]/",
  "/api/[...path]/",
  "/api/dummy-gateway/challenge/[reference]/",
]);

/** Each route file's URL path and text. */
function routeFiles(): Map<string, string> {
  const files = readdirSync(apiFolder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith("route.ts"),
  );
  return new Map(
    files.map((file) => [
      `/api/${path.dirname(file)}/`,
      readFileSync(path.join(apiFolder, file), "utf8"),
    ]),
  );
}

describe("the list of calls", () => {
  const files = routeFiles();

  test.each(Object.entries<Call>(calls))(
    "%s is what the route file at its path runs by",
    (id, call) => {
      const folder = call.path.replaceAll("{", "[").replaceAll("}", "]").replace(/\/?$/, "/");
      expect(files.get(folder)).toContain(`${call.method}: route(calls.${id},`);
    },
  );

  test("has every route", () => {
    const known = new Set(Object.values<Call>(calls).map((call) => call.path.replace(/\/?$/, "/")));
    const missing = [...files.keys()]
      .filter((folder) => !otherRoutes.has(folder))
      .map((folder) => folder.replaceAll("[", "{").replaceAll("]", "}"))
      .filter((folder) => !known.has(folder));
    expect(missing).toEqual([]);
  });

  test("route files stay short", () => {
    for (const [folder, text] of files)
      expect(text.split("\n").length, folder).toBeLessThanOrEqual(26);
  });
});

describe("the OpenAPI document", () => {
  const text = JSON.stringify(openApiDocument("tollbooth.session"));
  const document = JSON.parse(text) as {
    openapi: string;
    paths: Record<
      string,
      Record<
        string,
        {
          operationId: string;
          parameters?: object[];
          responses: Record<string, object>;
          security: object[];
        }
      >
    >;
    components: Record<string, Record<string, object>>;
  };

  test("is 3.1 and has a method for each call", () => {
    expect(document.openapi).toBe("3.1.0");
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    expect(operations.map((operation) => operation.operationId).sort()).toEqual(
      Object.keys(calls).sort(),
    );
  });

  test("each reference leads somewhere, and no shape is a reference to itself", () => {
    const references = [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/([\w-]+)"/g)];
    expect(references.length).toBeGreaterThan(50);
    for (const [, kind = "", name = ""] of references)
      expect(document.components[kind]?.[name], name).toBeDefined();
    for (const schema of Object.values(document.components.schemas ?? {}))
      expect(schema).toHaveProperty("type");
    expect(text).not.toContain("$defs");
  });

  test("strict bodies, string amounts, who may call and what a repeated call answers are in it", () => {
    const refund = document.paths["/api/payment/refund/"]?.post;
    expect(refund).toMatchObject({
      security: [{ bearer: [] }, { session: [] }],
      parameters: [{ $ref: "#/components/parameters/IdempotencyKey" }],
      requestBody: {
        content: {
          "application/json": {
            schema: {
              additionalProperties: false,
              required: ["transaction_id"],
              properties: { amount: { type: "string" } },
            },
          },
        },
      },
    });
    expect(Object.keys(refund?.responses ?? {})).toEqual([
      "201",
      "400",
      "401",
      "403",
      "404",
      "409",
      "413",
      "415",
      "422",
      "429",
      "500",
      "502",
      "503",
    ]);
    expect(document.paths["/api/products/"]?.get?.security).toEqual([]);
  });
});
