//! Pictures: who made them, and what their descriptions say.

use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::check::told::Told;
use crate::post::{Picture, Spot, file_name};

pub(super) const NO_CREDIT: Rule = Rule::warning(
    "no-credit",
    "a picture does not say who made it",
    "add `credit: \"…\"`, or in the text `![…](foto.jpg \"who made it\")`; most licences and § 13 UrhG want it",
);

pub(super) const ALT_TEXT: Rule = Rule::warning(
    "alt-text",
    "the description of a picture is a file name or a mere „Foto“",
    "say in one sentence what is to be seen; it is read out, and shown where pictures are off",
);

/// Descriptions that describe nothing, in lower case.
const NOTHING_SAID: [&str; 17] = [
    "bild",
    "foto",
    "fotografie",
    "image",
    "photo",
    "picture",
    "grafik",
    "graphic",
    "logo",
    "symbolbild",
    "gruppenfoto",
    "gruppenbild",
    "titelbild",
    "header",
    "teaser",
    "screenshot",
    "alt",
];

/// What cameras and phones call their files, in lower case.
const CAMERAS: [&str; 8] = ["img_", "img-", "dsc_", "dsc0", "dscn", "dscf", "pxl_", "whatsapp image"];

pub(super) fn look(subject: &Subject<'_>, told: &mut Told) {
    let header_image = subject.post().header.image.as_ref();
    for picture in subject.post().pictures() {
        let place = if header_image == Some(picture) {
            subject.key("image")
        } else {
            subject.place(Spot { line: picture.line, column: picture.column, width: 2 })
        };
        if picture.credit.is_none() {
            told.add(&NO_CREDIT, place.clone(), format!("the picture `{}` does not say who made it", picture.src));
        }
        if says_nothing(picture) {
            let message = format!("“{}” does not describe the picture `{}`", picture.alt, picture.src);
            told.add(&ALT_TEXT, place, message);
        }
    }
}

fn says_nothing(picture: &Picture) -> bool {
    let lower = picture.alt.trim().to_lowercase();
    let bare = lower.trim_end_matches(|c: char| !c.is_alphabetic());
    let ending = [".jpg", ".jpeg", ".png", ".heic", ".webp", ".gif"].iter().any(|ending| lower.ends_with(ending));
    let file = picture.src.rsplit('/').next().unwrap_or(&picture.src);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    // One word may be a fair name of a file and of what is seen; `herbsttagung-2026-03` is not.
    let same = file_name(&lower, 200) == file_name(stem, 200) && !lower.contains(' ');
    ending || same || NOTHING_SAID.contains(&bare) || CAMERAS.iter().any(|start| lower.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(src: &str, alt: &str) -> Picture {
        Picture { src: src.to_owned(), alt: alt.to_owned(), credit: None, link: None, line: 1, column: 1 }
    }

    #[test]
    fn a_file_name_describes_nothing() {
        for alt in ["IMG_2041", "tagung-köln", "foto.JPG", "Foto 3", "Bild", "WhatsApp Image 2026-03-01", "logo"] {
            assert!(says_nothing(&picture("bilder/tagung-köln.jpg", alt)), "{alt}");
        }
        for alt in ["Bild der Bühne von hinten", "Fotowand mit 40 Gesichtern", "Drei Personen"] {
            assert!(!says_nothing(&picture("bilder/tagung-köln.jpg", alt)), "{alt}");
        }
    }
}
