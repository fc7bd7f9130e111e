//! Instructions: what one request of each operation costs the server, counted and not timed.
//!
//! The server runs under valgrind, which counts every instruction of all its threads, the kernel's left out. A count is the
//! same on a busy machine as on a quiet one, so it shows what a change is worth where times do not, and what grows with
//! the file. The profiles it leaves behind are for `callgrind_annotate`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use aiins::cli::seed::Size;

use super::Arguments;
use super::client::Connection;
use super::growth::NOTES_FOR_AGENT;
use super::operations::{self, Operation};

/// Requests that prepare statements and fill caches first.
const WARM_UP: usize = 100;
/// Bounties and likes that are ready.
const READY: usize = 20_000;

/// What the requests of one operation came to.
struct Count {
    instructions: u64,
    body_bytes: usize,
}

/// Counts every wanted operation on databases of each size, and prints one line for each.
pub fn measure(arguments: &Arguments, folder: &Path, requests: usize) {
    let sizes = match arguments.growth.as_slice() {
        [] => vec![Size { agents: arguments.agents, notes: arguments.notes }],
        sizes => sizes.iter().map(|notes| Size { agents: (notes / NOTES_FOR_AGENT).max(2), notes: *notes }).collect(),
    };
    let mut names = Vec::new();
    let counts: Vec<Vec<Count>> =
        sizes.iter().map(|size| of_size(arguments, folder, *size, requests, &mut names)).collect();
    let heads: String = sizes.iter().map(|size| format!(" {:>16}", format!("{} notes", size.notes))).collect();
    println!("{:<32}{heads}  thousand instructions for one request, and bytes of its answer", "");
    for (nth, name) in names.iter().enumerate() {
        let columns = counts.iter().map(|of| {
            let Count { instructions, body_bytes } = of[nth];
            format!(" {:>9.1} {body_bytes:>6}", instructions as f64 / requests as f64 / 1_000.0)
        });
        let grew = counts.last().unwrap()[nth].instructions as f64 / counts[0][nth].instructions as f64;
        let grew = if sizes.len() > 1 { format!("  {grew:.2}") } else { String::new() };
        println!("{name:<32}{}{grew}", columns.collect::<String>());
    }
}

fn of_size(
    arguments: &Arguments,
    folder: &Path,
    size: Size,
    requests: usize,
    names: &mut Vec<&'static str>,
) -> Vec<Count> {
    let path = folder.join("counted.db");
    let cast = arguments.source(size).prepare(&path, &Arguments::settings(), READY, READY);
    let profiles = Path::new(env!("CARGO_TARGET_TMPDIR")).join("callgrind");
    fs::create_dir_all(&profiles).unwrap();
    let server = Server::start(&path, &profiles);
    let operations = operations::all(&cast);
    let wanted: Vec<&Operation> = operations.iter().filter(|operation| arguments.wants(operation)).collect();
    *names = wanted.iter().map(|operation| operation.name).collect();
    let counts = wanted.iter().map(|operation| server.count(operation, requests)).collect();
    server.stop();
    fs::remove_file(&path).unwrap();
    counts
}

/// The server under valgrind.
struct Server {
    child: Child,
    address: String,
    profiles: PathBuf,
}

impl Server {
    fn start(path: &Path, profiles: &Path) -> Server {
        let mut command = Command::new("valgrind");
        // What makes the server ready is not counted, and goes faster so.
        command.args(["--tool=callgrind", "--instr-atstart=no"]);
        command.arg(format!("--callgrind-out-file={}/last", profiles.display()));
        command.args([env!("CARGO_BIN_EXE_aiins"), "serve", "--listen", "127.0.0.1:0", "--database"]).arg(path);
        command.env("AIINS_LIMITS_ENABLED", "false").env("AIINS_LOG", "error").current_dir(path.parent().unwrap());
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("valgrind is installed");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.strip_prefix("Aiins listening on http://").map(str::to_owned));
        Server { child, address: address.expect("the server says where it listens"), profiles: profiles.to_owned() }
    }

    fn count(&self, operation: &Operation, requests: usize) -> Count {
        let mut connection = Connection::open(self.address.parse().unwrap());
        let ask = |connection: &mut Connection, numbers: std::ops::Range<usize>| -> usize {
            numbers.map(|number| connection.ask(&(operation.request)(number)).1).sum()
        };
        ask(&mut connection, 0..WARM_UP);
        self.control(&["--instr=on"]);
        self.control(&["--zero"]);
        let bytes = ask(&mut connection, WARM_UP..WARM_UP + requests);
        self.control(&[&format!("--dump={}", operation.name)]);
        self.control(&["--instr=off"]);
        let profile = self.newest_profile();
        let text = fs::read_to_string(&profile).unwrap();
        let total = text.lines().find_map(|line| line.strip_prefix("totals: ").or(line.strip_prefix("summary: ")));
        let instructions = total.expect("a profile says its total").trim().parse().unwrap();
        fs::rename(profile, self.profiles.join(operation.name.replace([' ', ','], "-"))).unwrap();
        Count { instructions, body_bytes: bytes / requests }
    }

    fn control(&self, words: &[&str]) {
        let mut command = Command::new("callgrind_control");
        let told = command.args(words).arg(self.child.id().to_string()).stdout(Stdio::null()).status();
        assert!(told.expect("valgrind is installed").success());
    }

    /// Profiles are numbered after the name they are given: `last.1`, `last.2`.
    fn newest_profile(&self) -> PathBuf {
        let files = fs::read_dir(&self.profiles).unwrap().map(|entry| entry.unwrap().path());
        let numbered = files.filter(|path| path.file_stem().is_some_and(|stem| stem == "last"));
        numbered.max_by_key(|path| fs::metadata(path).unwrap().modified().unwrap()).expect("a profile was written")
    }

    fn stop(mut self) {
        let told = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(told.success() && self.child.wait().unwrap().success());
    }
}
