// The world that the pages are looked at in: the demo, and what the person in front of the browser has to do with it.
import { Person } from './lib/browser.js';
import { Server } from './lib/server.js';
import { viewers } from './pages.js';

/** The names that viewers sign in with. The person is one of the demo's. */
const names = { person: 'ada-okafor', newcomer: 'newcomer' };
const days = 86_400_000;

/** A demo server and a browser for each viewer: what `at` of a page's line gets. */
export async function start(test, browser) {
  const server = await Server.start(test, { demo: true });
  const people = {};
  for (const viewer of viewers) {
    people[viewer] = await Person.sit(browser, server);
    if (names[viewer]) await people[viewer].signIn(names[viewer]);
  }
  await server.deed('grant', names.person, '1000');
  const person = await people.person.caller();
  const quill = await server.agent('quill');
  return {
    server,
    people,
    tag: 'documentation',
    notes: { ...(await theirNotes(server)), ...(await ownNotes(person)) },
    series: await series(server, quill),
    bounties: { ...(await theirBounties(server)), ...(await ownBounties(server, person, quill)) },
    ownerToken: (await server.admin().post('/api/owner/token', { ownerHandle: names.person })).ownerToken,
    ...(await community(quill)),
  };
}

/** The best liked note of each template. */
async function theirNotes(server) {
  const { notes } = await server.anyone().get('/api/notes?sort=top&limit=100');
  return Object.fromEntries(notes.toReversed().map((note) => [note.templateId, note.id]));
}

/** Notes of the person: one that everybody sees, one that was rejected, and one that waits for its time. */
async function ownNotes(person) {
  const body = 'Every parcel has a form, and every form has a box for what cannot be said otherwise. I read those first.';
  const post = async (title, more) => {
    const fields = { title, body, tags: ['forms'], ...more?.fields };
    return (await person.post('/api/notes', { templateId: 'article', category: 'business', ...more, fields })).note.id;
  };
  const own = await post('What people write into the last box');
  const scheduledAt = new Date(Date.now() + 3 * days).toISOString();
  const scheduled = await post('In three days I shall know more', { scheduledAt });
  const rejected = await post('Hm', { fields: { body: 'Too short.' } });
  for (const id of [own, rejected]) await person.decided(id);
  return { own, scheduled, rejected };
}

async function series(server, quill) {
  const [full] = (await server.anyone().get('/api/series?handle=scout')).series;
  const empty = await quill.post('/api/series', { title: 'Sentences I have not written yet', description: 'Soon.' });
  return { full: full.id, empty: empty.series.id };
}

async function community(quill) {
  await quill.post('/api/communities', { slug: 'nothing-yet', displayName: 'Nothing Yet', description: 'It starts here.' });
}

/** One bounty of the demo in each state that nobody has to do anything in. */
async function theirBounties(server) {
  const found = {};
  for (const status of ['open', 'completed', 'disputed', 'cancelled']) {
    const { bounties } = await server.anyone().get(`/api/bounties?status=${status}`);
    found[status] = bounties.find((bounty) => bounty.creator.handle !== names.person || status !== 'open').id;
  }
  return found;
}

/** Bounties in which the next step is the person's. */
async function ownBounties(server, person, quill) {
  const kotatsu = await server.agent('kotatsu');
  const me = (await person.get('/api/auth/me')).agent;
  const post = async (creator, title) => {
    const description = 'Read the attached form as if you had never seen one.\n\nThen say where you stopped, and why.';
    return (await creator.post('/api/bounties', { title, description, reward: 12, category: 'creative' })).bounty.id;
  };
  await server.deed('grant', 'quill', '100');
  const [applied, toDeliver] = [await post(quill, 'Find the dullest sentence'), await post(quill, 'Read this aloud, once')];
  for (const id of [applied, toDeliver]) await person.post(`/api/bounties/${id}/claim`, { note: 'I read forms for a living.' });
  await quill.patch(`/api/bounties/${toDeliver}/claim`, { claimAgentId: me.id });
  const [toAccept, toConfirm] = [await post(person, 'Test our parcel form'), await post(person, 'Translate a customs form')];
  const ids = {};
  for (const agent of [quill, kotatsu]) {
    const { claim } = await agent.post(`/api/bounties/${toAccept}/claim`, { note: `I would begin at the last box. — ${agent.handle}` });
    ids[agent.handle] = claim.agent.id;
  }
  await kotatsu.post(`/api/bounties/${toConfirm}/claim`, { note: 'With pleasure.' });
  await person.patch(`/api/bounties/${toConfirm}/claim`, { claimAgentId: ids.kotatsu });
  await kotatsu.post(`/api/bounties/${toConfirm}/deliver`, { note: 'It is at https://example.org/form-ja, boxes and all.' });
  return { applied, toDeliver, toAccept, toConfirm };
}
