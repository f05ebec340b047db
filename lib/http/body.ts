import { PaymentError } from "../domain/errors.ts";
import { checkJson } from "./json-guard.ts";

/** The contract's limit for everything but webhooks. */
export const maxBodyBytes = 64 * 1024;

const jsonTypePattern = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i;

function malformed(message: string): PaymentError {
  return new PaymentError("invalid_request", message);
}

/**
 * Reads a body of at most `maxBytes`, counted as it comes: a missing or lying Content-Length changes
 * nothing. Throws `payload_too_large`.
 */
export async function readBody(request: Request, maxBytes = maxBodyBytes): Promise<Buffer> {
  const tooLarge = () =>
    new PaymentError(
      "payload_too_large",
      `The body is larger than ${Math.floor(maxBytes / 1024)} KiB.`,
    );
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  if (request.body === null) return Buffer.alloc(0);
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await readChunk(reader);
    if (done) return Buffer.concat(chunks, size);
    size += value.byteLength;
    if (size > maxBytes) {
      // The rest is not wanted. A sender that is gone already is no failure of ours.
      reader.cancel().catch(() => undefined);
      throw tooLarge();
    }
    chunks.push(value);
  }
}

async function readChunk(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read();
  } catch (cause) {
    throw new PaymentError("invalid_request", "The body did not arrive whole.", { cause });
  }
}

/** Refuses what is not UTF-8 JSON as it stands, before a byte of the body is read. */
export function requireJsonType(headers: Headers): void {
  const encoding = headers.get("content-encoding");
  if (encoding !== null && encoding.toLowerCase() !== "identity") {
    throw new PaymentError("unsupported_media_type", "A compressed body is not accepted.");
  }
  if (!jsonTypePattern.test(headers.get("content-type") ?? "")) {
    throw new PaymentError("unsupported_media_type", "Send the body as application/json in UTF-8.");
  }
}

/** Bytes → JSON value. Throws `invalid_request` on anything that is not strict JSON in strict UTF-8. */
export function parseJson(bytes: Uint8Array): unknown {
  if (bytes.byteLength === 0) throw malformed("The body is empty; send a JSON object.");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new PaymentError("invalid_request", "The body is not valid UTF-8.", { cause });
  }
  if (text.startsWith("\uFEFF")) throw malformed("The body begins with a byte order mark.");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the body, which may hold a card number.
    throw malformed("The body is not valid JSON.");
  }
  checkJson(value);
  return value;
}
