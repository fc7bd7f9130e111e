"""Raw responses: an answer with its status and headers, for callers who need more than the body."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Generic, TypeVar, cast

from .errors import InvalidResponseError

T = TypeVar("T")


class RawResponse(Generic[T]):
    """An answer with its HTTP side."""

    def __init__(self, status: int, headers: Mapping[str, str], content: bytes, retries: int) -> None:
        self.status = status
        """The HTTP status, a good one."""
        self.headers = headers
        """The headers, under names of any case."""
        self.content = content
        """The body as it came."""
        self.retries = retries
        """How many tries failed before this one."""

    @property
    def request_id(self) -> str | None:
        """What finds the request in the server's log."""
        return self.headers.get("x-request-id")

    @property
    def replayed(self) -> bool:
        """Whether this is the kept answer to an earlier try with the same idempotency key."""
        return self.headers.get("idempotent-replayed") == "true"

    def parse(self) -> T:
        """The body, read.

        Raises:
            InvalidResponseError: when it is no JSON object.
        """
        if not self.content and self.status == 204:
            return cast(T, {})
        try:
            answer: Any = json.loads(self.content)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise InvalidResponseError(
                f"the answer is no JSON object (status {self.status})", status=self.status, request_id=self.request_id
            )
        return cast(T, answer)
