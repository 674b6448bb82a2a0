//! Where the header's own keys and values stand, found by reading its lines once.
//!
//! Comes in: the YAML and its tree. Goes out: the places that [`yaml::locate`](super::yaml::locate) would tell, without
//! parsing again for each. Tells nothing rather than something doubtful.

use std::collections::BTreeMap;

use crate::post::header::yaml::{Entry, Node, Value};

/// Line and column, from 1, by the number of the node.
pub(super) type Places = BTreeMap<usize, (usize, usize)>;

/// The places of the top-level keys, and of most of their values.
///
/// Every key of a block map that is not indented begins a line. So if as many lines begin without a blank as there are
/// keys, and each begins with the key of its turn, these are the keys. A header that is written otherwise, for instance
/// with a quotation that goes on at the start of a line, gets no places.
pub(super) fn of_top_level(yaml: &str, root: &Node) -> Places {
    // What YAML takes for a line end too.
    const OTHER_LINE_ENDS: [char; 4] = ['\r', '\u{85}', '\u{2028}', '\u{2029}'];
    let Value::Map(entries) = &root.value else { return Places::new() };
    // A list may stand as far left as its key.
    let begins = |line: &str| !(line.is_empty() || line.starts_with([' ', '\t', '#']) || line.starts_with("- "));
    let all: Vec<&str> = yaml.split('\n').collect();
    let lines: Vec<(usize, &str)> = all.iter().copied().enumerate().filter(|(_, line)| begins(line)).collect();
    let mut places = Places::new();
    for (entry, (index, line)) in entries.iter().zip(&lines) {
        let Some(value) = behind_key(line, entry) else { return Places::new() };
        places.insert(entry.key.id, (index + 1, 1));
        let (index, line, value) = match all.get(index + 1) {
            Some(next) if value.is_empty() && next.starts_with("  ") => {
                (index + 1, *next, next.trim_start_matches(' '))
            }
            _ => (*index, *line, value),
        };
        // Anchors, tags and blocks begin elsewhere than their value does.
        if !value.is_empty() && !value.starts_with(['&', '*', '!', '|', '>', '#', '?', '\t']) {
            let column = line.chars().count() - value.chars().count() + 1;
            places.insert(entry.value.id, (index + 1, column));
        }
    }
    if lines.len() == entries.len() && !yaml.contains(OTHER_LINE_ENDS) { places } else { Places::new() }
}

/// What stands behind `key:` in a line that begins with the entry's key.
fn behind_key<'l>(line: &'l str, entry: &Entry) -> Option<&'l str> {
    let Value::Text(key) = &entry.key.value else { return None };
    let value = line.strip_prefix(key.as_str())?.trim_start_matches([' ', '\t']).strip_prefix(':')?;
    (value.is_empty() || value.starts_with([' ', '\t'])).then(|| value.trim_start_matches([' ', '\t']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::post::header::yaml::{locate, parse};
    use proptest::prelude::proptest;

    fn places(yaml: &str) -> Places {
        let places = of_top_level(yaml, &parse(yaml).expect("YAML"));
        for (id, place) in &places {
            assert_eq!(*place, locate(yaml, *id), "node {id} of {yaml}");
        }
        places
    }

    #[test]
    fn keys_and_values_of_a_usual_header_are_where_the_parser_finds_them() {
        let yaml = "# so\ntitle: \"Ä: ö\"\n\nlang:   de # x\nöffentlich : 'x'\nevent: { ort: Köln,\n  date: 2024-11-07 }\n\
                    tags: [a]\ndates:\n  - name: x\nimage:\n  src: a.jpg\ntext: |\n  x: y\nn: 4\na: &a x\nb: *a\nc: !x y\n\
                    empty:\nlong: one\n  two\nlast: \t\"x\n\n  y\"\ntitle: again\n";
        assert_eq!(places(yaml).len(), 16 + 11);
        assert_eq!(places("title: x\nlist:\n- a\n- b: c\nn: 1\na:\n  \"b\nc: d\"\n").len(), 0);
        assert_eq!(places("title: x\nlist:\n- a\n- b: c\nn:\n  1\na:\n  # x\n  b\nc:\n  &x y: z\n").len(), 5 + 2);
    }

    #[test]
    fn a_line_that_only_looks_like_a_key_is_never_taken_for_one() {
        for yaml in [
            "title: \"a\nlink: b\"\nlink: c\n",
            "tags: [a,\nlink: b]\nlink: c\n",
            "{title: a,\nlink: c}\n",
            "title: \"a\u{2028}b\"\nlink: c\n",
            "? title\n: a\nlink: c\n",
            "\"title\": a\nlink: c\n",
            "  title: a\n  link: c\n",
            "&x title: a\nlink: c\n",
            "title: a\n1: c\n",
            "- a\n- b\n",
            "",
        ] {
            assert_eq!(places(yaml), Places::new(), "{yaml}");
        }
    }

    proptest! {
        #[test]
        fn no_header_is_told_other_places_than_the_parsers(
            yaml in "(a: |b: |c:|\n|\n  |\n- |  |- |\"|'|\\[|\\]|\\{|\\}|#| #|x|,|:|&a |\\*a|\\?|\\||!x | |ä){0,25}"
        ) {
            if let Ok(root) = parse(&yaml) {
                for (id, place) in of_top_level(&yaml, &root) {
                    assert_eq!(place, locate(&yaml, id), "node {id} of {yaml}");
                }
            }
        }
    }
}
