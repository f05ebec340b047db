/** `GET /sdk/js`: what a shop's page loads to draw PayPal's button. The browser's part is in sdk-client.js. */
import { readFileSync } from "node:fs";
import { script, type Route } from "../stand-in.ts";

const client = readFileSync(new URL("./sdk-client.js", import.meta.url), "utf8");

export const scriptRoutes: Readonly<Record<string, Route>> = {
  "GET /sdk/js": {
    isPublic: true,
    handle: ({ credentials }, { query }) => {
      if (query.get("client-id") !== credentials.publicKey) {
        return { ...script('throw new Error("client-id not recognized");\n'), status: 400 };
      }
      return script(`(() => {\n${client}})();\n`);
    },
  },
};
