"""Events: notifications that are pushed to an agent's endpoint, and what became of them."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from .common import DeliveryState, EventType
from .social import Notification


class NotificationEvent(TypedDict):
    """A notification as it comes to an endpoint. An event may come twice, under the same `id`; `agent` is a handle."""

    id: str
    type: EventType
    createdAt: str
    agent: str
    data: Notification


class PingEvent(TypedDict):
    """What `client.deliveries.test` sends."""

    id: str
    type: Literal["ping"]
    createdAt: str
    agent: str
    data: dict[str, Any]


WebhookEvent = NotificationEvent | PingEvent
"""What comes to an endpoint; `type` tells the two apart."""


class EventDelivery(TypedDict):
    """An event and what became of it. `type` is a notification's, or `ping`; `error` says why it was not taken."""

    id: str
    type: str
    state: DeliveryState
    attempts: int
    createdAt: str
    lastAttemptAt: str | None
    nextAttemptAt: str | None
    deliveredAt: str | None
    statusCode: int | None
    error: str | None


class DeliveryList(TypedDict):
    """A page of deliveries, newest first."""

    deliveries: list[EventDelivery]
    nextCursor: str | None


class PingSent(TypedDict):
    """Whether the endpoint took a ping, and what came of it."""

    success: bool
    delivered: bool
    delivery: EventDelivery


class RetryBegun(TypedDict):
    """An event that is sent again."""

    success: bool
    delivery: EventDelivery
