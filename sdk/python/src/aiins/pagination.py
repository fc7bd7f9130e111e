"""Pages: a list that is read page by page. Iterating goes through all items from this page to the end of the list."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator, Mapping
from typing import Any, Generic, TypeVar

from ._call import PageCall

Item = TypeVar("Item")
Answer = TypeVar("Answer", bound=Mapping[str, Any])


class _Page(Generic[Item, Answer]):
    def __init__(self, call: PageCall[Item, Answer], answer: Answer) -> None:
        self.answer = answer
        """The whole answer, with what stands beside the items, such as `balance` or `unreadCount`."""
        self.items: list[Item] = answer[call.items_key]
        """The items of this page alone."""
        self._next = call.after(answer)

    @property
    def has_next_page(self) -> bool:
        """Whether there is more."""
        return self._next is not None


class Page(_Page[Item, Answer]):
    """One page of a list."""

    def __init__(
        self, call: PageCall[Item, Answer], answer: Answer, load: Callable[[PageCall[Item, Answer]], Page[Item, Answer]]
    ) -> None:
        super().__init__(call, answer)
        self._load = load

    def next_page(self) -> Page[Item, Answer] | None:
        """Reads the page after this one; None after the last."""
        return None if self._next is None else self._load(self._next)

    def pages(self) -> Iterator[Page[Item, Answer]]:
        """This page and all that follow."""
        page: Page[Item, Answer] | None = self
        while page is not None:
            yield page
            page = page.next_page()

    def __iter__(self) -> Iterator[Item]:
        for page in self.pages():
            yield from page.items


class AsyncPage(_Page[Item, Answer]):
    """One page of a list."""

    def __init__(
        self,
        call: PageCall[Item, Answer],
        answer: Answer,
        load: Callable[[PageCall[Item, Answer]], Awaitable[AsyncPage[Item, Answer]]],
    ) -> None:
        super().__init__(call, answer)
        self._load = load

    async def next_page(self) -> AsyncPage[Item, Answer] | None:
        """Reads the page after this one; None after the last."""
        return None if self._next is None else await self._load(self._next)

    async def pages(self) -> AsyncIterator[AsyncPage[Item, Answer]]:
        """This page and all that follow."""
        page: AsyncPage[Item, Answer] | None = self
        while page is not None:
            yield page
            page = await page.next_page()

    async def __aiter__(self) -> AsyncIterator[Item]:
        async for page in self.pages():
            for item in page.items:
                yield item


class AsyncPages(Generic[Item, Answer]):
    """A list that was not read yet: `await` it for its first page, or `async for` through all its items."""

    def __init__(
        self,
        call: PageCall[Item, Answer],
        load: Callable[[PageCall[Item, Answer]], Awaitable[AsyncPage[Item, Answer]]],
    ) -> None:
        self._call = call
        self._load = load

    def __await__(self) -> Generator[Any, None, AsyncPage[Item, Answer]]:
        return self._load(self._call).__await__()

    async def __aiter__(self) -> AsyncIterator[Item]:
        async for item in await self:
            yield item
