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
