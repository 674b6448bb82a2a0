//! Faults of the sending record, of the disk and of people, in the middle of a send.

use std::fs;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rundbrief::ledger::{Books, DeliveryState, ReleaseState};

use crate::project::Project;
use crate::sending::{POST, Sent, list, members, rundbrief, send, sending_to, signal, start, totals, until, wait};
use crate::smtp_server::{Answer, Script, Server, Stage};
use crate::table::spoken;

/// A server that is slow enough for something to happen meanwhile.
fn slow() -> Server {
    Server::start(Script::new().at(Stage::End, Answer::normal().late(Duration::from_millis(40))))
}

/// A send that was told to end after a few mails.
fn begun(server: &Server, members: &[String]) -> Project {
    let project = sending_to(server.port(), members);
    let child = start(&project);
    until("mails go out", || server.accepted_count() > 2);
    signal("TERM", child.id());
    wait(child).code(75);
    project
}

#[track_caller]
fn each_once(server: &Server, members: &[String]) {
    for address in members {
        assert_eq!(server.accepted_for(address), 1, "{address}");
    }
    assert_eq!(server.accepted_count(), members.len());
}

#[test]
fn a_record_of_a_newer_version_is_left_alone() {
    let (server, members) = (slow(), members(30));
    let project = begun(&server, &members);
    let before = server.accepted_count();
    project.make_newer();
    send(&project).code(74).says("newer version");
    assert_eq!(server.accepted_count(), before);
    project.make_as_old_as_it_is();
    send(&project).code(0);
    each_once(&server, &members);
}

#[test]
#[ignore = "takes the half minute that a send waits for the record; tests/all.sh runs it"]
fn a_record_that_another_program_keeps_locked_is_said_and_nothing_is_sent() {
    let (server, members) = (slow(), members(30));
    let project = begun(&server, &members);
    let before = server.accepted_count();
    let sent = project.while_locked(|| send(&project)).code(74);
    sent.says(if project.is_on_a_server() { "nothing came within 60 seconds" } else { "locked by another program" });
    assert_eq!(server.accepted_count(), before);
    send(&project).code(0);
    each_once(&server, &members);
}

#[test]
#[ignore = "takes longer than a lease; tests/all.sh runs it"]
fn a_record_that_is_locked_for_longer_than_a_lease_only_delays_a_send() {
    let (server, members) = (slow(), members(300));
    let project = sending_to(server.port(), &members);
    let child = start(&project);
    until("mails go out", || server.accepted_count() > 20);
    project.while_locked(|| sleep(Duration::from_secs(17)));
    wait(child).code(0);
    each_once(&server, &members);
}

