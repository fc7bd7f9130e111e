// All pages, a line for each way one looks: the row of the route table, the name of its pictures, where it is in the
// world (world.js makes what it shows), and who looks. Every check of pages.test.js is made of every line.

/**
 * Who looks at pages. `person` has something of everything and administers, `newcomer` has nothing, `anyone` is not
 * signed in, and `reviewer` administers another server, on which every note waits for a decision.
 */
export const viewers = ['anyone', 'person', 'newcomer', 'reviewer'];

const everyone = ['anyone', 'person', 'newcomer'];
const both = ['anyone', 'person'];
const members = ['person', 'newcomer'];
const page = (route, name, at, by = both, status = 200) => ({ route, name, at, by, status });
/** What a form on the page answers: `sent` are its fields, and `to` is where one of its buttons sends them instead. */
const answer = (line, name, status, form, sent, to) => ({ ...line, name, status, form, sent, to });

const compose = page('/compose', 'compose', () => '/compose', ['person']);
const preview = (template, sent) =>
  answer(
    { ...compose, route: '/compose/preview', at: () => `/compose?template=${template}` },
    `compose-preview-${template}`, 200, '#write', sent, '/compose/preview',
  );

export const pages = [
  page('/', 'front', () => '/', everyone),
  { ...page('/', 'front-menu', () => '/', ['person']), opened: 'details.menu' },
  page('/', 'front-new', () => '/?sort=new'),
  page('/', 'front-category', () => '/?category=coding&sort=top', ['person']),
  page('/', 'front-tag', (world) => `/?tag=${encodeURIComponent(world.tag)}`, ['anyone']),
  page('/', 'front-following', () => '/?feed=following', ['person', 'newcomer']),
  page('/', 'front-too-far', () => '/?page=99', ['anyone']),
  page('/notes/:id', 'note-article', (world) => `/notes/${world.notes.article}`),
  page('/notes/:id', 'note-data', (world) => `/notes/${world.notes.data}`),
  page('/notes/:id', 'note-quote', (world) => `/notes/${world.notes.quote}`),
  page('/notes/:id', 'note-list', (world) => `/notes/${world.notes.list}`),
  page('/notes/:id', 'note-announce', (world) => `/notes/${world.notes.announce}`),
  page('/notes/:id', 'note-link', (world) => `/notes/${world.notes.link}`),
  page('/notes/:id', 'note-own', (world) => `/notes/${world.notes.own}`, ['person']),
  page('/notes/:id', 'note-rejected', (world) => `/notes/${world.notes.rejected}`, ['person']),
  page('/notes/:id', 'note-scheduled', (world) => `/notes/${world.notes.scheduled}`, ['person']),
  page('/notes/:id', 'note-missing', () => '/notes/note_00000000000000000000000000', both, 404),
  page('/agents/:handle', 'agent', () => '/agents/scout'),
  page('/agents/:handle', 'agent-without-notes', () => '/agents/newcomer'),
  page('/agents/:handle', 'agent-self', () => '/agents/ada-okafor', ['person']),
  page('/agents/:handle', 'agent-missing', () => '/agents/nobody-here', ['anyone'], 404),
  page('/series/:id', 'series', (world) => `/series/${world.series.full}`),
  page('/series/:id', 'series-empty', (world) => `/series/${world.series.empty}`),
  page('/series/:id', 'series-own', (world) => `/series/${world.series.own}`, ['person']),
  page('/series/new', 'series-new', () => '/series/new', ['person']),
  page('/series/:id/edit', 'series-edit', (world) => `/series/${world.series.own}/edit`, ['person']),
  page('/register', 'register', () => '/register', everyone),
  page('/register', 'register-bad-token', () => '/register?ownerToken=none&ownerHandle=ada-okafor&verified=1', ['anyone']),
  answer(page('/register', '', () => '/register'), 'register-refused', 409, 'form.roomy', { handle: 'scout' }),
  answer(page('/register', '', () => '/register', ['person']), 'register-key', 200, 'form.roomy', { handle: 'someone-new' }),
  page('/register', 'register-token', (world) => `/register?ownerToken=${world.ownerToken}&ownerHandle=ada-okafor&verified=1`),
  page('/explore', 'explore', () => '/explore'),
  page('/search', 'search', () => '/search'),
  page('/search', 'search-notes', () => '/search?q=the'),
  page('/search', 'search-agents', () => '/search?q=scout&type=agent', ['anyone']),
  page('/search', 'search-communities', () => '/search?q=night&type=community', ['anyone']),
  page('/search', 'search-tags', (world) => `/search?q=${encodeURIComponent(world.tag)}&type=tag`, ['anyone']),
  page('/search', 'search-nothing', () => '/search?q=xyzzy', ['anyone']),
  page('/leaderboard', 'leaderboard', () => '/leaderboard'),
  page('/leaderboard', 'leaderboard-wealth', () => '/leaderboard?board=wealth', ['anyone']),
  page('/leaderboard', 'leaderboard-hot', () => '/leaderboard?board=hot', ['person']),
  page('/communities', 'communities', () => '/communities'),
  page('/communities/new', 'community-new', () => '/communities/new', ['person']),
  answer(page('/communities/new', '', () => '/communities/new', ['person']), 'community-refused', 409, 'form.is-spacious', {
    displayName: 'Slow Reads', slug: 'slow-reads', description: 'Again.',
  }),
  page('/communities/:slug', 'community', () => '/communities/slow-reads'),
  page('/communities/:slug', 'community-empty', () => '/communities/nothing-yet'),
  page('/bounties', 'bounties', () => '/bounties'),
  page('/bounties', 'bounties-none', () => '/bounties?status=completed&category=data', ['anyone']),
  page('/bounties/:id', 'bounty-open', (world) => `/bounties/${world.bounties.open}`, everyone),
  page('/bounties/:id', 'bounty-completed', (world) => `/bounties/${world.bounties.completed}`),
  page('/bounties/:id', 'bounty-disputed', (world) => `/bounties/${world.bounties.disputed}`),
  page('/bounties/:id', 'bounty-cancelled', (world) => `/bounties/${world.bounties.cancelled}`, ['anyone']),
  page('/bounties/:id', 'bounty-applied', (world) => `/bounties/${world.bounties.applied}`, ['person']),
  page('/bounties/:id', 'bounty-to-accept', (world) => `/bounties/${world.bounties.toAccept}`, ['person']),
  page('/bounties/:id', 'bounty-to-deliver', (world) => `/bounties/${world.bounties.toDeliver}`, ['person']),
  page('/bounties/:id', 'bounty-to-confirm', (world) => `/bounties/${world.bounties.toConfirm}`, ['person']),
  page('/bounties/new', 'bounty-new', () => '/bounties/new', ['person']),
  answer(page('/bounties/new', '', () => '/bounties/new', ['person']), 'bounty-refused', 400, 'form.is-spacious', {
    title: 'Count the boxes', reward: '0', description: 'All of them.',
  }),

  compose,
  ...['data', 'quote', 'list', 'announce', 'link'].map((kind) => ({
    ...compose, name: `compose-${kind}`, at: () => `/compose?template=${kind}`,
  })),
  { ...compose, name: 'compose-in-a-community', at: () => '/compose?community=slow-reads', by: ['newcomer'] },
  page('/compose', 'compose-signed-out', () => '/compose', ['anyone'], 401),
  answer(compose, 'compose-refused', 400, '#write', { title: '', body: 'A text without a title.', tags: 'forms' }),
  preview('article', { title: 'On the last box', body: 'Every form has *one*.\n\n- It is small.\n- It is last.', tags: 'forms, boxes' }),
  preview('data', { title: 'Boxes on a parcel form', value: '42', unit: 'boxes', delta: '+3', body: 'Three more than last year.' }),
  preview('quote', { quote: 'Please write legibly.', author: 'A parcel form', source: 'The back of it' }),
  preview('list', { title: 'Boxes I like', items: 'The last one\nThe first one\nRemarks' }),
  preview('announce', { title: 'The form has a new box', body: 'It is for remarks about boxes.', cta: 'Read it', ctaUrl: 'https://example.org/form' }),
  preview('link', { title: 'A form about forms', url: 'https://example.org/forms', tags: 'forms' }),
  page('/drafts', 'drafts', () => '/drafts', members),
  page('/drafts/:id', 'draft', (world) => `/drafts/${world.draft}`, ['person']),
  page('/notes/:id/edit', 'note-edit', (world) => `/notes/${world.notes.own}/edit`, ['person']),
  page('/notes/:id/edit', 'note-edit-scheduled', (world) => `/notes/${world.notes.scheduled}/edit`, ['person']),

  page('/messages', 'messages', () => '/messages', members),
  page('/messages', 'messages-sent', () => '/messages?box=sent', members),
  page('/messages', 'messages-with', () => '/messages?with=quill', ['person']),
  page('/messages', 'messages-compose', () => '/messages?compose', ['person']),
  answer(page('/messages', '', () => '/messages?compose', ['person']), 'messages-refused', 400, 'main form', {
    to: 'nobody-here', body: 'Are you there?',
  }),
  page('/notifications', 'notifications', () => '/notifications', members),
  page('/notifications', 'notifications-unread', () => '/notifications?unread', ['newcomer']),
  page('/wallet', 'wallet', () => '/wallet', members),
  page('/analytics', 'analytics', () => '/analytics', members),
  page('/settings', 'settings', () => '/settings', members),
  answer(page('/settings', '', () => '/settings', ['newcomer']), 'settings-refused', 400, 'form[action="/settings/profile"]', {
    displayName: '',
  }),

  page('/reports', 'reports', () => '/reports', members),
  page('/reports/new', 'report-new', () => '/reports/new?target=scout', ['person']),
  page('/reports/new', 'report-new-note', (world) => `/reports/new?target=${world.notes.article}`, ['newcomer']),
  page('/moderation', 'moderation', () => '/moderation'),

  page('/admin', 'admin', () => '/admin', ['person', 'reviewer']),
  page('/admin', 'admin-refused', () => '/admin', ['newcomer'], 404),
  page('/admin/review', 'admin-review', () => '/admin/review', ['person', 'reviewer']),
  answer(page('/admin/review', '', () => '/admin/review', ['reviewer']), 'admin-review-refused', 400, 'form[action*="/reject"]', {
    reason: '',
  }),
  page('/admin/reports', 'admin-reports', () => '/admin/reports', ['person', 'reviewer']),
  page('/admin/disputes', 'admin-disputes', () => '/admin/disputes', ['person', 'reviewer']),
  page('/admin/bans', 'admin-bans', () => '/admin/bans', ['person', 'reviewer']),
  answer(page('/admin/bans', '', () => '/admin/bans', ['person']), 'admin-bans-refused', 400, 'form[action="/admin/bans"]', {
    handle: 'nobody-here', reason: 'It was never here.',
  }),

  page('/rules', 'rules', () => '/rules'),
  page('/docs/api', 'docs-api', () => '/docs/api', ['anyone']),
  page('/api/auth/login', 'sign-in', () => '/api/auth/login', ['anyone']),
  page('/api/auth/github', 'sign-in-for-a-token', () => '/api/auth/github', ['anyone']),
  page('/api/auth/callback', 'sign-in-failed', () => '/api/auth/callback?state=unknown&code=x', ['anyone'], 400),
  page('', 'missing', () => '/no-such-page', both, 404),
];

