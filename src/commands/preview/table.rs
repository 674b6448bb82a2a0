//! What lies on the preview's desk: the post as it is now, made anew when a file was saved.
//!
//! Comes in: the command's context, the post as it was named. Goes out: answers to the page. An error stays on the desk as
//! one, until the next save.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::super::Context;
use super::super::ready::Ready;
use super::apart::Apart;
use super::checked::Checked;
use super::seen::{Looked, Seen, sample};
use super::stamps::{Stamps, config_file};
use super::{find, look, plans, test};
use crate::commands::audience::Mail;
use crate::config::Images;
use crate::error::Error;
use crate::post::picture::Format;
use crate::preview::desk::{Desk, Found, Frame, Going, Saying, Tested};
use crate::preview::frame::{in_frame, with_local_pictures};
use crate::preview::view::{Part, Plan, View};
use crate::project::Project;
use crate::render::html::escaped;

/// How long a file may be missing or empty before that is an error: some editors delete a file and write it anew, others
/// empty it first.
const MISSING: Duration = Duration::from_millis(500);

pub struct Table {
    pub(super) context: Context,
    /// As it was named on the command line.
    pub(super) named: PathBuf,
    pub(super) file: PathBuf,
    pub(super) ready: Result<Ready, Error>,
    stamps: Stamps,
    /// Grows with every load.
    state: u64,
    missing_since: Option<Instant>,
    plans: plans::Plans,
    seen: Seen,
    pub(super) checked: Checked,
}

impl Table {
    pub fn new(context: &Context, named: &Path) -> Table {
        let context = context.silently();
        let file = context.project.post_file(named);
        // Looked at before they are read: what is saved in between is a change.
        let stamps = Stamps::of(&context, &file);
        let ready = Ready::make(&context, named);
        let stamps = stamps.with_pictures(ready.as_ref().ok());
        let (plans, seen, mut checked) = (plans::Plans::default(), Seen::default(), Checked::default());
        checked.look(&context, &file, &ready);
        let named = named.to_owned();
        Table { context, named, file, ready, stamps, state: 1, missing_since: None, plans, seen, checked }
    }

    /// The post, and who it is shown for; `None` while it has errors, or while that is not known yet.
    pub(super) fn shown_for(&self, member: &str) -> Option<(&Ready, Looked)> {
        let ready = self.ready.as_ref().ok()?;
        Some((ready, self.seen.known(&self.context, ready, member)?))
    }

    /// A document of ours with the pictures where the preview has them.
    fn with_pictures(&self, html: String) -> String {
        match &self.context.project.config.email.images {
            Images::Link { url } => with_local_pictures(&html, url),
            Images::Embed => html,
        }
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
        self.checked.look(&self.context, &self.file, &self.ready);
    }
}

impl Desk for Table {
    fn refresh(&mut self) -> bool {
        let stamps = Stamps::of(&self.context, &self.file).with_pictures(self.ready.as_ref().ok());
        if stamps == self.stamps {
            self.missing_since = None;
            // The lists were counted, and the rules may have to say something about that.
            return self.checked.has_counted() && self.checked.look(&self.context, &self.file, &self.ready);
        }
        let is_between = |file: &Path| self.stamps.has(file) && !stamps.has(file);
        let is_missing = is_between(&self.file) || is_between(&config_file(&self.context));
        if is_missing && self.missing_since.get_or_insert_with(Instant::now).elapsed() < MISSING {
            return false;
        }
        self.missing_since = None;
        self.load();
        // The pictures and folders that it has now.
        let now = Stamps::of(&self.context, &self.file).with_pictures(self.ready.as_ref().ok());
        self.stamps = stamps.or_new(now);
        self.state += 1;
        true
    }

    fn saying(&self) -> Saying {
        let words = self.context.project.words();
        let own = words.entries().filter_map(|(key, text)| Some((key.strip_prefix("preview.")?, text)));
        let own: BTreeMap<&str, &str> = own.collect();
        Saying {
            lang: self.context.project.config.site.lang.clone(),
            noscript: escaped(&words.get("preview.noscript")),
            words: serde_json::to_string(&own).expect("texts have string keys"),
        }
    }

    fn look_up(&self, member: &str) -> Option<Going<()>> {
        let ready = self.ready.as_ref().ok()?;
        match self.seen.known(&self.context, ready, member) {
            Some(_) => None,
            None => Some(self.seen.look_up(&self.context, ready, &self.named, member)),
        }
    }

    fn view(&self, version: u64, member: &str) -> View {
        look::view(self, version, member)
    }

    fn mail(&self, frame: &Frame) -> Option<String> {
        let (ready, looked) = self.shown_for(&frame.member)?;
        // Lists that cannot be read are told in the plan; the mail is shown for somebody invented.
        let recipient = if frame.member.is_empty() { looked.ok().flatten() } else { looked.ok()? };
        let sample = sample(&self.context, ready, recipient.as_ref());
        let html = sample.email.html_for(&sample.recipient.slots, |name| format!("picture/{name}"));
        Some(in_frame(&self.with_pictures(html), frame.dark))
    }

    fn feed(&self) -> Option<String> {
        Some(self.with_pictures(look::feed_page(self.ready.as_ref().ok()?)?))
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

    fn find(&self, text: &str) -> Going<Found> {
        let lists = match &self.ready {
            Ok(ready) => Mail::of_ready(ready).into_iter().map(|mail| mail.list).collect(),
            Err(error) => {
                let found = Found { error: Some(error.to_string()), ..Found::default() };
                return Box::pin(async { found });
            }
        };
        find::find(Apart::of(&self.context, &self.named), lists, text)
    }

    fn plan(&self) -> Going<Part<Plan>> {
        // What was sent or approved meanwhile is in it, too, when somebody asks.
        let stamps = self.stamps.clone().or_new(Stamps::of_record(&self.context));
        self.plans.make(&self.context, &self.named, self.state, &stamps)
    }

    fn test(&self, to: String, member: String) -> Going<Tested> {
        if let Err(error) = &self.ready {
            // Not the mail of before: what is sent is what is shown.
            let tested = Tested { ok: false, text: error.to_string() };
            return Box::pin(async { tested });
        }
        test::send(Apart::of(&self.context, &self.named), to, member)
    }
}
