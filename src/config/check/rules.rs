//! `[check]`: which rules say nothing, warn or refuse.
//!
//! Comes in: the section as written. Goes out: [`CheckSettings`], with every problem told to the [`Checker`]. Does not know
//! the rules' names: `crate::check` does.

use std::collections::BTreeMap;

use toml::{Spanned, Value};

use super::super::file::Text;
use super::super::{CheckSettings, Weight};
use super::Checker;

impl Checker<'_> {
    pub(super) fn rules(&mut self, written: BTreeMap<Text, Spanned<Value>>) -> CheckSettings {
        let mut settings = CheckSettings::default();
        for (name, value) in written {
            let place = self.place(name.span());
            match (name.get_ref().as_str(), value.get_ref()) {
                ("clients", Value::Array(all)) if all.iter().all(Value::is_str) => {
                    let names = all.iter().filter_map(Value::as_str).map(str::to_owned).collect();
                    settings.clients = Some((names, self.place(value.span())));
                }
                ("clients", _) => {
                    self.wrong(&value, "this must be a list of mail programs", "write clients = [\"gmail\", \"gmx\"]");
                }
                (_, Value::String(word)) if weight(word).is_some() => {
                    settings.rules.extend(weight(word).map(|weight| (name.get_ref().clone(), weight, place)));
                }
                (rule, _) => {
                    let help = format!("write {rule} = \"off\", \"warn\" or \"error\"");
                    self.wrong(&value, "a rule can be off, warn or be an error", &help);
                }
            }
        }
        settings
    }
}

fn weight(word: &str) -> Option<Weight> {
    match word {
        "off" => Some(Weight::Off),
        "warn" => Some(Weight::Warn),
        "error" => Some(Weight::Error),
        _ => None,
    }
}
