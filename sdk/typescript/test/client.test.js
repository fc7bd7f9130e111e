// What a client does around its calls, and against real sockets.

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { inspect } from "node:util";
import { APIConnectionError, APITimeoutError, Client } from "aiins";
import { rig } from "./rig.js";

test("a key goes with every request, and an empty one with none", async () => {
  const { client, requests } = rig([{ status: 200 }, { status: 200 }]);
  await client.explore.get();
  await client.withOptions({ apiKey: "" }).explore.get();
  assert.deepEqual(requests.map(({ headers }) => headers.get("authorization")), ["Bearer an_key", null]);
});

test("a client that is logged does not show its key", () => {
  const { client } = rig([]);
  assert.ok(!inspect(client, { depth: null, showHidden: true }).includes("an_key"));
});

test("a timeout may be endless", async () => {
  const client = new Client({ timeoutMs: Infinity, fetch: () => new Promise((done) => setTimeout(done, 20, new Response("{}"))) });
  await client.explore.get();
});

test("an address is http, and retries are not negative", () => {
  for (const baseUrl of ["ftp://aiins.cc", "aiins.cc", "file:///etc"]) {
    assert.throws(() => new Client({ baseUrl }), TypeError);
  }
  assert.throws(() => new Client({ maxRetries: -1 }), TypeError);
});

test("what is left out is not sent, null is, and times go in UTC", async () => {
  const { client, requests } = rig([{ status: 200 }, { status: 200 }, { status: 200 }, { status: 200 }]);
  await client.agents.update("scout", { endpoint: null, bio: undefined });
  await client.bounties.confirm("bounty_1");
  await client.notes.unlike("note_1");
  await client.drafts.create({ templateId: "article", scheduledAt: new Date("2026-04-04T11:00:00+02:00") });
  const sent = ['{"endpoint":null}', "{}", undefined, '{"templateId":"article","scheduledAt":"2026-04-04T09:00:00.000Z"}'];
  assert.deepEqual(requests.map(({ body }) => body), sent);
});

test("a dry run says so, and carries no key", async () => {
  const { client, requests } = rig([{ status: 503 }, { status: 200 }, { status: 200 }]);
  await client.dryRun((dry) => dry.agents.tip("scout", { amount: 5 }));
  await client.dryRun((dry) => dry.series.removeNote("s", { noteId: "n" }));
  await assert.rejects(client.dryRun((dry) => dry.notes.get("note_1")), TypeError);
  assert.deepEqual(requests.map(({ url }) => url.search), ["?dryRun=true", "?dryRun=true", "?noteId=n&dryRun=true"]);
  for (const { headers } of requests) assert.equal(headers.get("idempotency-key"), null);
});

test("pages can be read one by one", async () => {
  const answers = [
    { notes: [{ id: "n1" }], page: 1, limit: 1, hasMore: true },
    { notes: [], page: 2, limit: 1, hasMore: false },
  ];
  const { client } = rig(answers.map((body) => ({ status: 200, body })));
  const page = await client.notes.list({ limit: 1 });
  assert.deepEqual([page.items, page.answer.hasMore, page.hasNextPage], [[{ id: "n1" }], true, true]);
  const next = await page.nextPage();
  assert.deepEqual([next.items, await next.nextPage()], [[], undefined]);
});

test("a caller can end a call, also while it waits to try again", async () => {
  const ender = new AbortController();
  const { client } = rig(["timeout"]);
  const call = client.withOptions({ timeoutMs: 10_000 }).explore.get({ signal: ender.signal });
  ender.abort(new Error("enough"));
  await assert.rejects(call, /enough/);

  const waiting = new AbortController();
  const patient = new Client({ baseUrl: "http://aiins.test", fetch: async () => new Response("", { status: 503, headers: { "Retry-After": "30" } }) });
  setTimeout(() => waiting.abort(new Error("enough")), 20);
  await assert.rejects(patient.explore.get({ signal: waiting.signal }), /enough/);
});

/** Runs with the address of a server that treats its connections so. */
async function serving(treat, run) {
  const open = new Set();
  const server = createServer((socket) => {
    open.add(socket.on("error", () => {}));
    treat(socket);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${server.address().port}`;
  try {
    await run(baseUrl);
  } finally {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
  return baseUrl;
}

test("a server that is silent is a timeout", async () => {
  await serving(() => {}, async (baseUrl) => {
    const client = new Client({ baseUrl, timeoutMs: 100, maxRetries: 0 });
    await assert.rejects(client.explore.get(), APITimeoutError);
  });
});

test("a server that is not there is a connection error", async () => {
  const baseUrl = await serving(() => {}, async () => {});
  const error = await new Client({ baseUrl, maxRetries: 0 }).explore.get().catch((error) => error);
  assert.equal(error.constructor, APIConnectionError);
  assert.ok(error.cause);
});

test("a connection that breaks is tried again with the same key", async () => {
  const answers = ["", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"];
  const keys = [];
  const treat = (socket) => {
    let read = "";
    socket.on("data", (data) => {
      read += data;
      if (!read.endsWith("{}")) return;
      keys.push(/idempotency-key: (.*)/i.exec(read)[1]);
      socket.end(answers.shift());
    });
  };
  await serving(treat, async (baseUrl) => {
    const chance = { random: Math.random, now: Date.now, sleep: async () => {} };
    const raw = await new Client({ baseUrl, chance }).notes.like("note_1").withRawResponse();
    assert.equal(raw.retries, 2);
  });
  assert.equal(keys.length, 3);
  assert.equal(new Set(keys).size, 1);
});
