//! The pages of a report and the texts of notifications, in both languages, against the files in `tests/cases/report`.

use jiff::Zoned;
use rundbrief::render::email::message::Readable;
use rundbrief::report::notice::{self, Commands, CutShort, Letter, NotSent, Run};
use rundbrief::report::row::Outcome;
use rundbrief::report::{
    Approval, Counts, Csv, Entered, Feed, Format, Happened, Happening, Html, ListPart, Mail, Named, Network, Person,
    Posted, Report, Revision, Row, Skipped, Stage, format_of, markdown,
};
use rundbrief::words::{Catalogue, Words};

fn words(lang: &str) -> Words {
    Catalogue::built_in().for_lang(lang)
}

fn at(time: &str) -> Zoned {
    format!("2026-11-{time}:00+01:00[Europe/Berlin]").parse().expect("a time")
}

fn person(address: &str, name: &str, reason: &str) -> Person {
    Person { address: Some(address.to_owned()), name: name.to_owned(), reason: reason.to_owned(), due: None }
}

fn mail() -> Mail {
    let content = Readable {
        from: "Verband Beispiel <newsletter@example.org>".to_owned(),
        reply_to: "kontakt@example.org".to_owned(),
        subject: "Kurz berichtet".to_owned(),
        text: "‹Anrede›,\n\nder Vorstand hat getagt.\n\n```\nnur Text\n```".to_owned(),
        html: "<!doctype html><html lang=\"de\"><head><style>p { color: navy }</style></head><body><p>‹Anrede›,</p>\
               <p>der Vorstand hat getagt.</p></body></html>"
            .to_owned(),
    };
    Mail { lists: vec!["members".to_owned()], content: Some(content) }
}

/// A send to two lists that went through, but for one address.
fn done() -> Report {
    let list = |name: &str, basis: Option<&str>, counts| ListPart {
        name: name.to_owned(),
        basis: basis.map(str::to_owned),
        counts,
    };
    let revision = Revision {
        number: 1,
        code: "K7QF-3M2X".to_owned(),
        approval: Some(Approval {
            by: "Dr. Ada Vorsitz".to_owned(),
            note: "Bitte noch heute.".to_owned(),
            at: at("23T08:40"),
        }),
        correction: false,
        stage: Stage::Done,
        began: Some(at("23T09:00")),
        ended: Some(at("23T09:41")),
        servers: vec!["smtp.example.org".to_owned()],
        lists: vec![
            list("members", Some("membership"), Counts { accepted: 12_344, refused: 1, ..Counts::default() }),
            list("presse", None, Counts { accepted: 18, ..Counts::default() }),
        ],
        refused: Named {
            people: vec![person("ben_|@example.org", "Ben *Beispiel*", "550 5.1.1 <ben>: no\r\nsuch user")],
            all: 1,
        },
        uncertain: Named::default(),
        again: Named::default(),
        skipped: Some(vec![Skipped {
            at: at("23T08:59"),
            reasons: vec![
                ("duplicate".to_owned(), 2),
                ("left_out:Newsletter".to_owned(), 31),
                ("rejected".to_owned(), 1),
                ("suppressed".to_owned(), 4),
            ],
        }]),
        networks: vec![
            Network { name: "linkedin".to_owned(), posted: Posted::ByHand },
            Network { name: "mastodon".to_owned(), posted: Posted::At("https://social.example/@verband/1".to_owned()) },
        ],
        feed: Some(Feed {
            url: Some("https://www.example.org/feed.xml".to_owned()),
            entered: Entered::At(at("23T09:00")),
        }),
        mails: vec![mail()],
    };
    Report {
        organisation: "Verband Beispiel e.V.".to_owned(),
        title: "Kurz <berichtet>".to_owned(),
        slug: "kurz".to_owned(),
        trial: false,
        made: at("24T10:00"),
        revisions: vec![revision],
        history: Vec::new(),
    }
}

/// The same with what changes.
fn like_done(change: impl FnOnce(&mut Revision)) -> Report {
    let mut report = done();
    change(&mut report.revisions[0]);
    report
}

fn nothing_refused() -> Report {
    like_done(|one| {
        one.lists.truncate(1);
        one.lists[0].counts = Counts { accepted: 2, ..Counts::default() };
        one.refused = Named::default();
        one.skipped = Some(vec![Skipped { at: at("23T08:59"), reasons: Vec::new() }]);
        one.approval = None;
    })
}

/// Half of it is on its way; some were put off, one is in doubt.
fn running() -> Report {
    like_done(|one| {
        one.stage = Stage::Sending;
        one.ended = None;
        let counts = Counts { accepted: 5, counted: 1, again: 1, uncertain: 1, open: 7, ..Counts::default() };
        one.lists = vec![ListPart { name: "members".to_owned(), basis: Some("Satzung § 4".to_owned()), counts }];
        let due = Some(at("24T10:05"));
        one.again =
            Named { people: vec![Person { due, ..person("dora@example.org", "", "452 4.2.2 mailbox full") }], all: 1 };
        one.uncertain = Named { people: vec![person("cora@example.org", "Cora Neu", "the connection ended")], all: 1 };
        one.refused = Named::default();
        one.feed = Some(Feed { url: None, entered: Entered::Open });
    })
}

