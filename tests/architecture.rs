//! The house rules that a machine can check: which module may import which, and which library belongs where.

use std::fs;
use std::path::{Path, PathBuf};

/// From the ground up. A module imports only from levels below its own; modules of one level do not know each other.
const LEVELS: &[&[&str]] = &[
    &["finding", "secret", "words", "http", "cli", "scrub", "metrics"],
    &["error"],
    &["config", "post", "members"],
    &["render"],
    &["plan"],
    &["check"],
    &["project"],
    &["ledger", "channel"],
    &["dispatch"],
    &["doctor", "import", "preview", "report"],
    &["commands"],
];

/// A library, and the files that may name it.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("clap", &["cli.rs", "cli/", "main.rs"]),
    ("clap_complete", &["cli/completions.rs"]),
    ("clap_mangen", &["cli/manual"]),
    ("sqlx", &["ledger/"]),
    ("lettre", &["config/", "members/address", "render/email/message", "channel/smtp/"]),
    ("rustls", &["channel/smtp/"]),
    ("tokio_rustls", &["channel/smtp/"]),
    ("rustls_native_certs", &["channel/smtp/"]),
    ("reqwest", &["http.rs", "http/"]),
    ("axum", &["preview/server", "metrics/listener"]),
    ("prometheus_client", &["metrics/"]),
    ("tracing_subscriber", &["commands/logging.rs"]),
    ("hickory_resolver", &["doctor/dns/"]),
    ("minijinja", &["render/email/"]),
    ("mrml", &["render/email/mjml"]),
    ("comrak", &["post/markdown"]),
    ("icu_normalizer", &["render/teaser/length.rs"]),
    ("image", &["post/picture"]),
    ("dom_query", &["import/page"]),
    ("dom_smoothie", &["import/page"]),
    ("ammonia", &["import/page"]),
    ("flate2", &["http/"]),
    ("calamine", &["members/table"]),
    ("anstream", &["commands/screen.rs"]),
    ("similar", &["commands/approval/words"]),
    ("toml_edit", &["commands/init/draft", "commands/init/list"]),
    ("console", &["commands/init/prompter"]),
    ("rustix", &["commands/init/prompter"]),
];

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("src can be read") {
            let path: PathBuf = entry.expect("an entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
                found.push((name, fs::read_to_string(&path).expect("a source file is UTF-8")));
            }
        }
    }
    found.sort();
    assert!(found.len() > 30, "only {} files were found", found.len());
    found
}

/// Whether a file holds only the tests of the module beside it.
fn is_test(file: &str) -> bool {
    file.ends_with("/tests.rs") || file.contains("/tests/")
}

fn level(module: &str) -> Option<usize> {
    LEVELS.iter().position(|modules| modules.contains(&module))
}

/// The modules that a file names after `crate::`, comments aside.
fn imports(text: &str) -> Vec<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let named =
        |rest: &str| -> String { rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect() };
    let mut modules = Vec::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(group) => {
                modules.extend(group.split(',').map(|part| named(part.trim())).filter(|name| !name.is_empty()))
            }
            None => modules.push(named(rest)),
        }
    }
    modules
}

#[test]
fn imports_point_one_way() {
    let mut wrong = Vec::new();
    for (file, text) in sources().iter().filter(|(file, _)| !["main.rs", "lib.rs"].contains(&file.as_str())) {
        let own = file.split(['/', '.']).next().expect("a name");
        let own_level = level(own).unwrap_or_else(|| panic!("src/{file}: give `{own}` a level in this test"));
        for module in imports(text).into_iter().filter(|module| module != own) {
            match level(&module) {
                Some(other) if other < own_level => {}
                Some(_) => wrong.push(format!("src/{file} imports crate::{module}, which is not below it")),
                None => wrong.push(format!("src/{file} imports crate::{module}, which has no level in this test")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn libraries_stay_where_they_belong() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        for (library, places) in
            LIBRARIES.iter().filter(|(_, places)| !places.iter().any(|place| file.starts_with(place)))
        {
            let uses = |line: &str| {
                let line = line.trim_start();
                !line.starts_with("//") && (line.contains(&format!("use {library}::")) || names(line, library))
            };
            if text.lines().any(uses) {
                wrong.push(format!("src/{file} names {library}, which belongs in {}", places.join(", ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a line has `library::` as a path of its own, not as the end of another name or path.
fn names(line: &str, library: &str) -> bool {
    line.match_indices(&format!("{library}::")).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !(c.is_alphanumeric() || c == '_' || c == ':'))
    })
}

#[test]
fn every_file_says_what_it_is() {
    let silent: Vec<_> = sources()
        .into_iter()
        .filter(|(file, text)| !is_test(file) && !text.starts_with("//!"))
        .map(|(file, _)| file)
        .collect();
    assert!(silent.is_empty(), "these files do not begin with `//!`: {silent:?}");
}

#[test]
fn nothing_unfinished_is_left() {
    let forbidden = ["todo!(", "unimplemented!(", "dbg!(", ".unwrap()", "FIXME", "::*;"];
    let mut wrong = Vec::new();
    for (file, text) in sources().into_iter().filter(|(file, _)| !is_test(file)) {
        // Inline tests may unwrap and may import their whole module.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in code.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            wrong.extend(
                forbidden
                    .iter()
                    .filter(|word| line.contains(*word))
                    .map(|word| format!("src/{file}:{}: {word}", number + 1)),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_example_configuration_is_the_built_in_one_and_is_valid() {
    let example =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("config.example.toml")).expect("is there");
    assert_eq!(example, rundbrief::config::BUILT_IN);
    rundbrief::config::Config::parse(Path::new("config.example.toml"), &example).expect("is valid");
}
