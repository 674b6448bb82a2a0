//! The post that the test mail shows: the sample, written into a folder that has no posts yet.
//!
//! Comes in: the project's folder. Goes out: which post, and the files that it needs. Writes nothing itself.

use std::path::{Path, PathBuf};

use crate::project::may_be_post;

/// The German sample, as it lies in this program's own folder.
const GERMAN: &str = include_str!("../../../newsletters/2026-11-herbsttagung.md");
const ENGLISH: &str = include_str!("sample/2026-11-autumn-conference.md");
const PICTURE: &[u8] = include_bytes!("../../../newsletters/herbsttagung.jpg");

const GERMAN_NAME: &str = "2026-11-herbsttagung.md";
const ENGLISH_NAME: &str = "2026-11-autumn-conference.md";

/// The invented organisation's website, as its posts link to it.
const EXAMPLE: &str = "https://www.example.org/";

/// What a new configuration says where the sample's partner lies in the folder.
pub const PARTNER: &str = "\n[site.partners.stiftung]            # of the sample post; remove it with that\n\
                           logo = \"newsletters/logos/stiftung-muster.png\"\n\
                           text = \"Gefördert durch die Stiftung Muster\"\n";

/// A post, and what has to be written for it: path and content.
#[derive(Debug)]
pub struct Sample {
    pub post: PathBuf,
    pub files: Vec<(PathBuf, Vec<u8>)>,
}

/// The sample that is there, else the newest post, else a new sample in the language, whose links lead to the
/// organisation's website.
pub fn choose(folder: &Path, lang: &str, website: &str) -> Sample {
    let posts = folder.join("newsletters");
    let there = [GERMAN_NAME, ENGLISH_NAME].map(|name| posts.join(name)).into_iter().find(|path| path.exists());
    if let Some(post) = there.or_else(|| newest(&posts)) {
        return Sample { post, files: Vec::new() };
    }
    let (name, text) =
        if lang.starts_with("de") { (GERMAN_NAME, own(GERMAN, website)) } else { (ENGLISH_NAME, ENGLISH.to_owned()) };
    let post = posts.join(name);
    Sample { files: vec![(post.clone(), text.into_bytes()), (posts.join("herbsttagung.jpg"), PICTURE.to_vec())], post }
}

/// Whether the folder has the logo of the sample's partner, as this program's own folder does.
pub fn has_partner(folder: &Path) -> bool {
    folder.join("newsletters/logos/stiftung-muster.png").exists()
}

/// The sample without the partner, the article's address and the name of the invented organisation; a draft, which nothing
/// sends by itself. Links to the invented organisation lead to the website: it answers, so that a newcomer who sends the
/// sample to a list of friends is not refused for pages of nobody.
fn own(text: &str, website: &str) -> String {
    let of_the_example = |line: &str| line.starts_with("partners:") || line.starts_with("link:");
    let kept: Vec<&str> = text.lines().filter(|line| !of_the_example(line)).collect();
    let text = kept.join("\n").replacen("\n---\n", "\ndraft: true\n---\n", 1) + "\n";
    let text = text.replace("\"Verband Beispiel\"", "\"Zeichnung zum Ausprobieren\"");
    let mut pieces = text.split(EXAMPLE);
    let mut own = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let path = piece.find([')', '"', '\n']).unwrap_or(piece.len());
        own.extend([website, &piece[path..]]);
    }
    own
}

/// Posts are named by their day, so the last name is the newest.
fn newest(posts: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(posts).ok()?;
    let paths = entries.flatten().map(|entry| entry.path());
    paths.filter(|path| may_be_post(path)).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::post::Post;

    #[test]
    fn both_samples_are_posts_and_drafts() {
        let zone = jiff::tz::TimeZone::UTC;
        for (name, text) in
            [(GERMAN_NAME, own(GERMAN, "https://www.verband-muster.de")), (ENGLISH_NAME, ENGLISH.to_owned())]
        {
            let post = Post::parse(Path::new(name), text.as_bytes(), &zone).unwrap_or_else(|found| panic!("{found:?}"));
            assert!(post.header.draft && post.header.partners.is_empty() && post.findings.is_empty(), "{name}");
            assert!(!text.contains("example"), "{name} is about nobody else: {text}");
        }
    }
}
