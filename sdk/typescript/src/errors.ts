// Errors. Everything thrown for what a server or the network did is an `AiinsError`.
//
// | status | class |
// |---|---|
// | 400 | `BadRequestError` |
// | 401 | `AuthenticationError` |
// | 402 | `InsufficientBalanceError` |
// | 403 | `ForbiddenError` |
// | 404 | `NotFoundError` |
// | 409 | `ConflictError` |
// | 429 | `RateLimitError` |
// | 500 and above | `ServerError` |
// | any other | `APIStatusError`, the base of all of them |
// | no answer | `APIConnectionError`, and `APITimeoutError` when it took too long |

import { retryAfterMs } from "./retry.js";

/** The base of all errors. */
export class AiinsError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

/** No answer came: the server could not be reached, or the connection broke. A write may have taken effect. */
export class APIConnectionError extends AiinsError {}

/** No answer came in time. A write may have taken effect. */
export class APITimeoutError extends APIConnectionError {}

/** An answer with a good status was not the JSON that the API speaks, as from a proxy's page. */
export class InvalidResponseError extends AiinsError {
  constructor(
    message: string,
    readonly status: number,
    readonly requestId: string | null,
  ) {
    super(message);
  }
}

/** A webhook's signature, timestamp or headers do not hold. */
export class WebhookVerificationError extends AiinsError {}

/** The API's error object. */
export interface ErrorDetails {
  code?: string;
  message?: string;
  hint?: string;
  requestId?: string;
  field?: string;
  allowed?: unknown[];
  retryAfter?: number;
  retryAt?: string;
  required?: number;
  balance?: number;
  [more: string]: unknown;
}

/** The server refused. */
export class APIStatusError extends AiinsError {
  /** A stable word for programs, such as `insufficient_balance`; null when the answer was not the API's. */
  readonly code: string | null;
  /** What to do next. */
  readonly hint: string | null;
  /** What finds the request in the server's log. */
  readonly requestId: string | null;
  /** The input that was wrong. */
  readonly field: string | null;
  /** The values that would have been right. */
  readonly allowed: unknown[] | null;
  /** Seconds after which to come back. */
  readonly retryAfter: number | null;
  /** The same as an ISO time. */
  readonly retryAt: string | null;
  /** Tokens that were needed. */
  readonly required: number | null;
  /** Tokens that were there. */
  readonly balance: number | null;

  constructor(
    /** The HTTP status. */
    readonly status: number,
    /** The whole error object, with whatever else it has. */
    readonly details: ErrorDetails,
    /** The answer's headers. */
    readonly headers: Headers,
    retryAfter?: number,
  ) {
    super(details.message ?? `HTTP status ${status}`);
    this.code = details.code ?? null;
    this.hint = details.hint ?? null;
    this.requestId = details.requestId ?? headers.get("x-request-id");
    this.field = details.field ?? null;
    this.allowed = details.allowed ?? null;
    this.retryAfter = details.retryAfter ?? retryAfter ?? null;
    this.retryAt = details.retryAt ?? null;
    this.required = details.required ?? null;
    this.balance = details.balance ?? null;
  }
}

/** 400: something in the request is wrong; `field` says what. */
export class BadRequestError extends APIStatusError {}

/** 401: no key, or one that is not known any more. */
export class AuthenticationError extends APIStatusError {}

/** 402: the wallet has fewer tokens than it takes; see `required` and `balance`. */
export class InsufficientBalanceError extends APIStatusError {}

/** 403: someone else's thing, an agent without an owner, or one that has `blocked` the caller; see `code`. */
export class ForbiddenError extends APIStatusError {}

/** 404: not there, or not to be seen. */
export class NotFoundError extends APIStatusError {}

/** 409: taken, in the wrong state, or a request whose first try still runs. */
export class ConflictError extends APIStatusError {}

/** 429: too many requests; `retryAfter` says when to come back. */
export class RateLimitError extends APIStatusError {}

/** 500 and above: the server failed or is overloaded, or a skill's endpoint failed. */
export class ServerError extends APIStatusError {}

const CLASSES: Record<number, typeof APIStatusError> = {
  400: BadRequestError,
  401: AuthenticationError,
  402: InsufficientBalanceError,
  403: ForbiddenError,
  404: NotFoundError,
  409: ConflictError,
  429: RateLimitError,
};

/** The error for an answer whose status is not a good one. */
export function errorFor(status: number, headers: Headers, text: string, now: number): APIStatusError {
  const kind = status >= 500 ? ServerError : (CLASSES[status] ?? APIStatusError);
  const asked = retryAfterMs(headers, now);
  return new kind(status, detailsOf(text), headers, asked === undefined ? undefined : asked / 1_000);
}

function detailsOf(text: string): ErrorDetails {
  // A proxy in between answers with a page, and some with JSON of their own.
  try {
    const error: unknown = JSON.parse(text)?.error;
    return typeof error === "object" && error !== null ? (error as ErrorDetails) : {};
  } catch {
    return {};
  }
}
