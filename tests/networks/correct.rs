//! A post that was sent is put right after an edit: where it can be, once, and to nobody new.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

use serde_json::json;

use super::project::{self, Project};
use super::sending::{LONG, POST, Sent, config, list, members, rundbrief, send, signal, until, wait};
use super::smtp_server::{Script, Server};
use super::web_server::{Asked, Page, WebServer};

const INSTANCE: &str = "https://social.example/@verband/4711";

/// An instance and a Bluesky server in one.
pub fn answer(asked: &Asked) -> Page {
    let at = |path: &str| asked.path.starts_with(path);
    match asked.method.as_str() {
        _ if at("/xrpc/com.atproto.server.createSession") => {
            Page::json(200, &json!({ "did": "did:plc:abc", "handle": "verband.example", "accessJwt": "jwt" }))
        }
        _ if at("/xrpc/com.atproto.repo.getRecord") => {
            Page::json(200, &json!({ "uri": "at://did:plc:abc/app.bsky.feed.post/3k", "cid": "bafy", "value": {} }))
        }
        _ if at("/services/") => Page::text("ok"),
        _ if at("/xrpc/com.atproto.repo.uploadBlob") => Page::json(200, &json!({ "blob": { "$type": "blob" } })),
        _ if at("/xrpc/") => Page::json(200, &json!({ "uri": "at://x", "cid": "y" })),
        "POST" | "PUT" => Page::json(200, &json!({ "id": "4711", "url": INSTANCE })),
        _ => Page::json(200, &json!({ "id": "1", "username": "verband", "type": "image" })),
    }
}

const CHANNELS: &str = "\n[channels.linkedin]\nkind = \"linkedin\"\n";

pub fn posted(text: &str) -> String {
    project::POST
        .replace("tags:", "channels: [email, feed, fediverse, himmel, team, linkedin]\ntags:")
        .replace("am Freitag", text)
}

/// A post that goes by mail, into the feed, to Mastodon, Bluesky, Slack, and by hand to LinkedIn; three members.
pub fn everywhere(mail: &Server, web: &WebServer) -> Project {
    let project = Project::new();
    let url = web.url("");
    let channels = format!(
        "{CHANNELS}[channels.fediverse]\nkind = \"mastodon\"\nurl = \"{url}\"\ntoken = \"file:token\"\nallow_private = true\n\
         [channels.himmel]\nkind = \"bluesky\"\nurl = \"{url}\"\nhandle = \"verband.example\"\npassword = \"file:token\"\n\
         allow_private = true\n[channels.team]\nkind = \"slack\"\nurl = \"file:slack.url\"\nallow_private = true\n"
    );
    project.write("config.toml", config(mail.port()) + &channels);
    project.write("token", "geheim");
    project.write("slack.url", web.url("/services/geheim"));
    #[cfg(unix)]
    for secret in ["token", "slack.url"] {
        use std::os::unix::fs::PermissionsExt;
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(project.path(secret), private).expect("is set");
    }
    project.write(POST, posted("am Freitag"));
    project.write("newsletters/lists/members.csv", list(&members(3)));
    project
}

pub fn run(project: &Project, arguments: &[&str]) -> Sent {
    Sent::of(rundbrief(project, arguments).output().expect("it runs"))
}

pub fn correct(project: &Project, more: &[&str]) -> Sent {
    run(project, &[&["correct", POST, "--yes", "--offline"], more].concat())
}

/// What was said of the post, without times and the server's port.
fn clean(said: &str, web: &WebServer) -> String {
    unkeyed(&untimed(said)).replace(&web.url(""), "http://instance")
}

/// Without the keys that Bluesky's posts are given by the time.
fn unkeyed(said: &str) -> String {
    let mut said = said.to_owned();
    for mark in ["/post/3", "rkey=3"] {
        let mut from = 0;
        while let Some(at) = said[from..].find(mark) {
            from += at + mark.len() - 1;
            let end = from + said[from..].find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(said.len() - from);
            said.replace_range(from..end, "KEY");
        }
    }
    said
}

/// Times of day and days as `TIME`.
fn untimed(said: &str) -> String {
    let months = ["November 2026, ", "November, "];
    let mut out = String::new();
    for line in said.lines() {
        let mut line = line.to_owned();
        for month in months {
            while let Some(at) = line.find(month) {
                let start = line[..at].trim_end().rfind(' ').map_or(0, |space| space + 1);
                let end = (at + month.len() + 5).min(line.len());
                line.replace_range(start..end, "TIME");
            }
        }
        out += &(line + "\n");
    }
    out
}

