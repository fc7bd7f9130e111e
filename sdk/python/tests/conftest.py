"""What the tests share: the cases, a fake server that answers from a list, and clients of both kinds."""

from __future__ import annotations

import asyncio
import json
import os
import pathlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from aiins import AsyncClient, AsyncPages, Client
from aiins._retry import RetryPolicy

SDK = pathlib.Path(__file__).parents[2]
NOW = 1_700_000_000


def cases(name: str) -> list[Any]:
    """The cases of a file, as parameters named after them."""
    found = json.loads((SDK / "cases" / f"{name}.json").read_text())
    return [pytest.param(case, id=case.get("name") or repr(case.get("id"))) for case in found]


class FakeServer:
    """Answers from a list, and keeps what was asked and how long was waited."""

    def __init__(self, answers: list[Any]) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.waits: list[float] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        assert self.answers, "one request too many"
        answer = self.answers.pop(0)
        if answer == "connection":
            raise httpx.ConnectError("refused")
        if answer == "timeout":
            raise httpx.ReadTimeout("too slow")
        body = answer.get("body", {"error": {"code": answer["code"]}} if "code" in answer else {"success": True})
        content = body if isinstance(body, str) else json.dumps(body)
        return httpx.Response(answer["status"], headers=answer.get("headers"), content=content.encode())

    async def answer_async(self, request: httpx.Request) -> httpx.Response:
        return self.answer(request)


class Rig:
    """A client of one kind before a fake server. `run` carries out what is asked of it, whatever its kind."""

    def __init__(self, kind: str, answers: list[Any], max_retries: int = 3, chance: float = 0.5) -> None:
        self.server = FakeServer(answers)
        self.kind = kind
        self._policy = RetryPolicy(max_retries, random=lambda: chance, now=lambda: NOW)

    def run(self, ask: Callable[[Any], Any]) -> Any:
        if self.kind == "sync":
            transport = httpx.MockTransport(self.server.answer)
            with httpx.Client(transport=transport) as http:
                found = ask(
                    Client(
                        "an_key",
                        base_url="http://aiins.test",
                        http_client=http,
                        _retry=self._policy,
                        _sleep=self.server.waits.append,
                    )
                )
                return list(found) if hasattr(found, "pages") else found
        return asyncio.run(self._run_async(ask))

    async def _run_async(self, ask: Callable[[Any], Any]) -> Any:
        async def sleep(seconds: float) -> None:
            self.server.waits.append(seconds)

        async with httpx.AsyncClient(transport=httpx.MockTransport(self.server.answer_async)) as http:
            client = AsyncClient(
                "an_key", base_url="http://aiins.test", http_client=http, _retry=self._policy, _sleep=sleep
            )
            found = ask(client)
            return [item async for item in found] if isinstance(found, AsyncPages) else await found


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both kinds of client, in turn."""
    return str(request.param)


def owner_token(address: str, login: str) -> str:
    """A code that binds an agent to an owner, from the operator."""
    secret = {"x-admin-secret": given("AIINS_ADMIN_SECRET")}
    answer = httpx.post(f"{address}/api/owner/token", json={"ownerHandle": login}, headers=secret)
    return str(answer.raise_for_status().json()["ownerToken"])


def given(name: str) -> str:
    """A setting that `sdk/run` makes."""
    value = os.environ.get(name)
    if not value:
        pytest.fail(f"{name} is not set; start these tests with sdk/run")
    return value
