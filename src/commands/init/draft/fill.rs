//! Stand-ins for what is not answered yet, so that the answers so far can be checked by the configuration's own rules.
//!
//! Comes in: a document with some answers. Goes out: one in which nothing is missing. Never written anywhere.

use toml_edit::{DocumentMut, Item};

use super::super::answers::Answers;
use super::super::key::Key;
use super::Draft;
use super::edit::{get, set};
use crate::config::PROVIDERS;

impl Draft {
    pub(super) fn fill(&self, document: &mut DocumentMut, answers: &Answers) {
        let list = &answers.list_name;
        let undecided = answers.get(Key::Provider).is_none() && answers.get(Key::Host).is_none();
        if self.is_new() {
            let needed = [(Key::Name, "…"), (Key::Url, "https://nobody.invalid"), (Key::From, "nobody@nobody.invalid")];
            for (key, value) in needed {
                unless_there(document, &key.path(list), value);
            }
            if undecided {
                // As if by a server elsewhere, which is stricter than a file.
                set(document, &["email", "transport"], "smtp".into());
            }
        }
        if get(document, &["email", "transport"]).and_then(Item::as_str) == Some("smtp") {
            fill_server(document, list);
        }
        if get(document, &["lists", list]).is_some() {
            unless_there(document, &Key::List.path(list), "nobody.csv");
        }
    }
}

fn fill_server(document: &mut DocumentMut, list: &str) {
    let has = |document: &DocumentMut, name: &str| get(document, &["email", "smtp", name]).is_some();
    let provider = get(document, &Key::Provider.path(list)).and_then(Item::as_str).map(str::to_owned);
    if provider.is_none() {
        unless_there(document, &Key::Host.path(list), "mail.nobody.invalid");
    }
    let own_host = PROVIDERS.iter().any(|known| Some(known.name) == provider.as_deref() && known.host.is_some());
    if has(document, "oauth") {
        unless_there(document, &Key::Tenant.path(list), "nobody");
        unless_there(document, &Key::ClientId.path(list), "nobody");
        unless_there(document, &Key::ClientSecret.path(list), "file:nobody");
        unless_there(document, &Key::Username.path(list), "nobody");
    } else if own_host || has(document, "username") || has(document, "password") {
        unless_there(document, &Key::Username.path(list), "nobody");
        unless_there(document, &Key::Password.path(list), "file:nobody");
    }
}

fn unless_there(document: &mut DocumentMut, path: &[&str], value: &str) {
    if get(document, path).is_none() {
        set(document, path, value.into());
    }
}
