use std::path::Path;

use super::*;
use crate::config::BUILT_IN;

fn answers(all: &[(Key, &str)]) -> Answers {
    let mut answers = Answers::none("members");
    all.iter().for_each(|(key, value)| answers.set(*key, *value));
    answers
}

fn existing() -> Draft {
    Draft::of(Path::new("config.toml"), Some(BUILT_IN.to_owned())).expect("the example is valid")
}

fn new() -> Draft {
    Draft::of(Path::new("config.toml"), None).expect("the beginning is valid TOML")
}

/// The lines that are in one of two texts alone.
fn difference(old: &str, new: &str) -> Vec<String> {
    let gone = old.lines().filter(|line| !new.lines().any(|other| other == *line)).map(|line| format!("-{line}"));
    let added = new.lines().filter(|line| !old.lines().any(|other| other == *line)).map(|line| format!("+{line}"));
    gone.chain(added).collect()
}

#[test]
fn without_an_answer_nothing_changes() {
    assert_eq!(existing().with(&answers(&[])), BUILT_IN);
}

#[test]
fn one_answer_changes_one_line_and_keeps_its_comment() {
    let draft = existing();
    let text = draft.with(&answers(&[(Key::Name, "Verband Muster e.V.")]));
    assert_eq!(difference(BUILT_IN, &text), ["-name = \"Verband Beispiel e.V.\"", "+name = \"Verband Muster e.V.\""]);
    let text = draft.with(&answers(&[(Key::Provider, "brevo")]));
    let changed = difference(BUILT_IN, &text);
    assert!(changed.iter().any(|line| line.starts_with("+transport = \"smtp\"                # files")), "{changed:?}");
    let text = draft.with(&answers(&[(Key::Unsubscribe, "austragen@verband.de")]));
    assert_eq!(difference(BUILT_IN, &text).len(), 2, "{text}");
}

#[test]
fn a_text_of_several_lines_can_be_read_again() {
    for imprint in ["Verband\nStraße 1\n10115 Berlin", "a \\ b\n\"\"\"c\"\nd\""] {
        let text = existing().with(&answers(&[(Key::Imprint, imprint)]));
        let config = Config::parse(Path::new("config.toml"), &text).expect("is valid");
        assert_eq!(config.site.imprint.as_deref(), Some(imprint));
    }
}

#[test]
fn another_server_gets_nothing_of_the_last_ones_account() {
    let old = answers(&[
        (Key::Provider, "ionos"),
        (Key::Username, "newsletter@verband.de"),
        (Key::Password, "file:smtp.password"),
        (Key::PerHour, "500"),
    ]);
    let text = existing().with(&old);
    let draft = Draft::of(Path::new("config.toml"), Some(text.clone())).expect("is valid");
    let brevo = answers(&[(Key::Provider, "brevo")]);
    assert!(draft.is_other_server(&brevo));
    let new = draft.with(&brevo);
    let section = new.split("[email.smtp]").nth(1).expect("the section").split("\n\n").next().expect("its lines");
    assert_eq!(section.trim(), "provider = \"brevo\"");
    assert!(!draft.is_other_server(&answers(&[(Key::Provider, "ionos")])));
    assert!(draft.is_other_server(&answers(&[(Key::Host, "evil.example.org")])));
    assert_eq!(
        difference(&text, &draft.with(&answers(&[(Key::PerHour, "300")]))),
        ["-per_hour = 500", "+per_hour = 300"]
    );
}

#[test]
fn a_new_configuration_is_whole_and_has_no_empty_lines_in_it() {
    let all = answers(&[
        (Key::Name, "Verband Muster e.V."),
        (Key::Url, "https://verband-muster.de"),
        (Key::Lang, "de"),
        (Key::Imprint, "Verband Muster e.V.\nWeg 1, 10115 Berlin"),
        (Key::From, "Verband Muster <newsletter@verband-muster.de>"),
        (Key::Unsubscribe, "abmelden@verband-muster.de"),
        (Key::Provider, "microsoft365"),
        (Key::Username, "newsletter@verband-muster.de"),
        (Key::Tenant, "verband-muster.de"),
        (Key::ClientId, "0000-1111"),
        (Key::ClientSecret, "file:smtp.secret"),
        (Key::List, "newsletters/lists/members.csv"),
        (Key::ListLanguage, "de"),
        (Key::Basis, "membership"),
        (Key::Notify, "ich@verband-muster.de"),
        (Key::LedgerId, "r-1"),
    ]);
    let text = new().with(&all);
    Config::parse(Path::new("config.toml"), &text).unwrap_or_else(|findings| panic!("{findings:?}\n{text}"));
    insta::assert_snapshot!(text);
}

#[test]
fn what_is_wrong_with_an_answer_is_told_as_the_configuration_tells_it() {
    let draft = new();
    let wrong = |key, value, so_far: &[(Key, &str)]| draft.objection(&answers(so_far), key, value).unwrap_or_default();
    insta::assert_snapshot!(
        [
            wrong(Key::Url, "verband", &[]),
            wrong(Key::Lang, "deutsch", &[]),
            wrong(Key::From, "newsletter@", &[]),
            wrong(Key::From, "newsletter@example.org", &[]),
            wrong(Key::Unsubscribe, "http://verband.de/u", &[]),
            wrong(Key::Provider, "inos", &[]),
            wrong(Key::Host, "https://mail.verband.de", &[(Key::Provider, "other")]),
            wrong(Key::Port, "587a", &[(Key::Provider, "other")]),
            wrong(Key::Port, "70000", &[(Key::Provider, "other")]),
            wrong(Key::Security, "none", &[(Key::Provider, "other"), (Key::Host, "mail.verband.de")]),
            wrong(Key::Tenant, "a b", &[(Key::Provider, "microsoft365")]),
            wrong(Key::Notify, "ich", &[]),
        ]
        .join("\n--\n")
    );
    for (key, value) in [
        (Key::Url, "https://verband.de"),
        (Key::From, "Wir <wir@verband.de>"),
        (Key::Unsubscribe, "https://verband.de/u/{token}"),
        (Key::Provider, "outbox"),
        (Key::Provider, "ionos"),
        (Key::Provider, "relay"),
        (Key::Provider, "other"),
        (Key::Username, "x"),
        (Key::Password, "env:X"),
        (Key::ListLanguage, "en"),
    ] {
        assert_eq!(wrong(key, value, &[]), "", "{key:?} {value}");
    }
}
