//! Every kind: its exact request, what each answer leads to, and that nobody reads a secret.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use super::project::Project;
use super::scene::{KINDS, SECRET, WEBHOOK_SECRET, asked, posts, project, run, success};
use super::sending::{POST, send, signal, start, status, until};
use super::smtp_server::{Script, Server};
use super::web_server::{Asked, Page, WebServer};

/// A request on a few lines; what is another one at every run is left out.
fn shown(web: &WebServer, kind: &str) -> String {
    let asked = asked(web, kind);
    let mut text = format!("{} {}\n", asked.method, asked.path);
    for name in ["content-type", "authorization"] {
        if !asked.header(name).is_empty() {
            text += &format!("{name}: {}\n", asked.header(name));
        }
    }
    let body: Result<serde_json::Value, _> = serde_json::from_str(&asked.body);
    text + "\n" + &body.map_or(asked.body.clone(), |body| format!("{body:#}")).replace('\u{200b}', "{zero width space}")
}

#[test]
fn each_network_gets_its_own_request_once() {
    let (mail, web) = (Server::start(Script::new()), WebServer::start(success));
    let project = project(&mail, &KINDS, &web.url(""));
    send(&project).code(0);
    for kind in KINDS {
        insta::assert_snapshot!(format!("request_{kind}"), shown(&web, kind));
    }
    let said = run(&project, &["report", POST, "--out", "report.csv"]).code(0).said;
    assert!(!said.contains(SECRET), "{said}");
    insta::assert_snapshot!("receipts", receipts(&project));
    send(&project).code(0);
    assert_eq!(posts(&web), KINDS.len(), "nothing twice");
}

/// What is kept of each answer.
fn receipts(project: &Project) -> String {
    let question = "SELECT channel || ': ' || detail FROM delivery JOIN part ON part.release = delivery.release AND part.part = delivery.part \
                   WHERE channel NOT IN ('email', 'feed') ORDER BY channel";
    project.ask(question).expect("reads").join("\n")
}

/// The states of all kinds after one answer, as a row of a table.
fn row(answer: &str, project: &Project, exit: Option<i32>) -> String {
    let status = status(project);
    let states: Vec<String> = KINDS
        .iter()
        .map(|kind| {
            let counts = status["channels"][kind].as_object().expect("a channel").clone();
            let state =
                counts.into_iter().find(|(_, number)| number != 0).map_or("none".to_owned(), |(state, _)| state);
            format!("{state:<10}")
        })
        .collect();
    format!(
        "{answer:<12} {:>3}  {}\n",
        exit.map_or("-".to_owned(), |exit| exit.to_string()),
        states.join(" ").trim_end()
    )
}

#[test]
fn each_answer_leads_to_its_state() {
    let html = || Page::text("<html><body>Anmelden</body></html>");
    let answers: Vec<(&str, Page)> = vec![
        ("401", Page::status(401)),
        ("404", Page::status(404)),
        ("410", Page::status(410)),
        ("422", Page::status(422)),
        ("429", Page::status(429).header("Retry-After", "120")),
        ("500", Page::status(500)),
        ("no answer", Page::text("ok").late(Duration::from_secs(20))),
        ("broken off", Page::cut()),
        ("redirect", Page::to("https://www.example.org/")),
        ("HTML", html()),
        ("no content", Page::status(204)),
        ("another form", Page::json(200, &serde_json::json!({ "result": "success", "msg": "" }))),
    ];
    let mut table =
        format!("{:<12} {}  {}\n", "answer", "exit", KINDS.map(|kind| format!("{kind:<10}")).join(" ").trim_end());
    let mut one = |answer: &str, base: &str| {
        let mail = Server::start(Script::new());
        let project = project(&mail, &KINDS, base);
        let sent = send(&project);
        assert!(!sent.said.contains(SECRET) && !sent.said.contains("panicked"), "{}", sent.said);
        assert_eq!(mail.accepted_count(), 1, "the mails are out whatever the networks say");
        table += &row(answer, &project, sent.status.code());
    };
    for (answer, page) in answers {
        one(answer, &WebServer::always(page).url(""));
    }
    one("nobody there", "http://127.0.0.1:9");
    // Discord is asked something harmless first: here it breaks off when it is told the post.
    let breaks = WebServer::start(|asked| match asked.method.as_str() {
        "GET" => success(asked),
        _ => Page::cut(),
    });
    one("then broken", &breaks.url(""));
    let bare = WebServer::start(|asked| match asked.method.as_str() {
        "GET" => success(asked),
        _ => Page::status(204),
    });
    one("then bare", &bare.url(""));
    insta::assert_snapshot!("outcomes", table);
}

