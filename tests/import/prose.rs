//! Whatever is written in ordinary prose arrives letter for letter, from a page and from copied text.

use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_assume, prop_oneof, proptest};
use rundbrief::import::chrome::chrome;
use rundbrief::render::html::html;

use super::{parse, post_of, read};

/// Words with German typography and Markdown's special characters around and inside.
fn word() -> impl Strategy<Value = String> {
    let letters = "[a-zäöüßA-ZÄÖÜ]{1,12}";
    let sign = prop_oneof![
        Just("*"),
        Just("_"),
        Just("**"),
        Just("`"),
        Just("~"),
        Just("~~"),
        Just("["),
        Just("]"),
        Just("("),
        Just(")"),
        Just("<"),
        Just(">"),
        Just("#"),
        Just("##"),
        Just("+"),
        Just("-"),
        Just("="),
        Just("|"),
        Just("!"),
        Just("!["),
        Just("\\"),
        Just("&"),
        Just("&amp;"),
        Just("&#42;"),
        Just("„"),
        Just("“"),
        Just("‚"),
        Just("‘"),
        Just("»"),
        Just("«"),
        Just("–"),
        Just("…"),
        Just("\u{a0}"),
        Just("\u{ad}"),
        Just(":"),
        Just("://"),
        Just("www."),
        Just("https://"),
        Just("@"),
        Just("]("),
        Just("]:"),
        Just("1."),
        Just("24."),
        Just("2)"),
        Just("{"),
        Just("}"),
        Just("%"),
        Just("€"),
        Just("§"),
        Just("'"),
        Just("\""),
        Just("^"),
        Just("$"),
        Just("•"),
    ];
    let inside = (letters, sign.clone(), letters).prop_map(|(a, sign, b)| format!("{a}{sign}{b}"));
    let before = (sign.clone(), letters).prop_map(|(sign, word)| format!("{sign}{word}"));
    let behind = (letters, sign.clone()).prop_map(|(word, sign)| format!("{word}{sign}"));
    let alone = sign.prop_map(str::to_owned);
    let usual = prop_oneof![
        letters,
        Just("z.\u{a0}B.".to_owned()),
        Just("Kolleg*innen".to_owned()),
        Just("24. Oktober 2024".to_owned()),
        Just("„Zitat“, sagte".to_owned()),
    ];
    prop_oneof![6 => usual, 1 => inside, 1 => before, 1 => behind, 1 => alone]
}

fn paragraph() -> impl Strategy<Value = String> {
    proptest::collection::vec(word(), 28..60).prop_map(|words| words.join(" "))
}

/// Letters and signs as a reader sees them, white space aside.
fn shown(post: &str) -> String {
    let post = parse(post);
    let html = html(&post.body, &|_| None);
    let mut text = String::new();
    let mut rest = html.as_str();
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        rest = &rest[at + rest[at..].find('>').expect("a tag ends") + 1..];
    }
    text.push_str(rest);
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    squeezed(&text.replace("&#x27;", "'").replace("&amp;", "&"))
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// What the import takes for something else than text, by its own rules.
fn is_prose(paragraph: &str) -> bool {
    let first = paragraph.trim_start();
    let small = first.starts_with(['|', '•']) || first.chars().count() < 170;
    !small && chrome(paragraph).is_none()
}

proptest! {
    #![proptest_config(super::cases(150))]

    #[test]
    fn copied_text_appears_letter_for_letter(paragraphs in proptest::collection::vec(paragraph(), 1..5), empty in any::<bool>()) {
        prop_assume!(paragraphs.iter().all(|paragraph| is_prose(paragraph)));
        let gap = if empty { "\n\n" } else { "\n" };
        let text = format!("Ein Titel\n\n{}\n", paragraphs.join(gap));
        let post = post_of(read(text.as_bytes()).expect("a draft"));
        let post = post.replacen("draft: true", "lang: de\ndraft: true", usize::from(!post.contains("\nlang: ")));
        prop_assert_eq!(shown(&post), squeezed(&paragraphs.concat()));
    }

    #[test]
    fn a_page_appears_letter_for_letter(paragraphs in proptest::collection::vec(paragraph(), 2..6), emphasis in any::<bool>()) {
        prop_assume!(paragraphs.iter().all(|paragraph| is_prose(paragraph)));
        let wrap = |text: &String| {
            let text = escaped(text);
            match text.split_once(' ') {
                Some((first, rest)) if emphasis => format!("<p><em>{first}</em> <strong>{rest}</strong></p>"),
                _ => format!("<p>{text}</p>"),
            }
        };
        let body: String = paragraphs.iter().map(wrap).collect();
        let page = format!("<!doctype html><html lang=\"de\"><body><article><h1>Ein Titel</h1>{body}</article></body></html>");
        let post = post_of(read(page.as_bytes()).expect("a draft"));
        prop_assert_eq!(shown(&post), squeezed(&paragraphs.concat()));
    }
}
