//! Whatever a page or a text is, it becomes a post that can be read, or is refused.

use proptest::prelude::{Just, Strategy, prop_oneof, proptest};
use rundbrief::post::Post;

use super::{TimeZone, post_of, read};

fn piece() -> impl Strategy<Value = String> {
    let tags = prop_oneof![
        Just("p"),
        Just("div"),
        Just("ul"),
        Just("ol"),
        Just("li"),
        Just("table"),
        Just("tr"),
        Just("td"),
        Just("th"),
        Just("blockquote"),
        Just("h1"),
        Just("h2"),
        Just("h5"),
        Just("em"),
        Just("strong"),
        Just("b"),
        Just("i"),
        Just("s"),
        Just("code"),
        Just("pre"),
        Just("figure"),
        Just("figcaption"),
        Just("dl"),
        Just("dt"),
        Just("dd"),
        Just("span"),
        Just("q"),
        Just("a href=\"/x y?a=1&b=(2)\""),
        Just("a href=\"https://e.org/]\""),
        Just("section"),
        Just("article"),
    ];
    prop_oneof![
        3 => tags.clone().prop_map(|tag| format!("<{tag}>")),
        3 => tags.prop_map(|tag| format!("</{}>", tag.split(' ').next().unwrap_or(tag))),
        4 => "[a-zäß]{1,9}[ .,*_`|<&#-]{0,2}",
        1 => Just("<br>".to_owned()),
        1 => Just("<hr>".to_owned()),
        1 => Just("<img src=\"a (1).jpg\" alt=\"Ein [Bild]* | zwei\">".to_owned()),
        1 => Just(" \u{a0}* ".to_owned()),
        1 => Just("Der Vorstand hat am Freitag getagt. ".to_owned()),
        1 => Just("24. Oktober https://… www.a_b.de x@y.de".to_owned()),
    ]
}

proptest! {
    #![proptest_config(super::cases(300))]

    /// Whatever a page is, it ends in a post that can be read, or in a reason.
    #[test]
    fn any_page_becomes_a_post_that_can_be_read_or_is_refused(pieces in proptest::collection::vec(piece(), 1..120)) {
        let page = format!("<!doctype html><html lang=de><title>Titel</title><body>{}", pieces.concat());
        if let Ok(draft) = read(page.as_bytes()) {
            let text = post_of(draft);
            if let Err(findings) = Post::parse(std::path::Path::new("a.md"), text.as_bytes(), &TimeZone::UTC) {
                panic!("{}\n{text}\n{page}", findings[0]);
            }
        }
    }

    /// Any text, too.
    #[test]
    fn any_text_becomes_a_post_that_can_be_read_or_is_refused(text in "(\\PC|[\n*_#>\\[\\]()|-]){0,400}") {
        if let Ok(draft) = read(text.as_bytes()) {
            let post = post_of(draft);
            if let Err(findings) = Post::parse(std::path::Path::new("a.md"), post.as_bytes(), &TimeZone::UTC) {
                assert!(findings.iter().all(|finding| !finding.is_error() || finding.rule == "missing-key"), "{}\n{post}", findings[0]);
            }
        }
    }
}
