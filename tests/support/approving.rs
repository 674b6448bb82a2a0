//! A project that sends only what is approved, and what its commands say.

#![allow(dead_code, reason = "each test binary uses a part of this module")]

use super::mailing;
use super::project::{self, LIST, POST, Project};
use super::smtp_server::Server;

pub const FILE: &str = "newsletters/kurz.md";
pub const MEMBERS: &str = "newsletters/lists/members.csv";

/// A project that sends to the server, and only what is approved.
pub fn project(server: &Server, may_change: u64) -> Project {
    let project = Project::new();
    let config = mailing::config(server).replace("where = { Newsletter = \"ja\" }\n", "");
    project.write("config.toml", config + &approval(may_change));
    project
}

pub fn approval(may_change: u64) -> String {
    format!("\n[approval]\nrequired = true\nrecipients_may_change = {may_change}\n")
}

/// The post with another word.
pub fn edited() -> String {
    POST.replace("drei", "vier")
}

/// The list with so many more members, `Neu 1` and so on.
pub fn joined(number: usize) -> String {
    let new = (1..=number).map(|number| format!("Frau;Neu;Mitglied {number:02};neu{number}@example.org\n"));
    LIST.to_owned() + &new.collect::<String>()
}

pub fn to(server: &Server) -> Vec<String> {
    let mut to: Vec<String> = server.accepted().iter().flat_map(|mail| mail.to.clone()).collect();
    to.sort();
    to
}

pub fn approve(project: &Project) -> project::Ran {
    project.run(&["approve", "kurz", "--by", "Dr. Erika Weber", "--note", "as agreed on Friday"]).code(0)
}

/// What was printed on both streams, the remark about the fixed clock aside.
pub fn said(ran: &project::Ran, server: &Server) -> String {
    let errors = ran.stderr();
    let errors = errors.lines().filter(|line| !line.starts_with("SOURCE_DATE_EPOCH")).collect::<Vec<_>>().join("\n");
    mailing::plain(&format!("{}---\n{errors}", ran.stdout()), server)
}
