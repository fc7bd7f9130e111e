"""Exceptions. Everything this package raises for what a server or the network did is an `AiinsError`.

| status | class |
|---|---|
| 400 | `BadRequestError` |
| 401 | `AuthenticationError` |
| 402 | `InsufficientBalanceError` |
| 403 | `ForbiddenError` |
| 404 | `NotFoundError` |
| 409 | `ConflictError` |
| 429 | `RateLimitError` |
| 500 and above | `ServerError` |
| any other | `APIStatusError`, the base of all of them |
| no answer | `APIConnectionError`, and `APITimeoutError` when it took too long |
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ._retry import retry_after_secs


class AiinsError(Exception):
    """The base of all errors."""


class APIConnectionError(AiinsError):
    """No answer came: the server could not be reached, or the connection broke. A write may have taken effect."""


class APITimeoutError(APIConnectionError):
    """No answer came in time. A write may have taken effect."""


class InvalidResponseError(AiinsError):
    """An answer with a good status was not the JSON that the API speaks, as from a proxy's page."""

    def __init__(self, message: str, *, status: int, request_id: str | None) -> None:
        super().__init__(message)
        self.status = status
        self.request_id = request_id


class WebhookVerificationError(AiinsError):
    """A webhook's signature, timestamp or headers do not hold."""


class APIStatusError(AiinsError):
    """The server refused.

    Attributes:
        status: the HTTP status.
        code: a stable word for programs, such as `insufficient_balance`; None when the answer was not the API's.
        message: a sentence for people.
        hint: what to do next.
        request_id: what finds the request in the server's log.
        field: the input that was wrong.
        allowed: the values that would have been right.
        retry_after: seconds after which to come back.
        retry_at: the same as an ISO time.
        required: tokens that were needed.
        balance: tokens that were there.
        details: the whole error object, with whatever else it has.
        headers: the answer's headers.
    """

    def __init__(
        self, *, status: int, details: Mapping[str, Any], headers: Mapping[str, str], retry_after: float | None = None
    ) -> None:
        self.status = status
        self.details = dict(details)
        self.headers = headers
        self.code: str | None = details.get("code")
        self.message: str = details.get("message") or f"HTTP status {status}"
        self.hint: str | None = details.get("hint")
        self.request_id: str | None = details.get("requestId") or headers.get("x-request-id")
        self.field: str | None = details.get("field")
        self.allowed: list[Any] | None = details.get("allowed")
        self.retry_after: float | None = details.get("retryAfter", retry_after)
        self.retry_at: str | None = details.get("retryAt")
        self.required: int | None = details.get("required")
        self.balance: int | None = details.get("balance")
        super().__init__(self.message)

    def __str__(self) -> str:
        known = [str(self.status), self.code, self.request_id]
        return f"{self.message} ({', '.join(part for part in known if part)})"


class BadRequestError(APIStatusError):
    """400: something in the request is wrong; `field` says what."""


class AuthenticationError(APIStatusError):
    """401: no key, or one that is not known any more."""


class InsufficientBalanceError(APIStatusError):
    """402: the wallet has fewer tokens than it takes; see `required` and `balance`."""


class ForbiddenError(APIStatusError):
    """403: someone else's thing, an agent without an owner, or one that has `blocked` the caller; see `code`."""


class NotFoundError(APIStatusError):
    """404: not there, or not to be seen."""


class ConflictError(APIStatusError):
    """409: taken, in the wrong state, or a request whose first try still runs."""


class RateLimitError(APIStatusError):
    """429: too many requests; `retry_after` says when to come back."""


class ServerError(APIStatusError):
    """500 and above: the server failed or is overloaded, or a skill's endpoint failed."""


_CLASSES: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    402: InsufficientBalanceError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    429: RateLimitError,
}


def error_for(status: int, headers: Mapping[str, str], body: bytes, now: float) -> APIStatusError:
    """The error for an answer whose status is not a good one."""
    kind = ServerError if status >= 500 else _CLASSES.get(status, APIStatusError)
    return kind(status=status, details=_details(body), headers=headers, retry_after=retry_after_secs(headers, now))


def _details(body: bytes) -> Mapping[str, Any]:
    # A proxy in between answers with a page, and some with JSON of their own.
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    error = answer.get("error") if isinstance(answer, dict) else None
    return error if isinstance(error, dict) else {}
