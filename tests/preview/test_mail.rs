//! The button that sends a test.

use serde_json::json;

use super::browsing::Preview;
use super::mailing;
use super::project::Project;
use super::smtp_server::{Answer, Script, Server, Stage};

#[test]
fn with_the_outbox_it_is_a_file_and_nothing_leaves() {
    let project = Project::new();
    let preview = Preview::start(&project);
    let tested = preview.test(" chef@example.com ", "ben@example.org");
    assert_eq!(tested["ok"], json!(true), "{tested}");
    let text = tested["text"].as_str().expect("a sentence");
    assert!(text.starts_with("Als Datei geschrieben: ") && text.contains("chef@example.com"), "{text}");
    let files = project.files("out");
    let mail = files.iter().find(|file| file.ends_with(".eml")).unwrap_or_else(|| panic!("no mail in {files:?}"));
    let mail = project.read(&format!("out/{mail}"));
    assert!(mail.contains("To: chef@example.com") && mail.contains("Sehr geehrter Herr Beispiel"), "{mail}");
    assert!(!project.has_record() && !project.path("rundbrief.key").exists(), "it leaves no trace");
}

#[test]
fn what_the_server_answers_is_told_in_the_sites_language() {
    let server = mailing::moody();
    let project = mailing::project(&server);
    let preview = Preview::start(&project);
    for (to, ok, expected) in [
        ("chef@example.com", true, "127.0.0.1 hat die Testmail an chef@example.com angenommen."),
        ("ben@example.org", false, "Der Mailserver hat die Testmail abgelehnt: 550 5.1.1 no such user"),
        ("dora@example.org", false, "Der Mailserver nimmt die Testmail gerade nicht an: 452 4.2.2 mailbox full"),
    ] {
        assert_eq!(preview.test(to, ""), json!({ "ok": ok, "text": expected }));
    }
    let uncertain = preview.test("cora@example.org", "");
    let text = uncertain["text"].as_str().expect("a sentence");
    assert!(
        uncertain["ok"] == false && text.starts_with("Ob die Testmail angekommen ist, lässt sich nicht sagen: "),
        "{text}"
    );
}

#[test]
fn a_server_that_refuses_or_is_not_there_is_a_sentence() {
    let server = Server::start(Script::new().at(Stage::Mail, Answer::reply("535 5.7.8 who are you")));
    let project = mailing::project(&server);
    let preview = Preview::start(&project);
    let refused = preview.test("chef@example.com", "");
    let text = refused["text"].as_str().expect("a sentence");
    assert!(
        refused["ok"] == false && text.starts_with("Die Testmail wurde nicht gesendet: ") && text.contains("535"),
        "{text}"
    );

    project.write("config.toml", mailing::config(&server).replace(&format!("port = {}", server.port()), "port = 1"));
    preview.until("the new port", |_| preview.plan()["shown"].is_object());
    let absent = preview.test("chef@example.com", "");
    let text = absent["text"].as_str().expect("a sentence");
    assert!(absent["ok"] == false && !text.is_empty() && !text.contains("535"), "{text}");
    assert_eq!(preview.get("version").status, 200, "it goes on");
}

#[test]
fn an_address_that_is_none_is_a_sentence_and_sends_nothing() {
    let server = Server::start(Script::new());
    let project = mailing::project(&server);
    let preview = Preview::start(&project);
    for to in ["", "chef", "a@example.com,b@example.com", "a@example.com\r\nBcc: b@example.com", "<x>@@"] {
        let tested = preview.test(to, "");
        assert!(
            tested["ok"] == false && tested["text"].as_str().is_some_and(|text| !text.is_empty()),
            "{to}: {tested}"
        );
    }
    assert_eq!(preview.test("chef", "")["text"], "Das ist keine E-Mail-Adresse: chef");
    let nobody = preview.test("chef@example.com", "fremd@example.org");
    let expected = "Dieser Beitrag geht nicht an fremd@example.org. Wählen Sie ein anderes Mitglied.";
    assert_eq!(nobody, json!({ "ok": false, "text": expected }));
    assert_eq!(server.accepted_count(), 0);
}

#[test]
fn nobody_is_taken_off_a_list_by_a_link_of_the_test() {
    let project = Project::new();
    let mailto = "mailto = \"abmelden@example.org\"";
    let url = format!("{mailto}, url = \"https://www.example.org/u/{{token}}\"");
    project.write("config.toml", project.read("config.toml").replace(mailto, &url));
    let preview = Preview::start(&project);
    assert_eq!(preview.test("chef@example.com", "ben@example.org")["ok"], true);
    let files = project.files("out");
    let mail = files.iter().find(|file| file.ends_with(".eml")).unwrap_or_else(|| panic!("no mail in {files:?}"));
    // Without the line ends of quoted-printable (RFC 2045 section 6.7) and of folded headers.
    let mail = project.read(&format!("out/{mail}")).replace("=\r\n", "").replace("\r\n ", "");
    let links: Vec<&str> = mail.split("example.org/u/").skip(1).collect();
    assert!(links.len() >= 3, "in the head and in both parts: {mail}");
    for link in links {
        let token: String = link.chars().take_while(char::is_ascii_alphanumeric).collect();
        assert_eq!(token, "test", "{mail}");
    }
}
