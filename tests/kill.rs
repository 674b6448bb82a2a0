//! The kill test: whatever ends a send, and wherever, nobody is written to twice and nobody is lost.

#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;
#[path = "support/sending.rs"]
mod sending;
#[path = "support/smtp_server.rs"]
mod smtp_server;

#[path = "kill/scene.rs"]
mod scene;
#[cfg(unix)]
#[path = "kill/sendmail.rs"]
mod sendmail;
#[path = "kill/signals.rs"]
mod signals;
#[path = "kill/stop.rs"]
mod stop;

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use project::Project;
use rundbrief::ledger::DeliveryState;
use scene::{Point, Scene};
use sending::{addresses, members, send, sending_to, status, totals};
use smtp_server::{Script, Server};

/// As many members as the figures of the promise are for.
const MEMBERS: usize = 3_000;
/// In the configuration of [`sending_to`].
const CONNECTIONS: usize = 4;

/// Where a send is killed, the how-manieth time it gets there, counted over all connections since the last kill.
const KILLS: [(Point, [usize; 5]); 7] = [
    (Point::Ehlo, [1, 2, 3, 4, 5]),
    (Point::Mail, [1, 4, 37, 60, 90]),
    (Point::Rcpt, [2, 5, 23, 61, 111]),
    (Point::Data, [1, 3, 8, 55, 120]),
    (Point::Content, [1, 2, 30, 77, 140]),
    (Point::Dot, [1, 6, 41, 80, 133]),
    (Point::Answered, [1, 7, 29, 66, 150]),
];

/// Round by round, so that early and late points of the send meet every stage. On a server each end by force leaves all in
/// doubt that was marked: after five rounds nobody would be left.
fn kills(rounds: usize) -> impl Iterator<Item = (Point, usize)> {
    let rounds = if project::kept::is_in_a_file() { rounds } else { rounds.min(3) };
    (0..rounds).flat_map(|round| KILLS.iter().map(move |(point, numbers)| (*point, numbers[round])))
}

/// Nobody is written to twice, nobody is lost, and what is said to be uncertain is.
#[track_caller]
fn nothing_is_lost_or_doubled(project: &Project, server: &Server, scene: &Scene, members: &[String]) {
    let mut taken = BTreeSet::new();
    for mail in server.accepted() {
        let to = mail.to[0].clone();
        assert!(taken.insert(to.clone()), "{to} got it twice");
    }
    let (sent, uncertain) = (addresses(project, DeliveryState::Sent), addresses(project, DeliveryState::Uncertain));
    for address in members {
        assert!(taken.contains(address) || uncertain.contains(address), "{address} is lost");
    }
    for address in &sent {
        assert!(taken.contains(address), "{address} counts as sent and is not");
    }
    assert_eq!((sent.len() + uncertain.len(), taken.difference(&sent).count()), {
        (members.len(), taken.intersection(&uncertain).count())
    });
    scene.check_uncertain(&uncertain, CONNECTIONS);
    let status = status(project);
    let named = status["uncertain"].as_array().expect("a list").iter().map(|entry| entry["address"].as_str());
    let named: BTreeSet<String> = named.map(|address| address.expect("an address").to_owned()).collect();
    assert_eq!((named, status["totals"]["sent"].as_u64()), (uncertain, Some(sent.len() as u64)), "what status says");
}

/// A server that takes several commands at once (RFC 2920) has them all before a kill at the first of them.
#[test]
fn a_send_that_is_killed_at_every_stage_loses_nobody_and_repeats_nobody() {
    let server = killed_at_every_stage(Script::clone, MEMBERS, 5);
    assert!(!server.pipelined().is_empty(), "several commands at once");
    // Where all that is marked is in doubt after a kill, nothing is marked before its turn.
    assert_eq!(!server.told_ahead().is_empty(), project::kept::is_in_a_file(), "and of the next mail");
}

#[test]
fn the_same_at_a_server_that_takes_one_command_after_the_other() {
    let server = killed_at_every_stage(|script| script.clone().without("PIPELINING"), 1_000, 2);
    assert!(server.pipelined().is_empty(), "{:?}", server.pipelined());
}

fn killed_at_every_stage(server: fn(&Script) -> Script, members_in_all: usize, rounds: usize) -> Server {
    let began = Instant::now();
    let scene = Scene::new();
    let server = Server::start(server(&scene.script()));
    let members = members(members_in_all);
    let project = sending_to(server.port(), &members);
    for (point, number) in kills(rounds) {
        scene.kill_at(&project, point, number);
    }
    assert_eq!(scene.kills(), kills(rounds).count());
    let left = totals(&project);
    assert!(left.open() > 500, "the kills came before the end: {left:?}");
    let last = send(&project).code(76).says("may or may not have arrived");
    nothing_is_lost_or_doubled(&project, &server, &scene, &members);

    let ended = totals(&project);
    assert_eq!((ended.open(), ended.failed), (0, 0), "{}", last.said);
    send(&project).code(76);
    assert_eq!(totals(&project), ended, "an uncertain one is never tried again by itself");
    println!("{} kills, {} uncertain, {:?}", scene.kills(), ended.uncertain, began.elapsed());
    server
}

