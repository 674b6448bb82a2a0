//! MJML to HTML, with every trap of mrml 6.0.1 and css-inline in this one place.
//!
//! Comes in: MJML as a template made it. Goes out: one HTML document, or errors with byte offsets into that MJML.
//! Loads nothing: no include, no font, no icon comes from elsewhere.
//!
//! - mrml writes attributes with Rust's `{:?}`: a line end becomes a literal `\n`, a quote `\"`, NBSP, soft hyphen, ZWJ
//!   and combining accents `\u{…}`. `protect.rs` turns these into character references first, which pass through.
//! - A bare `<` and CDATA are fatal; in text they become references, in `mj-style` a stand-in that is put back,
//!   a character that occurs nowhere else in the mail.
//! - White space that begins with a line end is dropped between inline elements; there it becomes a space.
//! - The parser below mrml panics on a broken conditional comment, which is refused here, and on `ä>` in text, where
//!   `>` becomes a reference.
//! - The default fonts link a third party's server; none are passed.

use std::borrow::Cow;
use std::ops::Range;

use mrml::prelude::parser::{Error as ParseError, ParserOptions};
use mrml::prelude::render::RenderOptions;

mod protect;
mod stand_in;

/// What is wrong with a piece of MJML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Bytes of the MJML that was passed in; `None` where mrml names no place.
    pub range: Option<Range<usize>>,
    /// One clause in lower case, without the place.
    pub message: String,
}

/// The HTML, and what mrml left out without an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Html {
    pub html: String,
    pub dropped: Vec<Problem>,
}

/// Makes HTML from MJML.
///
/// # Errors
/// The first thing that mrml cannot read.
pub fn to_html(mjml: &str) -> Result<Html, Problem> {
    let protected = protect::protect(mjml)?;
    let options = ParserOptions::default();
    let parsed = mrml::parse_with_options(&protected.mjml, &options).map_err(|error| problem(&error, &protected))?;
    let dropped = parsed
        .warnings
        .iter()
        .map(|warning| Problem {
            range: Some(protected.original(warning.span.start)..protected.original(warning.span.end)),
            message: "this attribute is not known to MJML and has no effect".to_owned(),
        })
        .collect();
    let options = RenderOptions { disable_comments: false, social_icon_origin: None, fonts: Default::default() };
    let html = parsed
        .element
        .render(&options)
        .map_err(|error| Problem { range: None, message: format!("it cannot be turned into HTML: {error}") })?;
    Ok(Html { html: protected.stand_ins.restore(html), dropped })
}

/// mrml's errors in words of a template's author.
fn problem(error: &ParseError, protected: &protect::Protected) -> Problem {
    let (span, message): (_, Cow<'static, str>) = match error {
        ParseError::UnexpectedElement { position, .. } => {
            (Some(*position), "this element cannot stand here, or is not known to MJML".into())
        }
        ParseError::UnexpectedToken { position, .. } => {
            (Some(*position), "this cannot stand here; is an element left open, or closed twice?".into())
        }
        ParseError::MissingAttribute { name, position, .. } => {
            (Some(*position), format!("the attribute `{name}` is missing").into())
        }
        ParseError::InvalidAttribute { position, .. } => {
            (Some(*position), "this attribute has a value that MJML does not know".into())
        }
        ParseError::InvalidFormat { position, .. } => (Some(*position), "this is not MJML".into()),
        ParseError::IncludeLoaderError { position, .. } => {
            (Some(*position), "mj-include cannot load files; write {% include \"…\" %} instead".into())
        }
        ParseError::EndOfStream { .. } => (None, "it ends too early; an element is left open".into()),
        ParseError::SizeLimit { .. } => (None, "it is too large".into()),
        ParseError::NoRootNode => (None, "there is no <mjml> element".into()),
        ParseError::ParserError { source, .. } => {
            let at = source.pos();
            let start = protected.offset_of(at.row as usize, at.col as usize);
            let range = Some(start..start + 1);
            return Problem { range, message: format!("this is not well-formed ({})", without_place(source)) };
        }
    };
    let range = span.map(|span| protected.original(span.start)..protected.original(span.end));
    Problem { range, message: message.into_owned() }
}

