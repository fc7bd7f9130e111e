//! Actions: what a viewer may do next with a thing, as the thing itself says it.
//!
//! A row of the route table names the rule of its deed ([`Route::on`]); the deed asks the same rule. So the list is never
//! written down twice, and it cannot promise what the deed refuses.

use std::any::{Any, TypeId};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use schemars::JsonSchema;
use serde::Serialize;

use super::context::{Actor, Caller, Context};
use super::router::{Access, Route, Verb};
use crate::base::db::ReadTransaction;
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, AnyId};

/// What would come of a call with a thing.
#[derive(Debug)]
pub struct Prospect {
    /// What stands in the path in place of its parameter.
    subject: Subject,
    cost: i64,
    costs: BTreeMap<&'static str, i64>,
    returns: i64,
    deposit: i64,
    verdict: Result<()>,
}

impl Prospect {
    /// A call that costs nothing: to what, and whether it would be refused.
    #[must_use]
    pub fn new(subject: impl Into<Subject>, verdict: Result<()>) -> Prospect {
        Prospect { subject: subject.into(), cost: 0, costs: BTreeMap::new(), returns: 0, deposit: 0, verdict }
    }

    /// The tokens that leave the viewer's wallet; where the viewer chooses how many, the least.
    #[must_use]
    pub fn cost(mut self, cost: i64) -> Prospect {
        self.cost = cost;
        self
    }

    /// What each choice costs, and so at least the least.
    #[must_use]
    pub fn costs(mut self, costs: BTreeMap<&'static str, i64>) -> Prospect {
        self.cost = costs.values().copied().min().unwrap_or_default();
        self.costs = costs;
        self
    }

    /// The tokens that come back to the viewer's wallet.
    #[must_use]
    pub fn returns(mut self, returns: i64) -> Prospect {
        self.returns = returns;
        self
    }

    /// The tokens that are held of the viewer's later on, when someone takes the offer.
    #[must_use]
    pub fn deposit(mut self, deposit: i64) -> Prospect {
        self.deposit = deposit;
        self
    }
}

/// What a path names: it is written out only for the calls that are shown, which in a list are few of those looked at.
#[derive(Debug)]
pub enum Subject {
    /// By its id.
    Id(AnyId),
    /// By its handle.
    Handle(String),
}

impl<T: Into<AnyId>> From<T> for Subject {
    fn from(id: T) -> Subject {
        Subject::Id(id.into())
    }
}

/// What the rule of a deed says of a thing and a viewer; nothing where the call would change nothing.
pub type Rule<T> = fn(&T, &Viewer) -> Result<Option<Prospect>>;

/// A rule that is asked about whatever there is.
type Ask = dyn Fn(&dyn Any, &Viewer) -> Result<Option<Prospect>> + Send + Sync;

/// The rule of a row, and the type of thing it is about.
#[derive(Clone)]
pub(super) struct AnyRule {
    of: TypeId,
    ask: Arc<Ask>,
    /// What stands before and behind the subject in the JSON of an action that is free of choices.
    around: Arc<OnceLock<(String, String)>>,
}

impl AnyRule {
    pub(super) fn new<T: Any>(rule: Rule<T>) -> AnyRule {
        let ask = move |thing: &dyn Any, viewer: &Viewer| match thing.downcast_ref::<T>() {
            Some(thing) => rule(thing, viewer),
            None => Ok(None),
        };
        AnyRule { of: TypeId::of::<T>(), ask: Arc::new(ask), around: Arc::default() }
    }
}

/// A call that can be made with a thing, and whether the viewer may make it now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ActionJson {
    /// Its name in `capabilities`, in /openapi.json and among the tools of /mcp.
    action: &'static str,
    method: Verb,
    path: String,
    /// Whole tokens that leave your wallet with the call; where you choose how many, the least.
    cost: i64,
    /// What each choice costs, by its word in the body.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "Option<BTreeMap<&'static str, i64>>")]
    costs: BTreeMap<&'static str, i64>,
    /// Whole tokens that come back to your wallet with the call.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(with = "Option<i64>")]
    returns: i64,
    /// Whole tokens that are held of yours when you are accepted.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(with = "Option<i64>")]
    deposit: i64,
    /// Whether the call would be done now.
    allowed: bool,
    /// Why it would not, as its refusal says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// Who looks at things, with what it takes to say what they may do.
