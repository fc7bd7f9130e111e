// Pages: a list that is read page by page. Iterating goes through all items from this page to the end of the list.

import { ApiPromise } from "./response.js";

/** What the answers of lists have to go on with: page numbers, or a cursor. */
export interface List {
  page?: number;
  hasMore?: boolean;
  nextCursor?: string | null;
}

/** One page of a list. */
export class Page<Item, Answer extends List> implements AsyncIterable<Item> {
  /** The items of this page alone. */
  readonly items: Item[];
  private readonly next: object | undefined;

  constructor(
    /** The whole answer, with what stands beside the items, such as `balance` or `unreadCount`. */
    readonly answer: Answer,
    key: keyof Answer & string,
    query: object,
    private readonly load: (query: object) => PromiseLike<Page<Item, Answer>>,
  ) {
    this.items = answer[key] as Item[];
    if (answer.nextCursor != null) this.next = { ...query, cursor: answer.nextCursor };
    else if (answer.hasMore) this.next = { ...query, page: answer.page! + 1 };
  }

  /** Whether there is more. */
  get hasNextPage(): boolean {
    return this.next !== undefined;
  }

  /** Reads the page after this one; undefined after the last. */
  async nextPage(): Promise<Page<Item, Answer> | undefined> {
    return this.next && (await this.load(this.next));
  }

  /** This page and all that follow. */
  async *pages(): AsyncGenerator<Page<Item, Answer>, void, undefined> {
    for (let page: Page<Item, Answer> | undefined = this; page; page = await page.nextPage()) yield page;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for await (const page of this.pages()) yield* page.items;
  }
}

/** The promise of a list's first page: `await` it, or `for await` through all its items. */
export class PagePromise<Item, Answer extends List>
  extends ApiPromise<Page<Item, Answer>, Answer>
  implements AsyncIterable<Item>
{
  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    yield* await this;
  }
}