/// The parser's message without its `at 3:14`, which counts in a text that nobody sees.
fn without_place(error: &impl std::fmt::Display) -> String {
    let message = error.to_string();
    message.find(" at ").map_or(message.clone(), |end| message[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::email::escape::escape;
    use proptest::prelude::proptest;

    fn mail(body: &str) -> String {
        format!(
            "<mjml lang=\"de\" dir=\"ltr\"><mj-head><mj-title>T</mj-title><mj-style inline=\"inline\">p {{ margin: 0; \
             }}</mj-style></mj-head><mj-body><mj-section><mj-column>{body}</mj-column></mj-section></mj-body></mjml>"
        )
    }

    fn html(body: &str) -> String {
        to_html(&mail(body)).expect("readable MJML").html
    }

    #[test]
    fn attribute_values_survive_whatever_characters_they_hold() {
        for value in
            ["Zeile\nzwei", "„So“ \\ 'so'", "a\u{a0}b", "Haus\u{ad}tür", "👩\u{200d}🔧", "e\u{301}", "a\tb", "< >"]
        {
            let written = value.replace('<', "&lt;").replace('>', "&gt;");
            let html = html(&format!("<mj-image src=\"cid:a\" alt=\"{written}\" />"));
            let start = html.find(" alt=\"").expect("an alt") + 6;
            let alt = &html[start..start + html[start..].find('"').expect("its end")];
            let read = alt.replace("&nbsp;", "\u{a0}").replace("&lt;", "<").replace("&gt;", ">");
            assert_eq!(read, value);
        }
    }

    #[test]
    fn a_quote_in_an_attribute_stays_one() {
        let html = html("<mj-image src=\"cid:a\" alt='Das \"Haus\"' />");
        assert!(html.contains("alt=\"Das &quot;Haus&quot;\""), "{html}");
    }

    #[test]
    fn the_title_survives_in_head_and_label() {
        let mjml =
            mail("<mj-text>x</mj-text>").replace("<mj-title>T<", "<mj-title>So „\"A\"“\n&amp; 👩\u{200d}🔧 e\u{301}<");
        let html = to_html(&mjml).expect("readable").html;
        assert!(html.contains("<title>So „\"A\"“\n&amp; 👩\u{200d}🔧 e\u{301}</title>"), "{html}");
        assert!(html.contains("aria-label=\"So „&quot;A&quot;“\n&amp; 👩\u{200d}🔧 e\u{301}\""), "{html}");
    }

    #[test]
    fn a_bare_less_than_in_a_style_is_kept() {
        let style = "<mj-style>@media (width < 600px) { p > a { color: red } }</mj-style></mj-head>";
        let html = to_html(&mail("<mj-text>x</mj-text>").replace("</mj-head>", style)).expect("readable").html;
        assert!(html.contains("@media (width < 600px) { p > a { color: red } }"), "{html}");
    }

    #[test]
    fn private_characters_stay_what_they_are_however_they_are_written() {
        let style = "<mj-style>p > a { color: red }</mj-style></mj-head>";
        for written in ["\u{e000}img\u{e001}", "&#xE000;img&#xe001;", "&#57344;img&#057345;", "&#xE000img&#xE001"] {
            let body = format!("<mj-text>{written}</mj-text><mj-image src=\"cid:a\" alt=\"{written}\" />");
            let html = to_html(&mail(&body).replace("</mj-head>", style)).expect("readable").html;
            assert!(html.contains("p > a { color: red }"), "{html}");
            assert_eq!(html.matches("\u{e000}img\u{e001}").count(), 2, "{html}");
            assert!(!html.contains("<img>"), "{html}");
        }
    }

    #[test]
    fn bare_less_than_and_cdata_in_text_are_text() {
        let html = html("<mj-text>3 < 4 <![CDATA[<b>]]></mj-text>");
        assert!(html.contains("3 &lt; 4 &lt;b&gt;"), "{html}");
    }

    #[test]
    fn a_line_end_between_two_links_is_still_a_space() {
        let html =
            html("<mj-text><a href=\"https://a.example/\">a</a>\n   <a href=\"https://b.example/\">b</a></mj-text>");
        assert!(html.contains("</a> <a"), "{html}");
    }

    #[test]
    fn no_font_comes_from_elsewhere() {
        let html = html("<mj-text font-family=\"Roboto\">x</mj-text>");
        assert!(!html.contains("googleapis"), "{html}");
    }

    #[test]
    fn an_open_element_and_an_unknown_one_are_errors_with_their_place() {
        for (body, place, message) in [
            ("<mj-image src=\"a\u{a0}b\" /><mj-txt>x</mj-txt>", "<mj-txt", "did you mean <mj-text>?"),
            ("<mj-text><p>x</mj-text>", "<p", "<p> is not closed before </mj-text>"),
            ("<mj-text>x</p></mj-text>", "<mj-text", "<mj-text> is not closed before </p>"),
        ] {
            let mjml = mail(body);
            let problem = to_html(&mjml).expect_err(body);
            assert_eq!(&mjml[problem.range.expect("a place")], place);
            assert!(problem.message.contains(message), "{}", problem.message);
        }
    }

    /// Private characters are often taken for stand-ins, and so may stand for an element.
    const TEXT: &str = "[ -~\\PC\\p{Co}\u{e000}-\u{e0ff}\u{a0}\u{ad}\u{200d}\u{301}<>&]{0,40}";

    proptest! {
        #[test]
        fn any_attribute_value_is_read_back_as_it_was(value in "[ -~\\PC\n\t\u{a0}\u{ad}\u{200d}\u{301}]{0,40}") {
            let html = html(&format!("<mj-image src=\"cid:a\" alt=\"{}\" />", escape(&value)));
            let start = html.find(" alt=\"").expect("an alt") + 6;
            let alt = &html[start..start + html[start..].find('"').expect("its end")];
            let read = alt.replace("&nbsp;", "\u{a0}").replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">");
            assert_eq!(read.replace("&amp;", "&"), value);
        }

        #[test]
        fn any_text_is_read_back_as_it_was_and_adds_no_element(text in TEXT) {
            let (html, written) = (html(&format!("<mj-text>.{}.</mj-text>", escape(&text))), escape(&text));
            let bare = self::html("<mj-text>..</mj-text>");
            assert_eq!(html.matches('<').count(), bare.matches('<').count(), "{html}");
            let read = html.replace("&nbsp;", "\u{a0}").replace("&quot;", "\"");
            let written = written.replace("&quot;", "\"").replace("&#39;", "'");
            assert!(read.contains(&format!(".{written}.")), "{written} in {html}");
        }

        #[test]
        fn nothing_in_text_makes_it_fail(text in "[ -;=?-~\\PC\n\t>]{0,40}") {
            html(&format!("<mj-text>{}</mj-text>", text.replace('<', " < ")));
        }

        #[test]
        fn nothing_in_a_template_makes_it_panic(text in "([<>/=\"' \n!\\[\\]-]|mj-text|mj-raw|<!--\\[if|\\]>|-->|[a-z]|ä|→){0,30}") {
            let _ = to_html(&mail(&text));
            let _ = to_html(&text);
        }
    }

    #[test]
    fn broken_markup_is_an_error_and_never_a_panic() {
        for broken in
            ["<!--[if mso", "<!--[if mso] x", "<![if", "<!--<![endif", "<", "<a", "<a b", "</", "<?", "<!--", "<a b='"]
        {
            let result = to_html(&mail(&format!("<mj-raw>{broken}</mj-raw>")));
            let bare = to_html(broken);
            assert!(bare.is_err(), "{broken}: {bare:?}");
            drop(result);
        }
    }
}
