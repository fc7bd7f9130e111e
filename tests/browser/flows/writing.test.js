// An author at work: every kind of note, drafts, times, changes, boosts and ends.
import assert from 'node:assert/strict';
import test from 'node:test';
import { decided, field, fill, idOf, main, open, press, unfold, wallet, write } from './lib.js';

/** A note of each kind: what is typed, and what its card then shows. */
const kinds = [
  {
    kind: 'Article',
    typed: { Title: 'On tides', Subtitle: 'A short one', Text: 'Twice a day the water comes.\n\nTwice it goes.', Tags: 'sea moon' },
    shown: { '.card-title': 'On tides', '.lead': 'A short one', '.prose p:nth-child(1)': 'Twice a day the water comes.', '.tags': '#sea' },
  },
  {
    kind: 'Number',
    typed: { Title: 'Ships today', Number: '42', Unit: 'ships', Change: '+3%', 'What it means': 'More than ever came on a Sunday.', Tags: 'sea' },
    shown: { '.card-title': 'Ships today', '.figure-value': '42', '.figure-unit': 'ships', '.delta': '3%', '.prose': 'More than ever' },
  },
  {
    kind: 'Quote',
    typed: { Quote: 'The sea has no king, and needs none.', 'Who said it': 'A harbour master', 'Where it stands': 'The log of May', Tags: 'sea' },
    shown: { blockquote: 'The sea has no king', 'figcaption bdi': 'A harbour master', cite: 'The log of May' },
  },
  {
    kind: 'List',
    typed: { Title: 'What to pack', 'The list': 'A rope\nA lamp\nBread for three days', Tags: 'sea' },
    shown: { '.card-title': 'What to pack', '.things li:nth-child(3)': 'Bread for three days' },
  },
  {
    kind: 'News',
    typed: { Title: 'The pier opens', Text: 'From Monday everyone can walk out on it.', 'Words on the button': 'See the pier', 'Where the button leads': 'https://example.org/pier', Tags: 'sea' },
    shown: { '.eyebrow': 'Announcement', '.card-title': 'The pier opens', '.prose': 'From Monday', 'a.call[href="https://example.org/pier"]': 'See the pier' },
  },
  {
    kind: 'Link',
    typed: { Address: 'https://example.org/tides?day=1', Title: 'A table of all tides', Tags: 'sea' },
    shown: { '.card-title': 'A table of all tides', 'a.link-box[href="https://example.org/tides?day=1"]': 'example.org' },
  },
];

const shows = async (card, shown) => {
  for (const [selector, text] of Object.entries(shown)) await card.locator(selector).filter({ hasText: text }).first().waitFor();
};

test('every kind of note can be written with its card beside the form, and everyone reads it', async (t) => {
  const place = await open(t);
  const [ada, reader] = [await place.sit('ada', { tokens: 100 }), await place.sit()];
  for (const { kind, typed, shown } of kinds) {
    await t.test(kind, async () => {
      await ada.open('/compose');
      const form = main(ada);
      await press(form, kind);
      await form.getByRole('button', { name: kind, exact: true, pressed: true }).waitFor();
      // From here on no page is loaded: what the card shows, the script has fetched.
      await ada.page.evaluate(() => (window.isTheSamePage = true));
      await fill(form, typed);
      await form.locator('.swatch', { hasText: 'Purple' }).click();
      await field(form, 'Category').selectOption('science');
      await shows(form.locator('.preview-card .card.scheme-purple'), shown);
      await form.locator('.preview-card').getByRole('link', { name: 'science' }).waitFor();
      assert.equal(await form.locator('.preview-card .to-do').count(), 0);
      assert.ok(await ada.page.evaluate(() => window.isTheSamePage));

      await press(form, 'Publish');
      await ada.told('Posted for 1 token.');
      const id = idOf(ada, 'notes');
      assert.equal((await decided(ada, id)).status, 'approved');
      await reader.open(`/notes/${id}`);
      await shows(main(reader).locator('.card.is-whole.scheme-purple'), shown);
      await reader.open('/?sort=new');
      await shows(main(reader).locator('.card.scheme-purple').first(), shown);
    });
  }
  await ada.leave();
  await reader.leave();
});

test('what is still missing stands under the preview, and what is wrong stands at its field with nothing lost', async (t) => {
  const place = await open(t);
  const ada = await place.sit('ada');
  await ada.open('/compose?template=link');
  const form = main(ada);
  await fill(form, { Title: 'Where is it?' });
  await form.locator('.preview-card .to-do').getByText('Still to come: Address.').waitFor();
  // A browser that checks nothing itself.
  await ada.page.locator('#write').evaluate((form) => (form.noValidate = true));
  await fill(form, { Address: 'javascript:alert(1)' });
  ada.allow(400);
  await press(form, 'Publish');
  await form.locator('#wrong-url').waitFor();
  assert.equal(await field(form, 'Title').inputValue(), 'Where is it?');
  assert.equal(await field(form, 'Address').inputValue(), 'javascript:alert(1)');
  assert.ok(await field(form, 'Address').evaluate((input) => input === document.activeElement));
  await ada.leave();
});

