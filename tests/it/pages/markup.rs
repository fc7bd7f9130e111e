//! A small reader of markup: enough to see whether a page is well-formed and holds nothing that runs.

/// Elements that have no end.
const VOID: &[&str] = &["meta", "link", "input", "br", "hr", "img", "path", "circle"];

/// One element's beginning.
#[derive(Debug)]
pub struct Tag {
    pub name: String,
    pub attributes: Vec<(String, String)>,
}

impl Tag {
    /// An attribute's value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Reads a page, and fails the test where it is not well-formed.
#[track_caller]
pub fn read(page: &str) -> Vec<Tag> {
    let (mut tags, mut open): (Vec<Tag>, Vec<String>) = (Vec::new(), Vec::new());
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        if rest.starts_with("<!doctype") || rest.starts_with("<?xml") {
            rest = &rest[rest.find('>').expect("a head ends") + 1..];
        } else if let Some(end) = rest.strip_prefix("</") {
            let (name, after) = end.split_once('>').expect("an end tag ends");
            assert_eq!(open.pop().as_deref(), Some(name), "{rest:.200}");
            rest = after;
        } else {
            let (tag, is_closed, after) = beginning(&rest[1..]);
            if !is_closed && !VOID.contains(&tag.name.as_str()) {
                open.push(tag.name.clone());
            }
            tags.push(tag);
            rest = after;
        }
    }
    assert!(open.is_empty(), "never closed: {open:?}");
    tags
}

#[track_caller]
fn beginning(text: &str) -> (Tag, bool, &str) {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric()).expect("a tag goes on");
    assert!(end > 0, "a bare < in {text:.80}");
    let (name, mut rest) = (text[..end].to_owned(), &text[end..]);
    let mut attributes: Vec<(String, String)> = Vec::new();
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("/>") {
            return (Tag { name, attributes }, true, after);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (Tag { name, attributes }, false, after);
        }
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-:_".contains(c))).expect("a tag goes on");
        assert!(end > 0, "no attribute in <{name} {rest:.80}");
        let key = rest[..end].to_owned();
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix("=\"") {
            let (quoted, after) = after.split_once('"').expect("a value ends");
            value = quoted.to_owned();
            rest = after;
        }
        assert!(attributes.iter().all(|(other, _)| *other != key), "{key} stands twice in <{name}>");
        attributes.push((key, value));
    }
}

/// Fails the test where a page holds anything that runs or looks by itself, or leads where no link of ours may.
#[track_caller]
pub fn check_harmless(tags: &[Tag]) {
    for tag in tags {
        for (name, value) in &tag.attributes {
            assert!(!name.starts_with("on") && name != "style", "{tag:?}");
            if ["href", "src", "action"].contains(&name.as_str()) {
                let is_web = value.starts_with("http://") || value.starts_with("https://");
                assert!(
                    is_web || value.starts_with('/') && !value.starts_with("//") || value.starts_with('#'),
                    "{tag:?}"
                );
            }
        }
        match tag.name.as_str() {
            "script" => assert!(tag.get("src").is_some_and(|src| src.starts_with("/assets/")), "{tag:?}"),
            "a" if tag.get("href").is_some_and(|href| href.starts_with("http")) => {
                assert_eq!(tag.get("rel"), Some("nofollow ugc noopener"), "{tag:?}");
            }
            "style" | "iframe" | "object" | "embed" | "base" | "img" | "owned" => panic!("{tag:?}"),
            _ => {}
        }
    }
    let mut ids: Vec<&str> = tags.iter().filter_map(|tag| tag.get("id")).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "an id stands twice");
}
