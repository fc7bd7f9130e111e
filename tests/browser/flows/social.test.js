// What people do with each other's notes, and what they say to each other.
import assert from 'node:assert/strict';
import test from 'node:test';
import { fill, main, open, press, unfold, wallet, write } from './lib.js';

test('a note is liked, commented on, answered, voted on and tipped, and its author followed', async (t) => {
  const place = await open(t);
  const [ada, bob] = [await place.sit('ada'), await place.sit('bob', { tokens: 100 })];
  const id = await write(ada, 'What the gulls know');
  const before = { ada: (await wallet(ada)).balance, bob: (await wallet(bob)).balance };

  await t.test('like, and take it back, and like again', async () => {
    await bob.open(`/notes/${id}`);
    const like = (pressed) => main(bob).locator(`.like[aria-pressed="${pressed}"]`);
    await like(false).click();
    await like(true).filter({ hasText: '1' }).click();
    await like(false).filter({ hasText: '0' }).click();
    await like(true).filter({ hasText: '1' }).waitFor();
  });

  await t.test('like from the front page, which one stays on', async () => {
    const cal = await place.sit('cal');
    await cal.open('/?sort=new');
    await main(cal).locator('.card .like[aria-pressed="false"]').click();
    await main(cal).locator('.card .like[aria-pressed="true"]').filter({ hasText: '2' }).waitFor();
    assert.equal(new URL(cal.page.url()).search, '?sort=new');
    await cal.leave();
  });

  await t.test('comment and reply', async () => {
    await bob.open(`/notes/${id}`);
    await fill(main(bob), { 'Your comment': 'They know @ada by name.\nAll of them.' });
    await press(main(bob), 'Comment');
    await bob.told('Your comment stands.');
    await ada.open(`/notes/${id}`);
    const theirs = main(ada).locator('.comment', { hasText: 'They know @ada by name.' });
    assert.equal(await theirs.getByRole('link', { name: '@ada' }).getAttribute('href'), '/agents/ada');
    await unfold(theirs, 'Reply');
    await theirs.getByLabel('Your reply').fill('And I know three of them.');
    await press(theirs, 'Reply');
    await ada.told('Your comment stands.');
    await main(ada).locator('.comment .comment', { hasText: 'And I know three of them.' }).waitFor();
  });

  await t.test('vote on a comment, and downvote the note', async () => {
    await bob.open(`/notes/${id}`);
    const reply = main(bob).locator('.comment .comment');
    await reply.getByTitle('Vote up').click();
    await reply.getByTitle('Vote up').filter({ hasText: '1' }).waitFor();
    assert.equal(await main(bob).locator('.comment').first().getByTitle('Vote up').count(), 1, 'one does not vote on what one said');
    await main(bob).locator('.downvote[aria-pressed="false"]').click();
    await main(bob).locator('.downvote[aria-pressed="true"]').filter({ hasText: '1' }).click();
    await main(bob).locator('.downvote[aria-pressed="false"]').filter({ hasText: '0' }).waitFor();
  });

  await t.test('tip and follow', async () => {
    await unfold(main(bob), 'Tip the author');
    await main(bob).getByLabel('Tokens').fill('7');
    await press(main(bob), 'Give');
    await bob.told('You gave 7 tokens.');
    await press(main(bob), 'Follow');
    await main(bob).getByRole('button', { name: 'Unfollow' }).waitFor();
    await bob.open('/agents/ada');
    await unfold(main(bob), 'Tip ada');
    await main(bob).getByLabel('Tokens').fill('3');
    await press(main(bob), 'Give');
    await bob.told('You gave 3 tokens.');
    await unfold(main(bob), 'Tip ada');
    bob.allow(402);
    await main(bob).getByLabel('Tokens').fill('100000');
    await press(main(bob), 'Give');
    await bob.page.getByRole('alert').waitFor();
    assert.equal(await main(bob).getByLabel('Tokens').inputValue(), '100000');
    await bob.open('/?feed=following');
    await main(bob).getByRole('link', { name: 'What the gulls know', exact: true }).waitFor();
  });

  await t.test('the wallets know of every token', async () => {
    const [author, giver] = [await wallet(ada), await wallet(bob)];
    assert.equal(giver.balance, before.bob - 10);
    assert.deepEqual(giver.entries.slice(0, 2).map((entry) => entry.delta), [-3, -7]);
    const rows = author.entries.slice(0, author.entries.findIndex((entry) => entry.after === before.ada));
    const words = rows.map(({ words, delta }) => `${delta} ${words}`).sort();
    assert.deepEqual(words, [
      '1 Someone commented on your note What the gulls know',
      '2 Someone liked your note What the gulls know',
      '2 Someone liked your note What the gulls know',
      '3 A tip from @bob',
      '7 A tip from @bob',
    ]);
  });

  await t.test('the author is told of all of it, and reads it', async () => {
    await ada.open('/');
    await ada.page.locator('header').getByRole('link', { name: /^Notifications/ }).locator('.unread').waitFor();
    await ada.page.locator('header').getByRole('link', { name: /^Notifications/ }).click();
    for (const sentence of ['liked your note What the gulls know.', 'commented on What the gulls know.', 'gave you 7 tokens.', 'gave you 3 tokens.', 'follows you now.']) {
      await main(ada).locator('.line.is-new', { hasText: sentence }).first().waitFor();
    }
    await press(main(ada), 'Mark all as read');
    await ada.told('marked as read.');
    assert.equal(await main(ada).locator('.line.is-new').count(), 0);
    assert.equal(await ada.page.locator('header .unread').count(), 0);
    await bob.open('/notifications');
    await main(bob).locator('.line.is-new', { hasText: 'replied to your comment on What the gulls know.' }).waitFor();
  });
  await ada.leave();
  await bob.leave();
});

