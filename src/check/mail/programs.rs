//! What mail programs lack: the data of Can I email, kept as a table in `programs.tsv`.
//!
//! Comes in: the way a feature is recognised, such as `property:position`. Goes out: which programs lack it. The file's
//! head names its source, version and date; `contrib/caniemail.mjs` renews it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The mail programs that a design is looked at for, unless the configuration names others.
pub(crate) const USUAL: [&str; 10] = [
    "outlook-windows",
    "outlook-web",
    "gmail",
    "gmail-android",
    "apple-mail",
    "iphone",
    "thunderbird",
    "gmx",
    "web-de",
    "t-online",
];

/// The table.
#[derive(Debug)]
pub struct Programs {
    /// Name in the configuration, and as people call it.
    names: Vec<(&'static str, &'static str)>,
    features: BTreeMap<&'static str, (&'static str, &'static str)>,
    /// Of the package and of its data.
    version: (&'static str, &'static str),
}

impl Programs {
    /// The table inside the program.
    pub fn known() -> &'static Programs {
        static KNOWN: OnceLock<Programs> = OnceLock::new();
        KNOWN.get_or_init(|| Programs::read(include_str!("programs.tsv")))
    }

    fn read(table: &'static str) -> Programs {
        let mut programs = Programs { names: Vec::new(), features: BTreeMap::new(), version: ("", "") };
        for line in table.lines() {
            match line.split('\t').collect::<Vec<_>>().as_slice() {
                ["# program", name, title] => programs.names.push((name, title)),
                ["# version", version, date] => programs.version = (version, date),
                [how, title, letters] => _ = programs.features.insert(how, (title, letters)),
                _ => {}
            }
        }
        programs
    }

    /// The programs: name in the configuration, and as people call it.
    pub fn names(&self) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
        self.names.iter().copied()
    }

    /// The version of the npm package, and the day of its data.
    pub fn version(&self) -> (&'static str, &'static str) {
        self.version
    }

    /// The name of a feature, and which of the chosen programs lack it; `None` where all have it or nobody knows.
    pub(super) fn lacking(&self, how: &str, chosen: &[usize]) -> Option<(&'static str, Vec<&'static str>)> {
        let (title, letters) = self.features.get(how)?;
        let lacks = |index: &&usize| letters.as_bytes().get(**index) == Some(&b'n');
        let without: Vec<&str> = chosen.iter().filter(lacks).map(|index| self.names[*index].1).collect();
        (!without.is_empty()).then_some((title, without))
    }

    /// Every way that a feature is recognised by.
    #[cfg(test)]
    pub(super) fn ways(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.features.keys().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let programs = Programs::known();
        assert!(programs.features.len() > 150 && programs.version.1.starts_with("20"), "{:?}", programs.version);
        for (how, (_, letters)) in &programs.features {
            assert_eq!(letters.len(), programs.names.len(), "{how}");
        }
        for name in USUAL {
            assert!(programs.names().any(|(known, _)| known == name), "{name}");
        }
        let all: Vec<usize> = (0..programs.names.len()).collect();
        let (title, without) = programs.lacking("value:display=flex", &all).expect("classic Outlook lacks it");
        assert_eq!((title, without[0]), ("display:flex", "Outlook for Windows (classic)"));
        assert_eq!(programs.lacking("property:color", &all), None);
    }
}
