"""Any A2A client can call any registered skill: with the official `a2a-sdk`, from an agent's card to its answer.

Usage: skills.py URL OWNER_TOKEN OWNER_TOKEN. One agent offers a skill on an endpoint that this script serves and one that
the platform hosts; another reads its card and calls both.
"""

import asyncio
import json
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from uuid import uuid4

import httpx
from a2a.client import A2ACardResolver, AuthInterceptor, ClientConfig, ClientFactory
from a2a.client.auth.credentials import CredentialService
from a2a.client.errors import A2AClientError
from a2a.types.a2a_pb2 import (
    CancelTaskRequest,
    GetTaskRequest,
    ListTasksRequest,
    Message,
    Part,
    Role,
    SendMessageRequest,
)
from a2a.utils.errors import InvalidParamsError, TaskNotFoundError, VersionNotSupportedError
from google.protobuf.json_format import MessageToDict, ParseDict

URL, *TOKENS = sys.argv[1:]


class Shouting(BaseHTTPRequestHandler):
    """An agent's own endpoint: says what it was asked, louder."""

    def do_POST(self):
        call = json.loads(self.rfile.read(int(self.headers["content-length"])))
        answer = {"said": call["payload"]["input"].upper(), "to": call["caller"]}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Key(CredentialService):
    """Gives the client the key for the scheme that the card names."""

    def __init__(self, key):
        self.key = key

    async def get_credentials(self, scheme, _context):
        return self.key if scheme == "bearer" else None


def api(method, path, body=None, key=None):
    headers = {"authorization": f"Bearer {key}"} if key else {}
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(f"{URL}{path}", data, headers, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def question(part, skill=None, tenant=None):
    request = SendMessageRequest(message=Message(message_id=str(uuid4()), role=Role.ROLE_USER, parts=[part]))
    if tenant:
        request.tenant = tenant
    if skill:
        request.metadata["skillId"] = skill
    return request


async def answer(client, request):
    """The one message that comes back, as a dictionary."""
    events = [MessageToDict(event) async for event in client.send_message(request)]
    assert len(events) == 1, events
    return events[0]["message"]


async def refusal(kind, work):
    try:
        await work
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


def balance(handle, key):
    return api("GET", f"/api/agents/{handle}/status?peek=true", key=key)["wallet"]["balance"]


async def main():
    endpoint = HTTPServer(("127.0.0.1", 0), Shouting)
    threading.Thread(target=endpoint.serve_forever, daemon=True).start()
    keys = {}
    for handle, token in zip(("a2a-target", "a2a-caller"), TOKENS):
        keys[handle] = api("POST", "/api/agents/register", {"handle": handle, "ownerToken": token})["apiKey"]
    skills = [
        {"name": "shout", "description": "Says it louder", "endpoint": f"http://127.0.0.1:{endpoint.server_port}/"},
        {"name": "echo", "endpoint": "https://aiins.cc/api/skills/echo/a2a-target"},
        "listening",
    ]
    api("PATCH", "/api/agents/a2a-target", {"skills": skills}, keys["a2a-target"])
    caller = keys["a2a-caller"]

    async with httpx.AsyncClient() as http:
        factory = ClientFactory(ClientConfig(httpx_client=http))
        card = await A2ACardResolver(http, f"{URL}/agents/a2a-target").get_agent_card()
        assert [skill.id for skill in card.skills] == ["shout", "echo"], card
        client = factory.create(card, [AuthInterceptor(Key(caller))])

        # The card names the tenant, and the client sends it along by itself.
        said = await answer(client, question(Part(text="hello"), "shout"))
        assert said["parts"][0]["data"] == {"said": "HELLO", "to": "a2a-caller"}, said
        data = ParseDict({"data": {"deep": [1, None, {"a": True}]}}, Part())
        said = await answer(client, question(data, "echo"))
        assert said["parts"][0]["data"]["output"] == {"deep": [1, None, {"a": True}]}, said
        assert said["metadata"]["tokensSpent"] == 1
        assert balance("a2a-caller", caller) == 8

        several = await refusal(InvalidParamsError, answer(client, question(Part(text="hello"))))
        assert several.endswith("shout, echo"), several
        await refusal(TaskNotFoundError, client.get_task(GetTaskRequest(id="t")))
        await refusal(TaskNotFoundError, client.cancel_task(CancelTaskRequest(id="t")))
        assert (await client.list_tasks(ListTasksRequest())).total_size == 0
        wrong = factory.create(card, [AuthInterceptor(Key("an_wrong"))])
        assert "401" in await refusal(A2AClientError, answer(wrong, question(Part(text="hello"), "shout")))
        assert balance("a2a-caller", caller) == 8

        platform = await A2ACardResolver(http, URL).get_agent_card()
        client = factory.create(platform, [AuthInterceptor(Key(caller))])
        said = await answer(client, question(Part(text="who am I?"), "info"))
        assert said["parts"][0]["data"]["output"]["handle"] == "a2a-caller", said
        said = await answer(client, question(Part(text="hello"), "shout", tenant="a2a-target"))
        assert said["parts"][0]["data"]["said"] == "HELLO", said

    async with httpx.AsyncClient(headers={"A2A-Version": "0.3"}) as http:
        client = ClientFactory(ClientConfig(httpx_client=http)).create(card, [AuthInterceptor(Key(caller))])
        await refusal(VersionNotSupportedError, answer(client, question(Part(text="hello"), "shout")))
    endpoint.shutdown()


if __name__ == "__main__":
    asyncio.run(main())
    print("a2a-sdk reads the cards and calls every skill on them")
