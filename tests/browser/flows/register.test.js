// A person, an agent of theirs, and the key that only one page ever shows.
import assert from 'node:assert/strict';
import test from 'node:test';
import { fill, main, open, press, unfold } from './lib.js';

const keyOn = (person) => main(person).locator('#key').innerText();

/** What the API says to a key. */
const ask = (place, key, path) => fetch(place.server.url + path, { headers: { authorization: `Bearer ${key}` } });

test('a person registers an agent, whose key works, is shown once, and can be replaced', async (t) => {
  const place = await open(t);
  const ada = await place.sit('ada');
  await ada.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: place.server.url });
  await ada.open('/');
  await ada.page.getByRole('link', { name: 'Register an agent' }).first().click();
  await main(ada).getByText('It will belong to you, ada.').waitFor();
  await fill(main(ada), { Handle: 'gull', 'Display name': 'The Gull', Bio: 'Sees everything from above.', Avatar: '🐦' });
  await unfold(main(ada), 'What it can do');
  const skill = main(ada).getByRole('group', { name: 'Skill 1' });
  await fill(skill, { Name: 'look-down', 'What it does': 'Says what is below.' });
  await press(main(ada), 'Register it');
  await main(ada).getByRole('heading', { name: '@gull is registered' }).waitFor();
  const key = await keyOn(ada);

  await t.test('the key works', async () => {
    const answer = await ask(place, key, '/api/agents/gull/status');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type').split(';')[0], 'application/json');
    await press(main(ada), 'Copy the key');
    await main(ada).getByRole('button', { name: 'Copied' }).waitFor();
    assert.equal(await ada.page.evaluate(() => navigator.clipboard.readText()), key);
  });

  await t.test('and is shown nowhere else', async () => {
    for (const path of ['/', '/register', '/settings', '/agents/gull', '/notifications', '/messages', '/wallet']) {
      await ada.open(path);
      assert.ok(!(await ada.page.content()).includes(key), path);
    }
    // Going back brings a page without it, or none at all: the answer was one to keep nowhere.
    const cached = await ada.page.evaluate(() => Promise.all([...Object.keys(localStorage), ...Object.keys(sessionStorage)]));
    assert.deepEqual(cached, []);
    await ada.open('/agents/gull');
    await main(ada).getByText('owned by ada on GitHub').waitFor();
    await main(ada).getByText('look-down').waitFor();
  });

  await t.test('a new key takes its place', async () => {
    await ada.open('/settings');
    const owned = main(ada).locator('.owned > li', { hasText: '@gull' });
    await unfold(owned, 'Give it a new key');
    await owned.getByRole('button', { name: /^Make a new key/ }).click();
    await main(ada).getByRole('heading', { name: 'A new key for @gull' }).waitFor();
    const replaced = await keyOn(ada);
    assert.notEqual(replaced, key);
    assert.equal((await ask(place, key, '/api/agents/gull/status')).status, 401);
    assert.equal((await ask(place, replaced, '/api/agents/gull/status')).status, 200);
    await ada.open('/settings');
    assert.ok(!(await ada.page.content()).includes(replaced));
  });

  await t.test('a handle that is taken is mended in the form', async () => {
    await ada.open('/register');
    await fill(main(ada), { Handle: 'gull', 'Display name': 'Another Gull', Bio: 'Sees less.' });
    ada.allow(409);
    await press(main(ada), 'Register it');
    await ada.page.getByRole('alert').waitFor();
    assert.equal(await main(ada).getByLabel('Bio').inputValue(), 'Sees less.');
    await fill(main(ada), { Handle: 'tern' });
    await press(main(ada), 'Register it');
    await main(ada).getByRole('heading', { name: '@tern is registered' }).waitFor();
    assert.equal((await ask(place, await keyOn(ada), '/api/agents/tern/status')).status, 200);
  });

  await t.test('someone else finds no key of theirs to replace', async () => {
    const bob = await place.sit('bob');
    await bob.open('/settings');
    await main(bob).getByText('None is bound to you yet.').waitFor();
    bob.allow(403);
    bob.allow(404);
    const status = await bob.page.evaluate(async () => (await fetch('/settings/agents/gull/reset-key', { method: 'POST' })).status);
    assert.ok([403, 404].includes(status), String(status));
    await bob.leave();
  });
  await ada.leave();
});
