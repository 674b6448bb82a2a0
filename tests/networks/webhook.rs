//! Webhooks: signatures, a receiver that is gone, secrets of no use; and the hub that is told of the feed.

use super::scene::{SECRET, asked, project, run, success};
use super::sending::{POST, send, status};
use super::smtp_server::{Script, Server};
use super::web_server::{Page, WebServer};

#[test]
fn every_secret_signs_while_one_replaces_another() {
    let (mail, web) = (Server::start(Script::new()), WebServer::start(success));
    let project = project(&mail, &["webhook"], &web.url(""));
    let config = project.read("config.toml");
    let two = "secret = [\"file:new.secret\", \"file:webhook.secret\"]";
    project.write("config.toml", config.replace("secret = \"file:webhook.secret\"", two));
    project.write("new.secret", "whsec_bmV1IG5ldSBuZXUgbmV1IG5ldSBuZXUgbmV1IG5ldQ==");
    send(&project).code(0);
    let asked = asked(&web, "webhook");
    let signatures: Vec<&str> = asked.header("webhook-signature").split(' ').collect();
    assert!(signatures.len() == 2 && signatures.iter().all(|one| one.starts_with("v1,")), "{signatures:?}");
    assert_eq!((asked.header("webhook-id").len(), asked.header("webhook-timestamp").len()), (32, 10));
}

#[test]
fn a_secret_of_no_use_is_said_before_anything_leaves() {
    let (mail, web) = (Server::start(Script::new()), WebServer::start(success));
    let project = project(&mail, &["webhook"], &web.url(""));
    project.write("webhook.secret", "kurz7361");
    let sent = send(&project).code(78).says("24 to 64").says("openssl rand");
    assert!(!sent.said.contains("kurz7361"), "{}", sent.said);
    assert_eq!((mail.accepted_count(), web.asked().len()), (0, 0));
}

#[test]
fn a_receiver_that_is_gone_is_left_alone_until_its_address_changes() {
    let (mail, web) = (Server::start(Script::new()), WebServer::always(Page::status(410)));
    let project = project(&mail, &["webhook"], &web.url(""));
    send(&project).code(69).says("gone for good");
    run(&project, &["status", POST]).says("gone for good");
    let post = project.read(POST);
    project.write("newsletters/zwei.md", &post);
    run(&project, &["send", "newsletters/zwei.md", "--yes", "--offline"]).code(69).says("gone for good");
    assert_eq!(web.asked().len(), 1, "no request any more");
    let other = WebServer::start(success);
    project.write("webhook.url", other.url(&format!("/webhook/{SECRET}")));
    project.write("newsletters/drei.md", &post);
    run(&project, &["send", "newsletters/drei.md", "--yes", "--offline"]).code(0);
    assert_eq!(other.asked().len(), 1);
}

#[test]
fn a_hub_is_told_when_the_feed_has_the_item_and_not_before() {
    let mail = Server::start(Script::new());
    let web = WebServer::start(success);
    let project = project(&mail, &["websub"], &web.url(""));
    // A folder where the feed should be: it cannot be written.
    std::fs::create_dir_all(project.path("public/feed.xml/x")).expect("a folder");
    let sent = send(&project);
    assert_eq!((sent.status.code(), web.asked().len()), (Some(74), 0), "{}", sent.said);
    assert_eq!(status(&project)["channels"]["websub"]["pending"], 1);
    std::fs::remove_dir_all(project.path("public/feed.xml")).expect("is removed");
    send(&project).code(0);
    assert!(project.read("public/feed.xml").contains("Kurz berichtet"));
    let asked = asked(&web, "websub");
    assert_eq!(asked.body, "hub.mode=publish&hub.url=https%3A%2F%2Fwww.example.org%2Ffeed.xml");
}

#[test]
fn a_hub_alone_waits_for_the_feed() {
    let (mail, web) = (Server::start(Script::new()), WebServer::start(success));
    let project = project(&mail, &["websub"], &web.url(""));
    let alone = run(&project, &["send", POST, "--yes", "--offline", "--channel", "websub"]).code(75);
    insta::assert_snapshot!(
        "hub_alone",
        alone.said.lines().filter(|line| !line.contains("code")).collect::<Vec<_>>().join("\n")
    );
    assert!(web.asked().is_empty());
    run(&project, &["send", POST, "--yes", "--offline", "--channel", "feed"]).code(0);
    assert!(web.asked().is_empty(), "time to upload the feed");
    send(&project).code(0);
    assert_eq!((web.asked().len(), mail.accepted_count()), (1, 1));
}

#[test]
fn a_hub_without_a_published_feed_is_a_mistake_in_the_configuration() {
    let mail = Server::start(Script::new());
    let project = project(&mail, &["websub"], "https://hub.example.org");
    let config = project.read("config.toml");
    project.write("config.toml", config.replace("url = \"https://www.example.org/feed.xml\"\n", ""));
    run(&project, &["check", POST]).code(78).says("[feed] has no url").says("config.toml:");
}
