// Whatever is written, everywhere one can write: it is text on every page that shows it, and nothing of it runs.
import assert from 'node:assert/strict';
import test from 'node:test';

import { decided, fill, idOf, main, open, press, unfold, warden } from './lib.js';

const image = '"><img src=//evil.example/p onerror=__pwned=1>';
/** A hostile text that one recognises by its mark: markup, an address that is code, and a turn of the writing direction. */
const evil = (mark) => `${mark}${image}<script>window.__pwned=1</script> [x](javascript:__pwned=1) javascript:__pwned=1 https://evil.example/"onclick="__pwned=1 {{7*7}} \u202egnp.exe\u2067`;
/** One that fits into fields for a few words. */
const short = (mark) => `${mark}${image}\u202e`;
const address = 'https://example.org/?q="><script>window.__pwned=1</script>';
const tag = '"><img/src=x/onerror=__pwned=1>';

const notes = [
  { kind: 'Article', typed: { Title: evil('a1'), Subtitle: short('a2'), Text: `${evil('a3')}\n\n</textarea></title><h1 id=owned>`, Tags: tag }, marks: ['a1', 'a2', 'a3'] },
  { kind: 'Number', typed: { Title: evil('d1').slice(0, 190), Number: short('d2'), Unit: short('d3'), Change: short('+d4'), 'What it means': evil('d5') }, marks: ['d1', 'd2', 'd3', 'd4', 'd5'] },
  { kind: 'Quote', typed: { Quote: evil('q1'), 'Who said it': short('q2'), 'Where it stands': short('q3') }, marks: ['q1', 'q2', 'q3'] },
  { kind: 'List', typed: { Title: evil('l1').slice(0, 190), 'The list': `${evil('l2')}\n${evil('l3')}` }, marks: ['l1', 'l2', 'l3'] },
  { kind: 'News', typed: { Title: evil('n1').slice(0, 190), Text: evil('n2'), 'Words on the button': short('n3'), 'Where the button leads': address }, marks: ['n1', 'n2', 'n3'] },
  { kind: 'Link', typed: { Address: address, Title: evil('k1').slice(0, 190) }, marks: ['k1'] },
];

/** What of a page is not as it should be, whoever wrote on it. */
function findBroken() {
  const broken = [];
  if (window.__pwned !== undefined) broken.push('a script of a text has run');
  const foreign = 'main img, iframe, object, embed, #owned, base, main [style], [onerror], [onclick], script:not([src^="/assets/"])';
  broken.push(...[...document.querySelectorAll(foreign)].map((element) => `a text became ${element.outerHTML.slice(0, 150)}`));
  for (const link of document.querySelectorAll('a[href], form[action], button[formaction]')) {
    const href = link.href ?? link.formAction ?? link.action;
    if (!/^https?:$/.test(new URL(href, location).protocol)) broken.push(`a link leads to ${href}`);
  }
  // A text that turns the direction of writing turns no more than itself.
  const isAlone = (element) => ['isolate', 'plaintext', 'isolate-override'].includes(getComputedStyle(element).unicodeBidi);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { parentElement, data } = texts.currentNode;
    if (!/[\u202e\u2067]/.test(data) || ['OPTION', 'TEXTAREA'].includes(parentElement.tagName)) continue;
    let element = parentElement;
    while (!isAlone(element) && getComputedStyle(element).display === 'inline') element = element.parentElement;
    const isApart = isAlone(element) || element.textContent.trim() === data.trim();
    if (!isApart) broken.push(`a text turns its neighbours in ${element.outerHTML.slice(0, 200)}`);
  }
  return broken;
}

/** Looks at a page. */
async function look(person, path, marks) {
  await person.open(path);
  await inspect(person, marks);
}

/** Inspects the page that someone is at: all marks stand on it as they were written. */
async function inspect(person, marks = []) {
  const path = person.page.url();
  const shown = await person.page.locator('body').evaluate((body) => {
    const typed = [...body.querySelectorAll('input, textarea')].map((field) => field.value);
    return [body.innerText, ...typed].join('\n');
  });
  const lost = marks.filter((mark) => !shown.includes(`${mark}${image}`));
  assert.deepEqual({ path, lost, broken: await person.page.evaluate(findBroken) }, { path, lost: [], broken: [] });
  person.check();
}

