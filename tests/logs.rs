//! What is logged of each delivery: by its id, never by its address; as JSON, every line of standard error.

#[path = "support/project.rs"]
#[allow(dead_code, reason = "each test binary uses a part of it")]
mod project;
#[path = "support/sending.rs"]
mod sending;
#[path = "support/smtp_server.rs"]
mod smtp_server;

use std::collections::BTreeMap;
use std::process::Output;

use serde_json::Value;

use sending::{POST, rundbrief, sending_to};
use smtp_server::{Answer, Script, Server, Stage};

const ANNA: &str = "anna.muster@example.org";
const BEN: &str = "ben.beispiel@gmx.example";
const CORA: &str = "cora.probe@web.example";
const DORA: &str = "dora.fall@post.example";

fn members() -> [String; 4] {
    [ANNA, BEN, CORA, DORA].map(str::to_owned)
}

/// Takes one mail, refuses one, puts one off and forgets to answer one; says the address in all the ways servers do.
fn talkative() -> Server {
    Server::start(
        Script::new()
            .on(Stage::Rcpt, |seen| match seen.recipient() {
                BEN => Answer::reply("550-5.1.1 <BEN.BEISPIEL@gmx.example>: no mailbox ben.beispiel here\n550 5.1.1 see https://gmx.example/?to=ben.beispiel%40gmx.example"),
                CORA => Answer::reply("451 4.2.0 Cora.Probe: over quota, bounces+cora.probe=web.example@list.example"),
                _ => Answer::normal(),
            })
            .on(Stage::End, |seen| match seen.recipient() {
                ANNA => Answer::reply("250 2.0.0 anna.muster@example.org queued as 4F8A2"),
                DORA => Answer::close().taken(),
                _ => Answer::normal(),
            }),
    )
}

/// Standard error, which must name nobody.
#[track_caller]
fn log(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).expect("UTF-8");
    let lower = text.to_lowercase();
    for address in [ANNA, BEN, CORA, DORA] {
        let (local, domain) = address.split_once('@').expect("an address");
        let encoded = format!("{local}%40{domain}");
        for said in [address, local, encoded.as_str()] {
            assert!(!lower.contains(said), "{said} is in\n{text}");
        }
    }
    text
}

#[track_caller]
fn lines(text: &str) -> Vec<Value> {
    let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    text.lines().map(read).collect()
}

#[test]
fn each_delivery_is_logged_by_its_id_and_each_line_is_json() {
    let server = talkative();
    let project = sending_to(server.port(), &members());
    let arguments = ["--log-format", "json", "-vv", "send", POST, "--yes", "--offline"];
    let output = rundbrief(&project, &arguments).output().expect("it runs");
    assert_eq!(output.status.code(), Some(76), "{output:?}");
    let lines = lines(&log(&output));
    for line in &lines {
        for name in ["timestamp", "level", "target", "message"] {
            assert!(line[name].is_string(), "{name} is missing in {line}");
        }
    }
    // The id is what stands first in the Message-ID.
    let ids: BTreeMap<String, String> = server
        .accepted()
        .iter()
        .map(|mail| {
            let text = String::from_utf8_lossy(&mail.bytes).into_owned();
            let id = text.split_once("Message-ID: <").expect("has one").1.split('.').next().expect("has parts");
            (mail.to[0].clone(), id.to_owned())
        })
        .collect();
    let of = |id: &str| -> Vec<(&str, &str)> {
        let own = lines.iter().filter(|line| line["delivery"] == id);
        own.map(|line| (line["level"].as_str().expect("text"), line["message"].as_str().expect("text"))).collect()
    };
    assert_eq!(of(&ids[ANNA]), [("DEBUG", "handed over"), ("INFO", "accepted")]);
    assert_eq!(of(&ids[DORA]), [("DEBUG", "handed over"), ("INFO", "may or may not have arrived")]);
    let one =
        |message: &str| lines.iter().find(|line| line["message"] == message).unwrap_or_else(|| panic!("{message}"));
    let told = sending::status(&project);
    for message in ["handed over", "accepted", "may or may not have arrived", "refused", "will be tried again"] {
        let line = one(message);
        let (post, channel) = (&line["post"], &line["channel"]);
        assert_eq!((&line["release"], post, channel), (&told["code"], &"kurz".into(), &"email".into()), "{line}");
        assert_eq!(line["delivery"].as_str().map(str::len), Some(32), "{line}");
        assert_eq!(line["target"], "rundbrief::delivery", "{line}");
    }
    let accepted = &one("accepted")["answer"];
    assert!(accepted.as_str().is_some_and(|said| said.contains("(address) queued as 4F8A2")), "{accepted}");
    let refused = &one("refused")["reason"];
    assert!(
        refused.as_str().is_some_and(|said| said.contains("550 5.1.1 <(address)>: no mailbox (address) here")),
        "{refused}"
    );
    let again = one("will be tried again");
    assert!(again["reason"].as_str().is_some_and(|said| said.contains("(address): over quota, (address)")), "{again}");
    assert_eq!((&again["attempt"], again["due"].is_string()), (&1.into(), true), "{again}");
    // Standard output is as without: the person who sends sees whom it is about.
    assert!(String::from_utf8_lossy(&output.stdout).contains(BEN), "{output:?}");
}

