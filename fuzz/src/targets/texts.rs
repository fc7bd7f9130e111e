//! Texts: queries, cursors, JSON bodies and searches.

use std::fmt::{Debug, Display};
use std::str::FromStr;
use std::sync::{LazyLock, Mutex, PoisonError};

use aiins::app::routes;
use aiins::base::error::{Code, Error};
use aiins::base::ids::{
    AgentId, BountyId, CaseId, ClaimId, CommentId, CommunityId, DraftId, EventId, LogEntryId, MessageId, NoteId,
    NotificationId, ReportId, RequestId, SeriesId, SessionId, TransferId,
};
use aiins::base::input;
use aiins::base::search_text::{Fit, index_query, indexable, terms};
use aiins::http::Route;
use rusqlite::Connection;
use serde_json::Value;

static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(routes::all);

/// Queries, as each route reads them: a refusal names its parameter, and what is accepted is so again when printed anew.
pub fn query(data: &[u8]) {
    let Ok(query) = std::str::from_utf8(data) else { return };
    let pairs: Vec<(String, String)> = pairs(query);
    let again = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
    for route in ROUTES.iter() {
        let Some(check) = route.check_query else { continue };
        let said = check(query);
        match &said {
            Ok(()) => assert!(check(&again).is_ok(), "{}: {again}", route.path),
            Err(error) => {
                let field = sentence(error).unwrap_or_default();
                // A parameter that is missing is named too.
                let is_sent = pairs.iter().any(|(name, value)| *name == field && !value.is_empty());
                assert!(is_sent || error.message().ends_with("is required"), "{}: {error:?}", route.path);
            }
        }
    }
}

fn pairs(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes()).map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

/// JSON bodies, as each route reads them: a refusal is a sentence of ours, and what is accepted is so again when printed anew.
pub fn json(data: &[u8]) {
    let again = serde_json::from_slice::<Value>(data).ok().map(|value| value.to_string());
    for route in ROUTES.iter() {
        let Some(check) = route.check_body else { continue };
        match check(data) {
            Ok(()) => {
                // What nobody reads may be what no value can hold, such as a number without end.
                let Some(again) = &again else { continue };
                assert!(check(again.as_bytes()).is_ok(), "{}: {again}", route.path);
            }
            Err(error) => drop(sentence(&error)),
        }
    }
    if let Ok(kept) = input::any_json(data) {
        assert_eq!(
            input::any_json(kept.get().as_bytes()).ok().map(|it| it.get().to_owned()),
            Some(kept.get().to_owned())
        );
    }
}

/// Makes sure that a refusal is in our words, and answers the field it names.
#[track_caller]
fn sentence(error: &Error) -> Option<String> {
    const THEIRS: [&str; 7] =
        ["\u{1f}", "expected ", "invalid type", "invalid value", "unknown ", "did not match", " at line "];
    assert_eq!(error.code(), Code::InvalidRequest, "{error:?}");
    let details = error.details();
    let field = details.field.as_deref();
    let message = error.message();
    let own = field.map_or(message, |field| message.strip_prefix(field).unwrap_or(message));
    assert!(!own.is_empty() && THEIRS.iter().all(|word| !own.contains(word)), "{error:?}");
    assert!(details.allowed.iter().all(|it| !it.is_empty() && !it.contains('\u{1f}')), "{error:?}");
    field.map(str::to_owned)
}

