//! The files on disk: configuration, posts, pictures, templates, lists and the site key.
//!
//! Comes in: paths as the user named them. Goes out: parsed values with clear errors. The only module that reads the
//! project's files for rendering and planning; it writes nothing but the site key and the picture cache.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::check;
use crate::config::{Config, NetworkKind};
use crate::error::Error;
use crate::finding::{Finding, Place};
use crate::post::{OwnTeaser, Post, Slug};
use crate::render::{Pictures, Section, Source, Templates};
use crate::words::{Catalogue, Words};

mod key;
pub mod list;
pub mod picture;
mod template;

pub use key::{ensure_site_key, others_can_read, secret_files, secret_warnings, site_key};

/// A configuration with the folder it stands in.
#[derive(Debug)]
pub struct Project {
    pub config: Config,
    /// The file the configuration came from; `None` for the built-in one.
    pub config_file: Option<PathBuf>,
}

/// A post with everything its renditions are made from.
#[derive(Debug)]
pub struct Loaded {
    pub post: Post,
    pub sections: Vec<Section>,
    pub pictures: Pictures,
    pub words: Words,
    pub templates: Templates,
}

impl Loaded {
    /// The same for what puts right what was said before.
    pub fn correction<'a>(&'a self, config: &'a Config) -> Source<'a> {
        Source { correction: true, ..self.source(config) }
    }

    /// The view of it that renderers take.
    pub fn source<'a>(&'a self, config: &'a Config) -> Source<'a> {
        Source {
            config,
            post: &self.post,
            sections: &self.sections,
            pictures: &self.pictures,
            words: &self.words,
            templates: &self.templates,
            correction: false,
        }
    }
}

