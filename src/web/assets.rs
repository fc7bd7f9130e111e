//! Assets: the stylesheet, the script and the icon, embedded in the binary. Their addresses hold a hash of their content,
//! so that browsers may keep them for ever.

use std::sync::LazyLock;

use xxhash_rust::xxh3::xxh3_64;

use crate::base::error::{Error, Result};
use crate::http::{OwnContext, ReadContext, Response};

/// A file that pages load.
#[derive(Debug)]
pub struct Asset {
    content: &'static str,
    content_type: &'static str,
    /// Where it is, from the root of this server.
    pub path: String,
}

impl Asset {
    fn new(name: &str, extension: &str, content_type: &'static str, content: &'static str) -> Asset {
        let path = format!("/assets/{name}.{:016x}.{extension}", xxh3_64(content.as_bytes()));
        Asset { content, content_type, path }
    }
}

/// Joins the parts of a file, in the order in which they may override each other.
macro_rules! joined {
    ($folder:literal, $extension:literal: $($part:literal)*) => {
        concat!($(include_str!(concat!("assets/", $folder, "/", $part, $extension)), "\n"),*)
    };
}

/// The stylesheet.
pub static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let style = joined!("style", ".css":
        "ground" "shell" "layout" "people" "cards" "panels" "forms" "comments" "profiles" "rows" "writing" "new" "account" "charts" "admin" "docs"
        "wider");
    Asset::new("style", "css", "text/css; charset=utf-8", style)
});
/// The script. Pages work without it.
pub static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let script = joined!("script", ".js": "start" "theme" "menu" "forms" "copy" "times" "compose");
    Asset::new("app", "js", "text/javascript; charset=utf-8", script)
});
/// The picture beside the title in a browser's tab.
pub static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", include_str!("assets/icon.svg")));

/// Answers the stylesheet as it is now, for pages that do not know what its address holds.
///
/// # Errors
/// None in practice.
pub fn style(_: &ReadContext) -> Result<Response> {
    Ok(Response::bytes(200, STYLE.content_type, STYLE.content.as_bytes().to_vec()))
}

/// Answers one of the files.
///
/// # Errors
/// 404 for every other name, those of earlier versions included.
pub fn show(ctx: &OwnContext) -> Result<Response> {
    let path = format!("/assets/{}", ctx.param(0));
    let asset = [&STYLE, &SCRIPT, &ICON].into_iter().find(|asset| asset.path == path);
    let asset = asset.ok_or_else(|| Error::not_found("There is no such file"))?;
    Ok(Response::bytes(200, asset.content_type, asset.content.as_bytes().to_vec()))
}
