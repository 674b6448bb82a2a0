//! The finished mail: golden cases to read, and rules that hold for every one of them.

use std::path::Path;

use rundbrief::render::email::mjml;
use rundbrief::render::email::template::{Rendered, render};
use rundbrief::render::{Source, Templates};
use rundbrief::words::Catalogue;

#[path = "cases/mail/posts.rs"]
mod posts;

use posts::Case;

const BODY: &str = "Der Text des Beitrags, schon umbrochen.\n";

fn render_with(case: &Case, templates: &Templates) -> Result<Rendered, Vec<String>> {
    let words = Catalogue::built_in().for_lang(&case.post.header.lang);
    let source = Source {
        config: &case.config,
        post: &case.post,
        sections: &case.sections,
        pictures: &case.pictures,
        words: &words,
        templates,
    };
    render(&source, "members", BODY).map_err(|findings| findings.iter().map(ToString::to_string).collect())
}

fn rendered(case: &Case) -> Rendered {
    render_with(case, &Templates::built_in())
        .unwrap_or_else(|findings| panic!("{}: {}", case.name, findings.join("\n")))
}

/// The minimal case with one of its templates replaced.
fn with_template(name: &str, text: &str) -> Result<Rendered, Vec<String>> {
    let mut templates = Templates::built_in();
    templates.override_with(name, text.to_owned(), Path::new("own").join(name));
    render_with(&posts::minimal(), &templates)
}

/// The findings for a template that must fail, as a person reads them.
fn error_of(name: &str, text: &str) -> String {
    match with_template(name, text) {
        Ok(mail) => panic!("the template is wrong, but made {}", mail.mjml),
        Err(findings) => findings.join("\n\n"),
    }
}

mod golden {
    use super::*;

    fn snapshot(name: &str, extension: &str, text: &str) {
        insta::with_settings!({ snapshot_path => "cases/mail", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("{name}.{extension}"), text);
        });
    }

    #[test]
    fn every_case_makes_the_same_mjml_and_text_as_before() {
        for case in posts::all() {
            let mail = rendered(&case);
            let head = format!("Subject: {}\nPreheader: {}\n\n", mail.subject, mail.preheader);
            snapshot(case.name, "txt", &(head + &mail.text_frame));
            snapshot(case.name, "mjml", &mail.mjml);
        }
    }

    #[test]
    fn the_html_of_a_full_post_and_of_the_traps_is_as_before() {
        for case in [posts::full(), posts::traps()] {
            // A line for each tag that opens a row or a block, so that a difference can be read.
            let html = rendered(&case).html.replace("<tr>", "\n<tr>").replace("<!--[if", "\n<!--[if");
            snapshot(case.name, "html", &html);
        }
    }
}

mod structure {
    use super::*;

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
            assert!(
                html.contains("width=\"600\"") && html.contains("width:600px"),
                "{name}: the card's width for Outlook"
            );
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
}

mod slots {
    use super::*;

    const MAIL: &str =
        "<mjml><mj-body><mj-section><mj-column><mj-text>HERE</mj-text></mj-column></mj-section></mj-body></mjml>";

    fn mail_with(text: &str) -> Result<Rendered, Vec<String>> {
        with_template("email.mjml.j2", &MAIL.replace("HERE", text))
    }

    #[test]
    fn a_member_stands_in_text_attributes_subject_and_preheader() {
        let mut templates = Templates::built_in();
        let own = |name: &str| Path::new("own").join(name);
        templates.override_with("subject.txt.j2", "{{ member.first_name }}: {{ post.subject }}".into(), own("s"));
        templates.override_with("preheader.txt.j2", "Für {{ member.get('city', default='Sie') }}".into(), own("p"));
        let mail = MAIL.replace("<mj-body>", "<mj-head><mj-preview>{{ preheader }}</mj-preview></mj-head><mj-body>");
        let text = "<a href=\"https://a.example/?c={{ member.city }}\">{{ member.first_name }}</a>";
        templates.override_with("email.mjml.j2", mail.replace("HERE", text), own("m"));
        let mail = render_with(&posts::minimal(), &templates).expect("allowed");
        let fields: Vec<_> =
            mail.slots.list.iter().map(|slot| (slot.field.as_str(), slot.default.as_deref())).collect();
        assert_eq!(fields, [("first_name", None), ("city", Some("Sie")), ("city", None), ("salutation", None)]);
        assert_eq!(mail.slots.count(&mail.html), [1, 1, 1, 0]);
        assert_eq!(mail.slots.count(&mail.subject), [1, 0, 0, 0]);
        assert_eq!(mail.slots.count(&mail.text_frame), [0, 0, 0, 1]);
    }

