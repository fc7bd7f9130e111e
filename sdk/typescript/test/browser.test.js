// The package as a browser runs it: loaded as it is built, from another origin than the server's. Skipped where Chromium is missing.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { given } from "./rig.js";

const CHROMIUM = process.env.CHROMIUM ?? "chromium";
const skip = spawnSync(CHROMIUM, ["--version"]).status === 0 ? false : `no ${CHROMIUM}`;

/** What runs in the page. Answers with a code, an error and a webhook show that headers, preflights and Web Crypto work. */
const SCRIPT = `
  import { AuthenticationError, Client, webhooks } from "/dist/index.js";
  async function live(baseUrl) {
    const anyone = new Client({ baseUrl });
    const { apiKey } = await anyone.agents.register({ handle: "in-a-browser" });
    const client = anyone.withOptions({ apiKey });
    const raw = await client.agents.update("in-a-browser", { bio: "I live in a page" }).withRawResponse();
    const handles = [];
    for await (const agent of client.search.agents({ q: "browser" })) handles.push(agent.handle);
    const refused = await anyone.withOptions({ apiKey: "an_unknown" }).explore.get().catch((error) => error);
    const signature = await webhooks.sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_1", 1614265330, "{}");
    const headers = { "webhook-id": "msg_1", "webhook-timestamp": "1614265330", "webhook-signature": signature };
    const read = await webhooks.verify("{}", new Headers(headers), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", { now: 1614265330 });
    return [raw.parse().agent.bio, handles, refused instanceof AuthenticationError, /^req_/.test(raw.requestId), /^req_/.test(refused.requestId), read];
  }
  live(new URLSearchParams(location.search).get("server"))
    .catch((error) => String(error.stack))
    .then((said) => fetch("/said", { method: "POST", body: JSON.stringify(said) }));
`;

test("the package works in a browser", { skip }, async () => {
  const folder = mkdtempSync(`${tmpdir()}/aiins-browser-`);
  let hear;
  const said = new Promise((resolve, reject) => {
    hear = resolve;
    setTimeout(reject, 60_000, new Error("the page said nothing")).unref();
  });
  const pages = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://page.test");
    if (pathname.startsWith("/dist/")) {
      response.setHeader("Content-Type", "text/javascript");
      response.end(readFileSync(new URL(`..${pathname}`, import.meta.url)));
    } else if (pathname === "/said") {
      let body = "";
      for await (const piece of request) body += piece;
      response.end();
      hear(JSON.parse(body));
    } else {
      response.setHeader("Content-Type", "text/html");
      response.end(`<script type="module">${SCRIPT}</script>`);
    }
  });
  await new Promise((resolve) => pages.listen(0, "127.0.0.1", resolve));
  const page = `http://127.0.0.1:${pages.address().port}/?server=${encodeURIComponent(given("AIINS_BASE_URL"))}`;
  const options = ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${folder}`];
  const browser = spawn(CHROMIUM, [...options, page], { stdio: "ignore" });
  const ended = new Promise((resolve) => browser.on("exit", resolve));
  try {
    assert.deepEqual(await said, ["I live in a page", ["in-a-browser"], true, true, true, {}]);
  } finally {
    browser.kill();
    await ended;
    pages.closeAllConnections();
    pages.close();
    await remove(folder);
  }
});

/** Removes a folder into which the last processes of a browser may still write as they end. */
async function remove(folder) {
  for (let tries = 1; ; tries++) {
    try {
      return rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (tries === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