/// Stopped for a typo; it went on with a new text.
fn stopped() -> Report {
    let mut report = like_done(|one| {
        one.stage = Stage::Stopped;
        one.ended = None;
        one.lists.truncate(1);
        one.lists[0].counts = Counts { accepted: 40, open: 60, ..Counts::default() };
        one.refused = Named::default();
    });
    let mut second = report.revisions[0].clone();
    second.number = 2;
    second.code = "PQ2N-81ZB".to_owned();
    second.approval = None;
    second.stage = Stage::Done;
    (second.began, second.ended) = (Some(at("23T11:00")), Some(at("23T11:02")));
    second.servers = vec!["smtp.example.org".to_owned(), "relay.example.org".to_owned()];
    second.lists[0].counts = Counts { accepted: 59, taken_out: 1, ..Counts::default() };
    let mut gone = person("", "", "hat sich seit der Freigabe abgemeldet oder wurde gesperrt");
    gone.address = None;
    second.refused = Named { people: vec![gone], all: 1 };
    second.skipped = None;
    report.revisions.push(second);
    let happening = |time, what, detail: &str| Happening { at: at(time), what, detail: detail.to_owned() };
    report.history = vec![
        happening("23T08:00", Happened::NotSent, "error: approval is missing\n  = help: ask"),
        happening("23T09:05", Happened::Stopped, "anna"),
        happening("23T10:58", Happened::WentOn, "new text"),
    ];
    report
}

/// Stopped, and nobody has let it go on.
fn halted() -> Report {
    let mut report = stopped();
    report.revisions.truncate(1);
    report.history.truncate(2);
    report
}

fn trial() -> Report {
    let mut report = like_done(|one| {
        one.networks.iter_mut().for_each(|network| network.posted = Posted::ByHand);
        one.servers.clear();
        one.approval = None;
        one.refused = Named::default();
        one.lists.truncate(1);
        one.lists[0].counts = Counts { accepted: 2, ..Counts::default() };
    });
    report.trial = true;
    report
}

