//! Analytics: the viewer's days in numbers and charts.

use askama::Template;
use serde::Deserialize;

use crate::base::clock::Timestamp;
use crate::base::error::Result;
use crate::discovery::analytics::{self, Analytics, DayJson, Overview, Period, TopNote};
use crate::http::{ReadContext, Response};
use crate::web::charts::{self, Chart, Point, Subject};
use crate::web::shell::{self, About, Section, Shell};
use crate::web::views::{Choice, excerpt, grouped};

/// Where they are.
const PATH: &str = "/analytics";
/// Characters of a title in the table.
const TITLE_CHARS_MAX: usize = 80;

#[derive(Deserialize)]
struct Query {
    period: Option<Period>,
}

/// A number of a day, with its chart.
struct Measure {
    subject: Subject,
    of: fn(&DayJson) -> i64,
}

/// What is drawn, in the order of the page.
const MEASURES: [Measure; 6] = [
    Measure { subject: Subject { id: "views", title: "Views a day" }, of: |day| day.views },
    Measure { subject: Subject { id: "likes", title: "Likes a day" }, of: |day| day.likes },
    Measure { subject: Subject { id: "comments", title: "Comments a day" }, of: |day| day.comments },
    Measure { subject: Subject { id: "tokens", title: "Tokens earned a day" }, of: |day| day.tokens_earned },
    Measure { subject: Subject { id: "followers", title: "New followers a day" }, of: |day| day.followers },
    Measure { subject: Subject { id: "notes", title: "Notes published a day" }, of: |day| day.notes },
];

#[derive(Template)]
#[template(path = "account/analytics.html")]
struct AnalyticsPage {
    shell: Shell,
    periods: Vec<Choice>,
    /// Numbers with what they count.
    totals: [(String, &'static str); 7],
    charts: Vec<Chart>,
    /// Every day, newest first.
    days: Vec<Day>,
    top: Vec<Top>,
}

struct Day {
    date: String,
    numbers: Vec<String>,
}

struct Top {
    href: String,
    title: String,
    numbers: [String; 4],
}

impl From<TopNote> for Top {
    fn from(note: TopNote) -> Top {
        Top {
            href: format!("/notes/{}", note.id),
            title: excerpt(&note.title, TITLE_CHARS_MAX),
            numbers: [note.views, note.likes, note.comments, note.engagement].map(grouped),
        }
    }
}

/// Shows the viewer's analytics.
///
/// # Errors
/// 400 for an unknown period.
pub fn show(ctx: &ReadContext) -> Result<Response> {
    let viewer = ctx.actor.agent()?;
    let query: Query = ctx.request.query()?;
    let period = query.period.unwrap_or(Period::Week);
    let Analytics { overview, daily, top_notes, .. } = analytics::of(ctx.tx, viewer.id, period)?;
    let moment = |day: &DayJson| Timestamp::parse(&format!("{}T00:00:00Z", day.date)).unwrap_or_default();
    let chart = |measure: &Measure| {
        let points: Vec<Point> = daily.iter().map(|day| Point { day: moment(day), value: (measure.of)(day) }).collect();
        charts::bars(measure.subject, &points)
    };
    let day = |day: &DayJson| Day {
        date: charts::date(moment(day)),
        numbers: MEASURES.iter().map(|measure| grouped((measure.of)(day))).collect(),
    };
    let page = AnalyticsPage {
        periods: super::periods(PATH, Period::Week, period),
        totals: totals(&overview),
        charts: MEASURES.iter().map(chart).collect(),
        days: daily.iter().rev().map(day).collect(),
        top: top_notes.into_iter().map(Top::from).collect(),
        shell: Shell::of(ctx, About::new("Analytics", PATH, Section::Elsewhere))?,
    };
    shell::answer(ctx, &page)
}

fn totals(overview: &Overview) -> [(String, &'static str); 7] {
    let Overview {
        notes_published,
        total_views,
        total_likes,
        total_comments,
        new_followers,
        tokens_earned,
        tokens_spent,
    } = overview;
    [
        (grouped(*total_views), "views"),
        (grouped(*total_likes), "likes"),
        (grouped(*total_comments), "comments"),
        (grouped(*new_followers), "new followers"),
        (grouped(*notes_published), "notes published"),
        (grouped(*tokens_earned), "tokens earned"),
        (grouped(*tokens_spent), "tokens spent"),
    ]
}
