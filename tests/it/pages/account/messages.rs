//! Messages in the browser: boxes, conversations, and what can be sent.

use serde_json::json;

use super::super::forms::done;
use super::{page, refused, send};
use crate::harness::{Client, Server};

fn write(from: &Client, to: &str, body: &str) {
    from.post("/api/messages", json!({"to": to, "body": body})).expect(201);
}

#[test]
fn a_message_goes_there_and_its_answer_comes_back() {
    let server = Server::start();
    let (ada, grace) = (server.verified("ada"), server.person("grace"));
    assert!(page(&grace, "/agents/ada").0.contains(r#"href="/messages?compose=ada">Message</a>"#));
    assert!(!page(&grace, "/agents/grace").0.contains("/messages?compose=grace"));
    let (text, _) = page(&grace, "/messages?compose=ada");
    assert!(text.contains(r#"value="ada" required"#) && text.contains(r#"href="/agents/ada""#), "{text}");

    let sent = send(&grace, "/messages", &[("to", "@ADA"), ("body", "First line\r\nsecond line")]);
    assert_eq!(sent.header("location"), Some("/messages?with=ada#newest"));
    let text = done(&grace, &sent, "/messages");
    assert!(text.contains("Your message to @ada is on its way.") && text.contains("First line\nsecond line"));
    assert!(page(&grace, "/messages?box=sent").0.contains("First line second line"));
    let inbox = ada.get("/api/messages").expect(200);
    assert_eq!(inbox["messages"][0]["body"], "First line\nsecond line");

    write(&ada, "grace", "And back");
    let text = page(&grace, "/messages?with=ada").0;
    let (mine, answer) = (text.find("First line").unwrap(), text.find("And back").unwrap());
    assert!(
        mine < answer && answer < text.find(r#"name="reply""#).unwrap(),
        "oldest first, and the reply box at the end"
    );
    assert!(text.contains("· read"), "ada has read it");
    let reply = [("to", "ada"), ("reply", "1"), ("body", "Good")];
    assert!(done(&grace, &send(&grace, "/messages", &reply), "/messages").contains("Good"));
}

#[test]
fn reading_marks_what_was_shown_whole_as_read() {
    let server = Server::start();
    let (ada, grace) = (server.verified("ada"), server.person("grace"));
    write(&ada, "grace", "Short");
    write(&ada, "grace", &"long ".repeat(60));
    let unread = || grace.get("/api/messages?peek=true").expect(200)["unreadCount"].clone();
    assert_eq!(grace.also("accept-encoding", "identity").call("HEAD", "/messages", b"").status, 200);
    assert_eq!(unread(), 2, "who asks for the head has not read");
    let text = page(&grace, "/messages").0;
    assert_eq!(text.matches(r#"<b class="new">new</b>"#).count(), 2);
    assert!(text.contains(r#"<b class="unread">1<span"#), "the count is what is left");
    assert_eq!(unread(), 1, "the long one is not read by its beginning");
    assert!(text.contains("Read on and reply"));
    assert_eq!(page(&grace, "/messages").0.matches(r#"<b class="new">new</b>"#).count(), 1);
    assert!(page(&grace, "/messages?with=ada").0.contains(r#"<b class="new">new</b>"#));
    assert_eq!(unread(), 0);
    assert!(!page(&grace, "/messages?with=ada").0.contains(r#"<b class="new">new</b>"#));
    // What one sends oneself stays unread for the other one.
    write(&grace, "ada", "Hello");
    page(&grace, "/messages?with=ada");
    assert_eq!(ada.get("/api/messages?peek=true").expect(200)["unreadCount"], 1);
}

#[test]
fn boxes_and_conversations_page_back_to_the_first_message() {
    let server = Server::start();
    let (ada, bob, grace) = (server.verified("ada"), server.verified("bob"), server.person("grace"));
    for number in 0..40 {
        let (from, to) = if number % 2 == 0 { (&ada, "grace") } else { (&grace, "ada") };
        write(from, to, &format!("turn {number:02}."));
        write(&bob, "grace", "between");
    }
    let text = page(&grace, "/messages?with=ada").0;
    assert!(text.contains("turn 39.") && text.contains("turn 10.") && !text.contains("turn 09."));
    assert!(!text.contains("between") && !text.contains("The newest messages"));
    let earlier = text.split("href=\"/messages?with=ada&#38;cursor=").nth(1).unwrap().split('"').next().unwrap();
    let text = page(&grace, &format!("/messages?with=ada&cursor={earlier}")).0;
    assert!(text.contains("turn 00.") && text.contains("turn 09.") && !text.contains("turn 10."));
    assert!(text.contains("The newest messages") && !text.contains("Earlier messages"));
    let (mut path, mut rows) = ("/messages".to_owned(), 0);
    for _ in 0..3 {
        let text = page(&grace, &path).0;
        rows += text.matches(r#"<li class="line"#).count();
        let next =
            text.split("rel=\"next\" href=\"").nth(1).map(|rest| rest.split('"').next().unwrap().replace("&#38;", "&"));
        path = next.unwrap_or_default();
    }
    assert_eq!((rows, path.as_str()), (60, ""));
}

#[test]
fn a_refused_message_keeps_what_was_typed() {
    let server = Server::start();
    let (ada, grace) = (server.verified("ada"), server.person("grace"));
    let long = "x".repeat(4_001);
    let key = ada.key.as_deref().unwrap();
    for (to, body, sentence) in [
        ("nobody-here", "Kept <b>", "There is nobody with this handle"),
        ("", "Kept <b>", "to is required"),
        ("grace", "Kept <b>", "Cannot send DM to yourself"),
        ("ada", "", "body is required"),
        ("ada", &long, "body must be a text of 1 to 4000 characters"),
        ("ada", key, "body contains an API key"),
    ] {
        let text = refused(&send(&grace, "/messages", &[("to", to), ("body", body)]), 400, sentence);
        let typed = body.replace('<', "&#60;").replace('>', "&#62;");
        assert!(
            text.contains(&format!(">{typed}</textarea>")) && text.contains(&format!("value=\"{to}\"")),
            "{sentence}"
        );
    }
    let text = refused(&send(&grace, "/messages", &[("to", "ada"), ("reply", "1"), ("body", &long)]), 400, "4000");
    assert!(text.contains("Your message</label>") && text.contains(&long), "it is shown in the conversation");
    assert_eq!(server.number("SELECT count(*) FROM messages"), 0);
    let nobody = grace.also("accept", "text/html").get("/messages?with=nobody-here");
    assert_eq!(nobody.status, 404);
    assert!(nobody.text().contains("Agent not found"));
    assert!(page(&grace, "/messages?compose=nobody-here").0.contains(r#"value="nobody-here""#));
}

#[test]
fn a_message_is_deleted_by_its_sender_alone() {
    let server = Server::start();
    let (ada, grace, eve) = (server.verified("ada"), server.person("grace"), server.person("eve"));
    write(&grace, "ada", "Mine");
    write(&ada, "grace", "Yours");
    let ids: Vec<String> = ["sent", "inbox"]
        .map(|side| grace.get(&format!("/api/messages?peek=true&box={side}")).expect(200)["messages"][0]["id"].clone())
        .map(|id| id.as_str().unwrap().to_owned())
        .into();
    assert_eq!(page(&grace, "/messages?with=ada").0.matches("/delete\"").count(), 1, "only one's own can be deleted");
    let at = |id: &str| format!("/messages/{id}/delete");
    assert_eq!(send(&eve, &at(&ids[0]), &[]).status, 404);
    refused(&send(&grace, &at(&ids[1]), &[]), 403, "Only its sender may delete a message");
    assert_eq!(server.number("SELECT count(*) FROM messages"), 2);
    let answer = send(&grace, &at(&ids[0]), &[("next", "/messages?with=ada")]);
    assert_eq!(answer.header("location"), Some("/messages?with=ada"));
    let text = done(&grace, &answer, "/messages");
    assert!(text.contains("The message is gone, for both of you.") && !text.contains("Mine"));
}

#[test]
fn nobody_reads_the_messages_of_two_others() {
    let server = Server::start();
    let (ada, grace, eve) = (server.verified("ada"), server.person("grace"), server.person("eve"));
    write(&ada, "grace", "Between us");
    for path in
        ["/messages", "/messages?box=sent", "/messages?with=ada", "/messages?with=grace", "/messages?compose=grace"]
    {
        assert!(!page(&eve, path).0.contains("Between us"), "{path}");
    }
    assert_eq!(grace.get("/api/messages?peek=true").expect(200)["unreadCount"], 1);
    server.admin().post("/api/admin/agents/ada/ban", json!({})).expect(200);
    let text = page(&grace, "/messages").0;
    assert!(text.contains("Nobody any more") && text.contains("[deleted]") && !text.contains("Between us"));
}

#[test]
fn sending_counts_against_the_limit_of_messages() {
    let server = Server::with(|settings| {
        settings.limits.enabled = true;
        settings.limits.message = 2;
    });
    server.verified("ada");
    let grace = server.person("grace");
    for status in [303, 303, 429] {
        assert_eq!(send(&grace, "/messages", &[("to", "ada"), ("body", "Hello")]).status, status);
    }
}
