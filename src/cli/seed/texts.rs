//! Texts: what the agents of a seeded database write, put together from `fixtures/seed/texts.toml`.

use std::collections::BTreeMap;

use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::base::error::{Error, Result};
use crate::content::templates::{Category, Completeness, Fields, Template};

/// The file, as it is written.
#[derive(Deserialize)]
struct File {
    words: BTreeMap<String, Vec<String>>,
    kind: Vec<Kind<String>>,
    comments: Spoken<String>,
    messages: Spoken<String>,
    bounties: BountyTexts<String>,
    agents: AgentTexts,
    communities: CommunityTexts,
    series: SeriesTexts,
}

/// A kind of note.
#[derive(Deserialize)]
pub(super) struct Kind<T> {
    pub(super) category: Category,
    language: Language,
    titles: Vec<T>,
    sentences: Vec<T>,
    tags: Vec<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "lowercase")]
pub(super) enum Language {
    En,
    Zh,
}

#[derive(Deserialize)]
struct Spoken<T> {
    en: Vec<T>,
    zh: Vec<T>,
}

#[derive(Deserialize)]
struct BountyTexts<T> {
    titles: Vec<T>,
    descriptions: Vec<T>,
    applications: Vec<T>,
    deliveries: Vec<T>,
    disputes: Vec<T>,
}

#[derive(Deserialize)]
pub(super) struct AgentTexts {
    pub(super) first: Vec<String>,
    pub(super) second: Vec<String>,
    pub(super) chinese: Vec<String>,
    bios: Vec<String>,
    pub(super) avatars: Vec<String>,
    pub(super) skills: Vec<String>,
    pub(super) owners: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct CommunityTexts {
    pub(super) slugs: Vec<String>,
    descriptions: Vec<String>,
}

#[derive(Deserialize)]
struct SeriesTexts {
    titles: Vec<String>,
    descriptions: Vec<String>,
}

/// A text with holes.
pub(super) type Pattern = Vec<Piece>;

pub(super) enum Piece {
    Plain(String),
    Word(Vec<String>),
    Number,
}

/// Everything that can be said.
pub(super) struct Texts {
    kinds: Vec<Kind<Pattern>>,
    comments: Spoken<Pattern>,
    messages: Spoken<Pattern>,
    bounties: BountyTexts<Pattern>,
    bios: Vec<Pattern>,
    community_descriptions: Vec<Pattern>,
    series_titles: Vec<Pattern>,
    series_descriptions: Vec<Pattern>,
    pub(super) agents: AgentTexts,
    pub(super) communities: CommunityTexts,
}

impl Texts {
    /// Reads the file that is part of the program.
    pub(super) fn read() -> Result<Texts> {
        let file: File = toml::from_str(include_str!("../../../fixtures/seed/texts.toml")).map_err(wrong)?;
        let all = |texts: &[String]| match texts {
            [] => Err(wrong("a list is empty")),
            texts => texts.iter().map(|text| pattern(text, &file.words)).collect::<Result<Vec<_>>>(),
        };
        let spoken = |texts: &Spoken<String>| -> Result<_> { Ok(Spoken { en: all(&texts.en)?, zh: all(&texts.zh)? }) };
        let kinds = file.kind.iter().map(|kind| {
            let (titles, sentences) = (all(&kind.titles)?, all(&kind.sentences)?);
            Ok(Kind { category: kind.category, language: kind.language, titles, sentences, tags: kind.tags.clone() })
        });
        Ok(Texts {
            kinds: kinds.collect::<Result<_>>()?,
            comments: spoken(&file.comments)?,
            messages: spoken(&file.messages)?,
            bounties: BountyTexts {
                titles: all(&file.bounties.titles)?,
                descriptions: all(&file.bounties.descriptions)?,
                applications: all(&file.bounties.applications)?,
                deliveries: all(&file.bounties.deliveries)?,
                disputes: all(&file.bounties.disputes)?,
            },
            bios: all(&file.agents.bios)?,
            community_descriptions: all(&file.communities.descriptions)?,
            series_titles: all(&file.series.titles)?,
            series_descriptions: all(&file.series.descriptions)?,
            agents: file.agents,
            communities: file.communities,
        })
    }

    /// A kind of note, most often in the author's own language.
    pub(super) fn kind(&self, rng: &mut StdRng, language: Language) -> &Kind<Pattern> {
        loop {
            let kind = one_of(rng, &self.kinds);
            if kind.language == language || rng.random_bool(0.1) {
                return kind;
            }
        }
    }

    pub(super) fn comment(&self, rng: &mut StdRng, language: Language) -> String {
        say(rng, self.comments.of(language))
    }

    pub(super) fn message(&self, rng: &mut StdRng, language: Language) -> String {
        say(rng, self.messages.of(language))
    }

    pub(super) fn bounty(&self, rng: &mut StdRng) -> (String, String) {
        (say(rng, &self.bounties.titles), say(rng, &self.bounties.descriptions))
    }

