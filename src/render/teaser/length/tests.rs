//! Lengths of the same texts on every network. X's column is twitter-text's, but for a bare ©, which counts one less
//! there; the grapheme columns were computed with another Unicode library.

use proptest::prelude::*;

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
    // Newer than twitter-text: on X by its parts.
    ("🧑🏿\u{200d}🤝\u{200d}🧑🏻", 1, 1, 8, 12, 26),
    // From twitter-text's conformance/validate.yml, and after Mastodon's spec/validators/status_length_validator_spec.rb.
    // X: twitter-text 3.1.0. Graphemes (lexicon app.bsky.feed.post, `maxGraphemes`): Intl.Segmenter. Mastodon: the same,
    // with URLs as in its config/initializers/twitter_regex.rb, which takes all letters in a query, and mentions as in
    // Account::MENTION_RE.
    (
        "A lie gets halfway around the world before the truth has a chance to get its pants on. Winston Churchill (1874-1965) http://bit.ly/dJpywL",
        140,
        137,
        140,
        137,
        137,
    ),
    (
        "A lié géts halfway arøünd thé wørld béføré thé truth has a chance tø get its pants øn. Winston Churchill (1874-1965) http://bit.ly/dJpywL",
        140,
        137,
        140,
        137,
        137,
    ),
    ("This is a test.", 15, 15, 15, 15, 15),
    ("http://test.com", 23, 15, 23, 15, 15),
    ("test.com", 8, 8, 23, 8, 8),
    ("Test https://test.com test https://test.com test.com test", 71, 57, 86, 57, 57),
    ("𐀀\u{10ffff}", 2, 2, 4, 4, 2),
    ("저찀쯿쿿", 4, 4, 8, 4, 4),
    ("H🐱☺", 3, 3, 5, 4, 8),
    ("Hallo @alice@bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.com", 12, 47, 47, 47, 47),
    ("aaa http://bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.com/example", 27, 53, 27, 53, 53),
    ("Wir danken @verband@social.example und @x_y@a.b.example!", 29, 56, 56, 56, 56),
    ("Kontakt: info@verband.example, www.verband.de", 45, 45, 54, 45, 45),
    ("🇪🇺 Europa 🇫🇷🇵🇱", 11, 11, 14, 20, 32),
    ("🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} und 🇬🇧", 7, 7, 9, 23, 41),
    ("👩🏿\u{200d}🦱 👨\u{200d}👨\u{200d}👧 👋🏻", 5, 5, 8, 21, 43),
    ("Fachkräfte\u{ad}sicherung", 20, 20, 20, 20, 20),
    ("Mitglieder\u{ad}versammlung am 24. Oktober 2024 in Köln", 50, 50, 50, 50, 50),
    ("Éléonore, Čapek, Łódź, Dvořák, İstanbul", 39, 39, 39, 39, 39),
    ("n\u{302} g\u{308} q\u{303}", 5, 5, 8, 8, 8),
    ("é vs é", 6, 6, 6, 6, 6),
    ("ﬀ ﬁ – ligatures", 15, 15, 17, 15, 15),
    ("https://example.org/straße?x=ü#teil Ende", 28, 40, 34, 40, 40),
    ("(siehe https://example.org/a_(b)_c)", 31, 35, 31, 35, 35),
    ("https://example.org/a, https://example.org/b; https://example.org/c", 73, 67, 73, 67, 67),
    ("HTTPS://WWW.EXAMPLE.ORG/INDEX.HTML", 23, 34, 23, 34, 34),
    ("http://user.example.org:8080/pfad?q=1&r=2", 23, 41, 23, 41, 41),
    ("„Zitat“ – ‚halb‘ … »Guillemets«", 31, 31, 32, 31, 31),
    ("½ Liter, 3 × 4 = 12, 20 °C, 5 ‰", 31, 31, 32, 31, 31),
    ("Tabulator\tund\nneue Zeile", 24, 24, 24, 24, 24),
    ("مرحبا بالعالم", 13, 13, 13, 13, 13),
    ("नमस\u{94d}त\u{947} द\u{941}निया", 7, 7, 13, 13, 13),
    ("ไทย ภาษา", 8, 8, 8, 8, 8),
    ("#Kolleg*innen #Rückkehrer:innen #2026", 37, 37, 37, 37, 37),
    ("☎\u{fe0f} 0221 123 📧 ✉\u{fe0f}", 14, 14, 17, 17, 27),
    ("⚠\u{fe0f} Achtung ⚠", 11, 11, 13, 12, 18),
    ("https://example.org/a?x=üb&y=1", 23, 30, 29, 30, 30),
    ("https://example.org/a?x=1.ü", 23, 27, 25, 27, 27),
    ("https://example.org/日本/a", 23, 24, 29, 24, 24),
    ("https://example.org/привет", 23, 26, 23, 26, 26),
    ("https://example.org/a/ü–b", 23, 25, 23, 25, 25),
    ("köln.de, müller.de, foo.ngo und stiftung.haus", 45, 45, 101, 45, 45),
    ("https://example.org#a", 25, 21, 25, 21, 21),
    ("https://example.org/[x]", 24, 23, 24, 23, 23),
    ("https://example.org/{x}", 23, 23, 26, 23, 23),
    ("Termin unter web.archive.org/web/2024/https://www.verband.de/ ansehen.", 70, 70, 45, 70, 70),
    ("\u{958}", 1, 1, 2, 1, 1),
    ("https://example.verein/ein/langer/pfad", 38, 38, 38, 38, 38),
    ("https://a:b@example.org/ein/langer/pfad", 39, 39, 39, 39, 39),
    ("Dank an @a@b.example@c und =@a@b.example", 40, 40, 40, 40, 40),
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
    assert!(CASES.len() >= 50 && wrong.is_empty(), "{}", wrong.join("\n"));
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
        assert_eq!(twitter_text::emoji_len(grapheme), 0, "{grapheme:?}");
        assert_eq!(threads_grapheme(grapheme), grapheme.chars().count(), "{grapheme:?}");
    }
}

proptest! {
    #[test]
    fn any_text_can_be_counted(pieces in proptest::collection::vec(piece(), 0..12)) {
        for kind in NetworkKind::ALL {
            length(&pieces.concat(), kind);
        }
    }
}

/// URLs inside of URLs and names, and any characters at all.
fn piece() -> impl Strategy<Value = String> {
    let urls = [
        "https://www.example.org/",
        "example.org",
        "/x",
        "(",
        ")",
        "?u=",
        " ",
        ".",
        "@a@b.example",
        "ä",
        "👩\u{200d}🔬",
    ];
    prop_oneof![4 => proptest::sample::select(urls.to_vec()).prop_map(str::to_owned), 1 => any::<String>()]
}
