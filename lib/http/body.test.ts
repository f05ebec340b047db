import { describe, expect, test } from "vitest";
import { isPaymentError, type PaymentError } from "../domain/errors.ts";
import { maxBodyBytes, parseJson, readBody, requireJsonType } from "./body.ts";

function refusal(work: () => unknown): PaymentError | null {
  try {
    work();
    return null;
  } catch (error) {
    if (isPaymentError(error)) return error;
    throw error;
  }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function streamOf(
  chunks: number,
  chunkBytes: number,
  onPull: () => void = () => undefined,
): ReadableStream {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      onPull();
      if (sent === chunks) return controller.close();
      sent += 1;
      controller.enqueue(new Uint8Array(chunkBytes).fill(32));
    },
  });
}

function post(body: BodyInit | null, headers: Record<string, string> = {}): Request {
  return new Request("http://localhost/", {
    method: "POST",
    body,
    headers,
    duplex: "half",
  } as RequestInit);
}

describe("reading a body", () => {
  test("takes exactly the limit", async () => {
    expect((await readBody(post(new Uint8Array(maxBodyBytes)))).byteLength).toBe(maxBodyBytes);
  });

  test("refuses one byte more", async () => {
    await expect(readBody(post(new Uint8Array(maxBodyBytes + 1)))).rejects.toMatchObject({
      code: "payload_too_large",
    });
  });

  test("counts what comes without a length, and stops reading where it is too much", async () => {
    let pulls = 0;
    const endless = streamOf(1_000_000, 16_384, () => (pulls += 1));
    await expect(readBody(post(endless))).rejects.toMatchObject({ code: "payload_too_large" });
    expect(pulls).toBeLessThan(20);
  });

  test("believes no length that is too small", async () => {
    const lying = post(streamOf(10, 16_384), { "content-length": "5" });
    await expect(readBody(lying)).rejects.toMatchObject({ code: "payload_too_large" });
  });

  test("a body that breaks off is the sender's failure", async () => {
    const broken = new ReadableStream({
      pull: (controller) => controller.error(new Error("socket")),
    });
    await expect(readBody(post(broken))).rejects.toMatchObject({ code: "invalid_request" });
  });
});

describe("the kind of body", () => {
  test.each([
    "application/json",
    "application/json; charset=utf-8",
    'Application/JSON;charset="UTF-8"',
  ])("%s is taken", (type) => {
    expect(refusal(() => requireJsonType(new Headers({ "content-type": type })))).toBeNull();
  });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-16",
    "application/jsonx",
    "",
  ])("%s is refused", (type) => {
    expect(refusal(() => requireJsonType(new Headers({ "content-type": type })))?.code).toBe(
      "unsupported_media_type",
    );
  });

  test("a missing type and a compressed body are refused", () => {
    expect(refusal(() => requireJsonType(new Headers()))?.code).toBe("unsupported_media_type");
    const gzip = new Headers({ "content-type": "application/json", "content-encoding": "gzip" });
    expect(refusal(() => requireJsonType(gzip))?.code).toBe("unsupported_media_type");
  });
});

const deep = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;

describe("parsing JSON", () => {
  const refused: [name: string, body: Uint8Array][] = [
    ["nothing", bytes("")],
    ["half an object", bytes('{"a":')],
    ["a trailing comma", bytes('{"a":1,}')],
    ["a bare word", bytes("NaN")],
    ["a byte order mark", bytes('\uFEFF{"a":1}')],
    ["UTF-16", new Uint8Array(Buffer.from('{"a":1}', "utf16le"))],
    ["a broken UTF-8 sequence", Uint8Array.from([0x22, 0xc3, 0x28, 0x22])],
    ["an overlong NUL", Uint8Array.from([0x22, 0xc0, 0x80, 0x22])],
    ["an escaped NUL", bytes('{"a":"x\\u0000"}')],
    ["a NUL in a name", bytes('{"x\\u0000":1}')],
    ["half a surrogate pair", bytes('{"a":"\\ud800"}')],
    ["the other half, deep inside", bytes('{"a":[{"b":"\\udfff"}]}')],
    ["__proto__", bytes('{"__proto__":{"polluted":true}}')],
    ["constructor, deep inside", bytes('{"a":{"constructor":{"prototype":{}}}}')],
    ["21 levels", bytes(deep(21))],
    ["30,000 levels", bytes(deep(30_000))],
  ];
  test.each(refused)("%s is refused as invalid", (_name, body) => {
    expect(refusal(() => parseJson(body))?.code).toBe("invalid_request");
  });

  test("the refusal quotes nothing of the body", () => {
    expect(refusal(() => parseJson(bytes('{"card":"4111111111111111"')))?.message).not.toContain(
      "4111",
    );
  });

  const taken: [name: string, body: string, value: unknown][] = [
    ["20 levels", deep(20), JSON.parse(deep(20))],
    ["a name twice: the last one counts", '{"a":1,"a":2}', { a: 2 }],
    [
      "emoji, right-to-left and combining text as they are",
      '"\u{1F697}\u202E e\u0301"',
      "\u{1F697}\u202E e\u0301",
    ],
    ["a surrogate pair written as escapes", '"\\ud83d\\ude97"', "\u{1F697}"],
  ];
  test.each(taken)("%s", (_name, body, value) => {
    expect(parseJson(bytes(body))).toEqual(value);
  });
});
