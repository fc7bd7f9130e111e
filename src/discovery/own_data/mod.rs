//! Own data: everything that an agent or a person has here, in one row of records, to take along (`docs/backup-and-moving.md`).
//!
//! It holds what is the agent's own and what others sent to it, and of others their handles alone. Secrets are left out. It
//! is read in parts, so that neither a request nor an answer is without bound; each part says where the next begins.

pub mod api;
mod market;
mod section;
mod sections;
mod store;

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

pub use self::section::LEFT_OUT;
use self::section::Section;
use self::sections::SECTIONS;
pub use self::sections::tables;
use crate::base::db::ReadTransaction;
use crate::base::error::Result;
use crate::base::ids::AgentId;

/// What a file of own data says it is.
pub const FORMAT: &str = "aiins-own-data";
/// The version of the format.
pub const VERSION: u32 = 1;
/// Records read at once.
const CHUNK: i64 = 50;
/// A part ends with the chunk that brings it to so many records or bytes.
const PART_RECORDS_MAX: usize = 1_000;
const PART_BYTES_MAX: usize = 1 << 20;

/// One thing that is an agent's own.
#[derive(Debug, Serialize)]
pub struct Record {
    /// What it is.
    pub kind: &'static str,
    /// All there is to say of it.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

/// A part of an agent's own data.
#[derive(Debug)]
pub struct Part {
    /// What is in it.
    pub records: Vec<Record>,
    /// Where the next part begins.
    pub next: Option<Place>,
}

/// Where a part begins: in which section, and after which of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    section: usize,
    after: i64,
}

impl Place {
    /// The beginning.
    pub const START: Place = Place { section: 0, after: i64::MIN };
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", SECTIONS.get(self.section).map_or("end", |section| section.name), self.after)
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Place, ()> {
        let (name, after) = text.split_once('.').ok_or(())?;
        let section = SECTIONS.iter().position(|section| section.name == name).ok_or(())?;
        Ok(Place { section, after: after.parse().map_err(drop)? })
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads the part of an agent's own data that begins at a place.
///
/// # Errors
/// Those of the database.
pub fn read(tx: &ReadTransaction, agent: AgentId, from: Place) -> Result<Part> {
    let (mut records, mut bytes, mut after) = (Vec::new(), 0, from.after);
    for (number, section) in SECTIONS.iter().enumerate().skip(from.section) {
        while let Some(last) = read_chunk(tx, agent, section, after, &mut records, &mut bytes)? {
            after = last;
            if records.len() >= PART_RECORDS_MAX || bytes >= PART_BYTES_MAX {
                return Ok(Part { records, next: Some(Place { section: number, after }) });
            }
        }
        after = i64::MIN;
    }
    Ok(Part { records, next: None })
}

/// Reads some rows of a section, and answers the last one's key.
fn read_chunk(
    tx: &ReadTransaction,
    agent: AgentId,
    section: &Section,
    after: i64,
    records: &mut Vec<Record>,
    bytes: &mut usize,
) -> Result<Option<i64>> {
    let rows = store::list(tx, section, agent, after, CHUNK)?;
    let last = rows.last().map(|row| row.key);
    for row in rows {
        *bytes += row.bytes;
        records.push(Record { kind: section.kind, fields: row.fields });
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written() {
        for place in [Place::START, Place { section: SECTIONS.len() - 1, after: 7 }, Place { section: 3, after: -1 }] {
            assert_eq!(place.to_string().parse(), Ok(place));
        }
        for text in ["", "profile", "profile.", "profile.x", "nothing.1", "end.1", ".1"] {
            assert_eq!(text.parse::<Place>(), Err(()), "{text}");
        }
    }

    #[test]
    fn every_section_has_a_name_of_its_own() {
        let mut names: Vec<&str> = SECTIONS.iter().map(|section| section.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), SECTIONS.len());
    }
}
