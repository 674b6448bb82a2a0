//! A pooler between the program and the database, which gives each transaction another session.

use crate::postgres::Server;
use crate::sending::{members, rundbrief, send, start, wait};
use crate::{nobody_twice_nobody_lost, project_at, slow};

#[test]
#[ignore = "needs PostgreSQL's programs and pgbouncer"]
fn two_sends_at_once_through_a_pooler_write_to_each_member_once() {
    let (database, server, members) = (Server::start(), slow(5), members(400));
    let pooler = database.pooler();
    let address = database.address().replace(&format!(":{}/", database.port()), &format!(":{}/", pooler.port));
    let project = project_at(&address, server.port(), &members);
    let sends = [start(&project), start(&project)];
    for sent in sends.map(wait) {
        assert!(matches!(sent.status.code(), Some(0 | 75)), "{:?} {}", sent.status, sent.said);
    }
    send(&project).code(0);
    assert_eq!(nobody_twice_nobody_lost(&project, &server, &members).len(), 0);
    assert_eq!(server.accepted_count(), 400);
    for command in [&["status", "kurz"][..], &["report", "kurz"], &["explain", &members[0]], &["ledger", "id"]] {
        let output = rundbrief(&project, command).output().expect("it runs");
        assert_eq!(output.status.code(), Some(0), "{command:?} {output:?}");
    }
}
