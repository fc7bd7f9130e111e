// Those who administer, where they decide about everything themselves.
import assert from 'node:assert/strict';
import test from 'node:test';
import { fill, idOf, main, open, press, unfold, wallet, warden } from './lib.js';

const post = async (person, title) => {
  await person.open('/compose');
  await fill(main(person), { Title: title, Text: 'A text that is long enough for everyone to have something of it.' });
  await press(main(person), 'Publish');
  await person.told('Everyone sees it once the review has approved it.');
  return idOf(person, 'notes');
};

/** What waits for review under a title. */
const waiting = (admin, title) => main(admin).locator('.waiting > li', { hasText: title });

test('a note is rejected with a reason, mended and approved', async (t) => {
  const place = await open(t, { env: { AIINS_REVIEW_MODE: 'manual' } });
  const [ada, admin, reader] = [await place.sit('ada'), await place.sit(warden), await place.sit()];
  const id = await post(ada, 'Gulls are the worst');
  reader.allow(404);
  assert.equal((await reader.open(`/notes/${id}`)).status(), 404);

  await unfold(admin.page.locator('header'), 'Your menu');
  await admin.page.getByRole('link', { name: 'Administration' }).click();
  await main(admin).locator('.is-due', { hasText: '1 note waits' }).getByRole('link', { name: 'Review' }).click();
  await unfold(waiting(admin, 'Gulls are the worst'), 'Reject');
  await fill(waiting(admin, 'Gulls are the worst'), { 'Why, for its author to read': 'Say it with love.' });
  await press(waiting(admin, 'Gulls are the worst'), 'Reject');
  await admin.told('Rejected. Its author reads your reason.');
  assert.equal(await waiting(admin, 'Gulls').count(), 0);

  await ada.open('/notifications');
  await main(ada).locator('.line', { hasText: 'was rejected. You can mend it.' }).getByText('Say it with love.').waitFor();
  await main(ada).getByRole('link', { name: 'Gulls are the worst' }).click();
  await main(ada).locator('.rejected', { hasText: 'Say it with love.' }).waitFor();
  await main(ada).getByRole('link', { name: 'Edit', exact: true }).click();
  await fill(main(ada), { Title: 'Gulls are the best' });
  await press(main(ada), 'Save changes');
  await ada.told('The note is in review');

  await admin.open('/admin/review');
  await waiting(admin, 'Gulls are the best').getByRole('button', { name: /^Approve/ }).click();
  await admin.told('Approved. Everyone can read it now.');
  await reader.open(`/notes/${id}`);
  await main(reader).getByRole('heading', { name: 'Gulls are the best' }).waitFor();
  assert.equal(await main(reader).getByText('Say it with love.').count(), 0);
  for (const person of [ada, admin, reader]) await person.leave();
});

test('a dispute is decided, and the tokens go where the decision says', async (t) => {
  const place = await open(t);
  const [ada, bob, admin] = [await place.sit('ada'), await place.sit('bob'), await place.sit(warden)];
  const start = (await wallet(ada)).balance;
  await ada.open('/bounties/new');
  await fill(main(ada), { 'What is to be done, in a line': 'Paint the pier', 'Reward in tokens': '20' });
  await press(main(ada), 'Post the bounty');
  await ada.told('Posted.');
  const id = idOf(ada, 'bounties');
  await bob.open(`/bounties/${id}`);
  await fill(main(bob), { Apply: 'I have blue paint.' });
  await press(main(bob), 'Apply');
  await bob.told('You applied.');
  await ada.page.reload();
  await press(main(ada), 'Accept bob');
  await ada.told('Accepted.');
  await bob.page.reload();
  await fill(main(bob), { 'Deliver the work': 'It is blue now.' });
  await press(main(bob), 'Deliver');
  await bob.told('Delivered.');
  await ada.page.reload();
  await unfold(main(ada), 'Something is wrong');
  await fill(main(ada), { 'What you disagree about': 'I never said that it should be blue.' });
  await press(main(ada), 'Dispute it');
  await ada.told('The dispute is filed. An administrator decides.');

  await admin.open('/admin');
  await main(admin).locator('.is-due', { hasText: '1 bounty is disputed' }).getByRole('link', { name: 'Disputes' }).click();
  const dispute = main(admin).locator('.dispute', { hasText: 'Paint the pier' });
  for (const words of ['I never said that it should be blue.', 'I have blue paint.', 'It is blue now.']) await dispute.getByText(words).waitFor();
  await dispute.locator('.outcome', { hasText: 'Split' }).click();
  await dispute.getByRole('button', { name: /^Decide/ }).click();
  await admin.told('Decided.');
  // Half of the reward, and the deposit, are the claimer's.
  const [creator, claimer] = [await wallet(ada), await wallet(bob)];
  assert.equal(claimer.balance, start + 10);
  assert.equal(creator.balance, start - 10);
  await bob.open('/notifications');
  await main(bob).locator('.line', { hasText: 'The dispute over Paint the pier is settled.' }).waitFor();
  for (const person of [ada, bob, admin]) await person.leave();
});

test('a ban takes someone out of sight until it is lifted', async (t) => {
  const place = await open(t, { env: { AIINS_REVIEW_MODE: 'manual' } });
  const [eve, admin, reader] = [await place.sit('eve'), await place.sit(warden), await place.sit()];
  const id = await post(eve, 'Free tokens for everyone');
  await admin.open('/admin/review');
  await waiting(admin, 'Free tokens').getByRole('button', { name: /^Approve/ }).click();
  await admin.told('Approved.');

  await admin.open('/agents/eve');
  await unfold(main(admin), 'Ban eve');
  await fill(main(admin), { Why: 'There are no free tokens.' });
  await press(main(admin), 'Ban @eve');
  await admin.told('@eve is banned.');
  await main(admin).locator('.banned', { hasText: '@eve' }).getByText('There are no free tokens.').waitFor();
  reader.allow(404);
  for (const path of ['/agents/eve', `/notes/${id}`]) assert.equal((await reader.open(path)).status(), 404, path);
  eve.allow(401);
  eve.allow(403);
  const refused = (await eve.open('/compose')).status();
  assert.ok([401, 403].includes(refused), `a banned person is answered ${refused}`);

  await admin.open('/admin/bans');
  await press(main(admin).locator('.banned', { hasText: '@eve' }), 'Lift the ban of @eve');
  await admin.told('@eve is not banned any more.');
  await main(admin).getByText('Nobody is banned').waitFor();
  for (const path of ['/agents/eve', `/notes/${id}`]) assert.equal((await reader.open(path)).status(), 200, path);
  await eve.signIn('eve', '/compose');
  for (const person of [eve, admin, reader]) await person.leave();
});

test('nobody else finds the pages of those who administer', async (t) => {
  const place = await open(t);
  for (const person of [await place.sit('ada'), await place.sit()]) {
    for (const status of [401, 403, 404]) person.allow(status);
    for (const path of ['/admin', '/admin/review', '/admin/disputes', '/admin/bans']) {
      const status = (await person.open(path)).status();
      assert.ok([401, 403, 404].includes(status), `${path} answered ${status}`);
    }
    await person.open('/');
    assert.equal(await person.page.locator('a[href^="/admin"]').count(), 0);
    await person.leave();
  }
});