#[test]
fn an_edited_post_is_put_right_everywhere_and_only_once() {
    let (mail, web) = (Server::start(Script::new()), WebServer::start(answer));
    let project = everywhere(&mail, &web);
    send(&project).code(0);
    let feed = project.read("public/feed.xml");
    assert!(feed.contains("am Freitag getagt"));
    let before = web.asked().len();

    correct(&project, &[]).code(0).says("There is nothing to correct");
    project.write(POST, posted("am Samstag"));
    let planned = run(&project, &["correct", POST, "--dry-run", "--offline"]).code(0);
    insta::assert_snapshot!("correct_planned", clean(&planned.said, &web));
    assert_eq!((web.asked().len(), project.read("public/feed.xml")), (before, feed.clone()), "a dry run");

    let done = correct(&project, &[]).code(0);
    insta::assert_snapshot!("correct_done", clean(&done.said, &web));
    assert!(!done.said.contains("geheim"), "{}", done.said);
    let asked = web.asked();
    let of = |asked: &Asked| format!("{} {}\n{}", asked.method, asked.path, asked.body);
    // Each network gets its own in this order, and none waits for another.
    let mut requests = asked[before..].to_vec();
    requests.sort_by_key(|asked| asked.path.starts_with("/xrpc"));
    insta::assert_snapshot!(
        "correct_requests",
        requests.iter().map(of).map(|text| unkeyed(&untimed(&created(&text)))).collect::<String>()
    );
    let now = project.read("public/feed.xml");
    assert!(now.contains("am Samstag getagt") && !now.contains("am Freitag"), "{now}");
    assert_eq!(now.matches("<item>").count(), feed.matches("<item>").count());
    assert_eq!(mail.accepted_count(), 3, "the mail is not sent again");

    let after = web.asked().len();
    correct(&project, &[]).code(0).says("There is nothing to correct");
    send(&project).code(0);
    run(&project, &["run"]).code(0);
    assert_eq!((web.asked().len(), mail.accepted_count()), (after, 3), "nothing twice");
    insta::assert_snapshot!("correct_status", clean(&run(&project, &["status", POST]).code(0).said, &web));
    run(&project, &["posted", POST, "linkedin", "https://www.linkedin.com/feed/1"]).code(0);
    insta::assert_snapshot!("correct_report", clean(&run(&project, &["report", POST]).code(0).said, &web));
}

/// Keys and times of a record that differ from run to run.
fn created(text: &str) -> String {
    let mut text = text.to_owned();
    for key in ["\"createdAt\":\"", "\"rkey\":\""] {
        if let Some(at) = text.find(key) {
            let from = at + key.len();
            let to = from + text[from..].find('"').expect("a string ends");
            text.replace_range(from..to, "…");
        }
    }
    text
}

#[test]
fn the_mail_goes_again_only_when_told_and_only_to_who_got_it() {
    let (mail, web) = (Server::start(Script::new()), WebServer::start(answer));
    let project = everywhere(&mail, &web);
    send(&project).code(0);
    project.write(POST, posted("am Samstag"));
    // One has left, one is new.
    let mut now = members(4);
    now.remove(0);
    project.write("newsletters/lists/members.csv", list(&now));
    correct(&project, &["--mail"]).code(0).says("2 members who got it");
    assert_eq!(mail.accepted_count(), 5);
    let last = mail.accepted().into_iter().last().expect("a mail");
    let text = String::from_utf8_lossy(&last.bytes).into_owned();
    assert!(text.contains("Subject: Korrektur: Kurz berichtet"), "{text}");
    assert!(text.contains("Diese E-Mail berichtigt"), "{text}");
    let to: Vec<String> = mail.accepted().into_iter().skip(3).flat_map(|mail| mail.to).collect();
    assert!(!to.iter().any(|to| to.contains("m1@") || to.contains("m4@")), "{to:?}");

    correct(&project, &["--mail"]).code(0).says("There is nothing to correct");
    send(&project).code(64).says("--rest-with-new-text");
    assert_eq!(mail.accepted_count(), 5);
    let sent = run(&project, &["send", POST, "--yes", "--offline", "--rest-with-new-text"]).code(0);
    assert_eq!(mail.accepted_count(), 6, "{}", sent.said);
    let new = mail.accepted().into_iter().last().expect("a mail");
    assert!(new.to[0].contains("m4@") && !String::from_utf8_lossy(&new.bytes).contains("Korrektur"), "{new:?}");

    project.write(POST, posted("am Sonntag"));
    correct(&project, &["--mail"]).code(0).says("3 members who got it");
    assert_eq!(mail.accepted_count(), 9);

    // Without its file, the report has the headline of what was sent, not of what put it right.
    std::fs::remove_file(project.path(POST)).expect("is removed");
    let report = run(&project, &["report", "kurz"]).code(0);
    assert!(report.said.starts_with("# Versandbericht: Kurz berichtet\n"), "{}", report.said);
}

