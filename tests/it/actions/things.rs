//! One thing of every kind in every state, and everyone who may look at it.

use aiins::base::clock::{DAY, HOUR};
use serde_json::{Value, json};

use crate::harness::{Client, Server};

/// A thing, where it is read, and in which list it stands there where it is not answered by itself.
pub(super) struct Thing {
    pub(super) what: &'static str,
    pub(super) path: String,
    pub(super) list: Option<&'static str>,
    pub(super) of: String,
}

/// The things and their viewers.
pub(super) struct World<'s> {
    pub(super) things: Vec<Thing>,
    pub(super) author: Client<'s>,
    pub(super) stranger: Client<'s>,
    /// The path of a series of the author's.
    pub(super) series: String,
    others: Vec<(&'static str, Client<'s>)>,
}

fn made(client: &Client, path: &str, body: Value, name: &str) -> String {
    client.post(path, body).expect(201)[name]["id"].as_str().unwrap().to_owned()
}

fn article(title: &str) -> Value {
    json!({"templateId": "article", "fields": {"title": title, "body": format!("A note of {title}, long enough")}})
}

impl<'s> World<'s> {
    pub(super) fn new(server: &'s Server) -> World<'s> {
        let (author, sibling) = (server.owned("author", "octocat"), server.owned("sibling", "octocat"));
        let (stranger, hunter) = (server.verified("stranger"), server.verified("hunter"));
        let (poor, banned) = (server.verified("poor"), server.verified("banned"));
        let (new, spent) = (server.agent("new"), server.agent("spent"));
        let (person, blocked) = (server.person("grace"), server.verified("blocked"));
        for handle in ["author", "sibling", "stranger", "hunter"] {
            server.grant(handle, 1_000);
        }
        let mut world = World { things: Vec::new(), author, stranger, series: String::new(), others: Vec::new() };
        world.notes(server);
        world.bounties(server, &hunter, &poor, &banned);
        // The poor one has given all away.
        poor.post("/api/agents/new/tip", json!({"amount": poor.balance()})).expect(200);
        new.post("/api/agents/hunter/tip", json!({"amount": new.balance()})).expect(200);
        for n in 0..5 {
            spent.submit(&format!("Of spent {n}"));
        }
        world.drafts(&[&poor, &new, &spent]);
        world.messages(&[&sibling, &banned, &blocked]);
        server.grant("blocked", 100);
        world.author.post("/api/agents/blocked/block", json!({})).expect(200);
        server.admin().post("/api/admin/agents/banned/ban", json!({})).expect(200);
        // Nobody runs the sweep, so that what is over by its time is seen before that.
        server.clock.advance(2 * HOUR);
        let others = [sibling, hunter, poor, new, spent, person, blocked, banned, server.anyone()];
        let names = ["sibling", "hunter", "poor", "new", "spent", "person", "blocked", "banned", "nobody"];
        world.others = names.into_iter().zip(others).collect();
        world
    }

    pub(super) fn viewers(&self) -> Vec<(&'static str, &Client<'s>)> {
        let others = self.others.iter().map(|(who, client)| (*who, client));
        [("author", &self.author), ("stranger", &self.stranger)].into_iter().chain(others).collect()
    }

    pub(super) fn of(&self, what: &str) -> &Thing {
        self.things.iter().find(|thing| thing.what == what).unwrap()
    }

    fn add(&mut self, what: &'static str, path: &str, list: Option<&'static str>, of: &str) {
        self.things.push(Thing { what, path: path.to_owned(), list, of: of.to_owned() });
    }

    fn notes(&mut self, server: &Server) {
        let [public, liked, downvoted, boosted] =
            ["Public note", "Liked note", "Downvoted note", "Boosted note"].map(|title| self.author.publish(title));
        self.stranger.post(&format!("/api/notes/{liked}/like"), json!({})).expect(200);
        self.stranger.post(&format!("/api/notes/{downvoted}/downvote"), json!({})).expect(200);
        self.author.post(&format!("/api/notes/{boosted}/boost"), json!({"type": "pin"})).expect(200);
        let rejected = self.author.submit("Rejected");
        let reason = json!({"reason": "No"});
        server.admin().post(&format!("/api/admin/notes/{rejected}/reject"), reason).expect(200);
        let pending = self.author.submit("Pending");
        let mut later = article("Scheduled");
        later["scheduledAt"] = json!(server.clock.now().plus(DAY).to_string());
        let scheduled = made(&self.author, "/api/notes", later, "note");
        let series = made(&self.author, "/api/series", json!({"title": "S"}), "series");
        self.series = format!("/api/series/{series}");
        for note in [&public, &liked] {
            self.author.post(&format!("/api/series/{series}/items"), json!({"noteId": note})).expect(200);
        }
        for (what, id) in [
            ("a public note", public),
            ("a liked note", liked),
            ("a downvoted note", downvoted),
            ("a boosted note", boosted),
            ("a rejected note", rejected),
            ("a pending note", pending),
            ("a scheduled note", scheduled),
        ] {
            self.add(what, &format!("/api/notes/{id}"), None, &id);
        }
    }

    fn bounties(&mut self, server: &Server, hunter: &Client, poor: &Client, banned: &Client) {
        let hour = json!(server.clock.now().plus(HOUR).to_string());
        let post = |creator: &Client, deadline: &Value| {
            let bounty = json!({"title": "A task", "reward": 20, "deadline": deadline});
            format!("/api/bounties/{}", made(creator, "/api/bounties", bounty, "bounty"))
        };
        let claim = |path: &str, by: &Client| by.post(&format!("{path}/claim"), json!({})).expect(201);
        let accept = |creator: &Client, path: &str| {
            let chosen = json!({"claimAgentId": hunter.id()});
            creator.patch(&format!("{path}/claim"), chosen).expect(200)
        };
        let none = Value::Null;
        let author = &self.author;
        let open = post(author, &none);
        let applied = post(author, &none);
        claim(&applied, hunter);
        claim(&applied, poor);
        let too_poor = post(author, &none);
        claim(&too_poor, poor);
        let expired = post(author, &hour);
        claim(&expired, hunter);
        let running = || {
            let path = post(author, &none);
            claim(&path, hunter);
            claim(&path, poor);
            accept(author, &path);
            path
        };
        let [claimed, delivered, disputed, completed, cancelled] = [(); 5].map(|()| running());
        hunter.post(&format!("{delivered}/deliver"), json!({"note": "Done"})).expect(200);
        author.post(&format!("{disputed}/dispute"), json!({"reason": "Not what was agreed"})).expect(200);
        author.put(&format!("{completed}/claim"), json!({})).expect(200);
        author.delete(&cancelled).expect(200);
        server.grant("banned", 100);
        let orphaned = post(banned, &none);
        claim(&orphaned, hunter);
        accept(banned, &orphaned);
        for (what, path) in [
            ("an open bounty", open),
            ("a bounty with applications", applied),
            ("a bounty with an applicant that cannot pay", too_poor),
            ("an expired bounty", expired),
            ("a claimed bounty", claimed),
            ("a delivered bounty", delivered),
            ("a disputed bounty", disputed),
            ("a completed bounty", completed),
            ("a cancelled bounty", cancelled),
            ("a bounty whose creator is banned", orphaned),
        ] {
            self.add(what, &path, None, "");
        }
    }

    fn drafts(&mut self, others: &[&Client]) {
        let mut soon = article("Soon");
        soon["scheduledAt"] = json!("2026-04-03T14:30:00.000Z");
        let mut far = article("Far");
        far["scheduledAt"] = json!("2036-04-03T14:30:00.000Z");
        let path = "/api/notes/draft";
        for (what, body) in [
            ("a whole draft", article("Whole")),
            ("a draft with nothing in it", json!({"templateId": "article"})),
            ("a draft whose time has passed", soon),
            ("a draft for a time too far away", far),
        ] {
            let id = made(&self.author, path, body, "draft");
            self.add(what, path, Some("drafts"), &id);
        }
        for other in others {
            let id = made(other, path, article("Another"), "draft");
            self.add("a draft of someone without tokens or notes left", path, Some("drafts"), &id);
        }
    }

    fn messages(&mut self, others: &[&Client]) {
        for other in others {
            let to = |handle: &str| json!({"to": handle, "body": "Hello"});
            let sent = made(&self.author, "/api/messages", to(&other.handle), "message");
            let got = made(other, "/api/messages", to("author"), "message");
            for id in [sent, got] {
                self.add("a message that came", "/api/messages?peek=true", Some("messages"), &id);
                self.add("a message that went", "/api/messages?box=sent", Some("messages"), &id);
            }
        }
    }
}
