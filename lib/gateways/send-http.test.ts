import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { noAnswer } from "./gateway.ts";
import { sendHttp } from "./send-http.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function aServer(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const get = (url: string) => sendHttp({ method: "GET", url, headers: {} });

test("an answer comes with status, headers and JSON, whatever the status is", async () => {
  const url = await aServer((_request, response) => {
    response.writeHead(422, { "X-Thing": "1" });
    response.end('{"a":1}');
  });
  const answer = await get(url);
  expect(answer).toMatchObject({ kind: "answer", status: 422, json: { a: 1 } });
  expect(answer.kind === "answer" && answer.header("x-thing")).toBe("1");
});

test("what is no JSON is told as text", async () => {
  const url = await aServer((_request, response) => response.end("<html>"));
  expect(await get(url)).toMatchObject({ kind: "answer", json: undefined, text: "<html>" });
});

test("a refused connection and a name without an address were certainly not sent", async () => {
  const url = await aServer(() => undefined);
  await new Promise((resolve) => server?.close(resolve));
  expect(await get(url)).toMatchObject({ kind: "not_sent" });
  expect(await get("http://no-such-host.invalid/")).toMatchObject({ kind: "not_sent" });
});

test("a connection that breaks after the request has arrived is unknown", async () => {
  const url = await aServer((request) => request.socket.resetAndDestroy());
  expect(await get(url)).toMatchObject({ kind: "unknown" });
});

test("an answer that is too large is unknown, and the rest of it is not read", async () => {
  let written = 0;
  const url = await aServer((_request, response) => {
    const chunk = Buffer.alloc(256 * 1024);
    const write = (): void => {
      while (!response.destroyed && written < 64 * 1024 * 1024) {
        written += chunk.length;
        if (!response.write(chunk)) {
          response.once("drain", write);
          return;
        }
      }
    };
    write();
  });
  expect(await get(url)).toEqual({ kind: "unknown", detail: "answer too large" });
  await sleep(200);
  expect(written).toBeLessThan(32 * 1024 * 1024);
});

test("an answer that comes byte by byte ends at the deadline, as no answer", async () => {
  const url = await aServer((_request, response) => {
    const timer = setInterval(() => response.write(" "), 100);
    response.once("close", () => clearInterval(timer));
  });
  const startedAt = performance.now();
  expect(await get(url)).toEqual({ kind: "unknown", detail: noAnswer });
  expect(performance.now() - startedAt).toBeLessThan(11_000);
});

test("a redirect is not followed", async () => {
  let calls = 0;
  const url = await aServer((_request, response) => {
    calls += 1;
    response.writeHead(302, { Location: "/elsewhere" });
    response.end();
  });
  expect(await get(url)).toMatchObject({ kind: "answer", status: 302 });
  expect(calls).toBe(1);
});

test("one too many is sent again when it was told to be, at most twice, and then was not sent", async () => {
  let calls = 0;
  const url = await aServer((_request, response) => {
    calls += 1;
    response.writeHead(calls === 2 ? 200 : 429, { "Retry-After": "1" });
    response.end("{}");
  });
  expect(await get(url)).toMatchObject({ kind: "answer", status: 200 });
  calls = 2;
  expect(await get(url)).toEqual({ kind: "not_sent", detail: "status 429" });
  expect(calls).toBe(5);
});

test("a gateway that wants to be left alone for long is not waited for", async () => {
  const url = await aServer((_request, response) => {
    response.writeHead(429, { "Retry-After": "3600" });
    response.end();
  });
  const startedAt = performance.now();
  expect(await get(url)).toEqual({ kind: "not_sent", detail: "status 429" });
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});
