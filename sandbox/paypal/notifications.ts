/** Webhook signatures: https://developer.paypal.com/api/rest/webhooks/rest. */
import { randomUUID, sign as signBytes, verify as verifyBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Call, Context, Reply, Route } from "../stand-in.ts";
import { answer, PayPalRefusal } from "./answers.ts";
import { signerOfProcess } from "./certificate.ts";
import { apiRoute } from "./orders.ts";
import { readRequest, signatureRequest } from "./requests.ts";

const algorithm = "SHA256withRSA";
const certificatePath = "/v1/notifications/certs";

function messageOf(id: string, time: string, webhookId: string, body: string): Buffer {
  return Buffer.from(`${id}|${time}|${webhookId}|${crc32(Buffer.from(body))}`);
}

/** Body and headers of one delivery. `webhookId` binds the signature to one listener. */
export function signed(
  payload: Record<string, unknown>,
  webhookId: string,
  { now, baseUrl }: { now: Date; baseUrl: string },
): { body: string; headers: Record<string, string> } {
  const body = JSON.stringify(payload);
  const id = randomUUID();
  const time = `${now.toISOString().slice(0, 19)}Z`;
  const { privateKey, id: certificate } = signerOfProcess();
  const signature = signBytes("sha256", messageOf(id, time, webhookId, body), privateKey);
  return {
    body,
    headers: {
      "paypal-transmission-id": id,
      "paypal-transmission-time": time,
      "paypal-transmission-sig": signature.toString("base64"),
      "paypal-auth-algo": algorithm,
      "paypal-cert-url": `${baseUrl}${certificatePath}/${certificate}`,
    },
  };
}

/** The event as it was received, to the byte: writing it anew would change its checksum. */
function rawEvent(text: string): string {
  const from = text.indexOf("{", text.indexOf('"webhook_event"'));
  let depth = 0;
  for (let at = from; at >= 0 && at < text.length; at += 1) {
    if (text[at] === '"') at = endOfString(text, at);
    else if (text[at] === "{") depth += 1;
    else if (text[at] === "}") depth -= 1;
    if (depth === 0) return text.slice(from, at + 1);
  }
  return "";
}

function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}

function verifySignature(context: Context, call: Call): Promise<Reply> {
  const asked = readRequest(signatureRequest, call);
  const { transmission_id: id, transmission_time: time, webhook_id } = asked;
  const signer = signerOfProcess();
  const holds =
    asked.auth_algo === algorithm &&
    asked.cert_url === `${context.baseUrl}${certificatePath}/${signer.id}` &&
    webhook_id === context.credentials.webhookSecret &&
    verifyBytes(
      "sha256",
      messageOf(id, time, webhook_id, rawEvent(call.body.toString("utf8"))),
      signer.publicKey,
      Buffer.from(asked.transmission_sig, "base64"),
    );
  return Promise.resolve(answer(200, { verification_status: holds ? "SUCCESS" : "FAILURE" }));
}

function showCertificate(_context: Context, { params }: Call): Reply {
  const { id, pem } = signerOfProcess();
  if (params["id"] !== id) return new PayPalRefusal("INVALID_RESOURCE_ID").reply;
  return { status: 200, body: pem, contentType: "application/x-pem-file" };
}

export const notificationRoutes: Readonly<Record<string, Route>> = {
  "POST /v1/notifications/verify-webhook-signature": apiRoute(verifySignature),
  [`GET ${certificatePath}/:id`]: { isPublic: true, handle: showCertificate },
};