#[test]
fn a_receiver_that_answers_again_gets_the_same_post_and_a_chat_none_that_is_in_doubt() {
    let mail = Server::start(Script::new());
    let web = WebServer::always(Page::cut());
    let project = project(&mail, &["slack", "webhook"], &web.url(""));
    send(&project).code(76);
    send(&project).code(76);
    let ids: Vec<String> = web.asked().iter().map(|asked| asked.header("webhook-id").to_owned()).collect();
    assert_eq!(ids.iter().filter(|id| id.is_empty()).count(), 1, "Slack once: {ids:?}");
    let ids: Vec<&String> = ids.iter().filter(|id| !id.is_empty()).collect();
    assert!(ids.len() == 2 && ids[0] == ids[1], "{ids:?}");
}

#[test]
fn a_success_of_another_form_is_in_doubt_and_not_posted_again() {
    let mail = Server::start(Script::new());
    let web = WebServer::always(Page::json(200, &serde_json::json!({ "result": "success" })));
    let project = project(&mail, &["slack"], &web.url(""));
    send(&project).code(76).says("not what Slack says of a post");
    send(&project).code(76);
    run(&project, &["run"]).code(0);
    assert_eq!(posts(&web), 1);
    let status = status(&project);
    assert_eq!(status["channels"]["slack"]["uncertain"], 1, "{status:#}");
    assert!(
        status.to_string().contains("not what Slack says of a post"),
        "the person who decides reads why: {status:#}"
    );
}

#[test]
fn a_receiver_that_never_answers_is_in_doubt_at_last_and_not_refused() {
    let (mail, web) = (Server::start(Script::new()), WebServer::always(Page::cut()));
    let project = project(&mail, &["webhook"], &web.url(""));
    let config = project.read("config.toml");
    project.write("config.toml", config + "\n[email.retry]\nfirst = \"1m\"\nmax = \"1m\"\ngive_up = \"2m\"\n");
    send(&project).code(75);
    let soon = jiff::Timestamp::now().as_second() + 90;
    project.run_at(&soon.to_string(), &["send", POST, "--yes", "--offline"]).code(76);
    let status = status(&project);
    assert_eq!(status["channels"]["webhook"]["uncertain"], 1, "{status:#}");
}

/// The program is ended while the networks think about their answers.
#[test]
fn after_a_crash_a_receiver_gets_the_same_event_and_a_person_decides_about_a_chat() {
    let mail = Server::start(Script::new());
    let slow = WebServer::start(|asked| success(asked).late(Duration::from_secs(5)));
    let kinds = ["slack", "telegram", "webhook"];
    let project = project(&mail, &kinds, &slow.url(""));
    let mut child = start(&project);
    until("all are asked", || slow.asked().len() == kinds.len() && mail.accepted_count() == 1);
    signal("KILL", child.id());
    child.wait().expect("it ends");
    send(&project).code(76);
    let status = status(&project);
    let state = |kind: &str, state: &str| status["channels"][kind][state] == 1;
    assert!(state("slack", "uncertain") && state("telegram", "uncertain") && state("webhook", "sent"), "{status:#}");
    let ids: Vec<String> = slow.asked().iter().map(|asked| asked.header("webhook-id").to_owned()).collect();
    let ids: Vec<&String> = ids.iter().filter(|id| !id.is_empty()).collect();
    assert!(slow.asked().len() == 4 && ids.len() == 2 && ids[0] == ids[1], "{ids:?}");
}

#[test]
fn one_network_that_is_down_holds_up_no_other_and_is_served_later() {
    let mail = Server::start(Script::new());
    let down = AtomicBool::new(true);
    let web = WebServer::start(move |asked| match asked.path.starts_with("/teams") && down.swap(false, Relaxed) {
        true => Page::status(503),
        false => success(asked),
    });
    let project = project(&mail, &KINDS, &web.url(""));
    send(&project).code(75);
    assert_eq!((mail.accepted_count(), posts(&web)), (1, KINDS.len()));
    send(&project).code(0);
    assert_eq!((mail.accepted_count(), posts(&web)), (1, KINDS.len() + 1));
}

#[test]
fn how_long_to_wait_is_kept_but_no_longer_than_a_day() {
    let mail = Server::start(Script::new());
    let web = WebServer::always(Page::status(429).header("Retry-After", "31536000"));
    let project = project(&mail, &["webhook"], &web.url(""));
    send(&project).code(75);
    send(&project).code(75);
    assert_eq!(web.asked().len(), 1, "a person's wish does not shorten it");
    assert_eq!(status(&project)["channels"]["webhook"]["deferred"], 1, "a year would have been given up");
}

