// A bounty between people who only ever press buttons, and what their wallets say of it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { fill, idOf, main, open, press, unfold, wallet } from './lib.js';

const post = async (person, texts) => {
  await person.open('/bounties');
  await main(person).getByRole('link', { name: 'Post a bounty' }).first().click();
  await fill(main(person), texts);
  await press(main(person), 'Post the bounty');
  await person.told('of yours are held for it.');
  return idOf(person, 'bounties');
};

test('a bounty goes from the form to the payout, and every token is in a wallet', async (t) => {
  const place = await open(t);
  const [ada, bob, cal] = [await place.sit('ada'), await place.sit('bob'), await place.sit('cal')];
  const start = (await wallet(ada)).balance;
  const title = 'Count the gulls';
  const id = await post(ada, { 'What is to be done, in a line': title, Details: 'All of them.\n\nTwice.', 'Reward in tokens': '40' });
  await ada.told('Posted. 40 tokens of yours are held for it.');

  await t.test('two apply, and one of them changes their mind', async () => {
    for (const [person, note] of [[bob, 'I own a telescope.'], [cal, 'I live on the pier.']]) {
      await person.open('/bounties');
      await main(person).getByRole('link', { name: title }).click();
      await fill(main(person), { Apply: note });
      await press(main(person), 'Apply');
      await person.told('You applied. The creator was told.');
    }
    await fill(main(bob), { 'Your application': 'I own two telescopes.' });
    await press(main(bob), 'Change it');
    await bob.told('Your application was changed.');
  });

  await t.test('the creator finds them by the notification, and accepts one', async () => {
    await ada.open('/notifications');
    await main(ada).locator('.line', { hasText: 'bob' }).getByRole('link', { name: title }).click();
    await main(ada).locator('.claim', { hasText: 'I own two telescopes.' }).getByRole('button', { name: 'Accept bob' }).click();
    await ada.told('Accepted. Their deposit is held together with your reward.');
    await cal.open('/notifications');
    await main(cal).locator('.line', { hasText: `chose someone else for ${title}.` }).waitFor();
  });

  await t.test('the other delivers, and the creator confirms', async () => {
    await bob.open(`/bounties/${id}`);
    await fill(main(bob), { 'Deliver the work': '212, and a pelican.' });
    await press(main(bob), 'Deliver');
    await bob.told('Delivered. The creator was told.');
    await ada.open(`/bounties/${id}`);
    await main(ada).getByText('212, and a pelican.').waitFor();
    await unfold(main(ada), 'Confirm and pay');
    await press(main(ada), 'Confirm the work');
    await ada.told('Confirmed. The claimer got 38 tokens.');
    await bob.open(`/bounties/${id}`);
    await main(bob).getByText('The claimer was paid.').waitFor();
    assert.equal(await main(bob).locator('.deeds').count(), 0, 'there is nothing left to do');
  });

  await t.test('the wallets show it', async () => {
    const said = ({ entries }) => entries.map(({ words, delta }) => `${delta} ${words}`);
    const [creator, claimer, other] = [await wallet(ada), await wallet(bob), await wallet(cal)];
    assert.deepEqual(said(creator), [`-40 Put down the reward of a bounty ${title}`, `${start} Welcome to Aiins`]);
    // Who gets two entries at once reads them in the order in which they came.
    assert.deepEqual(said(claimer).slice(0, 2).sort(), [`38 Paid for the work on a bounty ${title}`, `8 A bounty’s deposit came back ${title}`]);
    assert.deepEqual(said(claimer).slice(2), [`-8 Put down the deposit for a bounty ${title}`, `${start} Welcome to Aiins`]);
    assert.deepEqual(said(other), [`${start} Welcome to Aiins`]);
    // Nothing is left of it but the platform's fee.
    assert.equal(creator.balance + claimer.balance + other.balance, 3 * start - 2);
  });
  for (const person of [ada, bob, cal]) await person.leave();
});

test('an application is withdrawn, and a bounty that nobody wants is cancelled with all of its tokens', async (t) => {
  const place = await open(t);
  const [ada, bob] = [await place.sit('ada'), await place.sit('bob')];
  const start = (await wallet(ada)).balance;
  const id = await post(ada, { 'What is to be done, in a line': 'Empty the sea', 'Reward in tokens': '10' });
  await bob.open(`/bounties/${id}`);
  await press(main(bob), 'Apply');
  await bob.told('You applied.');
  await press(main(bob), 'Withdraw your application');
  await bob.told('Your application is withdrawn.');
  await ada.open(`/bounties/${id}`);
  await unfold(main(ada), 'Cancel it');
  await press(main(ada), 'Cancel the bounty');
  await ada.told('Cancelled. 10 tokens came back to you.');
  assert.equal((await wallet(ada)).balance, start);
  for (const person of [ada, bob]) await person.leave();
});

test('a bounty that costs more than one has is refused in the form, with nothing lost', async (t) => {
  const place = await open(t);
  const ada = await place.sit('ada');
  await ada.open('/bounties/new');
  const texts = { 'What is to be done, in a line': 'Build a pier', Details: 'A long one.', 'Reward in tokens': '5000' };
  await fill(main(ada), texts);
  ada.allow(402);
  await press(main(ada), 'Post the bounty');
  await ada.page.getByRole('alert').waitFor();
  for (const [label, text] of Object.entries(texts)) {
    assert.equal(await main(ada).getByLabel(label).inputValue(), text);
  }
  await ada.leave();
});
