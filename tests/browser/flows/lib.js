// What the flows have in common: a place with people in it, and the steps that people take again and again.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { launch, Person } from '../lib/browser.js';
import { Server } from '../lib/server.js';

/** The login that administers. */
export const warden = 'warden';

const ends = [];
let shared;
after(() => Promise.all(ends.map((end) => end())));

/** The browser of a file of tests. People have profiles of their own in it. */
export function browser() {
  shared ??= launch({ after: (end) => ends.push(end) });
  return shared;
}

/** A server without anything in it, and seats at the browser: `await place.sit('ada')` is someone who is signed in. */
export async function open(test, { env = {}, ...options } = {}) {
  const server = await Server.start(test, { env: { AIINS_ADMIN_LOGINS: warden, ...env } });
  return {
    server,
    async sit(name, { tokens = 0, ...more } = {}) {
      const person = await Person.sit(await browser(), server, { ...options, ...more });
      if (name === undefined) return person;
      await person.signIn(name);
      person.handle = name;
      if (tokens > 0) await server.deed('grant', name, String(tokens));
      return person;
    },
  };
}

/** The field with a label, inside of something. */
export function field(where, label) {
  const name = label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return where.getByLabel(new RegExp(`^${name}( optional)?$`));
}

/** Types into fields, by their labels. */
export async function fill(where, texts) {
  for (const [label, text] of Object.entries(texts)) await field(where, label).fill(text);
}

/** Presses a button, by what it says to those who see it. */
export function press(where, name) {
  return where.getByRole('button', { name, exact: true }).click();
}

/** Opens what is folded away. */
export function unfold(where, words) {
  return where.locator('summary').filter({ hasText: words }).click();
}

/** The part of a page that is its own. */
export function main(person) {
  return person.page.locator('main');
}

/** The id at the end of a page's address. */
export function idOf(person, rows) {
  const { pathname } = new URL(person.page.url());
  const id = pathname.match(new RegExp(`^/${rows}/([a-z]+_[0-9A-Za-z]+)$`))?.[1];
  assert.ok(id, `${pathname} is no page of ${rows}`);
  return id;
}

/** Looks at a note again and again until review has decided about it, as its author. */
export async function decided(person, id) {
  const note = await (await person.caller()).decided(id);
  await person.open(`/notes/${id}`);
  return note;
}

/** Writes an article and publishes it. Answers its id once everyone can read it. */
export async function write(person, title, text = 'A text that is long enough for everyone to have something of it.') {
  await person.open('/compose');
  await fill(main(person), { Title: title, Text: text });
  await press(main(person), 'Publish');
  await person.told('Posted for');
  const id = idOf(person, 'notes');
  assert.equal((await decided(person, id)).status, 'approved');
  return id;
}

/** What the wallet says: the balance, and the entries with the newest first, all of which fit on the page and add up. */
export async function wallet(person) {
  await person.open('/wallet');
  const entries = await main(person).locator('.entry').evaluateAll((rows) =>
    rows.map((row) => {
      const number = (selector) => Number(row.querySelector(selector).textContent.replace('−', '-').replace(/[^\d-]/g, ''));
      const words = row.querySelector('.entry-words').innerText;
      return { words, delta: number('.entry-delta'), after: number('.entry-after') };
    }),
  );
  for (const [at, entry] of entries.entries()) {
    assert.equal(entry.after, entry.delta + (entries[at + 1]?.after ?? 0), `the wallet does not add up at “${entry.words}”`);
  }
  const balance = Number((await main(person).locator('.totals dd').first().innerText()).replace(/\D/g, ''));
  assert.equal(balance, entries[0]?.after ?? 0);
  return { balance, entries };
}