test('hostile text is text everywhere, and nothing of it runs', async (t) => {
  const place = await open(t);
  const mallory = await place.sit('mallory', { tokens: 500 });
  const ada = await place.sit('ada', { tokens: 100 });
  const admin = await place.sit(warden);
  const ids = {};

  await t.test('a profile and an agent', async () => {
    await mallory.open('/settings');
    await fill(main(mallory), { 'Display name': short('m1').slice(0, 50), Bio: evil('m2').slice(0, 290) });
    await unfold(main(mallory), 'What you can do');
    await fill(main(mallory).getByRole('group', { name: 'Skill 1' }), { Name: 'sk', 'What it does': evil('m3').slice(0, 290) });
    await press(main(mallory), 'Save');
    await mallory.told('');
    await inspect(mallory, ['m1', 'm2', 'm3']);
    for (const person of [mallory, ada, admin]) await look(person, '/agents/mallory', ['m1', 'm2', 'm3']);
    await mallory.open('/register');
    await fill(main(mallory), { Handle: 'evil-agent', 'Display name': short('r1').slice(0, 50), Bio: evil('r2').slice(0, 290), Avatar: '<b>' });
    await press(main(mallory), 'Register it');
    await main(mallory).locator('#key').waitFor();
    assert.deepEqual(await mallory.page.evaluate(findBroken), []);
    await look(ada, '/agents/evil-agent', ['r1', 'r2']);
  });

  await t.test('a community and a series', async () => {
    await mallory.open('/communities/new');
    await fill(main(mallory), { Name: short('c1'), 'Name in addresses': 'den', 'What it is for': evil('c2') });
    await press(main(mallory), 'Found it');
    await mallory.told('Founded.');
    for (const path of ['/communities', '/communities/den']) await look(ada, path, ['c1', 'c2']);
    await mallory.open('/series/new');
    await fill(main(mallory), { Title: short('s1'), 'What it is about': evil('s2') });
    await press(main(mallory), 'Make it');
    await mallory.told('Made.');
    ids.series = idOf(mallory, 'series');
    await look(ada, `/series/${ids.series}`, ['s1', 's2']);
    await look(mallory, `/series/${ids.series}/edit`, ['s1', 's2']);
  });

  for (const { kind, typed, marks } of notes) {
    await t.test(`a note: ${kind}`, async () => {
      await mallory.open('/compose?community=den');
      const form = main(mallory);
      await press(form, kind);
      await form.getByRole('button', { name: kind, exact: true, pressed: true }).waitFor();
      await fill(form, typed);
      // The card comes by script, and is text all the same.
      await form.locator('.preview-card .card', { hasText: `${marks.at(-1)}${image}` }).waitFor();
      assert.deepEqual(await mallory.page.evaluate(findBroken), []);
      await press(form, 'Preview');
      await press(form, 'Publish');
      await mallory.told('Posted for');
      const id = idOf(mallory, 'notes');
      assert.equal((await decided(mallory, id)).status, 'approved');
      ids[kind] = id;
      await inspect(mallory, marks);
      await look(ada, `/notes/${id}`, marks);
      await look(mallory, `/notes/${id}/edit`, marks);
    });
  }

  await t.test('comments', async () => {
    await ada.open(`/notes/${ids.Article}`);
    await fill(main(ada), { 'Your comment': `${evil('o1')} @mallory"><b>` });
    await press(main(ada), 'Comment');
    await ada.told('Your comment stands.');
    await mallory.open(`/notes/${ids.Article}`);
    await unfold(main(mallory).locator('.comment'), 'Reply');
    await main(mallory).getByLabel('Your reply').fill(evil('o2'));
    await press(main(mallory).locator('.comment'), 'Reply');
    await mallory.told('Your comment stands.');
    await look(ada, `/notes/${ids.Article}`, ['o1', 'o2']);
    await main(ada).locator('.like').first().click();
    await press(main(ada), 'Follow');
  });

  await t.test('a bounty up to its dispute', async () => {
    await mallory.open('/bounties/new');
    await fill(main(mallory), { 'What is to be done, in a line': short('b1'), Details: evil('b2'), 'Reward in tokens': '10' });
    await press(main(mallory), 'Post the bounty');
    await mallory.told('Posted.');
    const path = `/bounties/${idOf(mallory, 'bounties')}`;
    await ada.open(path);
    await fill(main(ada), { Apply: evil('b3') });
    await press(main(ada), 'Apply');
    await ada.told('You applied.');
    await mallory.page.reload();
    await press(main(mallory), 'Accept ada');
    await mallory.told('Accepted.');
    await ada.page.reload();
    await fill(main(ada), { 'Deliver the work': evil('b4') });
    await press(main(ada), 'Deliver');
    await ada.told('Delivered.');
    await mallory.page.reload();
    await unfold(main(mallory), 'Something is wrong');
    await fill(main(mallory), { 'What you disagree about': evil('b5') });
    await press(main(mallory), 'Dispute it');
    await mallory.told('The dispute is filed.');
    for (const person of [mallory, ada]) await look(person, path, ['b1', 'b2', 'b3', 'b4', 'b5']);
    await look(ada, '/bounties', ['b1']);
    await look(admin, '/admin/disputes', ['b1', 'b2', 'b3', 'b4', 'b5']);
  });

  await t.test('messages', async () => {
    await mallory.open('/messages?compose=ada');
    await fill(main(mallory), { Message: evil('e1') });
    await press(main(mallory), 'Send');
    await mallory.told('on its way');
    await look(ada, '/messages', ['e1']);
    await look(ada, '/messages?with=mallory', ['e1']);
    await look(mallory, '/messages?with=ada', ['e1']);
  });

  await t.test('drafts', async () => {
    await mallory.open('/compose');
    await fill(main(mallory), { Title: evil('f1').slice(0, 190) });
    await press(main(mallory), 'Save as draft');
    await mallory.told('Your draft is saved.');
    await look(mallory, `/drafts/${idOf(mallory, 'drafts')}`, ['f1']);
    await look(mallory, '/drafts', ['f1']);
  });

  await t.test('the note in a series', async () => {
    await mallory.open(`/notes/${ids.Link}`);
    await unfold(main(mallory), 'Add it to a series');
    await press(main(mallory), 'Add');
    await mallory.told('Added at the end.');
    for (const person of [mallory, ada]) await look(person, `/series/${ids.series}`, ['s1', 's2', 'k1']);
  });

  await t.test('every page that shows some of it', async () => {
    const titles = ['a1', 'd1', 'q1', 'l1', 'n1', 'k1'];
    const search = (query, type) => `/search?q=${encodeURIComponent(query)}&type=${type}`;
    for (const [path, marks] of [
      ['/?sort=new', titles], ['/?feed=following', ['a1']], ['/communities/den?sort=new', titles], ['/agents/mallory?sort=new', titles],
      [`/?tag=${encodeURIComponent(tag)}`, ['a1']], ['/explore', []], ['/leaderboard', ['m1']], ['/leaderboard?board=hot', []],
      [search('evil', 'note'), []], [search('mallory', 'agent'), ['m1']], [search('den', 'community'), ['c1']],
      [search(evil('x1').slice(0, 190), 'note'), ['x1']], [search('img', 'tag'), []],
      ['/notifications', []], ['/wallet', []], ['/bounties?status=disputed', ['b1']],
    ]) await look(ada, path, marks);
    for (const path of ['/notifications', '/wallet', '/analytics']) await look(mallory, path);
    await mallory.open('/notifications');
    await main(mallory).locator('.line-said', { hasText: `b4${image}`.slice(0, 40) }).waitFor();
  });

  await t.test('a rejection and a ban', async () => {
    const id = ids.Quote;
    await admin.open('/agents/mallory');
    await unfold(main(admin), 'Ban m1');
    await fill(main(admin), { Why: evil('w1') });
    await press(main(admin), 'Ban @mallory');
    await admin.told('@mallory is banned.');
    for (const path of ['/admin', '/admin/bans']) await look(admin, path, ['w1', 'm1']);
    ada.allow(404);
    await look(ada, `/notes/${id}`);
  });
  for (const person of [mallory, ada, admin]) await person.leave();
});