/// Cursors: what can be read is printed as it was, and those that are made sort as the numbers behind them.
pub fn cursor(data: &[u8]) {
    macro_rules! each {
        ($check:ident($argument:expr)) => {{
            $check::<AgentId>($argument, AgentId);
            $check::<NoteId>($argument, NoteId);
            $check::<DraftId>($argument, DraftId);
            $check::<CommentId>($argument, CommentId);
            $check::<BountyId>($argument, BountyId);
            $check::<ClaimId>($argument, ClaimId);
            $check::<TransferId>($argument, TransferId);
            $check::<MessageId>($argument, MessageId);
            $check::<CommunityId>($argument, CommunityId);
            $check::<SeriesId>($argument, SeriesId);
            $check::<NotificationId>($argument, NotificationId);
            $check::<EventId>($argument, EventId);
            $check::<SessionId>($argument, SessionId);
            $check::<ReportId>($argument, ReportId);
            $check::<CaseId>($argument, CaseId);
            $check::<LogEntryId>($argument, LogEntryId);
            $check::<RequestId>($argument, RequestId);
        }};
    }
    if let Ok(text) = std::str::from_utf8(data) {
        each!(read(text));
    }
    if let Some((numbers, _)) = data.split_first_chunk::<16>() {
        let (one, other) = numbers.split_at(8);
        let number = |bytes: &[u8]| bytes.iter().fold(0_i64, |number, byte| number << 8 | i64::from(*byte)) & i64::MAX;
        let numbers = (number(one), number(other));
        each!(made(numbers));
    }
}

fn read<I: FromStr + Display>(text: &str, _: fn(i64) -> I) {
    if let Ok(id) = text.parse::<I>() {
        assert_eq!(id.to_string(), text, "two spellings of one id");
    }
}

fn made<I: FromStr + Display + Debug + PartialEq + PartialOrd>((one, other): (i64, i64), make: fn(i64) -> I) {
    let (one, other) = (make(one), make(other));
    let texts = (one.to_string(), other.to_string());
    assert_eq!(texts.0.parse::<I>().ok().as_ref(), Some(&one));
    assert_eq!(one.partial_cmp(&other), texts.0.partial_cmp(&texts.1));
    // A changed character is no id, or it is another one that says so itself.
    let mut changed = texts.0.into_bytes();
    let last = changed.len() - 1;
    changed[last] = if changed[last] == b'0' { b'1' } else { b'0' };
    read(&String::from_utf8_lossy(&changed), make);
}

static INDEX: LazyLock<Mutex<Connection>> = LazyLock::new(|| {
    let index = Connection::open_in_memory().expect("memory can be opened");
    let tokens = "tokenize = 'unicode61 remove_diacritics 2'";
    index.execute_batch(&format!("CREATE VIRTUAL TABLE texts USING fts5 (body, {tokens})")).expect("a table is made");
    Mutex::new(index)
});

/// Searches: nothing in one breaks the question, and a text is found by its own words.
pub fn search(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if text.contains('\0') {
        // Neither a query nor a text can hold one.
        return;
    }
    let words = terms(text);
    let index = INDEX.lock().unwrap_or_else(PoisonError::into_inner);
    index.execute("DELETE FROM texts", []).expect("texts are deleted");
    index.execute("INSERT INTO texts (rowid, body) VALUES (1, ?)", [indexable(text)]).expect("a text is indexed");
    for fit in [Fit::Whole, Fit::Beginning] {
        let Some(question) = index_query(&words, fit) else { continue };
        let ask = |question: &str| {
            let mut asked = index.prepare_cached("SELECT rowid FROM texts WHERE texts MATCH ?").expect("it is SQL");
            let found: Result<Vec<i64>, _> = asked.query_map([question], |row| row.get(0)).and_then(Iterator::collect);
            found.unwrap_or_else(|error| panic!("{error}: {question}"))
        };
        let (found, within) = (ask(&question), ask(&format!("{{body}} : ({question})")));
        assert_eq!(found, within, "{question}");
        // Of letters that are younger than the index it knows nothing.
        if text.chars().all(is_settled) {
            assert_eq!(found, [1], "{text:?} is not found by {question}");
        }
    }
}

/// Characters that were there when SQLite's index learned which are letters: those of Latin, Greek, Cyrillic and what
/// stands beside them, Han, kana and hangul.
fn is_settled(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{24f}' | '\u{300}'..='\u{331}' | '\u{391}'..='\u{3ff}' | '\u{400}'..='\u{4ff}'
        | '\u{2010}'..='\u{2027}' | '\u{3041}'..='\u{30ff}' | '\u{4e00}'..='\u{9fc0}' | '\u{ac00}'..='\u{d7a3}')
}
