//! Matrix: the requests, each answer, and that a message is posted once.

use serde_json::json;

use super::posting::{
    SECRET, age, at, each_ending, killed, network, project, shown, talks_and_keeps_the_secret, unreachable,
};
use super::sending::{POST, Sent, rundbrief, send};
use super::smtp_server::{Script, Server};
use super::status;
use super::web_server::{Asked, Page};

const PUBLISH: &str = "/send/m.room.message/";

fn section(url: &str) -> String {
    format!("kind = \"matrix\"\nurl = \"{url}\"\nroom = \"#mitglieder:example.org\"\ntoken = \"file:net.secret\"\n")
}

/// A homeserver that works.
fn good(asked: &Asked) -> Page {
    let path = asked.path.split('?').next().unwrap_or_default();
    match path.strip_prefix("/_matrix/client/v3/") {
        _ if path == "/_matrix/media/v3/upload" => Page::json(200, &json!({ "content_uri": "mxc://example.org/abc" })),
        Some("directory/room/%23mitglieder%3Aexample.org") => Page::json(200, &json!({ "room_id": "!r:example.org" })),
        Some("account/whoami") => Page::json(200, &json!({ "user_id": "@verband:example.org" })),
        Some("joined_rooms") => Page::json(200, &json!({ "joined_rooms": ["!r:example.org"] })),
        Some("rooms/%21r%3Aexample.org/messages") => Page::json(200, &json!({ "chunk": [] })),
        Some(send) if send.starts_with("rooms/%21r%3Aexample.org/send/") => {
            Page::json(200, &json!({ "event_id": if send.ends_with("-picture") { "$picture" } else { "$text" } }))
        }
        _ => Page::json(404, &json!({ "errcode": "M_UNRECOGNIZED" })),
    }
}

#[test]
fn a_message_and_its_picture_are_posted_and_the_place_is_noted() {
    let (mail, web) = (Server::start(Script::new()), network(good));
    let project = project(&mail, &section(&web.url("")));
    send(&project).code(0);
    let asked = web.asked();
    let id = asked[2].path.rsplit('/').next().expect("a transaction").to_owned();
    assert_eq!(id.len(), 32, "{id}");
    let all: String = asked.iter().map(|asked| shown(asked, &[(id.as_str(), "‹id›")])).collect();
    insta::assert_snapshot!("matrix_requests", all);
    insta::assert_snapshot!("matrix_status", status(&project, 0));
    Sent::of(rundbrief(&project, &["report", POST, "--out", "r.md"]).output().expect("it runs")).code(0);
    let report = project.read("r.md");
    assert!(report.contains("https://matrix.to/#/%21r%3Aexample.org/%24text"), "{report}");
    talks_and_keeps_the_secret(&project);
    assert_eq!(at(&web, PUBLISH).len(), 2, "nothing twice");
}

#[test]
fn every_ending_has_its_state() {
    // The picture is left out, so that there is one publishing request.
    fn without_picture(asked: &Asked) -> Page {
        if asked.path.contains("/upload") { Page::status(413) } else { good(asked) }
    }
    insta::assert_snapshot!("matrix_endings", each_ending(PUBLISH, section, without_picture));
}

#[test]
fn a_homeserver_that_is_not_there_is_tried_again() {
    fn without_picture(asked: &Asked) -> Page {
        if asked.path.contains("/upload") { Page::status(413) } else { good(asked) }
    }
    unreachable(section, without_picture, PUBLISH);
}

#[test]
fn a_send_that_is_killed_posts_again_under_the_same_transaction() {
    let posted = killed(PUBLISH, section, good);
    let paths: Vec<&str> = posted.iter().map(|asked| asked.path.as_str()).collect();
    assert_eq!((paths.len(), paths[0], format!("{}-picture", paths[1])), (3, paths[1], paths[2].to_owned()));
    assert_eq!(posted[0].body, posted[1].body);
}

#[test]
fn a_repetition_that_comes_late_looks_for_the_message_first() {
    let mail = Server::start(Script::new());
    let broken = network(|asked| if asked.path.contains(PUBLISH) { Page::cut() } else { good(asked) });
    let project = project(&mail, &section(&broken.url("")));
    send(&project).code(75);
    let text: serde_json::Value = serde_json::from_str(&at(&broken, PUBLISH)[0].body).expect("JSON");
    age(&project, 2);
    let now = jiff::Timestamp::now().as_millisecond();
    let page = json!({ "chunk": [
        { "event_id": "$x", "sender": "@other:example.org", "origin_server_ts": now, "content": text },
        { "event_id": "$was", "sender": "@verband:example.org", "origin_server_ts": now, "content": text },
        { "event_id": "$old", "sender": "@verband:example.org", "origin_server_ts": now - 90_000_000, "content": text },
    ], "end": "t1" });
    let web = network(move |asked| match asked.path.contains("/messages?") {
        true => Page::json(200, &page),
        false => good(asked),
    });
    project.write("config.toml", project.read("config.toml").replace(&broken.url(""), &web.url("")));
    send(&project).code(0);
    let posted: Vec<String> = at(&web, PUBLISH).into_iter().map(|asked| asked.path).collect();
    assert!(posted.len() == 1 && posted[0].ends_with("-picture"), "{posted:?}");
    Sent::of(rundbrief(&project, &["report", POST, "--out", "r.md"]).output().expect("it runs")).code(0);
    assert!(project.read("r.md").contains("/%24was"), "{}", project.read("r.md"));
}

#[test]
fn a_room_that_the_account_is_not_in_is_said() {
    let mail = Server::start(Script::new());
    let forbidden = json!({ "errcode": "M_FORBIDDEN", "error": "User not in room" });
    let web = network(move |asked| match asked.path.contains(PUBLISH) {
        true => Page::json(403, &forbidden),
        false => good(asked),
    });
    let project = project(&mail, &section(&web.url("")));
    let sent = send(&project).code(77).says("let the account of the token join the room");
    assert!(!sent.said.contains(SECRET));
    assert_eq!(mail.accepted_count(), 3);
}

#[test]
fn an_alias_of_no_room_is_said() {
    let mail = Server::start(Script::new());
    let missing = json!({ "errcode": "M_NOT_FOUND", "error": "Room alias not found" });
    let web = network(move |_| Page::json(404, &missing));
    let project = project(&mail, &section(&web.url("")));
    send(&project).code(78).says("an alias that exists");
    assert_eq!((mail.accepted_count(), web.asked().len()), (3, 1));
}

#[test]
fn a_picture_that_the_room_refuses_leaves_the_text_posted() {
    let mail = Server::start(Script::new());
    let web = network(|asked| match asked.path.ends_with("-picture") {
        true => Page::json(403, &json!({ "errcode": "M_FORBIDDEN", "error": "No pictures here" })),
        false => good(asked),
    });
    let project = project(&mail, &section(&web.url("")));
    send(&project).code(0).says("posted to net");
    let told = status(&project, 0);
    assert!(told.contains("/%24text (without the picture: Matrix answered 403: No pictures here)"), "{}", told);
    send(&project).code(0);
    assert_eq!(at(&web, PUBLISH).len(), 2, "nothing twice");
}
