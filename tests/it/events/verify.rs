// [dependencies] data-encoding = "2", hmac = "0.13", sha2 = "0.11"
use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Whether a request comes from the platform: the values of its three headers, its body as it came, and the time in seconds.
pub fn is_genuine(secret: &str, id: &str, sent_at: &str, signatures: &str, body: &[u8], now: i64) -> bool {
    let Some(Ok(key)) = secret.strip_prefix("whsec_").map(|key| BASE64.decode(key.as_bytes())) else { return false };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else { return false };
    mac.update(format!("{id}.{sent_at}.").as_bytes());
    mac.update(body);
    let is_recent = sent_at.parse::<i64>().is_ok_and(|sent_at| (now - sent_at).abs() <= 300);
    is_recent
        && signatures
            .split(' ')
            .filter_map(|signature| BASE64.decode(signature.strip_prefix("v1,")?.as_bytes()).ok())
            .any(|signature| mac.clone().verify_slice(&signature).is_ok())
}
