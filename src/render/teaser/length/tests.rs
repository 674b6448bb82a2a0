//! Lengths of the same texts on every network. X's column was computed with an independent implementation of
//! twitter-text, the grapheme columns with another Unicode library.

use super::*;

/// A text and its length on Mastodon, on Bluesky, on X, on LinkedIn and Facebook, on Threads.
const CASES: &[(&str, usize, usize, usize, usize, usize)] = &[
    ("", 0, 0, 0, 0, 0),
    ("Guten Tag", 9, 9, 9, 9, 9),
    ("Grüße aus Köln", 14, 14, 14, 14, 14),
    ("Straße, Übung, Äpfel, Öl", 24, 24, 24, 24, 24),
    ("Gru\u{308}ße", 5, 5, 5, 6, 6),
    ("Rückkehrer*innen und Kolleg:innen", 33, 33, 33, 33, 33),
    ("„Das ist gut“, sagte sie.", 25, 25, 25, 25, 25),
    ("z.\u{a0}B. Betriebe – überall …", 26, 26, 27, 26, 26),
    ("Weiter\u{ad}bildung", 14, 14, 14, 14, 14),
    ("42\u{202f}% der Stellen", 16, 16, 17, 16, 16),
    ("€ 5,00 und £ 3", 14, 14, 15, 14, 14),
    ("🎉", 1, 1, 2, 2, 4),
    ("🎉🎉🎉", 3, 3, 6, 6, 12),
    ("👍🏽", 1, 1, 2, 4, 8),
    ("👩\u{200d}🔬", 1, 1, 2, 5, 11),
    ("👨\u{200d}👩\u{200d}👧\u{200d}👦", 1, 1, 2, 11, 25),
    ("👩🏽\u{200d}🚀 fliegt", 8, 8, 9, 14, 22),
    ("🇩🇪", 1, 1, 2, 4, 8),
    ("🇩🇪🇦🇹🇨🇭", 3, 3, 6, 12, 24),
    ("🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}", 1, 1, 2, 14, 28),
    ("1\u{fe0f}⃣ und #\u{fe0f}⃣", 7, 7, 9, 11, 19),
    ("❤\u{fe0f}", 1, 1, 2, 2, 6),
    ("❤", 1, 1, 2, 1, 3),
    ("☀\u{fe0f} scheint", 9, 9, 10, 10, 14),
    ("©", 1, 1, 2, 1, 1),
    ("©\u{fe0f}", 1, 1, 2, 2, 5),
    ("™", 1, 1, 2, 1, 1),
    ("→ weiter", 8, 8, 9, 8, 8),
    ("✓ erledigt", 10, 10, 11, 10, 10),
    ("日本語", 3, 3, 6, 3, 3),
    ("Привет", 6, 6, 6, 6, 6),
    ("e\u{301}te\u{301}", 3, 3, 3, 5, 5),
    ("https://example.org", 23, 19, 23, 19, 19),
    ("Mehr: https://example.org/a/b/c?d=e&f=g#h.", 30, 42, 30, 42, 42),
    ("(https://example.org/A_(B))", 25, 27, 25, 27, 27),
    ("https://müller-beispiel.de/straße ok", 26, 36, 26, 36, 36),
    ("http://a.de und https://b.de/cccccccccccccccccccccccccccccccccccc", 51, 65, 51, 65, 65),
    ("www.example.org", 15, 15, 23, 15, 15),
    ("Infos: example.org/termine, bald", 32, 32, 36, 32, 32),
    ("a@example.org", 13, 13, 13, 13, 13),
    ("@verband@social.example.org dankt", 14, 33, 33, 33, 33),
    ("@verband dankt @b@c.de.", 18, 23, 23, 23, 23),
    ("#Fachkräfte #KI", 15, 15, 15, 15, 15),
    ("Zeile eins\n\nZeile zwei", 22, 22, 22, 22, 22),
    ("a\u{308}o\u{308}u\u{308}", 3, 3, 3, 6, 6),
    ("🙂\u{200d}", 1, 1, 3, 3, 5),
    ("🏳\u{fe0f}\u{200d}🌈", 1, 1, 2, 6, 14),
    ("👩\u{200d}❤\u{fe0f}\u{200d}💋\u{200d}👩", 1, 1, 2, 11, 27),
    ("🧑🏿\u{200d}🤝\u{200d}🧑🏻", 1, 1, 2, 12, 26),
];

#[test]
fn lengths_are_as_each_network_counts() {
    let mut wrong = Vec::new();
    for (text, mastodon, bluesky, x, utf16, threads) in CASES {
        let expected = [
            (NetworkKind::Mastodon, mastodon),
            (NetworkKind::Bluesky, bluesky),
            (NetworkKind::Plain, bluesky),
            (NetworkKind::X, x),
            (NetworkKind::LinkedIn, utf16),
            (NetworkKind::Facebook, utf16),
            (NetworkKind::Threads, threads),
        ];
        for (kind, expected) in expected {
            let found = length(text, kind);
            if found != *expected {
                wrong.push(format!("{kind:?} {text:?}: {found}, not {expected}"));
            }
        }
    }
    assert!(CASES.len() >= 30 && wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn bluesky_has_a_second_limit_in_bytes() {
    let family = "👨\u{200d}👩\u{200d}👧\u{200d}👦";
    let text = family.repeat(121);
    assert_eq!(length(&text, NetworkKind::Bluesky), 121);
    assert_eq!(excess(&text, NetworkKind::Bluesky), Some((25, "bytes")));
    assert!(fits(&family.repeat(120), NetworkKind::Bluesky));
}

#[test]
fn the_limit_itself_fits_and_one_more_does_not() {
    for kind in NetworkKind::ALL {
        let full = "a".repeat(limit(kind));
        assert!(fits(&full, kind), "{kind:?}");
        assert_eq!(excess(&(full + "a"), kind), Some((1, "characters")), "{kind:?}");
        assert!(aim(kind) <= limit(kind));
    }
}

#[test]
fn simple_characters_count_like_any_other_grapheme() {
    let simple: Vec<char> = ('\0'..='\u{ffff}').filter(|c| is_simple(&c.to_string())).collect();
    let text: String = simple.iter().flat_map(|c| [*c, 'e', *c, *c, '\n', '1', *c]).collect();
    assert_eq!(text.graphemes(true).count(), text.chars().count());
    for grapheme in text.graphemes(true) {
        assert_eq!(weighted_grapheme(grapheme), grapheme.chars().map(weight).sum::<usize>(), "{grapheme:?}");
        assert_eq!(threads_grapheme(grapheme), grapheme.chars().count(), "{grapheme:?}");
    }
}
