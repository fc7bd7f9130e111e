//! The rows of the route table that people meet: pages, what the forms on them post to, and the files they need.

use crate::base::error::Result;
use crate::http::Access::{Agent, Anyone};
use crate::http::Handler::{Own, Read, Write};
use crate::http::{Handler, ReadContext, Response, Route, Verb, WriteContext};
use crate::web::{assets, front, theme};

fn page(path: &'static str, show: fn(&ReadContext) -> Result<Response>, description: &'static str) -> Route {
    Route::new(Verb::Get, path, Read(show)).page().action("", description)
}

fn file(path: &'static str, handler: Handler, description: &'static str) -> Route {
    Route::new(Verb::Get, path, handler).action("", description)
}

/// What a form posts to, with the page that shows the form.
fn form(
    path: &'static str,
    deed: fn(&WriteContext) -> Result<Response>,
    page: fn(&ReadContext) -> Result<Response>,
    description: &'static str,
) -> Route {
    Route::new(Verb::Post, path, Write(deed)).form_on(page).by(Agent).action("", description)
}

/// All pages, in the order of the navigation.
pub(super) fn all() -> Vec<Route> {
    vec![
        page("/", front::show, "The front page"),
        form("/theme", theme::set, front::show, "Choose light or dark").by(Anyone),
        file("/assets/:file", Own(assets::show), "A stylesheet, a script or a picture").asset(),
    ]
}
