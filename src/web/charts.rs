//! Charts: a line or bars over the days, as SVG made on the server. Pure functions lay out points, axes and words.
//!
//! The plot stretches to the width there is, and its labels are texts beside it, so that they are as large on a phone as on
//! a desk. A chart says its gist in words; the page that shows it has the numbers as a table too.

use std::fmt::Write as _;

use askama::Template;
use askama::filters::HtmlSafe;
use jiff::tz::TimeZone;

use super::views::grouped;
use crate::base::clock::Timestamp;

/// The width of a plot in its own units.
const WIDTH: i64 = 600;
/// The height of a plot in its own units.
const HEIGHT: i64 = 160;
/// Lines across a plot, its ground not counted.
const STEPS_MAX: i64 = 4;
/// The least height of a bar that is more than nothing, so that it can be seen.
const BAR_HEIGHT_MIN: i64 = 2;
/// Days named below a plot.
const DAYS_NAMED: usize = 3;

/// A day and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Any moment of the day.
    pub day: Timestamp,
    /// The number.
    pub value: i64,
}

/// What a chart is of.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    /// Tells the charts of one page apart.
    pub id: &'static str,
    /// What it shows, such as `Views a day`.
    pub title: &'static str,
}

/// A chart, laid out.
#[derive(Debug, Template)]
#[template(path = "chart.html")]
pub struct Chart {
    subject: Subject,
    /// What someone hears who cannot see it.
    gist: String,
    marks: Marks,
    /// The numbers beside the plot, from the top down, each with its height in the plot.
    ticks: Vec<Tick>,
    /// Days below the plot, from left to right.
    days: Vec<String>,
}

impl HtmlSafe for Chart {}

#[derive(Debug, PartialEq, Eq)]
struct Tick {
    label: String,
    y: i64,
}

/// What stands in the plot.
#[derive(Debug, PartialEq, Eq)]
enum Marks {
    /// A line and the area below it, as paths.
    Line { line: String, area: String },
    /// Bars.
    Bars(Vec<Bar>),
}

#[derive(Debug, PartialEq, Eq)]
struct Bar {
    x: i64,
    y: i64,
    width: i64,
    height: i64,
    /// The day and the number, for a pointer that rests on it.
    words: String,
}

/// A line through what there was at the end of each day.
#[must_use]
pub fn line(subject: Subject, points: &[Point]) -> Chart {
    let scale = Scale::of(points);
    let last = i64::try_from(points.len()).unwrap_or(1) - 1;
    let mut line = String::new();
    for (at, point) in (0..).zip(points) {
        let x = if last > 0 { at * WIDTH / last } else { 0 };
        // Writing into a text cannot fail.
        let _ = write!(line, "{}{x} {}", if at == 0 { "M" } else { "L" }, scale.y(point.value));
    }
    // A line goes on until the end of the plot, also one of a single day.
    if last == 0 {
        let _ = write!(line, "L{WIDTH} {}", scale.y(points.first().map_or(0, |point| point.value)));
    }
    let area = if line.is_empty() { String::new() } else { format!("{line}L{WIDTH} {HEIGHT}L0 {HEIGHT}Z") };
    let gist = match (points, extremes(points)) {
        ([only], _) => format!("{}: {}.", date(only.day), grouped(only.value)),
        ([first, .., last], Some((least, most))) => format!(
            "{} to {}: {} at first, {} at last, {} at least, {} at most.",
            short_date(first.day),
            short_date(last.day),
            grouped(first.value),
            grouped(last.value),
            grouped(least.value),
            grouped(most.value)
        ),
        _ => "Nothing yet.".to_owned(),
    };
    Chart { subject, gist, marks: Marks::Line { line, area }, ticks: scale.ticks(), days: named_days(points) }
}