#[test]
fn another_site_key_is_refused_until_the_old_one_is_back() {
    let (server, members) = (slow(), members(30));
    let project = begun(&server, &members);
    let before = server.accepted_count();
    let key = project.read("rundbrief.key");
    project.write("rundbrief.key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
    send(&project).code(78).says("site key");
    fs::remove_file(project.path("rundbrief.key")).expect("is removed");
    send(&project).code(78).says("key");
    assert_eq!(server.accepted_count(), before, "with another key everybody would be somebody new");
    project.write("rundbrief.key", key);
    send(&project).code(0);
    each_once(&server, &members);
}

#[test]
fn a_list_that_changes_during_a_send_changes_the_next_send_only() {
    let (server, members) = (slow(), members(40));
    let project = sending_to(server.port(), &members[..30]);
    let child = start(&project);
    until("mails go out", || server.accepted_count() > 2);
    project.write("newsletters/lists/members.csv", list(&members[20..]));
    wait(child).code(0);
    each_once(&server, &members[..30]);
    send(&project).code(0).says("10 members");
    each_once(&server, &members);
}

#[test]
fn a_post_that_is_edited_between_two_runs_of_a_send_goes_out_as_it_was_released() {
    let (server, members) = (slow(), members(30));
    let project = begun(&server, &members);
    project.write(POST, project.read(POST).replace("drei", "vier"));
    send(&project).code(0).says("The post has changed since its release");
    each_once(&server, &members);
    for mail in server.accepted() {
        let text = String::from_utf8_lossy(&mail.bytes).into_owned();
        assert!(text.contains("hat drei ") && !text.contains("vier"), "{text}");
    }
}

#[test]
fn a_post_or_list_that_breaks_between_two_runs_does_not_keep_the_rest_from_going_out() {
    let (server, members) = (slow(), members(30));
    let project = begun(&server, &members);
    project.write(POST, "---\ntitle: [\n");
    fs::remove_file(project.path("newsletters/lists/members.csv")).expect("is removed");
    send(&project).code(0).says("what was released of the post before goes on");
    each_once(&server, &members);
}

#[test]
fn who_is_suppressed_during_a_send_and_was_not_reached_yet_gets_nothing() {
    let (server, members) = (slow(), members(60));
    let project = sending_to(server.port(), &members);
    project.write("config.toml", project.read("config.toml").replace("connections = 4", "connections = 1"));
    let child = start(&project);
    until("mails go out", || server.accepted_count() > 2);
    let suppressed = project.on_record(async |ledger, release| {
        let mut waiting = Vec::new();
        for state in [DeliveryState::Pending, DeliveryState::Claimed] {
            waiting.extend(ledger.standings(release.id, state, None, u32::MAX).await.expect("reads"));
        }
        let last = waiting.into_iter().max_by_key(|standing| standing.key.target).expect("somebody waits");
        ledger.suppress(&[last.key.target], "asked on the phone", 0).await.expect("is noted");
        last.address
    });
    wait(child).code(69).says("asked for after the release");
    assert_eq!(server.accepted_for(&suppressed), 0);
    assert_eq!((server.accepted_count(), spoken(&totals(&project)).as_str()), (59, "sent 59, failed 1"));
}

#[test]
fn a_stop_ends_a_send_within_three_seconds_and_the_next_one_goes_on() {
    let (server, members) = (slow(), members(1_000));
    let project = sending_to(server.port(), &members);
    let child = start(&project);
    until("mails go out", || server.accepted_count() > 20);
    project.on_record(async |ledger, release| {
        ledger.set_state(release.id, ReleaseState::Stopped).await.expect("stops");
    });
    let (stopped, before) = (Instant::now(), server.accepted_count());
    wait(child).code(75).says("Stopped.");
    assert!(stopped.elapsed() < Duration::from_secs(3), "{:?}", stopped.elapsed());
    let left = totals(&project);
    assert_eq!((left.uncertain, left.in_flight, left.claimed), (0, 0, 0), "{left:?}");
    assert!(server.accepted_count() < before + 300, "{before}, then {}", server.accepted_count());
    send(&project).code(0);
    each_once(&server, &members);
}

/// Runs a send that cannot make any file longer than this, as on a full disk.
fn send_on_a_full_disk(project: &Project, kilobytes: usize) -> Sent {
    let binary = rundbrief(project, &[]);
    // POSIX: blocks of 512 bytes, whatever the shell.
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", 2 * kilobytes);
    let mut command = Command::new("sh");
    command.args(["-c", &script, "sh"]).arg(binary.get_program()).args(["send", POST, "--yes", "--offline"]);
    let output = command.current_dir(project.path("")).env_clear().env("PATH", "/usr/bin:/bin").output();
    Sent::of(output.expect("it runs"))
}

#[test]
fn a_disk_that_fills_up_in_the_middle_loses_nothing_and_repeats_nothing() {
    if crate::project::kept::is_on_a_server("the disk with the file") {
        return;
    }
    let server = Server::start(Script::new().without_contents());
    let members = members(1_500);
    let project = begun(&server, &members);
    let mut failed = 0;
    // From too little for the first mark to almost enough.
    for kilobytes in [100, 400, 500, 650, 800, 1_000, 1_300, 1_800] {
        let Sent { status, said } = send_on_a_full_disk(&project, kilobytes);
        let code = status.code();
        assert!(matches!(code, Some(0 | 74 | 76)) && !said.contains("panicked"), "{kilobytes} kB: {code:?} {said}");
        failed += usize::from(code == Some(74));
    }
    assert!(failed >= 4, "only {failed} times a write failed");
    let last = send(&project);
    let ended = totals(&project);
    assert!(last.status.code() == Some(0) && ended.open() == 0, "{ended:?} {}", last.said);
    assert_eq!(ended.uncertain, 0, "the journals had room for every answer: {ended:?}");
    each_once(&server, &members);
}