    #[test]
    fn a_template_that_looks_at_a_member_is_refused_with_its_line() {
        insta::assert_snapshot!(mail_with("{% if member.city == \"Köln\" %}x{% endif %}").expect_err("refused").join("\n"), @r###"
        error: a template cannot look at a member's data, as it does with `member.city`
          --> own/email.mjml.j2:1:54
          |
        1 | <mjml><mj-body><mj-section><mj-column><mj-text>{% if member.city == "Köln" %}x{% endif %}</mj-text><…
          |                                                      ^^^^^^^^^^^^^^^^^^^^^
          = help: write {{ member.first_name }} as it is, without filter, condition or loop; for an empty cell write {{ member.get("first_name", default="…") }}
        "###);
        for text in
            ["{{ member.first_name|upper }}", "{{ member.city|length }}", "{% for c in member.city %}{% endfor %}"]
        {
            let error = mail_with(text).expect_err("refused").join("\n");
            assert!(error.contains("cannot look at a member's data"), "{text}: {error}");
        }
    }

    #[test]
    fn a_slot_that_mjml_repeats_or_drops_is_refused() {
        let titled =
            MAIL.replace("<mj-body>", "<mj-head><mj-title>{{ member.first_name }}</mj-title></mj-head><mj-body>");
        let error = error_of("email.mjml.j2", &titled);
        assert!(error.contains("`member.first_name` stands in a place that MJML repeats"), "{error}");
        let error =
            mail_with("<p>{% set unused %}{{ member.first_name }}{% endset %}</p>").expect_err("lost").join("\n");
        assert!(error.contains("member.first_name"), "{error}");
    }

    #[test]
    fn the_nonce_follows_the_content_and_nothing_else() {
        let token = |case: &Case| rendered(case).slots.token(0);
        assert_eq!(token(&posts::minimal()), token(&posts::minimal()));
        let mut other = posts::minimal();
        other.post.header.title.push('!');
        assert_ne!(token(&posts::minimal()), token(&other));
    }
}

mod errors {
    use super::*;

