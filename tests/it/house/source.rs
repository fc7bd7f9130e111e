//! The source as text: files, what they use, which tables they write, and who schema.sql says writes them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A file of src/.
pub struct File {
    /// Below src/, with slashes.
    pub path: String,
    pub text: String,
}

/// All files of src/ without what is only compiled for tests.
pub fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let path = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                files.push(File { path, text });
            }
        }
    }
    files.retain(|file| !file.path.ends_with("tests.rs") && !file.path.contains("/tests/"));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

impl File {
    /// The modules that lead to it: `identity/agents/store.rs` is identity, agents, store.
    fn modules(&self) -> Vec<String> {
        let path = self.path.trim_end_matches(".rs");
        path.split('/').filter(|part| *part != "mod").map(str::to_owned).collect()
    }

    /// Its floor and room; `None` for lib.rs and main.rs.
    pub fn place(&self) -> Option<(String, Option<String>)> {
        let modules = self.modules();
        let is_root = matches!(&*self.path, "lib.rs" | "main.rs");
        (!is_root).then(|| (modules[0].clone(), modules.get(1).cloned()))
    }

    /// Whether it belongs to a room that is named as schema.sql does.
    pub fn is_of(&self, room: &str) -> bool {
        self.modules().join("/").strip_prefix(room).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The text before its unit tests, which stand at the end.
    fn code(&self) -> &str {
        let end = self.text.find("#[cfg(test)]\nmod tests").unwrap_or(self.text.len());
        &self.text[..end]
    }

    /// Its lines without comments, numbered from 1.
    pub fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.code().lines().enumerate();
        lines.map(|(index, line)| (index + 1, line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// The statements that write: the verb and the table.
    pub fn writes(&self) -> Vec<(String, String)> {
        let text: String = self.code_lines().map(|(_, line)| format!("{line} ")).collect();
        let words: Vec<&str> =
            text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect();
        let mut writes = Vec::new();
        for at in 0..words.len() {
            let word = |ahead: usize| words.get(at + ahead).copied().unwrap_or_default();
            let table = match (word(0), word(1), word(2)) {
                ("INSERT" | "REPLACE", "INTO", table) | ("DELETE", "FROM", table) => table,
                ("INSERT", "OR", _) if word(3) == "INTO" => word(4),
                // `DO UPDATE SET` is the rest of an INSERT; elsewhere an UPDATE names its table.
                ("UPDATE", "OR", _) => word(3),
                ("UPDATE", table, "SET") if table != "SET" => table,
                _ => continue,
            };
            writes.push((word(0).to_owned(), table.to_owned()));
        }
        writes
    }
}

/// The floors and rooms a file uses: the first two steps of every path that begins with `crate`, `super` or `self`.
pub fn arrows(file: &File) -> Vec<Vec<String>> {
    let text: String = file.code_lines().map(|(_, line)| format!("{line}\n")).collect();
    let modules = file.modules();
    let mut arrows = Vec::new();
    for (root, base) in [("crate::", 0), ("super::", modules.len() - 1), ("self::", modules.len())] {
        for (at, _) in text.match_indices(root) {
            let before = text[..at].chars().next_back().unwrap_or(' ');
            if before.is_alphanumeric() || before == '_' || before == ':' {
                continue;
            }
            for path in paths(&text[at + root.len()..]) {
                let mut whole: Vec<String> = modules[..base].to_vec();
                for step in path {
                    match step.as_str() {
                        "super" => drop(whole.pop()),
                        _ => whole.push(step),
                    }
                }
                whole.truncate(2);
                let last = whole.last().map(String::as_str);
                if whole.len() > 1 && last == Some("self") {
                    whole.pop();
                }
                if !whole.is_empty() {
                    arrows.push(whole);
                }
            }
        }
    }
    arrows
}

/// The paths a text begins with: one, or those of a group in braces.
fn paths(text: &str) -> Vec<Vec<String>> {
    let text = text.trim_start();
    if let Some(group) = text.strip_prefix('{') {
        return members(group).into_iter().flat_map(paths).collect();
    }
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    let (step, rest) = text.split_at(end);
    match rest.strip_prefix("::") {
        Some(rest) if !step.is_empty() => {
            paths(rest).into_iter().map(|path| [vec![step.to_owned()], path].concat()).collect()
        }
        Some(_) | None if step.is_empty() => vec![Vec::new()],
        Some(_) | None => vec![vec![step.to_owned()]],
    }
}

/// The members of a group, whose opening brace has been taken.
fn members(group: &str) -> Vec<&str> {
    let (mut depth, mut begin, mut members) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                members.push(group[begin..at].trim());
                begin = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    members.retain(|member| !member.is_empty());
    members
}

/// Each table of schema.sql and the room that its comment says writes it.
pub fn schema() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.sql")).unwrap();
    let (mut owners, mut comment) = (BTreeMap::new(), String::new());
    // "Written by ledger, as are the next two." holds for those as well.
    let (mut inherited, mut left) = (String::new(), 0);
    for line in text.lines() {
        if let Some(words) = line.strip_prefix("--") {
            comment.push_str(words.trim_end());
        } else if let Some(table) =
            line.strip_prefix("CREATE TABLE ").or_else(|| line.strip_prefix("CREATE VIRTUAL TABLE "))
        {
            let table = table.split([' ', '(']).next().unwrap().to_owned();
            let owner = match comment.split_once("Written by ") {
                Some((_, owner)) => {
                    let (room, rest) = owner.split_at(
                        owner.find(|c: char| !(c.is_alphanumeric() || "_/".contains(c))).unwrap_or(owner.len()),
                    );
                    let numbers =
                        [("is the next", 1), ("the next two", 2), ("the next three", 3), ("the next four", 4)];
                    left =
                        numbers.iter().rev().find(|(words, _)| rest.contains(words)).map_or(0, |(_, number)| *number);
                    inherited = room.to_owned();
                    room.to_owned()
                }
                None => {
                    assert!(left > 0, "schema.sql does not say who writes {table}");
                    left -= 1;
                    inherited.clone()
                }
            };
            owners.insert(table, owner);
        } else if line.trim().is_empty() {
            comment.clear();
        }
    }
    owners
}
