//! A post with what it becomes, and what the rules say about it.
//!
//! Comes in: a post's file, or a post that was made ready. Goes out: findings. What cannot be made of the post keeps no
//! rule from looking at the rest.

use std::path::Path;

use super::super::Context;
use super::super::ready::{Ready, channels_of, lists_of};
use crate::check::{Facts, Rendered, Settings, Subject, check};
use crate::error::Error;
use crate::finding::Finding;
use crate::project::{Loaded, with_lines};

/// A post that could be read, with what it becomes.
pub struct Looked {
    pub loaded: Loaded,
    pub rendered: Rendered,
    pub lists: Vec<String>,
    pub(super) channels: Vec<String>,
}

impl Looked {
    /// Reads and makes it.
    ///
    /// # Errors
    /// What is wrong with a post, a template or a picture that cannot be read.
    pub fn at(context: &Context, file: &Path) -> Result<Looked, Error> {
        let loaded = context.project.load_measured(file)?;
        let (lists, channels) = (lists_of(context, &loaded), channels_of(context, &loaded));
        let list = lists.first().map(String::as_str).unwrap_or_default();
        let rendered = Rendered::of(&loaded.source(&context.project.config), list, &channels);
        Ok(Looked { loaded, rendered, lists, channels })
    }

    /// What the rules look at.
    pub fn subject<'s>(&'s self, context: &'s Context, facts: &'s Facts, settings: &'s Settings) -> Subject<'s> {
        let made = (self.rendered.email.as_ref(), self.rendered.teasers.as_slice());
        let source = self.loaded.source(&context.project.config);
        Subject::new(source, (&self.channels, &self.lists), made, facts, settings)
    }

    /// Everything that there is to say about it.
    pub fn findings(&self, context: &Context, facts: &Facts, settings: &Settings) -> Vec<Finding> {
        let made = made(&self.loaded, &self.rendered.findings);
        check(&self.subject(context, facts, settings), settings, made)
    }
}

/// The same of a post that was made ready, which costs no second rendering.
pub fn of_ready(context: &Context, ready: &Ready, facts: &Facts, settings: &Settings) -> Vec<Finding> {
    judged(context, ready, facts, settings, made(&ready.loaded, &ready.renditions.findings))
}

/// What the rules say of a post that was made ready, beside what was found already.
pub(super) fn judged(
    context: &Context,
    ready: &Ready,
    facts: &Facts,
    settings: &Settings,
    found: Vec<Finding>,
) -> Vec<Finding> {
    let (channels, lists) = (channels_of(context, &ready.loaded), lists_of(context, &ready.loaded));
    let made = (ready.renditions.emails.first().map(|(_, email)| email), ready.renditions.teasers.as_slice());
    let source = ready.loaded.source(&context.project.config);
    check(&Subject::new(source, (&channels, &lists), made, facts, settings), settings, found)
}

/// What was found by reading the post and by making its mail and teasers. The posts of a digest speak for themselves.
fn made(loaded: &Loaded, rendering: &[Finding]) -> Vec<Finding> {
    let mut made = loaded.post.findings.clone();
    made.extend(with_lines(rendering.to_vec()));
    made
}
