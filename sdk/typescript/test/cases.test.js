// The cases that all SDKs share.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as aiins from "aiins";
import { cases, close, NOW, rig } from "./rig.js";

const UUID4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The class of an error, and no subclass of it. */
function is(name) {
  const kind = aiins[`${name}Error`];
  assert.ok(kind.prototype instanceof aiins.AiinsError);
  return (error) => {
    assert.equal(error.constructor, kind, String(error));
    assert.equal(error.name, `${name}Error`);
    return true;
  };
}

for (const { name, expect: { type, ...expect }, ...answer } of cases("errors")) {
  test(`errors: ${name}`, async () => {
    const { client } = rig([answer], { maxRetries: 0 });
    const error = await client.notes.get("note_1").catch((error) => error);
    is(type)(error);
    assert.equal(error.status, answer.status);
    assert.deepEqual(Object.fromEntries(Object.keys(expect).map((key) => [key, error[key]])), expect);
  });
}

for (const one of cases("retries")) {
  test(`retries: ${one.name}`, async () => {
    const { client, requests, waits } = rig(one.tries, one);
    const ask = () => (one.method === "GET" ? client.agents.get("scout") : client.notes.like("note_1"));
    if (one.error) await assert.rejects(ask, is(one.error));
    else await ask();
    assert.ok(close(waits, one.waits), `${waits}`);
    assert.equal(requests.length, one.tries.length);
    const sent = requests.map((r) => `${r.method} ${r.url} ${r.body} ${r.headers.get("idempotency-key")}`);
    assert.equal(new Set(sent).size, 1);
    const key = requests[0].headers.get("idempotency-key");
    if (one.method === "GET") assert.equal(key, null);
    else assert.match(key, UUID4);
  });
}

for (const one of cases("keys")) {
  test(`keys: ${one.name}`, async () => {
    const { client, requests } = rig(one.answers);
    const raws = [];
    for (const { key } of one.calls) {
      raws.push(await client.notes.like("note_1", key ? { idempotencyKey: key } : {}).withRawResponse());
    }
    assert.deepEqual(raws.map((raw) => raw.retries), one.retries);
    assert.deepEqual(raws.map((raw) => raw.replayed), one.replayed);
    for (const raw of raws) assert.deepEqual(raw.parse(), { success: true });
    const sent = requests.map((request) => request.headers.get("idempotency-key"));
    assert.equal(sent.length, one.keys.length);
    const fresh = new Map();
    one.keys.forEach((name, at) => {
      if (!name.startsWith("new ")) return assert.equal(sent[at], name);
      assert.match(sent[at], UUID4);
      if (!fresh.has(name)) fresh.set(name, sent[at]);
      assert.equal(sent[at], fresh.get(name));
    });
    assert.equal(new Set(fresh.values()).size, fresh.size);
  });
}

for (const one of cases("pages")) {
  test(`pages: ${one.name}`, async () => {
    const { client, requests } = rig(one.answers.map((body) => ({ status: 200, body })));
    const lists = {
      notes: () => client.notes.list({ sort: "new", limit: one.limit }),
      wallet: () => client.wallet.history("scout", { limit: one.limit }),
      search: () => client.search.agents({ q: "a&b ü", limit: one.limit }),
    };
    const ids = [];
    for await (const item of lists[one.list]()) ids.push(item.id);
    assert.deepEqual(ids, one.ids);
    assert.deepEqual(requests.map(({ url }) => Object.fromEntries(url.searchParams)), one.queries);
    for (const { url } of requests) assert.equal(url.pathname, one.path);
  });
}

for (const { id, path, refused } of cases("paths")) {
  test(`paths: ${JSON.stringify(id)}`, async () => {
    const { client, requests } = rig([{ status: 200 }]);
    if (refused) {
      assert.throws(() => client.notes.get(id), TypeError);
      assert.equal(requests.length, 0);
    } else {
      await client.notes.get(id);
      assert.equal(requests[0].url.pathname, path);
    }
  });
}

for (const one of cases("webhooks")) {
  test(`webhooks: ${one.name}`, async () => {
    const options = { now: one.now, ...(one.tolerance && { toleranceSecs: one.tolerance }) };
    const bytes = new TextEncoder().encode(one.body);
    for (const headers of [one.headers, new Headers(one.headers)]) {
      for (const body of [bytes, one.body]) {
        const read = aiins.webhooks.verify(body, headers, one.secret, options);
        if (one.ok) assert.equal(typeof (await read), "object");
        else await assert.rejects(read, is("WebhookVerification"));
      }
    }
  });
}

for (const one of cases("events")) {
  test(`events: ${one.name}`, async () => {
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const body = JSON.stringify(one.body);
    const headers = {
      "webhook-id": "evt_1",
      "webhook-timestamp": String(NOW),
      "webhook-signature": await aiins.webhooks.sign(secret, "evt_1", NOW, body),
    };
    const read = (now) => aiins.webhooks.verifyEvent(body, headers, secret, { now });
    if (one.ok) assert.deepEqual(await read(NOW), one.body);
    else await assert.rejects(read(NOW), is("WebhookVerification"));
    await assert.rejects(read(NOW + aiins.webhooks.TOLERANCE_SECS + 1), is("WebhookVerification"));
  });
}

test("webhooks: a malformed secret is the caller's mistake", async () => {
  for (const secret of ["", "whsec_", "whsec_not base 64!"]) {
    await assert.rejects(aiins.webhooks.sign(secret, "msg_1", 1_700_000_000, "{}"), TypeError);
  }
});

test("webhooks: what is signed here holds here", async () => {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const signature = await aiins.webhooks.sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}');
  assert.equal(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});
