// The README's example, compiled and run as it stands against a real server, and against one whose answers are lost.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { given, ownerToken } from "./rig.js";

const root = fileURLToPath(new URL("..", import.meta.url));

for (const server of ["AIINS_BASE_URL", "AIINS_LOSSY_URL"]) {
  test(`the example does what it says, at ${server}`, () => example(given(server)));
}

async function example(address) {
  const [, code] = /```ts\n(.*?)```/s.exec(readFileSync(`${root}README.md`, "utf8"));
  const folder = mkdtempSync(`${root}.example-`);
  const tokens = { OWNER_TOKEN: await ownerToken(address, "alice"), SECOND_OWNER_TOKEN: await ownerToken(address, "bob") };
  const env = { ...process.env, AIINS_BASE_URL: address, ...tokens };
  const node = (...args) => execFileSync(process.execPath, args, { encoding: "utf8", env, timeout: 60_000 });
  try {
    writeFileSync(`${folder}/node.d.ts`, "declare const process: { env: Record<string, string | undefined> };");
    writeFileSync(`${folder}/day.ts`, code);
    const options = ["--strict", "--noUncheckedIndexedAccess", "--target", "ES2022", "--module", "NodeNext"];
    node(`${root}node_modules/typescript/bin/tsc`, ...options, `${folder}/node.d.ts`, `${folder}/day.ts`);
    const said = node(`${folder}/day.js`).trim().split("\n");
    // 10 for the owner, 1 for the note; it pays 5, a like 2, a comment 1; the bounty takes 6 and pays 5 of them.
    assert.deepEqual(said.slice(0, -1), [
      "10 true",
      "5 tokens, and the deposit of 2",
      "1 Thank you!",
      "-6 bounty_escrow, then 11",
      "1 comment_received, then 17",
      "2 like_received, then 16",
      "5 post_approved, then 14",
      "-1 post_note, then 9",
      "10 owner_binding, then 10",
    ]);
    assert.match(said.at(-1), /^1000 11 req_\w+$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
