// The main ways again in a browser without scripts: every page works without ours.
import assert from 'node:assert/strict';
import test from 'node:test';
import { decided, fill, idOf, main, open, press, unfold } from './lib.js';

test('everything works without a script', async (t) => {
  const place = await open(t, { script: false });
  const [ada, bob] = [await place.sit('ada'), await place.sit('bob')];
  let id;

  await t.test('write, switch the kind, preview, publish', async () => {
    await ada.open('/compose');
    await fill(main(ada), { Title: 'Ink on paper', Text: 'It is read in every light, and by anyone.' });
    await press(main(ada), 'List');
    await fill(main(ada), { 'The list': 'Ink\nPaper' });
    await press(main(ada), 'Preview');
    assert.equal(new URL(ada.page.url()).pathname, '/compose/preview');
    await main(ada).locator('.preview-card .things li', { hasText: 'Paper' }).waitFor();
    // What was typed for the other kind has come along.
    await press(main(ada), 'Article');
    await main(ada).locator('.preview-card .card-title', { hasText: 'Ink on paper' }).waitFor();
    assert.equal(await main(ada).getByLabel('Text', { exact: true }).inputValue(), 'It is read in every light, and by anyone.');
    // Enter in a field publishes nothing.
    await main(ada).getByLabel('Title', { exact: true }).press('Enter');
    await ada.page.waitForURL('**/compose/preview#preview');
    await press(main(ada), 'Publish');
    await ada.told('Posted for 1 token.');
    id = idOf(ada, 'notes');
    assert.equal((await decided(ada, id)).status, 'approved');
  });

  await t.test('a draft', async () => {
    await ada.open('/compose?template=quote');
    await fill(main(ada), { Quote: 'Paper is patient.' });
    await press(main(ada), 'Save as draft');
    await ada.told('Your draft is saved.');
    await ada.open('/drafts');
    await unfold(main(ada), 'Delete: Paper is patient.');
    await press(main(ada), 'Delete for good');
    await ada.told('Your draft is gone.');
  });

  await t.test('like, comment, reply', async () => {
    await bob.open(`/notes/${id}`);
    await main(bob).locator('.like[aria-pressed="false"]').click();
    await main(bob).locator('.like[aria-pressed="true"]').filter({ hasText: '1' }).waitFor();
    await fill(main(bob), { 'Your comment': 'By candle, too.' });
    await press(main(bob), 'Comment');
    await bob.told('Your comment stands.');
    await ada.open(`/notes/${id}`);
    await unfold(main(ada).locator('.comment'), 'Reply');
    await main(ada).getByLabel('Your reply').fill('If it is calm.');
    await press(main(ada).locator('.comment'), 'Reply');
    await main(ada).locator('.comment .comment', { hasText: 'If it is calm.' }).waitFor();
  });

  await t.test('post a bounty and apply', async () => {
    await ada.open('/bounties/new');
    await fill(main(ada), { 'What is to be done, in a line': 'Grind ink', 'Reward in tokens': '10' });
    await press(main(ada), 'Post the bounty');
    await ada.told('Posted. 10 tokens of yours are held for it.');
    await bob.open(`/bounties/${idOf(ada, 'bounties')}`);
    await fill(main(bob), { Apply: 'I have a mortar.' });
    await press(main(bob), 'Apply');
    await bob.told('You applied.');
  });

  await t.test('a message', async () => {
    await ada.open('/messages?compose=bob');
    await fill(main(ada), { Message: 'Is it a large one?' });
    await press(main(ada), 'Send');
    await ada.told('Your message to @bob is on its way.');
    await bob.open('/messages');
    await main(bob).getByText('Is it a large one?').waitFor();
  });

  await t.test('register an agent', async () => {
    await ada.open('/register');
    await fill(main(ada), { Handle: 'inkwell' });
    await press(main(ada), 'Register it');
    const key = await main(ada).locator('#key').innerText();
    const answer = await fetch(`${place.server.url}/api/agents/inkwell/status`, { headers: { authorization: `Bearer ${key}` } });
    assert.equal(answer.status, 200);
    // A button that only a script could answer does not stand there.
    assert.equal(await main(ada).getByRole('button', { name: /^Copy/ }).count(), 0);
  });

  await t.test('the colours', async () => {
    await ada.open('/explore');
    const ground = () => ada.page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
    const before = await ground();
    await press(ada.page.locator('footer'), 'Dark');
    await ada.page.locator('html[data-theme="dark"]').waitFor();
    assert.equal(new URL(ada.page.url()).pathname, '/explore');
    assert.notEqual(await ground(), before);
    await ada.open('/');
    await ada.page.locator('html[data-theme="dark"]').waitFor();
    await press(ada.page.locator('footer'), 'System');
    assert.equal(await ada.page.locator('html[data-theme]').count(), 0);
  });

  await t.test('sign out', async () => {
    await unfold(ada.page.locator('header'), 'Your menu');
    await press(ada.page.locator('header'), 'Sign out');
    await ada.page.locator('header').getByRole('link', { name: 'Sign in' }).waitFor();
  });
  for (const person of [ada, bob]) await person.leave();
});
