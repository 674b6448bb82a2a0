//! `members show`, `suppress` and `unsuppress`, as somebody runs them.

#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;

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
