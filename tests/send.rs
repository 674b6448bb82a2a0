//! `send` with the outbox, as a user runs it.

#[path = "support/project.rs"]
mod project;

use project::{LIST, POST, Project};

const OUTBOX: &str = "out/outbox/kurz";

#[test]
fn every_member_gets_one_file_and_nothing_leaves() {
    let project = Project::new();
    let ran = project.run(&["send", "newsletters/kurz.md"]).code(0);
    let last = ran.stdout().trim_end().lines().last().expect("a last line").to_owned();
    assert_eq!(last, "8 files written. Nothing has left this computer.");
    let files = project.files(OUTBOX);
    assert_eq!(files.iter().filter(|file| file.starts_with("email/") && file.ends_with(".eml")).count(), 2);
    assert_eq!(files.iter().filter(|file| file.ends_with(".txt")).count(), 5, "{files:?}");
    assert!(project.read("public/feed.xml").contains("Kurz berichtet"));
    assert!(!project.path("rundbrief.key").exists(), "a trial makes no key");
}

#[test]
fn a_second_send_delivers_nothing_and_says_so() {
    let project = Project::new();
    project.run(&["send", "newsletters/kurz.md"]).code(0);
    let before = project.files("out");
    let ran = project.run(&["send", "newsletters/kurz.md"]).code(0).says("Everything of this post was written before");
    assert!(ran.stdout().ends_with("0 files written. Nothing has left this computer.\n"), "{}", ran.stdout());
    assert_eq!(project.files("out"), before);
}

#[test]
fn an_edit_made_since_is_said_and_changes_nothing_that_was_sent() {
    let project = Project::new();
    project.run(&["send", "newsletters/kurz.md"]).code(0);
    project.write("newsletters/kurz.md", POST.replace("drei", "vier"));
    project.write("newsletters/lists/members.csv", format!("{LIST}Frau;Cora;Neu;cora@example.org\n"));
    project.run(&["send", "newsletters/kurz.md"]).code(0).says("has changed since its release").says("1 file written");
    let mails = project.files(&format!("{OUTBOX}/email"));
    assert_eq!(mails.len(), 3);
    for mail in mails {
        let text = project.read(&format!("{OUTBOX}/email/{mail}"));
        assert!(text.contains("drei") && !text.contains("vier"), "{mail} has what was released");
    }
}

#[test]
fn members_who_joined_since_are_shown_and_written_to_alone() {
    let project = Project::new();
    project.run(&["send", "newsletters/kurz.md"]).code(0);
    project.write("newsletters/lists/members.csv", format!("{LIST}Frau;Cora;Neu;cora@example.org\n"));
    let ran = project.run(&["--format", "json", "send", "newsletters/kurz.md"]).code(0);
    let answer = ran.json();
    assert_eq!(answer["plan"]["channels"]["email"]["targets"], 1);
    assert_eq!(answer["plan"]["channels"]["email"]["skipped"]["already_in_this_send"], 2);
    assert_eq!((&answer["written"], &answer["channels"]["email"]["sent"]), (&1.into(), &3.into()));
}

#[test]
fn a_trial_whose_files_were_deleted_begins_anew() {
    let project = Project::new();
    project.run(&["send", "newsletters/kurz.md"]).code(0);
    std::fs::remove_dir_all(project.path(OUTBOX)).expect("is deleted");
    project.write("newsletters/kurz.md", POST.replace("drei", "vier"));
    project.run(&["send", "newsletters/kurz.md"]).code(0).says("files written");
    let mail = &project.files(&format!("{OUTBOX}/email"))[0];
    assert!(project.read(&format!("{OUTBOX}/email/{mail}")).contains("vier"));
}

#[test]
fn a_member_on_the_list_twice_is_written_to_once() {
    let project = Project::new();
    project.write("newsletters/lists/members.csv", format!("{LIST}Frau;Anna;Muster;ANNA@Example.org\n"));
    project.run(&["send", "newsletters/kurz.md"]).code(0).says("skipped: 1 more than once on the lists");
    assert_eq!(project.files(&format!("{OUTBOX}/email")).len(), 2);
}

