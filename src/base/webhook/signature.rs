//! Signatures after Standard Webhooks: a target can tell that a call comes from here and was not changed on the way.

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::base::chance;
use crate::base::error::{Error, Result};

/// What opens every webhook secret; the rest is base 64.
const PREFIX: &str = "whsec_";

/// A new secret of 256 random bits.
#[must_use]
pub fn new_secret() -> String {
    format!("{PREFIX}{}", BASE64.encode(&chance::bytes()))
}

/// The value of `webhook-signature` for a body that is sent with this `webhook-id` and `webhook-timestamp` (Unix seconds).
///
/// # Errors
/// 500 for a secret that was not made by [`new_secret`].
pub fn sign(secret: &str, id: &str, timestamp_secs: i64, body: &[u8]) -> Result<String> {
    let key = secret.strip_prefix(PREFIX).and_then(|key| BASE64.decode(key.as_bytes()).ok());
    let key = key.ok_or_else(|| Error::internal("a webhook secret is malformed"))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(Error::internal)?;
    mac.update(format!("{id}.{timestamp_secs}.").as_bytes());
    mac.update(body);
    Ok(format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first is the example of the Standard Webhooks documents, the second the one its Rust library tests itself with;
    /// both were computed again with another implementation of HMAC.
    #[test]
    fn signatures_are_those_of_the_specification() {
        for (secret, id, timestamp, body, signature) in [
            (
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1_614_265_330,
                r#"{"test": 2432232314}"#,
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            ),
            (
                "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
                "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
                1_649_367_553,
                r#"{"email":"test@example.com","username":"test_user"}"#,
                "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
            ),
        ] {
            assert_eq!(sign(secret, id, timestamp, body.as_bytes()).unwrap(), signature);
        }
    }

    #[test]
    fn a_new_secret_signs_and_another_one_signs_otherwise() {
        let (one, other) = (new_secret(), new_secret());
        assert!(one.starts_with("whsec_") && one.len() == PREFIX.len() + 44);
        assert_ne!(sign(&one, "msg_1", 1, b"{}").unwrap(), sign(&other, "msg_1", 1, b"{}").unwrap());
        assert!(sign("secret", "msg_1", 1, b"{}").is_err());
    }
}