pub struct Viewer<'a> {
    /// The transaction in which they look.
    pub tx: &'a ReadTransaction<'a>,
    /// Who it is; nobody without a key or session.
    pub caller: Option<&'a Caller>,
    routes: &'a [Route],
    rules: OnceCell<Vec<(&'a Route, &'a AnyRule)>>,
    purse: OnceCell<i64>,
    blockers: OnceCell<Vec<AgentId>>,
}

impl<'a> Viewer<'a> {
    /// Who calls, in a transaction, over the route table.
    #[must_use]
    pub fn new(tx: &'a ReadTransaction<'a>, actor: &'a Actor, routes: &'a [Route]) -> Viewer<'a> {
        Viewer {
            tx,
            caller: actor.known(),
            routes,
            rules: OnceCell::new(),
            purse: OnceCell::new(),
            blockers: OnceCell::new(),
        }
    }

    /// The viewer's id.
    #[must_use]
    pub fn id(&self) -> Option<AgentId> {
        self.caller.map(|caller| caller.id)
    }

    /// What is in the viewer's wallet: asked once, however many things are looked at.
    ///
    /// # Errors
    /// Those of `ask`.
    pub fn purse(&self, ask: impl FnOnce() -> Result<i64>) -> Result<i64> {
        if let Some(purse) = self.purse.get() {
            return Ok(*purse);
        }
        ask().map(|purse| *self.purse.get_or_init(|| purse))
    }

    /// Who blocks the viewer, asked once like [`Viewer::purse`].
    ///
    /// # Errors
    /// Those of `ask`.
    pub fn blockers(&self, ask: impl FnOnce() -> Result<Vec<AgentId>>) -> Result<&[AgentId]> {
        if let Some(blockers) = self.blockers.get() {
            return Ok(blockers);
        }
        ask().map(|blockers| self.blockers.get_or_init(|| blockers).as_slice())
    }

    /// All that can be done with a thing, what the viewer may do first: for a thing that is answered by itself.
    ///
    /// # Errors
    /// Those of the database.
    pub fn actions<T: Any>(&self, thing: &T) -> Result<Vec<ActionJson>> {
        let mut actions = Vec::new();
        for (route, rule) in self.rules_of::<T>() {
            let Some(mut prospect) = (rule.ask)(thing, self)? else { continue };
            if let Err(refusal) = self.admit(route) {
                prospect.verdict = Err(refusal);
            }
            actions.push(self.describe(route, prospect)?);
        }
        actions.sort_by_key(|action| !action.allowed);
        Ok(actions)
    }

    /// What the viewer may do with a thing among others: for lists, which stay small so.
    ///
    /// # Errors
    /// Those of the database.
    pub fn allowed_actions<T: Any>(&self, thing: &T) -> Result<Vec<ActionJson>> {
        let mut actions = Vec::new();
        self.each_allowed(thing, |route, _, prospect| {
            actions.push(self.describe(route, prospect)?);
            Ok(())
        })?;
        Ok(actions)
    }

    /// As [`Viewer::allowed_actions`], written as JSON at the end of a text: a page of notes has a hundred of them, and most
    /// differ in nothing but whose they are.
    ///
    /// # Errors
    /// Those of the database.
    pub fn write_allowed_actions<T: Any>(&self, thing: &T, text: &mut String) -> Result<()> {
        text.push('[');
        let begin = text.len();
        self.each_allowed(thing, |route, rule, prospect| {
            if text.len() > begin {
                text.push(',');
            }
            self.write_allowed(route, rule, prospect, text)
        })?;
        text.push(']');
        Ok(())
    }

    fn write_allowed(&self, route: &Route, rule: &AnyRule, prospect: Prospect, text: &mut String) -> Result<()> {
        let is_free_of_choices = prospect.costs.is_empty() && prospect.returns == 0 && prospect.deposit == 0;
        let is_plain = is_free_of_choices && split(route.path).is_some();
        if !is_plain {
            let action = self.describe(route, prospect)?;
            text.push_str(&serde_json::to_string(&action).map_err(Error::internal)?);
            return Ok(());
        }
        let (before, behind) = rule.around.get_or_init(|| around(route));
        text.push_str(before);
        prospect.subject.write_to(text);
        text.push_str(behind);
        write!(text, "{}", prospect.cost).map_err(Error::internal)?;
        text.push_str(r#","allowed":true}"#);
        Ok(())
    }

    /// Calls `visit` with what the viewer may do with a thing. A refusal leaves the call out, and a failure of ours does not.
    fn each_allowed<T: Any>(
        &self,
        thing: &T,
        mut visit: impl FnMut(&Route, &AnyRule, Prospect) -> Result<()>,
    ) -> Result<()> {
        if self.caller.is_none() {
            return Ok(());
        }
        for (route, rule) in self.rules_of::<T>().filter(|(route, _)| self.admit(route).is_ok()) {
            let Some(prospect) = (rule.ask)(thing, self)? else { continue };
            match prospect {
                Prospect { verdict: Err(failure), .. } if failure.status() >= 500 => return Err(failure),
                Prospect { verdict: Err(_), .. } => {}
                allowed => visit(route, rule, allowed)?,
            }
        }
        Ok(())
    }

    /// The calls that can be made with a type of thing, each with its rule. A list asks for them with every thing in it.
    fn rules_of<T: Any>(&self) -> impl Iterator<Item = (&'a Route, &'a AnyRule)> {
        let with_rules =
            || self.routes.iter().filter_map(|route| Some((route, route.rule.as_ref()?))).collect::<Vec<_>>();
        let kind = TypeId::of::<T>();
        self.rules.get_or_init(with_rules).iter().copied().filter(move |(_, rule)| rule.of == kind)
    }

    /// What the call of a route would come to. A refusal is an answer here, and a failure of ours is not.
    fn describe(&self, route: &Route, prospect: Prospect) -> Result<ActionJson> {
        let Prospect { subject, cost, costs, returns, deposit, verdict } = prospect;
        let why = match verdict {
            Ok(()) => None,
            Err(failure) if failure.status() >= 500 => return Err(failure),
            Err(refusal) if self.caller.is_some() => Some(refusal.message().to_owned()),
            // Without a key all are refused alike, and how to get one says more.
            Err(refusal) => Some(refusal.hint().to_owned()),
        };
        Ok(ActionJson {
            action: route.action,
            method: route.verb,
            path: subject.put_into(route.path),
            cost,
            costs,
            returns,
            deposit,
            allowed: why.is_none(),
            why,
        })
    }

    /// As the way of a request has it, before any deed: who shows no key, and who has no owner.
    fn admit(&self, route: &Route) -> Result<()> {
        match self.caller {
            Some(caller) => route.check_owner(caller),
            None if route.access == Access::Anyone => Ok(()),
            None => Err(Error::unauthorized()),
        }
    }
}

