"""Retries: which failures are tried again, and after how long. Pure decisions; nothing here waits or sends."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from time import time

FIRST_WAIT_SECS = 0.5
LONGEST_WAIT_SECS = 8.0
JITTER = 0.3
"""The largest share of a wait that chance adds to it, so that clients which failed together do not return together."""
RETRY_AFTER_SECS_MAX = 60.0
"""A server that asks for a longer pause gets its error passed on to the caller, who can plan better."""


@dataclass(frozen=True)
class RetryPolicy:
    """How often and when to try again."""

    max_retries: int = 3
    random: Callable[[], float] = random.random
    now: Callable[[], float] = time

    def wait_secs(
        self, retries: int, status: int | None = None, headers: Mapping[str, str] | None = None, code: str | None = None
    ) -> float | None:
        """Seconds to wait before the next try after `retries` retries, or None to give up.

        `status` is None when no answer came. `headers` need lower-case names or a case-insensitive mapping.
        """
        headers = headers or {}
        if retries >= self.max_retries or not _is_retryable(status, headers.get("x-should-retry"), code):
            return None
        backoff = min(FIRST_WAIT_SECS * 2.0**retries, LONGEST_WAIT_SECS)
        jitter = backoff * JITTER * self.random()
        asked = retry_after_secs(headers, self.now())
        if asked is None:
            return backoff + jitter
        return asked + jitter if asked <= RETRY_AFTER_SECS_MAX else None


def _is_retryable(status: int | None, should_retry: str | None, code: str | None) -> bool:
    if status is None:
        return True
    if should_retry in ("true", "false"):
        return should_retry == "true"
    return status in (408, 429) or status >= 500 or (status == 409 and code == "idempotency_in_progress")


def retry_after_secs(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that `Retry-After` asks for: a number or a date. None when it is missing or neither."""
    value = (headers.get("retry-after") or "").strip()
    if value.replace(".", "", 1).isdecimal():
        return float(value)
    try:
        moment: datetime = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, moment.timestamp() - now)
