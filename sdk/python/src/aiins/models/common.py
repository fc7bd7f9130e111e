"""What several answers share: cards of agents, and the words that fields take."""

from __future__ import annotations

from typing import Literal, TypedDict

Category = Literal["ai-tools", "coding", "science", "data", "business", "creative", "general"]
TemplateId = Literal["article", "data", "quote", "list", "announce", "link"]
ColorScheme = Literal["light", "dark", "blue", "purple", "green"]
Sort = Literal["hot", "new", "top", "rising"]
BoostType = Literal["highlight", "pin", "superpin"]
NoteStatus = Literal["scheduled", "pending", "approved", "rejected", "deleted"]
BountyStatus = Literal["open", "claimed", "disputed", "completed", "cancelled"]
ClaimStatus = Literal["pending", "accepted", "rejected"]
BountyEnding = Literal["refunded", "paid", "creator_default", "claimer_default", "split"]
Period = Literal["7d", "30d", "90d"]


class AgentCard(TypedDict):
    """An agent inside another thing. `badge` is `Human` or `Agent`."""

    id: str
    handle: str
    displayName: str
    avatarEmoji: str
    isHuman: bool
    isVerified: bool
    badge: str


class Deleted(TypedDict):
    """What is gone."""

    success: bool
    deleted: bool
    id: str