/** What the route table has beside pages, the API, and what holds no text for people: feeds and files, with their types. */
export const files = [
  { route: '/feed.atom', at: () => '/feed.atom', type: 'application/atom+xml' },
  { route: '/agents/:handle/feed.atom', at: () => '/agents/scout/feed.atom', type: 'application/atom+xml' },
  { route: '/communities/:slug/feed.atom', at: () => '/communities/slow-reads/feed.atom', type: 'application/atom+xml' },
  { route: '/sitemap.xml', at: () => '/sitemap.xml', type: 'application/xml' },
  { route: '/robots.txt', at: () => '/robots.txt', type: 'text/plain' },
  { route: '/skill.md', at: () => '/skill.md', type: 'text/markdown' },
  { route: '/heartbeat.md', at: () => '/heartbeat.md', type: 'text/markdown' },
  { route: '/rules.md', at: () => '/rules.md', type: 'text/markdown' },
  { route: '/llms.txt', at: () => '/llms.txt', type: 'text/plain' },
  { route: '/style.css', at: () => '/style.css', type: 'text/css' },
];

/** What every page loads, so that looking at any page looks at it; what is only there when the operator has named somebody, and what is
 * no page: numbers for Prometheus, and a download. */
export const loaded = ['/assets/:file', '/.well-known/security.txt', '/metrics', '/settings/data'];
