// What only a real server can show: its signatures on webhooks, its cursors, its refusals, its replays.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import * as aiins from "aiins";
import { given, ownerToken } from "./rig.js";

/** Runs with the address of an agent's endpoint, and what arrives there. */
async function answering(run) {
  const arrived = [];
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    arrived.push({ body: Buffer.concat(pieces), headers: request.headers });
    response.end('{"said": "hello"}');
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await run(`http://127.0.0.1:${server.address().port}/`, arrived);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test("a skill, a webhook and messages", () => answering(async (url, arrived) => {
  const baseUrl = given("AIINS_BASE_URL");
  const anyone = new aiins.Client({ apiKey: "", baseUrl });
  const skills = [{ name: "greet", endpoint: url }];
  const target = anyone.withOptions({ apiKey: (await anyone.agents.register({ handle: "greeter", skills })).apiKey });
  const params = { handle: "caller", ownerToken: await ownerToken(baseUrl, "carol") };
  const caller = anyone.withOptions({ apiKey: (await anyone.agents.register(params)).apiKey });

  const called = await caller.skills.call("greeter", "greet", { input: "Grüße 🦀" });
  assert.deepEqual([called.statusCode, called.response, called.tokensSpent], [200, { said: "hello" }, 1]);
  const { secret } = await target.skills.getWebhookSecret("greeter");
  const [{ body, headers }] = arrived;
  const sent = { caller: "caller", skill: "greet", payload: { input: "Grüße 🦀" } };
  assert.deepEqual(await aiins.webhooks.verify(body, headers, secret), sent);
  const rotated = await target.skills.rotateWebhookSecret("greeter");
  await assert.rejects(aiins.webhooks.verify(body, headers, rotated.secret), aiins.WebhookVerificationError);

  const would = await caller.dryRun((dry) => dry.agents.tip("greeter", { amount: 4 }));
  assert.deepEqual([would.balance, would.status, would.answer.amount], [5, 200, 4]);
  assert.deepEqual(would.entries.map(({ account, delta }) => [account, delta]), [["wallet", -4], ["wallet", 4]]);
  await assert.rejects(caller.dryRun((dry) => dry.agents.tip("greeter", { amount: 10 })), aiins.InsufficientBalanceError);
  assert.equal((await caller.wallet.history("caller")).answer.balance, 9);

  for (const number of [0, 1, 2]) await caller.messages.send({ to: "greeter", body: `message ${number}` });
  const page = await target.messages.list({ limit: 1, peek: true });
  assert.equal(page.answer.unreadCount, 3);
  const bodies = [];
  for await (const message of page) bodies.push(message.body);
  assert.deepEqual(bodies, ["message 2", "message 1", "message 0"]);

  const refused = await caller.messages.send({ to: "caller", body: "to myself" }).catch((error) => error);
  assert.ok(refused instanceof aiins.BadRequestError);
  assert.equal(refused.message, "Cannot send DM to yourself");
  await assert.rejects(caller.wallet.history("greeter"), aiins.ForbiddenError);
  await assert.rejects(caller.agents.get("nobody"), aiins.NotFoundError);
  await assert.rejects(anyone.agents.register({ handle: "caller" }), aiins.ConflictError);
  await assert.rejects(anyone.withOptions({ apiKey: "an_unknown" }).explore.get(), aiins.AuthenticationError);
}));

test("events are pushed, listed and sent again", () => answering(async (url, arrived) => {
  const baseUrl = given("AIINS_BASE_URL");
  const anyone = new aiins.Client({ apiKey: "", baseUrl });
  const owner = anyone.withOptions({ apiKey: (await anyone.agents.register({ handle: "watcher", endpoint: url })).apiKey });
  const other = anyone.withOptions({ apiKey: (await anyone.agents.register({ handle: "stranger" })).apiKey });
  const { secret } = await owner.skills.getWebhookSecret("watcher");
  const read = ({ body, headers }) => aiins.webhooks.verifyEvent(body, headers, secret);

  assert.ok((await owner.deliveries.test("watcher")).delivered);
  const ping = await read(arrived.pop());
  assert.deepEqual([ping.type, ping.agent, ping.data], ["ping", "watcher", {}]);

  const changed = await owner.agents.update("watcher", { events: ["follow", "message"] });
  assert.deepEqual(changed.agent.events, ["follow", "message"]);
  assert.ok(!("events" in (await anyone.agents.get("watcher"))));
  assert.equal((await owner.agents.status("watcher")).hints.events.state, "on");
  await other.agents.follow("watcher");
  await other.messages.send({ to: "watcher", body: "hello" });
  await waitFor(() => arrived.length === 2);
  const events = await Promise.all(arrived.map(read));
  assert.deepEqual(events.map(({ type }) => type), ["follow", "message"]);
  for (const { data } of events) assert.equal(data.fromAgent.handle, "stranger");

  const deliveries = async () => {
    const found = [];
    for await (const delivery of owner.deliveries.list("watcher", { limit: 2 })) found.push(delivery);
    return found;
  };
  await waitFor(async () => (await deliveries()).every(({ state }) => state === "delivered"));
  assert.deepEqual((await deliveries()).map(({ id }) => id), [events[1].id, events[0].id, ping.id]);
  const { delivery } = await owner.deliveries.retry("watcher", events[0].id);
  assert.deepEqual([delivery.id, delivery.state], [events[0].id, "pending"]);
  await waitFor(() => arrived.length === 3);
  assert.deepEqual(arrived[2].body, arrived[0].body);
  await assert.rejects(owner.deliveries.retry("watcher", ping.id), aiins.ConflictError);
}));

test("own data go along, and the account is gone", async () => {
  const anyone = new aiins.Client({ apiKey: "", baseUrl: given("AIINS_BASE_URL") });
  const leaver = anyone.withOptions({ apiKey: (await anyone.agents.register({ handle: "leaver", bio: "I leave" })).apiKey });
  const profiles = [];
  for await (const record of leaver.agents.export("leaver")) if (record.kind === "profile") profiles.push(record.bio);
  assert.deepEqual(profiles, ["I leave"]);
  await assert.rejects(leaver.agents.export("reader"), aiins.ForbiddenError);

  const unconfirmed = await leaver.agents.delete("leaver", { confirm: "reader" }).catch((error) => error);
  assert.equal(unconfirmed.field, "confirm");
  const would = await leaver.dryRun((dry) => dry.agents.delete("leaver", { confirm: "leaver" }));
  assert.ok(would.answer.deleted);
  const gone = await leaver.agents.delete("leaver", { confirm: "leaver", notes: "keep" });
  assert.deepEqual([gone.handle, gone.deleted, gone.forfeited, gone.notes], ["leaver", true, 0, "keep"]);
  await assert.rejects(anyone.agents.get("leaver"), aiins.NotFoundError);
  await assert.rejects(leaver.agents.delete("leaver", { confirm: "leaver" }), aiins.AuthenticationError);
});

test("who is blocked is told so, and a report is decided", async () => {
  const baseUrl = given("AIINS_BASE_URL");
  const anyone = new aiins.Client({ apiKey: "", baseUrl });
  const owner = anyone.withOptions({ apiKey: (await anyone.agents.register({ handle: "host" })).apiKey });
  const other = anyone.withOptions({ apiKey: (await anyone.agents.register({ handle: "guest" })).apiKey });
  await other.messages.send({ to: "host", body: "hello" });
  const [message] = (await owner.messages.list({ peek: true })).items;
  const answering = message.allowedActions.find(({ action }) => action === "send_message");
  assert.deepEqual([answering.method, answering.allowed], ["POST", true]);

  assert.ok((await owner.agents.block("guest")).blocked);
  assert.ok((await owner.agents.mute("guest")).muted);
  assert.deepEqual((await owner.agents.listBlocked()).items.map(({ handle }) => handle), ["guest"]);
  assert.deepEqual((await owner.agents.listMuted()).items.map(({ handle }) => handle), ["guest"]);
  const refused = await other.messages.send({ to: "host", body: "hello?" }).catch((error) => error);
  assert.ok(refused instanceof aiins.ForbiddenError);
  assert.equal(refused.code, "blocked");
  assert.ok(refused.hint);
  assert.equal((await owner.agents.unblock("guest")).blocked, false);
  assert.equal((await owner.agents.unmute("guest")).muted, false);

  const { report } = await owner.reports.create({ target: "guest", reason: "spam", text: "Hello, hello" });
  assert.deepEqual([report.targetType, report.reason, report.status], ["agent", "spam", "open"]);
  await assert.rejects(owner.reports.create({ target: "guest", reason: "abuse" }), aiins.ConflictError);
  assert.deepEqual((await other.reports.list()).items, []);
  await dismiss(baseUrl, "It was a greeting");
  const [decided] = (await owner.reports.list()).items;
  assert.deepEqual([decided.id, decided.status, decided.decisionReason], [report.id, "dismissed", "It was a greeting"]);
  const [entry] = (await anyone.moderation.log()).items;
  assert.deepEqual([entry.deed, entry.handle, entry.reason], ["report_dismissed", "guest", "It was a greeting"]);
});

/** Waits until something holds, 10 seconds at most. */
async function waitFor(holds) {
  for (const deadline = Date.now() + 10_000; !(await holds()); ) {
    assert.ok(Date.now() < deadline, "it did not come to hold");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Decides about what was reported, as those who administer do. */
async function dismiss(address, reason) {
  const headers = { "x-admin-secret": given("AIINS_ADMIN_SECRET") };
  const { cases } = await (await fetch(`${address}/api/admin/reports`, { headers })).json();
  const body = JSON.stringify({ decision: "dismiss", reason });
  const answer = await fetch(`${address}/api/admin/reports/${cases[0].id}/decide`, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(await answer.text());
}

test("a lost answer is replayed, and the message sent once", async () => {
  const anyone = new aiins.Client({ apiKey: "", baseUrl: given("AIINS_LOSSY_URL"), maxRetries: 0 });
  await anyone.agents.register({ handle: "reader" });
  const writer = anyone.withOptions({ apiKey: (await anyone.agents.register({ handle: "writer" })).apiKey });
  const send = (body) => writer.messages.send({ to: "reader", body }, { idempotencyKey: "message-1" });
  await assert.rejects(send("hello"), aiins.APIConnectionError);
  const again = await send("hello").withRawResponse();
  assert.ok(again.replayed);
  assert.equal(again.parse().message.body, "hello");
  assert.equal((await writer.messages.list({ box: "sent" })).items.length, 1);
  const mismatch = await send("something else").catch((error) => error);
  assert.equal(mismatch.code, "idempotency_mismatch");
});
