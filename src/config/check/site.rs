//! `[site]`: names, addresses, time zone, colours, partners.
//!
//! Comes in: the section as written. Goes out: a [`Site`], with every problem told to the [`Checker`].

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::tz::TimeZone;

use super::super::file::{self, Text};
use super::super::theme::{Color, Theme};
use super::super::{Partner, Site};
use super::Checker;
use crate::secret::SecretRef;

impl Checker<'_> {
    pub(super) fn site(&mut self, site: file::Site) -> Option<Site> {
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
}
