//! Who gets the mail of a correction: those whose last mail says something else than the post does now, and once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::correct::{answer, correct, everywhere, posted, run};
use super::project::{self, Project};
use super::sending::{POST, config, list, members, send, sending_to};
use super::smtp_server::{Answer, Script, Server, Stage};
use super::web_server::WebServer;

fn post(day: &str) -> String {
    project::POST.replace("tags:", "channels: [email]\ntags:").replace("am Freitag", day)
}

/// Three members, and one person of the press on a list of its own.
fn two_lists(mail: &Server) -> Project {
    let project = sending_to(mail.port(), &members(3));
    project.write("config.toml", with_press(&config(mail.port()), "presse"));
    project.write("newsletters/lists/presse.csv", list(&["zoe@zeitung.example.org".to_owned()]));
    project
}

fn with_press(config: &str, name: &str) -> String {
    format!("{config}\n[lists.{name}]\nfile = \"newsletters/lists/presse.csv\"\n")
}

/// How often each of these addresses was written to.
fn counts<const N: usize>(mail: &Server, addresses: [&str; N]) -> [usize; N] {
    addresses.map(|address| mail.accepted_for(address))
}

const MEMBERS: [&str; 3] = ["m1@d1.example.org", "m2@d2.example.org", "m3@d3.example.org"];

#[test]
fn a_list_on_which_nobody_is_left_has_nobody_else_corrected_again() {
    let mail = Server::start(Script::new());
    let project = two_lists(&mail);
    send(&project).code(0);
    run(&project, &["members", "suppress", "zoe@zeitung.example.org"]).code(0);
    project.write(POST, post("am Samstag"));
    correct(&project, &["--mail"]).code(0).says("3 members who got it");
    for more in [&["--mail"][..], &[], &["--mail"]] {
        correct(&project, more).code(0).says("There is nothing to correct");
    }
    assert_eq!(counts(&mail, MEMBERS), [2, 2, 2]);
    assert_eq!(mail.accepted_for("zoe@zeitung.example.org"), 1);
}

#[test]
fn a_list_with_another_name_or_none_is_no_edit() {
    let mail = Server::start(Script::new());
    let project = two_lists(&mail);
    send(&project).code(0);
    project.write("config.toml", with_press(&config(mail.port()), "medien"));
    correct(&project, &["--mail"]).code(0).says("There is nothing to correct");
    project.write(POST, post("am Samstag"));
    let shown = run(&project, &["correct", POST, "--mail", "--dry-run", "--offline"]).code(0);
    assert!(shown.said.contains("Freitag") && shown.said.contains("Samstag"), "{}", shown.said);
    correct(&project, &["--mail"]).code(0).says("4 members who got it");
    correct(&project, &["--mail"]).code(0).says("There is nothing to correct");

    project.write("config.toml", config(mail.port()));
    correct(&project, &["--mail"]).code(0).says("There is nothing to correct");
    project.write(POST, post("am Sonntag"));
    correct(&project, &["--mail"]).code(0).says("3 members who got it");
    correct(&project, &["--mail"]).code(0).says("There is nothing to correct");
    assert_eq!(counts(&mail, MEMBERS), [3, 3, 3]);
    assert_eq!(mail.accepted_for("zoe@zeitung.example.org"), 2);
}

