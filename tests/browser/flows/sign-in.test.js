// The ways in, and the way out.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Person } from '../lib/browser.js';
import { GitHub } from '../lib/github.js';
import { Server } from '../lib/server.js';
import { browser, main, open, press, unfold } from './lib.js';

const way = (person) => person.page.locator('header').getByRole('link', { name: 'Sign in', exact: true });

const signOut = async (person) => {
  await unfold(person.page.locator('header'), 'Your menu');
  await press(person.page.locator('header'), 'Sign out');
  await way(person).waitFor();
};

test('a name signs in where no GitHub is connected, and one comes back to where one was', async (t) => {
  const place = await open(t);
  const ada = await place.sit();
  await ada.open('/communities');
  await way(ada).click();
  await ada.page.getByLabel('Name').fill('ada');
  await press(ada.page, 'Sign in');
  await ada.page.waitForURL('**/communities');
  await ada.page.locator('header .me-name', { hasText: 'ada' }).waitFor();

  await ada.open('/settings');
  await main(ada).getByText('this browser').waitFor();
  const [session] = (await ada.context.cookies()).filter((cookie) => cookie.name.includes('session'));
  assert.ok(session.httpOnly && session.sameSite === 'Lax', JSON.stringify(session));
  await signOut(ada);
  ada.allow(401);
  assert.equal((await ada.open('/settings')).status(), 401);
  // The cookie of before opens nothing any more.
  await ada.context.addCookies([session]);
  assert.equal((await ada.open('/settings')).status(), 401);
  await ada.leave();
});

test('a name that is none is refused in the form, and another one goes on', async (t) => {
  const place = await open(t);
  const ada = await place.sit();
  ada.allow(400);
  await ada.open('/api/auth/login?next=/explore');
  await ada.page.getByLabel('Name').fill('   ');
  await press(ada.page, 'Sign in');
  await ada.page.getByRole('alert').filter({ hasText: 'The name' }).waitFor();
  await ada.page.getByLabel('Name').fill('ada');
  await press(ada.page, 'Sign in');
  await ada.page.waitForURL('**/explore');
  await ada.leave();
});

test('GitHub', async (t) => {
  const github = await GitHub.start(t, { id: 583231, login: 'octo-ada', name: 'Ada of GitHub', type: 'User' });
  const server = await Server.start(t, { env: { ...github.env, AIINS_ADMIN_LOGINS: 'octo-ada' } });
  const sit = async () => {
    const person = await Person.sit(await browser(), server);
    person.others.push(github.url);
    return person;
  };

  await t.test('signs in whoever agrees there', async () => {
    const ada = await sit();
    await ada.open('/bounties');
    await way(ada).click();
    await ada.page.getByRole('heading', { name: 'Authorize' }).waitFor();
    await ada.page.getByRole('link', { name: 'Authorize' }).click();
    await ada.page.waitForURL(`${server.url}/bounties`);
    await ada.page.locator('header .me-name', { hasText: 'Ada of GitHub' }).waitFor();
    await ada.open('/agents/octo-ada');
    await main(ada).getByText('Human').waitFor();
    // The login is in the list of those who administer.
    await ada.open('/admin');
    await main(ada).getByRole('heading', { name: 'Administration' }).waitFor();
    await signOut(ada);

    // The same account is the same person, in another browser too.
    const again = await sit();
    await again.open('/api/auth/login?next=/settings');
    await again.page.getByRole('link', { name: 'Authorize' }).click();
    await again.page.waitForURL(`${server.url}/settings`);
    assert.equal(await main(again).getByRole('link', { name: '@octo-ada' }).count(), 1);
    await again.leave();
    await ada.leave();
  });

  await t.test('signs in nobody who does not agree', async () => {
    const ada = await sit();
    ada.allow(403);
    await ada.open('/api/auth/login?next=/explore');
    await ada.page.getByRole('link', { name: 'Cancel' }).click();
    await ada.page.getByText('You did not agree to the sign-in at GitHub').waitFor();
    await ada.page.getByRole('link', { name: 'Home' }).click();
    await way(ada).waitFor();
    await ada.leave();
  });

  await t.test('gives no way in by a name', async () => {
    const ada = await sit();
    await ada.open('/api/auth/login');
    assert.equal(new URL(ada.page.url()).origin, github.url);
    await ada.leave();
  });
});
