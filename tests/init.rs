//! `init` by options alone, as a script uses it: nobody is there to be asked.

#[path = "support/project.rs"]
#[allow(dead_code, reason = "each test binary uses a part of it")]
mod project;
#[path = "support/smtp_server.rs"]
mod smtp_server;

use project::{Project, Ran};
use serde_json::json;
use smtp_server::{Script, Server};

const LIST: &str = "Anrede;Vorname;Nachname;E-Mail\nFrau;Anna;Muster;anna@verband-muster.de\nHerr;Ben;Beispiel;ben@verband-muster.de\n";

/// Everything that a first use needs but the mail server.
const ANSWERS: [&str; 8] = [
    "--name=Verband Muster e.V.",
    "--url=www.verband-muster.de",
    "--imprint=Verband Muster e.V.\nWeg 1, 10115 Berlin",
    "--from=newsletter@verband-muster.de",
    "--unsubscribe=abmelden@verband-muster.de",
    "--list=newsletters/lists/members.csv",
    "--test-to=ich@verband-muster.de",
    "--yes",
];

/// An empty folder but for the list.
fn folder() -> Project {
    let project = Project::with_record_in_a_file();
    project.write("newsletters/lists/members.csv", LIST);
    project
}

fn init(project: &Project, more: &[&str]) -> Ran {
    project.run(&[&["init"], more].concat())
}

/// A first use with this server and these options.
fn first_use(project: &Project, server: &Server, more: &[&str]) -> Ran {
    let port = server.port().to_string();
    let relay = ["--provider=relay", "--host=127.0.0.1", "--port", &port];
    init(project, &[&ANSWERS[..], &relay, more].concat())
}

/// Without what is a matter of chance.
fn plain(text: &str, project: &Project, server: &Server) -> String {
    text.replace(&server.port().to_string(), "PORT").replace(&id(project), "0123456789ab")
}

fn id(project: &Project) -> String {
    let config = project.read("config.toml");
    let id = config.lines().find_map(|line| line.strip_prefix("id = \"")?.strip_suffix('"'));
    id.unwrap_or_else(|| panic!("no id in\n{config}")).to_owned()
}

#[test]
fn a_first_use_writes_everything_and_sends_a_sample() {
    let (server, project) = (Server::start(Script::new().password("wir", "geheim")), folder());
    project.write("kennwort", "geheim\n");
    closed(&project, "kennwort");
    let ran =
        first_use(&project, &server, &["--username=wir", "--password-file=kennwort", "--notify=ich@verband-muster.de"])
            .code(0);
    insta::assert_snapshot!("first_use", plain(&ran.stdout(), &project, &server));
    insta::assert_snapshot!("first_config", plain(&project.read("config.toml"), &project, &server));
    let mut files = project.files("");
    files.retain(|file| !file.starts_with("cache"));
    assert_eq!(
        files,
        [
            "config.toml",
            "kennwort",
            "newsletters/2026-11-herbsttagung.md",
            "newsletters/herbsttagung.jpg",
            "newsletters/lists/members.csv",
            "rundbrief.db",
            "rundbrief.db-freeze",
            "rundbrief.key",
        ]
    );
    let mails = server.accepted();
    assert_eq!((mails.len(), mails[0].to[0].as_str()), (1, "ich@verband-muster.de"));
    let mail = String::from_utf8(mails[0].bytes.clone()).expect("UTF-8");
    assert!(mail.contains("Verband Muster e.V.") && mail.contains("Sehr geehrte Frau Muster"), "{mail}");
    assert!(!mail.contains("Verband Beispiel e.V."), "nothing of the example organisation: {mail}");

    // What was set up sends.
    project.run(&["send", "newsletters/2026-11-herbsttagung.md", "--yes"]).code(0).says("2 accepted by 127.0.0.1");
}

#[cfg(unix)]
fn closed(project: &Project, name: &str) {
    mode(project, name, 0o600);
}

