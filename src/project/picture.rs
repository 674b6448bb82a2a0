//! Pictures on disk: found beside the post or the configuration, prepared once, kept in a cache by content.

use std::fs;
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

use super::Project;
use crate::finding::{Finding, Place, nearest};
use crate::post::picture::{PictureError, Prepared, cache_key, measure, prepare};
use crate::post::{Picture, Post};
use crate::render::{Pictures, Section, Shown, picture_file};

/// A photograph of more than this is not read; phones make 20 MB at most.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Loads every picture that the renditions show. What is wrong with one becomes a finding.
pub(super) fn load(
    project: &Project,
    post: &Post,
    sections: &[Section],
    how: How<'_>,
    findings: &mut Vec<Finding>,
) -> Pictures {
    let mut loader = Loader { how, pictures: Pictures::default(), findings };
    for picture in post.pictures() {
        let shown = if post.header.image.as_ref() == Some(picture) { Shown::Hero } else { Shown::Body };
        loader.of_post(project, post, picture, shown);
    }
    for entry in sections.iter().flat_map(|section| &section.posts) {
        if let Some(picture) = &entry.header.image {
            loader.of_post(project, entry, picture, Shown::Body);
        }
    }
    let site = &project.config.site;
    for logo in [&site.logo, &site.logo_dark].into_iter().flatten() {
        loader.of_site(project, logo, Shown::Logo);
    }
    for partner in post.header.partners.iter().filter_map(|name| site.partners.get(name)) {
        loader.of_site(project, &partner.logo, Shown::Partner);
    }
    loader.pictures
}

const BESIDE: &str = "put the file beside the post and write its name";

/// What is done with a picture.
#[derive(Debug, Clone, Copy)]
pub(super) enum How<'a> {
    /// It is made ready for the mail; the folder is where it is kept between runs.
    Prepare { cache: Option<&'a Path> },
    /// Only its size is read.
    Measure,
}

struct Loader<'a> {
    how: How<'a>,
    pictures: Pictures,
    findings: &'a mut Vec<Finding>,
}

impl Loader<'_> {
    /// A picture of a post, which lies in the post's folder or below it, also behind symbolic links.
    fn of_post(&mut self, project: &Project, post: &Post, picture: &Picture, shown: Shown) {
        let file = picture_file(post, picture);
        let folder = post.file.parent().unwrap_or(Path::new(""));
        let result = inside(&file, &[folder, &project.config.folder]).and_then(|()| self.prepared(&file, shown));
        match result {
            Ok(prepared) => {
                let bytes = fs::metadata(&file).map_or(0, |about| about.len());
                let measured = matches!(self.how, How::Measure).then(|| prepared.name.clone());
                self.pictures.note_file(file.clone(), bytes, measured);
                self.pictures.insert(file, shown, prepared);
            }
            Err((message, help)) => {
                let source = fs::read_to_string(&post.file).unwrap_or_default();
                let place = Place::at_line(&post.file, &source, picture.line, picture.column);
                self.findings.push(with_help(Finding::error("picture", message).at(place), help));
            }
        }
    }

    /// A logo, named in the configuration.
    fn of_site(&mut self, project: &Project, path: &Path, shown: Shown) {
        match self.prepared(&project.path(path), shown) {
            Ok(prepared) => self.pictures.insert(path.to_owned(), shown, prepared),
            Err((message, help)) => self.findings.push(match &project.config_file {
                Some(file) => {
                    let source = fs::read_to_string(file).unwrap_or_default();
                    let found = source.find(&*path.to_string_lossy());
                    let place = found.map_or_else(|| Place::whole_file(file), |at| Place::at_offset(file, &source, at));
                    let place = place.with_width(path.to_string_lossy().chars().count());
                    let help = help.replace(BESIDE, "write its path from the folder of the configuration");
                    with_help(Finding::error("picture", message).at(place), help)
                }
                None => Finding::error("picture", message).help(
                    "without a config.toml, the example organisation of rundbrief's own folder is used, and this is \
                     its logo; copy config.example.toml to config.toml and make it yours",
                ),
            }),
        }
    }

    /// The prepared picture of a file, from the cache if its content was prepared before.
    fn prepared(&self, file: &Path, shown: Shown) -> Result<Prepared, (String, String)> {
        let wrong = |error: PictureError| (format!("{}: {error}", file.display()), String::new());
        let How::Prepare { cache } = self.how else {
            let opened = BufReader::new(open(file)?);
            return measure(opened, &file.to_string_lossy(), shown.width()).map_err(wrong);
        };
        let mut bytes = Vec::new();
        open(file)?.read_to_end(&mut bytes).map_err(|error| unreadable(file, &error))?;
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let entry = cache.map(|folder| folder.join(cache_key(&bytes, shown.width())));
        if let Some(prepared) = entry.as_ref().and_then(|entry| Prepared::from_cache(fs::read(entry).ok()?, &name)) {
            return Ok(prepared);
        }
        let prepared = prepare(&bytes, &name, shown.width()).map_err(wrong)?;
        if let Some(entry) = &entry
            && let Err(error) = keep(entry, &prepared.to_cache())
        {
            tracing::debug!("the picture cache is not used: {error}");
        }
        Ok(prepared)
    }
}

/// Most errors of a picture say in the same sentence what to do.
fn with_help(finding: Finding, help: String) -> Finding {
    if help.is_empty() { finding } else { finding.help(help) }
}

fn unreadable(file: &Path, error: &std::io::Error) -> (String, String) {
    (format!("cannot read the picture {}: {error}", file.display()), String::new())
}

fn open(file: &Path) -> Result<fs::File, (String, String)> {
    let about = fs::metadata(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            let help = alike(file).map_or_else(|| BESIDE.to_owned(), |name| format!("did you mean `{name}`?"));
            (format!("the picture {} does not exist", file.display()), help)
        }
        _ => unreadable(file, &error),
    })?;
    if !about.is_file() {
        return Err((format!("{} is not a picture file", file.display()), BESIDE.to_owned()));
    }
    if about.len() > MAX_BYTES {
        let message = format!("the picture {} has {} MB", file.display(), about.len() / 1_000_000);
        return Err((message, "export it smaller, as JPEG".to_owned()));
    }
    fs::File::open(file).map_err(|error| unreadable(file, &error))
}

/// The file of the same folder whose name is nearest: capital letters, umlauts and endings are easily mistaken.
fn alike(file: &Path) -> Option<String> {
    let wanted = file.file_name()?.to_str()?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = fs::read_dir(folder).ok()?.flatten().filter(|entry| entry.path().is_file());
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| !name.ends_with(".md"));
    names.sort();
    nearest(wanted, names.iter().map(String::as_str)).map(str::to_owned)
}

/// Refuses a file that, after following links, lies in none of the folders.
fn inside(file: &Path, folders: &[&Path]) -> Result<(), (String, String)> {
    let Ok(real) = fs::canonicalize(file) else { return Ok(()) };
    let within = |folder: &&Path| {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        fs::canonicalize(folder).is_ok_and(|folder| real.starts_with(folder))
    };
    if folders.iter().any(within) {
        return Ok(());
    }
    let message = format!("the picture {} lies outside of the project", file.display());
    Err((message, "copy it beside the post".to_owned()))
}

/// Writes a cache entry beside its place and renames it.
fn keep(entry: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = entry.parent().map_or_else(PathBuf::new, Path::to_owned);
    fs::create_dir_all(&folder)?;
    let mut file = tempfile::NamedTempFile::new_in(&folder)?;
    file.write_all(bytes)?;
    file.persist(entry).map(drop).map_err(|error| error.error)
}