/// A bar for each day.
#[must_use]
pub fn bars(subject: Subject, points: &[Point]) -> Chart {
    let scale = Scale::of(points);
    let count = i64::try_from(points.len()).unwrap_or(0).max(1);
    let bar = |(at, point): (i64, &Point)| {
        // Each bar has an equal share of the width, with a fifth of it as the gap.
        let (left, right) = (at * WIDTH / count, (at + 1) * WIDTH / count);
        let width = ((right - left) * 4 / 5).max(1);
        let y = scale.y(point.value).min(HEIGHT - BAR_HEIGHT_MIN);
        let words = format!("{}: {}", date(point.day), grouped(point.value));
        Bar { x: left + (right - left - width) / 2, y, width, height: HEIGHT - y, words }
    };
    let gist = match (points, extremes(points)) {
        ([first, .., last], Some((_, most))) if most.value > 0 => format!(
            "{} to {}: {} in all, {} at most, on {}.",
            short_date(first.day),
            short_date(last.day),
            grouped(points.iter().map(|point| point.value).sum()),
            grouped(most.value),
            short_date(most.day)
        ),
        ([only], _) => format!("{}: {}.", date(only.day), grouped(only.value)),
        ([first, .., last], _) => format!("None, {} to {}.", short_date(first.day), short_date(last.day)),
        ([], _) => "Nothing yet.".to_owned(),
    };
    let marks = Marks::Bars((0..).zip(points).filter(|(_, point)| point.value > 0).map(bar).collect());
    Chart { subject, gist, marks, ticks: scale.ticks(), days: named_days(points) }
}

/// The points with the least and the most.
fn extremes(points: &[Point]) -> Option<(Point, Point)> {
    let least = points.iter().min_by_key(|point| point.value)?;
    // Of several equal ones, the first.
    let most = points.iter().rev().max_by_key(|point| point.value)?;
    Some((*least, *most))
}

/// From nothing at the ground to a round number at the top, in equal steps of 1, 2 or 5 times a power of ten.
struct Scale {
    step: i64,
    top: i64,
}

impl Scale {
    fn of(points: &[Point]) -> Scale {
        let most = points.iter().map(|point| point.value).max().unwrap_or(0).max(1);
        let mut tens = 1_i64;
        loop {
            let fits = |step: &i64| step.saturating_mul(STEPS_MAX) >= most;
            if let Some(step) = [1, 2, 5].map(|digit| tens.saturating_mul(digit)).into_iter().find(fits) {
                return Scale { step, top: round_up(most, step) };
            }
            tens = tens.saturating_mul(10);
        }
    }

    /// Where a value lies, from the top down.
    fn y(&self, value: i64) -> i64 {
        let height = i128::from(value.clamp(0, self.top)) * i128::from(HEIGHT) / i128::from(self.top);
        HEIGHT - i64::try_from(height).unwrap_or(0)
    }

    fn ticks(&self) -> Vec<Tick> {
        let steps = self.top / self.step;
        (0..=steps).rev().map(|at| at * self.step).map(|at| Tick { label: grouped(at), y: self.y(at) }).collect()
    }
}

/// The lowest multiple of a step that is not below a number.
fn round_up(number: i64, step: i64) -> i64 {
    let rest = number % step;
    if rest == 0 { number } else { (number - rest).saturating_add(step) }
}

/// The first, the middle and the last day, or as many as there are.
fn named_days(points: &[Point]) -> Vec<String> {
    let last = points.len().saturating_sub(1);
    let named = |at: &usize| points.get(*at).map(|point| short_date(point.day));
    if points.len() >= DAYS_NAMED && last.is_multiple_of(2) {
        [0, last / 2, last].iter().filter_map(named).collect()
    } else if points.len() > 1 {
        [0, last].iter().filter_map(named).collect()
    } else {
        [0].iter().filter_map(named).collect()
    }
}

/// A day in words, with its year.
#[must_use]
pub fn date(day: Timestamp) -> String {
    spelled(day, "%-d %B %Y")
}

fn short_date(day: Timestamp) -> String {
    spelled(day, "%-d %b")
}

