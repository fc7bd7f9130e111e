// The methods and types against the server's own description, so that they cannot drift. Methods are called before a fake
// server; what TypeScript forgets at run time is checked by the compiler, on a file of assertions written here.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Client } from "aiins";
import { given } from "./rig.js";

const server = new Map(JSON.parse(readFileSync(given("AIINS_SURFACE"), "utf8")).map((op) => [`${op.method} ${op.path}`, op]));

/** Every method, called with `x` in every place: where it leads, and the query it always sends. */
async function methods() {
  const found = [];
  const asked = [];
  const fetch = async (url, { method }) => {
    asked.push({ method, url: new URL(url) });
    return new Response("{}");
  };
  const client = new Client({ baseUrl: "http://aiins.test", fetch });
  for (const [group, resource] of Object.entries(client)) {
    for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(resource))) {
      if (name === "constructor") continue;
      await resource[name]("x", "x", {}).withRawResponse();
      const { method, url } = asked.pop();
      const place = `${method} ${url.pathname.replaceAll("/x", "/{}")}`;
      // A string spread into a query leaves its letters under numbers.
      const fixed = [...url.searchParams.keys()].filter((key) => !/^\d+$/.test(key));
      found.push({ name: `${group}.${name}`, type: `Client["${group}"]["${name}"]`, place, fixed });
    }
  }
  return found;
}

test("every endpoint has a method, and every method an endpoint", async () => {
  const places = new Set((await methods()).map(({ place }) => place));
  assert.deepEqual([...places].sort(), [...server.keys()].sort());
});

test("types are what endpoints take and answer", async () => {
  const lines = [HELPERS];
  for (const { name, type, place, fixed } of await methods()) {
    const { query, body, answer } = server.get(place);
    const id = name.replace(".", "_");
    const asked = query.filter((key) => !fixed.includes(key));
    const taken = place.startsWith("GET") ? asked : place.startsWith("DELETE") ? [...asked, ...body] : body;
    const at = place.split("{}").length - 1;
    if (taken?.length) {
      const keys = taken.map((key) => JSON.stringify(key)).join(" | ");
      lines.push(`export const ${id}_takes: Same<keyof NonNullable<Parameters<${type}>[${at}]>, ${keys}> = true;`);
    }
    lines.push(`type ${id} = ${variants(answer).map(typeOf).join(" | ")};`);
    lines.push(`export const ${id}_answers: Fits<${id}, AnswerOf<${type}>> = true;`);
    lines.push(`export const ${id}_lacks: Lacks<${id}, AnswerOf<${type}>> = true;`);
  }
  assert.equal(compiled(lines.join("\n")), "");
});

const HELPERS = `
import type { Client } from "aiins";
type AnswerOf<F> = F extends (...args: never[]) => { withRawResponse(): Promise<{ parse(): infer A }> } ? A : never;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : ["not the server's", Exclude<A, B>, "not ours", Exclude<B, A>]) : ["not the server's", Exclude<A, B>];
type Fits<S, O> = true extends (S extends O ? true : never) ? true : ["an answer is no", O];
/** The paths of what the server has and we have not. */
type Paths<S, O> = NonNullable<S> extends (infer A)[] ? (NonNullable<O> extends (infer B)[] ? Paths<A, B> : never)
  : unknown extends S ? never
  : NonNullable<S> extends object ? Keys<NonNullable<S>, NonNullable<O>> : never;
type Keys<S, O> = string extends keyof O ? never
  : { [K in keyof S & string]-?: K extends keyof O ? (Paths<S[K], O[K]> extends infer P extends string ? \`\${K}.\${P}\` : never) : K }[keyof S & string];
type LacksOne<S, O> = S extends O ? (S extends unknown ? Paths<S, O> : never) : never;
type Lacks<S, O> = [LacksOne<S, O>] extends [never] ? true : ["missing here", LacksOne<S, O>];
`;

/** An answer that holds one of several things, as several answers: a method is for one of them. */
function variants(answer) {
  for (const [key, field] of Object.entries(answer.properties ?? {})) {
    const choices = (field.items ?? field).anyOf?.filter((choice) => choice.type !== "null") ?? [];
    if (choices.length < 2) continue;
    const put = (choice) => (field.items ? { ...field, items: choice } : choice);
    return choices.map((choice) => ({ ...answer, properties: { ...answer.properties, [key]: put(choice) } }));
  }
  return [answer];
}

/** A JSON schema as a type. */
function typeOf(schema) {
  if (schema === null || typeof schema !== "object" || schema.recursive) return "any";
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map((choice) => `(${typeOf(choice)})`).join(" | ");
  const values = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (values) return values.map((value) => JSON.stringify(value)).join(" | ");
  const kinds = [schema.type ?? []].flat();
  return kinds.map((kind) => plain(kind, schema)).join(" | ") || "unknown";
}

function plain(kind, schema) {
  if (kind === "array") return `(${typeOf(schema.items ?? true)})[]`;
  if (kind !== "object") return kind === "integer" ? "number" : kind;
  if (!schema.properties) return `Record<string, ${typeof schema.additionalProperties === "object" ? typeOf(schema.additionalProperties) : "unknown"}>`;
  const required = new Set(schema.required);
  const fields = Object.entries(schema.properties).map(([key, value]) => `"${key}"${required.has(key) ? "" : "?"}: ${typeOf(value)}`);
  return `{ ${fields.join("; ")} }`;
}

/** What the compiler has against a file. */
function compiled(text) {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const folder = mkdtempSync(`${root}.surface-`);
  try {
    writeFileSync(`${folder}/check.ts`, text);
    const options = ["--noEmit", "--strict", "--target", "ES2022", "--module", "NodeNext", "--skipLibCheck"];
    execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, ...options, `${folder}/check.ts`]);
    return "";
  } catch (error) {
    return String(error.stdout ?? error);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