#[test]
fn a_member_on_two_lists_gets_the_mail_of_the_first() {
    let project = Project::new();
    let config = project::config() + "\n[lists.board]\nfile = \"board.csv\"\naddress = \"du\"\n";
    project.write("config.toml", config);
    project
        .write("board.csv", "Vorname;Nachname;E-Mail\nAnna;Muster;anna@example.org\nDora;Vorstand;dora@example.org\n");
    project.write("newsletters/kurz.md", POST.replace("tags:", "lists: [members, board]\ntags:"));
    project.run(&["send", "newsletters/kurz.md"]).code(0);
    let texts: Vec<String> = project
        .files(&format!("{OUTBOX}/email"))
        .iter()
        .map(|file| project.read(&format!("{OUTBOX}/email/{file}")))
        .collect();
    assert_eq!(texts.len(), 3);
    let to_anna = texts.iter().find(|text| text.contains("anna@example.org")).expect("Anna has a mail");
    assert!(to_anna.contains("Sehr geehrte Frau Muster"), "the salutation of the first list");
}

#[test]
fn only_the_chosen_channel_goes_out_and_the_rest_later() {
    let project = Project::new();
    project.run(&["send", "newsletters/kurz.md", "--channel", "mastodon"]).code(0).says("1 file written");
    assert_eq!(project.files(OUTBOX), ["mastodon/kurz.txt"]);
    project.run(&["send", "newsletters/kurz.md"]).code(0).says("7 files written");
    project.run(&["send", "newsletters/kurz.md", "--channel", "mastadon"]).code(64).says("did you mean `mastodon`?");
}

#[test]
fn a_dry_run_leaves_no_trace_but_the_files_to_look_at() {
    let project = Project::new();
    let ran = project.run(&["send", "newsletters/kurz.md", "--dry-run", "--messages"]).code(0).says("2 members");
    assert!(ran.stdout().contains("nothing was sent or recorded"));
    assert!(!project.has_record() && !project.path("public").exists() && !project.path(OUTBOX).exists());
    let files = project.files("out/kurz");
    assert_eq!(files.iter().filter(|file| file.starts_with("messages/")).count(), 2, "{files:?}");

    let dry = project.read("out/kurz/plan.json");
    let sent = project.run(&["--format", "json", "send", "newsletters/kurz.md"]).code(0).json();
    let dry: serde_json::Value = serde_json::from_str(&dry).expect("JSON");
    assert_eq!(dry, sent["plan"], "the dry run and the send share one plan");
}

#[test]
fn the_message_of_a_dry_run_is_the_message_of_the_outbox() {
    let project = Project::new();
    project.run(&["send", "newsletters/kurz.md", "--dry-run", "--messages"]).code(0);
    project.run(&["send", "newsletters/kurz.md"]).code(0);
    // The clock goes on while a send is prepared.
    let whole = |name: String| -> Vec<String> {
        project.read(&name).lines().filter(|line| !line.starts_with("Date: ")).map(str::to_owned).collect()
    };
    for file in project.files(&format!("{OUTBOX}/email")) {
        assert_eq!(whole(format!("{OUTBOX}/email/{file}")), whole(format!("out/kurz/messages/{file}")), "{file}");
    }
}

#[test]
fn a_column_that_looks_like_a_refusal_must_be_decided_about() {
    let project = Project::new();
    project.write(
        "newsletters/lists/members.csv",
        "Vorname;Nachname;E-Mail;Newsletter\nAnna;Muster;anna@example.org;ja\nBen;Beispiel;ben@example.org;nein\n",
    );
    project.run(&["send", "newsletters/kurz.md"]).code(65).says("Newsletter").says("where = { Newsletter = \"ja\" }");
    assert!(!project.path("out").exists() && !project.has_record(), "{:?}", project.files(""));

    let config = project::config().replace("basis = ", "where = { Newsletter = \"ja\" }\nbasis = ");
    project.write("config.toml", config);
    project.run(&["send", "newsletters/kurz.md"]).code(0).says("skipped: 1 left out by the list's column");
    assert_eq!(project.files(&format!("{OUTBOX}/email")).len(), 1);
}

const REFUSING: &str = "Vorname;Nachname;E-Mail;Newsletter\nAnna;Muster;anna@example.org;ja\n\
                        Ben;Beispiel;ben@example.org;ja\nAnna;Muster-Alt;Anna@Example.org;nein\n";

fn refusing() -> Project {
    let project = Project::new();
    let config = project::config().replace("basis = ", "where = { Newsletter = \"ja\" }\nbasis = ");
    project.write("config.toml", config);
    project.write("newsletters/lists/members.csv", REFUSING);
    project
}