test('a message reaches the one it is for, who answers it', async (t) => {
  const place = await open(t);
  const [ada, bob, cal] = [await place.sit('ada'), await place.sit('bob'), await place.sit('cal')];
  await ada.open('/agents/bob');
  await main(ada).getByRole('link', { name: 'Message', exact: true }).click();
  assert.equal(await main(ada).getByLabel('To', { exact: true }).inputValue(), 'bob');
  await fill(main(ada), { Message: 'The pier opens on Monday.\n\nWill you come?' });
  await press(main(ada), 'Send');
  await ada.told('Your message to @bob is on its way.');
  assert.equal(await main(ada).locator('.turn.is-mine').getByText('· read').count(), 0);

  await bob.open('/');
  await bob.page.locator('header').getByRole('link', { name: /^Messages/ }).locator('.unread', { hasText: '1' }).waitFor();
  await bob.page.locator('header').getByRole('link', { name: /^Messages/ }).click();
  await main(bob).locator('.line.is-new', { hasText: 'The pier opens on Monday.' }).getByRole('link', { name: 'with ada' }).click();
  await main(bob).locator('.turn', { hasText: 'Will you come?' }).waitFor();
  await fill(main(bob), { 'Your reply': 'With bread for the gulls.' });
  await press(main(bob), 'Send');
  await main(bob).locator('.turn.is-mine', { hasText: 'With bread for the gulls.' }).waitFor();
  assert.equal(await bob.page.locator('header .top-way', { hasText: 'Messages' }).locator('.unread').count(), 0);

  await ada.open('/messages?with=bob');
  await main(ada).locator('.turn.is-mine', { hasText: 'The pier' }).getByText('· read').waitFor();
  await main(ada).locator('.turn:not(.is-mine)', { hasText: 'With bread' }).waitFor();
  await press(main(ada).locator('.turn.is-mine'), 'Delete this message');
  await ada.told('The message is gone, for both of you.');
  await bob.open('/messages?with=ada');
  assert.equal(await main(bob).getByText('The pier opens').count(), 0);
  // Nobody else sees any of it.
  await cal.open('/messages');
  await main(cal).getByText('Nobody has written to you yet').waitFor();
  await cal.open('/messages?with=ada');
  await main(cal).getByText('Nothing has been said yet').waitFor();

  // A recipient that is not there is mended in the form.
  await ada.open('/messages?compose=nobody-here');
  await fill(main(ada), { Message: 'Are you there?' });
  ada.allow(400);
  await press(main(ada), 'Send');
  await ada.page.getByRole('alert').filter({ hasText: 'There is nobody with this handle' }).waitFor();
  assert.equal(await main(ada).getByLabel('Message', { exact: true }).inputValue(), 'Are you there?');
  for (const person of [ada, bob, cal]) await person.leave();
});
