//! The theme: light, dark, or as the system has it. A person's choice is a cookie, so that it needs no sign-in and no script.

use serde::Deserialize;

use super::forms;
use crate::base::error::Result;
use crate::http::{Headers, Response, WriteContext};

/// The cookie that holds the choice. The script writes it too, so it is no secret.
pub const COOKIE: &str = "aiins_theme";

crate::words! {
    /// The colours of pages.
    pub enum Theme {
        /// As the system has it.
        System = "system",
        /// Light.
        Light = "light",
        /// Dark.
        Dark = "dark",
    }
}

impl Theme {
    /// What a browser's cookie asks for.
    #[must_use]
    pub fn of(headers: &Headers) -> Theme {
        headers.cookie(COOKIE).and_then(Theme::from_word).unwrap_or(Theme::System)
    }
}

#[derive(Deserialize)]
struct Choice {
    theme: Theme,
}

/// Keeps the choice for a year and goes back to where the person was.
///
/// # Errors
/// 400 for a theme that there is not.
pub fn set(ctx: &WriteContext) -> Result<Response> {
    let choice: Choice = ctx.request.form()?;
    let cookie = format!("{COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax", choice.theme);
    Ok(forms::back(ctx, "/").header("Set-Cookie", cookie))
}
