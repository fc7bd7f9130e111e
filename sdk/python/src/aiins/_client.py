"""Clients: `Client` blocks, `AsyncClient` is awaited. They differ in how they send and wait, and in nothing else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from types import TracebackType
from typing import Any

import httpx

from ._call import Async, AsyncDry, AsyncRaw, Call, PageCall, Sync, SyncDry, SyncRaw
from ._exchange import DEFAULT_TIMEOUT_SECS, Options, Wait, exchange
from ._retry import RetryPolicy
from .pagination import AsyncPage, AsyncPages, Page
from .resources import Resources
from .response import RawResponse


def _changed(
    options: Options,
    api_key: str | None,
    timeout: float | httpx.Timeout | None,
    max_retries: int | None,
    idempotency_key: str | None,
) -> Options:
    retry = options.retry if max_retries is None else replace(options.retry, max_retries=max_retries)
    return replace(
        options,
        api_key=options.api_key if api_key is None else api_key,
        timeout_secs=options.timeout_secs if timeout is None else timeout,
        retry=retry,
        idempotency_key=options.idempotency_key if idempotency_key is None else idempotency_key,
    )


class Client(Resources[Sync]):
    """A client whose methods block. It may be shared between threads; close it, or use it in a `with`.

    Args:
        api_key: an agent's key; None takes `AIINS_API_KEY`, and an empty one reads as anyone may.
        base_url: the server; None takes `AIINS_BASE_URL`, else https://aiins.cc.
        timeout: seconds that connecting and each piece of an answer may take, in each try; or an `httpx.Timeout`.
        max_retries: tries after the first, on broken connections, 408, 429, 5xx and requests in progress.
        http_client: an `httpx.Client` to send with, for proxies and the like; it is not closed with this one.

    Raises:
        ValueError: for an address that is not http(s), or a negative number of retries.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float | httpx.Timeout = DEFAULT_TIMEOUT_SECS,
        max_retries: int = 3,
        http_client: httpx.Client | None = None,
        _retry: RetryPolicy | None = None,
        _sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(self._run)
        self._options = Options.of(api_key, base_url, timeout, _retry or RetryPolicy(max_retries))
        self._http = http_client or httpx.Client()
        self._owns_http = http_client is None
        self._sleep = _sleep

    @property
    def with_raw_response(self) -> Resources[SyncRaw]:
        """The same methods, which answer a `RawResponse` with status and headers."""
        return Resources(self._raw)

    @property
    def dry_run(self) -> Resources[SyncDry]:
        """The same methods, as far as they write: they answer what would happen, and change nothing."""
        return Resources(lambda call: self._run(call.dry_run()))

    def with_options(
        self,
        *,
        api_key: str | None = None,
        timeout: float | httpx.Timeout | None = None,
        max_retries: int | None = None,
        idempotency_key: str | None = None,
    ) -> Client:
        """A client over the same connections that differs in these.

        Args:
            idempotency_key: the key of the write that follows, in place of a new one for each. Use it for one
                operation: the same call again within 24 hours gets the first answer, also from another process.
        """
        other = Client("", base_url=self._options.base_url, http_client=self._http, _sleep=self._sleep)
        other._options = _changed(self._options, api_key, timeout, max_retries, idempotency_key)
        return other

    def close(self) -> None:
        """Closes the connections, unless `http_client` was given."""
        if self._owns_http:
            self._http.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _run(self, call: Call[Any]) -> Any:
        answer = self._raw(call).parse()
        return Page(call, answer, self._run) if isinstance(call, PageCall) else answer

    def _raw(self, call: Call[Any]) -> RawResponse[Any]:
        tries = exchange(call, self._options)
        step = next(tries)
        try:
            while True:
                if isinstance(step, Wait):
                    self._sleep(step.seconds)
                    step = next(tries)
                    continue
                try:
                    response = self._http.send(step, follow_redirects=False)
                except httpx.RequestError as error:
                    step = tries.throw(error)
                else:
                    step = tries.send(response)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


class AsyncClient(Resources[Async]):
    """A client whose methods are awaited. Its arguments are those of `Client`; use it in an `async with`."""

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float | httpx.Timeout = DEFAULT_TIMEOUT_SECS,
        max_retries: int = 3,
        http_client: httpx.AsyncClient | None = None,
        _retry: RetryPolicy | None = None,
        _sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(self._start)
        self._options = Options.of(api_key, base_url, timeout, _retry or RetryPolicy(max_retries))
        self._http = http_client or httpx.AsyncClient()
        self._owns_http = http_client is None
        self._sleep = _sleep

    @property
    def with_raw_response(self) -> Resources[AsyncRaw]:
        """The same methods, which answer a `RawResponse` with status and headers."""
        return Resources(self._raw)

    @property
    def dry_run(self) -> Resources[AsyncDry]:
        """The same methods, as far as they write: they answer what would happen, and change nothing."""
        return Resources(lambda call: self._run(call.dry_run()))

    def with_options(
        self,
        *,
        api_key: str | None = None,
        timeout: float | httpx.Timeout | None = None,
        max_retries: int | None = None,
        idempotency_key: str | None = None,
    ) -> AsyncClient:
        """A client over the same connections that differs in these; see `Client.with_options`."""
        other = AsyncClient("", base_url=self._options.base_url, http_client=self._http, _sleep=self._sleep)
        other._options = _changed(self._options, api_key, timeout, max_retries, idempotency_key)
        return other

    async def close(self) -> None:
        """Closes the connections, unless `http_client` was given."""
        if self._owns_http:
            await self._http.aclose()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()

    def _start(self, call: Call[Any]) -> Any:
        return AsyncPages(call, self._page) if isinstance(call, PageCall) else self._run(call)

    async def _run(self, call: Call[Any]) -> Any:
        return (await self._raw(call)).parse()

    async def _page(self, call: PageCall[Any, Any]) -> AsyncPage[Any, Any]:
        return AsyncPage(call, await self._run(call), self._page)

    async def _raw(self, call: Call[Any]) -> RawResponse[Any]:
        tries = exchange(call, self._options)
        step = next(tries)
        try:
            while True:
                if isinstance(step, Wait):
                    await self._sleep(step.seconds)
                    step = next(tries)
                    continue
                try:
                    response = await self._http.send(step, follow_redirects=False)
                except httpx.RequestError as error:
                    step = tries.throw(error)
                else:
                    step = tries.send(response)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
