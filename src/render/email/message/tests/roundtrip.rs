//! Whatever stands in a member's table arrives as it is, wherever the mail shows it. The decoders here share no code
//! with the encoders.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
use quoted_printable::{ParseMode, decode};

use super::{compiled, date, merged, recipient};

/// Any text without control characters, rich in what is special somewhere.
fn value() -> impl Strategy<Value = String> {
    let special = prop::sample::select(vec![
        ".",
        "..",
        "=",
        "<",
        ">",
        "&",
        "&amp;",
        "\"",
        "'",
        "\\",
        "From ",
        "--",
        "=?",
        "?=",
        "=_",
        " ",
        "  ",
        "%41",
        "#",
        "?",
        "/",
        ":",
        "ü",
        "ß",
        "🎉",
        "\u{a0}",
        "\u{ad}",
        "e\u{301}",
        "👩\u{200d}🔬",
        "\u{2028}",
        "\u{feff}",
        "-->",
        "</p>",
        "javascript:",
        "Zoë",
        "{{ x }}",
        "slot0123456789abcdefn0e",
    ]);
    let piece = prop_oneof![
        4 => special.prop_map(str::to_owned),
        2 => any::<char>().prop_filter("no control character", |c| !c.is_control()).prop_map(String::from),
        2 => "[a-zA-Z0-9]{1,90}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// The author's text around a slot: also with line ends.
fn literal() -> impl Strategy<Value = String> {
    let piece = prop_oneof![value().prop_map(|v| v.replace("slot0", "slot")), "[\n. ü\t]{0,4}"];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat().replace("{0}", ""))
}

/// The content of the part with this media type, decoded.
fn part(mail: &str, media_type: &str) -> String {
    let (_, rest) =
        mail.split_once(&format!("Content-Type: {media_type}; charset=utf-8\r\n")).expect("the part is there");
    let (_, rest) = rest.split_once("\r\n\r\n").expect("its headers end");
    let (content, _) = rest.split_once("\r\n--=_").expect("a boundary ends it");
    let bytes = decode(content, ParseMode::Strict).expect("valid quoted-printable");
    String::from_utf8(bytes).expect("UTF-8").replace("\r\n", "\n")
}

/// The header's value, unfolded and decoded (RFC 2047 section 6.2).
fn header(mail: &str, name: &str) -> String {
    let (_, rest) = mail.split_once(&format!("{name}: ")).expect("the header is there");
    let mut value = String::new();
    for (at, line) in rest.split("\r\n").enumerate() {
        if at > 0 && !line.starts_with(' ') {
            break;
        }
        value.push_str(line);
    }
    let mut decoded = String::new();
    let mut after_encoded = false;
    for (at, word) in value.split(' ').enumerate() {
        let encoded = word.strip_prefix("=?utf-8?b?").and_then(|word| word.strip_suffix("?="));
        if at > 0 && !(after_encoded && encoded.is_some()) {
            decoded.push(' ');
        }
        match encoded {
            Some(base) => {
                let bytes = STANDARD.decode(base).expect("base 64");
                decoded.push_str(&String::from_utf8(bytes).expect("each encoded word holds whole characters"));
            }
            None => decoded.push_str(word),
        }
        after_encoded = encoded.is_some();
    }
    decoded
}

fn unescape(html: &str) -> String {
    html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

fn percent_decode(url: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = url.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            let digits = std::str::from_utf8(&after[..2]).expect("ASCII");
            bytes.push(u8::from_str_radix(digits, 16).expect("two hexadecimal digits"));
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).expect("the start is there");
    rest.split_once(end).expect("the end is there").0
}

/// What must hold of every mail that is handed to SMTP.
fn assert_lines(mail: &str) {
    let mut in_body = false;
    assert!(mail.ends_with("\r\n"));
    for line in mail.split("\r\n") {
        in_body |= line.is_empty();
        assert!(!line.contains(['\r', '\n', '\0']), "a bare line end: {line:?}");
        assert!(line.is_ascii(), "{line:?}");
        assert!(line.len() <= 76 || (!in_body && !line.contains("=?")), "{} characters: {line:?}", line.len());
        assert!(!line.starts_with('.') && !line.starts_with("From ") && !line.ends_with(' '), "{line:?}");
    }
}

proptest! {
    #[test]
    fn a_value_decodes_to_itself_in_text_html_attribute_and_url(value in value(), link in "https://[a-z]{1,9}\\.example/[^\\s\\pC]{0,90}") {
        let html = "<p title=\"{0}\">x</p><b>{0}</b><a href=\"https://example.org/?q={0}\">y</a><a id=\"l\" href='{1}'>z</a>";
        let mail = merged(&compiled("S", "[{0}]", html).expect("compiles"), &value, &link).expect("merges");
        assert_lines(&mail);
        let text = part(&mail, "text/plain");
        prop_assert_eq!(&text, &format!("[{value}]\n"));
        let html = part(&mail, "text/html");
        prop_assert_eq!(unescape(between(&html, "<p title=\"", "\">x</p>")), value.clone());
        prop_assert_eq!(unescape(between(&html, "<b>", "</b>")), value.clone());
        let url = between(&html, "?q=", "\">y</a>");
        prop_assert!(url.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%".contains(&b)));
        prop_assert_eq!(percent_decode(url), value);
        prop_assert_eq!(unescape(between(&html, "<a id=\"l\" href='", "'>z</a>")), link);
    }

    #[test]
    fn text_may_be_cut_anywhere(a in literal(), b in literal(), c in literal(), first in value(), second in value()) {
        let mail = compiled("S", &format!("{a}{{0}}{b}{{1}}{c}"), "h").expect("compiles");
        let mail = merged(&mail, &first, &second).expect("merges");
        assert_lines(&mail);
        let expected = format!("{a}{first}{b}{second}{}\n", c.trim_end_matches('\n'));
        prop_assert_eq!(part(&mail, "text/plain"), expected);
    }

    #[test]
    fn a_value_decodes_to_itself_in_the_subject(before in "[a-zü ]{0,80}", value in value()) {
        let mail = compiled(&format!("{before}{{0}}!"), "t", "h").expect("compiles");
        let mail = merged(&mail, &value, "-").expect("merges");
        assert_lines(&mail);
        let sent = format!("{}{value}!", before.trim_start());
        prop_assert_eq!(header(&mail, "Subject"), sent.trim());
    }

    #[test]
    fn a_name_decodes_to_itself_in_to(name in value()) {
        let (mail, values, date) = (compiled("S", "t", "h").expect("compiles"), ["".into(), "".into()], date());
        let mut out = Vec::new();
        mail.merge(&super::Recipient { display_name: Some(&name), ..recipient(&values, &date) }, &mut out).expect("merges");
        let mail = String::from_utf8(out).expect("ASCII");
        assert_lines(&mail);
        let to = header(&mail, "To");
        let shown = match name.trim() {
            "" => None,
            _ => Some(to.strip_suffix(" <kim@example.net>").expect("the address follows the name")),
        };
        let shown = shown.map(|shown| match shown.strip_prefix('"').and_then(|s| s.strip_suffix('"')) {
            Some(quoted) if mail.contains("To: \"") => quoted.replace("\\\"", "\"").replace("\\\\", "\\"),
            _ => shown.to_owned(),
        });
        prop_assert_eq!(shown.as_deref().unwrap_or(""), name.trim());
    }
}
