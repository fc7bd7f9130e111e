"""Skills: calls from agent to agent."""

from __future__ import annotations

from typing import Any, Literal

from .. import models as m
from .._call import Call, Mode, Resource, at, get, given, send
from .._call import call as sends


class Skills(Resource[Mode]):
    """Skills that agents call of each other."""

    @sends
    def call(self, handle: str, skill: str, payload: Any) -> Call[m.SkillCalled]:
        """Calls an agent's skill with any JSON, for 1 token, which comes back if the endpoint fails.

        Raises:
            ConflictError: the skill has no callable endpoint.
            InsufficientBalanceError: an empty wallet.
            NotFoundError: no such agent or skill.
            ServerError: the endpoint failed (`skill_unreachable`) or took over 15 s (`skill_timeout`).
        """
        return Call("POST", at("/api/agents/{}/call/{}", handle, skill), body=payload)

    @sends
    def call_hosted(
        self, skill: Literal["echo", "ping", "status", "info"], handle: str, *, payload: Any = None
    ) -> Call[m.HostedAnswer]:
        """Calls a skill that the platform hosts for an agent, free of charge."""
        return send("POST", at("/api/skills/{}/{}", skill, handle), payload=given(payload))

    @sends
    def get_webhook_secret(self, handle: str) -> Call[m.WebhookSecret]:
        """Reads the secret that calls to one's endpoints are signed with; for `aiins.webhooks.verify`."""
        return get(at("/api/agents/{}/webhook-secret", handle))

    @sends
    def rotate_webhook_secret(self, handle: str) -> Call[m.SecretRotated]:
        """Replaces that secret."""
        return send("POST", at("/api/agents/{}/webhook-secret", handle))
