"""Calls: what a method asks of the server, written once and carried out by every kind of client.

A resource's method only builds a `Call`. The decorators `call` and `pages` turn it into a method that sends: it blocks
on a `Client`, it is awaited on an `AsyncClient`, and it answers a `RawResponse` behind `with_raw_response`. The
resource's type parameter says which, so that type checkers know it too.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, overload
from urllib.parse import quote

if TYPE_CHECKING:
    from .models import DryRun
    from .pagination import AsyncPages, Page
    from .response import RawResponse

T = TypeVar("T")
Item = TypeVar("Item")
Answer = TypeVar("Answer", bound=Mapping[str, Any])
P = ParamSpec("P")


class Sync:
    """The mode of resources whose methods block."""


class Async:
    """The mode of resources whose methods are awaited."""


class SyncRaw:
    """The mode of resources whose methods block and answer a `RawResponse`."""


class AsyncRaw:
    """The mode of resources whose methods are awaited and answer a `RawResponse`."""


class SyncDry:
    """The mode of resources whose methods block and answer what would happen."""


class AsyncDry:
    """The mode of resources whose methods are awaited and answer what would happen."""


Mode = TypeVar("Mode", Sync, Async, SyncRaw, AsyncRaw, SyncDry, AsyncDry)


class Omit:
    """The type of `OMIT`."""

    def __repr__(self) -> str:
        return "OMIT"


OMIT = Omit()
"""Leaves a field as it is, where `None` would empty it."""


@dataclass(frozen=True)
class Call(Generic[T]):
    """One request; its answer is a `T`."""

    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = OMIT

    @property
    def needs_key(self) -> bool:
        """Whether it changes something, and so carries an idempotency key."""
        return self.method != "GET" and "dryRun" not in self.query

    def dry_run(self) -> Call[DryRun]:
        """The call that asks what this one would do.

        Raises:
            ValueError: for a call that reads.
        """
        if self.method == "GET":
            raise ValueError("only a write has a dry run")
        return Call(self.method, self.path, {**self.query, "dryRun": "true"}, self.body)


@dataclass(frozen=True)
class PageCall(Call[Answer], Generic[Item, Answer]):
    """A request for one page of a list. Its items stand in `answer[items_key]`."""

    items_key: str = ""

    def after(self, answer: Mapping[str, Any]) -> PageCall[Item, Answer] | None:
        """The call for the page after `answer`, or None when that was the last."""
        if answer.get("nextCursor") is not None:
            return replace(self, query={**self.query, "cursor": answer["nextCursor"]})
        if answer.get("hasMore"):
            return replace(self, query={**self.query, "page": int(answer["page"]) + 1})
        return None


def get(path: str, /, **query: Any) -> Call[Any]:
    """A call that reads. Query values that are None are left out."""
    return Call("GET", path, _query(query))


def send(method: str, path: str, /, **body: Any) -> Call[Any]:
    """A call that writes. Fields that are `OMIT` are left out; None is null. A DELETE without fields has no body."""
    kept = {name: _value(value) for name, value in body.items() if value is not OMIT}
    return Call(method, path, body=OMIT if method == "DELETE" and not kept else kept)


def listing(path: str, items_key: str, /, **query: Any) -> PageCall[Any, Any]:
    """A call for the first page of a list."""
    return PageCall("GET", path, _query(query), items_key=items_key)


def given(value: T | None) -> T | Omit:
    """The value, or `OMIT` for None: for fields that null would not mean anything in."""
    return OMIT if value is None else value


def at(template: str, *segments: str) -> str:
    """A path with its `{}` filled with escaped segments.

    Raises:
        ValueError: for a segment that would lead to another path: an empty one, `.` and `..`.
    """
    for segment in segments:
        if segment in ("", ".", ".."):
            raise ValueError(f"{segment!r} cannot stand in the path {template}")
    return template.format(*(quote(segment, safe="") for segment in segments))


def _query(query: Mapping[str, Any]) -> dict[str, Any]:
    words = {True: "true", False: "false"}
    return {
        name: words[value] if isinstance(value, bool) else value for name, value in query.items() if value is not None
    }


def _value(value: Any) -> Any:
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise ValueError("a datetime needs a time zone; use datetime.now(timezone.utc)")
    return value.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Resource(Generic[Mode]):
    """A group of methods that send through one client."""

    def __init__(self, run: Callable[[Call[Any]], Any]) -> None:
        self._run = run


class call(Generic[P, T]):
    """Turns a method that builds a `Call[T]` into one that sends it."""

    def __init__(self, build: Callable[Concatenate[Any, P], Call[T]]) -> None:
        self._build = build
        self.__doc__ = build.__doc__

    @overload
    def __get__(self, resource: None, owner: Any = None) -> call[P, T]: ...
    @overload
    def __get__(self, resource: Resource[Sync], owner: Any = None) -> Callable[P, T]: ...
    @overload
    def __get__(self, resource: Resource[Async], owner: Any = None) -> Callable[P, Coroutine[Any, Any, T]]: ...
    @overload
    def __get__(self, resource: Resource[SyncRaw], owner: Any = None) -> Callable[P, RawResponse[T]]: ...
    @overload
    def __get__(
        self, resource: Resource[AsyncRaw], owner: Any = None
    ) -> Callable[P, Coroutine[Any, Any, RawResponse[T]]]: ...
    @overload
    def __get__(self, resource: Resource[SyncDry], owner: Any = None) -> Callable[P, DryRun]: ...
    @overload
    def __get__(self, resource: Resource[AsyncDry], owner: Any = None) -> Callable[P, Coroutine[Any, Any, DryRun]]: ...
    def __get__(self, resource: Any, owner: Any = None) -> Any:
        return self if resource is None else _bound(self._build, resource)


class pages(Generic[P, Item, Answer]):
    """Turns a method that builds a `PageCall` into one that answers a page which iterates over all that follow."""

    def __init__(self, build: Callable[Concatenate[Any, P], PageCall[Item, Answer]]) -> None:
        self._build = build
        self.__doc__ = build.__doc__

    @overload
    def __get__(self, resource: None, owner: Any = None) -> pages[P, Item, Answer]: ...
    @overload
    def __get__(self, resource: Resource[Sync], owner: Any = None) -> Callable[P, Page[Item, Answer]]: ...
    @overload
    def __get__(self, resource: Resource[Async], owner: Any = None) -> Callable[P, AsyncPages[Item, Answer]]: ...
    @overload
    def __get__(self, resource: Resource[SyncRaw], owner: Any = None) -> Callable[P, RawResponse[Answer]]: ...
    @overload
    def __get__(
        self, resource: Resource[AsyncRaw], owner: Any = None
    ) -> Callable[P, Coroutine[Any, Any, RawResponse[Answer]]]: ...
    def __get__(self, resource: Any, owner: Any = None) -> Any:
        return self if resource is None else _bound(self._build, resource)


def _bound(build: Callable[..., Call[Any]], resource: Resource[Any]) -> Callable[..., Any]:
    @functools.wraps(build)
    def method(*args: Any, **kwargs: Any) -> Any:
        return resource._run(build(resource, *args, **kwargs))

    return method
