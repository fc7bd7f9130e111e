//! The house stands: arrows point down, one room writes a table, and what belongs to one place stays there.

// Only such builds remember the statements they prepare.
#[cfg(debug_assertions)]
mod plans;
mod source;
mod supply;

use std::collections::{BTreeMap, BTreeSet};

use self::source::{File, arrows, files, schema};

/// The floors from the ground up, each with its rooms in the order in which they may use each other. A floor without
/// rooms is one that keeps no order inside.
const FLOORS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("http", &[]),
    ("ledger", &[]),
    (
        "identity",
        &[
            "activity",
            "owners",
            "webhook_secrets",
            "events",
            "agents",
            "blocks",
            "sessions",
            "notifications",
            "deliveries",
            "auth",
            "sign_in",
        ],
    ),
    (
        "content",
        &[
            "templates",
            "communities",
            "topics",
            "series",
            "notes",
            "drafts",
            "comments",
            "announcements",
            "series_notes",
        ],
    ),
    ("social", &["follows", "blocks", "votes", "messages"]),
    ("market", &["boosts", "tips", "bounties", "skills"]),
    ("moderation", &["log", "admin", "deletion", "reports", "review"]),
    (
        "discovery",
        &[
            "audit",
            "wallet",
            "feed",
            "profile",
            "reading",
            "search",
            "leaderboard",
            "explore",
            "analytics",
            "status",
            "own_data",
        ],
    ),
    ("web", &[]),
    ("protocols", &[]),
    ("app", &[]),
    ("cli", &[]),
];

/// Files that measure how long work takes; what time it is, everyone asks the clock.
const STOPWATCHES: &[&str] = &[
    "app/jobs.rs",
    "app/pipeline.rs",
    "base/db/pool.rs",
    "base/db/writer.rs",
    "base/webhook/mod.rs",
    "base/webhook/wire.rs",
    "cli/seed/mod.rs",
    "content/announcements/mod.rs",
    "discovery/feed/ranking.rs",
    "identity/sign_in/github.rs",
];
/// Lines of a file that one can still take in.
const LINES_MAX: usize = 500;

/// The place of a floor and a room; a floor's own `mod.rs` lies below its rooms.
fn height(floor: &str, room: Option<&str>) -> Option<(usize, usize)> {
    let level = FLOORS.iter().position(|(name, _)| *name == floor)?;
    let rooms = FLOORS[level].1;
    let place = match room.filter(|_| !rooms.is_empty()) {
        Some(room) => 1 + rooms.iter().position(|name| *name == room)?,
        None => 0,
    };
    Some((level, place))
}

#[track_caller]
fn assert_none(what: &str, problems: &[String]) {
    assert!(problems.is_empty(), "{what}:\n{}", problems.join("\n"));
}

#[test]
fn every_arrow_points_down() {
    let mut problems = Vec::new();
    for file in files() {
        let Some((floor, room)) = file.place() else { continue };
        let Some(own) = height(&floor, room.as_deref()) else {
            problems.push(format!("{}: its room has no place in FLOORS", file.path));
            continue;
        };
        for arrow in arrows(&file) {
            let (target, target_room) = (&arrow[0], arrow.get(1).map(String::as_str));
            // What is no room, such as a type in a floor's own file, stands as low as the floor.
            let there = height(target, target_room).or_else(|| height(target, None));
            if there.is_some_and(|there| there > own) {
                problems.push(format!("{} uses {}, which is above it", file.path, arrow.join("::")));
            }
        }
    }
    assert_none("arrows that point up", &problems);
}

#[test]
fn a_table_is_written_by_one_room() {
    let owners = schema();
    let mut problems = Vec::new();
    for file in files() {
        for (verb, table) in file.writes() {
            match owners.get(&table) {
                Some(owner) if file.is_of(owner) => {}
                Some(owner) => problems.push(format!("{}: {verb} {table}, which {owner} writes", file.path)),
                None => problems.push(format!("{}: {verb} {table}, which schema.sql does not have", file.path)),
            }
        }
    }
    assert_none("tables with a second writer", &problems);
}

