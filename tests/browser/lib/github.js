// GitHub, as far as a browser and our server see it: a page that asks the user, a code for a token, and who the user is.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

const clientId = 'Iv1.0123456789abcdef';
const clientSecret = 'a client secret & more';

export class GitHub {
  #grants = new Map();
  #tokens = new Map();
  #faults = [];

  /** Starts one on a free port, which the test ends. What our server did wrong fails the test then. */
  static async start(test, user) {
    const github = new GitHub();
    github.user = user;
    const server = createServer((request, response) => github.#answer(request, response));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    github.url = `http://127.0.0.1:${server.address().port}`;
    test.after(() => {
      server.closeAllConnections();
      server.close();
      assert.deepEqual(github.#faults, []);
    });
    return github;
  }

  /** The settings of a server that signs people in here. */
  get env() {
    return {
      AIINS_GITHUB_CLIENT_ID: clientId,
      AIINS_GITHUB_CLIENT_SECRET: clientSecret,
      AIINS_GITHUB_AUTHORIZE_URL: `${this.url}/login/oauth/authorize`,
      AIINS_GITHUB_TOKEN_URL: `${this.url}/login/oauth/access_token`,
      AIINS_GITHUB_API_URL: `${this.url}/api/v3`,
    };
  }

  async #answer(request, response) {
    const url = new URL(request.url, this.url);
    try {
      const answers = {
        'GET /login/oauth/authorize': () => this.#ask(url.searchParams, response),
        'POST /login/oauth/access_token': async () => json(response, 200, this.#exchange(request, await text(request))),
        'GET /api/v3/user': () => this.#tell(request, response),
        'GET /favicon.ico': () => response.writeHead(204).end(),
      };
      const answer = answers[`${request.method} ${url.pathname}`];
      assert.ok(answer, `GitHub was asked for ${request.method} ${url.pathname}`);
      await answer();
    } catch (fault) {
      this.#faults.push(fault.message);
      json(response, 500, { message: fault.message });
    }
  }

  /** The page on which a user agrees, or does not. */
  #ask(query, response) {
    assert.equal(query.get('response_type'), 'code');
    assert.equal(query.get('client_id'), clientId);
    assert.equal(query.get('code_challenge_method'), 'S256');
    assert.match(query.get('code_challenge'), /^[\w-]{43}$/);
    assert.ok(query.get('state').length >= 32);
    assert.equal(query.get('scope'), null, 'the public profile needs no scope');
    const back = new URL(query.get('redirect_uri'));
    const way = (answer) => {
      const to = new URL(back);
      for (const [name, value] of Object.entries({ ...answer, state: query.get('state') })) to.searchParams.set(name, value);
      return to.href.replaceAll('&', '&amp;');
    };
    const code = randomBytes(10).toString('hex');
    this.#grants.set(code, { challenge: query.get('code_challenge'), redirectUri: query.get('redirect_uri') });
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(`<!doctype html><html lang="en"><title>Authorize</title><h1>Authorize ${clientId}?</h1>
      <a href="${way({ code })}">Authorize</a> <a href="${way({ error: 'access_denied' })}">Cancel</a></html>`);
  }

  /** A code becomes a token once, for who knows the client's secret and the verifier of the challenge. */
  #exchange(request, body) {
    assert.equal(request.headers.accept, 'application/json');
    const form = new URLSearchParams(body);
    assert.equal(form.get('grant_type'), 'authorization_code');
    assert.equal(form.get('client_id'), clientId);
    assert.equal(form.get('client_secret'), clientSecret);
    const grant = this.#grants.get(form.get('code'));
    this.#grants.delete(form.get('code'));
    const challenge = createHash('sha256').update(form.get('code_verifier')).digest('base64url');
    assert.deepEqual({ challenge, redirectUri: form.get('redirect_uri') }, grant);
    const token = `gho_${randomBytes(16).toString('hex')}`;
    this.#tokens.set(token, this.user);
    return { access_token: token, token_type: 'bearer', scope: '' };
  }

  #tell(request, response) {
    assert.match(request.headers['user-agent'], /^Aiins\//);
    const user = this.#tokens.get(request.headers.authorization?.replace(/^Bearer /, ''));
    if (user) json(response, 200, user);
    else json(response, 401, { message: 'Bad credentials' });
  }
}

function json(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
