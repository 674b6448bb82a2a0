//! Teasers of invented posts, for every network, beside the files under `tests/cases/teaser`.

mod by_hand;

use std::collections::BTreeMap;

use by_hand::{House, block, golden, paragraph, post, tags, text};
use proptest::prelude::*;
use rundbrief::config::NetworkKind;
use rundbrief::post::{BlockKind, Event, Inline, OwnTeaser, Post};
use rundbrief::render::Section;
use rundbrief::render::teaser::{Teaser, Teasers, length};

/// The kinds whose teasers are kept as files: those that strangers read, a plain text, and of the chats, which are all given
/// the same text, the one with the roomiest limit and the one that counts bytes.
fn is_kept(kind: NetworkKind) -> bool {
    kind.can_be_by_hand() || matches!(kind, NetworkKind::Slack | NetworkKind::Ntfy)
}

/// Every network's teaser of a post, as files that people can read.
fn golden_teasers(case: &str, house: &House, post: &Post) {
    for kind in NetworkKind::ALL.into_iter().filter(|kind| kind.has_teaser()) {
        let teaser = Teasers::of(&house.source(post)).teaser(kind.name(), kind).expect("a teaser");
        assert!(length::fits(&teaser.text, kind), "{kind:?}");
        if is_kept(kind) {
            golden(&format!("teaser/{case}/{}.txt", kind.name()), &format!("{}\n", teaser.text));
        }
    }
}

fn one(post: &Post, kind: NetworkKind) -> Teaser {
    Teasers::of(&House::new(&post.header.lang).source(post)).teaser(kind.name(), kind).expect("a teaser")
}

/// A recap with a dateline, abbreviations, gender stars, a key figure and a statement.
fn recap() -> Post {
    let mut recap = post("werkstatt-2024", "de", "Nachwuchs gewinnen: die Werkstatt der Verbände");
    recap.header.tags = tags(&["Nachwuchs", "duale Ausbildung", "Kolleg*innen", "Ulm"]);
    recap.body = vec![
        paragraph(
            "ULM. Wie finden Betriebe, z. B. im Handwerk, neue Kolleg*innen? Darüber sprachen am 24. Oktober 2024 rund \
             achtzig Gäste des Verbands Beispiel e. V. in der Werkstatt. Dr. Anna Muster vom Institut für Arbeit führte \
             durch den Tag.",
        ),
        block(BlockKind::Heading { level: 2, content: text("Was wir gelernt haben") }),
        paragraph(
            "Vier von zehn Betrieben in der Region haben im letzten Jahr keine Bewerbung bekommen. Das trifft kleine \
             Betriebe besonders hart. Bernd Beispiel, Vorsitzender der Kammer, brachte es auf den Punkt: „Wer nicht \
             fragt, bleibt allein. Also fragen wir.“ Danach ging es in die Gruppen.",
        ),
        block(BlockKind::Quote(vec![paragraph("Ich komme wieder. — Clara Probe, Teilnehmerin")])),
        paragraph("Im Frühjahr 2025 folgt die nächste Werkstatt."),
    ];
    recap
}

#[test]
fn a_german_recap_keeps_figure_quotation_and_link() {
    golden_teasers("german-recap", &House::new("de"), &recap());
}

#[test]
fn an_english_post() {
    let mut english = post("annual-meeting", "en", "What members want from us");
    english.header.tags = tags(&["membership", "open data"]);
    english.body = vec![
        paragraph(
            "More than 200 members met in Bristol on 7 November 2024. Dr. Jane Doe of the U.S. network opened the day, \
             and Mr. Smith closed it.",
        ),
        paragraph(
            "Three out of four members want shorter newsletters. “Tell me what changed, and then stop,” said John Roe, \
             who runs a small company.",
        ),
    ];
    golden_teasers("english", &House::new("en"), &english);
}

#[test]
fn the_authors_own_words_are_kept() {
    let mut own = recap();
    own.header.teaser = OwnTeaser::ByChannel(BTreeMap::from([
        ("mastodon".to_owned(), "Achtzig Gäste, ein Thema: #Nachwuchs 🎉".to_owned()),
        ("x".to_owned(), "Wer nicht fragt, bleibt allein. Mehr: https://www.example.org/w".to_owned()),
        ("plain".to_owned(), "Achtzig Gäste sprachen in Ulm über Nachwuchs.".to_owned()),
        ("bluesky".to_owned(), "Achtzig Gäste sprachen in Ulm über Nachwuchs.".to_owned()),
    ]));
    golden_teasers("own-words", &House::new("de"), &own);
}

#[test]
fn a_very_short_lead() {
    let mut short = post("danke", "de", "Danke!");
    short.header.tags = tags(&["Ehrenamt"]);
    short.body = vec![paragraph("Danke für zehn Jahre.")];
    golden_teasers("short-lead", &House::new("de"), &short);
}

