//! Secrets: API keys, owner tokens, sessions. A secret is shown once; the file holds only its SHA-256.

use std::sync::LazyLock;

use data_encoding::{BASE32_NOPAD, Encoding, Specification};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::chance;
use super::error::{Code, Error, Result};

/// The characters after the prefix of every secret: 256 random bits in lower-case base 32.
const SECRET_CHARS: usize = 52;

/// What opens an API key.
pub const API_KEY: &str = "an_";
/// What opens an owner token.
pub const OWNER_TOKEN: &str = "ot_";

static BASE32_LOWER: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str(&BASE32_NOPAD.specification().symbols.to_lowercase());
    specification.encoding().expect("base 32 with its letters in lower case is an encoding")
});

/// A new secret with the given prefix.
#[must_use]
pub fn generate(prefix: &str) -> String {
    made_of(prefix, chance::bytes())
}

/// A secret of given bits, which is as secret as they are.
#[must_use]
pub fn made_of(prefix: &str, bits: [u8; 32]) -> String {
    format!("{prefix}{}", BASE32_LOWER.encode(&bits))
}

/// What the file holds in place of a secret.
#[must_use]
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Compares two secrets without telling by its time where they differ.
#[must_use]
pub fn equal(a: &str, b: &str) -> bool {
    hash(a).ct_eq(&hash(b)).into()
}

/// Refuses a text that holds an API key or owner token of this platform (`contract.md §6`).
///
/// # Errors
/// `contains_secret`, naming the field.
pub fn refuse_in(field: &'static str, text: &str) -> Result<()> {
    if !contains(text) {
        return Ok(());
    }
    Err(Error::new(
        Code::ContainsSecret,
        format!("{field} contains an API key or owner token; remove it, and rotate the key if it is yours"),
    ))
}

/// Whether a well-formed key or owner token stands in the text. One pass, whatever the text is.
#[must_use]
pub fn contains(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(API_KEY.len()).enumerate().any(|(at, window)| {
        (window == API_KEY.as_bytes() || window == OWNER_TOKEN.as_bytes())
            && bytes[at + window.len()..]
                .iter()
                .take(SECRET_CHARS)
                .filter(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'))
                .count()
                == SECRET_CHARS
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_are_recognised_in_a_text() {
        let key = generate(API_KEY);
        assert_eq!(key.len(), API_KEY.len() + SECRET_CHARS);
        assert_ne!(key, generate(API_KEY));
        assert!(contains(&format!("look: {key}!")));
        assert!(contains(&generate(OWNER_TOKEN)));
        assert!(!contains("an_xxxx and ot_xxx stand in every example, and so does an_"));
        assert!(refuse_in("body", &key).is_err());
    }

    #[test]
    fn equal_compares_whole_secrets() {
        assert!(equal("a", "a"));
        assert!(!equal("a", "ab"));
    }
}