impl Project {
    /// Reads the configuration that was named, else `config.toml` in `folder`, else takes the built-in one.
    ///
    /// # Errors
    /// [`Error::Missing`] for a named file that is not there, [`Error::Config`] for one with errors.
    pub fn open(named: Option<&Path>, folder: &Path) -> Result<Project, Error> {
        let path = match named {
            Some(path) => path.to_owned(),
            None => folder.join("config.toml"),
        };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => {
                return Ok(Project { config: Config::built_in(folder), config_file: None });
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let help = "copy config.example.toml to config.toml and change what is yours".to_owned();
                return Err(Error::Missing { what: "configuration", path, help });
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                let finding = Finding::error("config-syntax", "the configuration is not UTF-8 text");
                return Err(Error::Config(vec![finding.at(Place::whole_file(&path))]));
            }
            Err(error) => return Err(Error::io("read", &path, error)),
        };
        let config = Config::parse(&path, &text).map_err(Error::Config)?;
        check::Settings::of(&config.check).map_err(Error::Config)?;
        Ok(Project { config, config_file: Some(path) })
    }

    /// A path of the configuration, made relative to where the program runs.
    pub fn path(&self, path: &Path) -> PathBuf {
        self.config.folder.join(path)
    }

    /// The file of a post that was named by its path, or by its slug in `newsletters/`.
    pub fn post_file(&self, named: &Path) -> PathBuf {
        if named.exists()
            || named.extension().is_some_and(|extension| extension == "md")
            || named.components().count() > 1
        {
            return named.to_owned();
        }
        let mut file_name = named.as_os_str().to_owned();
        file_name.push(".md");
        self.path(Path::new("newsletters")).join(file_name)
    }

    /// Every Markdown file in `newsletters/`, by name.
    ///
    /// # Errors
    /// A folder that cannot be read; one that is not there has no posts.
    pub fn post_files(&self) -> Result<Vec<PathBuf>, Error> {
        let folder = self.path(Path::new("newsletters"));
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(|error| Error::io("read", &folder, error))?,
        };
        let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        files.retain(|path| may_be_post(path));
        files.sort();
        Ok(files)
    }

    /// The bytes of a post, for what can be told of one that does not parse.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Io`]; [`Error::Input`] for what is no file.
    pub fn bytes(&self, file: &Path) -> Result<Vec<u8>, Error> {
        read_post(file)
    }

    /// Reads and parses a post.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Io`], or [`Error::Input`] with every finding of the post.
    pub fn post(&self, file: &Path) -> Result<Post, Error> {
        let bytes = read_post(file)?;
        Post::parse(file, &bytes, &self.config.site.zone).map_err(Error::Input)
    }

    /// Loads a post with its digest's posts, pictures, templates and words. `cache` is where prepared pictures are
    /// kept; it may be missing or unwritable.
    ///
    /// # Errors
    /// Every problem of the post and its pictures at once.
    pub fn load(&self, file: &Path, cache: Option<&Path>) -> Result<Loaded, Error> {
        self.load_with(file, picture::How::Prepare { cache })
    }

    /// The same with pictures that have their size and no content, which takes no time: for looking, not for sending.
    ///
    /// # Errors
    /// As [`Project::load`].
    pub fn load_measured(&self, file: &Path) -> Result<Loaded, Error> {
        self.load_with(file, picture::How::Measure)
    }

    fn load_with(&self, file: &Path, how: picture::How<'_>) -> Result<Loaded, Error> {
        let post = self.post(file)?;
        let mut findings = self.unknown_names(&post);
        let sections = self.sections(&post, &mut findings)?;
        let templates = template::load(self, &mut findings)?;
        let words = self.catalogue(&mut findings)?.for_lang(&post.header.lang);
        let pictures = picture::load(self, &post, &sections, how, &mut findings);
        if findings.iter().any(Finding::is_error) {
            findings.extend(post.findings);
            return Err(Error::Input(findings));
        }
        Ok(Loaded { post, sections, pictures, words, templates })
    }

    /// The words of the site's language, with the organisation's own over them. Own words that cannot be read are left
    /// out, with a remark in the log: whoever wants to know what became of a send must not wait for them.
    pub fn words(&self) -> Words {
        let mut findings = Vec::new();
        let catalogue = self.catalogue(&mut findings).unwrap_or_else(|error| {
            tracing::warn!("the organisation's own words are left out: {error}");
            Catalogue::built_in()
        });
        for finding in findings {
            tracing::warn!("the organisation's own words are left out: {finding}");
        }
        catalogue.for_lang(&self.config.site.lang)
    }

    /// The catalogue, with the organisation's own words over it.
    fn catalogue(&self, findings: &mut Vec<Finding>) -> Result<Catalogue, Error> {
        let catalogue = Catalogue::built_in();
        let Some(folder) = &self.config.site.templates else { return Ok(catalogue) };
        let path = self.path(folder).join("words.yaml");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(catalogue),
            Err(error) => return Err(Error::io("read", &path, error)),
        };
        match Catalogue::parse(&text) {
            Ok(own) => Ok(catalogue.overridden_by(own)),
            Err(message) => {
                let help = "write it like the built-in one: a language, and below it `key: text`";
                findings.push(Finding::error("words", message).at(Place::whole_file(&path)).help(help));
                Ok(catalogue)
            }
        }
    }

    /// Lists, channels, networks and partners that the post names and the configuration does not have.
    fn unknown_names(&self, post: &Post) -> Vec<Finding> {
        let header = &post.header;
        let config = &self.config;
        let channels = header.channels.iter().flatten();
        let teasers: Vec<&String> = match &header.teaser {
            OwnTeaser::ByChannel(texts) => texts.keys().collect(),
            OwnTeaser::None | OwnTeaser::Text(_) => Vec::new(),
        };
        // A text for a kind of network may wait there until such a channel is configured.
        let mut networks: Vec<String> = config.networks().into_keys().collect();
        networks.extend(NetworkKind::ALL.iter().filter(|kind| kind.has_teaser()).map(|kind| kind.name().to_owned()));
        networks.sort();
        networks.dedup();
        let named = [
            (
                "lists",
                "list",
                header.lists.iter().collect::<Vec<_>>(),
                config.lists.keys().cloned().collect::<Vec<_>>(),
            ),
            ("channels", "channel", channels.collect(), config.channel_names()),
            ("teaser", "network", teasers, networks),
            ("partners", "partner", header.partners.iter().collect(), config.site.partners.keys().cloned().collect()),
        ];
        let mut findings = Vec::new();
        for (key, what, names, known) in named {
            for name in names.into_iter().filter(|name| !known.contains(name)) {
                let known = if known.is_empty() { "none yet".to_owned() } else { known.join(", ") };
                let finding =
                    Finding::error("unknown-name", format!("there is no {what} `{name}` in the configuration"));
                findings.push(finding.at(header_place(post, key)).help(format!("known: {known}")));
            }
        }
        findings
    }

    /// Loads the posts of a digest, which lie beside it.
    fn sections(&self, post: &Post, findings: &mut Vec<Finding>) -> Result<Vec<Section>, Error> {
        let mut sections = Vec::new();
        for section in &post.header.posts {
            let mut posts = Vec::new();
            for slug in &section.posts {
                match self.digest_post(post, slug) {
                    Ok(entry) => posts.push(entry),
                    Err(Error::Input(found)) => findings.extend(found),
                    Err(Error::Missing { path, .. }) => {
                        let message = format!("the digest lists `{slug}`, but there is no {}", path.display());
                        let help = "write the file name without .md, of a post in the same folder";
                        findings
                            .push(Finding::error("digest-post", message).at(header_place(post, "posts")).help(help));
                    }
                    Err(other) => return Err(other),
                }
            }
            sections.push(Section { heading: section.heading.clone(), posts });
        }
        Ok(sections)
    }

    fn digest_post(&self, digest: &Post, slug: &Slug) -> Result<Post, Error> {
        let entry = self.post(&digest.file.with_file_name(format!("{slug}.md")))?;
        if entry.is_digest() {
            let finding = Finding::error("digest-post", format!("`{slug}` is a digest itself"));
            return Err(Error::input(finding.at(header_place(digest, "posts")).help("list the posts themselves")));
        }
        Ok(entry)
    }
}

