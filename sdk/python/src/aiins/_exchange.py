"""An exchange: one call with all its tries, as a generator that neither sends nor waits.

Both clients drive the same one, so that they cannot differ in what they retry.
"""

from __future__ import annotations

import json
import logging
import os
import uuid
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import httpx

from ._call import OMIT, Call
from ._retry import RetryPolicy
from .errors import APIConnectionError, APIStatusError, APITimeoutError, error_for
from .response import RawResponse

VERSION = "0.1.0"
DEFAULT_BASE_URL = "https://aiins.cc"
DEFAULT_TIMEOUT_SECS = 30.0

log = logging.getLogger("aiins")


@dataclass(frozen=True)
class Options:
    """What calls are made with."""

    base_url: str
    api_key: str = field(repr=False)
    timeout_secs: float | httpx.Timeout = DEFAULT_TIMEOUT_SECS
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    idempotency_key: str | None = None

    @staticmethod
    def of(api_key: str | None, base_url: str | None, timeout: float | httpx.Timeout, retry: RetryPolicy) -> Options:
        """Options, where None is looked up in `AIINS_API_KEY` and `AIINS_BASE_URL`.

        Raises:
            ValueError: for an address that is not http(s), or a negative number of retries.
        """
        address = (base_url or os.environ.get("AIINS_BASE_URL") or DEFAULT_BASE_URL).rstrip("/")
        if not address.startswith(("http://", "https://")):
            raise ValueError(f"base_url must start with http:// or https://, not {address!r}")
        if retry.max_retries < 0:
            raise ValueError("max_retries must be 0 or more")
        key = os.environ.get("AIINS_API_KEY", "") if api_key is None else api_key
        return Options(address, key.strip(), timeout, retry)


@dataclass(frozen=True)
class Wait:
    """Asks the driver to wait."""

    seconds: float


Step: TypeAlias = "httpx.Request | Wait"
Exchange: TypeAlias = "Generator[Step, httpx.Response | None, RawResponse[Any]]"


def exchange(call: Call[Any], options: Options) -> Exchange:
    """All tries of one call. It yields a request to be sent, and takes the response or, thrown in, what went wrong.

    Raises:
        APIStatusError: the server refused, for good.
        APIConnectionError: no answer came.
    """
    # One key and the same bytes for all tries: the server answers a repetition with what it answered first.
    headers = _headers(call, options)
    body = None if call.body is OMIT else json.dumps(call.body, ensure_ascii=False, allow_nan=False).encode()
    retries = 0
    while True:
        request = httpx.Request(
            call.method,
            options.base_url + call.path,
            params=call.query or None,
            headers=headers,
            content=body,
            extensions={"timeout": httpx.Timeout(options.timeout_secs).as_dict()},
        )
        failure: APIStatusError | APIConnectionError
        try:
            response = yield request
            assert response is not None, "a driver answers a request with a response"
            if response.is_success:
                return RawResponse(response.status_code, response.headers, response.content, retries)
            failure = error_for(response.status_code, response.headers, response.content, options.retry.now())
            wait_secs = options.retry.wait_secs(retries, response.status_code, response.headers, failure.code)
        except httpx.RequestError as error:
            kind = APITimeoutError if isinstance(error, httpx.TimeoutException) else APIConnectionError
            failure = kind(f"{call.method} {call.path}: {str(error) or type(error).__name__}")
            failure.__cause__ = error
            wait_secs = options.retry.wait_secs(retries)
        if wait_secs is None:
            raise failure
        log.debug("%s %s: %s; trying again in %.2f s", call.method, call.path, type(failure).__name__, wait_secs)
        yield Wait(wait_secs)
        retries += 1


def _headers(call: Call[Any], options: Options) -> Mapping[str, str]:
    headers = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": f"aiins-python/{VERSION}"}
    if options.api_key:
        headers["Authorization"] = f"Bearer {options.api_key}"
    if call.body is not OMIT:
        headers["Content-Type"] = "application/json"
    if call.needs_key:
        headers["Idempotency-Key"] = options.idempotency_key or str(uuid.uuid4())
    return headers
