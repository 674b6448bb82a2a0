//! Posts, a configuration and pictures made by hand, for the cases of `tests/mail.rs`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use image::{ImageFormat, Rgb, RgbImage};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use rundbrief::config::{
    ApprovalSettings, Config, EmailSettings, Images, Kept, LedgerSettings, List, Outbox, Partner, Places,
    RetrySettings, Sender, Site, Theme, Transport, Unsubscribe,
};
use rundbrief::post::picture::{Format, Prepared};
use rundbrief::post::{
    Align, Block, BlockKind, ComingDate, DigestSection, Event, Header, Inline, OwnTeaser, Picture, Post, Slug,
};
use rundbrief::render::{Pictures, Section, Shown};
use rundbrief::secret::SecretRef;

/// One case: everything that a mail is made from but words and templates.
pub struct Case {
    pub name: &'static str,
    pub config: Config,
    pub post: Post,
    pub sections: Vec<Section>,
    pub pictures: Pictures,
}

pub fn all() -> Vec<Case> {
    vec![minimal(), full(), digest(), english(), traps()]
}

/// A title, a sentence, no logo, nobody to unsubscribe at.
pub fn minimal() -> Case {
    let mut config = config();
    config.site.imprint = None;
    config.site.privacy_url = None;
    config.sender.unsubscribe = Unsubscribe::default();
    let body = vec![paragraph(vec![text("Die Sitzung beginnt schon um 17 Uhr.")])];
    case("minimal", config, post("sitzung", "Sitzung beginnt früher", body))
}

/// Every kind of block, every key of the header.
pub fn full() -> Case {
    let mut config = config();
    config.site.logo = Some("logo.png".into());
    config.site.logo_dark = Some("logo-dunkel.png".into());
    config.sender.unsubscribe.url = Some("https://www.netzwerk-holz.example/u/{token}".into());
    let mut post = post("werkstatt", "Werkstatt statt Hörsaal: was beim Holzbautag gelang", full_body());
    post.header.categories = vec!["Aktivitäten".into()];
    post.header.event = Some(Event {
        name: Some("Holzbautag 2026".into()),
        place: Some("Rosenheim".into()),
        date: Some(date(2026, 10, 8)),
    });
    post.header.author = Some("Lena Ostermann".into());
    post.header.link = Some("https://www.netzwerk-holz.example/aktuelles/holzbautag?von=mail&jahr=2026".into());
    post.header.image = Some(picture("tagung.jpg", "Vierzig Menschen stehen um eine Hobelbank", Some("M. Feld")));
    post.header.dates = vec![
        coming("Stammtisch Holzbau", date(2026, 12, 1), Some("Gasthof Zur Linde, Traunstein"), true),
        coming("Förderantrag leicht gemacht: ein Abend für kleine Betriebe", date(2027, 1, 14), None, false),
    ];
    post.header.partners = vec!["land".into(), "stiftung".into()];
    case("full", config, post)
}

/// Five posts in two sections, one without a picture, one without a link.
pub fn digest() -> Case {
    let mut config = config();
    config.site.logo = Some("logo.png".into());
    let intro = "Im Herbst waren wir viel unterwegs. Hier ist, was davon bleibt, und was im Winter kommt.";
    let mut digest = post("herbst", "Der Herbst im Netzwerk Holz", vec![paragraph(vec![text(intro)])]);
    digest.header.dates = vec![coming("Jahresversammlung", date(2026, 12, 11), Some("Rosenheim"), true)];
    let entry = |slug: &str, title: &str, lead: &str, image: bool, link: bool| {
        let mut post = post(slug, title, vec![paragraph(vec![text(lead)])]);
        post.header.link = link.then(|| format!("https://www.netzwerk-holz.example/aktuelles/{slug}"));
        post.header.image = image.then(|| picture("tagung.jpg", "Blick in die Halle", Some("M. Feld")));
        post
    };
    let review = vec![
        entry(
            "werkstatt",
            "Werkstatt statt Hörsaal",
            "Vierzig Betriebe kamen zum Holzbautag und gingen mit Bauplänen nach Hause.",
            true,
            true,
        ),
        entry(
            "sägewerk",
            "Ein Sägewerk rechnet anders",
            "Familie Huber zeigt, wie Abwärme drei Häuser heizt.",
            false,
            true,
        ),
    ];
    let outlook = vec![entry(
        "kurse",
        "Kurse im Winter",
        "Drei Abende, drei Themen: Lehm, Hanf und die neue Bauordnung.",
        false,
        false,
    )];
    let slug = |posts: &[Post]| posts.iter().map(|post| post.slug.clone()).collect();
    digest.header.posts = vec![
        DigestSection { heading: Some("Rückblick".into()), posts: slug(&review) },
        DigestSection { heading: Some("Ausblick".into()), posts: slug(&outlook) },
    ];
    let sections = vec![
        Section { heading: Some("Rückblick".into()), posts: review },
        Section { heading: Some("Ausblick".into()), posts: outlook },
    ];
    Case { sections, ..case("digest", config, digest) }
}

