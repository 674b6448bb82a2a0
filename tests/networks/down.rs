//! A network that is down, in doubt, or not in the configuration any more: what is tried, what is said, how it is settled.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::correct::{answer, correct, due_now, everywhere, posted, run};
use super::sending::{POST, send};
use super::smtp_server::{Script, Server};
use super::web_server::{Page, WebServer};

#[test]
fn a_network_that_fails_again_and_again_is_left_alone_by_timers_and_not_by_people() {
    let mail = Server::start(Script::new());
    let web = WebServer::start(|asked| match asked.method.as_str() {
        "POST" if asked.path.contains("statuses") => Page::status(503),
        _ => answer(asked),
    });
    let project = everywhere(&mail, &web);
    let posts = || web.asked().iter().filter(|asked| asked.path.contains("statuses")).count();
    send(&project).code(75);
    due_now(&project);
    run(&project, &["run"]).code(75);
    assert_eq!(posts(), 2);
    due_now(&project);
    run(&project, &["run"]).code(75);
    assert_eq!(posts(), 2, "it failed twice in a row");
    send(&project).code(75);
    assert_eq!(posts(), 3, "a person wants to know");
}

#[test]
fn a_post_in_doubt_is_decided_about_by_the_name_of_its_channel() {
    let mail = Server::start(Script::new());
    let cut = Arc::new(AtomicBool::new(true));
    let is_cut = cut.clone();
    let web = WebServer::start(move |asked| match asked.path.contains("services") {
        true if is_cut.load(Ordering::SeqCst) => Page::cut(),
        true => Page::text("ok"),
        false => answer(asked),
    });
    let project = everywhere(&mail, &web);
    send(&project).code(76);
    project.write(POST, posted("am Samstag"));
    correct(&project, &[]).code(75).says("may or may not have arrived on a network");
    run(&project, &["resolve", POST, "--send-again", "taem"]).code(64);
    run(&project, &["resolve", POST, "--send-again", "team"]).code(0).says("1 is to be sent again");
    cut.store(false, Ordering::SeqCst);
    send(&project).code(0).says("posted to team");
    assert_eq!(web.asked().iter().filter(|asked| asked.path.contains("services")).count(), 2);
}

#[test]
fn what_waits_for_a_channel_that_is_gone_is_said_and_can_be_settled() {
    let mail = Server::start(Script::new());
    let web = WebServer::start(|asked| match asked.method.as_str() {
        "POST" if asked.path.contains("statuses") => Page::status(503),
        _ => answer(asked),
    });
    let project = everywhere(&mail, &web);
    send(&project).code(75);
    let config = project.read("config.toml");
    let gone = config.replace("[channels.fediverse]", "[channels.other]");
    assert_ne!(config, gone);
    project.write("config.toml", gone);
    project.write(POST, posted("am Freitag").replace("fediverse, ", ""));
    run(&project, &["status", POST]).code(75).says("fediverse waits, and the program cannot post there any more");
    send(&project)
        .code(0)
        .says("Everything else of this post was sent before")
        .says("fediverse waits, and the program");
    run(&project, &["posted", POST, "fediverse", "https://social.example/@verband/1"]).code(0).says("Noted");
    run(&project, &["status", POST]).code(0);
    run(&project, &["posted", POST, "team", "https://x.example/1"]).code(64).says("not posted by hand");
}
