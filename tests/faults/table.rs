//! A row of the table of faults, and how it is played.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Mutex;
use std::thread;

use rundbrief::ledger::{DeliveryState, Totals};

use crate::project::Project;
use crate::sending::{addresses, members, send_with, sending_to, totals};
use crate::smtp_server::{Answer, Certificate, Script, Seen, Server, Stage};

/// Rows that are played at once.
const AT_ONCE: usize = 8;

/// Variables that a configuration may name.
const PASSWORDS: [(&str, &str); 2] = [("RIGHT", "secret"), ("WRONG", "secret, but wrong")];

/// A server, and what a send to it comes to.
pub struct Row {
    name: &'static str,
    script: Script,
    members: Vec<String>,
    /// What stands in the configuration, and what is to stand there.
    settings: Vec<(String, String)>,
    config: String,
    /// Trusted in place of the server's own issuer.
    ca_pem: Option<String>,
    port: Option<u16>,
    /// Nothing was released.
    unreleased: bool,
    exit: i32,
    /// `sent 4, failed 1`; empty: not looked at.
    totals: &'static str,
    /// The exit code and the totals after one more send; empty totals: as before.
    then: Option<(i32, &'static str)>,
    says: String,
}

pub fn row(name: &'static str, script: Script, exit: i32, totals: &'static str) -> Row {
    Row {
        name,
        script,
        members: members(5),
        settings: Vec::new(),
        config: String::new(),
        ca_pem: None,
        port: None,
        unreleased: false,
        exit,
        totals,
        then: None,
        says: String::new(),
    }
}

impl Row {
    pub fn then(self, exit: i32, totals: &'static str) -> Row {
        Row { then: Some((exit, totals)), ..self }
    }

    pub fn leaves(self, totals: &'static str) -> Row {
        Row { totals, ..self }
    }

    /// The first send says this.
    pub fn says(self, text: &str) -> Row {
        Row { says: text.to_owned(), ..self }
    }

    pub fn members(self, number: usize) -> Row {
        Row { members: members(number), ..self }
    }

    pub fn one_by_one(self) -> Row {
        self.instead_of("connections = 4", "connections = 1")
    }

    pub fn instead_of_m1(mut self, address: &str) -> Row {
        self.members[0] = address.to_owned();
        self
    }

    /// Another setting.
    pub fn instead_of(mut self, was: &str, is: &str) -> Row {
        self.settings.push((was.to_owned(), is.to_owned()));
        self
    }

    /// What the server does at one more stage.
    pub fn on(mut self, stage: Stage, handler: impl Fn(&Seen<'_>) -> Answer + Send + Sync + 'static) -> Row {
        self.script = self.script.on(stage, handler);
        self
    }

    pub fn trusting(self, certificate: &Certificate) -> Row {
        Row { ca_pem: Some(certificate.ca_pem().to_owned()), ..self }
    }

    pub fn at_port(self, port: u16) -> Row {
        Row { port: Some(port), ..self }
    }

    pub fn unreleased(self) -> Row {
        Row { unreleased: true, ..self }
    }

    /// More of the configuration.
    pub fn config(self, more: &str) -> Row {
        Row { config: format!("{}\n{more}", self.config), ..self }
    }

    /// Sends, and sends again; looks at everything on the way.
    #[track_caller]
    pub fn play(self) -> (Project, Server) {
        match self.played() {
            (played, wrong) if wrong.is_empty() => played,
            (_, wrong) => panic!("{wrong}"),
        }
    }

    fn played(self) -> ((Project, Server), String) {
        let server = Server::start(self.script);
        let project = sending_to(self.port.unwrap_or(server.port()), &self.members);
        let mut config = project.read("config.toml");
        for (was, is) in &self.settings {
            assert!(config.contains(was), "{}: {was} is no setting", self.name);
            config = config.replace(was, is);
        }
        project.write("config.toml", config + &self.config);
        project.write("ca.pem", self.ca_pem.as_deref().unwrap_or(server.ca_pem()));
        let mut wrong = String::new();
        let mut expected = self.totals;
        let sends = [Some((self.exit, self.totals)), self.then];
        for (number, (exit, after)) in (1..).zip(sends.into_iter().flatten()) {
            expected = if after.is_empty() { expected } else { after };
            let sent = send_with(&project, PASSWORDS);
            if self.unreleased {
                let there = project.has_record() && server.connections() > 0;
                let fits = sent.status.code() == Some(exit) && sent.said.contains(&self.says) && !there;
                let wrong =
                    if fits { String::new() } else { format!("{}: {:?}\n{}\n", self.name, sent.status, sent.said) };
                return ((project, server), wrong);
            }
            let spoken = spoken(&totals(&project));
            if sent.status.code() != Some(exit) || (!expected.is_empty() && spoken != expected) {
                let (name, ended) = (self.name, sent.status.code());
                let _ = writeln!(
                    wrong,
                    "{name}, send {number}: {ended:?}, {spoken}; not {exit}, {expected}\n{}",
                    sent.said
                );
            }
            if sent.said.contains("panicked") || (number == 1 && !sent.said.contains(&self.says)) {
                let _ = writeln!(wrong, "{}, send {number} does not say {:?}: {}", self.name, self.says, sent.said);
            }
        }
        wrong += &misdelivered(&project, &server, &self.members, self.name);
        ((project, server), wrong)
    }
}

/// Who got it twice, and who is said to have it and has not.
fn misdelivered(project: &Project, server: &Server, members: &[String], name: &str) -> String {
    let mut wrong = String::new();
    let (sent, uncertain) = (addresses(project, DeliveryState::Sent), addresses(project, DeliveryState::Uncertain));
    let got: BTreeSet<String> = server.accepted().into_iter().map(|mail| mail.to[0].clone()).collect();
    for address in members {
        let times = server.accepted_for(address);
        let fits = match (sent.contains(address), uncertain.contains(address)) {
            (true, _) => times == 1,
            (_, true) => times <= 1,
            (false, false) => times == 0,
        };
        if !fits {
            let _ = writeln!(wrong, "{name}: {address} has it {times} times");
        }
    }
    if got.iter().any(|address| !members.contains(address)) {
        let _ = writeln!(wrong, "{name}: somebody else has it: {got:?}");
    }
    wrong
}

/// Plays all rows, several at once.
#[track_caller]
pub fn check(rows: Vec<Row>) {
    let rows = Mutex::new(rows);
    let wrong = Mutex::new(String::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(row) = rows.lock().expect("not poisoned").pop() else { return };
                    let (_, faults) = row.played();
                    wrong.lock().expect("not poisoned").push_str(&faults);
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("not poisoned");
    assert!(wrong.is_empty(), "{wrong}");
}

/// `sent 4, failed 1`: what there is, in the order of a delivery's life.
pub fn spoken(totals: &Totals) -> String {
    let states = [
        ("pending", totals.pending),
        ("claimed", totals.claimed),
        ("in flight", totals.in_flight),
        ("sent", totals.sent),
        ("deferred", totals.deferred),
        ("failed", totals.failed),
        ("uncertain", totals.uncertain),
    ];
    let there: Vec<String> =
        states.iter().filter(|(_, number)| *number > 0).map(|(name, number)| format!("{name} {number}")).collect();
    there.join(", ")
}
