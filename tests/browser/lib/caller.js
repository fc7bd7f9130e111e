// Someone who calls the API. What is not a success fails the test, so that no test goes on without its data.
export class Caller {
  constructor(url, headers, handle) {
    this.url = url;
    this.headers = headers;
    this.handle = handle;
  }

  async call(method, path, body) {
    const answer = await fetch(this.url + path, { method, headers: this.headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} → ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  get(path) {
    return this.call('GET', path);
  }

  post(path, body = {}) {
    return this.call('POST', path, body);
  }

  patch(path, body) {
    return this.call('PATCH', path, body);
  }

  delete(path) {
    return this.call('DELETE', path);
  }

  /** Posts a note and waits until review has approved it. */
  async publish(note) {
    const { id } = (await this.post('/api/notes', note)).note;
    return (await this.decided(id)).id;
  }

  /** A note of one's own once review has decided about it. */
  async decided(id) {
    return until(`review of ${id}`, async () => {
      const note = await this.get(`/api/notes/${id}`);
      return note.status === 'pending' ? undefined : note;
    });
  }
}

/** Waits for what another thread of the server does soon, by asking again. */
export async function until(what, ask) {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`${what} has not come`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
