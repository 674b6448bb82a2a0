//! A post made ready: its renditions and the parts that are frozen of them.
//!
//! `build`, `send --dry-run` and `send` all begin here, so that what is shown is what is sent.

use std::path::Path;

use super::Context;
use crate::check::Settings;
use crate::error::Error;
use crate::finding::Finding;
use crate::ledger::Part;
use crate::plan::{SiteKey, release_digest};
use crate::project::{Loaded, site_key, with_lines};
use crate::render::code::Code;
use crate::render::{Renditions, renditions};

/// A post with everything that a send of it consists of.
pub struct Ready {
    pub loaded: Loaded,
    pub renditions: Renditions,
    /// What a release consists of, without the bytes of the mails (see [`Ready::frozen`]). The position is the part's
    /// number; the mails come first, in the order of the lists.
    pub parts: Vec<Part>,
    /// Of the content alone.
    pub digest: [u8; 32],
    /// Everything doubtful that was found on the way.
    pub warnings: Vec<Finding>,
    pub key: SiteKey,
}

impl Ready {
    /// Loads and renders a post.
    ///
    /// # Errors
    /// Everything that is wrong with the post, its pictures, the templates or the configuration.
    pub fn make(context: &Context, named: &Path) -> Result<Ready, Error> {
        let project = &context.project;
        let file = project.post_file(named);
        let loaded = project.load(&file, context.cache.as_deref())?;
        let key = site_key(project, |name| std::env::var(name).ok())?;
        let lists = lists_of(context, &loaded);
        let channels = channels_of(context, &loaded);
        let rendered = renditions(&loaded.source(&project.config), &lists, &channels)
            .map_err(|findings| Error::Input(with_lines(findings)))?;
        let parts = parts(&rendered, &channels);
        let emails = rendered.emails.iter().map(|(_, email)| email.compiled.digest());
        let others = parts.iter().filter(|part| part.channel != "email").map(|part| sha256(&part.body));
        let mails = parts.iter().filter(|part| part.channel == "email").count();
        let digests = emails.take(mails).chain(others);
        let named = parts.iter().map(|part| (part.channel.as_str(), part.list.as_str()));
        let digest = release_digest(named.zip(digests).map(|((channel, list), digest)| (channel, list, digest)));
        let mut warnings = loaded.post.findings.clone();
        warnings
            .extend(loaded.sections.iter().flat_map(|section| &section.posts).flat_map(|post| post.findings.clone()));
        warnings.extend(with_lines(rendered.findings.clone()));
        let settings = Settings::of(&project.config.check).map_err(Error::Config)?;
        warnings.retain(|warning| !settings.silences(warning.rule));
        Ok(Ready { loaded, renditions: rendered, parts, digest, warnings, key })
    }

    /// The parts as they are frozen, with the bytes of the mails.
    pub fn frozen(&self) -> Vec<Part> {
        let mut parts = self.parts.clone();
        let mails = parts.iter_mut().filter(|part| part.channel == "email");
        for (part, (_, email)) in mails.zip(&self.renditions.emails) {
            part.body = email.compiled.to_bytes().into();
        }
        parts
    }

    pub fn slug(&self) -> &str {
        self.loaded.post.slug.as_str()
    }

    /// The post's language.
    pub fn lang(&self) -> &str {
        &self.loaded.post.header.lang
    }

    /// The release code, as people read it.
    pub fn code(&self) -> String {
        Code::of(&self.digest).to_string()
    }
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).into()
}

/// The post's lists, or all that are configured, or one without a name where there are none.
pub fn lists_of(context: &Context, loaded: &Loaded) -> Vec<String> {
    let named = &loaded.post.header.lists;
    if !named.is_empty() {
        return named.clone();
    }
    let all: Vec<String> = context.project.config.lists.keys().cloned().collect();
    if all.is_empty() { vec![String::new()] } else { all }
}

/// The post's channels, or all that are configured.
pub fn channels_of(context: &Context, loaded: &Loaded) -> Vec<String> {
    loaded.post.header.channels.clone().unwrap_or_else(|| context.project.config.channel_names())
}

/// What a release of the renditions consists of. The bytes of mails come when it is frozen: they hold the pictures.
fn parts(rendered: &Renditions, channels: &[String]) -> Vec<Part> {
    let mut parts = Vec::new();
    if channels.iter().any(|channel| channel == "email") {
        parts.extend(rendered.emails.iter().map(|(list, _)| Part {
            channel: "email".to_owned(),
            list: list.clone(),
            body: Vec::new().into(),
        }));
    }
    let other =
        |channel: &str, body: Vec<u8>| Part { channel: channel.to_owned(), list: String::new(), body: body.into() };
    parts.extend(rendered.item.iter().map(|item| other("feed", item.to_bytes())));
    parts.extend(rendered.teasers.iter().map(|teaser| other(&teaser.channel, teaser.text.clone().into_bytes())));
    parts
}