/// A single sentence of a thousand characters with a quotation in it, under a title that fits nowhere short.
#[test]
fn a_very_long_lead_under_a_very_long_title() {
    let mut long = post("lang", "de", &format!("Bericht über {}", "die Arbeit der Arbeitsgruppen und ".repeat(10)));
    let many = "die Arbeitsgruppen der Mitgliedsbetriebe aus Nord und Süd, ".repeat(16);
    long.body = vec![paragraph(&format!(
        "Nach Dr. Muster und z. B. Prof. Beispiel, die „von einem langen Weg, den alle gehen“ sprachen, berichteten \
         {many}und alle hörten zu."
    ))];
    golden_teasers("long-lead", &House::new("de"), &long);
}

#[test]
fn no_lead_takes_the_title() {
    let mut bare = post("ohne-text", "de", "Die Werkstatt in Bildern");
    bare.header.tags = tags(&["Werkstatt"]);
    bare.body = vec![block(BlockKind::Heading { level: 2, content: text("Bilder") })];
    golden_teasers("no-lead", &House::new("de"), &bare);
}

#[test]
fn a_digest_names_its_posts() {
    let mut house = House::new("de");
    house.sections = vec![Section { heading: None, posts: vec![recap(), post("danke", "de", "Danke!")] }];
    let mut digest = post("november", "de", "Was im November war");
    digest.body = vec![paragraph("Zwei Berichte aus dem Verband.")];
    golden_teasers("digest", &house, &digest);
}

#[test]
fn short_networks_carry_the_link_and_a_hashtag_too() {
    for kind in [NetworkKind::X, NetworkKind::Bluesky, NetworkKind::Mastodon] {
        let text = one(&recap(), kind).text;
        assert!(text.contains("https://www.example.org/aktuelles/werkstatt-2024"), "{text}");
        assert!(text.ends_with("#Nachwuchs #DualeAusbildung") || text.ends_with("#KollegInnen"), "{text}");
    }
}

#[test]
fn the_link_says_where_the_reader_comes_from() {
    let house = House::new("de");
    let mut recap = recap();
    recap.header.link = Some("https://www.example.org/?id=7#bericht".into());
    let text = Teasers::of(&house.source(&recap)).teaser("fediverse", NetworkKind::Mastodon).expect("a teaser").text;
    let link =
        "https://www.example.org/?id=7&utm_source=fediverse&utm_medium=social&utm_campaign=werkstatt-2024#bericht";
    assert!(text.contains(link), "{text}");
}

#[test]
fn without_a_link_there_is_no_call_to_read_on() {
    let mut recap = recap();
    recap.header.link = None;
    for kind in NetworkKind::ALL {
        let text = one(&recap, kind).text;
        assert!(!text.contains("Mehr dazu") && !text.contains("http"), "{text}");
    }
}

#[test]
fn a_text_by_channel_name_goes_before_one_by_kind() {
    let house = House::new("de");
    let mut own = recap();
    let texts = [("fediverse", "Nach Namen #a1 https://a.example"), ("mastodon", "Nach Art #a1 https://a.example")];
    own.header.teaser = OwnTeaser::ByChannel(texts.map(|(key, text)| (key.to_owned(), text.to_owned())).into());
    let text =
        |channel| Teasers::of(&house.source(&own)).teaser(channel, NetworkKind::Mastodon).expect("a teaser").text;
    assert_eq!(text("fediverse"), "Nach Namen #a1 https://a.example");
    assert_eq!(text("other"), "Nach Art #a1 https://a.example");
}

#[test]
fn own_words_that_are_too_long_are_an_error_that_says_by_how_much() {
    let house = House::new("de");
    let mut own = recap();
    own.header.teaser = OwnTeaser::Text("a".repeat(260));
    let error =
        Teasers::of(&house.source(&own)).teaser("x", NetworkKind::X).expect_err("260 + 2 + 23 are more than 280");
    assert_eq!(error.message, "the teaser for `x` is 5 characters too long; X takes 280");
    assert_eq!(error.place.as_ref().map(|place| place.line), Some(8));
    own.header.teaser = OwnTeaser::Text("a".repeat(255));
    assert_eq!(Teasers::of(&house.source(&own)).teaser("x", NetworkKind::X).expect("exactly 280").length, 280);
}

#[test]
fn own_words_keep_their_room_before_hashtags() {
    let mut own = recap();
    own.header.teaser = OwnTeaser::Text("a".repeat(235));
    let text = one(&own, NetworkKind::X).text;
    assert!(text.ends_with("\n\n#Nachwuchs"), "{text}");
}

#[test]
fn a_link_that_fits_nowhere_is_an_error() {
    let house = House::new("de");
    let mut recap = recap();
    recap.header.link = Some(format!("https://www.example.org/{}", "a".repeat(400)));
    let error =
        Teasers::of(&house.source(&recap)).teaser("bluesky", NetworkKind::Bluesky).expect_err("424 are more than 300");
    assert_eq!(error.message, "the link alone for `bluesky` is 124 characters too long; Bluesky takes 300");
    assert!(one(&recap, NetworkKind::X).text.contains("utm_source=x"), "X counts every link as 23");
}

