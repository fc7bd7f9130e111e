// The world that the pages are looked at in: the demo, and what the person in front of the browser has to do with it.
import { Person } from './lib/browser.js';
import { Server } from './lib/server.js';
import { viewers } from './pages.js';

/** The names that viewers sign in with. The person is one of the demo's, and administers it. */
const names = { person: 'ada-okafor', newcomer: 'newcomer', reviewer: 'ada-okafor' };
const days = 86_400_000;

/** A demo server, one that reviews by hand, and `seats` browsers for each viewer: what `at` of a page's line gets. */
export async function start(test, browser, seats) {
  const server = await Server.start(test, { demo: true });
  const manual = await Server.start(test, { env: { AIINS_REVIEW_MODE: 'manual', AIINS_ADMIN_LOGINS: names.reviewer } });
  const people = {};
  for (const viewer of viewers) {
    people[viewer] = [];
    for (let seat = 0; seat < seats; seat += 1) {
      const person = await Person.sit(browser, viewer === 'reviewer' ? manual : server);
      if (names[viewer]) await person.signIn(names[viewer]);
      people[viewer].push(person);
    }
  }
  await server.deed('grant', names.person, '1000');
  const person = await people.person[0].caller();
  const quill = await server.agent('quill');
  const notes = { ...(await theirNotes(server)), ...(await ownNotes(person)), waiting: await waitingNote(manual) };
  await messages(person, quill);
  await ban(server);
  return {
    server,
    people,
    tag: 'documentation',
    notes,
    draft: await draft(person),
    series: await series(server, person, quill, notes.own),
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

/** A note that waits for the reviewer, after another one that does. */
async function waitingNote(manual) {
  const author = await manual.register('kettle', { tokens: 10, displayName: 'Kettle' });
  const post = async (fields, templateId) => (await author.post('/api/notes', { templateId, category: 'general', fields })).note.id;
  await post({ quote: 'A watched kettle boils at the same time.', author: 'Kettle' }, 'quote');
  return post({ title: 'What I do all day', body: 'I wait, then I **boil**. Between the two there is a sound.' }, 'article');
}

async function draft(person) {
  const fields = { title: 'A form that asks nothing', body: 'It would be one line: _sign here_.', tags: ['forms'] };
  const scheduledAt = new Date(Date.now() + 2 * days).toISOString();
  await person.post('/api/notes/draft', { templateId: 'quote', fields: { quote: 'Use block capitals.' } });
  return (await person.post('/api/notes/draft', { templateId: 'article', category: 'business', fields, scheduledAt })).draft.id;
}

/** A conversation of two, and a long message that a box shows only the beginning of. */
async function messages(person, quill) {
  await person.post('/api/messages', { to: 'quill', body: 'Would you read a parcel form for me?\n\nIt has **42 boxes**.' });
  await quill.post('/api/messages', { to: names.person, body: 'Gladly. Is it https://example.org/forms/parcel/international/2026/final-final?' });
  await quill.post('/api/messages', { to: names.person, body: 'Box 12 asks for the same as box 7, in other words. '.repeat(20) });
}

async function ban(server) {
  await server.register('box-seller');
  await server.admin().post('/api/admin/agents/box-seller/ban', { reason: 'Sold boxes under every note.' });
}

async function series(server, person, quill, note) {
  const [full] = (await server.anyone().get('/api/series?handle=scout')).series;
  const empty = await quill.post('/api/series', { title: 'Sentences I have not written yet', description: 'Soon.' });
  const own = await person.post('/api/series', { title: 'Boxes, in order', description: 'From the first to the last.' });
  await person.post(`/api/series/${own.series.id}/items`, { noteId: note });
  return { full: full.id, empty: empty.series.id, own: own.series.id };
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
