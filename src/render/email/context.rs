//! What the templates see: the organisation, the post, the digest's parts, the colours and the words.
//!
//! Comes in: a [`Source`]. Goes out: one value for the template engine, with every text unescaped and the HTML of
//! bodies marked as safe, and the pictures that were used. Members are not in it; they come as slots.

use std::cell::RefCell;
use std::collections::BTreeMap;

use minijinja::Value;

use crate::finding::{Finding, Place};
use crate::post::{BlockKind, Inline, Picture, Post, plain_text};
use crate::render::email::blocks::{self, Part, Photo};
use crate::render::email::images::{ImageSet, InlineImage};
use crate::render::email::palette::Palette;
use crate::render::email::readers;
use crate::render::email::shorten;
use crate::render::email::text::{self, Notes};
use crate::render::html::escaped;
use crate::render::{Shown, Source, date, link};

/// Languages that are written from right to left (BCP 47 primary tags).
const RIGHT_TO_LEFT: [&str; 8] = ["ar", "dv", "fa", "he", "ps", "sd", "ur", "yi"];

/// The templates' values without those of members.
pub(super) struct Context {
    pub(super) values: BTreeMap<&'static str, Value>,
    pub(super) images: Vec<InlineImage>,
}

/// Builds the values for a mail to `list`.
///
/// # Errors
/// A finding for each picture that was not loaded.
pub(super) fn context(source: &Source<'_>, list: &str) -> Result<Context, Vec<Finding>> {
    let mut notes = Notes::new();
    if !source.sections.is_empty() {
        text::body(&source.post.body, &mut notes, source.words);
    }
    let images = ImageSet::new(source.config);
    let maker = Maker { source, list, images, notes: notes.into(), missing: RefCell::default() };
    let values = BTreeMap::from([
        ("site", maker.site()),
        ("theme", maker.theme()),
        ("words", maker.words()),
        ("post", maker.post()),
        ("sections", maker.sections()),
        ("list", Value::from(list)),
    ]);
    let missing = maker.missing.into_inner();
    if missing.is_empty() { Ok(Context { values, images: maker.images.into_used() }) } else { Err(missing) }
}

struct Maker<'a> {
    source: &'a Source<'a>,
    list: &'a str,
    images: ImageSet<'a>,
    /// The links of the text part so far.
    notes: RefCell<Notes>,
    missing: RefCell<Vec<Finding>>,
}

