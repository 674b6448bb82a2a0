//! The options of `init` that a first use seldom needs: TLS with a certificate of one's own, OAuth, a workbook's sheet,
//! columns by hand, a logo, limits.

#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;
#[path = "support/smtp_server.rs"]
mod smtp_server;
#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/workbook.rs"]
mod workbook;

use project::{Project, Ran};
use smtp_server::{Certificate, Script, Server};

/// Everything but the mail server and the list.
const ANSWERS: [&str; 7] = [
    "--name=Verband Muster e.V.",
    "--url=www.verband-muster.de",
    "--imprint=Verband Muster e.V.\nWeg 1, 10115 Berlin",
    "--from=newsletter@verband-muster.de",
    "--unsubscribe=abmelden@verband-muster.de",
    "--test-to=ich@verband-muster.de",
    "--yes",
];

fn init(project: &Project, more: &[&str]) -> Ran {
    project.run(&[&["init"], &ANSWERS[..], more].concat())
}

/// The same with mails as files, so that only the other options count.
fn init_with_files(project: &Project, more: &[&str]) -> Ran {
    init(project, &[&["--provider=outbox"], more].concat())
}

fn secret(project: &Project, name: &str, text: &str) {
    project.write(name, text);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(project.path(name), std::fs::Permissions::from_mode(0o600)).expect("is set");
    }
}