#[test]
fn who_refuses_in_one_row_of_a_list_gets_nothing_whatever_another_row_says() {
    let project = refusing();
    let dry = project.run(&["--format", "json", "send", "newsletters/kurz.md", "--dry-run"]).code(0).json();
    let ran = project.run(&["send", "newsletters/kurz.md"]).code(0);
    let ran = ran.says("skipped: 1 whom another row of the list leaves out").says("1 left out by the list's column");
    assert!(ran.stdout().contains("  email     1 member\n"), "{}", ran.stdout());
    let mails = project.files(&format!("{OUTBOX}/email"));
    assert_eq!(mails.len(), 1);
    assert!(project.read(&format!("{OUTBOX}/email/{}", mails[0])).contains("ben@example.org"));
    let email = &dry["plan"]["channels"]["email"];
    assert_eq!((&email["targets"], &email["skipped"]["refused_in_another_row"]), (&1.into(), &1.into()));
    assert!(!project.read("out/kurz/email.eml").contains("Anna"), "the mail that is shown is not hers");

    let check = project.run(&["members", "check", "newsletters/lists/members.csv"]).code(69);
    check.says("row 2: row 4 of the same address says “nein” in the column “Newsletter”, and that counts");
}

#[test]
fn a_refusal_counts_for_its_list_alone_and_for_waves_too() {
    let project = refusing();
    let config = project.read("config.toml") + "\n[lists.board]\nfile = \"board.csv\"\n";
    project.write("config.toml", config);
    project.write("board.csv", "Vorname;Nachname;E-Mail\nAnna;Muster;anna@example.org\n");
    project.write("newsletters/kurz.md", POST.replace("tags:", "lists: [members, board]\ntags:"));
    project.run(&["send", "newsletters/kurz.md"]).code(0).says("2 members");

    let joined = format!("{REFUSING}Cora;Neu;cora@example.org;ja\nCora;Neu;cora@example.org;0\n");
    project.write("newsletters/lists/members.csv", joined);
    project.run(&["send", "newsletters/kurz.md"]).code(0).says("0 files written");
}

#[test]
fn a_where_that_only_chooses_rows_is_no_refusal() {
    let project = Project::new();
    let config = project::config().replace("basis = ", "where = { Funktion = \"Vorstand\" }\nbasis = ");
    project.write("config.toml", config);
    project.write(
        "newsletters/lists/members.csv",
        "Nachname;E-Mail;Funktion\nMuster;anna@example.org;Beirat\nMuster;anna@example.org;Vorstand\n",
    );
    project.run(&["send", "newsletters/kurz.md"]).code(0).says("1 member\n");
}

#[test]
fn a_refusal_in_a_row_that_cannot_be_used_counts_too() {
    let project = refusing();
    let list = "Vorname;Nachname;E-Mail;Newsletter;\nAnna;Muster;anna@example.org;ja;\n\
                Ben;Beispiel;ben@example.org;ja;\nAnna;Muster;anna@example.org;ja;keine Werbung\n\
                ;;ben@example.org; nein;\nDora;Beispiel;\"dora@example.org; cora@example.org\";nein;\n\
                Dora;Beispiel;dora@example.org;ja\n";
    project.write("newsletters/lists/members.csv", list);
    project.run(&["send", "newsletters/kurz.md"]).code(0).says("0 members").says("skipped: 3 whom another row");
}

#[test]
fn a_heading_that_may_mean_either_is_decided_about_by_a_person_alone() {
    let project = Project::new();
    let list =
        "Vorname;Nachname;E-Mail;Newsletter Süd\nAnna;Muster;anna@example.org;x\nBen;Beispiel;ben@example.org;\n";
    project.write("newsletters/lists/members.csv", list);
    let line = "where = { \"Newsletter Süd\" = \"VALUE OF THOSE TO WRITE TO\" }";
    let ran = project.run(&["send", "newsletters/kurz.md"]).code(65).says(line);
    ran.says("put what “Newsletter Süd” (empty 1×, x 1×) says of those who may be written to");

    project.write("config.toml", project::config().replace("basis = ", &format!("{line}\nbasis = ")));
    let ran = project.run(&["send", "newsletters/kurz.md"]).code(65);
    ran.says("does not say yet which value of the column “Newsletter Süd” is meant");
    assert!(!project.path("out").exists() && !project.has_record(), "{:?}", project.files(""));
}

#[test]
fn a_refusal_counts_however_its_address_is_written() {
    let project = refusing();
    let list = "Vorname;Nachname;E-Mail;Newsletter\nAnna;Muster;anna@example.org;ja\nBen;Beispiel;ben@example.org;ja\n\
                Anna;Muster;anna(at)example.org;nein\nDora;D;dora.example.org;nein\n";
    project.write("newsletters/lists/members.csv", list);
    project.run(&["send", "newsletters/kurz.md"]).code(0).says("1 member\n");
    let check = project.run(&["members", "check", "newsletters/lists/members.csv"]).code(69);
    check
        .says("row 5: “dora.example.org” has no @; the row says “nein” in the column “Newsletter”, which keeps nobody");
}
