//! Cookies as answers set them: never seen by scripts, never sent along by other sites' forms and pictures.

use std::fmt;

/// A cookie to set, as the value of a `Set-Cookie` header: HttpOnly and SameSite=Lax always.
#[derive(Debug, Clone, Copy)]
pub struct SetCookie<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its value; nothing that needs escaping.
    pub value: &'a str,
    /// The paths it is sent to.
    pub path: &'a str,
    /// How long a browser keeps it, in seconds; 0 takes it away.
    pub max_age_secs: i64,
    /// Whether it stays off connections that are not encrypted.
    pub secure: bool,
}

impl fmt::Display for SetCookie<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SetCookie { name, value, path, max_age_secs, secure } = self;
        write!(f, "{name}={value}; Path={path}; Max-Age={max_age_secs}; HttpOnly; SameSite=Lax")?;
        if *secure { f.write_str("; Secure") } else { Ok(()) }
    }
}
