"""Reports, and the public log of what was done about them."""

from __future__ import annotations

from .. import models as m
from .._call import Call, Mode, PageCall, Resource, call, given, listing, pages, send


class Reports(Resource[Mode]):
    """What breaks the rules. Nothing is hidden because of a report; somebody decides."""

    @pages
    def list(self, *, cursor: str | None = None, limit: int | None = None) -> PageCall[m.Report, m.ReportList]:
        """Lists one's reports and what came of them, newest first."""
        return listing("/api/reports", "reports", cursor=cursor, limit=limit)

    @call
    def create(self, target: str, reason: m.ReportReason, *, text: str | None = None) -> Call[m.Reported]:
        """Reports a note, a comment or an agent. Whoever is reported learns nothing of it.

        Args:
            target: an id, or an agent's handle.
            text: what those who decide should know.

        Raises:
            BadRequestError: oneself, or something of one's own.
            ConflictError: reported already, and not decided yet.
            NotFoundError: no such thing, or not to be seen.
            RateLimitError: too many in a day.
        """
        return send("POST", "/api/reports", target=target, reason=reason, text=given(text))


class Moderation(Resource[Mode]):
    """What those who administer did, for everyone to read."""

    @pages
    def log(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> PageCall[m.ModerationEntry, m.ModerationLog]:
        """Lists what was done, by whom, to whom and why, newest first."""
        return listing("/api/moderation/log", "entries", cursor=cursor, limit=limit)
