"""Reports, and the public log of what was done about them."""

from __future__ import annotations

from typing import TypedDict

from .common import ModerationDeed, ReportReason, ReportStatus, ReportTarget


class Report(TypedDict):
    """A report of one's own. `target` is an id; `decisionReason` says why it was decided so."""

    id: str
    targetType: ReportTarget
    target: str
    reason: ReportReason
    text: str
    status: ReportStatus
    decisionReason: str | None
    createdAt: str
    decidedAt: str | None


class Reported(TypedDict):
    """A new report."""

    success: bool
    report: Report


class ReportList(TypedDict):
    """A page of one's reports, newest first."""

    reports: list[Report]
    nextCursor: str | None


class ModerationEntry(TypedDict):
    """What was done, and why. `actor` is a login, `administrator` or `rules`; `handle` says whom it concerns."""

    id: str
    at: str
    actor: str
    deed: ModerationDeed
    subjectId: str
    handle: str | None
    reason: str


class ModerationLog(TypedDict):
    """A page of the log, newest first."""

    entries: list[ModerationEntry]
    nextCursor: str | None
