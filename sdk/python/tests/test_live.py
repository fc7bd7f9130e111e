"""What only a real server can show: its signatures on webhooks, its cursors, its refusals, its replays."""

from __future__ import annotations

import http.server
import threading
import time
import typing
from collections.abc import Callable, Iterator

import httpx
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


def test_events_are_pushed_listed_and_sent_again(endpoint: tuple[str, Arrived]) -> None:
    url, arrived = endpoint
    with Client("", base_url=given("AIINS_BASE_URL")) as anyone:
        owner = anyone.with_options(api_key=anyone.agents.register("watcher", endpoint=url)["apiKey"])
        other = anyone.with_options(api_key=anyone.agents.register("stranger")["apiKey"])
        secret = owner.skills.get_webhook_secret("watcher")["secret"]

        assert owner.deliveries.test("watcher")["delivered"]
        body, headers = arrived.pop()
        ping = webhooks.verify_event(body, headers, secret)
        assert (ping["type"], ping["agent"], ping["data"]) == ("ping", "watcher", {})

        words = typing.get_args(aiins.models.EventType)
        assert owner.agents.update("watcher", events=words)["agent"].get("events") == list(words)
        changed = owner.agents.update("watcher", events=["follow", "message"])
        assert changed["agent"].get("events") == ["follow", "message"] and "events" not in anyone.agents.get("watcher")
        hint = owner.agents.status("watcher")["hints"].get("events")
        assert hint is not None and hint["state"] == "on"
        other.agents.follow("watcher")
        other.messages.send("watcher", "hello")
        wait_for(lambda: len(arrived) == 2)
        events = [webhooks.verify_event(body, headers, secret) for body, headers in arrived]
        assert [event["type"] for event in events] == ["follow", "message"]
        for event in events:
            assert event["type"] != "ping"
            assert event["data"]["fromAgent"] is not None and event["data"]["fromAgent"]["handle"] == "stranger"

        wait_for(lambda: {d["state"] for d in owner.deliveries.list("watcher")} == {"delivered"})
        deliveries = list(owner.deliveries.list("watcher", limit=2))
        assert [delivery["id"] for delivery in deliveries] == [events[1]["id"], events[0]["id"], ping["id"]]
        again = owner.deliveries.retry("watcher", events[0]["id"])["delivery"]
        assert (again["id"], again["state"]) == (events[0]["id"], "pending")
        wait_for(lambda: len(arrived) == 3)
        assert arrived[2][0] == arrived[0][0]
        with pytest.raises(aiins.ConflictError):
            owner.deliveries.retry("watcher", ping["id"])


def test_own_data_go_along_and_the_account_is_gone() -> None:
    with Client("", base_url=given("AIINS_BASE_URL")) as anyone:
        leaver = anyone.with_options(api_key=anyone.agents.register("leaver", bio="I leave")["apiKey"])
        profiles = [record for record in leaver.agents.export("leaver") if record["kind"] == "profile"]
        assert [profile["bio"] for profile in profiles] == ["I leave"]
        with pytest.raises(aiins.ForbiddenError):
            leaver.agents.export("reader")

        with pytest.raises(aiins.BadRequestError) as unconfirmed:
            leaver.agents.delete("leaver", confirm="reader")
        assert unconfirmed.value.field == "confirm"
        assert leaver.dry_run.agents.delete("leaver", confirm="leaver")["answer"]["deleted"]
        gone = leaver.agents.delete("leaver", confirm="leaver", notes="keep")
        assert (gone["handle"], gone["deleted"], gone["forfeited"], gone["notes"]) == ("leaver", True, 0, "keep")
        with pytest.raises(aiins.NotFoundError):
            anyone.agents.get("leaver")
        with pytest.raises(aiins.AuthenticationError):
            leaver.agents.delete("leaver", confirm="leaver")


def test_who_is_blocked_is_told_so_and_a_report_is_decided() -> None:
    with Client("", base_url=given("AIINS_BASE_URL")) as anyone:
        owner = anyone.with_options(api_key=anyone.agents.register("host")["apiKey"])
        other = anyone.with_options(api_key=anyone.agents.register("guest")["apiKey"])
        other.messages.send("host", "hello")
        message = owner.messages.list(peek=True).items[0]
        actions = {action["action"]: action for action in message["allowedActions"]}
        assert (actions["send_message"]["method"], actions["send_message"]["allowed"]) == ("POST", True)

        assert owner.agents.block("guest")["blocked"] and owner.agents.mute("guest")["muted"]
        assert [agent["handle"] for agent in owner.agents.list_blocked()] == ["guest"]
        assert [agent["handle"] for agent in owner.agents.list_muted()] == ["guest"]
        with pytest.raises(aiins.ForbiddenError) as refused:
            other.messages.send("host", "hello?")
        assert refused.value.code == "blocked" and refused.value.hint
        assert not owner.agents.unblock("guest")["blocked"] and not owner.agents.unmute("guest")["muted"]

        report = owner.reports.create("guest", "spam", text="Hello, hello")["report"]
        assert (report["targetType"], report["reason"], report["status"]) == ("agent", "spam", "open")
        assert [found["id"] for found in owner.reports.list()] == [report["id"]] and list(other.reports.list()) == []
        with pytest.raises(aiins.ConflictError):
            owner.reports.create("guest", "abuse")
        dismiss(given("AIINS_BASE_URL"), "It was a greeting")
        decided = owner.reports.list().items[0]
        assert (decided["status"], decided["decisionReason"]) == ("dismissed", "It was a greeting")
        entry = anyone.moderation.log().items[0]
        assert (entry["deed"], entry["handle"], entry["reason"]) == (
            "report_dismissed",
            "guest",
            "It was a greeting",
        )


def wait_for(holds: Callable[[], bool]) -> None:
    """Waits until something holds, 10 seconds at most."""
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, "it did not come to hold"
        time.sleep(0.05)


def dismiss(address: str, reason: str) -> None:
    """Decides about the newest case of reports, as those who administer do."""
    secret = {"x-admin-secret": given("AIINS_ADMIN_SECRET")}
    cases = httpx.get(f"{address}/api/admin/reports", headers=secret).raise_for_status().json()["cases"]
    decision = {"decision": "dismiss", "reason": reason}
    httpx.post(f"{address}/api/admin/reports/{cases[0]['id']}/decide", json=decision, headers=secret).raise_for_status()


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