#[test]
fn who_has_the_earlier_text_is_corrected_and_who_got_the_new_one_is_not() {
    let waits = Arc::new(AtomicBool::new(true));
    let later = waits.clone();
    let mail = Server::start(Script::new().on(Stage::Rcpt, move |seen| {
        match later.load(Ordering::SeqCst) && seen.recipient() == MEMBERS[1] {
            true => Answer::reply("451 4.7.1 greylisted, try again later"),
            false => Answer::normal(),
        }
    }));
    let project = sending_to(mail.port(), &members(3));
    send(&project).code(75);
    waits.store(false, Ordering::SeqCst);
    project.write(POST, post("am Samstag"));
    run(&project, &["send", POST, "--yes", "--offline", "--rest-with-new-text"]).code(0);
    assert_eq!(counts(&mail, MEMBERS), [1, 1, 1]);
    correct(&project, &[]).code(0).says("not sent again; --mail sends it");
    correct(&project, &["--mail"]).code(0).says("2 members who got it");
    assert_eq!(counts(&mail, MEMBERS), [2, 1, 2]);
    for more in [&["--mail"][..], &[]] {
        correct(&project, more).code(0).says("There is nothing to correct");
    }

    // Who joins gets the text as it is; then all have another one than the post.
    project.write("newsletters/lists/members.csv", list(&members(4)));
    run(&project, &["send", POST, "--yes", "--offline", "--rest-with-new-text"]).code(0);
    correct(&project, &["--mail"]).code(0).says("There is nothing to correct");
    project.write(POST, post("am Sonntag"));
    correct(&project, &["--mail"]).code(0).says("4 members who got it");
    assert_eq!(counts(&mail, MEMBERS), [3, 2, 3]);
    assert_eq!(mail.accepted_for("m4@d4.example.org"), 2);
}

#[test]
fn a_correction_that_was_refused_is_not_tried_again_before_the_next_edit() {
    let refuses = Arc::new(AtomicBool::new(false));
    let refusing = refuses.clone();
    let mail = Server::start(Script::new().on(Stage::Rcpt, move |seen| {
        match refusing.load(Ordering::SeqCst) && seen.recipient() == MEMBERS[1] {
            true => Answer::reply("550 5.1.1 no such user"),
            false => Answer::normal(),
        }
    }));
    let project = sending_to(mail.port(), &members(3));
    send(&project).code(0);
    refuses.store(true, Ordering::SeqCst);
    project.write(POST, post("am Samstag"));
    correct(&project, &["--mail"]).code(69);
    refuses.store(false, Ordering::SeqCst);
    correct(&project, &["--mail"]).code(0).says("There is nothing to correct");
    assert_eq!(counts(&mail, MEMBERS), [2, 1, 2]);
    project.write(POST, post("am Sonntag"));
    correct(&project, &["--mail"]).code(0).says("3 members who got it");
    assert_eq!(counts(&mail, MEMBERS), [3, 2, 3]);
}

#[test]
fn explain_tells_of_every_mail_that_a_member_has_of_a_post() {
    let mail = Server::start(Script::new());
    let project = sending_to(mail.port(), &members(2));
    send(&project).code(0);
    project.write(POST, post("am Samstag"));
    correct(&project, &["--mail"]).code(0);
    let told = run(&project, &["explain", MEMBERS[0]]).code(0).said;
    assert_eq!(told.matches("accepted by the mail server on").count(), 2, "{told}");
    assert_eq!(told.matches("Message-ID ").count(), 2, "{told}");
    assert!(told.contains("before that, the text with the release code "), "{told}");
    let json = run(&project, &["--format", "json", "explain", MEMBERS[0]]).code(0).said;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["posts"][0]["earlier"][0]["state"], "sent", "{json}");

    let (mail, web) = (Server::start(Script::new()), WebServer::start(answer));
    let project = everywhere(&mail, &web);
    send(&project).code(0);
    project.write(POST, posted("am Samstag"));
    correct(&project, &[]).code(0);
    let told = run(&project, &["explain", "nobody@example.org"]).code(0);
    told.says("not sent: the address is not on the list “members”");
}

#[test]
fn a_member_in_doubt_is_named_where_nobody_else_is_left() {
    let mail = Server::start(Script::new().on(Stage::End, |seen| match seen.mail {
        1 => Answer::close(),
        _ => Answer::normal(),
    }));
    let project = sending_to(mail.port(), &members(3));
    send(&project).code(76);
    project.write(POST, post("am Samstag"));
    let rest = run(&project, &["send", POST, "--yes", "--offline", "--rest-with-new-text"]).code(76);
    rest.says("Everybody else on the lists has this post").says("rundbrief status kurz");
}
