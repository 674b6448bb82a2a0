//! The program with its sending record on a PostgreSQL server, and what such a server does to it: it goes away and comes
//! back, takes no changes, is full, wants a password, keeps somebody else's tables.

#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/postgres.rs"]
mod postgres;
#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;
#[path = "support/sending.rs"]
mod sending;
#[path = "support/smtp_server.rs"]
mod smtp_server;

#[path = "postgres_commands/moved.rs"]
mod moved;
#[path = "postgres_commands/outage.rs"]
mod outage;
#[path = "postgres_commands/pooled.rs"]
mod pooled;
#[path = "postgres_commands/refused.rs"]
mod refused;
#[path = "postgres_commands/written.rs"]
mod written;

use std::collections::BTreeSet;
use std::time::Duration;

use project::Project;
use rundbrief::ledger::DeliveryState;
use sending::addresses;
use smtp_server::{Answer, Script, Server, Stage};

/// A project like that of the other tests of a send, with its record at this address.
fn project_at(address: &str, port: u16, members: &[String]) -> Project {
    let project = Project::with_record_at(address);
    sending::fill(&project, port, members);
    project
}

/// A mail server that takes its time, so that something can happen meanwhile.
fn slow(milliseconds: u64) -> Server {
    let late = Answer::normal().late(Duration::from_millis(milliseconds));
    Server::start(Script::new().without_contents().at(Stage::End, late))
}

/// Nobody got it twice, nobody is lost. Says who is in doubt.
#[track_caller]
fn nobody_twice_nobody_lost(project: &Project, server: &Server, members: &[String]) -> BTreeSet<String> {
    let doubtful = addresses(project, DeliveryState::Uncertain);
    for address in members {
        let times = server.accepted_for(address);
        assert!(times == 1 || (times == 0 && doubtful.contains(address)), "{address} got it {times} times");
    }
    assert_eq!(addresses(project, DeliveryState::Sent).len() + doubtful.len(), members.len());
    doubtful
}
