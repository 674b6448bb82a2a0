//! Networks that the program posts to by itself: the exact request, each answer and what it leads to, nothing twice.

#[path = "support/project.rs"]
#[allow(dead_code, reason = "each test binary uses a part of it")]
mod project;
#[path = "support/sending.rs"]
mod sending;
#[path = "support/smtp_server.rs"]
mod smtp_server;
#[path = "support/web_server.rs"]
mod web_server;

#[path = "networks/bluesky.rs"]
mod bluesky;
#[path = "networks/correct.rs"]
mod correct;
#[path = "networks/corrected.rs"]
mod corrected;
#[path = "networks/down.rs"]
mod down;
#[path = "networks/hooks.rs"]
mod hooks;
#[path = "networks/mastodon.rs"]
mod mastodon;
#[path = "networks/matrix.rs"]
mod matrix;
#[path = "networks/posting.rs"]
mod posting;
#[path = "networks/scene.rs"]
mod scene;
#[path = "networks/sent_again.rs"]
mod sent_again;
#[path = "networks/webhook.rs"]
mod webhook;

use project::Project;
use sending::{POST, Sent, config, list, members, rundbrief, send};
use smtp_server::{Script, Server};
use web_server::{Page, WebServer};

/// A project whose mails and one Slack channel go to servers of the test.
fn slack(mail: &Server, web: &WebServer) -> Project {
    let project = Project::new();
    let channel = "\n[channels.team]\nkind = \"slack\"\nurl = \"file:slack.url\"\nallow_private = true\n";
    project.write("config.toml", config(mail.port()) + channel);
    project.write("slack.url", web.url("/services/T0/B0/geheim"));
    project.write(POST, project::POST.replace("tags:", "channels: [email, team]\ntags:"));
    project.write("newsletters/lists/members.csv", list(&members(3)));
    project
}

/// What `status` says, without the time of day.
fn status(project: &Project, code: i32) -> String {
    let sent = Sent::of(rundbrief(project, &["status", POST]).output().expect("it runs"));
    posting::without_times(&sent.code(code).said)
}

#[test]
fn a_hook_gets_one_request_beside_the_mails() {
    let (mail, web) = (Server::start(Script::new()), WebServer::always(Page::text("ok")));
    let project = slack(&mail, &web);
    let sent = send(&project).code(0);
    assert!(!sent.said.contains("geheim"), "{}", sent.said);
    let asked = web.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!((asked[0].method.as_str(), asked[0].header("content-type")), ("POST", "application/json"));
    insta::assert_snapshot!("slack_request", asked[0].body);
    insta::assert_snapshot!("slack_status", status(&project, 0));
    send(&project).code(0);
    assert_eq!(web.asked().len(), 1, "nothing twice");
}

#[test]
fn a_hook_that_gives_no_answer_is_in_doubt_and_the_mails_are_out() {
    let (mail, web) = (Server::start(Script::new()), WebServer::always(Page::cut()));
    let project = slack(&mail, &web);
    send(&project).code(76);
    assert_eq!(mail.accepted_count(), 3);
    insta::assert_snapshot!("slack_in_doubt", status(&project, 76));
    send(&project).code(76);
    assert_eq!(web.asked().len(), 1, "a person decides");
}
