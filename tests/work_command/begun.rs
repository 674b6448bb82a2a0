//! What a worker does: what was begun, and nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;

use serde_json::{Value, json};

use super::postgres::address;
use super::project::{POST as TEXT, Project};
use super::scene::{Office, SOON, private};
use super::sending::{self, POST, list, members, rundbrief, signal, until};
use super::smtp_server::{Accepted, Script, Server};
use super::web_server::{Asked, Page, WebServer};

const BOARD: &str = "Anrede;Titel;Vorname;Nachname;E-Mail\nFrau;Dr.;Käthe;Größer-Müßig;kaethe@verein-süd.example\n\
                     Herr;;Jörg;Weiß;joerg@d1.example.org\n";

/// A post with a picture for two lists.
fn illustrate(project: &Project) {
    let text = TEXT.replace("Kurz berichtet", "\"Kurz berichtet: Rückkehrer*innen übers Jahr\"").replace(
        "tags:",
        "channels: [email]\nlists: [board, members]\nimage: { src: bild.jpg, alt: \"Sitzungssaal, größer\" }\ntags:",
    ) + "\nDie Kolleg*innen trafen sich am 24. Oktober, z. B. im Café „Süd“.\n";
    project.write(POST, text);
    project.write("newsletters/bild.jpg", std::fs::read("newsletters/herbsttagung.jpg").expect("is there"));
    project.write("newsletters/lists/board.csv", BOARD);
}

/// Each member's mail, without its date.
fn mails(server: &Server) -> BTreeMap<String, String> {
    let plain = |mail: Accepted| {
        let text = String::from_utf8_lossy(&mail.bytes).into_owned();
        text.lines().filter(|line| !line.starts_with("Date: ")).map(|line| line.to_owned() + "\n").collect::<String>()
    };
    server.accepted().into_iter().map(|mail| (mail.to.join(","), plain(mail))).collect()
}

const BOARD_LIST: &str = "\n[lists.board]\nfile = \"newsletters/lists/board.csv\"\nbasis = \"membership\"\n";

#[test]
#[ignore = "needs a PostgreSQL server"]
fn the_mails_of_a_worker_are_those_that_the_office_would_have_sent() {
    let office = Office::new("mails", 20);
    illustrate(&office.project);
    office.configure(|config| config + BOARD_LIST);
    office.begin();
    let worker = office.worker();
    office.all_have_it(22);
    let said = worker.end();
    assert!(said.contains("kurz: 22 accepted by 127.0.0.1"), "{said}");

    let alone = sending::sending_to(Server::start(Script::new()).port(), &members(20));
    let server = Server::start(Script::new());
    alone.write("config.toml", sending::config(server.port()) + BOARD_LIST);
    illustrate(&alone);
    alone.write("rundbrief.key", office.project.read("rundbrief.key"));
    private(&alone, "rundbrief.key");
    sending::send(&alone).code(0);
    let (theirs, own) = (mails(&office.mail), mails(&server));
    assert_eq!(theirs.len(), 22);
    assert!(theirs.values().all(|mail| mail.contains("image/jpeg")), "the picture is in the mail");
    for (to, mail) in &own {
        assert_eq!(theirs.get(to), Some(mail), "{to}");
    }
}

