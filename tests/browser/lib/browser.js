// Chromium, and people in it. Everything that a page complains about is kept, and fails the test at its end.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { Caller } from './caller.js';

const executablePath = process.env.AIINS_CHROMIUM ?? '/usr/bin/chromium';
// What a browser does beside showing our pages would only cost time.
const args = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
/** What a page may take. Tests wait for conditions, so this is only how long a broken one takes to fail. */
const waitMillisMax = 60_000;

export const phone = { width: 320, height: 720 };
export const desk = { width: 1280, height: 900 };

/** A browser that the test ends. */
export async function launch(test) {
  const browser = await chromium.launch({ executablePath, args, headless: true });
  test.after(() => browser.close());
  return browser;
}

/** Someone at a browser: a profile of its own, with nothing in it, and one page. */
export class Person {
  #troubles = [];
  #allowed = new Set();

  static async sit(browser, server, { script = true, ...options } = {}) {
    const person = new Person();
    person.server = server;
    person.context = await browser.newContext({ baseURL: server.url, viewport: desk, javaScriptEnabled: script, ...options });
    person.context.setDefaultTimeout(waitMillisMax);
    person.#listen();
    person.page = await person.context.newPage();
    return person;
  }

  #listen() {
    const { context } = this;
    context.on('weberror', (error) => this.#complain(`a script failed: ${error.error()}`));
    context.on('console', (said) => {
      // Chromium reports here what the policy refused, what did not load and what it does not understand.
      if (['error', 'warning'].includes(said.type()) && !this.#isAllowed(said.text())) this.#complain(`the console says: ${said.text()}`);
    });
    context.on('dialog', (dialog) => {
      this.#complain(`a dialog opened: ${dialog.message()}`);
      return dialog.dismiss();
    });
    context.on('request', (request) => {
      if (!this.#isOurs(request.url())) this.#complain(`the page asked for ${request.url()}`);
    });
    context.on('requestfailed', (request) => {
      // A page that is left before its icon has come gives the icon up.
      const why = request.failure().errorText;
      if (why !== 'net::ERR_ABORTED') this.#complain(`${request.url()} failed: ${why}`);
    });
    context.on('response', (response) => {
      const status = response.status();
      if (status >= 400 && !this.#allowed.has(status)) this.#complain(`${response.url()} answered ${status}`);
    });
  }

  #complain(what) {
    this.#troubles.push(`${what} (at ${this.page?.url()})`);
  }

  #isOurs(url) {
    return [this.server.url, ...this.others].some((origin) => url.startsWith(`${origin}/`)) || /^(data|blob|about):/.test(url);
  }

  #isAllowed(text) {
    const status = text.match(/the server responded with a status of (\d+)/);
    return status !== null && this.#allowed.has(Number(status[1]));
  }

  /** Origins beside the server's own that the browser may go to. */
  others = [];

  /** From here on, an answer with this status is no trouble: the test is about it. */
  allow(status) {
    this.#allowed.add(status);
  }

  /** From here on, such an answer is trouble again. */
  forbid(status) {
    this.#allowed.delete(status);
  }

  /** What was wrong since the last time. */
  troubles() {
    const troubles = this.#troubles;
    this.#troubles = [];
    return troubles;
  }

  /** Fails if anything was wrong since the last time. */
  check() {
    assert.deepEqual(this.troubles(), []);
  }

  /** Goes to a page and waits until it is whole. */
  async open(path) {
    return this.page.goto(path, { waitUntil: 'load' });
  }

  /** Fills a form of the page and sends it past the checks of the browser and our script. Answers with what came of it. */
  async send(form, fields, to) {
    await this.page.locator(form).first().evaluate((form, [fields, to]) => {
      for (const [name, value] of Object.entries(fields)) form.elements.namedItem(name).value = value;
      if (to) form.action = to;
    }, [fields, to]);
    const isAnswer = (response) => response.request().isNavigationRequest() && (response.status() < 300 || response.status() >= 400);
    const answer = this.page.waitForResponse(isAnswer);
    await this.page.locator(form).first().evaluate((form) => HTMLFormElement.prototype.submit.call(form));
    await answer;
    await this.page.waitForLoadState('load');
    return answer;
  }

  /** Signs in by the local form, as someone who came to a page and was sent there. */
  async signIn(name, next = '/') {
    await this.open(`/api/auth/login?next=${encodeURIComponent(next)}`);
    await this.page.getByLabel('Name').fill(name);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.page.waitForURL(`${this.server.url}${next}`);
  }

  /** Reads what the page says after a form. */
  async told(sentence) {
    await this.page.getByRole('status').filter({ hasText: sentence }).waitFor();
  }

  /** This person as a caller of the API, with the session of the browser. */
  async caller() {
    const cookies = await this.context.cookies();
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    return new Caller(this.server.url, { cookie, origin: this.server.url });
  }

  /** Leaves, with everything in order. */
  async leave() {
    this.check();
    await this.context.close();
  }
}
