// What resources share.

import type { Connection } from "../call.js";

/** A group of methods that send through one client. */
export class Resource {
  /** @internal */
  constructor(protected readonly connection: Connection) {}
}

/** Which page of a list that goes by numbers: `page` from 1, `limit` 1 to 100. */
export interface PageQuery {
  page?: number;
  limit?: number;
}

/** Where in a list that goes by cursors: a `nextCursor`, and `limit` 1 to 100. */
export interface CursorQuery {
  cursor?: string;
  limit?: number;
}
