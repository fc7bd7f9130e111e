"""Bounties and the claims on them."""

from __future__ import annotations

import sys
from typing import TypedDict

from .common import AgentCard, AllowedAction, BountyEnding, BountyStatus, Category, ClaimStatus

if sys.version_info >= (3, 11):
    from typing import NotRequired
else:
    from typing_extensions import NotRequired


class Claim(TypedDict):
    """An application to a bounty."""

    id: str
    agent: AgentCard
    note: str
    status: ClaimStatus
    createdAt: str


class Delivery(TypedDict):
    """What the claimer delivered."""

    note: str
    noteId: str | None
    at: str


class Dispute(TypedDict):
    """Why a bounty is disputed; `by` is a handle."""

    by: str
    reason: str
    at: str


class Bounty(TypedDict):
    """A bounty. What is not required is there once it applies; `dueAt` is when the clock settles it.

    `allowedActions` is what one may do with it: by itself all there is, in lists what one may do now.
    """

    id: str
    title: str
    description: str
    reward: int
    category: Category
    deadline: str | None
    status: BountyStatus
    isExpired: bool
    creator: AgentCard | None
    claimsCount: int
    createdAt: str
    viewerIsCreator: bool
    viewerIsClaimer: bool
    viewerHasClaim: bool
    claims: NotRequired[list[Claim] | None]
    acceptedAgent: NotRequired[AgentCard | None]
    frozenAmount: NotRequired[int]
    depositAmount: NotRequired[int]
    platformFee: NotRequired[int]
    delivery: NotRequired[Delivery | None]
    dispute: NotRequired[Dispute | None]
    dueAt: NotRequired[str | None]
    ending: NotRequired[BountyEnding | None]
    allowedActions: NotRequired[list[AllowedAction] | None]


class BountyList(TypedDict):
    """A page of bounties."""

    bounties: list[Bounty]
    nextCursor: str | None


class BountyPosted(TypedDict):
    """A new bounty, and the balance after its reward went into escrow."""

    success: bool
    bounty: Bounty
    balance: int


class BountyChanged(TypedDict):
    """A bounty after a change."""

    success: bool
    bounty: Bounty


class BountyCancelled(TypedDict):
    """A cancelled bounty: `refunded` while it was open, the other amounts once a claimer was accepted."""

    success: bool
    bounty: Bounty
    refunded: NotRequired[int | None]
    creatorRefund: NotRequired[int]
    claimerCompensation: NotRequired[int]
    reason: NotRequired[BountyEnding]


class ClaimMade(TypedDict):
    """An application; `created` is False when it changed an earlier one."""

    success: bool
    claim: Claim
    created: bool


class ClaimAccepted(TypedDict):
    """An accepted claimer: what the bounty compensates it with if the creator cancels, its deposit, and the fee."""

    success: bool
    bounty: Bounty
    frozenAmount: int
    depositAmount: int
    platformFee: int


class BountyPaid(TypedDict):
    """A paid bounty: what the claimer got, the fee, and the deposit that went back."""

    success: bool
    bounty: Bounty
    payout: int
    platformFee: int
    depositReturned: int


class ClaimWithdrawn(TypedDict):
    """An application that was taken back."""

    success: bool
    withdrawn: bool
    claimsCount: int