#[cfg(unix)]
fn mode(project: &Project, name: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let permissions = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(project.path(name), permissions).expect("is set");
}

#[cfg(not(unix))]
fn closed(_project: &Project, _name: &str) {}

#[test]
fn one_option_changes_one_line_and_keeps_every_comment() {
    let (server, project) = (Server::start(Script::new()), folder());
    first_use(&project, &server, &[]).code(0);
    let by_hand = project.read("config.toml").replace("[sender]\n", "# who writes\n[sender]   # and for whom\n\n");
    let by_hand = by_hand.replace("list_id", "# not the address\nlist_id") + "\n# the end\n";
    project.write("config.toml", &by_hand);
    let ran = init(&project, &["--reply-to=kontakt@verband-muster.de", "--no-test"]).code(0);
    assert!(
        ran.stdout().contains("config.toml will change:\n  + reply_to = \"kontakt@verband-muster.de\"\n\n"),
        "{}",
        ran.stdout()
    );
    let ran = init(&project, &["--name=Verein Muster", "--no-test"]).code(0);
    let change =
        "config.toml will change:\n  - name = \"Verband Muster e.V.\"\n  + name = \"Verein Muster\"\n\nMail server";
    assert!(ran.stdout().contains(change), "{}", ran.stdout());
    let expected = by_hand.replace("name = \"Verband Muster e.V.\"", "name = \"Verein Muster\"");
    let now = project.read("config.toml");
    assert_eq!(now.replace("reply_to = \"kontakt@verband-muster.de\"\n", ""), expected);
    assert_eq!(server.accepted_count(), 1, "no test mail was wanted");
    init(&project, &["--name=Verein Muster", "--no-test"]).code(0).says("Nothing changes in config.toml.");
    assert_eq!(project.read("config.toml"), now);
}

#[test]
fn what_is_missing_is_told_at_once_where_nobody_can_be_asked() {
    let project = Project::with_record_in_a_file();
    let ran = init(&project, &[]).code(64);
    insta::assert_snapshot!("missing", ran.stderr());
    init(&project, &["--name=Verband", "--provider=ionos"])
        .code(64)
        .says("--username NAME")
        .says("--password-file FILE");
    let ran = init(&project, &["--provider=microsoft365", "--oauth-tenant=verband.de"]).code(64);
    ran.says("--oauth-client-id ID").says("--oauth-secret-file FILE or --oauth-secret-env VARIABLE");
    assert_eq!(project.files(""), Vec::<String>::new());
}

#[test]
fn every_wrong_option_is_told_with_what_to_do_and_nothing_is_written() {
    let project = folder();
    let wrong = [
        "--url=verband muster",
        "--lang=deutsch",
        "--from=newsletter@example.org",
        "--provider=inos",
        "--port=x",
        "--notify=ich",
    ];
    let ran = init(&project, &wrong).code(64);
    insta::assert_snapshot!("wrong", ran.stderr());
    init(&project, &["--test-to=ich@"]).code(64).says("--test-to: ");
    init(&project, &["--where=Newsletter"]).code(64).says("--where Newsletter: write it as COLUMN=VALUE");
    init(&project, &["--imprint-file=fehlt.txt"]).code(74).says("fehlt.txt");
    let no_logo = [&ANSWERS[..], &["--provider=outbox", "--logo=fehlt.png"]].concat();
    init(&project, &no_logo).code(64).says("--logo fehlt.png: fehlt.png cannot be read");
    let imprint = [&ANSWERS[..], &["--provider=relay", "--host=mail.verband-muster.de", "--security=none"]].concat();
    init(&project, &imprint).code(64).says("--security: without security");
    assert_eq!(project.files(""), ["newsletters/lists/members.csv"]);
}

