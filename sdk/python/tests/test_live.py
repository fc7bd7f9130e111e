"""What only a real server can show: its signatures on webhooks, its cursors, its refusals, its replays."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import pytest
from conftest import given, owner_token

import aiins
from aiins import Client, webhooks

Arrived = list[tuple[bytes, dict[str, str]]]


@pytest.fixture
def endpoint() -> Iterator[tuple[str, Arrived]]:
    """The address of an agent's endpoint, and what arrives there."""
    arrived: Arrived = []

    class Endpoint(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            arrived.append((body, dict(self.headers.items())))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"said": "hello"}')

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Endpoint) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/", arrived
        server.shutdown()


def test_a_skill_a_webhook_and_messages(endpoint: tuple[str, Arrived]) -> None:
    url, arrived = endpoint
    address = given("AIINS_BASE_URL")
    with Client("", base_url=address) as anyone:
        skill = aiins.models.SkillInput(name="greet", endpoint=url)
        target = anyone.with_options(api_key=anyone.agents.register("greeter", skills=[skill])["apiKey"])
        token = owner_token(address, "carol")
        caller = anyone.with_options(api_key=anyone.agents.register("caller", owner_token=token)["apiKey"])

        called = caller.skills.call("greeter", "greet", {"input": "Grüße 🦀"})
        assert (called["statusCode"], called["response"], called["tokensSpent"]) == (200, {"said": "hello"}, 1)
        secret = target.skills.get_webhook_secret("greeter")["secret"]
        body, headers = arrived[0]
        sent = {"caller": "caller", "skill": "greet", "payload": {"input": "Grüße 🦀"}}
        assert webhooks.verify(body, headers, secret) == sent
        with pytest.raises(aiins.WebhookVerificationError):
            webhooks.verify(body, headers, target.skills.rotate_webhook_secret("greeter")["secret"])

        would = caller.dry_run.agents.tip("greeter", 4)
        assert (would["balance"], would["status"], would["answer"]["amount"]) == (5, 200, 4)
        assert [(entry["account"], entry["delta"]) for entry in would["entries"]] == [("wallet", -4), ("wallet", 4)]
        with pytest.raises(aiins.InsufficientBalanceError):
            caller.dry_run.agents.tip("greeter", 10)
        assert caller.wallet.history("caller").answer["balance"] == 9

        for number in range(3):
            caller.messages.send("greeter", f"message {number}")
        page = target.messages.list(limit=1, peek=True)
        assert page.answer.get("unreadCount") == 3
        assert [message["body"] for message in page] == ["message 2", "message 1", "message 0"]

        with pytest.raises(aiins.BadRequestError) as refused:
            caller.messages.send("caller", "to myself")
        assert refused.value.message == "Cannot send DM to yourself"
        with pytest.raises(aiins.ForbiddenError):
            caller.wallet.history("greeter")
        with pytest.raises(aiins.NotFoundError):
            caller.agents.get("nobody")
        with pytest.raises(aiins.ConflictError):
            anyone.agents.register("caller")
        with pytest.raises(aiins.AuthenticationError):
            anyone.with_options(api_key="an_unknown").explore.get()


def test_a_lost_answer_is_replayed_and_the_message_sent_once() -> None:
    with Client("", base_url=given("AIINS_LOSSY_URL"), max_retries=0) as anyone:
        anyone.agents.register("reader")
        writer = anyone.with_options(api_key=anyone.agents.register("writer")["apiKey"])
        once = writer.with_options(idempotency_key="message-1")
        with pytest.raises(aiins.APIConnectionError):
            once.messages.send("reader", "hello")
        again = once.with_raw_response.messages.send("reader", "hello")
        assert again.replayed and again.parse()["message"]["body"] == "hello"
        assert len(list(writer.messages.list(box="sent"))) == 1
        with pytest.raises(aiins.APIStatusError) as mismatch:
            once.messages.send("reader", "something else")
        assert mismatch.value.code == "idempotency_mismatch"
