//! A browser: it keeps cookies, and says what it wants and where it comes from.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::Value;
use url::form_urlencoded;

use super::github::GitHub;
use crate::harness::{Answer, Client, Server};

pub struct Browser<'s> {
    server: &'s Server,
    pub cookies: RefCell<BTreeMap<String, String>>,
}

impl<'s> Browser<'s> {
    pub fn new(server: &'s Server) -> Browser<'s> {
        Browser { server, cookies: RefCell::default() }
    }

    /// The same cookies, seen by a program: it accepts anything.
    pub fn client(&self) -> Client<'s> {
        let cookies: Vec<String> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        match cookies.is_empty() {
            true => self.server.anyone(),
            false => self.server.anyone().with("cookie", &cookies.join("; ")),
        }
    }

    fn page(&self) -> Client<'s> {
        self.client().with("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
    }

    fn keep(&self, answer: Answer) -> Answer {
        for cookie in set_cookies(&answer) {
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// Opens an address that someone typed in.
    #[track_caller]
    pub fn open(&self, path: &str) -> Answer {
        self.keep(self.page().with("sec-fetch-site", "none").get(path))
    }

    /// Follows a link of another site, as coming back from GitHub is.
    #[track_caller]
    pub fn arrive(&self, path: &str) -> Answer {
        self.keep(self.page().with("sec-fetch-site", "cross-site").get(path))
    }

    /// Asks as a program does.
    #[track_caller]
    pub fn fetch(&self, path: &str) -> Answer {
        self.keep(self.client().get(path))
    }

    /// Sends a form of one of our own pages.
    #[track_caller]
    pub fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.keep(self.page().with("sec-fetch-site", "same-origin").call("POST", path, form(fields).as_bytes()))
    }

    /// Signs in from beginning to end.
    #[track_caller]
    pub fn sign_in(&self, github: &GitHub, user: &Value) -> Answer {
        let back = self.go(github, "/api/auth/login", user);
        self.arrive(&back)
    }

    /// Goes to GitHub and agrees; answers the path it is sent back to.
    #[track_caller]
    pub fn go(&self, github: &GitHub, path: &str, user: &Value) -> String {
        let answer = self.open(path);
        assert_eq!(answer.status, 303, "{}", answer.text());
        github.agree(answer.header("location").unwrap(), user)
    }

    /// Who it is signed in as.
    #[track_caller]
    pub fn me(&self) -> Value {
        self.fetch("/api/auth/me").expect(200)
    }
}

pub fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub fn set_cookies(answer: &Answer) -> Vec<String> {
    let lines = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
    lines.map(|(_, value)| value.clone()).collect()
}

/// The value of a form's hidden field.
#[track_caller]
pub fn state_of(page: &str) -> String {
    page.split_once("name=\"state\" value=\"")
        .unwrap_or_else(|| panic!("{page}"))
        .1
        .split('"')
        .next()
        .unwrap()
        .to_owned()
}
