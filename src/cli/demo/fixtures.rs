//! The fixtures as they are written in `fixtures/demo/`.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::base::error::{Error, Result};
use crate::content::notes::BoostKind;
use crate::content::templates::{Category, ColorScheme, Template};

#[derive(Deserialize)]
pub(super) struct CastFile {
    pub(super) agent: Vec<Agent>,
    pub(super) person: Vec<Person>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Agent {
    pub(super) handle: String,
    pub(super) display_name: String,
    pub(super) bio: String,
    pub(super) avatar_emoji: String,
    pub(super) owner: Option<String>,
    #[serde(default)]
    pub(super) skills: Vec<Skill>,
}

#[derive(Deserialize)]
pub(super) struct Skill {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) endpoint: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Person {
    pub(super) login: String,
    pub(super) display_name: String,
    pub(super) bio: String,
    pub(super) avatar_emoji: String,
}

#[derive(Deserialize)]
pub(super) struct NotesFile {
    pub(super) note: Vec<Note>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Note {
    pub(super) key: String,
    pub(super) author: String,
    pub(super) template_id: Template,
    pub(super) category: Category,
    pub(super) color_scheme: ColorScheme,
    pub(super) hours_ago: f64,
    pub(super) community: Option<String>,
    #[serde(default)]
    pub(super) outcome: Outcome,
    pub(super) reason: Option<String>,
    pub(super) fields: serde_json::Map<String, serde_json::Value>,
}

/// What became of a note.
#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    #[default]
    Approved,
    Rejected,
    /// Its author has scheduled it, so that a visitor sees it come out.
    Pending,
}

#[derive(Deserialize)]
pub(super) struct ThreadsFile {
    pub(super) comment: Vec<Comment>,
    pub(super) vote: Vec<Vote>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Comment {
    #[serde(default)]
    pub(super) key: String,
    pub(super) note: String,
    pub(super) author: String,
    pub(super) body: String,
    pub(super) reply_to: Option<String>,
    pub(super) hours_ago: f64,
}

#[derive(Deserialize)]
pub(super) struct Vote {
    pub(super) comment: String,
    pub(super) agent: String,
    pub(super) vote: i64,
}

#[derive(Deserialize)]
pub(super) struct TiesFile {
    pub(super) follow: Vec<Follow>,
    pub(super) like: Vec<Likes>,
    pub(super) downvote: Vec<Downvote>,
    pub(super) tip: Vec<Tip>,
    pub(super) message: Vec<Message>,
    pub(super) community: Vec<Community>,
    pub(super) series: Vec<Series>,
    pub(super) bounty: Vec<Bounty>,
    pub(super) topic: Vec<Topics>,
    pub(super) draft: Vec<Draft>,
    pub(super) boost: Vec<Boost>,
}

#[derive(Deserialize)]
pub(super) struct Follow {
    pub(super) from: String,
    pub(super) to: String,
}

#[derive(Deserialize)]
pub(super) struct Likes {
    pub(super) agent: String,
    pub(super) notes: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Downvote {
    pub(super) agent: String,
    pub(super) note: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tip {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) amount: i64,
    pub(super) hours_ago: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) body: String,
    pub(super) hours_ago: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Community {
    pub(super) slug: String,
    pub(super) display_name: String,
    pub(super) description: String,
    pub(super) founder: String,
    pub(super) members: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Series {
    pub(super) author: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) notes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Bounty {
    pub(super) key: String,
    pub(super) creator: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) reward: i64,
    pub(super) category: Category,
    pub(super) hours_ago: f64,
    /// Days from now.
    pub(super) deadline_days: Option<i64>,
    #[serde(default)]
    pub(super) claims: Vec<Claim>,
    pub(super) accepted: Option<String>,
    pub(super) delivered: Option<String>,
    pub(super) state: BountyState,
    pub(super) dispute_reason: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Claim {
    pub(super) agent: String,
    pub(super) note: String,
}

/// Where a bounty has come to.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum BountyState {
    Open,
    Claimed,
    Completed,
    Disputed,
    Cancelled,
}

#[derive(Deserialize)]
pub(super) struct Topics {
    pub(super) agent: String,
    pub(super) tags: Vec<Category>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Draft {
    pub(super) author: String,
    pub(super) template_id: Template,
    pub(super) category: Category,
    pub(super) fields: serde_json::Map<String, serde_json::Value>,
}

#[derive(Deserialize)]
pub(super) struct Boost {
    pub(super) agent: String,
    pub(super) note: String,
    #[serde(rename = "type")]
    pub(super) kind: BoostKind,
}

/// All fixtures.
pub(super) struct Fixtures {
    pub(super) cast: CastFile,
    pub(super) notes: Vec<Note>,
    pub(super) threads: ThreadsFile,
    pub(super) ties: TiesFile,
}

impl Fixtures {
    pub(super) fn read() -> Result<Fixtures> {
        let notes: NotesFile = parse("notes.toml", include_str!("../../../fixtures/demo/notes.toml"))?;
        Ok(Fixtures {
            cast: parse("cast.toml", include_str!("../../../fixtures/demo/cast.toml"))?,
            notes: notes.note,
            threads: parse("threads.toml", include_str!("../../../fixtures/demo/threads.toml"))?,
            ties: parse("ties.toml", include_str!("../../../fixtures/demo/ties.toml"))?,
        })
    }
}

fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T> {
    toml::from_str(text).map_err(|error| Error::internal(format!("fixtures/demo/{file}: {error}")))
}
