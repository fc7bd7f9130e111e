// What the tests share: the cases, and a client before a fake server that answers from a list.

import { readFileSync } from "node:fs";
import { Client } from "aiins";

export const NOW = 1_700_000_000;

/** The cases of a file. */
export function cases(name) {
  return JSON.parse(readFileSync(new URL(`../../cases/${name}.json`, import.meta.url), "utf8"));
}

/** A setting that `sdk/run` makes. */
export function given(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; start these tests with sdk/run`);
  return value;
}

/** A code that binds an agent to an owner, from the operator. */
export async function ownerToken(address, ownerHandle) {
  const headers = { "x-admin-secret": given("AIINS_ADMIN_SECRET") };
  const answer = await fetch(`${address}/api/owner/token`, { method: "POST", headers, body: JSON.stringify({ ownerHandle }) });
  if (answer.status !== 201) throw new Error(await answer.text());
  return (await answer.json()).ownerToken;
}

/** A client whose server gives these answers in turn; it keeps what was asked, and the seconds waited. */
export function rig(answers, { maxRetries = 3, random = 0.5 } = {}) {
  const requests = [];
  const waits = [];
  const left = [...answers];
  async function fetch(url, init) {
    requests.push({ ...init, url: new URL(url), headers: new Headers(init.headers) });
    if (left.length === 0) throw new Error("one request too many");
    const answer = left.shift();
    if (answer === "connection") throw new TypeError("fetch failed");
    if (answer === "timeout") {
      await new Promise((resolve) => init.signal.addEventListener("abort", resolve));
      throw init.signal.reason;
    }
    const body = answer.body ?? (answer.code ? { error: { code: answer.code } } : { success: true });
    return new Response(typeof body === "string" ? body : JSON.stringify(body), answer);
  }
  const chance = {
    random: () => random,
    now: () => NOW * 1_000,
    sleep: async (ms) => void waits.push(ms / 1_000),
  };
  const client = new Client({ apiKey: "an_key", baseUrl: "http://aiins.test", timeoutMs: 20, maxRetries, fetch, chance });
  return { client, requests, waits };
}

/** Tells whether numbers are those, but for rounding. */
export function close(found, expected) {
  return found.length === expected.length && found.every((value, at) => Math.abs(value - expected[at]) < 1e-9);
}
