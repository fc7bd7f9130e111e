// Webhooks: tells whether a call to an agent's endpoint comes from Aiins and was not changed on the way
// (Standard Webhooks: HMAC-SHA256 over id, timestamp and body).

import { WebhookVerificationError } from "./errors.js";
import type { WebhookEvent } from "./models/index.js";

/** How far a webhook's timestamp may lie from now, so that an old one cannot be sent again. */
export const TOLERANCE_SECS = 300;

/** The headers of a request, as a `Headers` or as Node gives them. */
export type HeadersLike = Headers | Record<string, string | string[] | undefined>;

export interface VerifyOptions {
  /** How many seconds the timestamp may lie from now; 300 by default. */
  toleranceSecs?: number;
  /** Unix seconds, for tests. */
  now?: number;
}

/**
 * The `webhook-signature` of a body.
 * @throws TypeError for a secret that is not `whsec_` and base 64.
 */
export async function sign(secret: string, id: string, timestampSecs: number, body: Uint8Array | string): Promise<string> {
  const key = await keyOf(secret);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, signed(id, String(timestampSecs), body)));
  return `v1,${btoa(String.fromCharCode(...mac))}`;
}

/**
 * Reads a webhook after checking it.
 * @param body exactly as it came, before any JSON parser.
 * @param secret what `client.skills.getWebhookSecret(handle)` answers.
 * @throws WebhookVerificationError when a header is missing, the time is too far off, or no signature fits.
 * @throws TypeError for a secret that is not `whsec_` and base 64.
 */
export async function verify(
  body: Uint8Array | string,
  headers: HeadersLike,
  secret: string,
  { toleranceSecs = TOLERANCE_SECS, now = Date.now() / 1_000 }: VerifyOptions = {},
): Promise<unknown> {
  const id = header(headers, "webhook-id");
  const sentAt = header(headers, "webhook-timestamp");
  const signatures = header(headers, "webhook-signature").split(" ").filter(Boolean);
  if (!id || !/^\d+$/.test(sentAt) || signatures.length === 0) {
    throw new WebhookVerificationError("webhook-id, webhook-timestamp or webhook-signature is missing or malformed");
  }
  if (Math.abs(now - Number(sentAt)) > toleranceSecs) {
    throw new WebhookVerificationError("the webhook's timestamp is too far from now");
  }
  const key = await keyOf(secret);
  const content = signed(id, sentAt, body);
  // Several signatures stand there while a secret is being replaced. `crypto.subtle` compares in constant time.
  let fits = false;
  for (const signature of signatures) {
    const mac = signature.startsWith("v1,") ? decoded(signature.slice(3)) : undefined;
    if (mac && (await crypto.subtle.verify("HMAC", key, mac, content))) fits = true;
  }
  if (!fits) throw new WebhookVerificationError("no signature fits the webhook");
  try {
    return JSON.parse(typeof body === "string" ? body : new TextDecoder().decode(body));
  } catch (cause) {
    throw new WebhookVerificationError("the webhook's body is not JSON", { cause });
  }
}

/**
 * Reads an event after checking it, as `verify` does. Its `type` may be one that is newer than this package.
 * An endpoint that skills are called at too takes `verify`: calls have a `skill`, events a `type`.
 * @throws WebhookVerificationError also for what is no event, such as the call of a skill.
 */
export async function verifyEvent(
  body: Uint8Array | string,
  headers: HeadersLike,
  secret: string,
  options: VerifyOptions = {},
): Promise<WebhookEvent> {
  const event = await verify(body, headers, secret, options);
  if (!isEvent(event)) throw new WebhookVerificationError("the webhook is no event");
  return event;
}

function isEvent(read: unknown): read is WebhookEvent {
  if (typeof read !== "object" || read === null) return false;
  const event = read as Record<string, unknown>;
  const texts = ["id", "type", "createdAt", "agent"].every((name) => typeof event[name] === "string");
  return texts && typeof event["data"] === "object" && event["data"] !== null && !Array.isArray(event["data"]);
}

function header(headers: HeadersLike, name: string): string {
  if (headers instanceof Headers) return headers.get(name) ?? "";
  const value = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return (Array.isArray(value) ? value[0] : value) ?? "";
}

async function keyOf(secret: string): Promise<CryptoKey> {
  const bytes = decoded(secret.replace(/^whsec_/, ""));
  if (!bytes?.length) throw new TypeError("the secret must be whsec_ and base 64");
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
}

function decoded(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function signed(id: string, sentAt: string, body: Uint8Array | string): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(`${id}.${sentAt}.`);
  const content = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const whole = new Uint8Array(head.length + content.length);
  whole.set(head);
  whole.set(content, head.length);
  return whole;
}