/// In English, with linked pictures, and a logo that has no dark variant.
pub fn english() -> Case {
    let mut config = config();
    config.site.name = "Timber Network".into();
    config.site.logo = Some("logo.png".into());
    config.email.images = Images::Link { url: "https://www.timber-network.example/images".into() };
    let body = vec![
        paragraph(vec![text("Forty workshops met in Rosenheim and left with drawings in hand.")]),
        heading(2, "What stays"),
        paragraph(vec![
            text("Read the "),
            link("https://www.timber-network.example/drawings", vec![text("drawings")]),
            text(" and tell us."),
        ]),
        block(BlockKind::Picture(picture("halle.jpg", "The hall from above", Some("M. Feld")))),
    ];
    let mut post = post("workshop", "A workshop instead of a lecture hall", body);
    post.header.lang = "en-GB".into();
    post.header.date = Some(date(2026, 10, 9));
    post.header.link = Some("https://www.timber-network.example/news/workshop".into());
    post.header.image = Some(picture("tagung.jpg", "Forty people around a bench", None));
    post.header.dates = vec![coming("Winter meeting", date(2026, 12, 1), Some("Munich"), false)];
    case("english", config, post)
}

/// Characters that mrml, css-inline or a careless template would break.
pub fn traps() -> Case {
    let mut config = config();
    config.site.name = "Holz & \"Co.\" e.\u{a0}V.".into();
    config.site.logo = Some("logo.png".into());
    let body = vec![
        paragraph(vec![text("a < b && c > d, {{ member.city }}, {% if %}, <script>alert('x')</script> \u{1}")]),
        paragraph(vec![Inline::Strong(vec![text("eins")]), Inline::SoftBreak, Inline::Emphasis(vec![text("zwei")])]),
        block(BlockKind::Picture(picture(
            "halle.jpg",
            "„So“ \"sagt\" 'man'\nneue\u{a0}Zeile \\ Haus\u{ad}tür e\u{301} 👩\u{200d}🔧",
            None,
        ))),
        block(BlockKind::Code { text: "if a < b {\n\n    \"{{ x }}\"\n}\n".into() }),
    ];
    let mut post = post(
        "fallen",
        "„Rückkehrer*innen“ & \"Kolleg:innen\" < 3 👩\u{200d}🔧 z.\u{a0}B. Haus\u{ad}tür e\u{301}",
        body,
    );
    post.header.link = Some("https://a.example/?a=1&b=%22".into());
    post.header.image = Some(picture("tagung.jpg", "<b>\"fett\"</b> & 'schräg'", Some("\"M.\" <Feld>")));
    post.header.preheader = Some("Vorschau mit \"Anführung\" & < >".into());
    case("traps", config, post)
}

fn full_body() -> Vec<Block> {
    let cells = |cells: &[&str]| cells.iter().map(|cell| vec![text(cell)]).collect::<Vec<_>>();
    vec![
        paragraph(vec![text(
            "Vierzig Betriebe aus dem Chiemgau kamen zum Holzbautag, und kaum jemand saß: Geredet wurde an der Hobelbank, \
             mit Plänen in der Hand und Spänen am Ärmel.",
        )]),
        paragraph(vec![
            text("Eingeladen hatte das "),
            Inline::Strong(vec![text("Netzwerk Holz")]),
            text(" zusammen mit der "),
            link("https://www.schule.example/", vec![text("Fachschule")]),
            text(". Die Idee: "),
            Inline::Emphasis(vec![text("erst bauen, dann reden")]),
            text(". Wer wollte, nahm am Abend eine Ecke des Musterhauses mit nach Hause."),
        ]),
        heading(2, "Drei Stationen, ein Haus"),
        list(
            None,
            true,
            &["Lehmputz auf Holzfaser, in zwei Lagen", "Anschlüsse ohne Folie", "Heizen mit Abwärme aus dem Sägewerk"],
        ),
        block(BlockKind::Quote(vec![
            paragraph(vec![text("„Ich habe in zwei Stunden mehr gelernt als in zwei Tagen Seminar.“")]),
            paragraph(vec![text("– Josefine Huber, Zimmerin")]),
        ])),
        heading(3, "Was es kostet"),
        paragraph(vec![text("Die Rechnung lag offen auf dem Tisch:")]),
        block(BlockKind::Table {
            align: vec![Align::None, Align::Right, Align::Right],
            head: cells(&["Bauteil", "Preis", "Tage"]),
            rows: vec![cells(&["Wand, 12 m²", "4.300 €", "3"]), cells(&["Dach mit Dämmung", "11.800 €", "6"])],
        }),
        block(BlockKind::Picture(picture(
            "halle.jpg",
            "Die Halle von oben, in der Mitte das Musterhaus",
            Some("Lena Ostermann"),
        ))),
        heading(2, "So geht es weiter"),
        list(Some(1), false, &["Baupläne herunterladen", "Fragen bis zum 20. November schicken"]),
        paragraph(vec![
            text("Das Werkzeug dazu ist frei; ein Aufruf genügt: "),
            Inline::Code("holz plan --wand 12".into()),
            text("."),
        ]),
        block(BlockKind::Code { text: "holz plan --wand 12 --dach 30\nholz angebot > angebot.pdf\n".into() }),
        block(BlockKind::Table {
            align: vec![],
            head: cells(&["Kurs", "Ort", "Tag", "Plätze"]),
            rows: vec![
                cells(&["Lehm", "Traunstein", "14. Januar", "12"]),
                cells(&["Hanf", "Prien", "21. Januar", "8"]),
            ],
        }),
        block(BlockKind::Rule),
        paragraph(vec![text("Danke an alle, die mitgebaut haben."), Inline::HardBreak, text("Bis zum nächsten Mal!")]),
    ]
}

