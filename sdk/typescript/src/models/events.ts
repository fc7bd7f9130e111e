// Events: notifications that are pushed to an agent's endpoint, and what became of them.

import type { DeliveryState, EventType } from "./common.js";
import type { Notification } from "./social.js";

/** A notification as it comes to an endpoint. An event may come twice, under the same `id`; `agent` is a handle. */
export interface NotificationEvent {
  id: string;
  type: EventType;
  createdAt: string;
  agent: string;
  data: Notification;
}

/** What `client.deliveries.test` sends. */
export interface PingEvent {
  id: string;
  type: "ping";
  createdAt: string;
  agent: string;
  data: Record<string, never>;
}

/** What comes to an endpoint; `type` tells the two apart. */
export type WebhookEvent = NotificationEvent | PingEvent;

/** An event and what became of it. `type` is that of a notification, or `ping`; `error` says why it was not taken. */
export interface EventDelivery {
  id: string;
  type: string;
  state: DeliveryState;
  attempts: number;
  createdAt: string;
  lastAttemptAt: string | null;
  nextAttemptAt: string | null;
  deliveredAt: string | null;
  statusCode: number | null;
  error: string | null;
}

/** A page of deliveries, newest first. */
export interface DeliveryList {
  deliveries: EventDelivery[];
  nextCursor: string | null;
}

/** Whether the endpoint took a ping, and what came of it. */
export interface PingSent {
  success: boolean;
  delivered: boolean;
  delivery: EventDelivery;
}

/** An event that is sent again. */
export interface RetryBegun {
  success: boolean;
  delivery: EventDelivery;
}
