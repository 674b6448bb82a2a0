//! From a post to its renditions: the e-mail, a teaser for each network, the feed item, the webhook's payload.
//!
//! Comes in: a [`Source`], everything a rendition is made from. Goes out: values. Pure: the same source gives the
//! same bytes; no clock, no file, no network.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::Config;
use crate::finding::Finding;
use crate::post::picture::Prepared;
use crate::post::{Picture, Post};
use crate::words::Words;

pub mod code;
pub mod date;
pub mod email;
pub mod feed;
pub mod html;
pub mod link;
pub mod teaser;

/// Everything that the renditions of one post are made from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    pub config: &'a Config,
    pub post: &'a Post,
    /// For a digest: its parts with the posts loaded; else empty.
    pub sections: &'a [Section],
    pub pictures: &'a Pictures,
    /// Of the post's language.
    pub words: &'a Words,
    pub templates: &'a Templates,
}

/// Everything that a post becomes.
#[derive(Debug, Clone)]
pub struct Renditions {
    /// The mail of each list, in the order of the lists.
    pub emails: Vec<(String, email::Email)>,
    pub item: Option<feed::FeedItem>,
    pub teasers: Vec<teaser::Teaser>,
    /// Warnings.
    pub findings: Vec<Finding>,
}

/// Renders a post for its lists and channels. The mail is always made, because it is always looked at.
///
/// # Errors
/// The findings of every rendition that cannot be made.
pub fn renditions(source: &Source<'_>, lists: &[String], channels: &[String]) -> Result<Renditions, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut emails = Vec::new();
    for list in lists {
        match email::render(source, list) {
            Ok(email) => emails.push((list.clone(), email)),
            Err(found) => extend_new(&mut findings, found),
        }
    }
    let chosen = |name: &str| channels.iter().any(|channel| channel == name);
    let item = source.config.feed.as_ref().filter(|_| chosen("feed")).map(|_| feed::item(source));
    let item = item.transpose().map_err(|finding| findings.push(finding)).ok().flatten();
    let (mut teasers, maker) = (Vec::new(), teaser::Teasers::of(source));
    for (name, network) in source.config.networks().iter().filter(|(name, _)| chosen(name)) {
        match maker.teaser(name, network.kind) {
            Ok(teaser) => teasers.push(teaser),
            Err(finding) => findings.push(finding),
        }
    }
    for email in emails.iter().map(|(_, email)| email) {
        extend_new(&mut findings, email.findings.clone());
    }
    if findings.iter().any(Finding::is_error) {
        return Err(findings);
    }
    Ok(Renditions { emails, item, teasers, findings })
}

/// Adds what was not found before: the mails of two lists have the same faults.
fn extend_new(findings: &mut Vec<Finding>, found: Vec<Finding>) {
    for finding in found {
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
}

/// One part of a digest with its posts.
#[derive(Debug, Clone)]
pub struct Section {
    pub heading: Option<String>,
    pub posts: Vec<Post>,
}

/// The prepared pictures of a post, its digest entries, the site's logos and the partners' logos.
#[derive(Debug, Clone, Default)]
pub struct Pictures {
    prepared: BTreeMap<(PathBuf, Shown), Arc<Prepared>>,
    /// Bytes of the files of pictures that were only measured, by the picture's name.
    measured: BTreeMap<String, usize>,
    /// Bytes of the files of the posts' pictures, by path.
    files: BTreeMap<PathBuf, u64>,
}

/// How wide a picture is shown, in CSS pixels; it is prepared twice as wide, at most 1,200 px.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shown {
    /// The header picture, over the whole card.
    Hero,
    /// A picture in the body or of a digest entry, inside the card's padding.
    Body,
    /// The site's logo.
    Logo,
    /// A partner's logo.
    Partner,
}

impl Shown {
    /// CSS pixels.
    pub const fn width(self) -> u32 {
        match self {
            Shown::Hero => 600,
            Shown::Body => 536,
            Shown::Logo => 180,
            Shown::Partner => 120,
        }
    }
}

impl Pictures {
    /// Adds a picture under the path of its file.
    pub fn insert(&mut self, file: PathBuf, shown: Shown, prepared: Prepared) {
        self.prepared.insert((file, shown), Arc::new(prepared));
    }

    /// Notes how many bytes the file of a picture has, and, for one that was measured and not prepared, its name.
    pub fn note_file(&mut self, file: PathBuf, bytes: u64, measured: Option<String>) {
        self.measured.extend(measured.map(|name| (name, usize::try_from(bytes).unwrap_or(usize::MAX))));
        self.files.insert(file, bytes);
    }

    /// Bytes of the file of a picture that was only measured, by the picture's name.
    pub fn measured(&self, name: &str) -> Option<usize> {
        self.measured.get(name).copied()
    }

    /// Bytes of a picture's file as it lies on disk.
    pub fn file_bytes(&self, file: &Path) -> Option<u64> {
        self.files.get(file).copied()
    }

    /// The picture that `post` names, if the project has loaded it.
    pub fn of_post(&self, post: &Post, picture: &Picture, shown: Shown) -> Option<&Arc<Prepared>> {
        self.of_file(&picture_file(post, picture), shown)
    }

    /// A picture by its file, as for logos.
    pub fn of_file(&self, file: &Path, shown: Shown) -> Option<&Arc<Prepared>> {
        self.prepared.get(&(file.to_owned(), shown))
    }

    /// All of them, in a stable order.
    pub fn iter(&self) -> impl Iterator<Item = &Prepared> {
        self.prepared.values().map(Arc::as_ref)
    }
}

/// Where a post's picture lies: beside the post.
pub fn picture_file(post: &Post, picture: &Picture) -> PathBuf {
    post.file.parent().unwrap_or(Path::new("")).join(&picture.src)
}

/// The template files by name (`email.mjml.j2`, …), the organisation's own over the built-in ones.
#[derive(Debug, Clone)]
pub struct Templates(BTreeMap<String, Template>);

/// One template's text and where it comes from, for error messages.
#[derive(Debug, Clone)]
pub struct Template {
    pub text: String,
    pub origin: PathBuf,
}

impl Templates {
    /// The templates inside the binary.
    pub fn built_in() -> Templates {
        let named = |(name, text): &(&str, &str)| {
            (name.to_string(), Template { text: text.to_string(), origin: Path::new("templates").join(name) })
        };
        Templates(email::template::BUILT_IN.iter().map(named).collect())
    }

    /// Puts an organisation's own file in place of the built-in one.
    pub fn override_with(&mut self, name: &str, text: String, origin: PathBuf) {
        self.0.insert(name.to_owned(), Template { text, origin });
    }

    pub fn get(&self, name: &str) -> Option<&Template> {
        self.0.get(name)
    }

    /// All templates by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Template)> {
        self.0.iter().map(|(name, template)| (name.as_str(), template))
    }
}