fn spelled(day: Timestamp, format: &str) -> String {
    let moment = jiff::Timestamp::from_millisecond(day.0).unwrap_or_default();
    moment.to_zoned(TimeZone::UTC).strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::DAY;

    const VIEWS: Subject = Subject { id: "views", title: "Views a day" };

    fn days(values: &[i64]) -> Vec<Point> {
        // From 1 April 2026 on.
        let point = |(at, value): (i64, &i64)| Point { day: Timestamp((20_544 + at) * DAY), value: *value };
        (0..).zip(values).map(point).collect()
    }

    fn labels(chart: &Chart) -> Vec<&str> {
        chart.ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn the_scale_is_round_and_holds_every_value() {
        for (values, expected) in [
            (&[][..], &["1", "0"][..]),
            (&[0, 0], &["1", "0"]),
            (&[1], &["1", "0"]),
            (&[3, 2], &["3", "2", "1", "0"]),
            (&[4], &["4", "3", "2", "1", "0"]),
            (&[5], &["6", "4", "2", "0"]),
            (&[50], &["60", "40", "20", "0"]),
            (&[87], &["100", "50", "0"]),
            (&[1_234], &["1,500", "1,000", "500", "0"]),
        ] {
            assert_eq!(labels(&line(VIEWS, &days(values))), expected, "{values:?}");
        }
        for most in [i64::MAX, i64::MAX / 2, 1 << 40] {
            let scale = Scale::of(&days(&[most]));
            assert!(scale.top >= most && scale.top / scale.step <= STEPS_MAX + 1 && scale.y(most) >= 0, "{most}");
        }
    }

    #[test]
    fn a_line_runs_from_edge_to_edge_and_says_where_it_begins_and_ends() {
        let chart = line(VIEWS, &days(&[0, 40, 20]));
        let Marks::Line { line: path, area } = &chart.marks else { panic!("{chart:?}") };
        assert_eq!(path, "M0 160L300 0L600 80");
        assert_eq!(area, "M0 160L300 0L600 80L600 160L0 160Z");
        assert_eq!(chart.days, ["1 Apr", "2 Apr", "3 Apr"]);
        assert_eq!(chart.gist, "1 Apr to 3 Apr: 0 at first, 20 at last, 0 at least, 40 at most.");
    }

    #[test]
    fn one_day_is_a_level_line_and_no_day_is_none() {
        let chart = line(VIEWS, &days(&[40]));
        let Marks::Line { line: path, .. } = &chart.marks else { panic!("{chart:?}") };
        assert_eq!(path, "M0 0L600 0");
        assert_eq!((chart.gist.as_str(), chart.days.len()), ("1 April 2026: 40.", 1));
        let chart = line(VIEWS, &[]);
        assert_eq!(chart.marks, Marks::Line { line: String::new(), area: String::new() });
        assert_eq!((chart.gist.as_str(), chart.days.len()), ("Nothing yet.", 0));
    }

    #[test]
    fn bars_stand_side_by_side_on_the_ground_and_nothing_has_none() {
        let chart = bars(VIEWS, &days(&[0, 4, 1, 2]));
        let Marks::Bars(marks) = &chart.marks else { panic!("{chart:?}") };
        assert_eq!(marks.len(), 3);
        assert_eq!((marks[0].x, marks[0].y, marks[0].width, marks[0].height), (165, 0, 120, 160));
        assert_eq!(marks[0].words, "2 April 2026: 4");
        assert!(marks.iter().all(|bar| bar.y + bar.height == HEIGHT && bar.x + bar.width <= WIDTH));
        assert!(marks.windows(2).all(|pair| pair[0].x + pair[0].width < pair[1].x));
        assert_eq!(chart.gist, "1 Apr to 4 Apr: 7 in all, 4 at most, on 2 Apr.");
        assert_eq!(bars(VIEWS, &days(&[0, 0])).gist, "None, 1 Apr to 2 Apr.");
        assert_eq!(bars(VIEWS, &days(&[3])).gist, "1 April 2026: 3.");
        assert_eq!(bars(VIEWS, &[]).gist, "Nothing yet.");
    }

    #[test]
    fn a_quarter_of_bars_fits_and_the_smallest_can_be_seen() {
        let mut values = vec![1; 90];
        values[45] = 1_000_000;
        let chart = bars(VIEWS, &days(&values));
        let Marks::Bars(marks) = &chart.marks else { panic!("{chart:?}") };
        assert!(marks.iter().all(|bar| bar.width >= 1 && bar.height >= BAR_HEIGHT_MIN && bar.x + bar.width <= WIDTH));
        assert_eq!(chart.days, ["1 Apr", "29 Jun"]);
    }

    #[test]
    fn a_chart_can_be_heard_and_needs_no_style_of_its_own() {
        let html = bars(VIEWS, &days(&[1, 2])).render().unwrap();
        assert!(
            html.contains(r#"<svg class="plot" role="img" aria-labelledby="chart-views chart-views-gist""#),
            "{html}"
        );
        assert!(html.contains("2 at most, on 2 Apr."), "{html}");
        assert!(!html.contains("style="), "{html}");
    }
}
