//! What may not have arrived of an earlier text, and a person has sent again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::correct::{correct, run};
use super::project::{self, Project};
use super::sending::{POST, config, list, members, send};
use super::smtp_server::{Answer, Script, Server, Stage};
use super::web_server::{Page, WebServer};

fn post(channels: &str, day: &str) -> String {
    project::POST.replace("tags:", &format!("channels: [{channels}]\ntags:")).replace("am Freitag", day)
}

fn with_slack(mail: &Server, web: &WebServer, channels: &str) -> Project {
    let project = Project::new();
    let channel = "\n[channels.team]\nkind = \"slack\"\nurl = \"file:slack.url\"\nallow_private = true\n";
    project.write("config.toml", config(mail.port()) + channel);
    project.write("slack.url", web.url("/services/T0/B0/geheim"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(project.path("slack.url"), private).expect("is set");
    }
    project.write(POST, post(channels, "am Freitag"));
    project.write("newsletters/lists/members.csv", list(&members(3)));
    project
}

#[test]
fn a_member_in_doubt_is_written_to_after_a_correction_and_is_not_lost() {
    let lost = Arc::new(AtomicBool::new(true));
    let losing = lost.clone();
    let mail = Server::start(Script::new().on(Stage::End, move |seen| {
        match losing.load(Ordering::SeqCst) && seen.mail == 1 {
            true => Answer::close(),
            false => Answer::normal(),
        }
    }));
    let web = WebServer::always(Page::text("ok"));
    let project = with_slack(&mail, &web, "email, feed");
    send(&project).code(76);
    lost.store(false, Ordering::SeqCst);
    project.write(POST, post("email, feed", "am Samstag"));
    correct(&project, &[]).code(76);
    let decided = run(&project, &["resolve", POST, "--send-again"]).code(0);
    decided.says("1 is to be sent again. Now run: rundbrief send kurz --rest-with-new-text");
    let sent = run(&project, &["send", POST, "--yes", "--offline"]).code(64);
    assert!(sent.said.contains("--rest-with-new-text"), "{}", sent.said);
    run(&project, &["send", POST, "--yes", "--offline", "--rest-with-new-text"]).code(0);
    let mails = mail.accepted();
    let to = |name: &str| mails.iter().filter(|mail| mail.to.iter().any(|to| to.contains(name))).count();
    assert_eq!([to("m1@"), to("m2@"), to("m3@")], [1, 1, 1]);
}

#[test]
fn a_network_in_doubt_gets_the_newest_text_when_it_is_to_be_sent_again() {
    let waits = Arc::new(AtomicBool::new(true));
    let (later, lost) = (waits.clone(), waits.clone());
    let mail = Server::start(Script::new().on(Stage::Rcpt, move |seen| {
        match later.load(Ordering::SeqCst) && seen.recipient() == "m1@d1.example.org" {
            true => Answer::reply("451 4.3.0 later"),
            false => Answer::normal(),
        }
    }));
    let web = WebServer::start(move |_| match lost.load(Ordering::SeqCst) {
        true => Page::cut(),
        false => Page::text("ok"),
    });
    let project = with_slack(&mail, &web, "email, team");
    send(&project).code(76);
    run(&project, &["stop", POST]).code(0);
    waits.store(false, Ordering::SeqCst);
    project.write(POST, post("email, team", "am Samstag"));
    run(&project, &["send", POST, "--yes", "--offline", "--rest-with-new-text"]);
    let before = web.asked().len();
    run(&project, &["resolve", POST, "--send-again", "team"]).code(0).says("Now run: rundbrief send kurz");
    for _ in 0..2 {
        send(&project).code(0);
        let asked = web.asked();
        assert_eq!(asked.len(), before + 1, "posted once more");
        assert!(asked[before].body.contains("am Samstag"), "{}", asked[before].body);
    }
    assert_eq!(mail.accepted_count(), 3);
}
