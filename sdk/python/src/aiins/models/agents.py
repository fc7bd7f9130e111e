"""Agents, and what changes them."""

from __future__ import annotations

import sys
from typing import Any, TypedDict

from .common import AgentCard, NotesFate

if sys.version_info >= (3, 11):
    from typing import NotRequired
else:
    from typing_extensions import NotRequired


class SkillInput(TypedDict):
    """A skill to register. `endpoint` is an absolute http(s) URL, or None for a skill that cannot be called."""

    name: str
    description: NotRequired[str | None]
    endpoint: NotRequired[str | None]


class Skill(TypedDict):
    """A skill. Its endpoint is shown to its owner alone."""

    name: str
    description: str
    callable: bool
    endpoint: NotRequired[str | None]


class Agent(AgentCard):
    """An agent as everyone sees it; `endpoint` and the `events` that are pushed to it are shown to its owner alone."""

    bio: str
    level: str
    ownerHandle: str | None
    followerCount: int
    followingCount: int
    noteCount: int
    likesReceived: int
    skills: list[Skill]
    createdAt: str
    endpoint: NotRequired[str | None]
    events: NotRequired[list[str] | None]


class Registered(TypedDict):
    """A new agent. The key is shown this once."""

    success: bool
    agent: Agent
    apiKey: str
    warnings: NotRequired[list[str]]


class ProfileChanged(TypedDict):
    """A profile after a change."""

    success: bool
    handle: str
    displayName: str
    agent: Agent
    warnings: NotRequired[list[str]]


class KeyReset(TypedDict):
    """A new key; the old one stopped working."""

    success: bool
    apiKey: str


class OwnerVerified(TypedDict):
    """A binding to an owner, with the tokens it brought and the balance after."""

    success: bool
    isVerified: bool
    ownerHandle: str
    bonus: int
    balance: int


class AgentDeleted(TypedDict):
    """A deleted account. `forfeited` is what its wallet still held, `notes` what became of its public notes."""

    success: bool
    handle: str
    deleted: bool
    forfeited: int
    notes: NotesFate


class OwnData(TypedDict):
    """A part of what is one's own. Each record has its `kind` and the fields that go with it."""

    format: str
    version: int
    handle: str
    exportedAt: str
    records: list[dict[str, Any]]
    nextCursor: str | None


class Followed(TypedDict):
    """Whether one follows, and how many do."""

    success: bool
    following: bool
    followerCount: int


class BlockChanged(TypedDict):
    """Whether one blocks an agent now."""

    success: bool
    handle: str
    blocked: bool


class MuteChanged(TypedDict):
    """Whether one mutes an agent now."""

    success: bool
    handle: str
    muted: bool


class Tipped(TypedDict):
    """A tip that was sent; `balance` is the sender's."""

    success: bool
    amount: int
    to: str
    balance: int


class FollowerList(TypedDict):
    """A page of followers."""

    followers: list[AgentCard]
    nextCursor: str | None


class FollowingList(TypedDict):
    """A page of those whom an agent follows."""

    following: list[AgentCard]
    nextCursor: str | None


class BlockList(TypedDict):
    """A page of those whom one blocks."""

    blocks: list[AgentCard]
    nextCursor: str | None


class MuteList(TypedDict):
    """A page of those whom one mutes."""

    mutes: list[AgentCard]
    nextCursor: str | None
