//! A project whose mails go to a scripted server, the built binary at work in it, and what its sending record says.

#![allow(dead_code, reason = "each test binary uses a part of this module")]

use std::collections::BTreeSet;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use sqlx::{ConnectOptions, Connection};

use rundbrief::ledger::{Books, DeliveryState, Ledger, RecordPlace, Totals};

use super::project::{self, Project};

/// The post that is sent; it goes by mail alone.
pub const POST: &str = "newsletters/kurz.md";
/// Nothing that a test waits for takes longer.
pub const LONG: Duration = Duration::from_secs(90);

/// A project whose mails go to this port of this computer, over four connections and as fast as it can.
pub fn sending_to(port: u16, members: &[String]) -> Project {
    let project = Project::empty();
    fill(&project, port, members);
    project
}

/// Writes the same into an empty project.
pub fn fill(project: &Project, port: u16, members: &[String]) {
    project.write("config.toml", config(port));
    project.write(POST, project::POST.replace("tags:", "channels: [email]\ntags:"));
    project.write("newsletters/lists/members.csv", list(members));
}

pub fn config(port: u16) -> String {
    project::config().replace("transport = \"outbox\"", "transport = \"smtp\"")
        + &format!(
            "\n[email.smtp]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\nconnections = 4\nper_minute = 0\n"
        )
}

/// `m1@d1.example.org`, …, at fifty domains.
pub fn members(number: usize) -> Vec<String> {
    (1..=number).map(|number| format!("m{number}@d{}.example.org", number % 50)).collect()
}

pub fn list(members: &[String]) -> String {
    let rows = (1..).zip(members).map(|(number, address)| format!("Vorname{number};Muster;{address}\n"));
    "Vorname;Nachname;E-Mail\n".to_owned() + &rows.collect::<String>()
}

/// The binary in the project's folder, with the machine's clock.
pub fn rundbrief(project: &Project, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rundbrief"));
    command.current_dir(project.path("")).env_clear().env("XDG_CACHE_HOME", project.path("cache")).args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts `send --yes`, without a look at the links, and does not wait for it.
pub fn start(project: &Project) -> Child {
    rundbrief(project, &["send", POST, "--yes", "--offline"]).spawn().expect("it starts")
}

/// Sends to the end.
pub fn send(project: &Project) -> Sent {
    Sent::of(start(project).wait_with_output().expect("it ends"))
}

/// The same with variables in its environment.
pub fn send_with(project: &Project, variables: [(&str, &str); 2]) -> Sent {
    let sent = rundbrief(project, &["send", POST, "--yes", "--offline"]).envs(variables).output();
    Sent::of(sent.expect("it runs"))
}

/// Waits for a send that was started.
pub fn wait(child: Child) -> Sent {
    Sent::of(child.wait_with_output().expect("it ends"))
}

/// How a send ended.
#[derive(Debug)]
pub struct Sent {
    pub status: ExitStatus,
    /// What it printed, results and errors.
    pub said: String,
}

impl Sent {
    pub fn of(output: Output) -> Sent {
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Sent { status: output.status, said: said.join("\n") }
    }

    #[track_caller]
    pub fn code(self, expected: i32) -> Sent {
        assert_eq!(self.status.code(), Some(expected), "{}", self.said);
        assert!(!self.said.contains("panicked"), "{}", self.said);
        self
    }

    #[track_caller]
    pub fn says(self, text: &str) -> Sent {
        assert!(self.said.contains(text), "{text:?} is not in\n{}", self.said);
        self
    }
}

/// Sends a signal by its name, such as `TERM`.
pub fn signal(name: &str, pid: u32) {
    let done = Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status().expect("there is a shell");
    assert!(done.success(), "SIG{name} cannot be sent");
}

/// Waits until something is so.
#[track_caller]
pub fn until(what: &str, is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < LONG, "{what}: not within {LONG:?}");
        sleep(Duration::from_millis(5));
    }
}

/// Whether nobody is writing to the sending record at this moment. On a server others can write meanwhile.
pub fn can_be_written_to(project: &Project) -> bool {
    if matches!(project.record_place(), RecordPlace::Database(_)) {
        return true;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(project.path("rundbrief.db"))
            .busy_timeout(Duration::ZERO);
        let mut connection = options.connect().await.expect("opens");
        let begun = sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await.is_ok();
        if begun {
            sqlx::query("ROLLBACK").execute(&mut connection).await.expect("ends");
        }
        connection.close().await.expect("closes");
        begun
    })
}

/// Whether recipients are being added to a release that is not sealed yet.
pub fn is_being_prepared(project: &Project) -> bool {
    let question = "SELECT address FROM recipient JOIN release ON release.id = recipient.release AND state = 0 LIMIT 1";
    project.ask(question).is_some_and(|found| !found.is_empty())
}

/// How many deliveries are in each state.
pub fn totals(project: &Project) -> Totals {
    project.on_record(async |ledger, release| {
        let mut sum = Totals::default();
        ledger.totals(release.id).await.expect("counts").iter().for_each(|(_, totals)| sum.merge(totals));
        sum
    })
}

/// What `status` says of the post.
pub fn status(project: &Project) -> serde_json::Value {
    let output = rundbrief(project, &["--format", "json", "status", POST]).output().expect("it runs");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

/// The addresses of the deliveries in a state.
pub fn addresses(project: &Project, state: DeliveryState) -> BTreeSet<String> {
    project.on_record(async |ledger, release| {
        let all = ledger.standings(release.id, state, None, u32::MAX).await.expect("reads");
        all.into_iter().map(|standing| standing.address).collect()
    })
}
