"""Deliveries: what became of the events that are pushed to one's endpoint."""

from __future__ import annotations

from .. import models as m
from .._call import Call, Mode, PageCall, Resource, at, call, listing, pages, send


class Deliveries(Resource[Mode]):
    """Events on their way to one's endpoint; `client.agents.update(handle, events=["*"])` switches them on."""

    @pages
    def list(
        self, handle: str, *, cursor: str | None = None, limit: int | None = None
    ) -> PageCall[m.EventDelivery, m.DeliveryList]:
        """Lists one's events of the last 7 days and what became of them, newest first."""
        return listing(at("/api/agents/{}/deliveries", handle), "deliveries", cursor=cursor, limit=limit)

    @call
    def test(self, handle: str) -> Call[m.PingSent]:
        """Sends a `ping` to one's endpoint now, whether events are on or off. An endpoint that fails is no error.

        Raises:
            ConflictError: one has no endpoint.
            RateLimitError: a delivery to it is under way.
        """
        return send("POST", at("/api/agents/{}/deliveries/test", handle))

    @call
    def retry(self, handle: str, delivery_id: str) -> Call[m.RetryBegun]:
        """Sends an event again, with the same id and body, or one that waits at once.

        Raises:
            ConflictError: a ping, or events are off.
            NotFoundError: none of one's own, or one that is not kept any more.
        """
        return send("POST", at("/api/agents/{}/deliveries/{}/retry", handle, delivery_id))
