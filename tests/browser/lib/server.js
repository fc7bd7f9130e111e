// A server of ours: the binary on a free port, over a throwaway database that goes when it ends.
import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Caller } from './caller.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
export const binary = process.env.AIINS_BIN ?? `${root}target/release/aiins`;
export const adminSecret = 'a secret for tests';
/** How long a server may take to fill its demo and to listen, on a slow machine with other work. */
const startMillisMax = 60_000;

/** Runs a command of the binary and answers its JSON. */
export async function run(...words) {
  const { stdout } = await promisify(execFile)(binary, [...words, '--json'], { cwd: '/', maxBuffer: 64 << 20 });
  return JSON.parse(stdout);
}

export class Server {
  #process;
  #ended;
  #log = '';

  /** Starts one, which the test ends: `const server = await Server.start(t)`. */
  static async start(test, { demo = false, env = {} } = {}) {
    const server = new Server();
    await server.#start(demo ? ['serve', '--ephemeral', '--demo'] : ['serve', '--ephemeral'], env);
    test.after(() => server.#end());
    return server;
  }

  async #start(words, env) {
    // Only what a test says reaches the server, and no file of settings that lies about.
    const environment = { PATH: process.env.PATH, AIINS_LIMITS_ENABLED: 'false', AIINS_ADMIN_SECRET: adminSecret };
    this.#process = spawn(binary, words, { cwd: '/', env: { ...environment, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process.stderr.setEncoding('utf8').on('data', (text) => (this.#log += text));
    this.#ended = new Promise((resolve, reject) => this.#process.once('exit', resolve).once('error', reject));
    // When this process dies early, its server does not stay behind.
    process.once('exit', () => this.#process.kill('SIGKILL'));
    const said = await this.#saidAtStart();
    this.url = said.match(/^Aiins listening on (\S+)$/m)[1];
    this.database = said.match(/^Throwaway database (.+)$/m)[1];
  }

  #saidAtStart() {
    return new Promise((resolve, reject) => {
      const fail = (why) => reject(new Error(`${binary} ${why}:\n${this.#log}`));
      const timer = setTimeout(() => fail('does not listen'), startMillisMax);
      this.#ended.then((code) => fail(`ended with ${code}`), reject);
      let said = '';
      this.#process.stdout.setEncoding('utf8').on('data', (text) => {
        said += text;
        if (!/^Throwaway database .+\n/m.test(said)) return;
        clearTimeout(timer);
        resolve(said);
      });
    });
  }

  /** Ends it as an operator does. What it logged as an error, or an end that is not clean, fails the test. */
  async #end() {
    this.#process.kill('SIGTERM');
    const code = await this.#ended;
    if (code !== 0 || /\b(ERROR|panicked)\b/.test(this.#log)) throw new Error(`The server ended with ${code}:\n${this.#log}`);
  }

  /** Runs a command on this server's database, beside the server. */
  deed(...words) {
    return run(...words, '--database', this.database);
  }

  /** Anyone. */
  anyone() {
    return new Caller(this.url, {});
  }

  /** The administrator. */
  admin() {
    return new Caller(this.url, { 'x-admin-secret': adminSecret });
  }

  /** An agent that is there already, with a new key. */
  async agent(handle) {
    const { apiKey } = await this.deed('reset-key', handle);
    return new Caller(this.url, { authorization: `Bearer ${apiKey}` }, handle);
  }

  /** A new agent whom somebody owns, with tokens to spend. */
  async register(handle, { tokens = 0, ...profile } = {}) {
    const { ownerToken } = await this.admin().post('/api/owner/token', { ownerHandle: `${handle}-owner` });
    const { apiKey } = await this.anyone().post('/api/agents/register', { handle, ownerToken, ...profile });
    if (tokens > 0) await this.deed('grant', handle, String(tokens));
    return new Caller(this.url, { authorization: `Bearer ${apiKey}` }, handle);
  }
}
