//! From the written configuration to the validated one; every problem is collected, none hides another.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use jiff::tz::TimeZone;
use lettre::message::Mailbox;

use super::file::{self, File, Text};
use super::theme::{Color, Theme};
use super::url::is_url;
use super::{
    Config, EmailSettings, FeedSettings, Images, LedgerSettings, List, Network, NetworkKind, Outbox, Partner,
    RetrySettings, Sender, Site, Transport, Unsubscribe, later, shown,
};
use crate::finding::{Finding, Place, nearest};
use crate::secret::SecretRef;

/// Checks values one by one and remembers what is wrong with each.
pub(super) struct Checker<'a> {
    path: &'a Path,
    source: &'a str,
    findings: Vec<Finding>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(path: &'a Path, source: &'a str) -> Checker<'a> {
        Checker { path, source, findings: Vec::new() }
    }

    pub(super) fn config(mut self, file: File) -> Result<Config, Vec<Finding>> {
        let site = self.site(file.site);
        let sender = self.sender(file.sender);
        let email = self.email(file.email);
        let feed = file.feed.and_then(|feed| self.feed(feed));
        let channels = self.channels(file.channels);
        let lists = self.lists(file.lists);
        let ledger = self.ledger(file.ledger);
        let outbox = Outbox { path: path_or(file.outbox.path, "out/outbox") };
        let (Some(site), Some(sender), Some(email), Some(ledger), true) =
            (site, sender, email, ledger, self.findings.is_empty())
        else {
            return Err(self.findings);
        };
        let folder = self.path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Config { folder, site, sender, outbox, email, feed, channels, lists, ledger })
    }

    fn site(&mut self, site: file::Site) -> Option<Site> {
        let zone_name = site.timezone.as_ref().map_or("Europe/Berlin", |zone| zone.get_ref());
        let zone = TimeZone::get(zone_name);
        if let (Err(_), Some(written)) = (&zone, &site.timezone) {
            let help = "write it as in the time zone database: Europe/Berlin, Europe/London, America/New_York";
            self.wrong(written, format!("`{zone_name}` is no time zone"), help);
        }
        let key = match &site.key {
            Some(written) => self.read(written, SecretRef::parse, "key = \"file:rundbrief.key\""),
            None => Some(SecretRef::File(PathBuf::from("rundbrief.key"))),
        };
        let name = self.line(site.name);
        let url = self.url(&site.url);
        let lang = self.lang(&site.lang);
        let theme = self.theme(site.theme);
        let privacy_url = self.optional(site.privacy_url, |checker, written| checker.url(&written));
        let partners = self.partners(site.partners);
        Some(Site {
            name: name?,
            url: url?,
            lang: lang?,
            timezone: zone_name.to_owned(),
            zone: zone.ok()?,
            imprint: site.imprint.map(|text| text.into_inner().trim().to_owned()).filter(|text| !text.is_empty()),
            privacy_url,
            logo: site.logo.map(|path| PathBuf::from(path.into_inner())),
            logo_dark: site.logo_dark.map(|path| PathBuf::from(path.into_inner())),
            theme: theme?,
            templates: site.templates.map(|path| PathBuf::from(path.into_inner())),
            key: key?,
            partners,
        })
    }

    fn theme(&mut self, written: file::Theme) -> Option<Theme> {
        let mut theme = Theme::default();
        let white = Color::parse("#ffffff").expect("a literal colour");
        let dark_card = Color::parse(Theme::DARK_CARD).expect("a literal colour");
        let color = |checker: &mut Self, written: Option<Text>, target: &mut Color, against: Option<&Color>| {
            let Some(written) = written else { return };
            let Some(parsed) = checker.read(&written, Color::parse, "write `#1f5faa`") else { return };
            if let Some(against) = against.filter(|against| parsed.contrast(against) < 4.5) {
                let ratio = parsed.contrast(against);
                let message = format!("{} on {} has a contrast of {ratio:.1} : 1", parsed.as_str(), against.as_str());
                let help = "links and the button need at least 4.5 : 1 (WCAG AA); take a stronger colour";
                checker.wrong(&written, message, help);
            }
            *target = parsed;
        };
        color(self, written.accent, &mut theme.accent, Some(&white));
        color(self, written.accent_dark, &mut theme.accent_dark, Some(&dark_card));
        let footer_text = Color::parse(Theme::FOOTER_TEXT).expect("a literal colour");
        color(self, written.background, &mut theme.background, Some(&footer_text));
        if let Some(font) = written.font {
            if font.get_ref().contains(['<', '>', '{', '}', ';', '"']) {
                self.wrong(
                    &font,
                    "a font list has no `<`, `>`, `{`, `}`, `;` or `\"`",
                    "write font names with single quotes: \"'Segoe UI', Arial, sans-serif\"",
                );
            }
            theme.font = font.into_inner();
        }
        Some(theme)
    }

    fn partners(&mut self, written: BTreeMap<Text, file::Partner>) -> BTreeMap<String, Partner> {
        let mut partners = BTreeMap::new();
        for (name, partner) in written {
            let link = self.optional(partner.link, |checker, link| checker.url(&link));
            if let Some(text) = self.line(partner.text) {
                partners
                    .insert(name.into_inner(), Partner { logo: PathBuf::from(partner.logo.into_inner()), text, link });
            }
        }
        partners
    }

    fn sender(&mut self, sender: file::Sender) -> Option<Sender> {
        let from = self.mailbox(&sender.from);
        let reply_to = self.optional(sender.reply_to, |checker, written| checker.mailbox(&written));
        let list_id = self.optional(sender.list_id, |checker, written| checker.list_id(&written));
        let mailto = self.optional(sender.unsubscribe.mailto, |checker, written| checker.address(&written));
        let url = self.optional(sender.unsubscribe.url, |checker, written| checker.unsubscribe_url(&written));
        let bounce_address = self.optional(sender.bounce_address, |checker, written| checker.address(&written));
        Some(Sender { from: from?, reply_to, list_id, unsubscribe: Unsubscribe { mailto, url }, bounce_address })
    }

    /// RFC 2919: dot-separated labels without spaces or brackets.
    fn list_id(&mut self, written: &Text) -> Option<String> {
        let id = written.get_ref().trim_matches(['<', '>']);
        let labels = id
            .split('.')
            .all(|label| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'));
        if !labels || !id.contains('.') {
            self.wrong(
                written,
                format!("`{id}` is no list id"),
                "write it like a host name: members.example.org (RFC 2919)",
            );
            return None;
        }
        Some(id.to_owned())
    }

    /// RFC 8058: one https URL; here with `{token}` where the member's token goes.
    fn unsubscribe_url(&mut self, written: &Text) -> Option<String> {
        let url = written.get_ref();
        if !url.starts_with("https://") || !url.contains("{token}") || !is_url(&url.replace("{token}", "t")) {
            self.wrong(
                written,
                "the unsubscribe URL must be https and contain {token}",
                "for example \"https://www.example.org/u/{token}\"",
            );
            return None;
        }
        Some(url.clone())
    }

    fn email(&mut self, email: file::Email) -> Option<EmailSettings> {
        if let Some(transport) = &email.transport
            && transport.get_ref() != "outbox"
        {
            match later::transport(transport.get_ref()) {
                Some(name) => self.not_yet(transport, &name),
                None => {
                    let message = format!("unknown transport `{}`", transport.get_ref());
                    self.wrong(transport, message, "write transport = \"outbox\": mails become files");
                }
            }
        }
        let images = match email.images.as_ref().map(|images| images.get_ref().as_str()) {
            None | Some("embed") => Images::Embed,
            Some("link") => match &email.images_url {
                Some(url) => Images::Link { url: self.url(url)?.trim_end_matches('/').to_owned() },
                None => {
                    let images = email.images.as_ref()?;
                    self.wrong(
                        images,
                        "images = \"link\" needs images_url",
                        "add where public/images/ is published: images_url = \"https://www.example.org/images\"",
                    );
                    return None;
                }
            },
            Some(other) => {
                let message = format!("`{other}` is no way to carry pictures");
                self.wrong(email.images.as_ref()?, message, "write images = \"embed\" or images = \"link\"");
                return None;
            }
        };
        Some(EmailSettings { transport: Transport::Outbox, images, retry: RetrySettings::default() })
    }

    fn feed(&mut self, feed: file::Feed) -> Option<FeedSettings> {
        let items = feed.items.as_ref().map_or(30, |items| *items.get_ref());
        if let Some(written) = feed.items.as_ref().filter(|items| !(1..=1000).contains(items.get_ref())) {
            let place = self.place(written.span());
            self.findings.push(
                Finding::error("config-value", "a feed holds 1 to 1000 items").at(place).help("most feeds hold 30"),
            );
        }
        let url = self.optional(feed.url, |checker, written| checker.url(&written));
        Some(FeedSettings { path: path_or(feed.path, "public/feed.xml"), url, items: items as usize })
    }

    fn channels(&mut self, written: BTreeMap<Text, file::Network>) -> BTreeMap<String, Network> {
        let mut channels = BTreeMap::new();
        for (name, network) in written {
            self.name(&name, &["email", "feed"]);
            let by_itself = [network.url, network.token, network.secret, network.allow_private];
            for span in by_itself.into_iter().flatten().map(|value| value.span()) {
                let finding = Finding::error("config-not-yet", "this version does not post to networks by itself");
                let help = "it writes the text to a file that you post by hand; remove this line";
                self.findings.push(finding.at(self.place(span)).help(help));
            }
            let kind = network.kind.get_ref();
            match NetworkKind::ALL.into_iter().find(|known| known.name() == kind) {
                Some(kind) => {
                    channels.insert(name.into_inner(), Network { kind });
                }
                None if let Some(name) = later::kind(kind) => self.not_yet(&network.kind, &name),
                None => {
                    let known = NetworkKind::ALL.map(NetworkKind::name);
                    let help = match nearest(kind, known) {
                        Some(near) => format!("did you mean \"{near}\"?"),
                        None => format!("known: {}", known.join(", ")),
                    };
                    self.wrong(&network.kind, format!("unknown kind of network `{kind}`"), &help);
                }
            }
        }
        channels
    }

    fn lists(&mut self, written: BTreeMap<Text, file::List>) -> BTreeMap<String, List> {
        let mut lists = BTreeMap::new();
        for (name, list) in written {
            self.name(&name, &[]);
            let informal = match list.address.as_ref().map(|address| address.get_ref().as_str()) {
                None | Some("Sie" | "formal") => false,
                Some("du" | "informal") => true,
                Some(_) => {
                    let address = list.address.as_ref().expect("matched as Some");
                    self.wrong(
                        address,
                        "members are addressed with \"Sie\" or \"du\"",
                        "write address = \"Sie\" (English: \"formal\" or \"informal\")",
                    );
                    false
                }
            };
            let language = self.optional(list.language, |checker, written| checker.lang(&written));
            let salutation = self.optional(list.salutation, |checker, written| checker.line(written));
            lists.insert(
                name.into_inner(),
                List {
                    file: PathBuf::from(list.file.into_inner()),
                    sheet: list.sheet.map(Text::into_inner),
                    language,
                    basis: list.basis.map(Text::into_inner),
                    columns: list.columns,
                    filter: list.filter,
                    informal,
                    salutation,
                },
            );
        }
        lists
    }

    fn ledger(&mut self, ledger: file::Ledger) -> Option<LedgerSettings> {
        let Some(url) = ledger.url else {
            return Some(LedgerSettings { path: PathBuf::from("rundbrief.db"), id: ledger.id.map(Text::into_inner) });
        };
        match url.get_ref().strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
            Some(path) => Some(LedgerSettings { path: PathBuf::from(path), id: ledger.id.map(Text::into_inner) }),
            None => {
                let message = if url.get_ref().starts_with("postgres") {
                    "PostgreSQL is not in this version yet; the sending record is one SQLite file"
                } else {
                    "the sending record is one SQLite file"
                };
                self.wrong(&url, message, "write url = \"sqlite:rundbrief.db\"");
                None
            }
        }
    }

    /// A name that becomes a folder: of a channel or a list.
    fn name(&mut self, name: &Text, taken: &[&str]) {
        let written = name.get_ref();
        if taken.contains(&written.as_str()) {
            self.wrong(
                name,
                format!("`{written}` is a channel of its own and cannot be used as a name"),
                "choose another name",
            );
        } else if written.is_empty() || !written.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
            self.wrong(
                name,
                format!("`{written}` cannot be a name"),
                "use letters without accents, digits, `-` and `_`",
            );
        }
    }

    fn line(&mut self, written: Text) -> Option<String> {
        if written.get_ref().chars().any(char::is_control) {
            self.wrong(&written, "this must be one line", "remove line breaks and control characters");
            return None;
        }
        let text = written.get_ref().trim().to_owned();
        if text.is_empty() {
            self.wrong(&written, "this must not be empty", "write the text, or remove the line if it is optional");
            return None;
        }
        Some(text)
    }

    fn url(&mut self, written: &Text) -> Option<String> {
        let url = written.get_ref().trim();
        if !is_url(url) {
            self.wrong(written, format!("`{url}` is no web address"), "write it whole: https://www.example.org/…");
            return None;
        }
        Some(url.to_owned())
    }

    /// BCP 47, in shape.
    fn lang(&mut self, written: &Text) -> Option<String> {
        let tag = written.get_ref();
        let mut parts = tag.split('-');
        let primary = parts
            .next()
            .is_some_and(|part| (2..=3).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphabetic()));
        if !primary
            || !parts.all(|part| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()))
        {
            self.wrong(written, format!("`{tag}` is no language tag"), "write de, en, de-AT … (BCP 47)");
            return None;
        }
        Some(tag.clone())
    }

    fn mailbox(&mut self, written: &Text) -> Option<Mailbox> {
        let shape = "write \"Name <name@example.org>\"";
        if written.get_ref().chars().any(char::is_control) {
            self.wrong(written, "a sender must be one line", shape);
            return None;
        }
        self.read(written, |text| Mailbox::from_str(text).map_err(|_| format!("`{text}` is no sender")), shape)
    }

    fn address(&mut self, written: &Text) -> Option<lettre::Address> {
        let parse = |text: &str| lettre::Address::from_str(text).map_err(|_| format!("`{text}` is no e-mail address"));
        self.read(written, parse, "write only the address: name@example.org")
    }

    fn read<T>(&mut self, written: &Text, parse: impl Fn(&str) -> Result<T, String>, help: &str) -> Option<T> {
        parse(written.get_ref()).map_err(|message| self.wrong(written, message, help)).ok()
    }

    fn optional<T>(&mut self, written: Option<Text>, check: impl Fn(&mut Self, Text) -> Option<T>) -> Option<T> {
        written.and_then(|written| check(self, written))
    }

    fn wrong(&mut self, written: &Text, message: impl Into<String>, help: &str) {
        let place = self.place(written.span());
        self.findings.push(Finding::error("config-value", message).at(place).help(help));
    }

    fn not_yet(&mut self, written: &Text, name: &str) {
        let place = self.place(written.span());
        self.findings.push(later::finding(name).at(place));
    }

    fn place(&self, span: std::ops::Range<usize>) -> Place {
        shown::place(self.path, self.source, span)
    }
}

fn path_or(written: Option<Text>, default: &str) -> PathBuf {
    PathBuf::from(written.map_or(default.to_owned(), Text::into_inner))
}
