//! What rules need of a post's renditions, made even where a part of it cannot be.

use crate::finding::Finding;
use crate::render::email::{self, Email};
use crate::render::teaser::{Teaser, Teasers};
use crate::render::{Source, feed};

/// The mail to one list, the teasers, and what was found while making them.
#[derive(Debug, Default)]
pub struct Rendered {
    pub email: Option<Email>,
    pub teasers: Vec<Teaser>,
    pub findings: Vec<Finding>,
}

impl Rendered {
    /// Makes the mail to `list` and the teasers of the channels. The mails to other lists differ in nothing that a rule
    /// looks at.
    pub fn of(source: &Source<'_>, list: &str, channels: &[String]) -> Rendered {
        let mut rendered = Rendered::default();
        match email::render(source, list) {
            Ok(email) => {
                rendered.findings.extend(email.findings.iter().cloned());
                rendered.email = Some(email);
            }
            Err(findings) => rendered.findings.extend(findings),
        }
        let goes_to = |name: &str| channels.iter().any(|channel| channel == name);
        if source.config.feed.is_some() && goes_to("feed") {
            rendered.findings.extend(feed::item(source).err());
        }
        let maker = Teasers::of(source);
        for (name, network) in source.config.networks().iter().filter(|(name, _)| goes_to(name)) {
            match maker.teaser(name, network.kind) {
                Ok(teaser) => rendered.teasers.push(teaser),
                Err(finding) => rendered.findings.push(finding),
            }
        }
        rendered
    }
}
