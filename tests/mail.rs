//! The finished mail: golden cases to read, what templates may do with members, and how their errors are told.
//! The rules that hold for every mail are in `cases/mail/structure.rs`.

use std::path::Path;

use rundbrief::render::email::mjml;
use rundbrief::render::email::slot::Piece;
use rundbrief::render::email::template::{Rendered, render};
use rundbrief::render::{Source, Templates};
use rundbrief::words::Catalogue;

#[path = "cases/mail/posts.rs"]
mod posts;
#[path = "cases/mail/structure.rs"]
mod structure;

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
        correction: false,
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

#[test]
fn a_mail_from_right_to_left_has_its_indents_on_the_right() {
    let mut case = posts::full();
    case.post.header.lang = "ar".to_owned();
    let (ltr, rtl) = (rendered(&posts::full()), rendered(&case));
    for (left, right) in [
        ("padding: 0 0 0 26px;", "padding: 0 26px 0 0;"),
        ("padding: 2px 0 2px 20px; border-left: 4px", "padding: 2px 20px 2px 0; border-right: 4px"),
        (".data td { padding: 9px 12px 9px 0;", ".data td { padding: 9px 0 9px 12px;"),
        (".data th { padding: 9px 12px 9px 0;", ".data th { padding: 9px 0 9px 12px;"),
        (".data td:last-child { padding-right: 0; }", ".data td:last-child { padding-left: 0; }"),
        ("padding: 10px 16px 10px 0;", "padding: 10px 0 10px 16px;"),
        (".quote-bar { border-left-color:", ".quote-bar { border-right-color:"),
    ] {
        assert!(ltr.mjml.contains(left) && !ltr.mjml.contains(right), "{left} from left to right");
        assert!(rtl.mjml.contains(right) && !rtl.mjml.contains(left), "{right} from right to left");
    }
}

#[test]
fn the_links_of_a_digests_leads_are_numbered_after_those_of_its_introduction() {
    use rundbrief::post::{BlockKind, Inline};
    let mut case = posts::digest();
    let link = |url: &str| Inline::Link { url: url.to_owned(), content: vec![Inline::Text("Wort".to_owned())] };
    let lead = |post: &mut rundbrief::post::Post, content| post.body[0].kind = BlockKind::Paragraph(content);
    lead(&mut case.post, vec![link("https://eins.example/")]);
    lead(&mut case.sections[0].posts[0], vec![link("https://zwei.example/"), link("https://eins.example/")]);
    let text = rendered(&case).text_frame;
    assert!(text.contains("\n\nWort\u{a0}[2]Wort\u{a0}[1]\n\n[2] https://zwei.example/\n"), "{text}");
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
          = help: write {{ member.city }} as it is, without filter, condition or loop; for an empty cell write {{ member.get("city", default="…") }}
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
    fn an_attribute_that_mjml_would_drop_is_a_warning() {
        let own = "<mj-raw></mj-raw>\n<mj-section><mj-column><mj-raw alt=\"x\"></mj-raw></mj-column></mj-section>\n";
        let mail = with_template("_footer.mjml.j2", own).expect("a warning is no error");
        let warnings: Vec<String> = mail.findings.iter().map(ToString::to_string).collect();
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(warnings[0].starts_with("warning:") && warnings[0].contains("own/_footer.mjml.j2:2:"), "{warnings:?}");
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
        let html = mail.slots.cut(&html).into_iter().fold(String::new(), |html, piece| match piece {
            Piece::Literal(text) => html + text,
            Piece::Slot(index) if mail.slots.list[index].field == "salutation" => html + "Guten Tag Anna Weber",
            Piece::Slot(_) => html + "https://www.example.org/u/0",
        });
        std::fs::write(folder.join("email.html"), html).expect("writes");
    }
}

mod readers {
    use super::*;

    /// The mail of a correction to a list, with an organisation's own words, as MJML and as text on one line.
    fn mail(basis: Option<&str>, informal: bool, own_words: &str) -> [String; 2] {
        let mut case = posts::minimal();
        case.config.site.name = "Netzwerk Holz".to_owned();
        case.config.lists.insert("members".to_owned(), posts::readers(basis, informal));
        let own = Catalogue::parse(own_words).expect("a catalogue");
        let (words, templates) = (Catalogue::built_in().overridden_by(own).for_lang("de"), Templates::built_in());
        let source = Source {
            config: &case.config,
            post: &case.post,
            sections: &case.sections,
            pictures: &case.pictures,
            words: &words,
            templates: &templates,
            correction: true,
        };
        let mail = rundbrief::render::email::render(&source, "members").expect("renders");
        [mail.mjml, mail.text.split_whitespace().collect::<Vec<_>>().join(" ")]
    }

