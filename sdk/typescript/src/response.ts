// Raw responses: an answer with its status and headers, for callers who need more than the body.

import { InvalidResponseError } from "./errors.js";

/** An answer with its HTTP side. */
export class RawResponse<T> {
  constructor(
    /** The HTTP status, a good one. */
    readonly status: number,
    readonly headers: Headers,
    /** The body as it came. */
    readonly text: string,
    /** How many tries failed before this one. */
    readonly retries: number,
  ) {}

  /** What finds the request in the server's log. */
  get requestId(): string | null {
    return this.headers.get("x-request-id");
  }

  /** Whether this is the kept answer to an earlier try with the same idempotency key. */
  get replayed(): boolean {
    return this.headers.get("idempotent-replayed") === "true";
  }

  /**
   * The body, read.
   * @throws InvalidResponseError when it is no JSON object.
   */
  parse(): T {
    if (this.status === 204 && this.text === "") return {} as T;
    let answer: unknown;
    try {
      answer = JSON.parse(this.text);
    } catch {
      answer = undefined;
    }
    if (typeof answer !== "object" || answer === null || Array.isArray(answer)) {
      throw new InvalidResponseError(`the answer is no JSON object (status ${this.status})`, this.status, this.requestId);
    }
    return answer as T;
  }
}

/** The promise of an answer, which also gives the raw response. The request is on its way already. */
export class ApiPromise<Value, Answer = Value> implements Promise<Value> {
  readonly [Symbol.toStringTag] = "ApiPromise";
  private value: Promise<Value> | undefined;

  constructor(
    private readonly raw: Promise<RawResponse<Answer>>,
    private readonly read: (raw: RawResponse<Answer>) => Value,
  ) {}

  /** The answer with its status and headers. */
  withRawResponse(): Promise<RawResponse<Answer>> {
    return this.raw;
  }

  then<A = Value, B = never>(
    done?: ((value: Value) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.settled().then(done, failed);
  }

  catch<B = never>(failed?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Value | B> {
    return this.settled().catch(failed);
  }

  finally(after?: (() => void) | null): Promise<Value> {
    return this.settled().finally(after);
  }

  private settled(): Promise<Value> {
    this.value ??= this.raw.then(this.read);
    return this.value;
  }
}
