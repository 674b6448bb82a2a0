use jiff::Zoned;

use super::pieces::{self, Merged, Message};
use super::{CompileError, Compiled, Damaged, Embedded, MergeError, Parts, Recipient, compile, values_for};
use crate::config::{Sender, Unsubscribe};
use crate::finding::Finding;
use crate::post::picture::{Format, Prepared};
use crate::render::email::slot::{Slot, Slots};

mod roundtrip;

fn sender() -> Sender {
    Sender {
        from: "Verband <a@example.org>".parse().expect("valid"),
        reply_to: None,
        list_id: Some("members.example.org".to_owned()),
        unsubscribe: Unsubscribe { mailto: Some("off@example.org".parse().expect("valid")), url: None },
        bounce_address: None,
    }
}

/// Two slots, `name` (with a default) and `link`; `{0}` and `{1}` stand for them.
fn slots() -> Slots {
    let mut slots = Slots::new("0123456789abcdef");
    slots.add(Slot { field: "name".to_owned(), default: Some("friend".to_owned()) });
    slots.add(Slot { field: "link".to_owned(), default: None });
    slots
}

fn filled(text: &str) -> String {
    let slots = slots();
    text.replace("{0}", &slots.token(0)).replace("{1}", &slots.token(1))
}

fn compiled_with(
    [subject, text, html]: [&str; 3],
    pictures: &[Embedded<'_>],
    sender: &Sender,
) -> Result<Compiled, CompileError> {
    let slots = slots();
    let (subject, text, html) = (filled(subject), filled(text), filled(html));
    let parts = Parts {
        subject: &subject,
        text: &text,
        html: &html,
        slots: &slots,
        pictures,
        campaign: "post",
        list: "members",
    };
    compile(&parts, sender)
}

fn compiled(subject: &str, text: &str, html: &str) -> Result<Compiled, CompileError> {
    compiled_with([subject, text, html], &[], &sender())
}

fn date() -> Zoned {
    "2024-11-28T09:00:00+01:00[Europe/Berlin]".parse().expect("valid")
}

fn merged(mail: &Compiled, name: &str, link: &str) -> Result<String, MergeError> {
    let (values, date) = ([name.to_owned(), link.to_owned()], date());
    let mut out = b"before".to_vec();
    let result = mail.merge(&recipient(&values, &date), &mut out);
    let text = String::from_utf8(out).expect("addresses in these tests are ASCII");
    assert!(result.is_ok() || text == "before", "an error leaves the buffer as it was");
    if result.is_ok() {
        let mut pieces = Merged::default();
        mail.merge_into(&recipient(&values, &date), &mut pieces).expect("it did so before");
        let message = Message::Merged(&pieces);
        assert_eq!(message.whole(), &text.as_bytes()["before".len()..], "in pieces it is the same");
        let lines =
            |piece: pieces::Piece<'_>| pieces::are_lines(piece.bytes) && (piece.plain || piece.bytes.len() < 4096);
        assert!(message.pieces().all(lines), "a mail server takes each piece as it is, and the long ones need no look");
    }
    result.map(|()| text["before".len()..].to_owned())
}

fn recipient<'a>(values: &'a [String], date: &'a Zoned) -> Recipient<'a> {
    Recipient {
        address: "kim@example.net",
        display_name: None,
        values,
        unsubscribe_url: None,
        unsubscribe_token: None,
        message_id: "<1@example.org>",
        date,
    }
}

fn picture() -> Prepared {
    Prepared {
        bytes: vec![1, 2, 3],
        format: Format::Png,
        width: 1,
        height: 1,
        shown_width: 1,
        name: "logo.png".to_owned(),
    }
}

#[test]
fn a_value_in_a_comment_or_style_is_the_templates_fault() {
    let error = compiled("S", "t", "<!-- {0} -->").expect_err("a comment");
    assert_eq!(
        Finding::from(error).to_string(),
        "error: `name` of a member stands in an HTML comment of the e-mail\n  = help: use a member's value only in text, \
         in a quoted attribute or in a link's address"
    );
}

#[test]
fn a_token_that_a_filter_changed_is_noticed_in_every_part() {
    let upper = slots().token(0).to_uppercase();
    let unknown = slots().token(7);
    for broken in [upper.as_str(), unknown.as_str(), &slots().token(0)[..22]] {
        assert_eq!(compiled("S", broken, "h"), Err(CompileError::BrokenToken { part: "text part" }));
        assert_eq!(compiled("S", "t", broken), Err(CompileError::BrokenToken { part: "HTML part" }));
        assert_eq!(compiled(broken, "t", "h"), Err(CompileError::BrokenToken { part: "subject" }));
    }
}

#[test]
fn headers_of_the_configuration_take_no_line_break() {
    let subject = |subject: &str| compiled(subject, "t", "h").expect_err("a line break");
    assert_eq!(subject("a\r\nBcc: x@example.org"), CompileError::Control { header: "Subject" });
    assert_eq!(subject("{0} a\nb"), CompileError::Control { header: "Subject" });
    assert_eq!(subject("  "), CompileError::NoSubject);
    let mut sender = sender();
    sender.list_id = Some("a>\r\nBcc: <x".to_owned());
    assert_eq!(compiled_with(["S", "t", "h"], &[], &sender), Err(CompileError::Control { header: "List-Id" }));
}

#[test]
fn pictures_shown_and_pictures_held_must_be_the_same() {
    let (picture, sender) = (picture(), sender());
    let with = |html: &str, id: &str| {
        compiled_with(["S", "t", html], &[Embedded { id, picture: &picture }], &sender).map(|_| ())
    };
    assert_eq!(with("<img src=\"cid:a@b\">", "a@b"), Ok(()));
    assert_eq!(with("<p>cid:a@b</p>", "a@b"), Err(CompileError::PictureUnused { name: "logo.png".to_owned() }));
    assert_eq!(
        with("<img src=\"cid:a@b\"><td style=\"background:url(cid:c)\">", "a@b"),
        Err(CompileError::PictureMissing { id: "c".to_owned() })
    );
    assert_eq!(with("<img src=\"cid:a>b\">", "a>b"), Err(CompileError::PictureId { id: "a>b".to_owned() }));
    let other = Prepared { bytes: vec![9], ..picture.clone() };
    let twice = |second: &Prepared| {
        let pictures = [Embedded { id: "a", picture: &picture }, Embedded { id: "a", picture: second }];
        let mail = compiled_with(["S", "t", "<img src='cid:a'><img src='cid:a'>"], &pictures, &sender)?;
        Ok(merged(&mail, "", "").expect("merges").matches("Content-ID: <a>").count())
    };
    assert_eq!(twice(&picture), Ok(1));
    assert_eq!(twice(&other), Err(CompileError::PictureTwice { id: "a".to_owned() }));
}

#[test]
fn a_member_cannot_break_out_of_a_header() {
    let mail = compiled("Hello {0}", "t", "h").expect("compiles");
    assert_eq!(merged(&mail, "Kim\r\nBcc: x@example.org", "-"), Err(MergeError::Control { what: "name".to_owned() }));
    let (values, date) = (["Kim".to_owned(), "-".to_owned()], date());
    let with = |change: fn(&mut Recipient<'_>)| {
        let mut recipient = recipient(&values, &date);
        change(&mut recipient);
        mail.merge(&recipient, &mut Vec::new())
    };
    assert_eq!(with(|_| ()), Ok(()));
    let control = Err(MergeError::Control { what: "the name or address".to_owned() });
    assert_eq!(with(|to| to.display_name = Some("a\nb")), control);
    assert_eq!(with(|to| to.address = "a@example.org\r\nBcc: b@example.org"), control);
    assert_eq!(with(|to| to.address = "a@example.org, b@example.org"), Err(MergeError::Address));
    assert_eq!(with(|to| to.message_id = "<a@b>\r\nX: y"), Err(MergeError::MessageId));
    assert_eq!(with(|to| to.message_id = "a@b"), Err(MergeError::MessageId));
    assert_eq!(with(|to| to.unsubscribe_token = Some("a>b")), Err(MergeError::UnsubscribeToken));
    assert_eq!(with(|to| to.values = &[]), Err(MergeError::Values { expected: 2, given: 0 }));
}

#[test]
fn one_click_needs_an_https_address_for_each_member() {
    let mut sender = sender();
    sender.unsubscribe = Unsubscribe { mailto: None, url: Some("https://example.org/u/{token}".to_owned()) };
    let mail = compiled_with(["S", "t", "h"], &[], &sender).expect("compiles");
    let (values, date) = (["Kim".to_owned(), "-".to_owned()], date());
    for url in
        [None, Some("http://example.org/u/1"), Some("https://example.org/u/ü"), Some("https://example.org/a\r\nb")]
    {
        let to = Recipient { unsubscribe_url: url, ..recipient(&values, &date) };
        assert_eq!(mail.merge(&to, &mut Vec::new()), Err(MergeError::UnsubscribeUrl), "{url:?}");
    }
    let to = Recipient { unsubscribe_url: Some("https://example.org/u/1"), ..recipient(&values, &date) };
    let mut out = Vec::new();
    mail.merge(&to, &mut out).expect("merges");
    let expected =
        "\r\nList-Unsubscribe: <https://example.org/u/1>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
    assert!(String::from_utf8_lossy(&out).contains(expected));
}

#[test]
fn a_whole_link_must_be_a_web_or_mail_address() {
    let mail = compiled("S", "t", "<a href=\"{1}\">x</a>").expect("compiles");
    assert!(merged(&mail, "", "https://example.org/").is_ok());
    for link in ["javascript:alert(1)", "", "example.org", "https://a b", "https://x\r\n"] {
        assert_eq!(merged(&mail, "", link), Err(MergeError::Url { field: "link".to_owned() }), "{link:?}");
    }
}

#[test]
fn a_line_break_in_a_value_stays_in_the_body() {
    let mail = compiled("S", "a{0}b", "<p>{0}</p>").expect("compiles");
    let text = merged(&mail, "1\r\n.\r\n--=_a\r\nFrom x", "-").expect("merges");
    assert!(text.contains("\r\na=\r\n1\r\n=2E\r\n=2D-=3D_a\r\n=46rom x=\r\nb\r\n"), "{text}");
    assert_eq!(merged(&mail, "a\0", "-"), Err(MergeError::Control { what: "name".to_owned() }));
}

#[test]
fn a_value_is_the_cell_else_the_default_else_the_missing_field_is_named() {
    let slots = slots().list;
    let cells = |name: &'static str, link: Option<&'static str>| {
        values_for(&slots, |field| if field == "name" { Some(name.to_owned()) } else { link.map(str::to_owned) })
    };
    assert_eq!(cells("Kim", Some("x")), Ok(vec!["Kim".to_owned(), "x".to_owned()]));
    assert_eq!(cells("", Some("x")), Ok(vec!["friend".to_owned(), "x".to_owned()]));
    assert_eq!(cells("Kim", Some("")), Err("link".to_owned()));
    assert_eq!(cells("Kim", None), Err("link".to_owned()));
}

#[test]
fn the_digest_changes_with_everything_a_reader_gets_and_with_nothing_else() {
    let base = ["S", "t {0}", "<p>{0}</p><a href=\"{1}\">x</a>"];
    let digest = |parts: [&str; 3], sender: &Sender| compiled_with(parts, &[], sender).expect("compiles").digest();
    let own = digest(base, &sender());
    assert_eq!(own, digest(base, &sender()));
    let mut others = vec![
        digest(["T", base[1], base[2]], &sender()),
        digest([base[0], "t  {0}", base[2]], &sender()),
        digest([base[0], "t {1}", base[2]], &sender()),
        digest([base[0], base[1], "<b>{0}</b><a href=\"{1}\">x</a>"], &sender()),
    ];
    let changes: [fn(&mut Sender); 5] = [
        |s| s.from.name = None,
        |s| s.reply_to = Some("b@example.org".parse().expect("valid")),
        |s| s.list_id = None,
        |s| s.unsubscribe.mailto = None,
        |s| s.unsubscribe.url = Some("https://example.org/{token}".to_owned()),
    ];
    for change in changes {
        let mut sender = sender();
        change(&mut sender);
        others.push(digest(base, &sender));
    }
    for picture in [picture(), Prepared { bytes: vec![9], ..picture() }] {
        let html = format!("{}<img src=\"cid:p\">", base[2]);
        let embedded = [Embedded { id: "p", picture: &picture }];
        others.push(compiled_with([base[0], base[1], &html], &embedded, &sender()).expect("compiles").digest());
    }
    others.push(own);
    let count = others.len();
    others.sort_unstable();
    others.dedup();
    assert_eq!(others.len(), count);
}

#[test]
fn a_stored_mail_is_read_back_and_any_damage_is_noticed() {
    let mail =
        compiled("Hello {0}", "t {0}", "<p title=\"{0}\">{0}<a href=\"{1}\">x</a><a href=\"/{1}\">").expect("compiles");
    let bytes = mail.to_bytes();
    assert_eq!(Compiled::from_bytes(&bytes).as_ref(), Ok(&mail));
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        assert!(Compiled::from_bytes(&damaged).is_err(), "byte {at}");
        assert!(Compiled::from_bytes(&bytes[..at]).is_err(), "cut at {at}");
    }
    let mut later = bytes;
    later[3] += 1;
    assert_eq!(Compiled::from_bytes(&later), Err(Damaged::Version));
}