    #[test]
    fn the_foot_says_why_the_mail_came_in_the_lists_form_of_address() {
        let cases = [
            (Some("membership"), false, "Sie erhalten diese E-Mail als Mitglied von Netzwerk Holz."),
            (Some("membership"), true, "Du erhältst diese E-Mail als Mitglied von Netzwerk Holz."),
            (Some("consent"), false, "Sie erhalten diese E-Mail von Netzwerk Holz, weil Sie darin eingewilligt haben."),
            (Some("consent"), true, "Du erhältst diese E-Mail von Netzwerk Holz, weil du darin eingewilligt hast."),
            (Some("contract"), false, "Sie erhalten diese E-Mail im Rahmen Ihres Vertrags mit Netzwerk Holz."),
            (Some("contract"), true, "Du erhältst diese E-Mail im Rahmen deines Vertrags mit Netzwerk Holz."),
            (
                Some("Satzung"),
                false,
                "Sie erhalten diese E-Mail, weil Ihre Adresse in einem Verteiler von Netzwerk Holz steht.",
            ),
            (None, true, "Du erhältst diese E-Mail, weil deine Adresse in einem Verteiler von Netzwerk Holz steht."),
        ];
        for (basis, informal, expected) in cases {
            let whom = if informal { "die du von uns erhalten hast." } else { "die Sie von uns erhalten haben." };
            for part in mail(basis, informal, "{}") {
                assert!(part.contains(expected), "{expected}\n{part}");
                assert!(part.contains(&format!("Diese E-Mail berichtigt eine frühere, {whom}")), "{part}");
            }
        }
    }

    #[test]
    fn an_organisations_own_line_stands_for_every_list() {
        let own = "de:\n  email.why: Ein Brief von {organisation}.\n";
        for (basis, informal) in [(Some("membership"), true), (Some("consent"), false), (None, true)] {
            for part in mail(basis, informal, own) {
                assert!(part.contains("Ein Brief von Netzwerk Holz.") && !part.contains("erhalten diese"), "{part}");
            }
        }
    }
}

mod tested {
    use rundbrief::render::email::message::{Compiled, Mark, Recipient, values_for};
    use rundbrief::render::{code::Code, email};

    use super::*;

    #[test]
    fn a_mail_marked_as_a_test_is_the_real_one_but_for_its_mark() {
        let case = posts::full();
        let (words, templates) = (Catalogue::built_in().for_lang("de"), Templates::built_in());
        let source = Source {
            config: &case.config,
            post: &case.post,
            sections: &case.sections,
            pictures: &case.pictures,
            words: &words,
            templates: &templates,
            correction: false,
        };
        let mail = email::render(&source, "members").expect("renders");
        let mark = Mark::new(Code::of(&mail.compiled.digest()), &words);
        let test = mail.marked(&mark, &case.config.sender, case.post.slug.as_str(), "members").expect("compiles");
        assert_eq!((test.digest(), test.slots()), (mail.compiled.digest(), mail.compiled.slots()));
        let merged = |compiled: &Compiled| {
            let url = case.config.sender.unsubscribe.url.as_ref().map(|url| url.replace("{token}", "s3cr"));
            let value = |field: &str| if field == "unsubscribe_url" { url.clone() } else { Some("Kim".to_owned()) };
            let values = values_for(compiled.slots(), value).expect("every slot has a value");
            let recipient = Recipient {
                address: "kim@example.net",
                display_name: None,
                values: &values,
                unsubscribe_url: url.as_deref(),
                unsubscribe_token: Some("s3cr"),
                message_id: "<0@example.org>",
                date: &"2024-11-28T09:00:00+01:00[Europe/Berlin]".parse().expect("valid"),
            };
            let mut mail = Vec::new();
            compiled.merge(&recipient, &mut mail).expect("merges");
            let mail = String::from_utf8(mail).expect("ASCII");
            let (head, body) = mail.split_once("\r\n\r\n").expect("a head and a body");
            (head.to_owned(), body.to_owned())
        };
        let ((real_head, real_body), (head, body)) = (merged(&mail.compiled), merged(&test));
        assert!(real_body.contains("s3cr") && real_body.replace("s3cr", "test") == body, "the bodies differ");
        assert!(head.contains(&format!("\r\nX-Rundbrief-Test: {}\r\n", Code::of(&test.digest()))), "{head}");
        assert!(real_head.contains("s3cr") && !head.contains("s3cr"), "{head}");
    }
}
