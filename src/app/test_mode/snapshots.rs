//! Snapshots: states of a test server that a test goes back to, the one after its start first of all.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

use super::{TestMode, done};
use crate::app::jobs;
use crate::base::chance::{self, Sequence};
use crate::base::clock::{Motion, Timestamp};
use crate::base::db::{self, Store};
use crate::base::error::{Error, Result};
use crate::http::{OwnContext, Response};

/// Snapshots that are kept at once.
const SNAPSHOTS_MAX: usize = 20;
const NAME_CHARS_MAX: usize = 40;

/// The name of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Name(String);

/// `POST /test/snapshots`
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({"name": "three-agents"}))]
pub struct Take {
    name: Name,
}

/// A state that can be gone back to.
#[derive(Serialize, JsonSchema)]
pub struct SnapshotJson {
    name: Name,
    /// What the clock said then.
    at: Timestamp,
}

/// The answer to a snapshot that was taken.
#[derive(Serialize, JsonSchema)]
pub struct Taken {
    success: bool,
    snapshot: SnapshotJson,
}

/// All of them.
#[derive(Serialize, JsonSchema)]
pub struct SnapshotList {
    snapshots: Vec<SnapshotJson>,
}

/// What the clock says now that the server is in another state.
#[derive(Serialize, JsonSchema)]
pub struct Restored {
    success: bool,
    now: Timestamp,
}

/// A copy of the file, and what is not in it.
struct Snapshot {
    file: PathBuf,
    at: Timestamp,
    motion: Option<Motion>,
    last_id: i64,
    sequence: Option<Sequence>,
}

/// The states that were kept.
#[derive(Default)]
pub(super) struct Snapshots(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    start: Option<Arc<Snapshot>>,
    named: BTreeMap<Name, Arc<Snapshot>>,
    /// Copies made so far: each has a file name of its own.
    copies: u64,
}

impl Name {
    fn parse(text: &str) -> Option<Name> {
        let fits = (1..=NAME_CHARS_MAX).contains(&text.len())
            && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'));
        fits.then(|| Name(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let what = || serde::de::Error::custom(format!("must be 1 to {NAME_CHARS_MAX} of a-z, 0-9, - and _"));
        value.as_str().and_then(Name::parse).ok_or_else(what)
    }
}

impl JsonSchema for Name {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SnapshotName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": format!("^[a-z0-9_-]{{1,{NAME_CHARS_MAX}}}$")})
    }
}

impl Snapshot {
    fn take(store: &Store, copy: u64) -> Result<Snapshot> {
        let file = db::with_suffix(store.path(), &format!(".snapshot-{copy}"));
        db::remove(&file)?;
        // Asked where secrets are drawn.
        let sequence = store.write(|_| Ok(chance::sequence()))?;
        store.backup(&file, |_, _| {})?;
        let clock = store.clock();
        Ok(Snapshot { file, at: clock.now(), motion: clock.motion(), last_id: store.ids().last(), sequence })
    }

    fn restore(&self, store: &Store) -> Result<()> {
        store.revert(&self.file, &super::kept())?;
        store.ids().restart_above(self.last_id);
        if let Some(motion) = self.motion {
            store.clock().steer(motion);
        }
        let sequence = self.sequence;
        store.write(move |_| {
            chance::follow(sequence);
            Ok(())
        })
    }
}

impl Snapshots {
    /// Keeps the state that a reset leads back to.
    pub(super) fn keep_start(&self, store: &Store) -> Result<()> {
        let start = Snapshot::take(store, 0)?;
        self.lock().start = Some(Arc::new(start));
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps the state as it is now under a name; an older one of that name is replaced.
///
/// # Errors
/// 400 for a bad body, 409 when there are too many, 503 when the file cannot be copied.
pub fn take(ctx: &OwnContext) -> Result<Response> {
    let Take { name } = ctx.request.json()?;
    let store: &Store = ctx.tx;
    let test_mode = ctx.tx.memory::<TestMode>();
    let mut kept = test_mode.snapshots.lock();
    if kept.named.len() >= SNAPSHOTS_MAX && !kept.named.contains_key(&name) {
        return Err(Error::conflict(format!("There are {SNAPSHOTS_MAX} snapshots already; delete one")));
    }
    kept.copies += 1;
    let copy = kept.copies;
    let snapshot = jobs::between(store, || {
        // What readers gathered in memory belongs to the state.
        jobs::run_each(store);
        Snapshot::take(store, copy)
    })?;
    let taken = SnapshotJson { name: name.clone(), at: snapshot.at };
    if let Some(old) = kept.named.insert(name, Arc::new(snapshot)) {
        db::remove(&old.file)?;
    }
    Response::created(&Taken { success: true, snapshot: taken })
}

/// Lists the snapshots by name.
///
/// # Errors
/// None in practice.
pub fn list(ctx: &OwnContext) -> Result<Response> {
    let test_mode = ctx.tx.memory::<TestMode>();
    let kept = test_mode.snapshots.lock();
    let snapshots = kept.named.iter().map(|(name, snapshot)| SnapshotJson { name: name.clone(), at: snapshot.at });
    Response::ok(&SnapshotList { snapshots: snapshots.collect() })
}

/// Goes back to a snapshot.
///
/// # Errors
/// 404 for no such one, 503 when the file is in use.
pub fn restore(ctx: &OwnContext) -> Result<Response> {
    let test_mode = ctx.tx.memory::<TestMode>();
    let snapshot = Name::parse(ctx.param(0)).and_then(|name| test_mode.snapshots.lock().named.get(&name).cloned());
    let snapshot = snapshot.ok_or_else(not_found)?;
    go_back(ctx.tx, &test_mode, &snapshot)
}

/// Deletes a snapshot.
///
/// # Errors
/// 404 for no such one.
pub fn delete(ctx: &OwnContext) -> Result<Response> {
    let test_mode = ctx.tx.memory::<TestMode>();
    let deleted = Name::parse(ctx.param(0)).and_then(|name| test_mode.snapshots.lock().named.remove(&name));
    db::remove(&deleted.ok_or_else(not_found)?.file)?;
    done()
}

/// Goes back to the state after the start, and takes every order back.
///
/// # Errors
/// 503 when the file is in use.
pub fn reset(ctx: &OwnContext) -> Result<Response> {
    let test_mode = ctx.tx.memory::<TestMode>();
    let start = test_mode.snapshots.lock().start.clone();
    let start = start.ok_or_else(|| Error::internal("a test server has kept no start"))?;
    test_mode.forget_orders(ctx.tx);
    go_back(ctx.tx, &test_mode, &start)
}

fn go_back(store: &Store, test_mode: &TestMode, snapshot: &Snapshot) -> Result<Response> {
    jobs::between(store, || snapshot.restore(store))?;
    test_mode.is_reverted.store(true, Ordering::SeqCst);
    Response::ok(&Restored { success: true, now: store.clock().now() })
}

fn not_found() -> Error {
    Error::not_found("Snapshot not found")
}
