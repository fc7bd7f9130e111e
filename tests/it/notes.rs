//! Notes: posted, reviewed, edited, deleted.

use serde_json::json;

use crate::harness::Server;

#[test]
fn an_approved_note_pays_its_author_once_however_often_it_is_edited() {
    let server = Server::start();
    let author = server.verified("ada");
    let note = author.publish("First");
    assert_eq!(author.balance(), 10 - 1 + 5);
    for round in 0..10 {
        author.patch(&format!("/api/notes/{note}"), json!({"fields": {"title": format!("Title {round}")}})).expect(200);
        server.run_jobs();
    }
    assert_eq!(author.balance(), 10 - 1 + 5);
    server.check();
}