fn case(name: &'static str, config: Config, post: Post) -> Case {
    let mut pictures = Pictures::default();
    let mut add = |file: &str, shown: Shown, width: u32, height: u32| {
        pictures.insert(file.into(), shown, prepared(file, shown, width, height));
    };
    add("newsletters/tagung.jpg", Shown::Hero, 1200, 720);
    add("newsletters/tagung.jpg", Shown::Body, 1072, 600);
    add("newsletters/halle.jpg", Shown::Body, 1072, 640);
    add("logo.png", Shown::Logo, 280, 72);
    add("logo-dunkel.png", Shown::Logo, 280, 72);
    add("land.png", Shown::Partner, 240, 120);
    Case { name, config, post, sections: vec![], pictures }
}

/// A picture as it would be prepared; its bytes come from [`drawn`] where somebody looks.
fn prepared(file: &str, shown: Shown, width: u32, height: u32) -> Prepared {
    let stem = Path::new(file).file_stem().and_then(|stem| stem.to_str()).expect("a name");
    let format = if file.ends_with(".png") { Format::Png } else { Format::Jpeg };
    let (shown_width, name) = ((width / 2).min(shown.width()), format!("{stem}-{width}.{}", format.extension()));
    Prepared { bytes: file.as_bytes().to_vec(), format, width, height, shown_width, name }
}

/// The bytes of a picture that can be looked at.
pub fn drawn(prepared: &Prepared) -> Vec<u8> {
    let encoder = if prepared.format == Format::Png { ImageFormat::Png } else { ImageFormat::Jpeg };
    let stem = prepared.name.rsplit_once('-').map_or("", |(stem, _)| stem);
    let mut bytes = std::io::Cursor::new(Vec::new());
    drawing(stem, prepared.width, prepared.height).write_to(&mut bytes, encoder).expect("encodes");
    bytes.into_inner()
}

/// Something to look at: a landscape, or bars for a logo.
fn drawing(stem: &str, width: u32, height: u32) -> RgbImage {
    let (w, h) = (f64::from(width), f64::from(height));
    RgbImage::from_fn(width, height, |x, y| {
        let (u, v) = (f64::from(x) / w, f64::from(y) / h);
        let hill = |base: f64, wave: f64| v > base + 0.08 * (u * wave).sin();
        match stem {
            "logo" | "land" if ((u * 8.0) as u32).is_multiple_of(2) && v > 0.2 && v < 0.8 => Rgb([0x1c, 0x5d, 0x8c]),
            "logo" | "land" => Rgb([255, 255, 255]),
            "logo-dunkel" if ((u * 8.0) as u32).is_multiple_of(2) && v > 0.2 && v < 0.8 => Rgb([0x7c, 0xc0, 0xf0]),
            "logo-dunkel" => Rgb([0x1c, 0x23, 0x2a]),
            _ if hill(0.75, 9.0) => Rgb([0x3a, 0x5a, 0x40]),
            _ if hill(0.6, 6.0) => Rgb([0x58, 0x81, 0x57]),
            _ if hill(0.48, 4.0) => Rgb([0xa3, 0xb1, 0x8a]),
            _ => Rgb([(200.0 + 40.0 * v) as u8, (215.0 + 20.0 * v) as u8, 235]),
        }
    })
}

