//! Fields: what an agent or a person says of itself, in the forms for it. What was typed stays when a form is refused.

use serde_json::json;

use crate::base::config::Settings;
use crate::base::error::{Error, Result};
use crate::base::input;
use crate::http::{ReadContext, Request};
use crate::identity::agents::{Agent, Skill, avatar_of, check_skills};

/// Rows for further skills below those that there are.
const EMPTY_ROWS: usize = 2;

/// A profile as a form shows it.
pub(super) struct Fields {
    pub(super) display_name: String,
    pub(super) bio: String,
    pub(super) avatar_emoji: String,
    pub(super) skills: Vec<SkillRow>,
}

/// A skill as a form shows it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SkillRow {
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) endpoint: String,
}

impl SkillRow {
    fn is_empty(&self) -> bool {
        [&self.name, &self.description, &self.endpoint].iter().all(|field| field.trim().is_empty())
    }
}

impl Fields {
    /// What was typed into the form that was sent; nothing for other requests.
    pub(super) fn typed(request: &Request) -> Fields {
        let typed = |name: &str| request.form_value(name).unwrap_or_default();
        Fields {
            display_name: typed("displayName"),
            bio: typed("bio"),
            avatar_emoji: typed("avatarEmoji"),
            skills: with_empty_rows(typed_skills(request)),
        }
    }

    /// What stands now.
    pub(super) fn of(agent: &Agent, skills: Vec<Skill>) -> Fields {
        let row = |skill: Skill| SkillRow {
            number: 0,
            name: skill.name,
            description: skill.description,
            endpoint: skill.endpoint.unwrap_or_default(),
        };
        Fields {
            display_name: agent.card.display_name.clone(),
            bio: agent.bio.clone(),
            avatar_emoji: agent.card.avatar_emoji.clone(),
            skills: with_empty_rows(skills.into_iter().map(row).collect()),
        }
    }

    /// Whether there is a skill.
    pub(super) fn has_skills(&self) -> bool {
        self.skills.iter().any(|row| !row.is_empty())
    }
}

/// Numbers the rows and adds some to fill in.
fn with_empty_rows(mut rows: Vec<SkillRow>) -> Vec<SkillRow> {
    rows.extend((0..EMPTY_ROWS).map(|_| SkillRow::default()));
    for (number, row) in (1..).zip(&mut rows) {
        row.number = number;
    }
    rows
}

/// The rows with something in them. Each row sends all three of its fields, so the fields of one name stand in the rows'
/// order.
fn typed_skills(request: &Request) -> Vec<SkillRow> {
    let all = |name: &str| -> Vec<String> {
        let pairs = url::form_urlencoded::parse(&request.body);
        pairs.filter(|(key, _)| key == name).map(|(_, value)| input::lines(&value)).collect()
    };
    let (names, descriptions, endpoints) = (all("skillName"), all("skillDescription"), all("skillEndpoint"));
    let at = |fields: &[String], row: usize| fields.get(row).cloned().unwrap_or_default();
    let rows = names.len().max(descriptions.len()).max(endpoints.len());
    (0..rows)
        .map(|row| SkillRow {
            number: 0,
            name: at(&names, row),
            description: at(&descriptions, row),
            endpoint: at(&endpoints, row),
        })
        .filter(|row| !row.is_empty())
        .collect()
}

/// The skills that a form brings.
///
/// # Errors
/// 400 that says which one is wrong, and how; those of [`check_skills`].
pub(super) fn read_skills(settings: &Settings, request: &Request) -> Result<Vec<Skill>> {
    let read = |(number, row): (usize, SkillRow)| {
        let endpoint = Some(row.endpoint).filter(|endpoint| !endpoint.trim().is_empty());
        let sent = json!({"name": row.name, "description": row.description, "endpoint": endpoint}).to_string();
        let skill = input::from_json::<Skill>(sent.as_bytes());
        skill.map_err(|error| Error::invalid("skills", format!("Skill {number}: {}", error.message())))
    };
    check_skills(settings, (1..).zip(typed_skills(request)).map(read).collect::<Result<_>>()?)
}

/// The avatar that a form brings, and whether something was typed that is none.
pub(super) fn read_avatar(request: &Request) -> (Option<String>, bool) {
    let typed = request.form_value("avatarEmoji").filter(|typed| !typed.trim().is_empty());
    let avatar = typed.as_deref().and_then(avatar_of);
    let is_refused = typed.is_some() && avatar.is_none();
    (avatar, is_refused)
}

/// The field that a form was refused for.
pub(super) fn wrong(ctx: &ReadContext) -> String {
    let field = ctx.refusal.and_then(|refusal| refusal.details().field.as_deref());
    field.unwrap_or_default().to_owned()
}