fn cases() -> [(&'static str, Report); 6] {
    [
        ("done", done()),
        ("nothing-refused", nothing_refused()),
        ("running", running()),
        ("stopped", halted()),
        ("stopped-and-went-on", stopped()),
        ("trial", trial()),
    ]
}

/// Compares with `tests/cases/report/<name>.snap`.
#[track_caller]
fn golden(name: &str, text: &str) {
    insta::with_settings!({ snapshot_path => "cases/report", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn markdown_says_what_became_of_a_send() {
    for (name, report) in cases() {
        for lang in Catalogue::LANGUAGES {
            golden(&format!("{name}.{lang}.md"), &markdown(&report, &words(lang)));
        }
    }
}

#[test]
fn html_says_the_same() {
    for (name, report) in cases() {
        for lang in Catalogue::LANGUAGES {
            let page = Html.page(&report, &words(lang));
            let (style, rest) = (page.find("<style>").expect("a style"), page.find("</style>").expect("a style"));
            golden(&format!("{name}.{lang}.html"), &format!("{}{}", &page[..style], &page[rest + 8..]));
        }
    }
}

#[test]
fn no_words_are_missing_in_any_page_or_letter() {
    for (name, report) in cases() {
        for lang in Catalogue::LANGUAGES {
            let words = words(lang);
            for text in [markdown(&report, &words), Html.page(&report, &words), letter(&report, &run(), &words).text] {
                assert!(!text.contains("‹report.") && !text.contains("‹notify."), "{name}, {lang}: {text}");
                let left = ["{number}", "{time}", "{name}", "{title}", "{list}", "{server}"];
                assert!(!left.iter().any(|place| text.contains(place)), "{name}, {lang}: {text}");
            }
        }
    }
}

#[test]
fn json_has_stable_names() {
    let document = rundbrief::report::document::document(&running());
    golden("running.json", &serde_json::to_string_pretty(&document).expect("is JSON"));
}

#[test]
fn a_table_has_one_row_a_delivery() {
    let row = |address, outcome, detail| Row {
        revision: 1,
        code: "K7QF-3M2X",
        channel: "email",
        list: "members",
        basis: Some("membership"),
        address,
        name: "=Ünal; \"Uli\"",
        outcome,
        attempts: 1,
        first: Some(at("23T09:00")),
        settled: Some(at("23T09:01")),
        due: (outcome == Outcome::Again).then(|| at("23T09:06")),
        detail,
    };
    for lang in Catalogue::LANGUAGES {
        let words = words(lang);
        let mut table = Csv.page(&done(), &words);
        table += &Csv.row(&row(Some("anna@example.org"), Outcome::Accepted, "250 2.0.0 Ok"), &words);
        table += &Csv.row(&row(None, Outcome::Again, "452 4.2.2 full\r\n; later"), &words);
        let shown = table.replace('\u{feff}', "<BOM>").replace("\r\n", "<CRLF>\n");
        golden(&format!("table.{lang}.csv"), &shown);
        assert!(Csv.is_report(table.as_bytes(), table.as_bytes(), &words));
    }
}

#[test]
fn a_file_is_known_as_a_report_and_nothing_else_is() {
    let words = words("de");
    for ending in ["html", "CSV", "md"] {
        let format = format_of(ending).expect("a format");
        let page = format.page(&done(), &words);
        assert!(format.is_report(page.as_bytes(), page.as_bytes(), &words), "{ending}");
        let post = "---\ntitle: Kurz\nlang: de\n---\nText über <!-- rundbrief report -->\nund mehr.\n".as_bytes();
        assert!(!format.is_report(post, post, &words), "{ending}");
    }
    assert!(format_of("pdf").is_none());
}

#[test]
fn nothing_from_outside_becomes_markup() {
    let mut report = done();
    let evil = "<script>alert(1)</script>\" onload=x ![a](http://x)";
    report.title = evil.to_owned();
    report.organisation = evil.to_owned();
    let one = &mut report.revisions[0];
    one.servers = vec![evil.to_owned()];
    one.refused.people = vec![person(evil, evil, evil)];
    one.networks = vec![Network { name: evil.to_owned(), posted: Posted::At(format!("javascript:{evil}")) }];
    one.lists[0].name = evil.to_owned();
    one.mails[0].content.as_mut().expect("a mail").subject = evil.to_owned();
    let page = Html.page(&report, &words("de"));
    assert!(!page.contains("<script") && !page.contains("href=\"javascript"), "{page}");
    let text = markdown(&report, &words("de")).replace("\\<", "");
    assert!(!text.contains("<script") && !text.contains("![a]") && !text.contains("<javascript"), "{text}");
}

fn commands() -> Commands {
    Commands { program: "rundbrief".to_owned(), slug: "kurz".to_owned(), post: "newsletters/kurz.md".to_owned() }
}

fn run() -> Run {
    Run { accepted: 5, feed: true, next: Some(at("24T10:05")), ..Run::default() }
}

fn letter(report: &Report, run: &Run, words: &Words) -> Letter {
    notice::sent(report, run, &commands(), words)
}

fn shown(letter: &Letter) -> String {
    format!("Subject: {}\n\n{}", letter.subject, letter.text)
}

#[test]
fn a_letter_says_how_a_send_went_and_what_to_do() {
    let failed = Run {
        errors: vec!["error: email: 535 5.7.8 wrong password\n  = help: correct it".to_owned()],
        ..Run::default()
    };
    let nobody = like_done(|one| {
        one.stage = Stage::Waiting;
        (one.began, one.ended) = (None, None);
        one.lists.truncate(1);
        one.lists[0].counts = Counts { open: 2, ..Counts::default() };
        one.refused = Named::default();
        one.servers.clear();
        one.networks.clear();
    });
    let cut = Run { accepted: 40, cut_short: Some(CutShort::Stopped), ..Run::default() };
    let mut first = stopped();
    first.revisions.truncate(1);
    let letters = [
        ("all-went-well", nothing_refused(), Run { accepted: 2, feed: true, ..Run::default() }),
        ("some-refused", done(), Run { accepted: 12_362, ..Run::default() }),
        ("something-to-decide", running(), run()),
        ("stopped-by-a-person", first, cut),
        ("login-refused", nobody, failed),
    ];
    for (name, report, run) in letters {
        for lang in Catalogue::LANGUAGES {
            golden(&format!("letter-{name}.{lang}"), &shown(&letter(&report, &run, &words(lang))));
        }
    }
}

#[test]
fn a_letter_says_that_a_send_did_not_happen() {
    let reason = "error: newsletters/kurz.md:2: the title is missing\n  = help: write one";
    for lang in Catalogue::LANGUAGES {
        let letter = notice::not_sent("Kurz berichtet", reason, NotSent::Never, &commands(), &words(lang));
        golden(&format!("letter-not-sent.{lang}"), &shown(&letter));
        let letter = notice::not_sent(
            "Kurz berichtet",
            "error: the disk is full",
            NotSent::BrokenOff,
            &commands(),
            &words(lang),
        );
        golden(&format!("letter-broken-off.{lang}"), &shown(&letter));
    }
}

#[test]
fn at_most_fifty_are_named_and_no_subject_has_a_line_break() {
    let people = (0..200).map(|number| person(&format!("m{number}@example.org"), "", "550 no")).collect();
    let mut report = like_done(|one| one.refused = Named { people, all: 700 });
    report.title = format!("Kurz\r\nBcc: x@example.org {}", "lang ".repeat(60));
    let letter = letter(&report, &run(), &words("de"));
    assert_eq!(letter.text.matches("550 no").count(), 50);
    assert!(letter.text.contains("und 650 weitere"), "{}", letter.text);
    assert!(!letter.subject.contains(['\r', '\n']) && letter.subject.chars().count() < 150, "{}", letter.subject);
}