#[test]
fn every_table_has_a_room_that_writes_it() {
    let paths: BTreeSet<String> = files().into_iter().map(|file| file.path).collect();
    let is_room = |owner: &str| paths.iter().any(|path| path.starts_with(owner));
    let homeless: Vec<String> = schema()
        .into_iter()
        .filter(|(_, owner)| !is_room(owner))
        .map(|(table, owner)| format!("{table}: {owner}"))
        .collect();
    assert_none("tables whose room does not exist", &homeless);
}

#[test]
fn what_belongs_to_one_place_stays_there() {
    /// Words, who may say them, and why.
    const WORDS: &[(&[&str], &[&str], &str)] = &[
        (&["\"BEGIN", "\"COMMIT", "\"ROLLBACK", "\"SAVEPOINT", "\"RELEASE"], &["base/db"], "only base/db says BEGIN"),
        (&["SystemTime::now", "jiff::Timestamp::now", "Zoned::now"], &["base/clock"], "only base/clock asks the time"),
        (&["pub mod store", "pub(crate) mod store"], &[], "a room's SQL is its own"),
        (&["unsafe {", "unsafe fn"], &[], "no unsafe"),
        (&[".unwrap()"], &[], "no unwrap outside tests"),
    ];
    let mut problems = Vec::new();
    for file in files() {
        for (number, line) in file.code_lines() {
            for (words, places, why) in WORDS {
                let is_said = words.iter().any(|word| line.contains(word));
                if is_said && !places.iter().any(|place| file.path.starts_with(place)) {
                    problems.push(format!("{}:{number}: {why}: {}", file.path, line.trim()));
                }
            }
            let measures = file.path.starts_with("http/") || STOPWATCHES.contains(&file.path.as_str());
            if line.contains("Instant::now") && !measures {
                problems.push(format!("{}:{number}: a stopwatch outside of STOPWATCHES", file.path));
            }
        }
    }
    assert_none("things out of their place", &problems);
}

#[test]
fn no_file_is_longer_than_one_can_take_in() {
    let long: BTreeMap<String, usize> = files()
        .into_iter()
        .map(|file| (file.path, file.text.lines().count()))
        .filter(|(_, lines)| *lines > LINES_MAX)
        .collect();
    assert!(long.is_empty(), "more than {LINES_MAX} lines: {long:?}");
}

#[test]
fn the_test_sees_what_it_looks_for() {
    let file = |path: &str, text: &str| File { path: path.into(), text: text.into() };
    let up = file("ledger/mod.rs", "use crate::{base::db, identity::{agents, owners::{self, issue}}};\n");
    assert_eq!(
        arrows(&up),
        [vec!["base", "db"], vec!["identity", "agents"], vec!["identity", "owners"], vec!["identity", "owners"]]
    );
    let aside = file("identity/agents/mod.rs", "use super::owners;\nmod store;\nuse self::store::X;\n");
    assert_eq!(arrows(&aside), [vec!["identity", "owners"], vec!["identity", "agents"]]);
    let deep = file("identity/agents/store.rs", "use super::{Agent, rules};\n let x = crate::http::Response::ok();");
    assert_eq!(arrows(&deep), [vec!["http", "Response"], vec!["identity", "agents"], vec!["identity", "agents"]]);
    let sql = file(
        "social/votes/store.rs",
        "\"INSERT OR REPLACE INTO notes (\n  id) ON CONFLICT DO UPDATE\n SET x\" \"UPDATE agents\" \"DELETE FROM a\"",
    );
    assert_eq!(sql.writes().len(), 3, "{:?}", sql.writes());
    assert!(height("content", Some("comments")) > height("content", Some("notes")));
    assert_eq!(schema()["recent_likes"], "social/votes");
}