#[test]
fn what_is_not_wholly_out_is_not_corrected() {
    let mail = Server::start(Script::new());
    let down = Arc::new(AtomicBool::new(true));
    let is_down = down.clone();
    let web = WebServer::start(move |asked| match asked.method.as_str() {
        "POST" if is_down.load(Ordering::SeqCst) && asked.path.contains("statuses") => Page::status(503),
        _ => answer(asked),
    });
    let project = everywhere(&mail, &web);
    run(&project, &["correct", POST, "--yes"]).code(66).says("rundbrief send");
    // One network is down: everything else is out, and the next run finishes it.
    send(&project).code(75).says("fediverse");
    assert_eq!(mail.accepted_count(), 3);
    assert!(project.read("public/feed.xml").contains("am Freitag getagt"));
    // What the program does itself is never said to be open by hand.
    let report = run(&project, &["report", POST]).code(0).said;
    let row =
        |name: &str| report.lines().find(|line| line.starts_with(&format!("| {name} "))).expect("a row").to_owned();
    assert!(
        row("fediverse").contains("noch nicht veröffentlicht, wird wieder versucht: Mastodon answered 503"),
        "{report}"
    );
    assert!(row("team").contains("veröffentlicht") && row("linkedin").contains("von Hand"), "{report}");
    project.write(POST, posted("am Samstag"));
    correct(&project, &[]).code(75).says("is not wholly out yet: 1 delivery waits");
    run(&project, &["stop", POST]);
    correct(&project, &[]).code(75).says("was stopped");
    run(&project, &["send", POST, "--yes", "--offline", "--rest-unchanged"]).code(75);
    down.store(false, Ordering::SeqCst);
    run(&project, &["run"]).code(75);
    due_now(&project);
    rested(&project);
    run(&project, &["run"]).code(0).says("posted to fediverse");
    assert_eq!(mail.accepted_count(), 3);
    correct(&project, &[]).code(0).says("posted to fediverse");
}

/// What was put off is due now, as after the time that it waits.
pub fn due_now(project: &Project) {
    project.sql("UPDATE delivery SET due_at = 1, hold_until = 0 WHERE state = 4");
}

/// No network is left alone any more, as after the time that it is.
fn rested(project: &Project) {
    project.sql("DELETE FROM pace");
}

#[test]
fn a_correction_that_was_killed_or_refused_for_now_goes_on_and_corrects_nothing_twice() {
    let mail = Server::start(Script::new());
    let hangs = Arc::new(AtomicBool::new(true));
    let is_hanging = hangs.clone();
    let web = WebServer::start(move |asked| match asked.method.as_str() {
        "PUT" if is_hanging.load(Ordering::SeqCst) => answer(asked).late(LONG),
        _ => answer(asked),
    });
    let project = everywhere(&mail, &web);
    send(&project).code(0);
    project.write(POST, posted("am Samstag"));
    let correcting =
        rundbrief(&project, &["correct", POST, "--yes", "--offline", "--mail"]).spawn().expect("it starts");
    let puts = || web.asked().iter().filter(|asked| asked.method == "PUT").count();
    until("the post is edited and the mails are out", || {
        puts() == 1
            && mail.accepted_count() == 6
            && web.asked().iter().filter(|asked| asked.path.contains("putRecord")).count() == 2
    });
    sleep(Duration::from_millis(500));
    signal("KILL", correcting.id());
    wait(correcting);
    hangs.store(false, Ordering::SeqCst);
    correct(&project, &["--mail"]).code(0).says("goes on where it ended");
    assert_eq!((puts(), mail.accepted_count()), (2, 6));
    let answers = web.asked().iter().filter(|asked| asked.path.contains("putRecord")).count();
    assert_eq!(answers, 2, "the answer is posted once");
    correct(&project, &["--mail"]).code(0).says("There is nothing to correct");
    let document = rundbrief(&project, &["--format", "json", "status", POST]).output().expect("it runs");
    let document: serde_json::Value = serde_json::from_slice(&document.stdout).expect("JSON");
    assert_eq!(document["revisions"][0]["correction"], true, "{document}");
}