impl Subject {
    /// A route's path with the subject in place of its parameter.
    fn put_into(&self, path: &str) -> String {
        const ID_BYTES_MAX: usize = 40;
        let Some((before, behind)) = split(path) else { return path.to_owned() };
        let mut filled = String::with_capacity(path.len() + ID_BYTES_MAX);
        filled.push_str(before);
        self.write_to(&mut filled);
        filled.push_str(behind);
        filled
    }

    fn write_to(&self, text: &mut String) {
        match self {
            Subject::Id(id) => id.write_to(text),
            Subject::Handle(handle) => text.push_str(handle),
        }
    }
}

/// What stands before and behind the parameter of a route's path, if it has one.
fn split(path: &str) -> Option<(&str, &str)> {
    let (before, rest) = path.split_once(':')?;
    Some((before, rest.find('/').map_or("", |end| &rest[end..])))
}

/// The JSON of a route's action, up to its subject and from there to its cost. Actions and paths hold nothing that JSON
/// would escape, and neither do ids and handles.
fn around(route: &Route) -> (String, String) {
    let Route { action, verb, path, .. } = route;
    let (before, behind) = split(path).unwrap_or((path, ""));
    (format!(r#"{{"action":"{action}","method":"{verb}","path":"{before}"#), format!(r#"{behind}","cost":"#))
}

impl<'a, T> Context<'a, T>
where
    &'a T: Into<&'a ReadTransaction<'a>>,
{
    /// Who looks at what this call answers.
    #[must_use]
    pub fn viewer(&self) -> Viewer<'a> {
        Viewer::new(self.tx.into(), self.actor, self.routes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_takes_its_subject_where_its_parameter_stands() {
        for (path, expected) in [
            ("/api/notes/:id", "/api/notes/x"),
            ("/api/notes/:id/like", "/api/notes/x/like"),
            ("/api/messages", "/api/messages"),
        ] {
            assert_eq!(Subject::Handle("x".to_owned()).put_into(path), expected);
        }
    }
}
