//! Posts and configurations made by hand, for tests of what is made from them.

#![allow(dead_code, reason = "each test binary uses its part")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use rundbrief::config::{
    ApprovalSettings, Config, EmailSettings, FeedSettings, Images, Kept, LedgerSettings, Outbox, Places, RetrySettings,
    Sender, Site, Theme, Transport, Unsubscribe,
};
use rundbrief::post::{Block, BlockKind, Header, Inline, OwnTeaser, Picture, Post, Slug};
use rundbrief::render::{Pictures, Section, Source, Templates};
use rundbrief::secret::SecretRef;
use rundbrief::words::{Catalogue, Words};

pub mod feed;

/// Everything that a [`Source`] borrows.
pub struct House {
    pub config: Config,
    pub pictures: Pictures,
    pub templates: Templates,
    pub words: Words,
    pub sections: Vec<Section>,
}

impl House {
    pub fn new(lang: &str) -> House {
        House {
            config: config(),
            pictures: Pictures::default(),
            templates: Templates::built_in(),
            words: Catalogue::built_in().for_lang(lang),
            sections: Vec::new(),
        }
    }

    pub fn source<'a>(&'a self, post: &'a Post) -> Source<'a> {
        Source {
            config: &self.config,
            post,
            sections: &self.sections,
            pictures: &self.pictures,
            words: &self.words,
            templates: &self.templates,
            correction: false,
        }
    }
}

pub fn config() -> Config {
    Config {
        folder: PathBuf::from("."),
        site: Site {
            name: "Verband Beispiel e.V.".into(),
            url: "https://www.example.org".into(),
            lang: "de".into(),
            timezone: "Europe/Berlin".into(),
            zone: TimeZone::get("Europe/Berlin").expect("a zone of the bundled database"),
            imprint: None,
            privacy_url: None,
            logo: None,
            logo_dark: None,
            theme: Theme::default(),
            templates: None,
            key: SecretRef::parse("file:key").expect("a reference"),
            partners: BTreeMap::new(),
        },
        sender: Sender {
            from: "Verband <post@example.org>".parse().expect("an address"),
            reply_to: None,
            list_id: None,
            unsubscribe: Unsubscribe::default(),
            bounce_address: None,
        },
        outbox: Outbox { path: PathBuf::from("out") },
        email: EmailSettings { transport: Transport::Outbox, images: Images::Embed, retry: RetrySettings::default() },
        feed: Some(FeedSettings {
            path: PathBuf::from("feed.xml"),
            url: Some("https://www.example.org/feed.xml".into()),
            items: 30,
        }),
        channels: BTreeMap::new(),
        lists: BTreeMap::new(),
        ledger: LedgerSettings { kept: Kept::File(PathBuf::from("x.db")), id: None },
        approval: ApprovalSettings { required: false, recipients_may_change: 20 },
        notify: Vec::new(),
        metrics: None,
        dkim_selector: None,
        check: Default::default(),
        import_private: false,
        places: Places::default(),
    }
}

/// A post of the 12th of November 2024 with a title and nothing else.
pub fn post(slug: &str, lang: &str, title: &str) -> Post {
    Post {
        slug: Slug::parse(slug).expect("a slug"),
        file: Path::new("newsletters").join(format!("{slug}.md")),
        header: Header {
            title: title.into(),
            lang: lang.into(),
            date: Some(jiff::civil::date(2024, 11, 12)),
            event: None,
            author: None,
            categories: Vec::new(),
            tags: Vec::new(),
            link: Some(format!("https://www.example.org/aktuelles/{slug}")),
            image: None,
            dates: Vec::new(),
            partners: Vec::new(),
            subject: None,
            preheader: None,
            teaser: OwnTeaser::None,
            lists: Vec::new(),
            channels: None,
            send_at: None,
            not_after: None,
            posts: Vec::new(),
            draft: false,
            lines: BTreeMap::from([("title", 2), ("date", 4), ("link", 6), ("teaser", 8)]),
        },
        body: Vec::new(),
        findings: Vec::new(),
        written: Default::default(),
    }
}

pub fn text(text: &str) -> Vec<Inline> {
    vec![Inline::Text(text.to_owned())]
}

pub fn paragraph(words: &str) -> Block {
    block(BlockKind::Paragraph(text(words)))
}

pub fn block(kind: BlockKind) -> Block {
    Block { line: 10, kind }
}

pub fn picture(src: &str, alt: &str, credit: Option<&str>) -> Picture {
    Picture { src: src.into(), alt: alt.into(), credit: credit.map(str::to_owned), link: None, line: 7, column: 1 }
}

pub fn tags(tags: &[&str]) -> Vec<String> {
    tags.iter().map(|tag| (*tag).to_owned()).collect()
}

/// Compares with a file under `tests/cases`; with `INSTA_UPDATE=always` writes it instead.
pub fn golden(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name);
    if std::env::var("INSTA_UPDATE").is_ok_and(|mode| mode == "always") {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        std::fs::write(&path, actual).expect("the case can be written");
        return;
    }
    let expected = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; INSTA_UPDATE=always writes it", path.display()));
    assert!(expected == actual, "{} differs\n--- expected\n{expected}\n--- actual\n{actual}", path.display());
}
