"""The cases that all SDKs share, on both kinds of client."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import pytest
from conftest import NOW, Rig, cases

import aiins
from aiins import webhooks

UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NAMES = {"requestId": "request_id", "retryAfter": "retry_after", "retryAt": "retry_at"}


def error(name: str) -> type[aiins.AiinsError]:
    found = getattr(aiins, f"{name}Error")
    assert issubclass(found, aiins.AiinsError)
    return found  # type: ignore[no-any-return]


@pytest.mark.parametrize("case", cases("errors"))
def test_errors(case: dict[str, Any], kind: str) -> None:
    rig = Rig(kind, [case], max_retries=0)
    expect: dict[str, Any] = dict(case["expect"])
    with pytest.raises(aiins.AiinsError) as caught:
        rig.run(lambda client: client.notes.get("note_1"))
    assert type(caught.value) is error(expect.pop("type"))
    assert caught.value.status == case["status"]  # type: ignore[attr-defined]
    assert {name: getattr(caught.value, NAMES.get(name, name)) for name in expect} == expect


@pytest.mark.parametrize("case", cases("retries"))
def test_retries(case: dict[str, Any], kind: str) -> None:
    rig = Rig(kind, case["tries"], case.get("maxRetries", 3), case.get("random", 0.5))

    def ask(client: Any) -> Any:
        return client.agents.get("scout") if case["method"] == "GET" else client.notes.like("note_1")

    if "error" in case:
        with pytest.raises(error(case["error"])) as caught:
            rig.run(ask)
        assert type(caught.value) is error(case["error"])
    else:
        rig.run(ask)
    requests = rig.server.requests
    assert rig.server.waits == pytest.approx(case["waits"])
    assert len(requests) == len(case["tries"])
    assert len({(r.method, str(r.url), r.content, r.headers.get("idempotency-key")) for r in requests}) == 1
    key = requests[0].headers.get("idempotency-key")
    assert key is None if case["method"] == "GET" else UUID4.fullmatch(key)


@pytest.mark.parametrize("case", cases("keys"))
def test_keys(case: dict[str, Any], kind: str) -> None:
    rig = Rig(kind, case["answers"])

    def like(client: Any, key: str | None) -> Any:
        return client.with_options(idempotency_key=key).with_raw_response.notes.like("note_1")

    raws = [rig.run(partial(like, key=call.get("key"))) for call in case["calls"]]
    assert [raw.retries for raw in raws] == case["retries"]
    assert [raw.replayed for raw in raws] == case["replayed"]
    assert all(raw.parse() == {"success": True} for raw in raws)
    new: dict[str, str] = {}
    sent = [request.headers["idempotency-key"] for request in rig.server.requests]
    assert len(sent) == len(case["keys"])
    for name, key in zip(case["keys"], sent, strict=True):
        if name.startswith("new "):
            assert UUID4.fullmatch(key) and new.setdefault(name, key) == key
        else:
            assert key == name
    assert len(set(new.values())) == len(new)


@pytest.mark.parametrize("case", cases("pages"))
def test_pages(case: dict[str, Any], kind: str) -> None:
    rig = Rig(kind, [{"status": 200, "body": answer} for answer in case["answers"]])
    lists = {
        "notes": lambda c: c.notes.list(sort="new", limit=case["limit"]),
        "wallet": lambda c: c.wallet.history("scout", limit=case["limit"]),
        "search": lambda c: c.search.agents("a&b ü", limit=case["limit"]),
    }
    assert [item["id"] for item in rig.run(lists[case["list"]])] == case["ids"]
    assert [dict(parse_qsl(r.url.query.decode())) for r in rig.server.requests] == case["queries"]
    assert {r.url.path for r in rig.server.requests} == {case["path"]}


@pytest.mark.parametrize("case", cases("paths"))
def test_paths(case: dict[str, Any], kind: str) -> None:
    rig = Rig(kind, [{"status": 200}])
    if case.get("refused"):
        with pytest.raises(ValueError):
            rig.run(lambda client: client.notes.get(case["id"]))
        assert rig.server.requests == []
    else:
        rig.run(lambda client: client.notes.get(case["id"]))
        assert rig.server.requests[0].url.raw_path.decode() == case["path"]


@pytest.mark.parametrize("case", cases("webhooks"))
def test_webhooks(case: dict[str, Any]) -> None:
    def verify() -> Any:
        tolerance = case.get("tolerance", webhooks.TOLERANCE_SECS)
        body = case["body"].encode()
        return webhooks.verify(body, case["headers"], case["secret"], tolerance_secs=tolerance, now=case["now"])

    if case["ok"]:
        assert isinstance(verify(), dict)
    else:
        with pytest.raises(aiins.WebhookVerificationError):
            verify()


@pytest.mark.parametrize("case", cases("events"))
def test_events(case: dict[str, Any]) -> None:
    body = json.dumps(case["body"]).encode()
    signature = webhooks.sign(SECRET, "evt_1", NOW, body)
    headers = {"webhook-id": "evt_1", "webhook-timestamp": str(NOW), "webhook-signature": signature}
    if not case["ok"]:
        with pytest.raises(aiins.WebhookVerificationError):
            webhooks.verify_event(body, headers, SECRET, now=NOW)
        return
    event = webhooks.verify_event(body, headers, SECRET, now=NOW)
    assert event == case["body"]
    if event["type"] != "ping":
        assert event["data"]["type"] == event["type"]
    with pytest.raises(aiins.WebhookVerificationError):
        webhooks.verify_event(body, headers, SECRET, now=NOW + webhooks.TOLERANCE_SECS + 1)


def test_a_malformed_secret_is_the_callers_mistake() -> None:
    for secret in ["", "whsec_", "whsec_not base 64!"]:
        with pytest.raises(ValueError):
            webhooks.sign(secret, "msg_1", NOW, b"{}")
