//! What lies on the preview's desk: the post as it is now, made anew when a file was saved.
//!
//! Comes in: the command's context, the post as it was named. Goes out: answers to the page. An error stays on the desk as
//! one, until the next save.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::super::Context;
use super::super::ready::Ready;
use super::stamps::Stamps;
use super::{look, people, plan, test};
use crate::config::Images;
use crate::error::Error;
use crate::post::picture::Format;
use crate::preview::desk::{Desk, Found, Frame, Going, Tested};
use crate::preview::frame::{in_light_of, with_local_pictures};
use crate::preview::view::{Part, Plan, View};
use crate::project::Project;

/// How long a post may be missing before that is an error: some editors delete a file and write it anew.
const MISSING: Duration = Duration::from_millis(500);

pub struct Table {
    pub(super) context: Context,
    /// As it was named on the command line.
    pub(super) named: PathBuf,
    pub(super) file: PathBuf,
    pub(super) ready: Result<Ready, Error>,
    stamps: Stamps,
    missing_since: Option<Instant>,
    plans: plan::Plans,
}

impl Table {
    pub fn new(context: &Context, named: &Path) -> Table {
        let context = context.silently();
        let file = context.project.post_file(named);
        let stamps = Stamps::of(&context, &file);
        let ready = Ready::make(&context, named);
        let plans = plan::Plans::default();
        Table { context, named: named.to_owned(), file, ready, stamps, missing_since: None, plans }
    }

    /// Reads the configuration and the post anew.
    fn load(&mut self) {
        // The clock goes on: dates in the mail are those of this moment.
        self.context = self.context.silently();
        let named = self.context.project.config_file.clone();
        match Project::open(named.as_deref(), &self.context.project.config.folder) {
            Ok(project) => {
                self.context.project = Rc::new(project);
                self.ready = Ready::make(&self.context, &self.named);
            }
            Err(error) => self.ready = Err(error),
        }
    }
}

impl Desk for Table {
    fn refresh(&mut self) -> bool {
        let stamps = Stamps::of(&self.context, &self.file);
        if stamps == self.stamps {
            return false;
        }
        if !stamps.has(&self.file) && self.missing_since.get_or_insert_with(Instant::now).elapsed() < MISSING {
            return false;
        }
        self.missing_since = None;
        self.stamps = stamps;
        self.load();
        true
    }

    async fn view(&mut self, version: u64, member: &str) -> View {
        look::view(self, version, member).await
    }

    async fn mail(&mut self, frame: &Frame) -> Option<String> {
        let ready = self.ready.as_ref().ok()?;
        let recipient = people::recipient(&self.context, ready, &frame.member).await.ok()?;
        let sample = people::sample(&self.context, ready, recipient.as_ref());
        let html = sample.email.html_for(&sample.recipient.slots, |name| format!("picture/{name}"));
        let html = match &self.context.project.config.email.images {
            Images::Link { url } => with_local_pictures(&html, url),
            Images::Embed => html,
        };
        Some(in_light_of(&html, frame.dark))
    }

    fn feed(&self) -> Option<String> {
        let ready = self.ready.as_ref().ok()?;
        let html = look::feed_page(ready)?;
        Some(match &self.context.project.config.email.images {
            Images::Link { url } => with_local_pictures(&html, url),
            Images::Embed => html,
        })
    }

    fn picture(&self, name: &str) -> Option<(&'static str, Vec<u8>)> {
        let pictures = &self.ready.as_ref().ok()?.loaded.pictures;
        let picture = pictures.iter().find(|picture| picture.name == name)?;
        let kind = match picture.format {
            Format::Jpeg => "image/jpeg",
            Format::Png => "image/png",
        };
        Some((kind, picture.bytes.clone()))
    }

    fn find(&self, text: &str) -> Found {
        match &self.ready {
            Ok(ready) => people::find(&self.context, ready, text),
            Err(error) => Found { error: Some(error.to_string()), ..Found::default() },
        }
    }

    fn plan(&self) -> Going<Part<Plan>> {
        self.plans.make(&self.context, &self.named, &self.stamps)
    }

    fn test(&self, to: String, member: String) -> Going<Tested> {
        test::send(self.context.silently(), self.named.clone(), to, member)
    }
}