#[test]
fn a_broken_configuration_is_left_as_it_is() {
    let project = folder();
    for (broken, says) in [("[site\nname = 1\n", "config.toml:1"), ("[site]\nnam = \"x\"\n", "did you mean `name`?")] {
        project.write("config.toml", broken);
        init(&project, &ANSWERS).code(78).says(says);
        assert_eq!(project.read("config.toml"), broken);
    }
    project.write("config.toml", b"name = \"M\xfcller\"");
    init(&project, &ANSWERS).code(78).says("not UTF-8");
    assert_eq!(project.files(""), ["config.toml", "newsletters/lists/members.csv"]);
}

#[cfg(unix)]
#[test]
fn a_secret_that_others_can_read_is_told() {
    let (server, project) = (Server::start(Script::new().password("wir", "geheim")), folder());
    project.write("kennwort", "geheim\n");
    mode(&project, "kennwort", 0o644);
    let ran = first_use(&project, &server, &["--username=wir", "--password-file=kennwort"]).code(0);
    ran.says("others on this computer can read this secret").says("chmod 600 kennwort");
    init(&project, &["--no-test"]).code(0).says("chmod 600 kennwort");
}

#[test]
fn a_refused_login_leaves_what_was_written_and_a_second_run_goes_on() {
    let (server, project) = (Server::start(Script::new().password("wir", "geheim")), folder());
    // A file of that name that is there already is taken, where nothing else is said.
    project.write("smtp.password", "falsch\n");
    closed(&project, "smtp.password");
    let ran = first_use(&project, &server, &["--username=wir"]).code(77);
    ran.says("refuses this user name with this password").says("run `rundbrief init` again: it goes on from here.");
    assert_eq!(project.read("smtp.password"), "falsch\n");
    let config = project.read("config.toml");
    assert!(config.contains("password = \"file:smtp.password\""), "{config}");
    assert_eq!(server.accepted_count(), 0);
    project.write("smtp.password", "geheim\n");
    let ran = init(&project, &["--test-to=ich@verband-muster.de"]).code(0).says("Nothing changes in config.toml.");
    ran.says("logged in at 127.0.0.1").says("Everything is set up.");
    assert_eq!((project.read("config.toml"), server.accepted_count()), (config, 1));
}

#[test]
fn a_server_that_is_down_is_tried_again_by_the_next_run() {
    let project = folder();
    let gone = Server::start(Script::new());
    let port = gone.port();
    drop(gone);
    let relay = ["--provider=relay", "--host=127.0.0.1", "--port", &port.to_string()];
    let ran = init(&project, &[&ANSWERS[..], &relay].concat()).code(75);
    ran.says("refuses connections").says("2 members").says("Everything is written and stays.");
    let server = Server::start(Script::new());
    init(&project, &["--port", &server.port().to_string(), "--test-to=ich@verband-muster.de"]).code(0);
    assert_eq!(server.accepted_count(), 1);
}

#[test]
fn a_password_goes_to_no_other_server_than_it_was_given_for() {
    let (server, project) = (Server::start(Script::new().password("wir", "geheim")), folder());
    project.write("smtp.password", "geheim\n");
    closed(&project, "smtp.password");
    first_use(&project, &server, &["--username=wir"]).code(0);
    let before = project.read("config.toml");
    let ran = init(&project, &["--provider=brevo", "--no-test"]).code(64);
    ran.says("--username NAME").says("--password-file FILE");
    assert_eq!(project.read("config.toml"), before);
    init(&project, &["--host=localhost", "--no-test", "--no-login"]).code(0);
    let now = project.read("config.toml");
    assert!(!now.contains("username") && !now.contains("password = "), "{now}");
}

