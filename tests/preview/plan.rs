//! The plan on the page: how many, who not and why, approved by whom, due when.

use serde_json::{Value, json};

use super::approving::{self, approve};
use super::browsing::Preview;
use super::mailing;
use super::project::{LIST, POST, Project};
use super::smtp_server::{Script, Server};

const FILE: &str = "newsletters/kurz.md";

/// The value of a row of the plan.
fn row<'a>(plan: &'a Value, name: &str) -> &'a str {
    let rows = plan["shown"]["rows"].as_array().unwrap_or_else(|| panic!("no plan: {plan:#}"));
    let found = rows.iter().find(|row| row[0] == name).unwrap_or_else(|| panic!("no {name} in {plan:#}"));
    found[1].as_str().expect("a text")
}

#[test]
fn it_says_who_gets_it_who_not_and_why() {
    let project = Project::new();
    project
        .write("newsletters/lists/members.csv", LIST.to_owned() + "Frau;Noch;Einmal;ANNA@example.org\n;;Ohne;keine\n");
    let plan = Preview::start(&project).plan();
    let shown = &plan["shown"];
    let basis = "2 Mitglieder aus der Liste „members“ (Grundlage: Mitgliedschaft)";
    let audience = shown["audience"][0].as_str().expect("a sentence");
    assert!(audience.starts_with(basis.split(" (").next().expect("a start")), "{audience}");
    assert_eq!(row(&plan, "E-Mail"), "Sie geht an 2 Mitglieder, aber nur als Dateien auf diesem Rechner.");
    let skipped =
        json!(["ohne brauchbare Adresse: 1", "mehrfach auf den Listen (jede Adresse bekommt die E-Mail einmal): 1"]);
    assert_eq!(shown["skipped"], skipped);
    assert_eq!(row(&plan, "Freigabe"), "nicht verlangt");
    assert_eq!(shown["due"], "Erst wenn jemand den Versand startet");
}

#[test]
fn it_says_who_approved_it_and_what_changed_since() {
    let server = Server::start(Script::new());
    let project = approving::project(&server, 1);
    project.write(FILE, POST.replace("tags:", "send_at: 2026-11-24 09:00\ntags:"));
    let approval = |preview: &Preview| row(&preview.plan(), "Freigabe").to_owned();
    let preview = Preview::start(&project);
    assert_eq!(approval(&preview), "Noch nicht erteilt. Freigeben mit: rundbrief approve kurz");
    let due = preview.plan()["shown"]["due"].clone();
    let expected = "24.\u{a0}November 2026, 09:00 Uhr (spätestens 25.\u{a0}November 2026, 09:00 Uhr). Vorher ist die Freigabe nötig.";
    assert_eq!(due, expected);

    approve(&project);
    project.let_preview_look_again();
    let given = "rteilt von Dr. Erika Weber am 23.\u{a0}November 2026, 09:00 Uhr";
    assert_eq!(approval(&preview), format!("e{given}"));
    assert_eq!(preview.plan()["shown"]["due"], expected.split_once(". Vorher").expect("two").0);

    let code = preview.view()["code"].as_str().expect("a code").to_owned();
    let before = project.read(FILE);
    project.write(FILE, before.replace("drei", "vier"));
    let new =
        preview.until("the edit", |view| view["code"] != code.as_str())["code"].as_str().expect("a code").to_owned();
    let how = "Freigeben mit: rundbrief approve kurz";
    let changed = format!("E{given} für {code}. Seitdem wurde der Beitrag geändert; verschickt würde {new}. {how}");
    assert_eq!(approval(&preview), changed);

    project.write(FILE, before);
    project.write(approving::MEMBERS, approving::joined(3));
    preview.until("the post of before", |view| view["code"] == code.as_str());
    let moved = "Seitdem haben sich die Listen geändert: 3 Mitglieder dazugekommen (höchstens 1 dürfen sich ändern).";
    assert_eq!(approval(&preview), format!("E{given}. {moved} {how}"));

    project.run(&["approve", "kurz", "--revoke"]).code(0);
    project.let_preview_look_again();
    assert!(approval(&preview).starts_with("Zurückgenommen am 23.\u{a0}November 2026, 09:00 Uhr (erteilt von"));
}

#[test]
fn a_trial_needs_no_approval() {
    let project = Project::new();
    project.write("config.toml", project.read("config.toml") + &approving::approval(1));
    let plan = Preview::start(&project).plan();
    assert_eq!(row(&plan, "Freigabe"), "nicht nötig, solange E-Mails nur als Dateien geschrieben werden");
}

#[test]
fn what_was_sent_is_not_said_to_go_out_again() {
    let server = Server::start(Script::new());
    let project = mailing::project(&server);
    project.write(
        "newsletters/lists/members.csv",
        LIST.replace("E-Mail\n", "E-Mail;Newsletter\n").replace("org\n", "org;ja\n"),
    );
    project.write(FILE, POST.replace("tags:", "channels: [email]\nsend_at: 2026-11-23 08:00\ntags:"));
    let due = |preview: &Preview| preview.plan()["shown"]["due"].as_str().expect("a sentence").to_owned();
    let preview = Preview::start(&project);
    assert_eq!(due(&preview), "Beim nächsten automatischen Versand (spätestens 24.\u{a0}November 2026, 08:00 Uhr)");
    project.run(&["stop", "kurz"]).code(0);
    project.let_preview_look_again();
    assert_eq!(due(&preview), "Angehalten. Weiter geht es mit: rundbrief send kurz");
    project.run(&["send", "kurz", "--yes"]).code(0);
    assert_eq!(server.accepted_count(), 2);
    project.let_preview_look_again();
    assert_eq!(due(&preview), "Verschickt");
    let notice = preview.plan()["shown"]["notice"].clone();
    assert!(notice.as_str().expect("a sentence").contains("2 Mitglieder haben die E-Mail"), "{notice}");
    assert_eq!(server.accepted_count(), 2, "looking sends nothing");
}
