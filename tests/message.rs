//! Whole mails, byte for byte, against the files in `tests/cases/message`.

use std::fs;
use std::path::Path;

use base64::Engine;
use jiff::Zoned;
use rundbrief::config::{Sender, Unsubscribe};
use rundbrief::post::picture::{Format, Prepared};
use rundbrief::render::email::message::{
    Compiled, Embedded, Mark, Parts, Recipient, compile, compile_marked, values_for,
};
use rundbrief::render::email::slot::{Slot, Slots};
use rundbrief::words::Catalogue;
use sha2::{Digest, Sha256};

/// What differs from case to case; the rest is `Case::default`.
struct Case {
    subject: &'static str,
    text: String,
    html: String,
    picture: Option<Prepared>,
    sender: Sender,
    address: &'static str,
    display_name: Option<&'static str>,
    unsubscribe_url: Option<&'static str>,
    /// Field, default, the member's cell. In texts `{0}` stands for the first.
    slots: Vec<(&'static str, Option<&'static str>, &'static str)>,
    /// Marked as a test.
    test: bool,
}

impl Default for Case {
    fn default() -> Case {
        Case {
            subject: "Save the date",
            text: "Good morning,\n\nwe meet in May.".to_owned(),
            html: page("<p>Good morning,</p><p>we meet in May.</p>"),
            picture: None,
            sender: sender(),
            address: "kim@example.net",
            display_name: None,
            unsubscribe_url: None,
            slots: Vec::new(),
            test: false,
        }
    }
}

/// An id that depends on the picture's bytes alone.
fn id_of(picture: &Prepared) -> String {
    let digest = Sha256::digest(&picture.bytes);
    let hexadecimal: String = digest[..12].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{hexadecimal}@picture.invalid")
}

fn page(body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"de\" dir=\"ltr\"><head><title>Rundbrief</title>\
         <style>p > a {{ color: #1c5d8c }}</style></head>\n<body>{body}</body></html>\n"
    )
}

fn sender() -> Sender {
    Sender {
        from: "Verband Beispiel <newsletter@example.org>".parse().expect("valid"),
        reply_to: Some("kontakt@example.org".parse().expect("valid")),
        list_id: Some("mitglieder.example.org".to_owned()),
        unsubscribe: Unsubscribe { mailto: Some("abmelden@example.org".parse().expect("valid")), url: None },
        bounce_address: None,
    }
}

fn mail(case: &Case) -> Vec<u8> {
    let mut slots = Slots::new("0123456789abcdef");
    for (field, default, _) in &case.slots {
        slots.add(Slot { field: (*field).to_owned(), default: default.map(str::to_owned) });
    }
    let filled = |text: &str| {
        (0..case.slots.len()).fold(text.to_owned(), |text, n| text.replace(&format!("{{{n}}}"), &slots.token(n)))
    };
    let id = case.picture.as_ref().map(id_of).unwrap_or_default();
    let pictures: Vec<Embedded<'_>> =
        case.picture.iter().map(|picture| Embedded { id: id.as_str(), picture }).collect();
    let (subject, text, html) = (filled(case.subject), filled(&case.text), filled(&case.html).replace("{cid}", &id));
    let parts = Parts {
        subject: &subject,
        text: &text,
        html: &html,
        slots: &slots,
        pictures: &pictures,
        campaign: "rückblick-2024",
        list: "members",
    };
    let mark = Mark::new("K7QF-3M2X".parse().expect("a code"), &Catalogue::built_in().for_lang("de"));
    let real = compile(&parts, &case.sender).expect("the case compiles");
    let marked = compile_marked(&parts, &case.sender, &mark).expect("the case compiles as a test");
    assert_eq!(marked.digest(), real.digest());
    assert_eq!(marked.slots(), real.slots());
    reads_back(&real, &parts, case);
    let compiled = if case.test { marked } else { real };
    let message_id = mark.message_id("0123456789abcdef", "example.org");
    let cell = |field: &str| case.slots.iter().find(|slot| slot.0 == field).map(|slot| slot.2.to_owned());
    let values = values_for(compiled.slots(), cell).expect("every slot has a value");
    let date: Zoned = "2024-11-28T09:00:00+01:00[Europe/Berlin]".parse().expect("valid");
    let recipient = Recipient {
        address: case.address,
        display_name: case.display_name,
        values: &values,
        unsubscribe_url: case.unsubscribe_url,
        unsubscribe_token: Some("t0k3n"),
        message_id: if case.test { &message_id } else { "<0123456789abcdef@example.org>" },
        date: &date,
    };
    let mut out = Vec::new();
    compiled.merge(&recipient, &mut out).expect("the case merges");
    out
}

