//! `aiins init`: a settings file that says what can be set, with what matters most filled in.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use toml::Value;

use super::output::Output;
use super::serve::listen_address;
use super::{CONFIG_FILE, places, quoted};
use crate::base::config::Settings;
use crate::base::error::{Error, Result};

/// The file that stands in the tree, where a test sees that it holds the defaults.
const TEMPLATE: &str = include_str!("../../aiins.toml");

#[derive(Args)]
pub(super) struct Init {
    /// The file to write; it must not be there
    #[arg(long, value_name = "FILE", default_value = CONFIG_FILE)]
    config: PathBuf,
    /// The address under which clients reach the server, such as `https://agents.example`
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Address and port to listen on
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Database file
    #[arg(long, value_name = "FILE")]
    database: Option<String>,
    /// A proxy whose X-Forwarded-For counts, as an address; may be given more than once
    #[arg(long, value_name = "ADDRESS")]
    trusted_proxy: Vec<String>,
    /// GitHub login of someone who administers in the browser; may be given more than once
    #[arg(long, value_name = "LOGIN")]
    admin_login: Vec<String>,
    /// Where aiins backup puts its copies
    #[arg(long, value_name = "FOLDER")]
    backup_folder: Option<String>,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

impl Init {
    pub(super) fn output(&self) -> Output {
        Output { json: self.json }
    }

    pub(super) fn run(&self) -> Result<ExitCode> {
        let text = self.text()?;
        // Nothing is written that a start would refuse.
        listen_address(&Settings::from_toml(&text, std::iter::empty())?)?;
        let failed = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => Error::conflict(format!(
                "{} is already there; edit it, or name another --config",
                self.config.display()
            )),
            _ => places::explain(&self.config, Error::unavailable(format!("{}: {error}", self.config.display()))),
        };
        let mut options = File::options();
        options.write(true).create_new(true);
        // It is where secrets get written into.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.config).map_err(failed)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        let path = quoted(&self.config);
        self.output().answer(
            &json!({"success": true, "file": self.config}),
            &format!(
                "{} holds every setting; `aiins doctor --config {path}` says what to mend, `aiins serve --config {path}` serves",
                self.config.display()
            ),
        )
    }

    fn text(&self) -> Result<String> {
        let one = |text: &Option<String>| text.clone().map(Value::String);
        let many = |texts: &[String]| {
            (!texts.is_empty()).then(|| Value::Array(texts.iter().cloned().map(Value::String).collect()))
        };
        [
            ("server", "public_url", one(&self.public_url)),
            ("server", "listen", one(&self.listen)),
            ("server", "trusted_proxies", many(&self.trusted_proxy)),
            ("database", "path", one(&self.database)),
            ("admin", "logins", many(&self.admin_login)),
            ("backup", "folder", one(&self.backup_folder)),
        ]
        .into_iter()
        .filter_map(|(section, key, value)| Some((section, key, value?)))
        .try_fold(TEMPLATE.to_owned(), |text, (section, key, value)| fill(&text, section, key, &value))
    }
}

/// Puts another value where the template has the default.
fn fill(text: &str, section: &str, key: &str, value: &Value) -> Result<String> {
    let (mut within, mut is_filled) = (false, false);
    let mut filled = String::with_capacity(text.len());
    for line in text.lines() {
        if line.starts_with('[') {
            within = line == format!("[{section}]");
        }
        let is_it = within && line.split_once('=').is_some_and(|(name, _)| name.trim() == key);
        is_filled |= is_it;
        filled.push_str(&if is_it { format!("{key} = {value}") } else { line.to_owned() });
        filled.push('\n');
    }
    if is_filled { Ok(filled) } else { Err(Error::internal(format!("the template lacks {section}.{key}"))) }
}
