//! What is linked of a text: on X as twitter-text 3.1.0 from npm says (`extractUrls`), on Mastodon as it says with the
//! expressions that Mastodon puts in the place of its own.

use proptest::prelude::*;

use super::*;

const CASES: &[(&str, &[&str])] = &[
    (
        "Termin unter web.archive.org/web/2024/https://www.verband.de/ ansehen.",
        &["web.archive.org/web/2024/https://www.verband.de/"],
    ),
    ("example.org/share?u=https://www.example.org/x", &["example.org/share?u=https://www.example.org/x"]),
    ("bahn.de/(https://example.org/x)", &["bahn.de/(https://example.org/x)"]),
    ("https://web.archive.org/web/https://bahn.de/", &["https://web.archive.org/web/https://bahn.de/"]),
    ("Infos: example.org/termine, bald", &["example.org/termine"]),
    ("siehe:example.org", &["example.org"]),
    ("(example.org)", &["example.org"]),
    ("„example.org“", &["example.org"]),
    ("example.org!", &["example.org"]),
    ("Example.ORG", &["Example.ORG"]),
    ("www.example.org/a?b=c#d.", &["www.example.org/a?b=c#d"]),
    ("example.org?x=bahn.de", &["example.org"]),
    ("example.org:80", &["example.org"]),
    ("example.org:80/x?y=1", &["example.org:80/x?y=1"]),
    ("a.de,b.de", &["a.de", "b.de"]),
    ("köln.de", &["köln.de"]),
    ("müller.de/straße", &["müller.de/straße"]),
    ("www.bäckerei-müller.de", &["www.bäckerei-müller.de"]),
    ("foo.ngo und stiftung.haus", &["foo.ngo", "stiftung.haus"]),
    (
        "a.club a.xyz a.schule a.media a.team a.international a.bio a.london",
        &["a.club", "a.xyz", "a.schule", "a.media", "a.team", "a.international", "a.bio", "a.london"],
    ),
    ("foo.vermögensberater", &["foo.vermögensberater"]),
    ("пример.рф", &[]),
    ("例え.コム", &[]),
    ("xn--kln-sna.de", &["xn--kln-sna.de"]),
    ("foo.xn--p1ai", &["foo.xn--p1ai"]),
    ("Satz.Ein", &[]),
    ("Co.KG", &["Co.KG"]),
    ("z.B. und e.V.", &[]),
    ("Datei.pdf", &[]),
    ("foo.verein", &[]),
    ("12.3.", &[]),
    ("foo.de-bar", &[]),
    ("foo.de@bar", &[]),
    ("foo.de_bar", &["foo.de"]),
    ("-foo.de", &[]),
    ("/foo.de", &[]),
    ("_foo.de", &[]),
    ("a_b.example.org", &["b.example.org"]),
    ("example_x.org", &[]),
    ("a..de", &[]),
    ("info@example.org", &[]),
    ("info@köln.de", &["ln.de"]),
    ("@foo.de", &[]),
    ("#foo.de", &[]),
    ("$foo.de", &[]),
    ("https://example.org", &["https://example.org"]),
    ("HTTPS://EXAMPLE.ORG/A", &["HTTPS://EXAMPLE.ORG/A"]),
    ("https://example.org#a", &["https://example.org"]),
    ("https://example.org?", &["https://example.org"]),
    ("https://example.org?a=b", &["https://example.org?a=b"]),
    ("https://example.org/?x=1.ü", &["https://example.org/?x=1"]),
    ("https://example.org/[x]", &["https://example.org/[x"]),
    ("https://example.org/{x}", &["https://example.org/"]),
    ("https://example.org/x|y", &["https://example.org/x|y"]),
    ("https://example.org/Kolleg*innen", &["https://example.org/Kolleg*innen"]),
    ("https://example.org/*", &["https://example.org/"]),
    ("https://example.org/x…", &["https://example.org/x"]),
    ("https://example.org/x–y", &["https://example.org/x–y"]),
    ("https://example.org/ä/ö", &["https://example.org/ä/ö"]),
    ("https://example.org/日本", &["https://example.org/"]),
    ("(https://example.org/a_(b))", &["https://example.org/a_(b)"]),
    ("https://example.org/a(b(c)d)", &["https://example.org/a(b(c)d)"]),
    ("https://example.org/a(b(c(d)))", &["https://example.org/a"]),
    ("https://example.org/x!(y)", &["https://example.org/x"]),
    ("https://example.org/()", &["https://example.org/"]),
    ("https://example.org:8443/x", &["https://example.org:8443/x"]),
    ("https://user:word@example.org/x", &[]),
    ("https://müller.de/straße", &["https://müller.de/straße"]),
    ("https://exa_mple.org/x", &[]),
    ("https://a_b.example.org", &["https://a_b.example.org"]),
    ("https://10.0.0.1/x", &[]),
    ("https://foo.verein/x", &[]),
    ("xhttps://example.org/x", &[]),
    ("ftp://example.org/x", &[]),
    ("https://t.co/abc/def", &["https://t.co/abc"]),
    ("https://t.co/abc?x=1/", &["https://t.co/abc?x=1/"]),
    ("https://t.co/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", &[]),
    ("https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.de", &[]),
    ("ääääääääääääääääääääääääääääääääääääääääääääääääääääääääääää.de", &[]),
    ("🎉example.org🎉", &["example.org"]),
    ("#🎉-example.org", &["-example.org"]),
    // Endings that are newer than twitter-text, where a link is longer than the text.
    ("foo.kids foo.music www.ein-langer-name.kids/x", &["foo.kids", "foo.music"]),
];

