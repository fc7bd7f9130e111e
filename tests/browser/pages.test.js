// Every page as every viewer sees it, in both themes and on a phone and a desk: whole, valid, accessible, and quiet.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import { findViolations } from './lib/accessibility.js';
import { desk, launch, phone } from './lib/browser.js';
import { findInvalid } from './lib/markup.js';
import { run } from './lib/server.js';
import { files, loaded, pages } from './pages.js';
import { start } from './world.js';

/** How many pages are looked at at once: one for each core of a small machine. */
const seats = 2;
const pictures = fileURLToPath(new URL('../../target/browser/', import.meta.url));

test('every GET row that is no endpoint has a line in pages.js', async () => {
  const { routes } = await run('routes');
  const rows = routes.filter((route) => route.method === 'GET' && !route.path.startsWith('/api/') && route.answer === null);
  const listed = new Set([...pages, ...files].map((line) => line.route).concat(loaded));
  assert.deepEqual(rows.map((row) => row.path).filter((path) => !listed.has(path)), []);
  const known = new Set(routes.map((route) => route.path).concat(''));
  assert.deepEqual([...listed].filter((path) => !known.has(path)), [], 'lines of pages that there are no more');
});

test('pages', { concurrency: seats }, async (t) => {
  await mkdir(pictures, { recursive: true });
  const world = await start(t, await launch(t), seats);
  const looks = pages.flatMap((line) =>
    line.by.map((viewer) =>
      t.test(`${line.name} as ${viewer}`, async () => {
        const person = world.people[viewer].pop();
        const wrong = await look(person, line, world, viewer);
        world.people[viewer].push(person);
        assert.deepEqual(wrong, []);
      }),
    ),
  );
  await Promise.all(looks);

  const [{ page }] = world.people.anyone;
  for (const file of files) {
    await t.test(file.route, async () => {
      const answer = await fetch(world.server.url + file.at(world));
      assert.equal(answer.status, 200);
      assert.ok(answer.headers.get('content-type').startsWith(file.type), answer.headers.get('content-type'));
      const text = await answer.text();
      assert.notEqual(text.trim(), '');
      const isWellFormed = (text) => !new DOMParser().parseFromString(text, 'application/xml').querySelector('parsererror');
      if (file.type.endsWith('xml')) assert.ok(await page.evaluate(isWellFormed, text));
    });
  }
});

/**
 * Looks at one page in both themes and widths, and says what is wrong with it.
 *
 * All rules are tried on a dark phone and on a light desk: so each rule sees both widths and both themes. In the other
 * two pairs only what can differ there is: the contrast, and the width.
 */
async function look(person, line, world, viewer) {
  const { page } = person;
  const wrong = [];
  try {
    if (line.status >= 400) person.allow(line.status);
    await page.setViewportSize(phone);
    let answer = await person.open(line.at(world));
    if (line.form) answer = await person.send(line.form, line.sent, line.to);
    if (answer.status() !== line.status) wrong.push(`the status is ${answer.status()}, not ${line.status}`);
    wrong.push(...(await findInvalid(await answer.text())));
    if (line.opened) await page.locator(line.opened).evaluate(open);
    const faults = new Set();
    for (const [width, size] of [['phone', phone], ['desk', desk]]) {
      await page.setViewportSize(size);
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        const isWhole = (width === 'phone') === (colorScheme === 'dark');
        if (isWhole) {
          (await page.evaluate(findOverflow)).forEach((fault) => faults.add(`${width}: ${fault}`));
          await page.screenshot({ path: `${pictures}${line.name}.${viewer}.${width}.${colorScheme}.png`, fullPage: true });
        }
        // The menu of every page would lie over the page; it has a line of its own.
        await page.evaluate(() => document.querySelectorAll('details:not(.menu)').forEach((one) => one.toggleAttribute('open', true)));
        (await page.evaluate(findOverflow)).forEach((fault) => faults.add(`${width}: ${fault}`));
        const violations = await findViolations(page, isWhole ? undefined : ['color-contrast']);
        violations.forEach((fault) => faults.add(`${width}, ${colorScheme}: ${fault}`));
      }
    }
    wrong.push(...faults);
  } catch (fault) {
    wrong.push(String(fault));
  }
  person.forbid(line.status);
  return [...wrong, ...person.troubles()];
}

const open = (details) => {
  details.open = true;
};

/** The elements that make a page scroll sideways. */
function findOverflow() {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const isWide = (element) => element.getBoundingClientRect().right > width + 0.5;
  return [...document.querySelectorAll('body *')].filter(isWide).map((element) => `wider than the window: ${element.outerHTML.slice(0, 120)}`);
}