#[test]
fn no_address_token_or_secret_is_ever_read_by_anybody() {
    let mail = Server::start(Script::new());
    // As many servers do, one repeats what it was asked for.
    let repeats = |asked: &Asked| {
        let body = format!("not found: {} {}", asked.path, asked.header("authorization"));
        Page::json(422, &serde_json::json!({ "error": body }))
    };
    let pages =
        [success as fn(&_) -> _, |_: &_| Page::status(500), |_: &_| Page::cut(), |_: &_| Page::status(401), repeats];
    for page in pages {
        let web = WebServer::start(page);
        let project = project(&mail, &KINDS, &web.url(""));
        let mut said = run(&project, &["build", POST]).said;
        for arguments in [
            &["-vv", "send", POST, "--dry-run"][..],
            &["-vv", "send", POST, "--yes", "--offline"],
            &["-vv", "status", POST],
            &["-vv", "--format", "json", "status", POST],
            &["report", POST, "--out", "report.html"],
            &["doctor", "--offline"],
        ] {
            said += &run(&project, arguments).said;
        }
        assert!(!web.asked().is_empty(), "{said}");
        let mut kept = Vec::new();
        for file in project.files("").iter().filter(|file| !file.ends_with(".url") && !is_secret(file)) {
            kept.extend(std::fs::read(project.path(file)).expect("a file"));
        }
        for secret in [SECRET, WEBHOOK_SECRET, &WEBHOOK_SECRET[6..]] {
            assert!(!said.contains(secret), "{secret} in {said}");
            let found = kept.windows(secret.len()).any(|bytes| bytes == secret.as_bytes());
            assert!(!found, "{secret} lies in a file");
        }
    }
}

fn is_secret(file: &str) -> bool {
    matches!(file, "token" | "webhook.secret")
}

#[test]
fn private_addresses_are_reached_only_by_the_channel_that_may() {
    let mail = Server::start(Script::new());
    let web = WebServer::start(success);
    let project = project(&mail, &["mattermost", "slack"], &web.url(""));
    let config = project.read("config.toml");
    let (before, slack) = config.split_once("[channels.slack]").expect("is there");
    project.write("config.toml", format!("{before}[channels.slack]{}", slack.replace("allow_private = true\n", "")));
    let secret = |host: &str| format!("https://{host}/{SECRET}");
    for host in
        ["127.0.0.1", "localhost", "169.254.169.254", "[::ffff:127.0.0.1]", "2130706433", "0177.0.0.1", "10.0.0.1."]
    {
        project.write("slack.url", secret(host));
        let sent = send(&project).code(78).says("calls there are not permitted").says("allow_private = true");
        assert!(!sent.said.contains(SECRET), "{}", sent.said);
    }
    project.write("slack.url", format!("http://example.org/{SECRET}"));
    send(&project).code(78).says("https://");
    let asked: Vec<String> = web.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(asked, [format!("/mattermost/{SECRET}")], "the other channel was reached, once");
}

#[test]
fn nothing_is_posted_that_nobody_agreed_to() {
    let (mail, web) = (Server::start(Script::new()), WebServer::start(success));
    let project = project(&mail, &["slack"], &web.url(""));
    run(&project, &["send", POST, "--offline", "--channel", "slack"]).code(64).says("--yes");
    assert!(web.asked().is_empty());
    run(&project, &["send", POST, "--offline", "--channel", "slack", "--yes"]).code(0);
    assert_eq!((posts(&web), mail.accepted_count()), (1, 0));
}

#[test]
fn a_dry_run_shows_each_request_without_its_secrets() {
    let mail = Server::start(Script::new());
    let web = WebServer::start(success);
    let project = project(&mail, &KINDS, "https://chat.example.org");
    let said = run(&project, &["send", POST, "--dry-run"]).code(0).said;
    let lines: Vec<&str> = said.lines().filter(|line| line.contains("POST ")).collect();
    insta::assert_snapshot!("dry_run_requests", lines.join("\n"));
    for kind in ["slack", "telegram", "ntfy", "webhook", "websub"] {
        let request = project.read(&format!("out/kurz/payload/{kind}.http"));
        let head: Vec<&str> = request.lines().take_while(|line| !line.is_empty()).collect();
        insta::assert_snapshot!(format!("described_{kind}"), head.join("\n"));
    }
    assert!(web.asked().is_empty());
}
