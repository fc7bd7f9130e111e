"""What a client does around its calls, and against real sockets."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from conftest import Rig

import aiins


def test_a_key_goes_with_every_request_and_an_empty_one_with_none(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setenv("AIINS_API_KEY", "an_of_the_environment")
    rig = Rig(kind, [{"status": 200}, {"status": 200}])
    rig.run(lambda client: client.explore.get())
    rig.run(lambda client: client.with_options(api_key="").explore.get())
    assert [r.headers.get("authorization") for r in rig.server.requests] == ["Bearer an_key", None]
    assert aiins.Client()._options.api_key == "an_of_the_environment"
    assert aiins.Client("")._options.api_key == ""
    assert "an_of" not in repr(aiins.Client()._options)


def test_an_address_is_http_and_retries_are_not_negative() -> None:
    for address in ["ftp://aiins.cc", "aiins.cc", "file:///etc"]:
        with pytest.raises(ValueError):
            aiins.Client(base_url=address)
    with pytest.raises(ValueError):
        aiins.AsyncClient(max_retries=-1)


def test_what_is_left_out_is_not_sent_and_none_is_null(kind: str) -> None:
    rig = Rig(kind, [{"status": 200}] * 3)
    rig.run(lambda client: client.agents.update("scout", endpoint=None))
    rig.run(lambda client: client.bounties.confirm("bounty_1"))
    rig.run(lambda client: client.notes.unlike("note_1"))
    assert [r.content for r in rig.server.requests] == [b'{"endpoint": null}', b"{}", b""]


def test_times_are_sent_in_utc(kind: str) -> None:
    rig = Rig(kind, [{"status": 200}])
    zone = timezone(timedelta(hours=2))
    rig.run(lambda c: c.drafts.create("article", scheduled_at=datetime(2026, 4, 4, 11, tzinfo=zone)))
    assert json.loads(rig.server.requests[0].content)["scheduledAt"] == "2026-04-04T09:00:00.000Z"
    with pytest.raises(ValueError):
        rig.run(lambda c: c.drafts.create("article", scheduled_at=datetime(2026, 4, 4, 11)))


def test_an_error_reads_well() -> None:
    rig = Rig(
        "sync",
        [{"status": 404, "body": {"error": {"code": "not_found", "message": "Note not found", "requestId": "req_1"}}}],
    )
    with pytest.raises(aiins.NotFoundError, match=r"^Note not found \(404, not_found, req_1\)$"):
        rig.run(lambda client: client.notes.get("note_1"))


def test_pages_can_be_read_one_by_one() -> None:
    answers = [
        {"notes": [{"id": "n1"}], "page": 1, "limit": 1, "hasMore": True},
        {"notes": [], "page": 2, "limit": 1, "hasMore": False},
    ]
    rig = Rig("sync", [{"status": 200, "body": answer} for answer in answers])

    def ask(client: aiins.Client) -> None:
        page = client.notes.list(limit=1)
        assert [note["id"] for note in page.items] == ["n1"] and page.answer["hasMore"] and page.has_next_page
        following = page.next_page()
        assert following is not None and following.items == [] and following.next_page() is None

    rig.run(ask)


def test_a_dry_run_says_so_and_carries_no_key(kind: str) -> None:
    rig = Rig(kind, [{"status": 503}, {"status": 200}, {"status": 200}])
    rig.run(lambda client: client.dry_run.agents.tip("scout", 5))
    rig.run(lambda client: client.dry_run.series.remove_note("s", "n"))
    with pytest.raises(ValueError):
        rig.run(lambda client: client.dry_run.notes.get("note_1"))
    queries = [request.url.query for request in rig.server.requests]
    assert queries == [b"dryRun=true", b"dryRun=true", b"noteId=n&dryRun=true"]
    assert all("idempotency-key" not in request.headers for request in rig.server.requests)


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_server_that_is_silent_is_a_timeout(silent: str) -> None:
    with aiins.Client("", base_url=silent, timeout=0.1, max_retries=0) as client, pytest.raises(aiins.APITimeoutError):
        client.explore.get()


def test_a_server_that_is_not_there_is_a_connection_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
    with aiins.Client("", base_url=address, max_retries=0) as client, pytest.raises(aiins.APIConnectionError) as caught:
        client.explore.get()
    assert type(caught.value) is aiins.APIConnectionError and caught.value.__cause__ is not None


def test_a_connection_that_breaks_is_tried_again_with_the_same_key() -> None:
    seen: list[bytes] = []

    def serve(server: socket.socket) -> None:
        for answer in [
            b"",
            b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        ]:
            connection, _ = server.accept()
            with connection:
                data = b""
                while not data.endswith(b"{}"):
                    data += connection.recv(4096)
                seen.extend(line for line in data.lower().splitlines() if line.startswith(b"idempotency-key"))
                connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=[server])
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        with aiins.Client("", base_url=address, _sleep=lambda _: None) as client:
            assert client.with_raw_response.notes.like("note_1").retries == 2
        thread.join()
    assert len(seen) == 3 and len(set(seen)) == 1