/// What a sending record keeps of a mail can be read again as it was written, with a name in each place of a member.
fn reads_back(compiled: &Compiled, parts: &Parts<'_>, case: &Case) {
    let kept = Compiled::from_bytes(&compiled.to_bytes()).expect("it was written by this version");
    let read = kept.readable(&|field| format!("‹{field}›")).expect("it is whole");
    let named = |text: &str| {
        let named = |text: String, n: usize| text.replace(&parts.slots.token(n), &format!("‹{}›", case.slots[n].0));
        (0..case.slots.len()).fold(text.to_owned(), named)
    };
    assert_eq!(read.subject, named(parts.subject.trim()));
    assert_eq!(read.text, named(parts.text.trim()));
    let from = &case.sender.from;
    assert_eq!(read.from, format!("{} <{}>", from.name.as_deref().unwrap_or_default(), from.email));
    assert_eq!(read.reply_to, "kontakt@example.org");
    let Some(picture) = &case.picture else {
        if case.slots.is_empty() {
            assert_eq!(read.html.trim(), parts.html.trim());
        }
        assert!(!read.html.contains(&parts.slots.token(0)[..20]), "{}", read.html);
        return;
    };
    let start = read.html.find("data:image/jpeg;base64,").expect("the picture is in it") + 23;
    let content = &read.html[start..start + read.html[start..].find('"').expect("an attribute")];
    assert_eq!(base64::engine::general_purpose::STANDARD.decode(content).expect("base64"), picture.bytes);
}

fn check(name: &str, case: &Case) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/message").join(format!("{name}.eml"));
    let made = mail(case);
    if std::env::var_os("UPDATE_CASES").is_some() {
        fs::write(&file, &made).expect("the case's file can be written");
    }
    let expected = fs::read(&file).expect("the case's file is there; UPDATE_CASES=1 writes it");
    assert_eq!(String::from_utf8_lossy(&made), String::from_utf8_lossy(&expected), "{}", file.display());
}

#[test]
fn a_plain_mail() {
    check("plain", &Case::default());
}

#[test]
fn umlauts_in_subject_names_and_text() {
    let mut sender = sender();
    sender.from = "Rückenwind – Verband für Brüder & Schwestern e.V. <newsletter@example.org>".parse().expect("valid");
    check(
        "umlauts",
        &Case {
            subject: "Rückblick: „Fachkräfte für morgen“ – Kolleg*innen berichten 🎉",
            text: "Schöne Grüße aus Köln,\nz.\u{a0}B. von Jörg".to_owned(),
            html: page("<p>Schöne Grüße aus Köln, z.\u{a0}B. von J\u{f6}rg &amp; Ren\u{e9}e</p>"),
            display_name: Some("Jörg Müller-Lüdenscheidt"),
            sender,
            ..Case::default()
        },
    );
}

#[test]
fn an_address_in_utf8_stands_as_it_is() {
    check("smtputf8", &Case { address: "jörg@example.net", display_name: Some("Jörg"), ..Case::default() });
}

#[test]
fn a_long_subject_is_folded() {
    check(
        "long-subject",
        &Case {
            subject: "Everything that the members of our association talked about at the annual meeting in May, \
                      and what each of the working groups will do about it until the autumn",
            display_name: Some("Dr. Kim \"Kimmy\" Muster, M.A."),
            ..Case::default()
        },
    );
    check(
        "long-subject-umlauts",
        &Case {
            subject: "Alles, worüber die Mitglieder unseres Verbandes bei der Jahrestagung gesprochen haben, und was \
                      jede Arbeitsgruppe bis zum Herbst daraus macht: Überblick für Eilige",
            ..Case::default()
        },
    );
}

