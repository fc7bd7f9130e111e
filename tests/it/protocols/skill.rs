//! Skill files: every curl in them runs, and they say what is true of this server.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::{Value, json};

use crate::harness::{Client, Server};

/// The commands of a file, in their order.
fn commands(file: &str) -> Vec<&str> {
    let blocks = file.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.flat_map(str::lines).collect()
}

fn id(answer: &Value, thing: &str) -> String {
    answer[thing]["id"].as_str().unwrap().to_owned()
}

/// What the variables of the files stand for.
struct Scene<'s> {
    server: &'s Server,
    scout: Client<'s>,
    variables: BTreeMap<&'static str, String>,
}

impl<'s> Scene<'s> {
    fn new(server: &'s Server) -> Scene<'s> {
        let scout = server.verified("scout");
        server.grant("scout", 100);
        let endpoint = "https://aiins.cc/api/skills/echo/scout";
        let skills = json!({"skills": [{"name": "echo", "description": "Says it back", "endpoint": endpoint}]});
        scout.patch("/api/agents/scout", skills).expect(200);
        let issued = server.admin().post("/api/owner/token", json!({"ownerHandle": "octocat"})).expect(201);
        let variables = BTreeMap::from([
            ("OTHER", "scout".to_owned()),
            ("OWNER_TOKEN", issued["ownerToken"].as_str().unwrap().to_owned()),
            ("NOTE", scout.publish("Of scout")),
        ]);
        Scene { server, scout, variables }
    }

    fn me(&self) -> Client<'s> {
        self.server.anyone().with_key("my-agent", &self.variables["AIINS_API_KEY"])
    }

    fn offered(&self) -> String {
        id(&self.scout.post("/api/bounties", json!({"title": "A task", "reward": 2})).expect(201), "bounty")
    }

    /// A bounty that one has taken over from the other.
    fn taken(creator: &Client, claimer: &Client) -> String {
        let bounty = id(&creator.post("/api/bounties", json!({"title": "A task", "reward": 2})).expect(201), "bounty");
        claimer.post(&format!("/api/bounties/{bounty}/claim"), json!({})).expect(201);
        let accept = json!({"claimAgentId": claimer.id()});
        creator.patch(&format!("/api/bounties/{bounty}/claim"), accept).expect(200);
        bounty
    }

    /// Makes what a command is about, if it is not there yet.
    fn prepare(&mut self, command: &str) {
        for name in ["BOUNTY", "TAKEN", "DELIVERED", "APPLICANT", "MY_NOTE", "DRAFT"] {
            if !command.contains(&format!("${name}")) || self.variables.contains_key(name) {
                continue;
            }
            let value = match name {
                "BOUNTY" => self.offered(),
                "TAKEN" => Scene::taken(&self.scout, &self.me()),
                "DELIVERED" => Scene::taken(&self.me(), &self.scout),
                "APPLICANT" => {
                    let mine = &self.variables["MY_BOUNTY"];
                    self.scout.post(&format!("/api/bounties/{mine}/claim"), json!({})).expect(201);
                    self.scout.id()
                }
                "MY_NOTE" => self.me().publish("Mine, too short to be true"),
                _ => {
                    let fields = json!({"quote": "A sentence that is long enough to stand."});
                    id(
                        &self
                            .me()
                            .post("/api/notes/draft", json!({"templateId": "quote", "fields": fields}))
                            .expect(201),
                        "draft",
                    )
                }
            };
            self.variables.insert(name, value);
        }
    }

    /// Runs a command as an agent would, and remembers what later ones need.
    #[track_caller]
    fn run(&mut self, command: &str) {
        self.prepare(command);
        let output = Command::new("sh").args(["-c", command]).envs(&self.variables).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let answer: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{command}\n{text}"));
        assert!(answer.get("error").is_none(), "{command}\n{answer}");
        if let Some(key) = answer["apiKey"].as_str() {
            self.variables.insert("AIINS_API_KEY", key.to_owned());
            self.server.grant("my-agent", 100);
        }
        if answer["bounty"]["title"] == "Find me a changelog in Welsh" {
            self.variables.entry("MY_BOUNTY").or_insert_with(|| id(&answer, "bounty"));
        }
        self.server.run_jobs();
    }
}

#[test]
fn every_curl_of_the_skill_and_of_the_heartbeat_runs() {
    let server = Server::start();
    let mut scene = Scene::new(&server);
    for (path, at_least) in [("/skill.md", 24), ("/heartbeat.md", 7)] {
        let file = server.anyone().get(path);
        assert_eq!((file.status, file.header("content-type")), (200, Some("text/markdown; charset=utf-8")));
        let text = file.text();
        let commands = commands(&text);
        assert!(commands.len() >= at_least, "{path}: {}", commands.len());
        for command in commands {
            assert!(command.starts_with("curl -s ") && command.contains(&server.url), "{command}");
            scene.run(command);
        }
    }
    server.check();
}

#[test]
fn the_files_say_what_this_server_does() {
    let server = Server::with(|settings| {
        settings.server.public_url = "https://agents.example/".to_owned();
        settings.economy.post_note = 3;
        settings.limits.message = 17;
        settings.review.mode = aiins::base::config::ReviewMode::Manual;
    });
    let skill = server.anyone().get("/skill.md").text();
    let rules = server.anyone().get("/rules.md").text();
    for expected in [
        "A note costs 3 tokens",
        "17 messages",
        "an administrator reads every note",
        "https://agents.example/api/notes",
    ] {
        assert!(skill.contains(expected), "{expected}");
    }
    assert!(!skill.contains(&server.url) && !skill.contains("example//"), "one address, that of the settings");
    assert!(rules.contains("| a note | −3 |") && rules.contains("17 messages"), "{rules}");
    for template in ["article", "data", "quote", "list", "announce", "link"] {
        assert!(skill.contains(&format!("| `{template}` |")), "{template}");
    }
    assert!(skill.lines().count() < 500);
    let index = server.anyone().get("/llms.txt").text();
    for path in index.split("](https://agents.example").skip(1).map(|rest| rest.split(')').next().unwrap()) {
        let status = server.anyone().get(path).status;
        assert_eq!(status, if path == "/mcp" { 405 } else { 200 }, "{path}");
    }
    let data = server.anyone().get("/skill.json").expect(200);
    assert_eq!(data["api"]["base_url"], "https://agents.example/api");
    assert_eq!(data["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn the_front_matter_has_only_the_keys_that_skills_have() {
    let server = Server::start();
    let skill = server.anyone().get("/skill.md").text();
    let front = skill.strip_prefix("---\n").unwrap().split("\n---\n").next().unwrap();
    let keys: Vec<&str> =
        front.lines().filter(|line| !line.starts_with(' ')).map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(keys, ["name", "description", "license", "compatibility", "metadata"]);
    let description = front.lines().find(|line| line.starts_with("description: ")).unwrap();
    assert!(description.len() <= 1024 + "description: ".len());
}

#[test]
fn whom_to_tell_of_a_hole_is_said_when_the_operator_says_it() {
    let silent = Server::start();
    assert_eq!(silent.anyone().get("/.well-known/security.txt").status, 404);
    let server =
        Server::with(|settings| settings.server.security_contact = "mailto:security@agents.example".to_owned());
    let text = server.anyone().get("/.well-known/security.txt").text();
    assert!(text.starts_with("Contact: mailto:security@agents.example\nExpires: 2026-09-30T00:00:00.000Z\n"), "{text}");
}
