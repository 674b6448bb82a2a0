//! One computer becomes several: the record moves from its file into a database.

use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

use rundbrief::ledger::DeliveryState;
use serde_json::Value;

use crate::postgres;
use crate::project::Project;
use crate::sending::{self, POST, Sent, addresses, members, rundbrief, totals};
use crate::smtp_server::{Answer, Script, Server, Stage};

fn run(project: &Project, arguments: &[&str]) -> Sent {
    Sent::of(rundbrief(project, arguments).output().expect("it runs"))
}

#[test]
#[ignore = "needs PostgreSQL's programs"]
fn a_send_that_waits_goes_on_in_the_database_and_nobody_gets_it_twice() {
    const GREYLISTED: [&str; 2] = ["m3@d3.example.org", "m8@d8.example.org"];
    let members = members(9);
    let server = Server::start(Script::new().on(Stage::Rcpt, |seen| {
        match seen.mail <= 9 && GREYLISTED.contains(&seen.recipient()) {
            true => Answer::reply("451 4.7.1 greylisted, try again later"),
            false => Answer::normal(),
        }
    }));
    let project = Project::with_record_in_a_file();
    sending::fill(&project, server.port(), &members);
    run(&project, &["ledger", "move", "rundbrief.db"])
        .code(78)
        .says("names a file as the sending record, not a database");
    run(&project, &["send", POST, "--yes", "--offline"]).code(75);
    run(&project, &["members", "suppress", GREYLISTED[1]]).code(0);

    let database = postgres::Server::start();
    let at = database.address();
    let in_a_file = project.read("config.toml");
    let in_a_database = in_a_file.replace("sqlite:rundbrief.db", &at);
    assert_ne!(in_a_file, in_a_database);
    project.write("config.toml", &in_a_database);
    run(&project, &["ledger", "move", "other.db"]).code(66).says("rundbrief ledger move rundbrief.db");
    let moved = run(&project, &["ledger", "move", "rundbrief.db"]).code(0);
    let moved = moved.says(": 1 release with 9 deliveries, and 1 address that must not be written to.");
    assert!(moved.said.contains("rundbrief.db stays as it was"), "{}", moved.said);
    run(&project, &["ledger", "move", "rundbrief.db"]).code(74).says("it was moved to postgres://");

    run(&project, &["send", POST, "--yes", "--offline"]).code(69).says("1 accepted by 127.0.0.1 · 1 refused");
    for address in &members {
        assert_eq!(server.accepted_for(address), usize::from(address != GREYLISTED[1]), "{address}");
    }
    project.write("config.toml", &in_a_file);
    for arguments in [&["send", POST, "--yes", "--offline"][..], &["status"], &["members", "suppress", "a@example.org"]]
    {
        run(&project, arguments).code(74).says("name that database in [ledger] url");
    }
    assert_eq!(server.accepted_count(), 8);
    let there = Project::with_record_at(&at);
    assert_eq!((totals(&there).sent, totals(&there).failed), (8, 1));
    assert_eq!(addresses(&there, DeliveryState::Failed), [GREYLISTED[1].to_owned()].into());
}

/// How many deliveries `status` knows, in whatever state; `None` where the record is somewhere else now.
fn known(project: &Project) -> Option<u64> {
    let output = rundbrief(project, &["--format", "json", "status", POST]).output().expect("it runs");
    if String::from_utf8_lossy(&output.stderr).contains("it was moved to") {
        return None;
    }
    let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    Some(said["totals"].as_object().map_or(0, |totals| totals.values().filter_map(Value::as_u64).sum()))
}

/// So many deliveries wait in a record in a file, and its configuration with the database in its stead.
struct Waiting {
    project: Project,
    members: Vec<String>,
    mail: Server,
    /// Whether the mail server takes anything.
    open: Arc<AtomicBool>,
    in_a_file: String,
    in_a_database: String,
    _database: postgres::Server,
}

impl Waiting {
    fn new(number: usize) -> Waiting {
        let open = Arc::new(AtomicBool::new(false));
        let door = open.clone();
        let mail = Server::start(Script::new().on(Stage::Rcpt, move |_| match door.load(Ordering::SeqCst) {
            true => Answer::normal(),
            false => Answer::reply("451 4.3.2 try again later"),
        }));
        let (project, members) = (Project::with_record_in_a_file(), members(number));
        sending::fill(&project, mail.port(), &members);
        run(&project, &["send", POST, "--yes", "--offline"]).code(75);
        let database = postgres::Server::start();
        let in_a_file = project.read("config.toml");
        let in_a_database = in_a_file.replace("sqlite:rundbrief.db", &database.address());
        project.write("config.toml", &in_a_database);
        Waiting { project, members, mail, open, in_a_file, in_a_database, _database: database }
    }

    fn begin(&self) -> Child {
        rundbrief(&self.project, &["ledger", "move", "rundbrief.db"]).spawn().expect("it starts")
    }

    /// Kills it; whether it had done everything before.
    fn kill(mut moving: Child) -> bool {
        moving.kill().expect("it can be killed");
        Sent::of(moving.wait_with_output().expect("it ends")).status.success()
    }

    /// What the file and the database know of.
    fn known(&self) -> (Option<u64>, Option<u64>) {
        let there = known(&self.project);
        self.project.write("config.toml", &self.in_a_file);
        let here = known(&self.project);
        self.project.write("config.toml", &self.in_a_database);
        (here, there)
    }

    /// Sends to the end with the database: everybody has one mail, and the file is at rest.
    fn conclude(&self) {
        assert_eq!(self.known(), (None, Some(self.members.len() as u64)));
        self.open.store(true, Ordering::SeqCst);
        run(&self.project, &["send", POST, "--yes", "--offline"]).code(0);
        let others = self.members.iter().filter(|address| self.mail.accepted_for(address) != 1).count();
        assert_eq!((others, self.mail.accepted_count()), (0, self.members.len()));
    }
}

#[test]
#[ignore = "needs PostgreSQL's programs"]
fn a_move_that_is_killed_leaves_the_file_as_it_was_until_all_of_it_is_there() {
    const ALL: u64 = 800;
    let waiting = Waiting::new(ALL as usize);
    let mut killed = 0;
    for after in (1..400).map(|step| Duration::from_millis(5 * step)) {
        let moving = waiting.begin();
        sleep(after);
        if Waiting::kill(moving) {
            break;
        }
        killed += 1;
        let known = waiting.known();
        let whole = [(Some(ALL), Some(0)), (Some(ALL), Some(ALL)), (None, Some(ALL))];
        assert!(whole.contains(&known), "half a record after {after:?}: {known:?}");
    }
    assert!(killed > 5, "it was killed only {killed} times");
    waiting.conclude();
}

#[test]
#[ignore = "needs PostgreSQL's programs"]
fn one_that_ended_before_the_file_knew_of_it_is_concluded_by_the_next_try() {
    const ALL: u64 = 50;
    let waiting = Waiting::new(ALL as usize);
    let as_it_was = std::fs::read(waiting.project.path("rundbrief.db")).expect("is read");
    run(&waiting.project, &["ledger", "move", "rundbrief.db"]).code(0);
    waiting.project.write("rundbrief.db", as_it_was);
    assert_eq!(waiting.known(), (Some(ALL), Some(ALL)));
    run(&waiting.project, &["ledger", "move", "rundbrief.db"]).code(0).says("1 release with 50 deliveries");
    waiting.conclude();
}
