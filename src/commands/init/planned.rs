//! Everything that is going to be written, and writing it.
//!
//! Comes in: the answers. Goes out: a valid configuration that names files which are there by then, for it comes last.

use std::path::{Path, PathBuf};

use super::draft::Draft;
use super::key::Key;
use super::questions::Wishes;
use super::sample::{self, Sample};
use super::secrets::Typed;
use super::{books, changes, list, write};
use crate::commands::Context;
use crate::commands::screen::Screen;
use crate::config::Config;
use crate::error::Error;
use crate::finding::Finding;
use crate::project::Project;
use crate::secret::SecretRef;

/// What a run is going to write.
pub struct Planned {
    /// The project as it will be.
    context: Context,
    /// The configuration's text.
    text: String,
    changes: String,
    typed: Vec<Typed>,
    /// A list that is begun.
    list: Option<(PathBuf, String)>,
    sample: Sample,
    /// All files that are made or change, the configuration first.
    pub files: Vec<PathBuf>,
    test_to: Option<String>,
    about_list: bool,
}

/// What a run has written.
pub struct Written {
    pub files: Vec<PathBuf>,
    /// What a test mail shows.
    pub post: PathBuf,
    pub test_to: Option<String>,
    /// Whether the list is to be looked at: at first, when it is changed, and when nothing else is.
    pub about_list: bool,
}

impl Planned {
    /// # Errors
    /// [`Error::Config`] for what keeps a mail from being sent, and for a record that is gone.
    pub async fn of(draft: &Draft, wishes: Wishes, screen: &Screen) -> Result<Planned, Error> {
        let Wishes { mut answers, typed, test_to, new_list } = wishes;
        let about_list = draft.is_new() || new_list.is_some() || answers.touch_list() || answers.is_empty();
        let project = |text: &str| -> Result<Project, Error> {
            let config = Config::parse(&draft.file, text).map_err(Error::Config)?;
            Ok(Project { config, config_file: Some(draft.file.clone()) })
        };
        let context = Context::of(project(&draft.with(&answers))?, *screen)?;
        if let Some(id) = books::id(draft, &context).await? {
            answers.set(Key::LedgerId, id);
        }
        let text = draft.with(&answers);
        let context = Context { project: project(&text)?.into(), ..context };
        let config = &context.project.config;
        let problems = config.network_problems();
        if test_to.is_some() && problems.iter().any(Finding::is_error) {
            return Err(Error::Config(problems));
        }
        let lang = &config.site.lang;
        let sample = sample::choose(draft.folder(), lang, config.site.url.as_str());
        let list = new_list.map(|address| (draft.folder().join(list::NEW), list::of_one(lang, &address)));
        let made = [config.ledger.kept.file().map(Path::to_owned), key_file(config)].into_iter().flatten();
        let made = made.map(|path| context.project.path(&path)).filter(|path| !path.exists());
        let mut files: Vec<PathBuf> = typed.iter().map(|typed| typed.file.clone()).chain(made).collect();
        files.extend(list.iter().map(|(path, _)| path.clone()));
        files.extend(sample.files.iter().map(|(path, _)| path.clone()));
        let changes = changes::of(draft, &answers, &text);
        if draft.text.as_deref() != Some(text.as_str()) {
            files.insert(0, draft.file.clone());
        }
        Ok(Planned { context, text, changes, typed, list, sample, files, test_to, about_list })
    }

    /// For people, before they agree.
    pub fn shown(&self, draft: &Draft) -> String {
        let file = draft.file.display();
        let head = match (self.changes.is_empty(), draft.is_new()) {
            (true, _) => format!("Nothing changes in {file}."),
            (false, true) => changes::below(&format!("\n{file} will say:"), &self.changes),
            (false, false) => changes::below(&format!("\n{file} will change:"), &self.changes),
        };
        let others = self.files.iter().filter(|path| **path != draft.file);
        let others: Vec<Vec<String>> = others.map(|path| vec![path.display().to_string(), self.what(path)]).collect();
        if others.is_empty() {
            return head;
        }
        let lines = crate::commands::table::aligned(&others, |_| false).join("\n");
        format!("{head}\n{}", changes::below("\nAnd these files:", &lines))
    }

    /// A word on a file.
    fn what(&self, path: &Path) -> String {
        let config = &self.context.project.config;
        let is = |other: &Path| self.context.project.path(other) == path;
        if self.typed.iter().any(|typed| typed.file == path) {
            "only you can read it"
        } else if config.ledger.kept.file().is_some_and(is) {
            "the sending record: keep it with your backups"
        } else if key_file(config).is_some_and(|key| is(&key)) {
            "the site key: keep it with your backups"
        } else if self.list.as_ref().is_some_and(|(list, _)| list == path) {
            "a member list with you alone on it"
        } else if self.sample.post == path {
            "a sample post, to look at"
        } else {
            "its picture"
        }
        .to_owned()
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// [`Error::Io`] and the sending record's; what was written until then stays and does no harm.
    pub async fn write(self, draft: &Draft) -> Result<Written, Error> {
        self.typed.iter().try_for_each(write::secret)?;
        books::make(&self.context).await?;
        if let Some((path, text)) = &self.list {
            write::unless_there(path, text.as_bytes())?;
        }
        self.sample.files.iter().try_for_each(|(path, bytes)| write::unless_there(path, bytes))?;
        if draft.text.as_deref() != Some(self.text.as_str()) {
            write::config(&draft.file, draft.text.as_deref(), &self.text)?;
        }
        let Planned { files, test_to, about_list, .. } = self;
        Ok(Written { files, post: self.sample.post, test_to, about_list })
    }
}

/// The file of the site key, if it is one.
fn key_file(config: &Config) -> Option<PathBuf> {
    match &config.site.key {
        SecretRef::File(path) => Some(path.clone()),
        SecretRef::Env(_) => None,
    }
}
