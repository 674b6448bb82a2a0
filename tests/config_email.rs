//! How mails leave, as `config.toml` says it: each case in `cases/config` is a whole configuration, with the settings
//! that come of it and what is said before a send by a network; or its errors.

use std::path::Path;

use rundbrief::config::{BUILT_IN, Config, Transport};

/// The settings of `[email]`, then what keeps a send from happening; or the errors.
fn told(text: &str) -> String {
    let config = match Config::parse(Path::new("config.toml"), text) {
        Ok(config) => config,
        Err(findings) => return findings.iter().map(|finding| format!("{finding}\n\n")).collect(),
    };
    let problems = config.network_problems();
    let problems = problems.iter().map(|finding| format!("\n{finding}\n")).collect::<String>();
    format!("{:#?}\n{:#?}\n{problems}", config.email.transport, config.email.retry)
}

#[test]
fn every_case_is_told_as_expected() {
    insta::glob!("cases/config/*/config.toml", |path| {
        let case = path.parent().expect("a case's folder");
        let text = std::fs::read_to_string(path).expect("a configuration");
        insta::with_settings!({ snapshot_path => case, prepend_module_to_snapshot => false, snapshot_suffix => "", omit_expression => true }, {
            insta::assert_snapshot!("expected", told(&text));
        });
    });
}

#[test]
fn who_releases_and_who_is_told_is_read() {
    let more = "[approval]\nrequired = true\n[notify]\nto = \"a@example.org, Vorstand <b@example.org>\"\n";
    let config = Config::parse(Path::new("config.toml"), &format!("{BUILT_IN}\n{more}")).expect("is valid");
    assert!(config.approval.required && config.approval.recipients_may_change == 20);
    let told: Vec<_> = config.notify.iter().map(|mailbox| mailbox.email.to_string()).collect();
    assert_eq!(told, ["a@example.org", "b@example.org"]);
    let example = Config::parse(Path::new("config.toml"), BUILT_IN).expect("is valid");
    assert!(!example.approval.required && example.notify.is_empty());
}

/// What the example has behind `#`, without it.
fn uncommented() -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '[') => rest.to_owned() + "\n",
        _ => line.to_owned() + "\n",
    };
    BUILT_IN.lines().map(line).collect::<String>().replace("transport = \"outbox\"", "transport = \"smtp\"")
}

#[test]
fn the_examples_lines_for_a_real_send_are_valid_once_uncommented() {
    let config = Config::parse(Path::new("config.toml"), &uncommented()).expect("is valid");
    let Transport::Smtp(smtp) = &config.email.transport else { panic!("{:?}", config.email) };
    assert_eq!((smtp.host.as_str(), smtp.pace.per_hour), ("smtp.ionos.de", Some(500)));
    assert_eq!(config.email.retry, rundbrief::config::RetrySettings::default());
}

#[test]
fn the_example_itself_cannot_go_to_a_network_but_to_this_computer() {
    let example = Config::parse(Path::new("config.toml"), &uncommented()).expect("is valid");
    let rules: Vec<_> = example.network_problems().iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, ["no-imprint", "example-address", "example-address", "example-address"]);
    let local = uncommented().replace("provider = \"ionos\"", "host = \"127.0.0.1\"");
    let local = Config::parse(Path::new("config.toml"), &local).expect("is valid");
    assert_eq!(local.network_problems(), []);
    assert_eq!(Config::built_in(Path::new("")).network_problems(), []);
}

#[test]
fn a_local_program_sends_on_and_so_takes_no_example_either() {
    let text = BUILT_IN.replace("transport = \"outbox\"", "transport = \"sendmail\"");
    let text = text.replace("unsubscribe = {", "unsubscribe = { url = \"https://www.example.org:8443/u/{token}\",");
    let text = text.replace("list_id", "bounce_address = \"bounce@lists.example.com\"\nlist_id");
    let config = Config::parse(Path::new("config.toml"), &text).expect("is valid");
    let problems = config.network_problems();
    let lines: Vec<_> = problems.iter().filter_map(|problem| problem.place.as_ref()).map(|place| place.line).collect();
    assert_eq!(lines.len(), problems.len(), "each has its line");
    let said: String = problems.iter().map(|problem| format!("{}\n", problem.message)).collect();
    for what in
        ["the imprint", "the sender", "reply_to", "bounce_address", "address to unsubscribe", "page to unsubscribe"]
    {
        assert!(said.contains(what), "{what} is not in\n{said}");
    }
}
