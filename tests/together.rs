//! Four sends of one post at once, against a server that is too busy now and then: each member is written to once, and
//! never over more connections than are configured.

#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;
#[path = "support/sending.rs"]
mod sending;
#[path = "support/smtp_server.rs"]
mod smtp_server;

use std::process::Child;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use sending::{members, send, sending_to, start, totals, wait};
use smtp_server::{Answer, Script, Server, Stage};

const ROUNDS: usize = 20;
const AT_ONCE: usize = 4;
const MEMBERS: usize = 100;
/// In the configuration of [`sending_to`].
const CONNECTIONS: usize = 4;

/// Where the server is busy, how often it gets there before that, and how often it is busy at all.
const BUSY: [(Stage, usize); 6] =
    [(Stage::Greeting, 2), (Stage::Ehlo, 3), (Stage::Mail, 9), (Stage::Rcpt, 7), (Stage::Data, 8), (Stage::End, 11)];
const TIMES: usize = 5;

/// Says 421 each time it gets to a stage for the so-manieth time.
fn busy(stage: Stage, every: usize) -> Script {
    let seen = AtomicUsize::new(0);
    Script::new().on(stage, move |_| match seen.fetch_add(1, Ordering::Relaxed) + 1 {
        number if number % every == 0 && number <= TIMES * every => Answer::reply("421 4.3.2 too busy").and_close(),
        _ => Answer::normal(),
    })
}

fn round(number: usize) {
    let (stage, every) = BUSY[number % BUSY.len()];
    let server = Server::start(busy(stage, every));
    let members = members(MEMBERS);
    let project = sending_to(server.port(), &members);
    let sends: Vec<Child> = (0..AT_ONCE).map(|_| start(&project)).collect();
    let sends: Vec<_> = sends.into_iter().map(wait).collect();
    for sent in &sends {
        assert!(matches!(sent.status.code(), Some(0 | 75)), "{stage:?}: {:?} {}", sent.status, sent.said);
        assert!(!sent.said.contains("panicked"), "{stage:?}: {}", sent.said);
    }
    if sends.iter().any(|sent| sent.status.code() == Some(75)) {
        send(&project).code(0);
    }
    for address in &members {
        assert_eq!(server.accepted_for(address), 1, "{stage:?}: {address}");
    }
    let ended = totals(&project);
    assert_eq!((ended.sent as usize, ended.all() as usize), (MEMBERS, MEMBERS), "{stage:?}: {ended:?}");
    assert_eq!(server.accepted_count(), MEMBERS, "{stage:?}: nobody else is written to");
    let most = server.most_at_once();
    assert!(most <= CONNECTIONS, "{stage:?}: {most} connections at once");
}

#[test]
fn four_sends_at_once_write_to_each_member_once_over_the_connections_that_are_allowed() {
    thread::scope(|scope| {
        for lane in 0..5 {
            scope.spawn(move || (lane..ROUNDS).step_by(5).for_each(round));
        }
    });
}