#[test]
fn a_place_is_no_beginning_when_the_event_was_there() {
    let mut recap = recap();
    recap.header.event = Some(Event { name: None, place: Some("Ulm".into()), date: None });
    recap.body[0] = paragraph("Ulm – Achtzig Gäste sprachen über Nachwuchs.");
    assert!(one(&recap, NetworkKind::X).text.starts_with("Achtzig Gäste"));
}

#[test]
fn a_statement_without_its_speaker_is_left_out() {
    let mut recap = recap();
    recap.body[0] = paragraph("„Wir packen das jetzt gemeinsam an.“ Achtzig Gäste waren dabei.");
    recap.body[2] = paragraph("„Das war gut so, sehr gut“, sagte sie.");
    recap.body[3] = block(BlockKind::Quote(vec![paragraph("Namenlos.")]));
    for kind in NetworkKind::ALL {
        let text = one(&recap, kind).text;
        assert!(text.starts_with("Achtzig Gäste waren dabei.") && !text.contains('„'), "{text}");
    }
}

#[test]
fn markup_is_no_part_of_a_teaser() {
    let mut recap = recap();
    recap.body[0] = block(BlockKind::Paragraph(vec![
        Inline::Strong(text("Achtzig Gäste")),
        Inline::SoftBreak,
        Inline::Link { url: "https://example.org/x".into(), content: text("kamen") },
        Inline::Text(".".into()),
    ]));
    assert!(one(&recap, NetworkKind::LinkedIn).text.starts_with("Achtzig Gäste kamen.\n\n"));
}

/// Whether every quotation that the teaser opens is closed in it.
fn quotations_are_whole(text: &str) -> bool {
    text.matches('„').count() <= text.matches('“').count()
}

fn paragraphs() -> impl Strategy<Value = Vec<String>> {
    let words = vec![
        "Betriebe",
        "Kolleg*innen",
        "Dr.",
        "z. B.",
        "z.\u{a0}B.",
        "e. V.",
        "24. Oktober",
        "42 % der Stellen",
        "kamen.",
        "gut!",
        "„Wir machen das“,",
        "sagte Anna Muster.",
        "„Gut so.“",
        "Mehr?",
        "👩\u{200d}🔬",
        "🇩🇪",
        "https://example.org/a_(b).",
        "www.example.org",
        "@verband@social.example",
        "ä\u{308}",
        "Sieben von zehn",
        "…",
        "Donaudampfschifffahrtsgesellschaftskapitänspatentinhaberinnen",
        "(siehe",
        "oben)",
        "–",
        "日本語",
        "#tag",
    ];
    let paragraph = proptest::collection::vec(proptest::sample::select(words), 0..60).prop_map(|words| words.join(" "));
    proptest::collection::vec(prop_oneof![9 => paragraph, 1 => any::<String>()], 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_teaser_is_never_over_the_limit_and_keeps_its_link(
        paragraphs in paragraphs(),
        title in "[A-Za-zäöüß ]{1,60}|\\PC{1,400}",
        lang in proptest::sample::select(vec!["de", "en", "de-AT", "fr"]),
        path in "[a-z0-9/-]{0,150}",
        tag in "\\PC{0,30}",
    ) {
        let house = House::new(lang);
        let mut post = post("beliebig", lang, &title);
        post.body = paragraphs.iter().map(|text| paragraph(text)).collect();
        post.header.tags = vec![tag, "Cluster".into(), "KI".into()];
        let link = format!("https://www.example.org/{path}");
        post.header.link = Some(link.clone());
        for kind in NetworkKind::ALL {
            let teaser = Teasers::of(&house.source(&post)).teaser(kind.name(), kind).expect("the link fits everywhere");
            prop_assert!(teaser.length <= teaser.limit && length::fits(&teaser.text, kind), "{kind:?} {}", teaser.text);
            prop_assert_eq!(teaser.length, length::length(&teaser.text, kind));
            prop_assert!(teaser.text.contains(&link), "{:?} {}", kind, teaser.text);
        }
    }

    #[test]
    fn a_teaser_is_made_of_whole_words_and_whole_quotations(count in 1usize..400, at in 0usize..40) {
        let quotation = "„ein langes Wort, das alle Gäste seitdem kennen und auch weiter sagen“";
        let mut words = vec!["Arbeitsgruppe"; count];
        words.insert(at.min(count), quotation);
        let mut post = post("beliebig", "de", &"Arbeitsgruppe ".repeat(100));
        post.body = vec![paragraph(&words.join(" "))];
        for kind in NetworkKind::ALL {
            let text = one(&post, kind).text;
            prop_assert!(quotations_are_whole(&text), "{}", text);
            let made = text.replace(quotation, "Arbeitsgruppe");
            let known = |word: &str| ["Arbeitsgruppe", "…", "–"].contains(&word) || word.starts_with("https://");
            prop_assert!(made.replace("Mehr dazu:", "").split_whitespace().all(known), "{}", text);
        }
    }
}
