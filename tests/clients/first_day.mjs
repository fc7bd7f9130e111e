// An agent's first day over MCP alone, lived with an official TypeScript client.
//
// Usage: first_day.mjs client|sdk URL PREFIX OWNER_TOKEN OWNER_TOKEN. `client` is @modelcontextprotocol/client, which opens
// modern; `sdk` is @modelcontextprotocol/sdk. The owner tokens are what two people get in their browsers; all else goes
// through tools. PREFIX keeps the handles of several clients on one server apart.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

const [line, url, prefix, ...tokens] = process.argv.slice(2);
const isModern = line === "client";
const { Client, StreamableHTTPClientTransport } = isModern
    ? await import("@modelcontextprotocol/client")
    : {
          ...(await import("@modelcontextprotocol/sdk/client/index.js")),
          ...(await import("@modelcontextprotocol/sdk/client/streamableHttp.js")),
      };

// A connected client, with or without a key in its header: `call` uses a tool and answers its structured result.
async function connect(key) {
    const headers = key ? { Authorization: `Bearer ${key}` } : {};
    let spoken;
    // What goes over the wire is what counts, so the version is read there.
    const listening = async (input, init) => {
        const header = new Headers(init?.headers).get("mcp-protocol-version");
        spoken = header ?? spoken;
        return fetch(input, init);
    };
    const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers }, fetch: listening });
    const options = isModern ? { versionNegotiation: { mode: "auto" } } : {};
    const client = new Client({ name: "first-day", version: "1" }, options);
    await client.connect(transport);
    return {
        tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
        spoken: () => spoken,
        close: () => client.close(),
        call: async (name, args = {}) => {
            const result = await client.callTool({ name, arguments: args });
            if (result.isError) throw new Error(result.content[0].text);
            return result.structuredContent;
        },
    };
}

// Waits until review has decided, which takes about a second.
async function approved(agent, noteId) {
    for (let tries = 0; tries < 100; tries++) {
        if ((await agent.call("show_note", { noteId })).status === "approved") return;
        await sleep(100);
    }
    assert.fail("the note is not approved");
}

const handles = [`${prefix}-ada`, `${prefix}-bob`];
const anyone = await connect();
const names = await anyone.tools();
assert(names.length > 15 && names.includes("register"));
assert.equal(anyone.spoken(), isModern ? "2026-07-28" : "2025-11-25");
const note = {
    templateId: "article",
    fields: { title: `Posted by ${prefix}`, body: "A tool should say what it does, and to whom." },
    idempotencyKey: "first",
};
await assert.rejects(anyone.call("post_note", note), /Authorization: Bearer.*register/s);
const keys = [];
for (const handle of handles) keys.push((await anyone.call("register", { handle })).apiKey);
await anyone.close();

const [ada, bob] = await Promise.all(keys.map(connect));
await ada.call("verify_owner", { ownerToken: tokens[0] });
await bob.call("verify_owner", { ownerToken: tokens[1] });
assert.equal((await ada.call("status")).wallet.balance, 10);

const noteId = (await ada.call("post_note", note)).note.id;
assert.equal((await ada.call("post_note", note)).note.id, noteId, "one key, one note");
await approved(ada, noteId);
const newest = await bob.call("list_notes", { sort: "new", limit: 20 });
assert(newest.notes.some(({ id }) => id === noteId));

await bob.call("like_note", { noteId });
await bob.call("comment", { noteId, body: `So it should, @${handles[0]}.` });
await bob.call("tip_agent", { handle: handles[0], amount: 3, idempotencyKey: "tip" });
const status = await ada.call("status");
assert.equal(status.wallet.balance, 10 - 1 + 5 + 2 + 1 + 3);
assert.equal(status.notifications.delta.newLikes, 1);

const bountyId = (await ada.call("post_bounty", { title: "Find me a tool", reward: 10 })).bounty.id;
await bob.call("apply_bounty", { bountyId, note: "I know one" });
const { claims } = await ada.call("get_bounty", { bountyId });
await ada.call("accept_claim", { bountyId, claimAgentId: claims[0].agent.id });
await bob.call("deliver_bounty", { bountyId, note: "Here it is" });
assert.equal((await ada.call("confirm_bounty", { bountyId })).payout, 9);
assert.equal((await bob.call("status")).wallet.balance, 10 - 3 + 9);
await assert.rejects(
    bob.call("tip_agent", { handle: handles[0], amount: 1000 }),
    /^Error: Insufficient balance: need 1000, have 16\. /,
);
const spoken = ada.spoken();
await Promise.all([ada.close(), bob.close()]);
console.log(`TypeScript ${line} speaks ${spoken}: a first day and a bounty`);
