//! What people get wrong in `config.toml`: each mistake has its line and what to do, and no secret is repeated.

use std::path::Path;

use rundbrief::config::{BUILT_IN, Config};

/// The whole text of the errors of a configuration.
#[track_caller]
fn errors(config: &str) -> String {
    let findings = Config::parse(Path::new("config.toml"), config).expect_err("has errors");
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}

/// The errors after a part of the example was replaced, or something was added at its end.
#[track_caller]
fn changed(from: &str, to: &str) -> String {
    assert!(BUILT_IN.contains(from), "{from} is not in the example");
    errors(&BUILT_IN.replacen(from, to, 1))
}

fn with(more: &str) -> String {
    errors(&format!("{BUILT_IN}\n{more}\n"))
}

#[track_caller]
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
}

#[test]
fn a_secret_is_never_repeated_wherever_it_was_written() {
    let texts = [
        changed("file:rundbrief.key", "hunter2"),
        changed("sqlite:rundbrief.db", "postgres://user:hunter2@host/db"),
        changed("basis = ", "password = \"hunter2\"\nbasis = "),
        changed("basis = ", "passwort = hunter2\nbasis = "),
        changed("transport = ", "api_key = 'hunter2'\ntransport = "),
        with("[email.smtp]\nusername = \"x\"\npassword = \"hunter2\""),
        with("[email]\npassword = \"hunter2\""),
        changed("images = ", "smtp = { pw = \"hunter2\" }\nimages = "),
        with("[email.smtp]\npw = \"hunter2\""),
        with("[email.smtp]\nhost = \"me:hunter2@mail.example.org\""),
        with("[email.smtp]\nhost = \"https://me:hunter2@mail.example.org\""),
        with(
            "[email.smtp]\nusername = \"x\"\noauth = { tenant = \"a b\", client_id = \"x\", client_secret = \"hunter2\" }",
        ),
        with("[email.smtp.oauth]\ntenant = \"t\"\nclient_id = \"x\"\nclient_secret = \"hunter2\""),
        with("email.smtp = { password = \"hunter2\" }"),
        with("[channels.team]\nkind = \"slack\"\nurl = \"https://hooks.example.org/services/hunter2\""),
        with("[channels.team]\nkind = \"mastodon\"\nurl = https://hooks.example.org/services/hunter2"),
        with("[channels.toot]\nkind = \"mastodon\"\ntoken = [\"hunter2\"]"),
        with("channels.toot = { kind = \"mastodon\", token = \"hunter2\" }"),
        with("[channels.toot]\nkind = \"mastodon\"\ntoken = \"\"\"hunter2"),
    ];
    for text in texts {
        assert!(!text.contains("hunter2") && text.contains("config.toml:"), "{text}");
    }
    let reference = with("[channels.toot]\nkind = \"x\"\ntoken = \"env:TOKEN\"");
    says(&reference, &["token = \"env:TOKEN\""]);
}

#[test]
fn where_the_record_is_kept_is_said_in_one_of_two_ways() {
    let kept = |line: &str| changed("url = \"sqlite:rundbrief.db\"", line);
    says(&kept("url = \"mysql:x\""), &["one SQLite file, or a PostgreSQL database", "postgres://USER@HOST/DATABASE"]);
    says(&kept("url = \"postgres://anna:hunter2@host/db\""), &["a password must not stand", "password = \"env:"]);
    for with in ["url = \"postgres://anna:hunter2@host/db\"", "url = \"postgres://host/db\"\npassword = \"hunter2\""] {
        assert!(!kept(with).contains("hunter2"), "{}", kept(with));
    }
    says(&kept("password = \"env:X\""), &["a SQLite file has no password"]);
    says(&kept("url = \"postgres://host/db\"\npassword = \"hunter2\""), &["must not stand in the configuration"]);
}

#[test]
fn a_transport_that_is_misspelt_is_told() {
    says(&changed("transport = \"outbox\"", "transport = \"outbx\""), &["`outbx`", "transport = \"outbox\""]);
}

