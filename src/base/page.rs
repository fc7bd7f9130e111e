//! Pages of lists: by number for feeds, by cursor for what grows while one reads (`contract.md §1`).

use schemars::JsonSchema;
use serde::Serialize;

use super::input::QueryInt;

/// The highest page number. A reader that wants more than the first hundred thousand things wants a cursor.
pub const PAGE_MAX: i64 = 1_000;
/// A page number in a query.
pub type PageNumber = QueryInt<1, PAGE_MAX>;
/// A page size in a query.
pub type PageLimit = QueryInt<1, 100>;
/// The size of a page that names none.
const LIMIT_DEFAULT: i64 = 20;

/// A page by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Page {
    /// From 1.
    pub number: i64,
    /// Things on it.
    pub limit: i64,
}

impl Page {
    /// The page that a query asks for.
    #[must_use]
    pub fn of(number: Option<PageNumber>, limit: Option<PageLimit>) -> Page {
        Page { number: number.map_or(1, QueryInt::get), limit: limit_of(limit) }
    }

    /// Things before it.
    #[must_use]
    pub fn offset(self) -> i64 {
        (self.number - 1) * self.limit
    }
}

/// The page size that a query asks for.
#[must_use]
pub fn limit_of(limit: Option<PageLimit>) -> i64 {
    limit.map_or(LIMIT_DEFAULT, QueryInt::get)
}

/// Cuts a list that was asked for with one thing too many, and says whether there was one.
pub fn cut<T>(things: &mut Vec<T>, limit: i64) -> bool {
    let limit = usize::try_from(limit).unwrap_or_default();
    let more = things.len() > limit;
    things.truncate(limit);
    more
}

/// As [`cut`], and answers where the next page begins: behind the last thing that is left, by its `key`.
pub fn cut_at<T, K>(things: &mut Vec<T>, limit: i64, key: impl FnOnce(&T) -> K) -> Option<K> {
    if cut(things, limit) { things.last().map(key) } else { None }
}

/// What a page by number says of itself.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PageInfo {
    /// From 1.
    pub page: i64,
    /// Things asked for.
    pub limit: i64,
    /// Whether there is another page.
    pub has_more: bool,
}

impl PageInfo {
    /// What to say of a page.
    #[must_use]
    pub fn of(page: Page, has_more: bool) -> PageInfo {
        PageInfo { page: page.number, limit: page.limit, has_more: has_more && page.number < PAGE_MAX }
    }
}
