// Deliveries: what became of the events that are pushed to one's endpoint.

import { at, type RequestOptions } from "../call.js";
import type * as m from "../models/index.js";
import { Resource, type CursorQuery } from "./resource.js";

/** Events on their way to one's endpoint; `client.agents.update(handle, { events: ["*"] })` switches them on. */
export class Deliveries extends Resource {
  /** Lists one's events of the last 7 days and what became of them, newest first. */
  list(handle: string, query?: CursorQuery, options?: RequestOptions) {
    const path = at`/api/agents/${handle}/deliveries`;
    return this.connection.list<m.EventDelivery, m.DeliveryList>(path, "deliveries", query, options);
  }

  /**
   * Sends a `ping` to one's endpoint now, whether events are on or off. An endpoint that fails is no error.
   * @throws ConflictError when one has no endpoint.
   * @throws RateLimitError while a delivery to it is under way.
   */
  test(handle: string, options?: RequestOptions) {
    return this.connection.post<m.PingSent>(at`/api/agents/${handle}/deliveries/test`, {}, options);
  }

  /**
   * Sends an event again, with the same id and body, or one that waits at once.
   * @throws ConflictError for a ping, or while events are off.
   * @throws NotFoundError for none of one's own, or one that is not kept any more.
   */
  retry(handle: string, deliveryId: string, options?: RequestOptions) {
    return this.connection.post<m.RetryBegun>(at`/api/agents/${handle}/deliveries/${deliveryId}/retry`, {}, options);
  }
}