#[test]
fn a_channel_says_what_it_needs_and_what_does_nothing() {
    let channel = |lines: &str| with(&format!("[channels.c]\n{lines}"));
    says(&channel("kind = \"slack\""), &["kind = \"slack\" needs `url`", "url = \"file:slack.url\""]);
    says(&channel("kind = \"mastodon\"\ntoken = \"env:T\""), &["kind = \"mastodon\" needs `url`"]);
    says(&channel("kind = \"mastodon\"\nurl = \"https://social.example\""), &["needs `token`", "file:mastodon.token"]);
    says(&channel("kind = \"bluesky\"\nhandle = \"x.bsky.social\""), &["needs `password`", "app password"]);
    says(&channel("kind = \"matrix\"\nurl = \"https://m.example\"\ntoken = \"env:T\""), &["needs `room`"]);
    says(&channel("kind = \"telegram\"\ntoken = \"env:T\""), &["needs `chat`"]);
    says(&channel("kind = \"ntfy\""), &["needs `topic`"]);
    says(&channel("kind = \"webhook\"\nurl = \"env:U\""), &["needs `secret`", "whsec_"]);
    says(&channel("kind = \"webhook\"\nurl = \"env:U\"\nsecret = [\"env:A\", 3]"), &["one reference, or a list"]);
    says(&channel("kind = \"websub\""), &["needs `url`"]);
    says(&channel("kind = \"linkedin\"\ntoken = \"env:T\""), &["`token` is not used", "posted to by hand"]);
    says(&channel("kind = \"teams\"\nurl = \"env:U\"\nroom = \"x\""), &["`room` is not used", "used are: url"]);
    says(&channel("kind = \"masto\""), &["unknown kind of network `masto`", "did you mean \"mastodon\"?"]);
    says(
        &channel("kind = \"mastodon\"\nurl = \"https://m.example\"\ntoken = \"env:T\"\nvisibility = \"all\""),
        &["`all`", "public, unlisted or private"],
    );
}

#[test]
fn how_much_an_instance_takes_is_said_of_instances_alone() {
    says(
        &with("[channels.toot]\nkind = \"mastodon\"\ncharacters = 5"),
        &["no instance takes 5 characters", "characters = 1000"],
    );
    let text = with("[channels.himmel]\nkind = \"bluesky\"\ncharacters = 500");
    says(&text, &["`characters` is not used by kind = \"bluesky\"", "remove this line"]);
}

#[test]
fn wrong_types_are_said_in_plain_words() {
    says(&changed("items = 30", "items = \"30\""), &["this must be a whole number", "config.toml:68:9"]);
    says(&changed("items = 30", "items = -3"), &["this must be a whole number"]);
    let yes = changed("basis = ", "where = { Newsletter = true }\nbasis = ");
    says(&yes, &["quotation marks", "\"ja\"", "config.toml:", "where = { Newsletter = true }"]);
    says(
        &changed("basis = ", "where = { Status = [\"aktiv\", 3] }\nbasis = "),
        &["this must be a text in quotation marks"],
    );
    let none = changed("basis = ", "where = { Status = [] }\nbasis = ");
    says(&none, &["nobody would be written to", "[\"aktiv\", \"passiv\"]", "config.toml:", "where = { Status = [] }"]);
    says(&changed("basis = ", "columns = { email = 3 }\nbasis = "), &["this must be a text in quotation marks"]);
    says(&changed("basis = ", "columns = \"Mail\"\nbasis = "), &["this must be a table", "{ … = \"…\" }"]);
    says(&changed("[outbox]", "[site]"), &["stands here for the second time"]);
    says(&changed("url = \"https://www.example.org\"", ""), &["`url` is missing", "config.toml:4:1"]);
    says(&errors(""), &["`site` is missing", "config.example.toml"]);
    says(&changed("imprint = \"\"\"", "imprint = \""), &["config.toml:"]);
}

#[test]
fn figures_are_offered_to_this_computer_alone_unless_somebody_says_so() {
    let metrics = |more: &str| with(&format!("[metrics]\n{more}"));
    let address = "this is no address to listen at";
    says(&metrics("listen = \"localhost:9187\""), &[address, "listen = \"127.0.0.1:9187\"", "config.toml:"]);
    says(&metrics("listen = \"127.0.0.1\""), &[address]);
    says(&metrics("listen = \"127.0.0.1:0\""), &[address]);
    says(&metrics("listen = \"127.0.0.1:70000\""), &[address]);
    says(&metrics("port = 9187"), &["unknown key `port`", "known here: listen, allow_remote"]);
    says(&metrics(""), &["`listen` is missing"]);
    for address in ["0.0.0.0:9187", "[::]:9187", "10.1.2.3:9187"] {
        let listen = format!("listen = \"{address}\"");
        says(&metrics(&listen), &["other computers could read the figures there", "allow_remote = true"]);
        let open = format!("{BUILT_IN}\n[metrics]\n{listen}\nallow_remote = true\n");
        let config = Config::parse(Path::new("config.toml"), &open).expect("is valid");
        assert_eq!(config.metrics.map(|address| address.to_string()).as_deref(), Some(address));
    }
    for address in ["127.0.0.1:9187", "[::1]:9187"] {
        let here = format!("{BUILT_IN}\n[metrics]\nlisten = \"{address}\"\n");
        Config::parse(Path::new("config.toml"), &here).expect("is valid");
    }
}
