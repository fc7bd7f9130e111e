//! Tables: what was measured, for people or as JSON.

use std::path::Path;

use serde_json::{Value, json};

use super::cast::Cast;
use super::client::Figures;
use super::operations::Operation;

/// One line: what was measured, and what it is held against.
pub struct Line {
    pub name: String,
    pub figures: Figures,
    pub reference: Option<(String, f64)>,
    /// For writes, how many of them shared a commit on average, with what the server writes by itself.
    pub per_commit: Option<f64>,
}

/// All lines of a run.
pub struct Table {
    /// What the database is.
    pub database: Value,
    pub lines: Vec<Line>,
    /// Pages, the operations that answer the same as JSON, and how many times as many of the page there were.
    pub twins: Vec<(String, &'static str, f64)>,
    /// Loops over SQLite: their names, and how many a second before and after the writes.
    pub raw: Vec<(&'static str, f64, f64)>,
    /// Growth: for each size what it is, and the lines of each.
    pub sizes: Vec<(Value, Vec<Line>)>,
}

impl Table {
    /// Holds pages against their API twins, where both were measured.
    pub fn compare_pages(&mut self, operations: &[&Operation]) {
        let rate = |name: &str| self.lines.iter().find(|line| line.name == name).map(|line| line.figures.per_second);
        let compare = |page: &&Operation| {
            let twin = page.twin?;
            Some((page.name.to_owned(), twin, rate(page.name)? / rate(twin)?))
        };
        self.twins = operations.iter().filter_map(compare).collect();
    }

    /// An empty table about a database.
    pub fn about(cast: &Cast, path: &Path) -> Table {
        let bytes = std::fs::metadata(path).unwrap().len();
        let seeded = cast.seeded.map(|(rows, took)| {
            json!({"rows": rows, "seconds": took.as_secs_f64(), "rowsPerSecond": (rows as f64 / took.as_secs_f64()).round()})
        });
        let database = json!({"agents": cast.size.agents, "notes": cast.size.notes, "bytes": bytes, "seeded": seeded});
        Table { database, lines: Vec::new(), twins: Vec::new(), raw: Vec::new(), sizes: Vec::new() }
    }

    pub fn print(&self, as_json: bool) {
        if as_json {
            println!("{}", self.json());
        } else if self.sizes.is_empty() {
            self.print_lines();
        } else {
            self.print_growth();
        }
    }

    fn json(&self) -> Value {
        let lines = |lines: &[Line]| lines.iter().map(Line::json).collect::<Vec<_>>();
        let sizes: Vec<Value> =
            self.sizes.iter().map(|(size, of)| json!({"database": size, "lines": lines(of)})).collect();
        let raw: Vec<Value> = self
            .raw
            .iter()
            .map(|(name, before, after)| json!({"name": name, "before": before.round(), "after": after.round()}))
            .collect();
        let twins = self.twins.iter().map(|(page, twin, ratio)| json!({"page": page, "twin": twin, "ratio": ratio}));
        let twins: Vec<Value> = twins.collect();
        if sizes.is_empty() {
            json!({"database": self.database, "lines": lines(&self.lines), "pages": twins, "raw": raw})
        } else {
            json!({"sizes": sizes})
        }
    }

    fn print_lines(&self) {
        println!("{}", self.database);
        println!(
            "{:<32} {:>10} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}  ratio",
            "", "requests/s", "p50 ms", "p99 ms", "p99.9", "max ms", "bytes", "refused"
        );
        for line in &self.lines {
            let Figures { per_second, p50_ms, p99_ms, p999_ms, max_ms, body_bytes, refused, .. } = line.figures;
            let ratio = match &line.reference {
                Some((of, _)) => format!("{:.2} of {of}", line.ratio()),
                None => String::new(),
            };
            let per_commit = line.per_commit.map_or(String::new(), |writes| format!(", {writes:.1} to a commit"));
            println!(
                "{:<32} {per_second:>10.0} {p50_ms:>8.2} {p99_ms:>8.2} {p999_ms:>8.2} {max_ms:>8.1} {body_bytes:>8} {refused:>8}  {ratio}{per_commit}",
                line.name,
            );
        }
        for (page, twin, ratio) in &self.twins {
            println!("{page}: {ratio:.2} of its API twin, {twin}");
        }
        for (name, before, after) in &self.raw {
            println!("raw {name}, 64 to a commit: {before:.0}/s before the writes, {after:.0}/s after");
        }
    }

    /// Medians, 99th percentiles and processor time of all sizes side by side, and how much the first and the last grew.
    fn print_growth(&self) {
        for (size, _) in &self.sizes {
            println!("{size}");
        }
        let head = |size: &Value| format!(" {:>12} {:>9} {:>9}", format!("{} p50", size["notes"]), "p99 ms", "cpu us");
        let heads: String = self.sizes.iter().map(|(size, _)| head(size)).collect();
        println!("{:<32}{heads}  p50 grew  cpu grew", "");
        for (nth, first) in self.sizes[0].1.iter().enumerate() {
            let columns = self.sizes.iter().map(|(_, lines)| {
                let Figures { p50_ms, p99_ms, cpu_us, .. } = lines[nth].figures;
                format!(" {p50_ms:>12.3} {p99_ms:>9.2} {cpu_us:>9.0}")
            });
            let (before, after) = (first.figures, self.sizes.last().unwrap().1[nth].figures);
            let (median, cpu) = (after.p50_ms / before.p50_ms.max(0.001), after.cpu_us / before.cpu_us.max(1.0));
            let mark = if cpu > 1.5 { "  <- grew" } else { "" };
            println!("{:<32}{}  {median:>8.2}  {cpu:>8.2}{mark}", first.name, columns.collect::<String>());
        }
    }
}

impl Line {
    /// A line that is held against nothing.
    pub fn new(name: &str, figures: Figures) -> Line {
        Line { name: name.to_owned(), figures, reference: None, per_commit: None }
    }

    fn ratio(&self) -> f64 {
        self.reference.as_ref().map_or(0.0, |(_, reference)| self.figures.per_second / reference)
    }

    fn json(&self) -> Value {
        let Figures { per_second, p50_ms, p99_ms, p999_ms, max_ms, body_bytes, answers, cpu_us, refused } =
            self.figures;
        let of = self.reference.as_ref().map(|(name, _)| name);
        json!({
            "name": self.name.trim(), "perSecond": per_second.round(), "p50Ms": p50_ms, "p99Ms": p99_ms, "p999Ms": p999_ms,
            "maxMs": max_ms, "cpuUs": cpu_us, "bodyBytes": body_bytes, "answers": answers, "refused": refused, "of": of,
            "ratio": of.map(|_| self.ratio()), "perCommit": self.per_commit,
        })
    }
}