/// An instance of Mastodon, once it is `open`.
fn network(open: Arc<AtomicBool>) -> WebServer {
    WebServer::start(move |asked: &Asked| match asked.path.split('?').next().unwrap_or_default() {
        "/api/v2/media" if !open.load(Ordering::SeqCst) => Page::cut().late(SOON),
        "/api/v2/media" => Page::json(200, &json!({ "id": "22" })),
        "/api/v1/statuses" => Page::json(200, &json!({ "id": "7", "url": "https://social.example/@verband/7" })),
        "/api/v1/accounts/verify_credentials" => Page::json(200, &json!({ "id": "1", "acct": "verband" })),
        "/api/v2/instance" => Page::json(
            200,
            &json!({ "configuration": {
            "statuses": { "max_characters": 500, "characters_reserved_per_url": 23 },
            "media_attachments": { "image_size_limit": 16_777_216 },
        } }),
        ),
        "/api/v1/accounts/1/statuses" => Page::json(200, &json!([])),
        "/hub/" => Page::status(204),
        _ => Page::status(404),
    })
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn networks_are_posted_to_with_their_picture_and_the_feed_is_left_to_the_office() {
    let office = Office::new("networks", 3);
    let open = Arc::new(AtomicBool::new(false));
    let web = network(open.clone());
    illustrate(&office.project);
    let text = office.project.read(POST);
    let text = text
        .replace("channels: [email]", "channels: [email, feed, social, hub]")
        .replace("[board, members]", "[members]");
    office.project.write(POST, text);
    office.configure(|config| {
        config + &format!(
            "\n[channels.social]\nkind = \"mastodon\"\nurl = \"{0}\"\ntoken = \"file:token\"\nallow_private = true\n\
             \n[channels.hub]\nkind = \"websub\"\nurl = \"{0}/hub/\"\nallow_private = true\n",
            web.url("").trim_end_matches('/')
        )
    });
    office.project.write("token", "geheim\n");
    private(&office.project, "token");
    // The feed cannot be written, and so the hub is not told.
    office.project.write("public", "in the way");
    let at = |path: &str| web.asked().iter().filter(|asked| asked.path.starts_with(path)).count();
    let mut sending = rundbrief(&office.project, &["send", POST, "--yes", "--offline"]).spawn().expect("it starts");
    until("mail and network are under way", || office.mail.count("MAIL") > 0 && at("/api/v2/media") > 0);
    signal("KILL", sending.id());
    sending.wait().expect("it ends");
    open.store(true, Ordering::SeqCst);
    office.open();

    let machine = office.machine();
    machine.write("token", "geheim\n");
    private(&machine, "token");
    let worker = super::scene::Worker::start(machine, &[]);
    office.mail.accepted_count();
    until("the status", || at("/api/v1/statuses") > 0);
    until("is noted", || office.channel("social")["sent"] == 1);
    let media = web.asked().into_iter().rfind(|asked| asked.path.starts_with("/api/v2/media")).expect("came");
    assert!(media.body.contains("Sitzungssaal"), "with its alternative text");
    until("the mails", || office.mails("sent") + office.mails("uncertain") == 3);
    office.nobody_twice();
    sleep(SOON);
    let left: Vec<Value> = ["feed", "hub"].iter().map(|name| office.channel(name)["pending"].clone()).collect();
    assert_eq!((left, at("/hub/")), (vec![json!(1), json!(1)], 0));
    let said = worker.end();
    assert!(!said.contains("error") && !said.contains("left to others"), "{said}");
    std::fs::remove_file(office.project.path("public")).expect("is removed");
    office.run(&["send", POST, "--yes", "--offline"]);
    assert_eq!((at("/hub/"), office.channel("feed")["sent"].clone()), (1, json!(1)));
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn what_was_not_begun_is_not_touched() {
    let office = Office::new("chosen", 5);
    office.project.write(POST, TEXT.replace("tags:", "channels: [email, feed]\nlists: [board, members]\ntags:"));
    office.project.write("newsletters/lists/board.csv", list(&["b1@board.example".into(), "b2@board.example".into()]));
    office.configure(|config| config + BOARD_LIST);
    office.run(&["send", POST, "--yes", "--offline", "--channel", "feed"]).code(0);
    office.open();
    let worker = office.worker();
    sleep(SOON);
    assert_eq!(office.mail.connections(), 0, "{}", worker.said());

    office.shut();
    worker.end();
    office.begin_with(&["send", POST, "--yes", "--offline", "--channel", "email", "--list", "board"]);
    let worker = office.worker();
    office.all_have_it(2);
    sleep(SOON);
    assert_eq!(office.mail.accepted_count(), 2, "nobody of the other list");
    office.shut();
    worker.end();
    office.begin();
    let worker = office.worker();
    office.all_have_it(7);
    worker.end();
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn nobody_is_written_to_for_the_first_time_after_the_end_of_a_run() {
    let office = Office::new("late", 4);
    let now = jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::get("Europe/Berlin").expect("is known"));
    let minutes = |number| jiff::Span::new().minutes(number);
    let written = |at: jiff::Zoned| at.strftime("%Y-%m-%d %H:%M").to_string();
    let (begin, end) = (written(&now - minutes(5)), written(&now + minutes(90)));
    let text = TEXT.replace("tags:", &format!("channels: [email]\nsend_at: {begin}\nnot_after: {end}\ntags:"));
    // `run` asks the links.
    office.project.write(POST, text.replace("link: https://www.example.org/kurz\n", ""));
    office.begin_with(&["run"]);
    let mut terms = office.terms();
    let until = terms["until"].as_i64().expect("the run has an end");
    let apart = until - now.timestamp().as_millisecond();
    assert!((89 * 60_000..=91 * 60_000).contains(&apart), "{apart}");
    terms["until"] = json!(now.timestamp().as_millisecond() - 60_000);
    office.set_terms(&terms);
    let worker = office.worker();
    sleep(SOON);
    assert_eq!(office.mail.accepted_count(), 0, "{}", worker.said());
    terms["until"] = json!(until);
    office.set_terms(&terms);
    office.all_have_it(4);
    worker.end();
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn a_worker_works_on_two_posts_at_once() {
    let office = Office::with(address("two"), &members(3), Script::new());
    office.begin();
    office.shut();
    let second = "newsletters/zweite.md";
    office
        .project
        .write(second, TEXT.replace("tags:", "channels: [email]\ntags:").replace("Kurz berichtet", "Die zweite"));
    office.begin_with(&["send", second, "--yes", "--offline"]);
    office.shut();
    let worker = office.worker();
    worker.says("kurz: this worker joins in.");
    worker.says("zweite: this worker joins in.");
    assert_eq!(worker.times_said("accepted"), 0);
    worker.end();
    office.open();
    let worker = office.worker();
    until("all mails", || office.mail.accepted_count() == 6);
    until("all are noted", || worker.times_said(": 3 accepted by 127.0.0.1") >= 2);
    let subjects = |subject: &str| {
        let has = |mail: &Accepted| String::from_utf8_lossy(&mail.bytes).contains(&format!("Subject: {subject}"));
        office.mail.accepted().iter().filter(|mail| has(mail)).count()
    };
    assert_eq!((subjects("Kurz berichtet"), subjects("Die zweite")), (3, 3));
    let said = worker.end();
    assert!(said.contains("This worker has ended: 6 accepted by 127.0.0.1."), "{said}");
}