test('an address that is code is no link, and the form says so', async (t) => {
  const place = await open(t);
  const ada = await place.sit('ada');
  ada.allow(400);
  for (const code of ['javascript:window.__pwned=1', ' javascript:__pwned=1', 'data:text/html,<script>__pwned=1</script>', 'java\tscript:__pwned=1']) {
    await ada.open('/compose?template=link');
    await ada.page.locator('#write').evaluate((form) => (form.noValidate = true));
    await fill(main(ada), { Address: code });
    await press(main(ada), 'Preview');
    await main(ada).locator('.preview-card .to-do', { hasText: 'Address must be' }).waitFor();
    assert.deepEqual(await ada.page.evaluate(findBroken), []);
    await press(main(ada), 'Publish');
    await main(ada).locator('#wrong-url').waitFor();
    assert.deepEqual(await ada.page.evaluate(findBroken), []);
  }
  // What a page takes from its address is text, too.
  for (const path of ['/search?q=', '/messages?compose=', '/compose?community=', '/api/auth/login?next=', '/register?ownerToken=', '/communities/', '/agents/']) {
    ada.allow(404);
    await ada.open(path + encodeURIComponent(`x${image}`.slice(0, 55)));
    assert.equal(await ada.page.evaluate(() => window.__pwned), undefined);
    assert.equal(await ada.page.locator('img').count(), 0, path);
  }
  await ada.leave();
});
