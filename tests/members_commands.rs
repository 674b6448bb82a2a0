//! `members show`, `suppress` and `unsuppress`, as somebody runs them.

#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;
#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/workbook.rs"]
mod workbook;

use project::{Project, config};

/// Two members, one twice, one row that is no member, one whom the list's `where` leaves out, one refusal.
const LIST: &str = "Anrede;Vorname;Nachname;E-Mail;Newsletter\nFrau;Anna;Muster;anna@example.org;ja\n\
                    Herr;Ben;Beispiel;ben@example.org;ja\n;;;ANNA@example.org;ja\n;;Caro;caro.example.org;ja\n\
                    ;Dora;D;dora@example.org;nein\n;Emil;E;emil@example.org;ja\n;;;emil@example.org;nein\n";

fn project() -> Project {
    let project = Project::new();
    project.write("newsletters/lists/members.csv", LIST);
    project.write("config.toml", config().replace("basis = ", "where = { Newsletter = \"ja\" }\nbasis = "));
    project
}

#[test]
fn show_says_who_is_written_to_and_who_is_not_and_why() {
    let ran = project().run(&["members", "show", "members"]).code(69);
    let expected = [
        "anna@example.org                          Sehr geehrte Frau Muster",
        "ben@example.org                           Sehr geehrter Herr Beispiel",
        "row 4 is left out: ANNA@example.org: row 2 has the same address",
        "row 5 is left out: “caro.example.org” has no @",
        "row 6 is left out: the list's `where` wants something else in the column “Newsletter”",
        "row 7 is left out: emil@example.org: row 8 of the same address says “nein” in the column “Newsletter”, and that counts",
        "row 8 is left out: the list's `where` wants something else in the column “Newsletter”",
        "",
        "2 would be written to",
        "1 cannot be used",
        "2 left out by the list's `where`",
        "1 on the list more than once",
        "1 refused in another row",
    ];
    assert_eq!(ran.stdout().lines().collect::<Vec<_>>(), expected);
}