#[test]
fn a_list_that_cannot_be_used_is_told_before_anything_is_written() {
    let (server, project) = (Server::start(Script::new()), folder());
    let with = |list: &str, more: &[&str]| {
        let answers: Vec<&str> = ANSWERS.iter().copied().filter(|answer| !answer.starts_with("--list")).collect();
        let list = format!("--list={list}");
        let port = server.port().to_string();
        init(
            &project,
            &[&answers[..], &["--provider=relay", "--host=127.0.0.1", "--port", &port, &list], more].concat(),
        )
    };
    with("fehlt.csv", &[]).code(66).says("member list not found: fehlt.csv");
    project.write("leer.csv", "");
    with("leer.csv", &[]).code(65).says("the table is empty");
    project.write("liste.csv", "Name;Mail GF\nAnna;anna@verband-muster.de\n");
    project.write("no.csv", LIST.replace("E-Mail\n", "E-Mail;Newsletter;Austritt am\n").replace(".de\n", ".de;ja;\n"));
    let ran = with("no.csv", &[]).code(64);
    ran.says("--where Newsletter=ja --where 'Austritt am='").says("who on the list may be written to");
    assert!(!project.path("config.toml").exists());
    let ran = with("no.csv", &["--where=Newsletter=ja", "--where=Austritt am="]).code(0);
    ran.says("2 members");
    let config = project.read("config.toml");
    assert!(config.contains("where = { Newsletter = \"ja\", \"Austritt am\" = \"\" }"), "{config}");
}

#[test]
fn a_column_that_may_mean_either_is_never_decided_about_by_itself() {
    let (server, project) = (Server::start(Script::new()), folder());
    let with = |more: &[&str]| {
        let answers: Vec<&str> = ANSWERS.iter().copied().filter(|answer| !answer.starts_with("--list")).collect();
        let port = server.port().to_string();
        let server = ["--provider=relay", "--host=127.0.0.1", "--port", &port, "--list=liste.csv"];
        init(&project, &[&answers[..], &server, more].concat())
    };
    let heading = "E-Mail;Newsletter Süd;Status\n";
    project.write(
        "liste.csv",
        LIST.replace("E-Mail\n", heading).replace(".de\n", ".de;x;aktiv\n") + ";;;c@verein.de;;ausgetreten\n",
    );
    let ran = with(&[]).code(64);
    ran.says("--where 'Newsletter Süd=VALUE OF THOSE TO WRITE TO' --where Status=aktiv");
    let ran = with(&["--where=Newsletter Süd=VALUE OF THOSE TO WRITE TO", "--where=Status=aktiv"]).code(65);
    ran.says("does not say yet which value of the column “Newsletter Süd” is meant");
    assert!(!project.path("config.toml").exists());
    let ran = with(&["--where=Newsletter Süd=x", "--where=Status=aktiv", "--where=Status=passiv"]).code(0);
    ran.says("2 members");
    let config = project.read("config.toml");
    assert!(config.contains("where = { \"Newsletter Süd\" = \"x\", Status = [\"aktiv\", \"passiv\"] }"), "{config}");
}

#[test]
fn rows_that_cannot_be_used_are_told_and_keep_nobody_from_going_on() {
    let (server, project) = (Server::start(Script::new()), folder());
    project.write("newsletters/lists/members.csv", LIST.to_owned() + ";Cora;Neu;cora@\n");
    let ran = first_use(&project, &server, &[]).code(69).says("row 4: ").says("Everything is set up.");
    assert!(ran.stdout().contains("accepted by 127.0.0.1"), "{}", ran.stdout());
}

#[test]
fn the_answer_for_programs_is_one_document() {
    let (server, project) = (Server::start(Script::new().password("wir", "geheim")), folder());
    project.write("kennwort", "falsch\n");
    closed(&project, "kennwort");
    let answer =
        first_use(&project, &server, &["--username=wir", "--password-file=kennwort", "--format=json"]).code(77).json();
    assert_eq!((&answer["login"], &answer["test"]), (&json!({ "outcome": "refused" }), &json!(null)));
    assert_eq!((&answer["errors"][0]["rule"], &answer["list"]["members"]), (&json!("channel"), &json!(2)));
    assert_eq!(answer["written"][0], "config.toml");
    project.write("kennwort", "geheim\n");
    let answer = init(&project, &["--test-to=ich@verband-muster.de", "--format=json"]).code(0).json();
    assert_eq!((&answer["written"], &answer["errors"]), (&json!([]), &json!([])));
    assert_eq!(
        (&answer["login"]["outcome"], &answer["test"]["mails"][0]["outcome"]),
        (&json!("ready"), &json!("accepted"))
    );
    let answer = init(&project, &["--provider=brevo", "--format=json"]).code(64).json();
    assert_eq!(answer["errors"][0]["rule"], "usage");
}

