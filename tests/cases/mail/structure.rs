//! Rules that hold for every mail: for mail programs, for screen readers, and for the reader's privacy.

use super::{Case, posts, rendered};

/// `name="value"` of every element `tag`.
fn elements<'a>(html: &'a str, tag: &str) -> Vec<&'a str> {
    let opening = format!("<{tag}");
    let followed = |rest: &str| rest.starts_with([' ', '>', '/']);
    html.match_indices(&opening)
        .filter(|(at, _)| followed(&html[at + opening.len()..]))
        .map(|(at, _)| &html[at..end_of_tag(html, at)])
        .collect()
}

/// Past the `>` that is in no attribute's value.
fn end_of_tag(html: &str, start: usize) -> usize {
    let mut quoted = false;
    let end = html[start..].find(|c| {
        quoted ^= c == '"';
        c == '>' && !quoted
    });
    start + end.expect("a closed tag") + 1
}

fn attribute<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    let start = element.find(&format!(" {name}=\""))? + name.len() + 3;
    Some(&element[start..start + element[start..].find('"')?])
}

fn for_each_case(check: impl Fn(&str, &str, &Case)) {
    for case in posts::all() {
        check(case.name, &rendered(&case).html, &case);
    }
}

#[test]
fn language_and_direction_stand_on_the_document() {
    for_each_case(|name, html, case| {
        let root = elements(html, "html")[0];
        assert_eq!(attribute(root, "lang"), Some(case.post.header.lang.as_str()), "{name}");
        assert_eq!(attribute(root, "dir"), Some("ltr"), "{name}");
    });
}

#[test]
fn there_is_one_h1_and_no_heading_level_is_skipped() {
    for_each_case(|name, html, _| {
        let mut headings: Vec<(usize, u8)> = (1..=6)
            .flat_map(|level| {
                html.match_indices(&format!("<h{level}")).map(move |(at, _)| (at, level)).collect::<Vec<_>>()
            })
            .collect();
        headings.sort_unstable();
        let levels: Vec<u8> = headings.iter().map(|(_, level)| *level).collect();
        assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1, "{name}: {levels:?}");
        assert_eq!(levels[0], 1, "{name}: {levels:?}");
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{name}: {levels:?}");
    });
}

#[test]
fn every_picture_has_an_alternative_text_and_a_width_for_outlook() {
    for_each_case(|name, html, _| {
        for image in elements(html, "img") {
            assert!(attribute(image, "alt").is_some_and(|alt| !alt.is_empty()), "{name}: {image}");
            let width = attribute(image, "width").and_then(|width| width.parse::<u32>().ok());
            assert!(width.is_some_and(|width| (1..=600).contains(&width)), "{name}: {image}");
        }
    });
    let html = rendered(&posts::full()).html;
    let widths: Vec<_> = elements(&html, "img").into_iter().filter_map(|image| attribute(image, "width")).collect();
    assert_eq!(widths, ["140", "140", "600", "536", "120"]);
}

#[test]
fn tables_are_for_layout_or_hold_data_with_named_columns() {
    for_each_case(|name, html, _| {
        for table in elements(html, "table") {
            let data = attribute(table, "class").is_some_and(|class| class.split(' ').any(|class| class == "data"));
            assert_ne!(data, attribute(table, "role") == Some("presentation"), "{name}: {table}");
        }
        assert!(elements(html, "th").iter().all(|cell| attribute(cell, "scope") == Some("col")), "{name}");
    });
}

#[test]
fn conditional_comments_for_outlook_are_balanced() {
    for_each_case(|name, html, _| {
        let (opened, closed) = (html.matches("<!--[if").count(), html.matches("<![endif]").count());
        assert!(opened > 5 && opened == closed, "{name}: {opened} opened, {closed} closed");
        let mut rest = html;
        while let Some(start) = rest.find("<!--[if") {
            let end = start + rest[start..].find("<![endif]").expect("it is closed");
            assert!(!rest[start + 7..end].contains("<!--[if"), "{name}: one inside another");
            rest = &rest[end + 9..];
        }
        assert!(html.contains("width=\"600\"") && html.contains("width:600px"), "{name}: the card's width for Outlook");
    });
}

#[test]
fn nothing_is_loaded_from_elsewhere() {
    for_each_case(|name, html, case| {
        for loading in ["@import", "@font-face", "url(", "<link", "<script src", "<iframe", "background=\""] {
            assert!(!html.contains(loading), "{name}: {loading}");
        }
        for image in elements(html, "img") {
            let src = attribute(image, "src").expect("a src");
            let linked = src.starts_with("https://www.timber-network.example/images/") && case.name == "english";
            assert!(src.starts_with("cid:") || linked, "{name}: {src}");
        }
    });
}

#[test]
fn a_mail_stays_under_90_kilobytes_and_each_style_block_under_16() {
    for_each_case(|name, html, _| {
        assert!(html.len() <= 90_000, "{name}: {} bytes", html.len());
        for style in html.split("<style").skip(1).filter_map(|rest| rest.split("</style>").next()) {
            assert!(style.len() < 16_000, "{name}: {} bytes", style.len());
        }
    });
}

#[test]
fn text_is_at_least_14_pixels_high() {
    for_each_case(|name, html, _| {
        for size in html.split("font-size:").skip(1).filter_map(|rest| rest.split(';').next()) {
            let pixels: f64 =
                size.trim().trim_end_matches(" !important").trim_end_matches("px").parse().expect("pixels");
            assert!(pixels <= 1.0 || pixels >= 14.0, "{name}: {size}");
        }
    });
}

#[test]
fn no_character_is_written_as_rust_would() {
    for_each_case(|name, html, _| {
        for written in ["\\u{", "\\n", "\\\"", "&amp;amp;", "&amp;quot;"] {
            assert!(!html.contains(written), "{name}: {written}");
        }
    });
}

#[test]
fn the_way_out_and_the_imprint_stand_in_the_footer() {
    let full = rendered(&posts::full());
    let token =
        full.slots.token(full.slots.list.iter().position(|slot| slot.field == "unsubscribe_url").expect("a slot"));
    assert!(full.html.contains(&format!("<a href=\"{token}\"")), "{}", full.html);
    assert!(full.text_frame.contains(&format!("Abmelden: {token}")), "{}", full.text_frame);
    let english = rendered(&posts::english());
    assert!(english.html.contains("href=\"mailto:abmelden@netzwerk-holz.example?subject=Unsubscribe\""));
    assert!(!rendered(&posts::minimal()).html.contains("Abmelden"));
    assert!(english.html.contains("Am Werkhof 3, 83022 Rosenheim"));
}

#[test]
fn pictures_travel_once_each_and_can_be_pointed_at_files() {
    let mail = rendered(&posts::full());
    let cids: Vec<_> = mail.images.iter().map(|image| image.cid.clone().expect("embedded")).collect();
    let names = ["logo-280.png", "logo-dunkel-280.png", "tagung-1200.jpg", "halle-1072.jpg", "land-240.png"];
    assert_eq!(cids, names.map(|name| format!("{name}@netzwerk-holz.example")));
    let html = mail.html_with_images(|image| format!("bilder/{}", image.prepared.name));
    assert!(html.contains("src=\"bilder/tagung-1200.jpg\"") && !html.contains("cid:"));
}
