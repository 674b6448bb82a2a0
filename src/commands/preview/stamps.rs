//! Whether a file was saved: its time and size, for everything that a post is made from.
//!
//! Comes in: the project and the post. Goes out: stamps that differ when something was saved, made or deleted. Looking
//! some times a second is enough, works on every file system, and sees a template that is new.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::super::Context;
use super::super::ready::Ready;
use crate::render::picture_file;

/// Time and size of each file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stamps(BTreeMap<PathBuf, (Option<SystemTime>, u64)>);

/// The configuration that is read, or would be if it were made.
pub fn config_file(context: &Context) -> PathBuf {
    context.project.config_file.clone().unwrap_or_else(|| context.project.path(Path::new("config.toml")))
}

/// What a database said is taken for what it says for so long, in seconds.
const DATABASE_STAYS: u64 = 5;

/// The most files of a folder that are looked at; a post stands beside no more.
const MOST: usize = 2_000;

impl Stamps {
    /// As it is now, without the sending record, which changes with every mail.
    pub fn of(context: &Context, post: &Path) -> Stamps {
        let (project, config) = (&context.project, &context.project.config);
        let mut stamps = Stamps::default();
        stamps.add(config_file(context));
        stamps.add(post.to_owned());
        // The posts of a digest, and the pictures beside them.
        stamps.add_folder(post.parent().unwrap_or(Path::new("")));
        if let Some(templates) = &config.site.templates {
            stamps.add_folder(&project.path(templates));
        }
        for logo in [&config.site.logo, &config.site.logo_dark].into_iter().flatten() {
            stamps.add(project.path(logo));
        }
        for partner in config.site.partners.values() {
            stamps.add(project.path(&partner.logo));
        }
        for list in config.lists.values() {
            stamps.add(project.path(&list.file));
        }
        stamps
    }

    /// The lists and the configuration alone.
    pub fn of_lists(context: &Context) -> Stamps {
        let mut stamps = Stamps::default();
        let files = context.project.config.lists.values().map(|list| context.project.path(&list.file));
        files.chain(context.project.config_file.clone()).for_each(|file| stamps.add(file));
        stamps
    }

    /// The sending record alone, with what is not in its main file yet (sqlite.org/wal.html).
    pub fn of_record(context: &Context) -> Stamps {
        let mut stamps = Stamps::default();
        let Some(file) = context.project.config.ledger.kept.file() else { return stamps.and_the_time() };
        let file = context.project.path(file);
        let mut log = file.clone().into_os_string();
        log.push("-wal");
        stamps.add(file);
        stamps.add(log.into());
        // Looking makes an empty log, which says nothing.
        stamps.0.retain(|_, (_, size)| *size > 0);
        stamps
    }

    /// Nobody can see from here when a database changes: it is asked again after a while.
    fn and_the_time(mut self) -> Stamps {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        self.0.insert(PathBuf::from("database"), (None, now.as_secs() / DATABASE_STAYS));
        self
    }

    /// Adds the pictures of a post, which may lie in folders of their own.
    pub fn with_pictures(mut self, ready: Option<&Ready>) -> Stamps {
        if let Some(Ready { loaded, .. }) = ready {
            let posts = loaded.sections.iter().flat_map(|section| &section.posts).chain([&loaded.post]);
            let files = posts.flat_map(|post| post.pictures().into_iter().map(|picture| picture_file(post, picture)));
            files.for_each(|file| self.add(file));
        }
        self
    }

    /// These, and of `now` what they do not have: files that come into view by what was read.
    pub fn or_new(mut self, now: Stamps) -> Stamps {
        for (file, stamp) in now.0 {
            self.0.entry(file).or_insert(stamp);
        }
        self
    }

    /// Whether a file is there and has something in it.
    pub fn has(&self, path: &Path) -> bool {
        self.0.get(path).is_some_and(|(_, size)| *size > 0)
    }

    fn add(&mut self, path: PathBuf) {
        if let Ok(metadata) = fs::metadata(&path)
            && metadata.is_file()
        {
            self.0.insert(path, (metadata.modified().ok(), metadata.len()));
        }
    }

    fn add_folder(&mut self, folder: &Path) {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten().take(MOST) {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            // What editors keep beside a file that is being written.
            if !name.starts_with('.') && !name.ends_with('~') {
                let path = entry.path();
                self.add(path.strip_prefix("./").map_or_else(|_| path.clone(), Path::to_owned));
            }
        }
    }
}
