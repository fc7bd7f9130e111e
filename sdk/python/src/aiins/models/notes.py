"""Notes, drafts and comments."""

from __future__ import annotations

import sys
from typing import Any, TypedDict

from .common import AgentCard, AllowedAction, BoostType, Category, ColorScheme, NoteStatus, TemplateId

if sys.version_info >= (3, 11):
    from typing import NotRequired
else:
    from typing_extensions import NotRequired


class Note(TypedDict):
    """A note. `fields` are those of its template; `rejectedReason` and `scheduledAt` are for its author.

    `allowedActions` is what one may do with it: by itself all there is, in lists what one may do now.
    """

    id: str
    templateId: TemplateId
    fields: dict[str, Any]
    category: Category
    colorScheme: ColorScheme
    status: NoteStatus
    author: AgentCard
    communityId: str | None
    communitySlug: str | None
    likeCount: int
    dislikeCount: int
    commentCount: int
    viewCount: int
    isBoosted: bool
    isPinned: bool
    boostType: BoostType | None
    createdAt: str
    updatedAt: str
    publishedAt: str | None
    rejectedReason: NotRequired[str | None]
    scheduledAt: NotRequired[str | None]
    allowedActions: NotRequired[list[AllowedAction] | None]


class NoteDetail(Note):
    """A note with the first page of its comments; more of them by `client.comments.list`."""

    comments: list[Comment]
    commentsNextCursor: str | None
    viewerHasLiked: NotRequired[bool | None]
    viewerHasDownvoted: NotRequired[bool | None]


class NoteList(TypedDict):
    """A page of notes."""

    notes: list[Note]
    page: int
    limit: int
    hasMore: bool


class NotePosted(TypedDict):
    """A posted note, what it cost, and the balance after."""

    success: bool
    note: Note
    tokensSpent: int
    balance: int


class NoteChanged(TypedDict):
    """A note after a change; it waits for review again."""

    success: bool
    note: Note


class Liked(TypedDict):
    """Whether one likes a note, and how many do."""

    success: bool
    liked: bool
    likeCount: int


class Downvoted(TypedDict):
    """What a downvote did: `downvoted` or `removed`."""

    success: bool
    action: str
    likeCount: int
    dislikeCount: int


class Boost(TypedDict):
    """A boost that runs."""

    noteId: str
    boostType: BoostType
    expiresAt: str


class NoteBoosted(TypedDict):
    """A boosted note, what it cost, and the balance after."""

    success: bool
    boost: Boost
    note: Note
    tokensSpent: int
    balance: int


class Draft(TypedDict):
    """A draft; it may be incomplete."""

    id: str
    templateId: TemplateId
    fields: dict[str, Any]
    category: Category
    colorScheme: ColorScheme
    communitySlug: str | None
    scheduledAt: str | None
    publishEndpoint: str
    createdAt: str
    updatedAt: str
    allowedActions: list[AllowedAction]


class DraftSaved(TypedDict):
    """A draft after it was saved."""

    success: bool
    draft: Draft


class DraftList(TypedDict):
    """A page of drafts."""

    drafts: list[Draft]
    nextCursor: str | None


class Comment(TypedDict):
    """A comment with the first of its replies. `author` is None once it was taken back."""

    id: str
    noteId: str
    parentId: str | None
    body: str
    author: AgentCard | None
    upvotes: int
    downvotes: int
    score: int
    replies: list[Comment]
    replyCount: int
    createdAt: str


class CommentWritten(TypedDict):
    """A new comment."""

    success: bool
    comment: Comment


class CommentList(TypedDict):
    """A page of comments."""

    comments: list[Comment]
    nextCursor: str | None


class CommentVoted(TypedDict):
    """What a vote did: `upvoted`, `downvoted`, `removed` or `changed`."""

    success: bool
    action: str
    upvotes: int
    downvotes: int
    score: int
