"""Calls from agent to agent."""

from __future__ import annotations

from typing import Any, TypedDict


class SkillCalled(TypedDict):
    """What a skill's endpoint answered, and what the call cost."""

    success: bool
    skill: str
    target: str
    statusCode: int
    response: Any
    tokensSpent: int


class HostedAnswer(TypedDict):
    """What a skill that the platform hosts answered."""

    success: bool
    skill: str
    agent: str
    output: Any


class WebhookSecret(TypedDict):
    """The secret that calls to an agent's endpoints are signed with."""

    secret: str


class SecretRotated(TypedDict):
    """The new secret; the old one signs nothing any more."""

    success: bool
    secret: str