fn config() -> Config {
    let lines = "Netzwerk Holz e.V.\nAm Werkhof 3, 83022 Rosenheim\nVertreten durch Lena Ostermann\nhallo@netzwerk-holz.example";
    let partner = |logo: &str, text: &str, link: Option<&str>| Partner {
        logo: logo.into(),
        text: text.into(),
        link: link.map(str::to_owned),
    };
    Config {
        folder: PathBuf::new(),
        site: Site {
            name: "Netzwerk Holz e.V.".into(),
            url: "https://www.netzwerk-holz.example".into(),
            lang: "de".into(),
            timezone: "Europe/Berlin".into(),
            zone: TimeZone::UTC,
            imprint: Some(lines.into()),
            privacy_url: Some("https://www.netzwerk-holz.example/datenschutz".into()),
            logo: None,
            logo_dark: None,
            theme: Theme::default(),
            templates: None,
            key: SecretRef::File("rundbrief.key".into()),
            partners: BTreeMap::from([
                (
                    "land".into(),
                    partner(
                        "land.png",
                        "Gefördert durch das Land aus Mitteln für den ländlichen Raum",
                        Some("https://land.example/"),
                    ),
                ),
                ("stiftung".into(), partner("fehlt.png", "Mit Unterstützung der Stiftung Werkhof", None)),
            ]),
        },
        sender: Sender {
            from: "Netzwerk Holz <post@netzwerk-holz.example>".parse().expect("an address"),
            reply_to: None,
            list_id: None,
            unsubscribe: Unsubscribe {
                mailto: Some("abmelden@netzwerk-holz.example".parse().expect("an address")),
                url: None,
            },
            bounce_address: None,
        },
        outbox: Outbox { path: "out/outbox".into() },
        email: EmailSettings { transport: Transport::Outbox, images: Images::Embed, retry: RetrySettings::default() },
        feed: None,
        channels: BTreeMap::new(),
        lists: BTreeMap::from([("members".into(), readers(Some("membership"), false))]),
        ledger: LedgerSettings { kept: Kept::File("rundbrief.db".into()), id: None },
        approval: ApprovalSettings { required: false, recipients_may_change: 20 },
        notify: Vec::new(),
        metrics: None,
        dkim_selector: None,
        check: Default::default(),
        import_private: false,
        places: Places::default(),
    }
}

/// A list whose people may be written to on that basis, and are on first-name terms or not.
pub fn readers(basis: Option<&str>, informal: bool) -> List {
    List {
        file: "members.csv".into(),
        sheet: None,
        language: None,
        basis: basis.map(str::to_owned),
        columns: BTreeMap::new(),
        filter: BTreeMap::new(),
        informal,
        salutation: None,
    }
}

fn post(slug: &str, title: &str, body: Vec<Block>) -> Post {
    Post {
        slug: Slug::parse(slug).expect("a slug"),
        file: Path::new("newsletters").join(format!("{slug}.md")),
        header: Header {
            title: title.into(),
            lang: "de".into(),
            date: Some(date(2026, 11, 12)),
            event: None,
            author: None,
            categories: vec![],
            tags: vec![],
            link: None,
            image: None,
            dates: vec![],
            partners: vec![],
            subject: None,
            preheader: None,
            teaser: OwnTeaser::None,
            lists: vec![],
            channels: None,
            send_at: None,
            not_after: None,
            posts: vec![],
            draft: false,
            lines: BTreeMap::new(),
        },
        body,
        findings: vec![],
        written: Default::default(),
    }
}

pub fn picture(src: &str, alt: &str, credit: Option<&str>) -> Picture {
    Picture { src: src.into(), alt: alt.into(), credit: credit.map(str::to_owned), link: None, line: 9, column: 1 }
}

fn coming(name: &str, date: Date, place: Option<&str>, linked: bool) -> ComingDate {
    let link = linked.then(|| "https://www.netzwerk-holz.example/termine".to_owned());
    ComingDate { name: name.into(), date, place: place.map(str::to_owned), link }
}

pub fn block(kind: BlockKind) -> Block {
    Block { line: 1, kind }
}

pub fn paragraph(content: Vec<Inline>) -> Block {
    block(BlockKind::Paragraph(content))
}

pub fn text(text: &str) -> Inline {
    Inline::Text(text.into())
}

fn link(url: &str, content: Vec<Inline>) -> Inline {
    Inline::Link { url: url.into(), content }
}

fn heading(level: u8, title: &str) -> Block {
    block(BlockKind::Heading { level, content: vec![text(title)] })
}

fn list(start: Option<u64>, tight: bool, items: &[&str]) -> Block {
    let items = items.iter().map(|item| vec![paragraph(vec![text(item)])]).collect();
    block(BlockKind::List { start, tight, items })
}