    #[test]
    fn an_undefined_name_is_told_with_the_nearest_one() {
        insta::assert_snapshot!(error_of("subject.txt.j2", "Neues:\n{{ post.titel }}"), @r###"
        error: `post.titel` is not defined
          --> own/subject.txt.j2:2:4
          |
        2 | {{ post.titel }}
          |    ^^^^^^^^^^
          = help: did you mean `post.title`?
        "###);
        insta::assert_snapshot!(error_of("_footer.mjml.j2", "<mj-section>\n  {{ sitte.name }}\n</mj-section>"), @r###"
        error: `sitte` is not defined
          --> own/_footer.mjml.j2:2:6
          |
        2 |   {{ sitte.name }}
          |      ^^^^^^^^^^
          = help: did you mean `site`?
        "###);
    }

    #[test]
    fn syntax_errors_missing_parts_and_unknown_filters_name_the_line() {
        insta::assert_snapshot!(error_of("_post.mjml.j2", "<mj-section>\n{% if post.link }\n</mj-section>"), @r###"
        error: the template cannot be read: unexpected `}`, expected end of block
          --> own/_post.mjml.j2:2:17
          |
        2 | {% if post.link }
          |                 ^
        "###);
        insta::assert_snapshot!(error_of("subject.txt.j2", "{% include '_hed.mjml.j2' %}"), @r###"
        error: there is no template `_hed.mjml.j2`
          --> own/subject.txt.j2:1:4
          |
        1 | {% include '_hed.mjml.j2' %}
          |    ^^^^^^^^^^^^^^^^^^^^^^
          = help: did you mean `_head.mjml.j2`?
        "###);
        insta::assert_snapshot!(error_of("subject.txt.j2", "{{ post.title|uper }}"), @r###"
        error: the filter uper is unknown
          --> own/subject.txt.j2:1:15
          |
        1 | {{ post.title|uper }}
          |               ^^^^
          = help: see the list of filters, tests and functions of minijinja (Jinja2)
        "###);
    }

    #[test]
    fn a_template_without_end_is_stopped() {
        let endless = "{% for a in range(9999) %}{% for b in range(9999) %}{{ b }}{% endfor %}{% endfor %}";
        insta::assert_snapshot!(error_of("subject.txt.j2", endless), @r###"
        error: the template takes too long; does a loop or a macro never end?
          --> own/subject.txt.j2:1:39
          |
        1 | {% for a in range(9999) %}{% for b in range(9999) %}{{ b }}{% endfor %}{% endfor %}
          |                                       ^^^^^^^^^^^
          = help: end the loop, or split the template
        "###);
    }

    #[test]
    fn mjml_that_cannot_be_read_is_told_at_the_place_in_the_template() {
        insta::assert_snapshot!(
            error_of("_post.mjml.j2", "<mj-section>\n  <mj-column>\n    <mj-text>{{ post.title }}</mj-text>\n  </mj-section>\n"),
            @r###"
        error: the template makes MJML that cannot be used: <mj-column> is not closed before </mj-section>
          --> own/_post.mjml.j2:2:3
          |
        2 |   <mj-column>
          |   ^^^^^^^^^^
        "###
        );
        insta::assert_snapshot!(
            error_of("_post.mjml.j2", "<mj-section>\n  <mj-column>\n    <mj-foo>x</mj-foo>\n  </mj-column></mj-section>\n"),
            @r###"
        error: the template makes MJML that cannot be used: <mj-foo> is not known to MJML; did you mean <mj-font>?
          --> own/_post.mjml.j2:3:5
          |
        3 |     <mj-foo>x</mj-foo>
          |     ^^^^^^^
        "###
        );
        insta::assert_snapshot!(error_of("_footer.mjml.j2", "<mj-raw>\n<!--[if mso] x -->\n</mj-raw>\n"), @r###"
        error: the template makes MJML that cannot be used: this conditional comment is not written as mail programs read it; write <!--[if mso]> … <![endif]--> or <!--[if !mso]><!--> … <!--<![endif]-->
          --> own/_footer.mjml.j2:2:1
          |
        2 | <!--[if mso] x -->
          | ^^^^^^^^^^^^^^^^^^
        "###);
    }

    #[test]
    fn a_picture_that_was_not_loaded_is_an_error() {
        let mut case = posts::minimal();
        case.post.body.push(posts::block(rundbrief::post::BlockKind::Picture(posts::picture("fehlt.jpg", "x", None))));
        let error = render_with(&case, &Templates::built_in()).expect_err("missing").join("\n");
        assert!(error.contains("`fehlt.jpg`") && error.contains("newsletters/sitzung.md:9:1"), "{error}");
    }

    #[test]
    fn mjml_never_panics_on_broken_documents() {
        let mjml = rendered(&posts::minimal()).mjml;
        for cut in (0..mjml.len()).step_by(97).filter(|cut| mjml.is_char_boundary(*cut)) {
            assert!(mjml::to_html(&mjml[..cut]).is_err());
        }
    }
}

/// Writes every case into `target/mail/`, for a look in a browser and for `tests/axe.mjs`.
#[test]
#[ignore = "writes files to look at: cargo test --test mail -- --ignored"]
fn write_html_files() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mail");
    for case in posts::all() {
        let (mail, folder) = (rendered(&case), folder.join(case.name));
        std::fs::create_dir_all(&folder).expect("a folder");
        for image in &mail.images {
            std::fs::write(folder.join(&image.prepared.name), posts::drawn(&image.prepared)).expect("writes");
        }
        let html = mail.html_with_images(|image| image.prepared.name.clone());
        std::fs::write(folder.join("email.html"), html).expect("writes");
    }
}