#[test]
fn a_send_that_is_killed_at_any_moment_loses_nobody_and_repeats_nobody() {
    let scene = Scene::new();
    let server = Server::start(scene.script());
    let members = members(2 * MEMBERS);
    let project = sending_to(server.port(), &members);
    // From before there is a record, over the freezing and the clearing up after the last one, to the middle of the mails.
    for milliseconds in (0..40).map(|number| 20 * number) {
        scene.kill_after(&project, 1, Duration::from_millis(milliseconds));
    }
    assert!(scene.kills() > 20, "{}", scene.kills());
    let last = send(&project);
    assert!(matches!(last.status.code(), Some(0 | 76)), "{}", last.said);
    nothing_is_lost_or_doubled(&project, &server, &scene, &members);
    println!("{} kills, {:?}", scene.kills(), totals(&project));
}

#[test]
fn one_of_three_senders_is_killed_and_the_others_finish() {
    // On a server the others wait each time until its lease is over.
    let rounds: &[u64] = if project::kept::is_in_a_file() { &[300, 500, 700, 900] } else { &[600] };
    for milliseconds in rounds.iter().copied() {
        let scene = Scene::new();
        let server = Server::start(scene.script());
        let members = members(1_000);
        let project = sending_to(server.port(), &members);
        for sent in scene.kill_after(&project, 3, Duration::from_millis(milliseconds)) {
            assert!(matches!(sent.status.code(), Some(0 | 76)), "{milliseconds} ms: {:?} {}", sent.status, sent.said);
        }
        assert_eq!(totals(&project).open(), 0, "{milliseconds} ms");
        nothing_is_lost_or_doubled(&project, &server, &scene, &members);
    }
}

/// What a power cut does to what was not synced.
#[derive(Debug, Clone, Copy)]
enum Cut {
    AnotherBoot,
    JournalsGone,
    JournalsEmpty,
}

fn cut(project: &Project, cut: Cut) -> usize {
    let folder = project.path("rundbrief.db-workers");
    let mut journals = 0;
    for entry in fs::read_dir(folder).expect("is there") {
        let path = entry.expect("is readable").path();
        if path.extension().is_none_or(|ending| ending.to_str().is_none_or(|ending| ending.parse::<u64>().is_err())) {
            continue;
        }
        journals += 1;
        match cut {
            Cut::AnotherBoot => {
                let text = fs::read_to_string(&path).expect("is there");
                let (head, rest) = text.split_once('\n').expect("a head");
                let (head, _) = head.rsplit_once(' ').expect("a boot");
                fs::write(&path, format!("{head} 11111111-2222-3333-4444-555555555555\n{rest}")).expect("is written");
            }
            Cut::JournalsGone => fs::remove_file(&path).expect("is removed"),
            Cut::JournalsEmpty => fs::write(&path, "").expect("is written"),
        }
    }
    journals
}

#[test]
fn after_a_power_cut_everything_unanswered_is_uncertain_and_nothing_goes_out_twice() {
    if project::kept::is_on_a_server("on a server every end by force is like a power cut on this computer") {
        return;
    }
    let scene = Scene::new();
    let server = Server::start(scene.script());
    let members = members(MEMBERS);
    let project = sending_to(server.port(), &members);
    for (number, (kind, point)) in [
        (Cut::AnotherBoot, Point::Dot),
        (Cut::JournalsGone, Point::Rcpt),
        (Cut::JournalsEmpty, Point::Answered),
        (Cut::AnotherBoot, Point::Ehlo),
        (Cut::JournalsGone, Point::Content),
    ]
    .into_iter()
    .enumerate()
    {
        scene.kill_at(&project, point, if point == Point::Ehlo { 5 } else { 20 * (number + 1) });
        let before = totals(&project);
        assert!(before.in_flight > 0, "{kind:?}: the kill hit marked deliveries: {before:?}");
        assert!(cut(&project, kind) > 0, "{kind:?}: there was a journal");
        scene.power_cut(addresses(&project, DeliveryState::InFlight));
        // Another connection opens the record meanwhile and must not take anything for settled.
        assert_eq!(totals(&project), before);
        scene.kill_at(&project, Point::Ehlo, 1);
        let after = totals(&project);
        assert_eq!(after.uncertain, before.uncertain + before.in_flight, "{kind:?}");
    }
    send(&project).code(76);
    nothing_is_lost_or_doubled(&project, &server, &scene, &members);
}
