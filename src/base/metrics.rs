//! Metrics: counters and histograms that any thread adds to without a lock, and their text as Prometheus reads it.

use std::fmt::{Display, Write};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub fn increment(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// What was counted so far.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A number that goes up and down.
#[derive(Debug, Default)]
pub struct Gauge(AtomicI64);

impl Gauge {
    /// Adds to it; a negative number takes away.
    pub fn add(&self, by: i64) {
        self.0.fetch_add(by, Ordering::Relaxed);
    }

    /// Puts another number in its place.
    pub fn set(&self, to: i64) {
        self.0.store(to, Ordering::Relaxed);
    }

    /// The number now.
    #[must_use]
    pub fn get(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Bounds of times, in microseconds.
pub const TIMES: [u64; 13] =
    [500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 10_000_000];
/// Bounds of how many share one commit.
pub const SIZES: [u64; 7] = [1, 2, 4, 8, 16, 32, 64];

/// How often which numbers came, by bounds: a number counts in the first bucket that it does not exceed.
#[derive(Debug)]
pub struct Histogram<const N: usize> {
    bounds: &'static [u64; N],
    buckets: [AtomicU64; N],
    beyond: AtomicU64,
    sum: AtomicU64,
}

impl<const N: usize> Histogram<N> {
    /// An empty one.
    #[must_use]
    pub fn new(bounds: &'static [u64; N]) -> Histogram<N> {
        Histogram {
            bounds,
            buckets: [const { AtomicU64::new(0) }; N],
            beyond: AtomicU64::new(0),
            sum: AtomicU64::new(0),
        }
    }

    /// Counts a number.
    pub fn add(&self, number: u64) {
        let place = self.bounds.partition_point(|bound| *bound < number);
        self.buckets.get(place).unwrap_or(&self.beyond).fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(number, Ordering::Relaxed);
    }

    /// Counts a time, in microseconds.
    pub fn add_time(&self, took: Duration) {
        self.add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    /// How many numbers were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.iter().chain([&self.beyond]).map(|bucket| bucket.load(Ordering::Relaxed)).sum()
    }
}

/// The text format of Prometheus, version 0.0.4: a family's head, and then its samples.
#[derive(Debug, Default)]
pub struct Exposition {
    text: String,
    family: &'static str,
}

/// Names and values that tell a family's samples apart.
pub type Labels<'l> = &'l [(&'l str, &'l str)];

impl Exposition {
    /// The content type of the text.
    pub const CONTENT_TYPE: &'static str = "text/plain; version=0.0.4; charset=utf-8";

    /// Begins a family. Its samples follow.
    pub fn family(&mut self, kind: &'static str, name: &'static str, help: &str) {
        self.family = name;
        // Writing to memory does not fail, here and below.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// A family of one number without labels.
    pub fn single(&mut self, kind: &'static str, name: &'static str, help: &str, value: impl Display) {
        self.family(kind, name, help);
        self.sample(&[], value);
    }

    /// A number of the family.
    pub fn sample(&mut self, labels: Labels, value: impl Display) {
        self.line("", labels, None, value);
    }

    /// A histogram of the family; `per` of what was counted make one of what the family is named after.
    pub fn histogram<const N: usize>(&mut self, labels: Labels, histogram: &Histogram<N>, per: f64) {
        let mut count = 0;
        for (bound, bucket) in histogram.bounds.iter().zip(&histogram.buckets) {
            count += bucket.load(Ordering::Relaxed);
            self.line("_bucket", labels, Some(&(*bound as f64 / per).to_string()), count);
        }
        count += histogram.beyond.load(Ordering::Relaxed);
        self.line("_bucket", labels, Some("+Inf"), count);
        self.line("_sum", labels, None, histogram.sum.load(Ordering::Relaxed) as f64 / per);
        // Not counted anew, since it has to be that of the last bucket.
        self.line("_count", labels, None, count);
    }

    fn line(&mut self, suffix: &str, labels: Labels, bound: Option<&str>, value: impl Display) {
        let _ = write!(self.text, "{}{suffix}", self.family);
        let mut separator = '{';
        for (name, value) in labels.iter().copied().chain(bound.map(|bound| ("le", bound))) {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(self.text, "{separator}{name}=\"{value}\"");
            separator = ',';
        }
        let end = if separator == ',' { "}" } else { "" };
        let _ = writeln!(self.text, "{end} {value}");
    }

    /// The whole text.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_counts_in_the_first_bucket_that_holds_it() {
        let sizes = Histogram::new(&SIZES);
        for number in [0, 1, 2, 3, 64, 65] {
            sizes.add(number);
        }
        assert_eq!(sizes.count(), 6);
        let mut text = Exposition::default();
        text.family("histogram", "sizes", "Sizes");
        text.histogram(&[("of", "a \"b\"\\\n")], &sizes, 1.0);
        let text = text.into_text();
        let label = r#"of="a \"b\"\\\n""#;
        for line in [
            "# TYPE sizes histogram".to_owned(),
            format!("sizes_bucket{{{label},le=\"1\"}} 2"),
            format!("sizes_bucket{{{label},le=\"2\"}} 3"),
            format!("sizes_bucket{{{label},le=\"4\"}} 4"),
            format!("sizes_bucket{{{label},le=\"64\"}} 5"),
            format!("sizes_bucket{{{label},le=\"+Inf\"}} 6"),
            format!("sizes_sum{{{label}}} 135"),
            format!("sizes_count{{{label}}} 6"),
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }

    #[test]
    fn times_are_in_seconds() {
        let times = Histogram::new(&TIMES);
        times.add_time(Duration::from_millis(3));
        let mut text = Exposition::default();
        text.family("histogram", "took_seconds", "Times");
        text.histogram(&[], &times, 1e6);
        let text = text.into_text();
        assert!(text.contains("took_seconds_bucket{le=\"0.0025\"} 0\n"), "{text}");
        assert!(text.contains("took_seconds_bucket{le=\"0.005\"} 1\n"), "{text}");
        assert!(text.contains("took_seconds_sum 0.003\n"), "{text}");
    }
}