    pub(super) fn application(&self, rng: &mut StdRng) -> String {
        say(rng, &self.bounties.applications)
    }

    pub(super) fn delivery(&self, rng: &mut StdRng) -> String {
        say(rng, &self.bounties.deliveries)
    }

    pub(super) fn dispute(&self, rng: &mut StdRng) -> String {
        say(rng, &self.bounties.disputes)
    }

    pub(super) fn bio(&self, rng: &mut StdRng) -> String {
        say(rng, &self.bios)
    }

    pub(super) fn community(&self, rng: &mut StdRng) -> String {
        say(rng, &self.community_descriptions)
    }

    pub(super) fn series(&self, rng: &mut StdRng) -> (String, String) {
        (say(rng, &self.series_titles), say(rng, &self.series_descriptions))
    }
}

impl<T> Spoken<T> {
    fn of(&self, language: Language) -> &[T] {
        match language {
            Language::En => &self.en,
            Language::Zh => &self.zh,
        }
    }
}

impl Kind<Pattern> {
    /// A note of this kind: a template, mostly an article, and its fields.
    pub(super) fn write(&self, rng: &mut StdRng) -> Result<(Template, Fields)> {
        let template = match rng.random_range(0..100) {
            ..50 => Template::Article,
            50..60 => Template::Data,
            60..70 => Template::Quote,
            70..82 => Template::List,
            82..90 => Template::Announce,
            _ => Template::Link,
        };
        let number = rng.random_range(10..10_000);
        let fields = match template {
            Template::Article => {
                let mut fields = json!({"title": self.title(rng), "body": self.body(rng, 3..8)});
                if rng.random_bool(0.3) {
                    fields["subtitle"] = json!(say(rng, &self.sentences));
                }
                fields
            }
            Template::Data => json!({
                "title": self.title(rng), "value": number, "unit": one_of(rng, &["ms", "%", "rows", "tokens", "MiB"]),
                "delta": format!("{:+}%", rng.random_range(-40..60)), "body": self.body(rng, 1..4),
            }),
            Template::Quote => json!({"quote": self.body(rng, 1..3), "source": self.title(rng)}),
            Template::List => {
                let items: Vec<String> = (0..rng.random_range(3..8)).map(|_| say(rng, &self.sentences)).collect();
                json!({"title": self.title(rng), "items": items})
            }
            Template::Announce => json!({
                "title": self.title(rng), "body": self.body(rng, 2..5), "cta": "Read on",
                "ctaUrl": format!("https://example.org/news/{number}"),
            }),
            Template::Link => {
                json!({"title": self.title(rng), "url": format!("https://example.org/{}/{number}", self.category)})
            }
        };
        let mut fields = match fields {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        let tags: Vec<&String> = (0..rng.random_range(0..4)).map(|_| one_of(rng, &self.tags)).collect();
        fields.insert("tags".to_owned(), json!(tags));
        Ok((template, Fields::parse(template, &fields, Completeness::Whole)?))
    }

    fn title(&self, rng: &mut StdRng) -> String {
        let title = say(rng, &self.titles);
        let mut chars = title.chars();
        chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
    }

    fn body(&self, rng: &mut StdRng, sentences: std::ops::Range<usize>) -> String {
        let between = if self.language == Language::En { " " } else { "" };
        let sentences: Vec<String> = (0..rng.random_range(sentences)).map(|_| say(rng, &self.sentences)).collect();
        sentences.join(between)
    }
}

/// Any of some things, of which there is at least one.
pub(super) fn one_of<'t, T>(rng: &mut StdRng, things: &'t [T]) -> &'t T {
    things.choose(rng).expect("what is read from the fixtures is checked to hold something")
}

fn say(rng: &mut StdRng, patterns: &[Pattern]) -> String {
    let mut text = String::new();
    for piece in one_of(rng, patterns) {
        match piece {
            Piece::Plain(plain) => text.push_str(plain),
            Piece::Word(words) => text.push_str(one_of::<String>(rng, words)),
            Piece::Number => text.push_str(&rng.random_range(2..100).to_string()),
        }
    }
    text
}

fn pattern(text: &str, words: &BTreeMap<String, Vec<String>>) -> Result<Pattern> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or_else(|| wrong(format!("{text} has an open brace")))?;
        pieces.push(Piece::Plain(plain.to_owned()));
        pieces.push(match (name, words.get(name)) {
            ("n", _) => Piece::Number,
            (_, Some(words)) if !words.is_empty() => Piece::Word(words.clone()),
            _ => return Err(wrong(format!("{text} names the unknown {name}"))),
        });
        rest = after;
    }
    pieces.push(Piece::Plain(rest.to_owned()));
    Ok(pieces)
}

fn wrong(what: impl std::fmt::Display) -> Error {
    Error::internal(format!("fixtures/seed: {what}"))
}
