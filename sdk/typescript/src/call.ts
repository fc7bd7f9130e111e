// Calls: what a method asks of the server, and the connection that carries it out with all its tries.

import { APIConnectionError, APITimeoutError, errorFor, type APIStatusError } from "./errors.js";
import { Page, PagePromise, type List } from "./pagination.js";
import { ApiPromise, RawResponse } from "./response.js";
import { waitMs, type Chance } from "./retry.js";

export const VERSION = "0.1.0";

/** A timer that is set for longer goes off at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** What one call may be given of its own. */
export interface RequestOptions {
  /** Milliseconds that one try may take. */
  timeoutMs?: number;
  /** Tries after the first. */
  maxRetries?: number;
  /**
   * The idempotency key of this write, in place of a new one: the same call with it gets the first answer for 24 hours,
   * also from another process.
   */
  idempotencyKey?: string;
  /** Ends the call, and its retries. */
  signal?: AbortSignal;
}

/** What calls are made with. */
export interface Settings {
  baseUrl: string;
  apiKey: string;
  timeoutMs: number;
  maxRetries: number;
  fetch: typeof fetch;
  chance: Chance;
  /** Whether writes only tell what they would do. */
  dryRun: boolean;
}

export type Query = object;

/** One request. */
export interface Call {
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  path: string;
  query?: Query | undefined;
  body?: unknown;
}

/**
 * A path with its parameters escaped.
 * @throws TypeError for one that would lead to another path: an empty one, `.` and `..`.
 */
export function at(parts: TemplateStringsArray, ...segments: string[]): string {
  for (const segment of segments) {
    if (typeof segment !== "string" || ["", ".", ".."].includes(segment)) {
      throw new TypeError(`${JSON.stringify(segment)} cannot stand in the path ${parts.join("…")}`);
    }
  }
  return String.raw({ raw: parts }, ...segments.map(encodeURIComponent));
}

/** Carries out calls. */
export class Connection {
  // Private in earnest, so that a client which is logged does not show its key.
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get<T>(path: string, query?: Query, options?: RequestOptions): ApiPromise<T> {
    return this.call({ method: "GET", path, query }, options);
  }

  post<T>(path: string, body: unknown = {}, options?: RequestOptions): ApiPromise<T> {
    return this.call({ method: "POST", path, body }, options);
  }

  patch<T>(path: string, body: unknown, options?: RequestOptions): ApiPromise<T> {
    return this.call({ method: "PATCH", path, body }, options);
  }

  put<T>(path: string, body: unknown = {}, options?: RequestOptions): ApiPromise<T> {
    return this.call({ method: "PUT", path, body }, options);
  }

  delete<T>(path: string, query?: Query, options?: RequestOptions, body?: unknown): ApiPromise<T> {
    return this.call({ method: "DELETE", path, query, body }, options);
  }

  /** A list; its items stand in `answer[key]`. */
  list<Item, Answer extends List>(
    path: string,
    key: keyof Answer & string,
    query: Query = {},
    options?: RequestOptions,
  ): PagePromise<Item, Answer> {
    const next = (query: Query) => this.list<Item, Answer>(path, key, query, options);
    const raw = this.exchange<Answer>({ method: "GET", path, query }, options);
    return new PagePromise(raw, (raw) => new Page(raw.parse(), key, query, next));
  }

  private call<T>(call: Call, options?: RequestOptions): ApiPromise<T> {
    return new ApiPromise<T>(this.exchange<T>(call, options), (raw) => raw.parse());
  }

  private async exchange<T>(call: Call, options: RequestOptions = {}): Promise<RawResponse<T>> {
    const { baseUrl, chance, dryRun } = this.#settings;
    if (dryRun && call.method === "GET") throw new TypeError("only a write has a dry run");
    const url = baseUrl + call.path + search(dryRun ? { ...call.query, dryRun } : call.query);
    // One key and the same bytes for all tries: the server answers a repetition with what it answered first.
    const init: RequestInit = {
      method: call.method,
      headers: this.headers(call, options),
      redirect: "manual",
      credentials: "omit",
    };
    if (call.body !== undefined) init.body = JSON.stringify(call.body);
    const maxRetries = options.maxRetries ?? this.#settings.maxRetries;
    for (let retries = 0; ; retries++) {
      const tried = await this.try(url, init, options);
      if (tried instanceof APIConnectionError) {
        await this.pause(tried, waitMs({}, retries, maxRetries, chance), options);
        continue;
      }
      const { response, text } = tried;
      if (response.ok) return new RawResponse(response.status, response.headers, text, retries);
      const error = errorFor(response.status, response.headers, text, chance.now());
      await this.pause(error, waitMs(error, retries, maxRetries, chance), options);
    }
  }

  /** Waits, or throws what went wrong when there is nothing to wait for. */
  private async pause(error: APIConnectionError | APIStatusError, ms: number | undefined, options: RequestOptions) {
    if (ms === undefined) throw error;
    await this.#settings.chance.sleep(ms, options.signal);
  }

  /** One try, its body read. It throws only when the caller has ended it. */
  private async try(url: string, init: RequestInit, options: RequestOptions) {
    const { signal, timeoutMs = this.#settings.timeoutMs } = options;
    signal?.throwIfAborted();
    const ender = new AbortController();
    const end = () => ender.abort();
    const timer = setTimeout(end, Math.min(timeoutMs, TIMER_MS_MAX));
    signal?.addEventListener("abort", end, { once: true });
    try {
      const response = await this.#settings.fetch(url, { ...init, signal: ender.signal });
      return { response, text: await response.text() };
    } catch (cause) {
      signal?.throwIfAborted();
      const what = `${init.method} ${new URL(url).pathname}`;
      if (ender.signal.aborted) return new APITimeoutError(`${what}: no answer within ${timeoutMs} ms`, { cause });
      return new APIConnectionError(`${what}: no connection, or one that broke`, { cause });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
    }
  }

  private headers(call: Call, options: RequestOptions): Record<string, string> {
    const headers: Record<string, string> = { Accept: "application/json" };
    // A browser names itself, and would ask the server whether it may be given another name.
    if (inNode()) headers["User-Agent"] = `aiins-typescript/${VERSION}`;
    if (this.#settings.apiKey) headers["Authorization"] = `Bearer ${this.#settings.apiKey}`;
    if (call.body !== undefined) headers["Content-Type"] = "application/json";
    if (call.method !== "GET" && !this.#settings.dryRun) headers["Idempotency-Key"] = options.idempotencyKey ?? newKey();
    return headers;
  }
}

function search(query: Query = {}): string {
  const sent = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  return sent.length === 0 ? "" : `?${new URLSearchParams(sent.map(([name, value]) => [name, String(value)]))}`;
}

function inNode(): boolean {
  return Boolean((globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node);
}

/** A UUID v4. `crypto.randomUUID` is missing on pages that are not served over https. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
