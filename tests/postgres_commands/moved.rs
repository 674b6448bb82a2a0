//! One computer becomes several: the record moves from its file into a database.

use rundbrief::ledger::DeliveryState;

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