#[test]
fn urls_are_those_that_twitter_text_finds() {
    let mut wrong = Vec::new();
    for (text, expected) in CASES {
        let found: Vec<&str> = urls(text, Rules::X).into_iter().map(|url| &text[url]).collect();
        if found != *expected {
            wrong.push(format!("{text:?}: {found:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn mastodon_links_other_parts() {
    let cases: &[(&str, &[&str])] = &[
        ("example.org und https://example.org#a", &["https://example.org"]),
        ("https://foo.verein/x https://foo.kids/x https://a:b@example.org/x https://exa_mple.org/x", &[]),
        ("@https://example.org/x #https://example.org/x", &[]),
        ("https://example.org/日本/[x]", &["https://example.org/日本/[x"]),
        ("https://example.org/{x} https://example.org/a=", &["https://example.org/{x}", "https://example.org/a"]),
        (
            "https://example.org/?x=ü https://example.org/?x={y}",
            &["https://example.org/?x=ü", "https://example.org/?x="],
        ),
        ("https://example.org/x!(y) https://example.org/(日)", &["https://example.org/x!(y)", "https://example.org/"]),
        ("https://t.co/abc?x=1 ipfs://example.org/x", &["https://t.co/abc", "ipfs://example.org/x"]),
        ("https://web.archive.org/web/https://bahn.de/", &["https://web.archive.org/web/https://bahn.de/"]),
    ];
    for (text, expected) in cases {
        let found: Vec<&str> = urls(text, Rules::Mastodon).into_iter().map(|url| &text[url]).collect();
        assert_eq!(found, *expected, "{text}");
    }
}

#[test]
fn emoji_are_whole_where_twitter_text_knows_them() {
    for emoji in
        ["👩‍🔬", "👩🏽‍🚀", "👨‍⚕️", "🏃🏿‍♀️", "🕵️‍♂️", "👯‍♀️", "👨‍👩‍👧‍👦", "👩‍❤️‍💋‍👩", "🏳️‍🌈", "🏴‍☠️", "👁‍🗨", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇩🇪", "1️⃣", "#⃣", "❤️", "☝🏿", "👍🏽"]
    {
        assert_eq!(emoji_len(&format!("{emoji}\u{200d}a")), emoji.len(), "{emoji}");
    }
    let later = [("🧑‍🤝‍🧑", ""), ("🏳️‍⚧️", "🏳️"), ("❤️‍🔥", "❤️"), ("🫶🏽", ""), ("🐈‍⬛", ""), ("👁️‍🗨️", "👁️"), ("🎉\u{fe0f}", "")];
    for (emoji, known) in later {
        assert_eq!(emoji_len(emoji), known.len(), "{emoji}");
    }
}

proptest! {
    #[test]
    fn urls_are_in_order_and_apart(text in text()) {
        for rules in [Rules::X, Rules::Mastodon] {
            let mut from = 0;
            for url in urls(&text, rules) {
                prop_assert!(from <= url.start && url.start < url.end);
                prop_assert!(text.get(url.clone()).is_some());
                from = url.end;
            }
        }
    }
}

/// Texts of what URLs are made of and stand beside, and any characters at all.
fn text() -> impl Strategy<Value = String> {
    let pieces = [
        "https://",
        "http://",
        "www.",
        "example.org",
        "köln.de",
        "t.co",
        "/",
        "?",
        "#",
        "u=",
        "(",
        ")",
        "[",
        "]",
        ".",
        ":",
        "80",
        "@",
        "_",
        "-",
        "–",
        "a",
        "ä",
        "日本",
        "コム",
        "xn--p1ai",
        "🎉",
        "„",
        "“",
        ",",
        "…",
        "\u{200d}",
        "\u{200e}",
        "\n",
    ];
    let piece =
        prop_oneof![8 => proptest::sample::select(pieces.to_vec()).prop_map(str::to_owned), 1 => any::<String>()];
    (proptest::collection::vec(piece, 0..16), proptest::sample::select(vec!["", " "]))
        .prop_map(|(pieces, gap)| pieces.join(gap))
}