test('a draft is saved, changed and published', async (t) => {
  const place = await open(t);
  const ada = await place.sit('ada', { tokens: 10 });
  await ada.open('/compose');
  await fill(main(ada), { Title: 'Half a thought' });
  await press(main(ada), 'Save as draft');
  await ada.told('Your draft is saved. Nobody but you sees it.');
  const draft = idOf(ada, 'drafts');

  await ada.open('/drafts');
  await main(ada).getByRole('link', { name: 'Edit : Half a thought' }).click();
  await fill(main(ada), { Title: 'A whole thought', Text: 'It took a night, and now it is whole.' });
  await main(ada).locator('.preview-card .card-title').filter({ hasText: 'A whole thought' }).waitFor();
  await press(main(ada), 'Save draft');
  await ada.told('Your draft is saved.');
  assert.equal(await field(main(ada), 'Text').inputValue(), 'It took a night, and now it is whole.');

  await press(main(ada), 'Publish');
  await ada.told('Posted for 1 token.');
  assert.equal((await decided(ada, idOf(ada, 'notes'))).status, 'approved');
  await main(ada).getByRole('heading', { name: 'A whole thought' }).waitFor();
  ada.allow(404);
  assert.equal((await ada.open(`/drafts/${draft}`)).status(), 404);
  await ada.leave();
});

test('a note for later waits where only its author sees it', async (t) => {
  const place = await open(t);
  const [ada, reader] = [await place.sit('ada', { timezoneId: 'Asia/Tokyo' }), await place.sit()];
  await ada.open('/compose');
  await fill(main(ada), { Title: 'Not before its time', Text: 'Whoever reads this reads it on the right day.' });
  // The field speaks the author's own time, nine hours ahead of what is sent.
  const there = new Date(Date.now() + 86_400_000 + 9 * 3_600_000).toISOString().slice(0, 16);
  await field(main(ada), 'Publish later').fill(there);
  await press(main(ada), 'Publish');
  await ada.told('It goes to review on');
  const id = idOf(ada, 'notes');
  const { status, scheduledAt } = await (await ada.caller()).get(`/api/notes/${id}`);
  assert.equal(status, 'scheduled');
  assert.equal(Date.parse(scheduledAt), Date.parse(`${there}Z`) - 9 * 3_600_000);
  await ada.open('/drafts');
  await main(ada).locator('.state', { hasText: 'Scheduled' }).waitFor();
  await main(ada).getByRole('link', { name: 'Edit : Not before its time' }).click();
  assert.equal(await field(main(ada), 'Publish at').inputValue(), there);
  reader.allow(404);
  assert.equal((await reader.open(`/notes/${id}`)).status(), 404);
  await ada.leave();
  await reader.leave();
});

test('a note is changed, boosted and deleted', async (t) => {
  const place = await open(t);
  const [ada, reader] = [await place.sit('ada', { tokens: 100 }), await place.sit()];
  const id = await write(ada, 'The first words');
  await main(ada).getByRole('link', { name: 'Edit', exact: true }).click();
  await fill(main(ada), { Title: 'Better words' });
  await press(main(ada), 'Save changes');
  await ada.told('Saved.');
  assert.equal((await decided(ada, id)).status, 'approved');
  await reader.open(`/notes/${id}`);
  await main(reader).getByRole('heading', { name: 'Better words' }).waitFor();

  const before = (await wallet(ada)).balance;
  await ada.open(`/notes/${id}`);
  await unfold(main(ada), 'Boost');
  await main(ada).locator('.offer', { hasText: 'Superpin' }).click();
  await press(main(ada), 'Boost it');
  await ada.told('Boosted for 80 tokens.');
  await main(ada).getByText(/^Its boost ends/).waitFor();
  const { balance, entries } = await wallet(ada);
  assert.equal(balance, before - 80);
  assert.deepEqual(entries[0], { words: 'Boosted a note Better words', delta: -80, after: balance });
  await reader.open('/');
  await main(reader).locator('.card').first().locator('.boost').waitFor();

  await ada.open(`/notes/${id}`);
  await unfold(main(ada), 'Delete');
  await press(main(ada), 'Delete for good');
  await ada.told('Your note is gone.');
  reader.allow(404);
  assert.equal((await reader.open(`/notes/${id}`)).status(), 404);
  await ada.leave();
  await reader.leave();
});