#[test]
fn one_v_tells_what_became_of_each_and_without_it_nothing_is_logged() {
    let server = talkative();
    let project = sending_to(server.port(), &members());
    let output = rundbrief(&project, &["-v", "send", POST, "--yes", "--offline"]).output().expect("it runs");
    let text = log(&output);
    for said in [
        "accepted delivery=",
        "refused delivery=",
        "will be tried again delivery=",
        "may or may not have arrived delivery=",
    ] {
        assert_eq!(text.matches(said).count(), 1, "{said} in\n{text}");
    }
    assert!(!text.contains("handed over delivery="), "{text}");

    let project = sending_to(Server::start(Script::new()).port(), &members());
    let server = talkative();
    project.write("config.toml", sending::config(server.port()));
    let output = rundbrief(&project, &["send", POST, "--yes", "--offline"]).output().expect("it runs");
    assert!(!log(&output).contains("delivery="), "{output:?}");
}

#[test]
fn the_environment_can_say_it_and_errors_are_lines_too() {
    let project = sending_to(1, &members());
    let config = project.read("config.toml");
    project
        .write("config.toml", config.replace("[outbox]", "[outbux]").replace("connections = 4", "connections = 400"));
    let mut command = rundbrief(&project, &["send", POST, "--yes", "--offline"]);
    let output = command.env("RUNDBRIEF_LOG_FORMAT", "json").output().expect("it runs");
    assert_eq!(output.status.code(), Some(78), "{output:?}");
    let found = lines(&log(&output));
    let error = found.iter().find(|line| line["level"] == "ERROR").expect("there is one");
    assert!(error["rule"].is_string() && error["help"].is_string() && error["line"].is_number(), "{error}");
    // The option has the last word; a third kind does not exist.
    let mut command = rundbrief(&project, &["--log-format", "text", "send", POST, "--yes"]);
    let output = command.env("RUNDBRIEF_LOG_FORMAT", "json").output().expect("it runs");
    assert!(log(&output).starts_with("error: "), "{output:?}");
    let output = rundbrief(&project, &["status"]).env("RUNDBRIEF_LOG_FORMAT", "xml").output().expect("it runs");
    assert_eq!(output.status.code(), Some(64), "{output:?}");
}

#[test]
fn notes_are_lines_too() {
    let server = Server::start(Script::new());
    let project = sending_to(server.port(), &members());
    let mut command = rundbrief(&project, &["--log-format", "json", "send", POST, "--yes", "--offline"]);
    let output = command.env("SOURCE_DATE_EPOCH", "1795507200").output().expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let all = lines(&log(&output));
    let note = all.iter().find(|line| line["level"] == "INFO").expect("there is a note");
    assert!(note["message"].as_str().is_some_and(|said| said.starts_with("SOURCE_DATE_EPOCH is set")), "{note}");
}
