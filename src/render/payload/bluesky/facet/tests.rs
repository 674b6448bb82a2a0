//! Facets of texts as people write them. The offsets were counted with Python (`len(text[:n].encode())`).

use super::facets;

/// Where a facet begins and ends in bytes, and what it says.
type Facet = (u64, u64, &'static str);

/// A text, and its facets.
const CASES: &[(&str, &[Facet])] = &[
    ("", &[]),
    ("Guten Tag", &[]),
    ("Mehr: https://example.org/a.", &[(6, 27, "https://example.org/a")]),
    ("Grüße aus Köln: https://example.org/straße?x=ü", &[(19, 51, "https://example.org/straße?x=ü")]),
    (
        "„Schön“ (https://example.org/A_(B)) #Fachkräfte",
        &[(14, 39, "https://example.org/A_(B)"), (41, 53, "Fachkräfte")],
    ),
    ("🎉 #KI", &[(5, 8, "KI")]),
    ("👩🏽\u{200d}🚀 fliegt: https://b.de/", &[(24, 37, "https://b.de/")]),
    ("👨\u{200d}👩\u{200d}👧\u{200d}👦 #Familie!", &[(26, 34, "Familie")]),
    ("🇩🇪🇦🇹🇨🇭\n#DACH\n\n#Übersicht", &[(25, 30, "DACH"), (32, 43, "Übersicht")]),
    ("Gru\u{308}ße #Gru\u{308}ße", &[(9, 18, "Gru\u{308}ße")]),
    ("#Kolleg*innen und #Rückkehrer:innen,", &[(0, 13, "Kolleg*innen"), (18, 36, "Rückkehrer:innen")]),
    ("1\u{fe0f}⃣ #\u{fe0f}⃣ #1 #2026 #a1", &[(25, 28, "a1")]),
    ("C# a#b https://example.org/#teil #x", &[(7, 32, "https://example.org/#teil"), (33, 35, "x")]),
    ("#", &[]),
    ("# Titel ## #… #–", &[]),
    ("@verband.bsky.social und @x@y.de", &[]),
    ("z.\u{a0}B.\u{a0}#Ehrenamt…", &[(8, 17, "Ehrenamt")]),
    ("#Weiter\u{ad}bildung", &[(0, 7, "Weiter")]),
    ("#日本語 #🎉", &[(0, 10, "日本語"), (11, 16, "🎉")]),
    ("http://a.de https://a.de/x,https://b.de", &[(0, 11, "http://a.de"), (12, 39, "https://a.de/x,https://b.de")]),
    ("ftp://a.de www.example.org example.org", &[]),
];

#[test]
fn links_and_hashtags_are_marked_where_their_bytes_are() {
    let mut wrong = Vec::new();
    for (text, expected) in CASES {
        let found: Vec<(u64, u64, String)> = facets(text)
            .iter()
            .map(|facet| {
                let offset = |key: &str| facet["index"][key].as_u64().expect("a number");
                let feature = &facet["features"][0];
                let said = feature["uri"].as_str().or(feature["tag"].as_str()).expect("a word");
                (offset("byteStart"), offset("byteEnd"), said.to_owned())
            })
            .collect();
        let expected: Vec<_> = expected.iter().map(|(start, end, said)| (*start, *end, (*said).to_owned())).collect();
        if found != expected {
            wrong.push(format!("{text:?}:\n  {found:?}\n  not {expected:?}"));
        }
        for (start, end, said) in &found {
            let part = &text.as_bytes()[usize::try_from(*start).expect("fits")..usize::try_from(*end).expect("fits")];
            assert_eq!(String::from_utf8_lossy(part).trim_start_matches('#'), said);
        }
    }
    assert!(CASES.len() >= 12 && wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_hashtag_that_no_server_takes_is_a_word() {
    assert_eq!(facets(&format!("#{}", "a".repeat(65))), Vec::<serde_json::Value>::new());
    assert_eq!(facets(&format!("#{}", "a".repeat(64))).len(), 1);
}

#[test]
fn a_facet_has_the_form_of_the_lexicon() {
    let found = serde_json::Value::from(facets("Ä https://b.de #C"));
    insta::assert_snapshot!(format!("{found:#}"));
}
