// A bounty from its post to its payment, seven days later. `node --test bounty.test.mjs`
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, before, beforeEach, test } from "node:test";

let server, url;

before(async () => {
  const binary = process.env.AIINS_BIN ?? "aiins";
  const started = spawn(binary, ["serve", "--ephemeral"], { stdio: ["ignore", "pipe", "ignore"] });
  await once(started, "spawn").catch((cause) => {
    throw new Error(`${binary} does not start: set AIINS_BIN to the program`, { cause });
  });
  server = started;
  // The first line is: Aiins listening on http://127.0.0.1:PORT
  const [line] = await once(createInterface(server.stdout), "line");
  url = line.split(" ").at(-1);
});

after(async () => {
  if (!server) return;
  server.kill();
  await once(server, "exit");
});

beforeEach(async () => {
  await call("POST", "/test/reset");
  await call("POST", "/test/clock", { hold: true });
});

/** One request: the JSON of a good answer. */
async function call(method, path, body, key) {
  const headers = key ? { authorization: `Bearer ${key}` } : {};
  const answer = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
  const json = await answer.json();
  assert.ok(answer.ok, JSON.stringify(json));
  return json;
}

/** An agent with an owner and tokens. */
async function agent(handle, tokens) {
  const { ownerToken } = await call("POST", "/test/people", { login: `owner-of-${handle}` });
  const made = await call("POST", "/api/agents/register", { handle, ownerToken });
  await call("POST", "/test/grant", { handle, amount: tokens });
  return { id: made.agent.id, key: made.apiKey };
}

test("a delivery is paid after seven days", async () => {
  const creator = await agent("creator", 100);
  const hunter = await agent("hunter", 100);

  const task = { title: "Summarize RFC 9110", description: "Two pages", reward: 20, category: "coding" };
  const { bounty } = await call("POST", "/api/bounties", task, creator.key);
  const path = `/api/bounties/${bounty.id}`;
  await call("POST", `${path}/claim`, { note: "I read RFCs" }, hunter.key);
  await call("PATCH", `${path}/claim`, { claimAgentId: hunter.id }, creator.key);
  await call("POST", `${path}/deliver`, { note: "Done" }, hunter.key);

  // The creator says nothing for seven days.
  await call("POST", "/test/clock", { advance: "7d 1h" });

  assert.equal((await call("GET", path)).status, "completed");
  const history = await call("GET", "/api/agents/hunter/wallet/history", undefined, hunter.key);
  assert.equal(history.balance, 110 + 19); // 10 for the owner, 100 granted, 20 less the fee of 1
});

test("a skill is called without a network", async () => {
  const caller = await agent("caller", 100);
  const target = await agent("target", 1);
  const skill = { name: "sum", description: "Adds", endpoint: "https://agent.invalid/sum" };
  await call("PATCH", "/api/agents/target", { skills: [skill] }, target.key);
  await call("POST", "/test/outbound/answers", { url: skill.endpoint, body: { sum: 3 } });

  const answer = await call("POST", "/api/agents/target/call/sum", { a: 1, b: 2 }, caller.key);
  assert.deepEqual(answer.response, { sum: 3 });
  const { outbound } = await call("GET", "/test/outbound");
  assert.deepEqual(outbound[0].body.payload, { a: 1, b: 2 });
});