#[test]
fn a_post_that_is_gone_is_said_to_be_corrected_by_hand() {
    let mail = Server::start(Script::new());
    let web = WebServer::start(move |asked| match asked.method.as_str() {
        "PUT" => Page::json(404, &json!({ "error": "Record not found" })),
        _ => answer(asked),
    });
    let project = everywhere(&mail, &web);
    send(&project).code(0);
    project.write(POST, posted("am Samstag"));
    correct(&project, &[]).code(69).says("correct it there by hand");
    // What was put right is not put right again.
    correct(&project, &[]).code(69).says("himmel     reads as it was sent");
    let answers = web.asked().iter().filter(|asked| asked.path.contains("putRecord")).count();
    assert_eq!(answers, 2);
}

#[test]
fn a_correction_needs_the_approval_of_its_text_where_one_is_required() {
    let (mail, web) = (Server::start(Script::new()), WebServer::start(answer));
    let project = everywhere(&mail, &web);
    send(&project).code(0);
    let config = project.read("config.toml").replace("#[approval]", "[approval]").replace("#required", "required");
    project.write("config.toml", config);
    project.write(POST, posted("am Samstag"));
    correct(&project, &[]).code(65).says("rundbrief approve");
    assert!(project.read("public/feed.xml").contains("am Freitag"));
    run(&project, &["approve", POST, "--by", "Dr. Weber"]).code(0);
    correct(&project, &["--mail"]).code(0);
    assert_eq!(mail.accepted_count(), 6);
}

#[test]
fn what_a_person_posts_lies_ready_with_its_picture_and_the_way_there() {
    let (mail, web) = (Server::start(Script::new()), WebServer::start(answer));
    let project = everywhere(&mail, &web);
    project.write("newsletters/saal.jpg", std::fs::read("newsletters/herbsttagung.jpg").expect("is there"));
    let post = posted("am Freitag").replace("tags:", "image: { src: saal.jpg, alt: Der Saal }\ntags:");
    project.write(POST, post);
    run(&project, &["build", POST]).code(0);
    let files = project.files("out/kurz/teaser");
    let has = |name: &str| files.iter().any(|file| file == name);
    assert!(has("linkedin.jpg") && has("linkedin.url") && !has("fediverse.url"), "{files:?}");
    let way = project.read("out/kurz/teaser/linkedin.url");
    let address = "URL=https://www.linkedin.com/sharing/share-offsite/?url=https%3A%2F%2Fwww.example.org%2Fkurz";
    assert!(way.contains(address), "{way}");
    send(&project).code(0).says("To post by hand: linkedin");
    run(&project, &["status", POST]).code(0).says("To post by hand: linkedin");
}

#[test]
fn what_was_posted_by_hand_is_listed_to_be_corrected_by_hand_until_that_is_noted() {
    let (mail, web) = (Server::start(Script::new()), WebServer::start(answer));
    let project = everywhere(&mail, &web);
    send(&project).code(0);
    run(&project, &["posted", POST, "linkedin", "https://www.linkedin.com/feed/1"]).code(0);
    project.write(POST, posted("am Samstag"));
    correct(&project, &[]).code(0).says("linkedin   to correct by hand: https://www.linkedin.com/feed/1");
    let open = "linkedin   to correct by hand, then: rundbrief posted kurz linkedin";
    run(&project, &["status", POST]).code(0).says(open).says("Posted by hand");
    for _ in 0..2 {
        let again = correct(&project, &[]).code(0).says("to correct by hand: https://www.linkedin.com/feed/1");
        assert!(again.said.contains("lies ready") && again.said.contains("nothing was changed"), "{}", again.said);
    }
    assert_eq!(revisions(&project), 2, "what lies ready is not made ready again");
    // A later edit takes the place of what was not corrected yet.
    project.write(POST, posted("am Sonntag"));
    correct(&project, &[]).code(0).says("to correct by hand: https://www.linkedin.com/feed/1");
    run(&project, &["posted", POST, "linkedin", "https://www.linkedin.com/feed/1"]).code(0);
    let status = run(&project, &["status", POST]).code(0);
    assert!(!status.said.contains("to correct by hand"), "{}", status.said);
    correct(&project, &[]).code(0).says("There is nothing to correct");
}

/// How many texts of the post the record knows.
fn revisions(project: &Project) -> usize {
    let output = rundbrief(project, &["--format", "json", "status", POST]).output().expect("it runs");
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    document["revisions"].as_array().map_or(1, Vec::len)
}
