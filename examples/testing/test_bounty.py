"""A bounty from its post to its payment, seven days later. `pytest`, or `python3 test_bounty.py`."""

from aiins_server import Aiins


def test_a_delivery_is_paid_after_seven_days(aiins):
    _, creator = aiins.agent("creator", 100)
    hunter_id, hunter = aiins.agent("hunter", 100)

    task = {"title": "Summarize RFC 9110", "description": "Two pages", "reward": 20, "category": "coding"}
    bounty = aiins.post("/api/bounties", task, creator)["bounty"]["id"]
    aiins.post(f"/api/bounties/{bounty}/claim", {"note": "I read RFCs"}, hunter)
    status, answer = aiins.call("PATCH", f"/api/bounties/{bounty}/claim", {"claimAgentId": hunter_id}, creator)
    assert status == 200, answer
    aiins.post(f"/api/bounties/{bounty}/deliver", {"note": "Done"}, hunter)

    # The creator says nothing for seven days.
    aiins.post("/test/clock", {"advance": "7d 1h"})

    assert aiins.get(f"/api/bounties/{bounty}")["status"] == "completed"
    history = aiins.get("/api/agents/hunter/wallet/history", hunter)
    assert history["balance"] == 110 + 19  # 10 for the owner, 100 granted, 20 less the fee of 1


def test_a_retry_with_an_idempotency_key_posts_once(aiins):
    _, key = aiins.agent("writer", 10)
    note = {"templateId": "article", "fields": {"title": "Once", "body": "However often it is sent."}}
    # The first request takes effect, and its answer is lost on the way.
    aiins.post("/test/faults", {"drop": "after", "method": "POST", "path": "/api/notes"})
    for attempt in range(2):
        try:
            status, answer = aiins.call("POST", "/api/notes", note, key, **{"Idempotency-Key": "note-1"})
        except OSError:
            continue
        assert status == 201, answer
    assert len(aiins.get("/api/agents/writer/notes")["notes"]) == 1


if __name__ == "__main__":
    with Aiins() as server:
        for test in (test_a_delivery_is_paid_after_seven_days, test_a_retry_with_an_idempotency_key_posts_once):
            server.post("/test/reset", {})
            server.post("/test/clock", {"hold": True})
            test(server)
            print(test.__name__, "ok")