impl Maker<'_> {
    fn site(&self) -> Value {
        let site = &self.source.config.site;
        let imprint = site.imprint.as_deref().unwrap_or("").trim().lines().map(str::trim);
        let logo = |path: &Option<std::path::PathBuf>| {
            let prepared = path.as_ref().and_then(|path| self.source.pictures.of_file(path, Shown::Logo));
            optional(prepared.map(|prepared| {
                map([("src", self.images.src(prepared).into()), ("width", prepared.shown_width.into())])
            }))
        };
        let logo_light = logo(&site.logo);
        let logo_dark = if logo_light.is_none() { Value::from(()) } else { logo(&site.logo_dark) };
        map([
            ("name", site.name.as_str().into()),
            ("url", site.url.as_str().into()),
            ("lang", site.lang.as_str().into()),
            ("imprint", imprint.map(Value::from).collect()),
            ("privacy_url", optional(site.privacy_url.as_deref())),
            ("logo", logo_light),
            ("logo_dark", logo_dark),
        ])
    }

    fn theme(&self) -> Value {
        let theme = &self.source.config.site.theme;
        map([
            ("font", theme.font.as_str().into()),
            ("light", palette_value(&Palette::light(theme))),
            ("dark", palette_value(&Palette::dark(theme))),
        ])
    }

    /// The catalogue as nested objects: `email.dates` is `words.email.dates`; `email.why` in the form for the list.
    fn words(&self) -> Value {
        let told = readers::VARIED.map(|name| (name, readers::told(self.source, self.list, name)));
        let mut groups: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
        for (key, text) in self.source.words.entries() {
            let (group, name) = key.split_once('.').unwrap_or(("", key));
            groups.entry(group).or_default().insert(name, text);
        }
        groups.entry("email").or_default().extend(told.iter().map(|(name, text)| (*name, text.as_str())));
        Value::from_pairs(groups.into_iter().map(|(group, words)| (group, Value::from_pairs(words))))
    }

    fn post(&self) -> Value {
        let (post, header) = (self.source.post, &self.source.post.header);
        let primary = header.lang.split('-').next().unwrap_or("").to_lowercase();
        let right_to_left = RIGHT_TO_LEFT.contains(&primary.as_str());
        let event = header.event.as_ref();
        let day = event.and_then(|event| event.date).or(header.date);
        map([
            ("title", header.title.as_str().into()),
            ("lang", header.lang.as_str().into()),
            ("dir", if right_to_left { "rtl" } else { "ltr" }.into()),
            ("start", if right_to_left { "right" } else { "left" }.into()),
            ("date", optional(day.map(|day| self.date(day)))),
            ("event", optional(event.and_then(|event| event.name.as_deref()))),
            ("place", optional(event.and_then(|event| event.place.as_deref()))),
            ("author", optional(header.author.as_deref())),
            ("categories", header.categories.iter().map(Value::from).collect()),
            ("tags", header.tags.iter().map(Value::from).collect()),
            ("link", optional(header.link.as_deref())),
            ("image", self.header_picture(post, Shown::Hero)),
            ("subject", self.subject(header.subject.clone().unwrap_or_else(|| shorten::subject(&header.title))).into()),
            ("preheader", header.preheader.clone().unwrap_or_else(|| self.preheader()).into()),
            ("body", self.body(post)),
            ("is_digest", post.is_digest().into()),
            ("dates", self.dates()),
            ("partners", self.partners()),
        ])
    }

    /// That of a correction says so.
    fn subject(&self, subject: String) -> String {
        match self.source.correction {
            true => self.source.words.fill("email.correction", &[("subject", &subject)]),
            false => subject,
        }
    }

    /// The lead; a digest without an introduction names its posts.
    fn preheader(&self) -> String {
        match self.source.post.lead() {
            Some(lead) => shorten::preheader(&plain_text(lead)),
            None => {
                let posts = self.source.sections.iter().flat_map(|section| &section.posts);
                let titles: Vec<&str> = posts.map(|post| post.header.title.as_str()).collect();
                shorten::preheader(&titles.join(" · "))
            }
        }
    }

    fn body(&self, post: &Post) -> Value {
        let photo = |picture: &Picture| self.photo(post, picture, Shown::Body);
        // A lead that nothing follows needs no larger type, but an introduction does.
        let paragraphs = post.body.iter().filter(|block| matches!(block.kind, BlockKind::Paragraph(_))).count();
        let style = blocks::Style { first_heading: 2, lead: paragraphs > 1 || post.is_digest(), photo: &photo };
        let mut parts = blocks::parts(&post.body, &style);
        if self.source.correction {
            let line = escaped(&readers::told(self.source, self.list, "correction_line"));
            parts.insert(0, Part::Text(format!("<p><strong>{line}</strong></p>")));
        }
        parts
            .into_iter()
            .map(|part| match part {
                Part::Text(html) => map([("kind", "text".into()), ("html", Value::from_safe_string(html))]),
                Part::Picture(photo) => map([("kind", "picture".into()), ("picture", photo_value(&photo))]),
            })
            .collect()
    }

    fn sections(&self) -> Value {
        let sections = self.source.sections.iter().map(|section| {
            let posts: Value = section.posts.iter().map(|post| self.entry(post)).collect();
            map([("heading", optional(section.heading.as_deref())), ("posts", posts)])
        });
        sections.collect()
    }

    /// A post as a digest shows it.
    fn entry(&self, post: &Post) -> Value {
        let lead = post.lead().unwrap_or_default();
        map([
            ("title", post.header.title.as_str().into()),
            ("link", optional(post.header.link.as_deref())),
            ("date", optional(post.header.date.map(|day| self.date(day)))),
            ("image", self.header_picture(post, Shown::Body)),
            ("lead", Value::from_safe_string(blocks::inline_html(lead))),
            ("lead_text", self.lead_text(lead).into()),
        ])
    }

    /// The lead for the text part; below it where its links lead, with the numbers after those of the body.
    fn lead_text(&self, lead: &[Inline]) -> String {
        let mut notes = self.notes.borrow_mut();
        let earlier = notes.count();
        let text = text::line(lead, &mut notes, self.source.words);
        if notes.count() == earlier { text } else { format!("{text}\n\n{}", notes.list_from(earlier)) }
    }

    fn header_picture(&self, post: &Post, shown: Shown) -> Value {
        let photo = post.header.image.as_ref().and_then(|picture| self.photo(post, picture, shown));
        optional(photo.as_ref().map(photo_value))
    }

    fn photo(&self, post: &Post, picture: &Picture, shown: Shown) -> Option<Photo> {
        let Some(prepared) = self.source.pictures.of_post(post, picture, shown) else {
            let place = Place { line: picture.line, column: picture.column, ..Place::whole_file(&post.file) };
            let message = format!("the picture `{}` could not be used", picture.src);
            self.missing.borrow_mut().push(Finding::error("missing-picture", message).at(place));
            return None;
        };
        let credit =
            picture.credit.as_deref().map(|credit| self.source.words.fill("email.photo", &[("credit", credit)]));
        Some(Photo {
            src: self.images.src(prepared),
            width: prepared.shown_width.min(shown.width()),
            alt: picture.alt.clone(),
            credit,
            link: picture.link.clone().filter(|url| link::is_written(url)),
        })
    }

    fn dates(&self) -> Value {
        let dates = self.source.post.header.dates.iter().map(|coming| {
            map([
                ("name", coming.name.as_str().into()),
                ("date", self.date(coming.date)),
                ("place", optional(coming.place.as_deref())),
                ("link", optional(coming.link.as_deref())),
            ])
        });
        dates.collect()
    }

    fn partners(&self) -> Value {
        let known = &self.source.config.site.partners;
        let partners = self.source.post.header.partners.iter().filter_map(|name| known.get(name)).map(|partner| {
            let logo = self.source.pictures.of_file(&partner.logo, Shown::Partner).map(|prepared| {
                map([("src", self.images.src(prepared).into()), ("width", prepared.shown_width.into())])
            });
            map([
                ("logo", optional(logo)),
                ("text", partner.text.as_str().into()),
                ("link", optional(partner.link.as_deref())),
            ])
        });
        partners.collect()
    }

    fn date(&self, day: jiff::civil::Date) -> Value {
        date::long(self.source.words, day).into()
    }
}

fn photo_value(photo: &Photo) -> Value {
    map([
        ("src", photo.src.as_str().into()),
        ("width", photo.width.into()),
        ("alt", photo.alt.as_str().into()),
        ("credit", optional(photo.credit.as_deref())),
        ("link", optional(photo.link.as_deref())),
    ])
}

fn palette_value(palette: &Palette) -> Value {
    map([
        ("ground", palette.ground.as_str().into()),
        ("card", palette.card.as_str().into()),
        ("text", palette.text.as_str().into()),
        ("muted", palette.muted.as_str().into()),
        ("ground_text", palette.ground_text.as_str().into()),
        ("line", palette.line.as_str().into()),
        ("panel", palette.panel.as_str().into()),
        ("accent", palette.accent.as_str().into()),
        ("on_accent", palette.on_accent.as_str().into()),
        ("link", palette.link.as_str().into()),
    ])
}

fn map<const N: usize>(pairs: [(&'static str, Value); N]) -> Value {
    Value::from_pairs(pairs)
}

/// `none` where there is nothing, so that a template can test it.
fn optional<T: Into<Value>>(value: Option<T>) -> Value {
    value.map_or_else(|| Value::from(()), Into::into)
}
