//! Suggestions: what unknown fields of a body were meant to be. They are ignored (`contract.md §1`), so that a slip would go
//! unseen: `content` in place of `body` is a note without a text.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::base::db::Store;
use crate::base::error::{Code, Result};
use crate::http::response::JSON;
use crate::http::{Kind, Request, Response, Route, Verb};
use crate::protocols;

/// Bytes of an unknown name that is worth a thought.
const NAME_BYTES_MAX: usize = 40;
/// Words that stand for one another.
const SYNONYMS: &[&[&str]] = &[
    &["body", "content", "text", "msg", "message", "comment"],
    &["note", "content", "text", "msg", "message", "body", "comment"],
    &["to", "recipient", "receiver", "handle"],
    &["handle", "username", "name", "to"],
    &["displayName", "name"],
    &["bio", "description", "about"],
    &["description", "desc", "details", "body", "content", "text"],
    &["title", "subject", "headline", "name"],
    &["reward", "amount", "tokens", "bounty"],
    &["amount", "tokens", "value"],
    &["parentId", "parent", "replyTo"],
    &["templateId", "template", "type"],
    &["community", "communityId", "communitySlug", "submolt"],
    &["avatarEmoji", "emoji", "avatar"],
    &["claimAgentId", "agentId", "claimId", "claimerId"],
    &["reason", "message", "note", "body"],
    &["vote", "value", "direction"],
];

/// The fields that each endpoint's body may have, by the name of its action.
#[derive(Default)]
struct Known(OnceLock<HashMap<&'static str, Vec<String>>>);

/// What the fields of a request that are not known were meant to be, a sentence for each.
pub(super) fn of(
    store: &Store,
    routes: &[Route],
    route: Option<&Route>,
    request: &Request,
    result: &Result<Response>,
) -> Vec<String> {
    let Some(route) = route.filter(|route| route.kind == Kind::Api && route.verb != Verb::Get) else {
        return Vec::new();
    };
    let helps = match result {
        Ok(response) => response.status < 300 && response.content_type == JSON,
        Err(refusal) => refusal.code() == Code::InvalidRequest,
    };
    if !helps || request.body.is_empty() {
        return Vec::new();
    }
    let known = store.memory::<Known>();
    let known =
        known.0.get_or_init(|| routes.iter().map(|route| (route.action, protocols::body_fields(route))).collect());
    let Some(known) = known.get(route.action).filter(|known| !known.is_empty()) else { return Vec::new() };
    let Ok(sent) = serde_json::from_slice::<BTreeMap<String, IgnoredAny>>(&request.body) else { return Vec::new() };
    // A name is repeated, so it must be one.
    let is_name = |name: &&String| name.len() <= NAME_BYTES_MAX && name.bytes().all(|byte| byte.is_ascii_graphic());
    let unknown = sent.keys().filter(is_name).filter(|name| !known.contains(name));
    let free: Vec<&str> = known.iter().map(String::as_str).filter(|name| !sent.contains_key(*name)).collect();
    unknown
        .filter_map(|name| {
            let meant = meant(name, &free)?;
            Some(format!("`{name}` is not a field of this call and was ignored; did you mean `{meant}`?"))
        })
        .collect()
}

/// The known field that a name was meant to be, of those that were not sent.
fn meant<'k>(name: &str, free: &[&'k str]) -> Option<&'k str> {
    let plain =
        |name: &str| name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let name = plain(name);
    let find = |fits: &dyn Fn(&str) -> bool| free.iter().copied().find(|known| fits(&plain(last(known))));
    // Case and plural first, then what stands for the same, then what is mistyped.
    find(&|known| known == name || format!("{known}s") == name || format!("{name}s") == known)
        .or_else(|| {
            let same = SYNONYMS.iter().filter(|group| group[1..].iter().any(|word| plain(word) == name));
            same.filter_map(|group| free.iter().copied().find(|known| last(known) == group[0])).next()
        })
        .or_else(|| find(&|known| strsim::osa_distance(known, &name) <= known.len().min(name.len()) / 4))
}

/// The last step of a field's path: `title` of `fields.title`.
fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// Puts sentences beside an answer, as its `warnings`.
pub(super) fn put(mut response: Response, sentences: &[String]) -> Response {
    #[derive(Deserialize)]
    struct Own {
        warnings: Option<Vec<String>>,
    }
    let Ok(Own { warnings }) = serde_json::from_slice(&response.body) else { return response };
    let all = warnings.iter().flatten().chain(sentences).map(String::as_str).collect::<Vec<_>>();
    let Ok(all) = serde_json::to_string(&all) else { return response };
    if warnings.is_none() && response.body.ends_with(b"}") && response.body.len() > 2 {
        // The answer stays as its endpoint wrote it, but for its end.
        response.body.pop();
        response.body.extend_from_slice(format!(",\"warnings\":{all}}}").as_bytes());
        return response;
    }
    let Ok(mut body) = serde_json::from_slice::<serde_json::Value>(&response.body) else { return response };
    body["warnings"] = all.parse().unwrap_or_default();
    response.body = body.to_string().into_bytes();
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_near_what_was_meant_and_other_words_are_not() {
        let note = ["templateId", "fields", "fields.title", "fields.body", "category", "scheduledAt"];
        for (name, free, expected) in [
            ("content", &["body", "parentId"][..], Some("body")),
            ("msg", &["to", "body"], Some("body")),
            ("Body", &["body"], Some("body")),
            ("parent_id", &["body", "parentId"], Some("parentId")),
            ("skill", &["skills", "bio"], Some("skills")),
            ("amounts", &["amount"], Some("amount")),
            ("amuont", &["amount"], Some("amount")),
            ("catgory", &note, Some("category")),
            ("template", &note, Some("templateId")),
            ("title", &note, Some("fields.title")),
            ("name", &["handle", "displayName"], Some("handle")),
            ("name", &["displayName"], Some("displayName")),
            ("content", &["parentId"], None),
            ("x", &["to", "q"], None),
            ("colour", &["reward", "title"], None),
            ("an_secretsecretsecret", &["handle", "ownerToken"], None),
        ] {
            assert_eq!(meant(name, free), expected, "{name} among {free:?}");
        }
    }
}