#[test]
fn the_configuration_and_the_sending_record_know_each_other() {
    let (server, project) = (Server::start(Script::new()), folder());
    first_use(&project, &server, &[]).code(0);
    let (config, id) = (project.read("config.toml"), id(&project));
    // The configuration is begun anew: the record that is there is the same one.
    std::fs::remove_file(project.path("config.toml")).expect("is removed");
    first_use(&project, &server, &[]).code(0);
    assert_eq!(self::id(&project), id);
    assert_eq!(project.read("config.toml"), config);
    // The record is lost: no new one takes its place.
    std::fs::remove_file(project.path("rundbrief.db")).expect("is removed");
    let ran = init(&project, &["--name=Verein", "--no-test"]).code(78);
    ran.says("the sending record rundbrief.db is not there").says("restore it from a backup");
    assert!(!project.has_record());
    assert_eq!(project.read("config.toml"), config);
}

#[test]
fn file_names_are_those_of_the_configuration_wherever_it_is_run() {
    let (server, project) = (Server::start(Script::new()), folder());
    project.write("verein/x", "");
    let port = server.port().to_string();
    let relay = ["--config=verein/config.toml", "--provider=relay", "--host=127.0.0.1", "--port", &port];
    let ran = init(&project, &[&ANSWERS[..], &relay].concat()).code(0);
    ran.says("rundbrief --config verein/config.toml build verein/newsletters/2026-11-herbsttagung.md");
    let config = project.read("verein/config.toml");
    let list = std::fs::canonicalize(project.path("newsletters/lists/members.csv")).expect("is there");
    assert!(config.contains(&format!("file = \"{}\"", list.display())), "{config}");
    assert!(project.path("verein/rundbrief.key").exists() && !project.path("rundbrief.key").exists());
}

#[test]
fn without_a_server_the_sample_becomes_a_file() {
    let project = Project::with_record_in_a_file();
    let answers: Vec<&str> = ANSWERS.iter().copied().filter(|answer| !answer.starts_with("--list")).collect();
    let ran = init(&project, &[&answers[..], &["--provider=outbox", "--new-list", "--lang=en"]].concat()).code(0);
    ran.says("Nothing has left this computer.").says("Autumn conference 2026");
    assert_eq!(project.read("newsletters/lists/members.csv").lines().nth(1), Some(";;;;;ich@verband-muster.de"));
    assert!(project.read("config.toml").contains("transport = \"outbox\""));
    project.run(&["send", "newsletters/2026-11-autumn-conference.md"]).code(0).says("files written");
    // A server later on.
    let server = Server::start(Script::new());
    init(
        &project,
        &[
            "--host=127.0.0.1",
            "--security=none",
            "--port",
            &server.port().to_string(),
            "--test-to=ich@verband-muster.de",
        ],
    )
    .code(0);
    assert_eq!(server.accepted_count(), 1);
}

#[test]
fn in_a_folder_with_the_example_the_sample_is_the_one_that_lies_there() {
    let (server, project) = (Server::start(Script::new()), folder());
    for name in ["2026-11-herbsttagung.md", "herbsttagung.jpg", "logos/stiftung-muster.png"] {
        let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("newsletters").join(name);
        project.write(&format!("newsletters/{name}"), std::fs::read(from).expect("is there"));
    }
    let ran = first_use(&project, &server, &[]).code(0);
    assert!(!ran.stdout().contains("a sample post"), "{}", ran.stdout());
    assert!(project.read("config.toml").contains("[site.partners.stiftung]"));
}
