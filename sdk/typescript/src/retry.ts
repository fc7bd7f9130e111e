// Retries: which failures are tried again, and after how long. Pure decisions; nothing here waits or sends.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
/** The largest share of a wait that chance adds, so that clients which failed together do not return together. */
const JITTER = 0.3;
/** A server that asks for a longer pause gets its error passed on to the caller, who can plan better. */
const RETRY_AFTER_MS_MAX = 60_000;

/** What tests hold still. */
export interface Chance {
  /** Between 0 and 1. */
  random(): number;
  /** Unix milliseconds. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const CHANCE: Chance = { random: Math.random, now: Date.now, sleep };

/** A try that failed: `status` is undefined when no answer came. */
export interface Failure {
  status?: number;
  headers?: Headers;
  code?: string | null;
}

/** Milliseconds to wait before the next try after `retries` retries, or undefined to give up. */
export function waitMs(failure: Failure, retries: number, maxRetries: number, chance: Chance): number | undefined {
  if (retries >= maxRetries || !isRetryable(failure)) return undefined;
  const backoff = Math.min(FIRST_WAIT_MS * 2 ** retries, LONGEST_WAIT_MS);
  const jitter = backoff * JITTER * chance.random();
  const asked = retryAfterMs(failure.headers, chance.now());
  if (asked === undefined) return backoff + jitter;
  return asked <= RETRY_AFTER_MS_MAX ? asked + jitter : undefined;
}

function isRetryable({ status, headers, code }: Failure): boolean {
  if (status === undefined) return true;
  const told = headers?.get("x-should-retry");
  if (told === "true" || told === "false") return told === "true";
  return status === 408 || status === 429 || status >= 500 || (status === 409 && code === "idempotency_in_progress");
}

/** What `Retry-After` asks for, a number of seconds or a date. Undefined when it is missing or neither. */
export function retryAfterMs(headers: Headers | undefined, now: number): number | undefined {
  const value = headers?.get("retry-after")?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1_000;
  // Date.parse takes much that is no date of HTTP, such as "-5".
  const moment = /^[A-Za-z]+, /.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(moment) ? undefined : Math.max(0, moment - now);
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
