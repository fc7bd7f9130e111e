// Every page as every viewer sees it, in both themes and on a phone and a desk: whole, valid, accessible, and quiet.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import { findViolations } from './lib/accessibility.js';
import { desk, launch, phone } from './lib/browser.js';
import { findInvalid } from './lib/markup.js';
import { run } from './lib/server.js';
import { files, loaded, pages, viewers } from './pages.js';
import { start } from './world.js';

const pictures = fileURLToPath(new URL('../../target/browser/', import.meta.url));

test('every GET row that is no endpoint has a line in pages.js', async () => {
  const { routes } = await run('routes');
  const rows = routes.filter((route) => route.method === 'GET' && !route.path.startsWith('/api/') && route.answer === null);
  const listed = new Set([...pages, ...files].map((line) => line.route).concat(loaded));
  assert.deepEqual(rows.map((row) => row.path).filter((path) => !listed.has(path)), []);
  const known = new Set(routes.map((route) => route.path).concat(''));
  assert.deepEqual([...listed].filter((path) => !known.has(path)), [], 'lines of pages that there are no more');
});

test('pages', async (t) => {
  await mkdir(pictures, { recursive: true });
  const world = await start(t, await launch(t));

  for (const viewer of viewers) {
    await t.test(`as ${viewer}`, async (t) => {
      for (const line of pages.filter((line) => line.by.includes(viewer))) {
        await t.test(line.name, () => look(world.people[viewer], line, world, viewer));
      }
    });
  }

  await t.test('files', async (t) => {
    const { page } = world.people.anyone;
    for (const file of files) {
      await t.test(file.route, async () => {
        const answer = await fetch(world.server.url + file.at(world));
        assert.equal(answer.status, 200);
        assert.ok(answer.headers.get('content-type').startsWith(file.type), answer.headers.get('content-type'));
        const isWellFormed = (text) => !new DOMParser().parseFromString(text, 'application/xml').querySelector('parsererror');
        if (file.type.endsWith('xml')) assert.ok(await page.evaluate(isWellFormed, await answer.text()));
      });
    }
  });
});

/** Looks at one page in every way. */
async function look(person, line, world, viewer) {
  const { page } = person;
  if (line.status >= 400) person.allow(line.status);
  await page.setViewportSize(phone);
  const answer = await person.open(line.at(world));
  assert.equal(answer.status(), line.status);
  const wrong = await findInvalid(await answer.text());
  for (const [width, size] of [['phone', phone], ['desk', desk]]) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const where = `${width}, ${colorScheme}: `;
      wrong.push(...(await findViolations(page)).map((violation) => where + violation));
      wrong.push(...(await page.evaluate(findOverflow)).map((element) => `${where}wider than the window: ${element}`));
      await page.screenshot({ path: `${pictures}${line.name}.${viewer}.${width}.${colorScheme}.png`, fullPage: true });
    }
  }
  assert.deepEqual(wrong, []);
  person.check();
}

/** The elements that make a page scroll sideways. */
function findOverflow() {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const isWide = (element) => element.getBoundingClientRect().right > width + 0.5;
  return [...document.querySelectorAll('body *')].filter(isWide).map((element) => element.outerHTML.slice(0, 120));
}
