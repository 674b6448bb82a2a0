//! The pictures of a draft: which to fetch, what their files are called, what becomes of those that are not there.
//!
//! Comes in: a draft with web addresses, and the files that were made of some. Goes out: the draft with files' names; a
//! picture without a file or without a description cannot stand in a post and becomes a question.

use std::collections::BTreeMap;

use super::{Draft, header};
use crate::post::picture::prepare;
use crate::post::{Block, BlockKind, Inline, Picture, file_name, whole_text};

/// The most pictures that are fetched for one post.
pub const MOST: usize = 20;
/// Below this width a picture is an icon; CSS pixels.
const ICON: u32 = 40;
/// The longest part of a picture's name that comes from its address.
const LONGEST_STEM: usize = 40;

/// The addresses of all pictures, each once, in reading order.
pub fn addresses(draft: &Draft) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for picture in draft.pictures() {
        if !found.contains(&picture.src) {
            found.push(picture.src.clone());
        }
    }
    found
}

/// The address of a picture that a saved page names, on the web.
pub fn absolute(src: &str, base: Option<&str>) -> Option<String> {
    super::page::absolute(src, base)
}

/// A file's name as it is on the disk: browsers write `Tagung%20Ulm_files/foto.jpg` into the page.
pub fn decoded(src: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = src.as_bytes();
    while let [first, behind @ ..] = rest {
        let hex = behind.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| *first == b'%');
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The file name of a fetched picture beside the post `slug`, `number` from 1.
///
/// # Errors
/// Mail programs do not show it, it is an icon, or it is none; one sentence says so.
pub fn name(slug: &str, url: &str, bytes: &[u8]) -> Result<String, String> {
    let prepared = prepare(bytes, "picture", 600).map_err(|error| error.to_string())?;
    if prepared.width < ICON && prepared.height < ICON {
        return Err("it is only an icon".to_owned());
    }
    let ending = if bytes.starts_with(b"\x89PNG") { "png" } else { "jpg" };
    let file = url.split(['?', '#']).next().unwrap_or(url).rsplit('/').next().unwrap_or("");
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let stem = file_name(&decoded(stem), LONGEST_STEM);
    Ok(if stem.is_empty() { format!("{slug}-picture.{ending}") } else { format!("{slug}-{stem}.{ending}") })
}

/// Puts files in the place of addresses. `files` has the name of each fetched picture, or why it has none; addresses
/// that are missing in it were not fetched.
pub fn place(draft: &mut Draft, files: &BTreeMap<String, Result<String, String>>) {
    if let Some(image) = draft.image.take() {
        match files.get(&image.src) {
            Some(Ok(file)) if image.alt.trim().is_empty() => {
                let line = header::image(&Picture { src: file.clone(), alt: "…".to_owned(), ..image });
                draft.ask(
                    "image",
                    "what the picture shows is not said; describe it in one sentence",
                    Some(format!("image: {line}")),
                );
            }
            Some(Ok(file)) => draft.image = Some(Picture { src: file.clone(), ..image }),
            Some(Err(reason)) => {
                draft.ask("image", format!("the picture {} could not be taken: {reason}", image.src), None);
            }
            None => {
                let says = format!("the page has a picture, {}; --images fetches it", image.src);
                let alt = if image.alt.is_empty() { "…".to_owned() } else { image.alt.clone() };
                let line = header::image(&Picture { src: "foto.jpg".to_owned(), alt, ..image });
                draft.ask("image", says, Some(format!("image: {line}")));
            }
        }
    }
    let mut asked = Vec::new();
    draft.body = blocks(std::mem::take(&mut draft.body), files, &draft.captions, &mut asked);
    asked.into_iter().for_each(|says| draft.ask("picture", says, None));
}

fn blocks(
    body: Vec<Block>,
    files: &BTreeMap<String, Result<String, String>>,
    captions: &[String],
    asked: &mut Vec<String>,
) -> Vec<Block> {
    let mut kept: Vec<Block> = Vec::new();
    // Whether the picture that stood here is gone.
    let mut gone = false;
    for Block { line, kind } in body {
        let kind = match kind {
            BlockKind::Picture(picture) => match placed(picture, files) {
                Ok(picture) => BlockKind::Picture(picture),
                Err(says) => {
                    asked.push(says);
                    gone = true;
                    continue;
                }
            },
            BlockKind::Quote(inner) => BlockKind::Quote(blocks(inner, files, captions, asked)),
            BlockKind::List { start, tight, items } => {
                let items = items.into_iter().map(|item| blocks(item, files, captions, asked)).collect();
                BlockKind::List { start, tight, items }
            }
            other => other,
        };
        let caption = caption_text(&kind).filter(|text| captions.contains(text));
        let has_picture = kept.last().is_some_and(|before| matches!(before.kind, BlockKind::Picture(_)));
        if let (true, false, Some(caption), Some(says)) = (gone, has_picture, caption, asked.last_mut()) {
            says.push_str(&format!("; below it: “{caption}”"));
            continue;
        }
        gone = false;
        kept.push(Block { line, kind });
    }
    kept
}

/// The text of a paragraph that is all emphasis, as captions are written.
pub fn caption_text(kind: &BlockKind) -> Option<String> {
    match kind {
        BlockKind::Paragraph(content) if matches!(content.as_slice(), [Inline::Emphasis(_)]) => {
            Some(whole_text(content))
        }
        _ => None,
    }
}

fn placed(picture: Picture, files: &BTreeMap<String, Result<String, String>>) -> Result<Picture, String> {
    match files.get(&picture.src) {
        Some(Ok(file)) if picture.alt.trim().is_empty() => {
            Err(format!("the picture {file} is not in the text, because what it shows is not said: `![…]({file})`"))
        }
        Some(Ok(file)) => Ok(Picture { src: file.clone(), ..picture }),
        Some(Err(reason)) => Err(format!("the picture {} is not in the text: {reason}", picture.src)),
        None => Err(format!("the picture {} is not in the text; --images fetches it", picture.src)),
    }
}