#[test]
fn show_as_json_is_one_document() {
    let json = project().run(&["--format", "json", "members", "show", "members"]).code(69).json();
    assert_eq!(json["list"], "members");
    assert_eq!(
        json["members"][0],
        serde_json::json!({"row": 2, "address": "anna@example.org", "salutation": "Sehr geehrte Frau Muster"})
    );
    assert_eq!(json["members"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        json["left_out"][1],
        serde_json::json!({"row": 5, "address": null, "reason": "“caro.example.org” has no @"})
    );
    assert_eq!(json["left_out"].as_array().map(Vec::len), Some(5));
}

#[test]
fn show_of_a_list_that_is_not_there_names_the_nearest() {
    project().run(&["members", "show", "member"]).code(64).says("did you mean `members`?");
}

#[test]
fn show_warns_of_a_column_that_nobody_decided_about() {
    let project = Project::new();
    project.write("newsletters/lists/members.csv", LIST);
    let ran = project.run(&["members", "show", "members"]).code(69).says("nothing is sent to this list before");
    assert!(ran.stderr().contains("Newsletter = \"ja\""), "{}", ran.stderr());
}

#[test]
fn a_suppressed_address_is_not_written_to_until_it_is_unsuppressed() {
    let project = project();
    project.run(&["members", "suppress", "ben@example.org"]).code(0).says("1 address is not written to any more");
    let ran = project.run(&["members", "suppress", "Ben@Example.org"]).code(0);
    ran.says("0 addresses are not written to any more").says("1 was not written to before either");
    let shown = project.run(&["members", "show", "members"]).code(69);
    assert!(!shown.stdout().contains("\nben@example.org  "), "{}", shown.stdout());
    shown.says("ben@example.org: this address must not be written to").says("1 must not be written to");
    let sent = project.run(&["send", "kurz", "--dry-run"]).code(0);
    sent.says("1 who must not be written to");
    if !project.is_on_a_server() {
        let record = std::fs::read(project.path("rundbrief.db")).expect("a sending record");
        assert!(!record.windows(15).any(|bytes| bytes == b"ben@example.org"), "no address is kept");
    }
    let kept = project.ask("SELECT reason FROM suppression UNION ALL SELECT detail FROM event").expect("reads");
    assert!(!kept.iter().any(|text| text.contains("ben@")), "{kept:?}");
    project.run(&["members", "unsuppress", "ben@example.org"]).code(0).says("may be written to again");
    project.run(&["members", "unsuppress", "ben@example.org"]).code(0).says("was not kept from");
    project.run(&["members", "show", "members"]).code(69).says("ben@example.org                           Sehr");
}

#[test]
fn a_file_of_bounces_is_taken_in_and_what_cannot_be_used_is_told() {
    let project = project();
    let bounces = "Datum;Empfänger;Status\n1.11.;anna@example.org;hard bounce\n1.11.;ben@example.org;delivered\n\
                   1.11.;nobody;hard bounce\n1.11.;zora@example.org;abgemeldet\n";
    project.write("bounces.csv", bounces);
    let ran = project.run(&["members", "suppress", "--file", "bounces.csv"]).code(69);
    let expected = [
        "2 addresses are not written to any more",
        "1 row is about a member who is well and was left alone: delivered 1×",
        "1 row cannot be used:",
        "  row 4: “nobody” has no @",
    ];
    assert_eq!(ran.stdout().lines().collect::<Vec<_>>(), expected);
    let json = project.run(&["--format", "json", "members", "suppress", "--file", "bounces.csv"]).code(69).json();
    let expected = serde_json::json!({
        "new": 0, "already": 2, "left_alone": { "delivered": 1 },
        "rejected": [{ "row": 4, "reason": "“nobody” has no @" }],
    });
    assert_eq!(json, expected);
    project.run(&["members", "suppress", "--file", "missing.csv"]).code(66).says("missing.csv");
}

#[test]
fn a_token_from_a_mail_takes_its_member_off() {
    let project = project();
    let with_url = project
        .read("config.toml")
        .replace("unsubscribe = {", "unsubscribe = { url = \"https://www.example.org/u/{token}\",");
    project.write("config.toml", with_url);
    // The first suppression makes the site key, which the tokens of a build are made with from then on.
    project.run(&["members", "suppress", "other@example.org"]).code(0);
    project.run(&["send", "kurz", "--dry-run", "--messages"]).code(0);
    let mail =
        project.files("out/kurz/messages").into_iter().map(|name| project.read(&format!("out/kurz/messages/{name}")));
    let mail = mail.into_iter().find(|mail| mail.contains("To: \"Anna")).expect("a mail to Anna");
    let line = mail.lines().find(|line| line.starts_with("List-Unsubscribe:")).expect("a header");
    project.run(&["members", "suppress", "--token", line]).code(0).says("the list “members”").says("1 address is");
    project.run(&["members", "show", "members"]).code(69).says("anna@example.org: this address must not be written to");
    let nobody = "0123456789abcdef0123456789abcdef";
    project.run(&["members", "suppress", "--token", nobody]).code(64).says("nobody who was written to");
    project.run(&["members", "suppress", "--token", "test"]).code(64).says("there is no token in it");
}

#[test]
fn suppress_wants_exactly_one_of_address_file_and_token() {
    let project = project();
    project.run(&["members", "suppress"]).code(64).says("<ADDRESS|--file <FILE>|--token <TOKEN>>");
    project.run(&["members", "suppress", "a@example.org", "--token", "x"]).code(64).says("cannot be used with");
    project.run(&["members", "suppress", "nobody"]).code(64).says("“nobody” has no @");
    assert!(!project.has_record() && !project.path("rundbrief.key").exists());
}

#[test]
fn an_excel_file_and_a_text_are_taken_as_well() {
    let project = project();
    let rows: &[(u32, &[&str])] = &[(1, &["Grund", "Empfänger"]), (3, &["Austritt", "anna@example.org"])];
    project.write("ausgetreten.xlsx", workbook::of_rows(rows));
    project.run(&["members", "suppress", "--file", "ausgetreten.xlsx"]).code(0).says("1 address is not written to");
    project.write("liste.txt", "anna@example.org\n\nBen <ben@example.org>\n");
    let ran = project.run(&["members", "suppress", "--file", "liste.txt"]).code(0);
    ran.says("1 address is not written to any more").says("1 was not written to before either");
}

#[test]
fn a_suppression_under_another_site_key_is_refused_since_nobody_would_be_recognised() {
    let project = project();
    project.run(&["send", "kurz"]).code(0);
    // A trial has no site key, and asking about nobody makes none.
    project.run(&["members", "unsuppress", "ben@example.org"]).code(0).says("was not kept from");
    assert!(!project.path("rundbrief.key").exists());
    project.run(&["members", "suppress", "ben@example.org"]).code(0);
    std::fs::remove_file(project.path("rundbrief.key")).expect("is there");
    let lost = project.run(&["members", "suppress", "anna@example.org"]).code(78);
    lost.says("the site key is not the one").says("restore the key from a backup");
    assert!(!project.path("rundbrief.key").exists(), "no new key stands in the way of the old one");
}
