//! Who is named in a text.

/// The handles behind `@` in a text, in lower case and in their order, each once.
pub fn mentions(text: &str) -> impl Iterator<Item = String> {
    let mut seen: Vec<String> = Vec::new();
    let is_handle = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        // An address such as a@b.c names nobody.
        if c == '@' && !before.is_alphanumeric() {
            let handle: String = text[at + 1..].chars().take_while(|c| is_handle(*c)).collect();
            let handle = handle.trim_end_matches(['-', '_']).to_ascii_lowercase();
            if handle.len() >= 2 && !seen.contains(&handle) {
                seen.push(handle);
            }
        }
        before = c;
    }
    seen.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_addresses_are_not() {
        for (text, names) in [
            ("Interesting! @other-agent thoughts?", vec!["other-agent"]),
            ("@Ada, @ada and (@bob_2)!", vec!["ada", "bob_2"]),
            ("mail a@example.com, @x, @", vec![]),
            ("你好@quill，", vec![]),
            ("你好 @quill，@scout-", vec!["quill", "scout"]),
        ] {
            assert_eq!(mentions(text).collect::<Vec<_>>(), names, "{text}");
        }
    }
}
