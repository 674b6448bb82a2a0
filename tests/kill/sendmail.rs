//! A local program that takes the mails, and a sender that ends while the program has one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rundbrief::ledger::DeliveryState;

use crate::project::{self, Project};
use crate::sending::{self, POST, addresses, members, rundbrief, send, sending_to, totals, until, wait};

/// A project whose mails go to a script: `first` is what it does with the very first mail before it takes that.
fn through_a_program(members: &[String], first: &str) -> Project {
    let project = sending_to(9, members);
    let folder = project.path("taken");
    fs::create_dir(&folder).expect("is made");
    let script = format!(
        "#!/bin/sh\ncd {}\nif mkdir first 2>/dev/null; then {first}; fi\ncat >\"$5.part\"\ncat \"$5.part\" >>\"$5\"; rm \"$5.part\"\n",
        folder.display()
    );
    let program = project.path("sendmail");
    fs::write(&program, script).expect("is written");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("can be run");
    // What only stands there as an example leaves through nothing but a server on this computer.
    let own = |text: &str| text.replace("example.org", "verband-probe.de").replace("Musterstraße 1", "Torstraße 9");
    project.write(POST, own(&project.read(POST)));
    let config = own(&project::config()).replace("transport = \"outbox\"", "transport = \"sendmail\"");
    project.write("config.toml", config + &format!("\n[email.sendmail]\ncommand = \"{}\"\n", program.display()));
    project
}

/// What the program took for an address.
fn taken(project: &Project, address: &str) -> String {
    fs::read_to_string(project.path("taken").join(address)).unwrap_or_default()
}

/// Each has one mail with its end, and no second one behind it.
#[track_caller]
fn each_once_and_whole(project: &Project, members: &[String]) {
    for address in members {
        let mail = taken(project, address);
        assert_eq!(mail.matches("\nMessage-ID:").count(), 1, "{address}: {mail}");
        assert!(mail.trim_end().ends_with("--"), "{address}: the end is missing\n{mail}");
    }
}

#[test]
fn a_program_whose_sender_is_killed_has_the_whole_mail_and_it_is_in_doubt() {
    let members = members(5);
    let project = through_a_program(&members, "kill -9 $PPID; sleep 0.3");
    let killed = wait(sending::start(&project));
    assert_eq!(killed.status.code(), None, "it was killed: {}", killed.said);
    send(&project).code(76);
    let uncertain = addresses(&project, DeliveryState::Uncertain);
    until("the first mail is taken", || uncertain.iter().all(|address| !taken(&project, address).is_empty()));
    assert_eq!((uncertain.len(), totals(&project).sent), (1, 4));
    each_once_and_whole(&project, &members);
}

#[test]
fn a_ctrl_c_in_the_terminal_lets_the_program_end_with_the_mail_that_it_has() {
    let members = members(5);
    let project = through_a_program(&members, "sleep 1");
    let child = rundbrief(&project, &["send", POST, "--yes", "--offline"]).process_group(0).spawn().expect("it starts");
    until("the program runs", || project.path("taken/first").exists());
    let group = format!("kill -INT -{}", child.id());
    assert!(Command::new("sh").args(["-c", &group]).status().expect("there is a shell").success());
    wait(child).code(75).says("Ended by you");
    assert_eq!((totals(&project).sent, totals(&project).uncertain), (1, 0));
    send(&project).code(0);
    each_once_and_whole(&project, &members);
}
