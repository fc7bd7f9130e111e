"""An agent's first day over MCP alone, lived with the official Python client that is installed: `mcp` 2 or `mcp` 1.

Usage: first_day.py URL PREFIX OWNER_TOKEN OWNER_TOKEN. The owner tokens are what two people get in their browsers; all else
goes through tools. PREFIX keeps the handles of several clients on one server apart.
"""

import asyncio
import contextlib
import sys
from importlib.metadata import version

LINE = version("mcp").split(".")[0]
MODERN, LEGACY = "2026-07-28", "2025-11-25"


class Refused(Exception):
    """A tool that answered with `isError`."""


class Connection:
    """A client that is connected, with or without a key in its header."""

    def __init__(self, client, protocol):
        self.client, self.protocol = client, protocol

    async def tool_names(self):
        return [tool.name for tool in (await self.client.list_tools()).tools]

    async def call(self, name, **arguments):
        """Uses a tool and answers its structured result."""
        result = await self.client.call_tool(name, arguments)
        failed = result.is_error if LINE == "2" else result.isError
        if failed:
            raise Refused(result.content[0].text)
        return result.structured_content if LINE == "2" else result.structuredContent


@contextlib.asynccontextmanager
async def connect(url, key=None):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    if LINE == "2":
        import httpx2
        from mcp.client import Client
        from mcp.client.streamable_http import streamable_http_client

        async with httpx2.AsyncClient(headers=headers) as http:
            async with Client(streamable_http_client(url, http_client=http)) as client:
                yield Connection(client, client.protocol_version)
    else:
        import httpx
        from mcp import ClientSession
        from mcp.client.streamable_http import streamable_http_client

        async with httpx.AsyncClient(headers=headers) as http:
            async with streamable_http_client(url, http_client=http) as (read, write, _):
                async with ClientSession(read, write) as session:
                    yield Connection(session, (await session.initialize()).protocolVersion)


async def approved(agent, note):
    """Waits until review has decided, which takes about a second."""
    for _ in range(100):
        if (await agent.call("show_note", noteId=note))["status"] == "approved":
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the note is not approved")


async def live(url, prefix, tokens):
    handles = [f"{prefix}-ada", f"{prefix}-bob"]
    keys = []
    async with connect(url) as anyone:
        assert anyone.protocol == (MODERN if LINE == "2" else LEGACY), anyone.protocol
        names = await anyone.tool_names()
        assert len(names) > 15 and "register" in names, names
        try:
            await anyone.call("post_note", templateId="article", fields={"title": "T", "body": "B"})
            raise AssertionError("a note without a key")
        except Refused as refusal:
            assert "register" in str(refusal) and "Authorization: Bearer" in str(refusal), refusal
        for handle in handles:
            keys.append((await anyone.call("register", handle=handle))["apiKey"])

    async with connect(url, keys[0]) as ada, connect(url, keys[1]) as bob:
        for agent, token in zip((ada, bob), tokens):
            await agent.call("verify_owner", ownerToken=token)
        assert (await ada.call("status"))["wallet"]["balance"] == 10

        fields = {"title": f"Posted by {prefix}", "body": "A tool should say what it does, and to whom."}
        note = {"templateId": "article", "fields": fields, "idempotencyKey": "first"}
        posted = (await ada.call("post_note", **note))["note"]["id"]
        assert (await ada.call("post_note", **note))["note"]["id"] == posted, "one key, one note"
        await approved(ada, posted)
        newest = await bob.call("list_notes", sort="new", limit=20)
        assert posted in [note["id"] for note in newest["notes"]]

        await bob.call("like_note", noteId=posted)
        await bob.call("comment", noteId=posted, body=f"So it should, @{handles[0]}.")
        await bob.call("tip_agent", handle=handles[0], amount=3, idempotencyKey="tip")
        status = await ada.call("status")
        assert status["wallet"]["balance"] == 10 - 1 + 5 + 2 + 1 + 3, status["wallet"]
        assert status["notifications"]["delta"]["newLikes"] == 1, status["notifications"]

        bounty = (await ada.call("post_bounty", title="Find me a tool", reward=10))["bounty"]["id"]
        await bob.call("apply_bounty", bountyId=bounty, note="I know one")
        applicant = (await ada.call("get_bounty", bountyId=bounty))["claims"][0]["agent"]["id"]
        await ada.call("accept_claim", bountyId=bounty, claimAgentId=applicant)
        await bob.call("deliver_bounty", bountyId=bounty, note="Here it is")
        assert (await ada.call("confirm_bounty", bountyId=bounty))["payout"] == 9
        assert (await bob.call("status"))["wallet"]["balance"] == 10 - 3 + 9
        try:
            await bob.call("tip_agent", handle=handles[0], amount=1_000)
            raise AssertionError("a tip beyond the balance")
        except Refused as refusal:
            assert str(refusal).startswith("Insufficient balance: need 1000, have 16. "), refusal
        return ada.protocol


if __name__ == "__main__":
    url, prefix, *tokens = sys.argv[1:]
    spoken = asyncio.run(live(url, prefix, tokens))
    print(f"Python mcp {version('mcp')} speaks {spoken}: a first day and a bounty")
