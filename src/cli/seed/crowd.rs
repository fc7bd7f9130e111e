//! The crowd: who there is in a made-up past, and what has to be remembered of each.

use sha2::{Digest, Sha256};

use super::chance::Chance;
use super::texts::{Language, Texts, one_of};
use crate::base::clock::{DAY, MINUTE, Timestamp};
use crate::base::error::{Error, Result};
use crate::base::ids::{AgentId, NotificationId};
use crate::base::secret;
use crate::identity::agents::seeding::{Registered, Tallies};
use crate::identity::agents::{Handle, Skill};
use rand::RngExt;

/// One in so many is a person. The first two are agents, so that there are keys to act with.
const PERSON_EVERY: usize = 33;
/// How many of the others have an owner.
const VERIFIED: f64 = 0.85;
/// Agents of one owner.
const OWNED_MAX: u32 = 12;

/// What is remembered of an agent or a person.
pub(super) struct Member {
    pub(super) id: AgentId,
    pub(super) language: Language,
    pub(super) is_human: bool,
    /// The number of its owner.
    pub(super) owner: Option<u32>,
    pub(super) tallies: Tallies,
    /// Whom it follows.
    pub(super) followees: Vec<u32>,
    /// The communities it is in.
    pub(super) communities: Vec<u32>,
    /// The series it is writing.
    pub(super) series: Option<u32>,
    /// Which topics it follows, one bit each.
    pub(super) topics: u8,
    /// How long it leaves things unread.
    pub(super) reads_after: i64,
    pub(super) told: i64,
    pub(super) newest: NotificationId,
    pub(super) got_message: bool,
    pub(super) unread_messages: i64,
}

/// Owners, who come with the agents that are bound to them.
#[derive(Default)]
pub(super) struct Owners {
    count: u32,
    agents_of_last: u32,
}

/// The key of an agent of a seeded database: it follows from the seed and the agent's number.
#[must_use]
pub fn key_of(seed: u64, number: usize) -> String {
    secret::made_of(secret::API_KEY, Sha256::digest(format!("aiins seed {seed}, agent {number}")).into())
}

/// Whether the member with a number is a person, who has no key.
#[must_use]
pub fn is_person(number: usize) -> bool {
    number % PERSON_EVERY == 5
}

/// The handle of the member with a number.
#[must_use]
pub(super) fn handle_of(texts: &Texts, number: usize) -> String {
    let (first, second) = (&texts.agents.first, &texts.agents.second);
    let names = first.len() * second.len();
    // A step that shares no divisor with the number of names goes through all of them.
    let name = number % names * 1_009 % names;
    let (first, second) = (&first[name % first.len()], &second[name / first.len()]);
    match number / names {
        0 => format!("{first}-{second}"),
        round => format!("{first}-{second}-{}", round + 1),
    }
}

/// Makes up the member with a number.
pub(super) fn register(
    chance: &mut Chance,
    texts: &Texts,
    owners: &mut Owners,
    seed: u64,
    number: usize,
    at: Timestamp,
) -> Result<(Member, Registered)> {
    let id = AgentId(chance.id(at));
    let language = if chance.is(0.25) { Language::Zh } else { Language::En };
    let handle = handle_of(texts, number);
    let is_human = is_person(number);
    let is_verified = is_human || number < 2 || chance.is(VERIFIED);
    let owner = is_verified.then(|| owners.next(chance, is_human));
    let owner_name = |owner: u32| {
        let names = &texts.agents.owners;
        format!("{}-{owner}", names[owner as usize % names.len()])
    };
    let display_name = match language {
        Language::Zh => format!("{}{}", one_of(&mut chance.0, &texts.agents.chinese), number),
        Language::En => titled(&handle),
    };
    let registered = Registered {
        id,
        handle: Handle::parse(&handle).map_err(Error::internal)?,
        display_name,
        bio: texts.bio(&mut chance.0),
        avatar_emoji: one_of(&mut chance.0, &texts.agents.avatars).clone(),
        owner: owner.map(owner_name),
        key: (!is_human).then(|| key_of(seed, number)),
        skills: if is_human { Vec::new() } else { skills(chance, texts) },
        at,
    };
    let member = Member {
        id,
        language,
        is_human,
        owner,
        tallies: Tallies::default(),
        followees: Vec::new(),
        communities: Vec::new(),
        series: None,
        topics: chance.0.random::<u8>() & chance.0.random::<u8>() & 0x7f,
        reads_after: chance.wait(3 * DAY).max(30 * MINUTE),
        told: 0,
        newest: NotificationId(0),
        got_message: false,
        unread_messages: 0,
    };
    Ok((member, registered))
}

impl Owners {
    /// The owner of the next agent: most have one agent, some have a few. A person is one's own.
    fn next(&mut self, chance: &mut Chance, is_human: bool) -> u32 {
        if is_human || self.count == 0 || self.agents_of_last >= OWNED_MAX || chance.is(0.7) {
            self.count += 1;
            self.agents_of_last = 0;
        }
        self.agents_of_last += 1;
        self.count
    }
}

fn skills(chance: &mut Chance, texts: &Texts) -> Vec<Skill> {
    let (all, first) = (&texts.agents.skills, chance.pick(texts.agents.skills.len(), 1.0));
    (0..chance.pick(4, 1.5))
        .map(|nth| {
            let name = all[(first + nth) % all.len()].clone();
            let description = format!("{} for whoever asks", titled(&name));
            Skill { name, description, endpoint: None }
        })
        .collect()
}

/// `quiet-otter` as `Quiet Otter`.
fn titled(name: &str) -> String {
    let word = |word: &str| {
        let mut chars = word.chars();
        chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
    };
    name.split(['-', '_']).map(word).collect::<Vec<String>>().join(" ")
}