#[test]
fn an_embedded_picture_makes_the_html_related() {
    let picture = Prepared {
        bytes: (0..=255).cycle().take(1_000).collect(),
        format: Format::Jpeg,
        width: 1072,
        height: 600,
        shown_width: 536,
        name: "tagung-größer-3f2a91c07b44.jpg".to_owned(),
    };
    check(
        "picture",
        &Case {
            html: page("<p><img src=\"cid:{cid}\" width=\"536\" alt=\"Zwei Frauen am Rednerpult\"></p>"),
            picture: Some(picture),
            ..Case::default()
        },
    );
}

#[test]
fn a_slot_is_escaped_for_its_place() {
    check(
        "slots",
        &Case {
            subject: "{0}, das war die Tagung",
            text: "Guten Tag {0},\n\n{1}\n\nProfil: {2}\n.{0}\nFrom {0}".to_owned(),
            html: page(
                "<p title=\"Für {0}\">Guten Tag {0},</p><p>{1}</p>\
                 <p><a href=\"{2}\">Profil</a> <a href=\"https://example.org/?name={0}&amp;x=1\">suchen</a></p>",
            ),
            slots: vec![
                ("first_name", Some("liebes Mitglied"), "Zoë <\"&'> O'Neil"),
                ("note", None, ".Punkt = 100 %, From hier"),
                ("profile", None, "https://example.org/m?a=1&b=ü"),
            ],
            ..Case::default()
        },
    );
}

#[test]
fn an_empty_cell_takes_the_default() {
    check(
        "default",
        &Case {
            subject: "{0}: Save the date",
            text: "Hello {0}!".to_owned(),
            html: page("<p>Hello {0}!</p>"),
            slots: vec![("first_name", Some("dear member"), "")],
            ..Case::default()
        },
    );
}

#[test]
fn a_url_to_unsubscribe_with_one_click_is_neither_encoded_nor_folded() {
    let mut sender = sender();
    sender.unsubscribe.url = Some("https://example.org/u/{token}".to_owned());
    check(
        "unsubscribe-url",
        &Case {
            sender,
            text: "To unsubscribe: {0}".to_owned(),
            html: page("<p><a href=\"{0}\">Unsubscribe</a></p>"),
            unsubscribe_url: Some(
                "https://example.org/u/0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz?from=mail",
            ),
            slots: vec![("unsubscribe_url", None, "https://example.org/u/0123456789?from=mail&x=1")],
            ..Case::default()
        },
    );
}

#[test]
fn dots_mailbox_lines_and_boundaries_at_line_starts() {
    check(
        "line-starts",
        &Case {
            text: format!(
                ".\n..\n. x\nFrom Berlin to Rome\n>From here\n--\n-- \n--=_a0123\n{}.\nends with blanks  \n\ttab\t\n",
                "x".repeat(75)
            ),
            html: page("<p>\n.\n..\nFrom Berlin to Rome\n--=_r0123\n</p>"),
            ..Case::default()
        },
    );
}

#[test]
fn a_test_mail_says_so_and_unsubscribes_nobody() {
    let mut sender = sender();
    sender.unsubscribe.url = Some("https://example.org/u/{token}?from=mail&x=1".to_owned());
    let case = Case {
        sender,
        subject: "{1}: Einladung für Mai",
        text: "Abmelden: {0}".to_owned(),
        html: page("<p>Guten Tag {1},</p><p><a href=\"{0}\">Abmelden</a></p>"),
        unsubscribe_url: Some("https://example.org/u/s3cr3t?from=mail&x=1"),
        slots: vec![
            ("unsubscribe_url", None, "https://example.org/u/s3cr3t?from=mail&x=1"),
            ("first_name", None, "Jörg"),
        ],
        test: true,
        ..Case::default()
    };
    let made = String::from_utf8(mail(&case)).expect("ASCII");
    assert!(!made.contains("s3cr3t") && !made.contains("t0k3n"), "{made}");
    check("test", &case);
    check("test-plain", &Case { test: true, ..Case::default() });
}
