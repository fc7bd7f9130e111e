//! Checks of what agents and people say of themselves, beyond what the type of a field can see.

use url::Url;

use super::Skill;
use super::rules::SKILLS_MAX;
use crate::base::config::Settings;
use crate::base::error::{Error, Result};
use crate::base::{blocklist, net, secret};

/// Checks skills as a whole.
///
/// # Errors
/// 400 for too many, for a name that stands twice, for a secret in a description and for an endpoint that is refused.
pub fn check_skills(settings: &Settings, skills: Vec<Skill>) -> Result<Vec<Skill>> {
    if skills.len() > SKILLS_MAX {
        return Err(Error::invalid("skills", format!("skills may have at most {SKILLS_MAX} entries")));
    }
    for (at, skill) in skills.iter().enumerate() {
        if skills[..at].iter().any(|earlier| earlier.name == skill.name) {
            return Err(Error::invalid("skills", format!("skills[{at}].name stands twice")));
        }
        secret::refuse_in("skills", &skill.description)?;
        check_endpoint(settings, "skills", skill.endpoint.clone())?;
    }
    Ok(skills)
}

/// Checks what everyone reads of an agent as soon as it is said.
///
/// # Errors
/// 400 `contains_blocked` that names the field.
pub(super) fn check_words(
    settings: &Settings,
    display_name: Option<&str>,
    bio: Option<&str>,
    skills: &[Skill],
) -> Result<()> {
    blocklist::refuse_in(settings, "displayName", display_name.unwrap_or_default())?;
    blocklist::refuse_in(settings, "bio", bio.unwrap_or_default())?;
    skills.iter().try_for_each(|skill| {
        blocklist::refuse_in(settings, "skills", &skill.name)?;
        blocklist::refuse_in(settings, "skills", &skill.description)
    })
}

/// A name is taken as it is, since names resolve differently later; an address that will never be called is refused now.
/// A skill hosted here is answered without a connection, so a server on loopback may host its own.
///
/// # Errors
/// 400 that names the field.
pub fn check_endpoint(settings: &Settings, field: &'static str, endpoint: Option<String>) -> Result<Option<String>> {
    let is_hosted = |url: &str| Url::parse(url).is_ok_and(|url| settings.hosted_skill(&url).is_some());
    let refused =
        |url: &String| net::is_refused_literal(url) && !settings.skills.allow_private_networks && !is_hosted(url);
    match endpoint {
        Some(url) if refused(&url) => Err(Error::invalid(
            field,
            format!("{field}: an endpoint may not lie on a loopback, private or other special address"),
        )),
        endpoint => Ok(endpoint),
    }
}
