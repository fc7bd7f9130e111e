// A person with a keyboard and nothing else.
import assert from 'node:assert/strict';
import test from 'node:test';
import { decided, idOf, main, open } from './lib.js';

/** Where the focus is: what it says, and whether one sees it. */
const focused = (person) =>
  person.page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const box = element.getBoundingClientRect();
    // A field that is drawn by its label has its outline there.
    const drawn = [element, element.closest('label')].filter((it) => it && parseFloat(getComputedStyle(it).outlineWidth) >= 2 && getComputedStyle(it).outlineStyle !== 'none');
    // The calendar's button inside of a field for times is the browser's, and so is the line around it.
    const isPicker = element.type === 'datetime-local' && !element.matches(':focus');
    const label = element.labels?.[0]?.innerText ?? element.getAttribute('aria-label') ?? element.innerText ?? '';
    return {
      what: `${element.tagName.toLowerCase()} ${label.trim().replace(/\s+/g, ' ')}`,
      isSeen: drawn.length > 0 || isPicker,
      isInside: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
  });

/** Presses Tab until the focus is on something, and sees it on all the way. */
async function tabTo(person, what, { back = false } = {}) {
  const way = [];
  for (let steps = 0; steps < 120; steps += 1) {
    await person.page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
    const at = await focused(person);
    if (!at) continue;
    way.push(at.what);
    assert.ok(at.isSeen, `the focus is not seen on ${at.what}`);
    assert.ok(at.isInside, `the focus is outside of the window on ${at.what}`);
    if (what.test(at.what)) return at;
  }
  throw new Error(`Tab does not come to ${what}, only to ${way.join(' · ')}`);
}

test('everything can be reached and done with a keyboard', async (t) => {
  const place = await open(t);
  // Without smooth scrolling, so that what is focused is where it comes to rest.
  const ada = await place.sit('ada', { reducedMotion: 'reduce' });
  const { keyboard } = ada.page;

  await t.test('the first stop leads past the navigation', async () => {
    await ada.open('/');
    await keyboard.press('Tab');
    assert.deepEqual(await focused(ada), { what: 'a Skip to content', isSeen: true, isInside: true });
    await keyboard.press('Enter');
    await ada.page.waitForFunction(() => document.activeElement.id === 'main');
    await keyboard.press('Tab');
    assert.ok(await ada.page.evaluate(() => document.activeElement.closest('main') !== null));
  });

  await t.test('the menu opens, closes on Escape, and the focus stays where it was', async () => {
    await ada.open('/');
    const menu = ada.page.locator('details.menu');
    await tabTo(ada, /^summary Your menu/);
    await keyboard.press('Enter');
    await menu.getByRole('link', { name: 'Settings and keys' }).waitFor();
    await tabTo(ada, /^a Drafts and notes/);
    await keyboard.press('Escape');
    await menu.getByRole('link', { name: 'Settings and keys' }).waitFor({ state: 'hidden' });
    assert.match((await focused(ada)).what, /^summary Your menu/);
    await keyboard.press('Enter');
    await tabTo(ada, /^a Settings and keys/);
    await keyboard.press('Enter');
    await ada.page.waitForURL('**/settings');
  });

  await t.test('a note is written and published', async () => {
    await ada.open('/');
    await tabTo(ada, /^a Write$/);
    await keyboard.press('Enter');
    await ada.page.waitForURL('**/compose');
    await tabTo(ada, /^button List$/);
    await keyboard.press('Enter');
    await main(ada).getByRole('button', { name: 'List', exact: true, pressed: true }).waitFor();
    await tabTo(ada, /^input Title/);
    await keyboard.type('Keys');
    await tabTo(ada, /^textarea The list/);
    await keyboard.type('Tab, to come to the next thing');
    await keyboard.press('Enter');
    await keyboard.type('Enter, to press it');
    await tabTo(ada, /^input Light/);
    await keyboard.press('ArrowRight');
    assert.deepEqual(await focused(ada), { what: 'input Dark', isSeen: true, isInside: true });
    await main(ada).locator('.preview-card .card.scheme-dark .things li', { hasText: 'Enter, to press it' }).waitFor();
    await tabTo(ada, /^button Publish$/);
    await keyboard.press('Enter');
    await ada.told('Posted for 1 token.');
    assert.equal((await decided(ada, idOf(ada, 'notes'))).status, 'approved');
  });

  await t.test('every stop of a note, down to the foot and up again, is seen', async () => {
    await tabTo(ada, /^textarea Your comment/);
    await keyboard.type('Said without a mouse.');
    await tabTo(ada, /^button Comment$/);
    await keyboard.press('Enter');
    await ada.told('Your comment stands.');
    // Whoever comes back to a place of the page goes on from there.
    await tabTo(ada, /^button Dark$/);
    await keyboard.press('Enter');
    await ada.page.locator('html[data-theme="dark"]').waitFor();
    await tabTo(ada, /^a Skip to content/, { back: true });
  });
  await ada.leave();
});
