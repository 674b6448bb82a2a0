//! Every address that a cell may mean, for those who must not be written to.
//!
//! Comes in: the cell of somebody who refuses. Goes out: addresses, rather one too many than one too few. Never used for
//! whom to write to.

use std::collections::BTreeMap;

use super::{Address, Mailbox, addresses, is_invisible};

/// Ways to write the `@` and the dot, in lower case.
const SPELLED: [(&str, &str); 22] = [
    ("＠", "@"),
    ("﹫", "@"),
    ("(at)", "@"),
    ("[at]", "@"),
    ("{at}", "@"),
    ("<at>", "@"),
    ("(ät)", "@"),
    ("[ät]", "@"),
    ("(@)", "@"),
    ("[@]", "@"),
    (" at ", "@"),
    (" ät ", "@"),
    ("@@", "@"),
    ("．", "."),
    ("。", "."),
    ("(dot)", "."),
    ("[dot]", "."),
    ("(punkt)", "."),
    ("[punkt]", "."),
    (" dot ", "."),
    (" punkt ", "."),
    ("..", "."),
];

/// Every address in a cell, also one with a mistake that a person would see through: `a@b.de/x@b.de`, `E-Mail:a@b.de`,
/// `a@b.de.`, `a(at)b.de`, `a @b.de`, `a@b,de`.
pub fn named_in(cell: &str) -> Vec<Address> {
    if let Ok(mailbox) = Mailbox::parse(cell) {
        return vec![mailbox.address];
    }
    let mut found = BTreeMap::new();
    let mut keep = |address: Address| _ = found.entry(address.normalized()).or_insert(address);
    addresses(cell).into_iter().for_each(&mut keep);
    let plain = plain(cell);
    let joined = without_gaps(&plain, &['@']);
    let closer = without_gaps(&plain, &['@', '.', ',', '-', '_']);
    for text in [plain, joined, closer] {
        for text in [text.replace(',', "."), text] {
            let wide = |c: char| c.is_whitespace() || c.is_control() || "\"“”„;,<>()[]{}|\\".contains(c);
            let narrow = |c: char| wide(c) || !(c.is_alphanumeric() || "@.-_+".contains(c));
            text.split(wide).chain(text.split(narrow)).flat_map(readings).for_each(&mut keep);
        }
    }
    found.into_values().collect()
}

/// In lower case, with a plain `@` and dots, and without what cannot be seen.
fn plain(cell: &str) -> String {
    let shown = |c: char| match c {
        '’' | '‘' => Some('\''),
        '‐'..='―' => Some('-'),
        c if c.is_whitespace() => Some(' '),
        c => Some(c).filter(|c| !is_invisible(*c)),
    };
    let mut text: String = cell.to_lowercase().chars().filter_map(shown).collect();
    for (spelled, meant) in SPELLED {
        text = text.replace(spelled, meant);
    }
    text
}

/// Without blanks beside any of these characters.
fn without_gaps(text: &str, beside: &[char]) -> String {
    let mut closed = String::new();
    for c in text.chars() {
        if c == ' ' && closed.ends_with(beside) {
            continue;
        }
        if beside.contains(&c) {
            closed.truncate(closed.trim_end().len());
        }
        closed.push(c);
    }
    closed
}

/// A piece as it stands, and without punctuation around it and around its `@`.
fn readings(piece: &str) -> impl Iterator<Item = Address> {
    let mark = |c: char| !c.is_alphanumeric();
    let trimmed = piece.trim_matches(mark);
    let parts =
        trimmed.split_once('@').map(|(local, domain)| (local.trim_end_matches(mark), domain.trim_matches(mark)));
    let closer = parts.map(|(local, domain)| format!("{local}@{domain}"));
    let both =
        [Address::parse(piece).ok(), Address::parse(trimmed).ok(), closer.and_then(|text| Address::parse(&text).ok())];
    both.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::named_in;
    use crate::members::address::Address;

    #[test]
    fn whoever_refuses_is_found_behind_any_mistake() {
        let cases = [
            ("a@verein.de", "a@verein.de"),
            ("Anna Beispiel <A@Verein.de>", "a@verein.de"),
            ("a@verein.de/x@verein.de", "a@verein.de x@verein.de"),
            ("a@verein.de; x@verein.de", "a@verein.de x@verein.de"),
            ("x@verein.de <a@verein.de>", "a@verein.de x@verein.de"),
            ("b@verein.de.", "b@verein.de"),
            ("E-Mail:c@verein.de", "c@verein.de"),
            ("E-Mail: c@verein.de", "c@verein.de"),
            ("mailto:c@verein.de?subject=Hallo", "c@verein.de"),
            ("[d@verein.de]", "d@verein.de"),
            ("[d@verein.de](mailto:d@verein.de)", "d@verein.de"),
            ("f(at)verein.de", "f@verein.de"),
            ("f (at) verein (punkt) de", "f@verein.de"),
            ("F AT verein DOT de", "f@verein.de"),
            ("f＠verein.de", "f@verein.de"),
            ("g @verein.de", "g@verein.de"),
            ("g@ verein.de", "g@verein.de"),
            ("g@verein .de", "g@verein.de"),
            ("h@verein,de", "h@verein.de"),
            ("i@verein.de!", "i@verein.de"),
            ("i@verein.de (alt)", "i@verein.de"),
            ("j@verein.de\nk@verein.de", "j@verein.de k@verein.de"),
            ("l\u{200b}l@verein.de", "ll@verein.de"),
            ("m@@verein.de", "m@verein.de"),
            ("n.@verein.de", "n@verein.de"),
            ("n..n@verein.de", "n.n@verein.de"),
            ("„o@verein.de“", "o@verein.de"),
            ("o’neill@verein.de", "o'neill@verein.de"),
            ("p@verein..de", "p@verein.de"),
            ("https://verein.de/?mail=q@verein.de&x=1", "q@verein.de"),
            ("r@müller.example.", "r@xn--mller-kva.example"),
            ("neu: s@verein.de, alt t@verein.de", "s@verein.de t@verein.de"),
        ];
        for (cell, expected) in cases {
            let found: Vec<String> = named_in(cell).iter().map(Address::normalized).collect();
            for address in expected.split(' ') {
                assert!(found.iter().any(|found| found == address), "{cell}: {address} is not in {found:?}");
            }
        }
    }

    #[test]
    fn an_address_without_a_mistake_is_the_only_one() {
        for cell in ["a@verein.de", " Anna <a@verein.de>", "mailto:a@verein.de", "'a@verein.de'", "a@verein.de,"] {
            assert_eq!(named_in(cell).iter().map(Address::as_str).collect::<Vec<_>>(), ["a@verein.de"], "{cell}");
        }
    }

    #[test]
    fn where_no_address_can_be_meant_none_is_found() {
        for cell in ["", "-", "kaputt", "anna.example.org", "anna@", "@verein.de", "keine"] {
            assert!(named_in(cell).is_empty(), "{cell}: {:?}", named_in(cell));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_cell_is_read_and_nothing_that_the_plain_reading_finds_is_missed(cell in proptest::prelude::any::<String>()) {
            let found: Vec<String> = named_in(&cell).iter().map(Address::normalized).collect();
            if Address::parse(&cell).is_err() {
                for address in super::addresses(&cell) {
                    proptest::prop_assert!(found.contains(&address.normalized()));
                }
            }
        }
    }
}