/// Whether a file of this name in `newsletters/` is taken for a post. Names that begin with a dot are the locks and copies
/// of editors and systems (`.#post.md`, `._post.md`).
pub fn may_be_post(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "md")
        && path.file_name().is_some_and(|name| !name.as_encoded_bytes().starts_with(b"."))
}

/// The place of a header key of a post; its line is read again so that it can be shown.
fn header_place(post: &Post, key: &str) -> Place {
    match post.header.lines.get(key) {
        Some(line) => {
            let source = fs::read_to_string(&post.file).unwrap_or_default();
            Place::at_line(&post.file, &source, *line, 1).with_width(key.len())
        }
        None => Place::whole_file(&post.file),
    }
}

/// Findings of renderers, which never see a file, with the lines that they mean.
pub fn with_lines(mut findings: Vec<Finding>) -> Vec<Finding> {
    for place in findings.iter_mut().filter_map(|finding| finding.place.as_mut()) {
        if place.line > 0 && place.text.is_empty() {
            let source = fs::read_to_string(&place.file).unwrap_or_default();
            place.text = Place::at_line(&place.file, &source, place.line, place.column).text;
        }
    }
    findings
}

/// The bytes of a post; at most a little more than a post may have, so that the parser can say it is too large.
fn read_post(file: &Path) -> Result<Vec<u8>, Error> {
    const LIMIT: u64 = 2 * 1024 * 1024;
    // Opening a pipe would wait for whoever writes into it.
    let kind = fs::metadata(file).ok().map(|about| about.file_type());
    if let Some(kind) = kind.filter(|kind| !kind.is_file()) {
        let what = if kind.is_dir() { "a folder" } else { "a device or pipe" };
        let finding = Finding::error("not-a-post", format!("this is {what}, not a post"));
        return Err(Error::input(finding.at(Place::whole_file(file)).help("name one Markdown file")));
    }
    let opened = fs::File::open(file).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            let help = "posts are Markdown files in newsletters/; `rundbrief new \"Title\"` begins one".to_owned();
            Error::Missing { what: "post", path: file.to_owned(), help }
        }
        _ => Error::io("read", file, error),
    })?;
    let mut bytes = Vec::new();
    opened.take(LIMIT).read_to_end(&mut bytes).map_err(|error| Error::io("read", file, error))?;
    Ok(bytes)
}
