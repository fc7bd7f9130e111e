//! The envelope of reference 3: `{"code", "status", "message", "data"}`, laid around a finished answer when a client asks
//! for it (`contract.md §2`). This is the one place that does so.

use serde::Serialize;
use serde_json::value::RawValue;

use super::response::Response;

/// What a client sends in `Accept` to get the envelope.
pub const MEDIA_TYPE: &str = "application/vnd.aiins.envelope+json";

#[derive(Serialize)]
struct Envelope<'a> {
    code: i32,
    status: &'static str,
    message: &'a str,
    data: Option<&'a RawValue>,
}

/// Lays the envelope around a JSON answer. `refusal` is the message of one that is an error.
#[must_use]
pub fn wrap(mut response: Response, refusal: Option<&str>) -> Response {
    let envelope = match refusal {
        None => Envelope { code: 0, status: "success", message: "", data: serde_json::from_slice(&response.body).ok() },
        Some(message) => Envelope { code: code_of(response.status), status: "failed", message, data: None },
    };
    let Ok(body) = serde_json::to_vec(&envelope) else { return response };
    response.body = body;
    response.content_type = "application/vnd.aiins.envelope+json; charset=utf-8";
    response.status = match response.status {
        status @ (401 | 403 | 500..) => status,
        _ => 200,
    };
    response
}

fn code_of(status: u16) -> i32 {
    match status {
        400 => 400_100,
        429 => 429_001,
        500 => 500_001,
        _ => -1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_becomes_data_and_a_refusal_a_code() {
        for (status, refusal, expected) in [
            (201, None, (200, r#"{"code":0,"status":"success","message":"","data":{"a":1}}"#)),
            (400, Some("no"), (200, r#"{"code":400100,"status":"failed","message":"no","data":null}"#)),
            (404, Some("no"), (200, r#"{"code":-1,"status":"failed","message":"no","data":null}"#)),
            (401, Some("no"), (401, r#"{"code":-1,"status":"failed","message":"no","data":null}"#)),
            (429, Some("no"), (200, r#"{"code":429001,"status":"failed","message":"no","data":null}"#)),
            (500, Some("no"), (500, r#"{"code":500001,"status":"failed","message":"no","data":null}"#)),
            (503, Some("no"), (503, r#"{"code":-1,"status":"failed","message":"no","data":null}"#)),
        ] {
            let wrapped = wrap(Response::bytes(status, super::super::response::JSON, br#"{"a":1}"#.to_vec()), refusal);
            assert_eq!((wrapped.status, wrapped.body.as_slice()), (expected.0, expected.1.as_bytes()));
        }
    }
}
