//! An office that begins a send and is ended before anybody has a mail, and machines that work on it.

use std::cell::RefCell;
use std::fs::File;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;
use sqlx::Row;

use super::postgres::{address, beside};
use super::project::{POST as TEXT, Project};
use super::sending::{self, POST, Sent, list, members, rundbrief, signal, until};
use super::smtp_server::{Answer, Script, Server, Stage};

/// Longer than a worker needs to look for work and find some.
pub const SOON: Duration = Duration::from_secs(6);

/// Where the posts and the lists are.
pub struct Office {
    pub project: Project,
    pub mail: Server,
    /// Whether the mail server lets a mail begin.
    open: Arc<AtomicBool>,
    pub record: String,
}

impl Office {
    /// With so many members, a schema of the shared database and a server that takes everything.
    pub fn new(test: &str, number: usize) -> Office {
        Office::with(address(test), &members(number), Script::new())
    }

    pub fn with(record: String, people: &[String], script: Script) -> Office {
        Office::with_doors(record, people, script, Arc::new(AtomicBool::new(false)))
    }

    /// The script must not say what happens at MAIL: there `open` decides.
    pub fn with_doors(record: String, people: &[String], script: Script, open: Arc<AtomicBool>) -> Office {
        let door = open.clone();
        let mail = Server::start(script.on(Stage::Mail, move |_| match door.load(Ordering::SeqCst) {
            true => Answer::normal(),
            false => Answer::hang(),
        }));
        let project = Project::new();
        project.write("config.toml", config(mail.port(), &record));
        project.write(POST, TEXT.replace("tags:", "channels: [email]\ntags:"));
        project.write("newsletters/lists/members.csv", list(people));
        Office { project, mail, open, record }
    }

    /// Changes the configuration.
    pub fn configure(&self, change: impl FnOnce(String) -> String) {
        let config = self.project.read("config.toml");
        self.project.write("config.toml", change(config));
    }

    /// From now on mails are taken.
    pub fn open(&self) {
        self.open.store(true, Ordering::SeqCst);
    }

    pub fn shut(&self) {
        self.open.store(false, Ordering::SeqCst);
    }

    /// Begins to send and ends in order before anybody has a mail; then the server lets mails begin.
    #[track_caller]
    pub fn begin(&self) {
        self.begin_with(&["send", POST, "--yes", "--offline"]);
    }

    #[track_caller]
    pub fn begin_with(&self, arguments: &[&str]) {
        let before = self.mail.count("MAIL");
        let sending = RefCell::new(rundbrief(&self.project, arguments).spawn().expect("it starts"));
        let has_ended = || sending.borrow_mut().try_wait().expect("is known").is_some();
        until("the first mail", || self.mail.count("MAIL") > before || has_ended());
        if !has_ended() {
            signal("TERM", sending.borrow().id());
        }
        sending::wait(sending.into_inner()).code(75);
        self.open();
    }

    /// Runs a command in the office.
    pub fn run(&self, arguments: &[&str]) -> Sent {
        Sent::of(rundbrief(&self.project, arguments).output().expect("it runs"))
    }

    /// What `status` says of mail.
    pub fn mails(&self, state: &str) -> u64 {
        self.channel("email")[state].as_u64().unwrap_or_default()
    }

    pub fn channel(&self, name: &str) -> Value {
        let output = rundbrief(&self.project, &["--format", "json", "status", POST]).output().expect("it runs");
        let document: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        document["channels"][name].clone()
    }

    /// Waits until so many have their mail, and looks whether nobody has it twice.
    #[track_caller]
    pub fn all_have_it(&self, number: usize) {
        until("all mails", || self.mail.accepted_count() >= number);
        until("all are noted", || self.mails("sent") == number as u64);
        self.nobody_twice();
        assert_eq!(self.mail.accepted_count(), number);
    }

    #[track_caller]
    pub fn nobody_twice(&self) {
        let mut to: Vec<_> = self.mail.accepted().into_iter().map(|mail| mail.to).collect();
        to.sort();
        let all = to.len();
        to.dedup();
        assert_eq!(to.len(), all, "somebody has it twice");
    }

    /// A folder with the configuration and the key.
    pub fn machine(&self) -> Project {
        let machine = Project::empty();
        machine.write("config.toml", self.project.read("config.toml"));
        machine.write("rundbrief.key", self.project.read("rundbrief.key"));
        private(&machine, "rundbrief.key");
        machine
    }

    /// A machine that works.
    pub fn worker(&self) -> Worker {
        Worker::start(self.machine(), &[])
    }

    /// Asks and changes the database behind the record's back; `{s}` is the schema.
    pub fn sql(&self, sql: &str) -> Option<String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let (pool, schema) = beside(&self.record).await;
            let sql = sql.replace("{s}", &schema);
            let row = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).fetch_optional(&pool).await.expect("is done");
            pool.close().await;
            row.map(|row| row.try_get::<String, _>(0).expect("is text"))
        })
    }

    /// What was noted for workers.
    pub fn terms(&self) -> Value {
        let text = self.sql("SELECT value FROM {s}.meta WHERE name LIKE 'terms:%'").expect("was noted");
        serde_json::from_str(&text).expect("is JSON")
    }

    pub fn set_terms(&self, terms: &Value) {
        self.sql(&format!("UPDATE {{s}}.meta SET value = '{terms}' WHERE name LIKE 'terms:%'"));
    }
}

pub fn config(port: u16, record: &str) -> String {
    sending::config(port).replace("sqlite:rundbrief.db", record)
}

pub fn private(project: &Project, name: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(project.path(name), std::fs::Permissions::from_mode(0o600)).expect("is made private");
}

/// `rundbrief work`; it is killed when this is dropped.
pub struct Worker {
    pub machine: Project,
    child: Child,
}

impl Worker {
    pub fn start(machine: Project, arguments: &[&str]) -> Worker {
        Worker::start_with(machine, arguments, &[])
    }

    /// The same with variables in its environment.
    pub fn start_with(machine: Project, arguments: &[&str], variables: &[(&str, &str)]) -> Worker {
        let log = File::create(machine.path("log")).expect("is made");
        let mut command = rundbrief(&machine, &[&["work"], arguments].concat());
        command.envs(variables.iter().copied());
        command.stdout(log.try_clone().expect("is open")).stderr(Stdio::from(log));
        let child = command.spawn().expect("it starts");
        Worker { machine, child }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has printed.
    pub fn said(&self) -> String {
        self.machine.read("log")
    }

    pub fn times_said(&self, text: &str) -> usize {
        self.said().matches(text).count()
    }

    #[track_caller]
    pub fn says(&self, text: &str) {
        let started = Instant::now();
        while !self.said().contains(text) {
            assert!(started.elapsed() < sending::LONG, "{text:?} is not in\n{}", self.said());
            sleep(Duration::from_millis(20));
        }
    }

    pub fn signal(&self, name: &str) {
        signal(name, self.id());
    }

    /// How it ended, and how long that took.
    pub fn wait(&mut self) -> (ExitStatus, Duration) {
        let began = Instant::now();
        (self.child.wait().expect("it ends"), began.elapsed())
    }

    /// Ends it in order. Says what it has printed.
    #[track_caller]
    pub fn end(mut self) -> String {
        self.signal("TERM");
        let (status, took) = self.wait();
        let said = self.said();
        assert_eq!(status.code(), Some(0), "{said}");
        assert!(took < Duration::from_secs(20), "{took:?}\n{said}");
        assert!(!said.contains("panicked"), "{said}");
        said
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
