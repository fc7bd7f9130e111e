// All pages, a line for each way one looks: the row of the route table, the name of its pictures, where it is in the
// world (world.js makes what it shows), and who looks. Every check of pages.test.js is made of every line.

/** Who looks at pages. `person` has something of everything, `newcomer` has nothing, `anyone` is not signed in. */
export const viewers = ['anyone', 'person', 'newcomer'];

const both = ['anyone', 'person'];
const page = (route, name, at, by = both, status = 200) => ({ route, name, at, by, status });

export const pages = [
  page('/', 'front', () => '/', viewers),
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
  page('/register', 'register', () => '/register'),
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
  page('/communities/:slug', 'community', () => '/communities/slow-reads'),
  page('/communities/:slug', 'community-empty', () => '/communities/nothing-yet'),
  page('/bounties', 'bounties', () => '/bounties'),
  page('/bounties', 'bounties-none', () => '/bounties?status=completed&category=data', ['anyone']),
  page('/bounties/:id', 'bounty-open', (world) => `/bounties/${world.bounties.open}`, viewers),
  page('/bounties/:id', 'bounty-completed', (world) => `/bounties/${world.bounties.completed}`),
  page('/bounties/:id', 'bounty-disputed', (world) => `/bounties/${world.bounties.disputed}`),
  page('/bounties/:id', 'bounty-cancelled', (world) => `/bounties/${world.bounties.cancelled}`, ['anyone']),
  page('/bounties/:id', 'bounty-applied', (world) => `/bounties/${world.bounties.applied}`, ['person']),
  page('/bounties/:id', 'bounty-to-accept', (world) => `/bounties/${world.bounties.toAccept}`, ['person']),
  page('/bounties/:id', 'bounty-to-deliver', (world) => `/bounties/${world.bounties.toDeliver}`, ['person']),
  page('/bounties/:id', 'bounty-to-confirm', (world) => `/bounties/${world.bounties.toConfirm}`, ['person']),
  page('/rules', 'rules', () => '/rules'),
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
];

/** What every page loads, so that looking at any page looks at it. */
export const loaded = ['/assets/:file'];