/// What the configuration says in a table, without comments and blank lines.
fn table(project: &Project, name: &str) -> Vec<String> {
    let config = project.read("config.toml");
    let lines = config.lines().skip_while(|line| *line != name).skip(1).take_while(|line| !line.starts_with('['));
    lines.filter(|line| !line.trim().is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

#[test]
fn a_certificate_of_one_s_own_is_trusted_with_both_kinds_of_tls() {
    for (security, script) in [
        ("tls", Script::new().implicit_tls(Certificate::good())),
        ("starttls", Script::new().starttls(Certificate::good())),
    ] {
        let (server, project) = (Server::start(script.password("wir", "geheim")), Project::with_record_in_a_file());
        secret(&project, "kennwort", "geheim\n");
        project.write("geraet/unsere-ca.pem", server.ca_pem());
        let (port, security) = (format!("--port={}", server.port()), format!("--security={security}"));
        let at =
            ["--provider=other", "--host=127.0.0.1", &port, &security, "--username=wir", "--password-file=kennwort"];
        let without = init(&project, &[&at[..], &["--new-list"]].concat()).code(78);
        without.says("certificate").says("Everything is written and stays.");
        assert_eq!(server.accepted_count(), 0, "nothing goes to a server that nobody vouches for");

        let ran = project.run(&["init", "--ca-file=geraet/unsere-ca.pem", "--test-to=ich@verband-muster.de"]).code(0);
        ran.says("  + ca_file = \"geraet/unsere-ca.pem\"").says("logged in at 127.0.0.1");
        assert_eq!(server.accepted_count(), 1);
    }
}

#[test]
fn an_app_registration_takes_the_place_of_a_password() {
    let project = Project::with_record_in_a_file();
    let oauth = [
        "--provider=microsoft365",
        "--username=newsletter@verband-muster.de",
        "--oauth-tenant=verband-muster.onmicrosoft.com",
        "--oauth-client-id=6731de76-14a6-49ae-97bc-6eba6914391e",
        "--oauth-secret-file=entra.secret",
        "--new-list",
        "--no-login",
    ];
    init(&project, &[&oauth[..], &["--password-env=KENNWORT"]].concat()).code(64).says("cannot be used with");
    secret(&project, "entra.secret", "sehr geheim\n");
    let ran = init(&project, &oauth).code(0);
    assert!(!(ran.stdout() + &ran.stderr()).contains("sehr geheim"));
    assert_eq!(
        table(&project, "[email.smtp]"),
        [
            "provider = \"microsoft365\"",
            "username = \"newsletter@verband-muster.de\"",
            "oauth = { tenant = \"verband-muster.onmicrosoft.com\", client_id = \"6731de76-14a6-49ae-97bc-6eba6914391e\", \
             client_secret = \"file:entra.secret\" }",
        ]
    );
    project.run(&["init", "--oauth-secret-env=ENTRA_SECRET", "--no-login"]).code(0);
    assert!(table(&project, "[email.smtp]")[2].ends_with("client_secret = \"env:ENTRA_SECRET\" }"));

    // And a password takes the place of an app registration.
    secret(&project, "kennwort", "geheim\n");
    project
        .run(&["init", "--provider=ionos", "--username=n@verband-muster.de", "--password-file=kennwort", "--no-login"])
        .code(0);
    let expected = ["provider = \"ionos\"", "username = \"n@verband-muster.de\"", "password = \"file:kennwort\""];
    assert_eq!(table(&project, "[email.smtp]"), expected);
}

#[test]
fn a_sheet_of_a_workbook_is_chosen_by_its_name() {
    let project = Project::with_record_in_a_file();
    let (old, new) = (
        workbook::sheet(&[(1, &["Nachname", "E-Mail"][..]), (2, &["Alt", "alt@verband-muster.de"])]),
        workbook::sheet(&[
            (1, &["Nachname", "E-Mail"][..]),
            (2, &["Müller", "mueller@verband-muster.de"]),
            (3, &["Weiß", "weiss@verband-muster.de"]),
        ]),
    );
    project.write("mitglieder.xlsx", workbook::of_sheets(&[("2019", "visible", &old), ("Aktuell", "visible", &new)]));
    let list = ["--list=mitglieder.xlsx", "--sheet=Aktuel"];
    init_with_files(&project, &list).code(65).says("Aktuell");
    assert!(!project.path("config.toml").exists());
    init_with_files(&project, &["--list=mitglieder.xlsx", "--sheet=Aktuell"]).code(0).says("2 members");
    assert!(table(&project, "[lists.members]").contains(&"sheet = \"Aktuell\"".to_owned()));
    project.run(&["init", "--sheet=2019", "--no-test"]).code(0).says("1 member\n");
}

#[test]
fn columns_that_are_not_recognised_are_named() {
    let project = Project::with_record_in_a_file();
    project.write("liste.csv", "Kontakt;Rufname;Zweitadresse\nanna@verband-muster.de;Anna;x@verband-muster.de\n");
    let list = "--list=liste.csv";
    init_with_files(&project, &[list, "--column=email"]).code(64).says("--column email: write it as FIELD=HEADING");
    init_with_files(&project, &[list, "--column=email=Mail"]).code(65).says("Mail");
    let ran = init_with_files(&project, &[list, "--column=email=Kontakt", "--column=first_name=Rufname"]).code(0);
    ran.says("lists.members.columns      email = \"Kontakt\"").says("Kontakt      → e-mail address").says("1 member");
    let columns = "columns = { email = \"Kontakt\", first_name = \"Rufname\" }".to_owned();
    assert!(table(&project, "[lists.members]").contains(&columns), "{:?}", table(&project, "[lists.members]"));
}

#[test]
fn a_logo_is_looked_at_before_it_is_named() {
    let project = Project::with_record_in_a_file();
    project.write("bilder/logo.png", "kein Bild");
    init_with_files(&project, &["--new-list", "--logo=bilder/logo.png"]).code(64).says("--logo bilder/logo.png: ");
    assert_eq!(project.files(""), ["bilder/logo.png"]);
    let logo = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("newsletters/logos/stiftung-muster.png");
    project.write("bilder/logo.png", std::fs::read(logo).expect("is there"));
    init_with_files(&project, &["--new-list", "--logo=bilder/logo.png"]).code(0);
    assert!(table(&project, "[site]").contains(&"logo = \"bilder/logo.png\"".to_owned()));
    let mail = project.read("out/outbox/2026-11-herbsttagung/test/ich@verband-muster.de.eml");
    assert!(mail.contains("image/png"), "the logo is in the sample mail");
}

#[test]
fn a_name_that_cannot_be_one_is_told_of_its_own_option() {
    let project = Project::with_record_in_a_file();
    let ran = init_with_files(&project, &["--new-list", "--list-name=Meine Liste"]).code(64);
    assert_eq!(
        ran.stderr(),
        "error: --list-name: `Meine Liste` cannot be a name\n  = help: use letters without accents, digits, `-` and `_`\n"
    );
    let sender = "--reply-to=Verband, Süd <buero@verband-muster.de>";
    let ran = init_with_files(&project, &["--new-list", sender]).code(64).says("--reply-to: `Verband, Süd");
    ran.says(
        "a name with a comma or another sign stands in quotation marks: '\"Verband, Süd\" <buero@verband-muster.de>'",
    );
    let sender = "--reply-to=\"Verband, Süd\" <buero@verband-muster.de>";
    init_with_files(&project, &["--new-list", sender]).code(0);
}

#[test]
fn the_list_and_its_limits_are_written_as_they_are_given() {
    let (server, project) = (Server::start(Script::new()), Project::with_record_in_a_file());
    project.write("vorstand.csv", "Vorname;E-Mail\nKim;kim@verband-muster.de\n");
    let port = format!("--port={}", server.port());
    let server_of_mine =
        ["--provider=relay", "--host=127.0.0.1", &port, "--per-minute=20", "--per-hour=500", "--per-day=2000"];
    let list = [
        "--list=vorstand.csv",
        "--list-name=vorstand",
        "--list-language=en",
        "--basis=consent",
        "--reply-to=Büro <buero@verband-muster.de>",
    ];
    init(&project, &[&server_of_mine[..], &list].concat()).code(0).says("lists.vorstand.language");
    let limits = ["per_minute = 20", "per_hour = 500", "per_day = 2000"];
    assert!(
        table(&project, "[email.smtp]").ends_with(&limits.map(str::to_owned)),
        "{:?}",
        table(&project, "[email.smtp]")
    );
    assert_eq!(
        table(&project, "[lists.vorstand]"),
        ["file = \"vorstand.csv\"", "language = \"en\"", "basis = \"consent\""]
    );
    let sender = table(&project, "[sender]");
    assert!(sender.contains(&"reply_to = \"Büro <buero@verband-muster.de>\"".to_owned()), "{sender:?}");
    project.run(&["init", "--per-day=viele", "--no-test"]).code(64).says("--per-day: `viele` is no whole number");
}

#[test]
fn a_change_shows_what_it_is_about_and_nothing_else() {
    let (server, project) = (Server::start(Script::new()), Project::with_record_in_a_file());
    let port = format!("--port={}", server.port());
    init(&project, &["--provider=relay", "--host=127.0.0.1", &port, "--new-list"]).code(0);
    let ran = project.run(&["init", "--per-minute=10", "--no-test"]).code(0);
    let said = ran.stdout();
    assert!(said.contains("  + per_minute = 10\n") && said.ends_with("\nDone.\n"), "{said}");
    assert!(!said.contains("Member list") && !said.contains("Next:"), "{said}");
    project.run(&["init", "--basis=consent", "--no-test"]).code(0).says("Member list ").says("1 member");
}

#[test]
fn the_sample_can_be_sent_as_it_is_written() {
    let (server, project) = (Server::start(Script::new()), Project::with_record_in_a_file());
    let port = format!("--port={}", server.port());
    init(&project, &["--provider=relay", "--host=127.0.0.1", &port, "--new-list"]).code(0);
    let sample = "newsletters/2026-11-herbsttagung.md";
    assert!(!project.read(sample).contains("example"), "{}", project.read(sample));
    let found = project.run(&["--format=json", "check", sample]).code(0).json();
    let rules: Vec<&str> = found.as_array().expect("a list").iter().filter_map(|one| one["rule"].as_str()).collect();
    assert_eq!(rules, ["feed-no-link", "privacy-link", "feed-self-link"], "warnings, and no error");
    // Neither a link to nobody nor a page that does not answer is in its way.
    project.run_as_it_is("1795420800", &["send", sample, "--yes"]).code(0).says("1 accepted by 127.0.0.1");
}
