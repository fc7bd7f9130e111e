//! Where each setting comes from, for the operator who wonders why it is what it is.

use toml::{Table, Value};

use super::Settings;
use crate::base::error::{Error, Result};

/// Settings that nobody is to read over the operator's shoulder, or in what they send to others.
pub(super) const SECRETS: &[(&str, &str)] = &[("admin", "secret"), ("github", "client_secret"), ("metrics", "token")];
/// What stands for a secret that is set.
const MASK: &str = "********";

/// A place that a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody has set it.
    Default,
    /// The settings file.
    File,
    /// The environment, under this name.
    Environment(String),
    /// A flag of the command.
    CommandLine,
}

/// A setting as it holds.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The section it stands in.
    pub section: String,
    /// Its name there.
    pub key: String,
    /// Its value; a mask for a secret.
    pub value: Value,
    /// Where that comes from.
    pub origin: Origin,
    /// Whether it would be the same if nobody had set it.
    pub is_default: bool,
}

impl Setting {
    /// Its name with the section.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}.{}", self.section, self.key)
    }
}

impl Settings {
    /// Every setting with where it comes from. `file` is the text of the file, `env` the names in the environment. What is
    /// neither there nor a default was said on the command line.
    ///
    /// # Errors
    /// When the file's text is no TOML.
    pub fn origins(&self, file: &str, env: &[String]) -> Result<Vec<Setting>> {
        let file: Table = file.parse().map_err(|error: toml::de::Error| Error::internal(error.to_string()))?;
        let read = Settings::from_toml(&file.to_string(), std::env::vars().filter(|(name, _)| env.contains(name)))?;
        let tables = (Table::try_from(self), Table::try_from(read), Table::try_from(Settings::default()));
        let (Ok(effective), Ok(read), Ok(defaults)) = tables else {
            return Err(Error::internal("settings are no TOML"));
        };
        let mut settings = Vec::new();
        for (section, key, value) in entries(&effective) {
            let name = format!("AIINS_{}_{}", section.to_uppercase(), key.to_uppercase());
            let origin = match () {
                () if find(&read, section, key) != Some(value) => Origin::CommandLine,
                () if env.contains(&name) => Origin::Environment(name),
                () if find(&file, section, key).is_some() => Origin::File,
                () => Origin::Default,
            };
            let is_default = find(&defaults, section, key) == Some(value);
            let value = masked(section, key, value);
            settings.push(Setting { section: section.to_owned(), key: key.to_owned(), value, origin, is_default });
        }
        Ok(settings)
    }

    /// Names of the settings in which two differ.
    ///
    /// # Errors
    /// None in practice.
    pub fn differences(&self, other: &Settings) -> Result<Vec<String>> {
        let tables = (Table::try_from(self), Table::try_from(other));
        let (Ok(ours), Ok(theirs)) = tables else { return Err(Error::internal("settings are no TOML")) };
        let changed = entries(&ours).filter(|(section, key, value)| find(&theirs, section, key) != Some(value));
        Ok(changed.map(|(section, key, _)| format!("{section}.{key}")).collect())
    }
}

fn entries(table: &Table) -> impl Iterator<Item = (&str, &str, &Value)> {
    let sections = table.iter().filter_map(|(section, keys)| Some((section.as_str(), keys.as_table()?)));
    sections.flat_map(|(section, keys)| keys.iter().map(move |(key, value)| (section, key.as_str(), value)))
}

fn find<'t>(table: &'t Table, section: &str, key: &str) -> Option<&'t Value> {
    table.get(section)?.as_table()?.get(key)
}

fn masked(section: &str, key: &str, value: &Value) -> Value {
    let is_set = value.as_str().is_some_and(|text| !text.is_empty());
    if is_set && SECRETS.contains(&(section, key)) { Value::String(MASK.to_owned()) } else { value.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_says_where_it_comes_from_and_secrets_do_not_show() {
        let file = "[admin]\nsecret = \"hush\"\n[review]\nmin_chars = 5\n";
        let mut settings = Settings::from_toml(file, std::iter::empty()).unwrap();
        settings.server.listen = "127.0.0.1:7".into();
        let all = settings.origins(file, &[]).unwrap();
        let of = |name: &str| all.iter().find(|setting| setting.name() == name).unwrap();
        assert_eq!(of("review.min_chars").origin, Origin::File);
        assert_eq!(of("review.mode").origin, Origin::Default);
        assert_eq!(of("server.listen").origin, Origin::CommandLine);
        assert_eq!(of("admin.secret").value.as_str(), Some(MASK));
        assert_eq!(of("github.client_secret").value.as_str(), Some(""), "one that is not set says so");
        assert!(!format!("{all:?}").contains("hush"));
    }

    #[test]
    fn what_is_called_a_secret_is_one() {
        for (section, key, _) in entries(&Table::try_from(Settings::default()).unwrap()) {
            let sounds = ["secret", "token", "password", "private_key"].iter().any(|word| key.ends_with(word));
            assert_eq!(sounds, SECRETS.contains(&(section, key)), "{section}.{key}");
        }
    }

    #[test]
    fn differences_are_named() {
        let mut other = Settings::default();
        other.limits.write = 7;
        other.admin.secret = "hush".into();
        assert_eq!(Settings::default().differences(&other).unwrap(), ["admin.secret", "limits.write"]);
    }
}
