//! Bluesky: the requests, each answer, and that a record is written once.

use serde_json::{Value, json};

use super::posting::{
    SECRET, at, each_ending, killed, network, project, shown, talks_and_keeps_the_secret, unreachable, without_times,
};
use super::sending::{POST, Sent, rundbrief, send};
use super::smtp_server::{Script, Server};
use super::status;
use super::web_server::{Asked, Page};

const PUBLISH: &str = "/xrpc/com.atproto.repo.putRecord";

fn section(url: &str) -> String {
    format!("kind = \"bluesky\"\nurl = \"{url}\"\nhandle = \"@verband.example.org\"\npassword = \"file:net.secret\"\n")
}

/// A server that works.
fn good(asked: &Asked) -> Page {
    match asked.path.as_str() {
        "/xrpc/com.atproto.server.createSession" => Page::json(
            200,
            &json!({ "did": "did:plc:abc", "handle": "verband.example.org", "accessJwt": "jwt-1", "refreshJwt": "r" }),
        ),
        "/xrpc/com.atproto.repo.uploadBlob" => Page::json(
            200,
            &json!({ "blob": {
                "$type": "blob", "ref": { "$link": "bafkrei" }, "mimeType": "image/jpeg", "size": 4711,
            } }),
        ),
        PUBLISH => Page::json(200, &json!({ "uri": "at://did:plc:abc/app.bsky.feed.post/x", "cid": "bafyrei" })),
        _ => Page::status(404),
    }
}

fn record(asked: &Asked) -> Value {
    serde_json::from_str(&asked.body).expect("JSON")
}

#[test]
fn a_login_a_picture_and_a_record_are_posted_and_the_place_is_noted() {
    let (mail, web) = (Server::start(Script::new()), network(good));
    let project = project(&mail, &section(&web.url("")));
    send(&project).code(0);
    let asked = web.asked();
    let put = record(&asked[2]);
    let (key, time) = (put["rkey"].as_str().expect("a key"), put["record"]["createdAt"].as_str().expect("a time"));
    assert!(key.len() == 13 && time.len() == "2026-11-23T08:00:00.000Z".len(), "{put}");
    let all: String = asked.iter().map(|asked| shown(asked, &[(key, "‹rkey›"), (time, "‹time›")])).collect();
    insta::assert_snapshot!("bluesky_requests", all);
    insta::assert_snapshot!("bluesky_status", without_times(&status(&project).code(0).said).replace(key, "‹rkey›"));
    Sent::of(rundbrief(&project, &["report", POST, "--out", "r.md"]).output().expect("it runs")).code(0);
    let place = format!("https://bsky.app/profile/verband.example.org/post/{key}");
    assert!(project.read("r.md").contains(&place), "{}", project.read("r.md"));
    talks_and_keeps_the_secret(&project);
    assert_eq!(at(&web, PUBLISH).len(), 1, "nothing twice");
}

#[test]
fn every_ending_has_its_state() {
    insta::assert_snapshot!("bluesky_endings", each_ending(PUBLISH, section, good));
}

#[test]
fn a_server_that_is_not_there_is_tried_again() {
    unreachable(section, good, PUBLISH);
}

#[test]
fn a_send_that_is_killed_writes_the_same_record_again() {
    let posted = killed(PUBLISH, section, good);
    assert_eq!(posted.len(), 2);
    assert_eq!(posted[0].body, posted[1].body, "key, time and text are the same");
}

#[test]
fn a_picture_without_a_link_is_shown_with_its_alternative_text() {
    let (mail, web) = (Server::start(Script::new()), network(good));
    let project = project(&mail, &section(&web.url("")));
    project.write(POST, project.read(POST).replace("link: https://www.example.org/kurz\n", ""));
    send(&project).code(0);
    insta::assert_snapshot!("bluesky_picture", format!("{:#}", record(&at(&web, PUBLISH)[0])["record"]["embed"]));
}

#[test]
fn a_picture_that_the_server_refuses_is_left_out_and_that_is_said() {
    let mail = Server::start(Script::new());
    let web = network(|asked| match asked.path.as_str() {
        "/xrpc/com.atproto.repo.uploadBlob" => Page::json(413, &json!({ "error": "BlobTooLarge" })),
        _ => good(asked),
    });
    let project = project(&mail, &section(&web.url("")));
    send(&project).code(0);
    let embed = &record(&at(&web, PUBLISH)[0])["record"]["embed"]["external"];
    assert!(embed["uri"].is_string() && embed["thumb"].is_null(), "{embed}");
    Sent::of(rundbrief(&project, &["report", POST, "--out", "r.md"]).output().expect("it runs")).code(0);
    assert!(project.read("r.md").contains("without the picture: Bluesky answered 413"), "{}", project.read("r.md"));
}

#[test]
fn a_password_that_is_none_any_more_ends_the_channel_and_not_the_mails() {
    let mail = Server::start(Script::new());
    let web =
        network(|_| Page::json(401, &json!({ "error": "AuthenticationRequired", "message": "Invalid password" })));
    let project = project(&mail, &section(&web.url("")));
    let sent = send(&project).code(77).says("app password");
    assert_eq!((mail.accepted_count(), web.asked().len()), (3, 1));
    assert!(!sent.said.contains(SECRET));
}

#[test]
fn too_many_logins_are_waited_for_until_the_server_takes_more() {
    let mail = Server::start(Script::new());
    let reset = (jiff::Timestamp::now().as_second() + 300).to_string();
    let refused = Page::json(429, &json!({ "error": "RateLimitExceeded" })).header("RateLimit-Reset", &reset);
    let web = network(move |_| refused.clone());
    let project = project(&mail, &section(&web.url("")));
    send(&project).code(75);
    send(&project).code(75);
    assert_eq!(web.asked().len(), 1, "a person cannot hurry it either");
}
