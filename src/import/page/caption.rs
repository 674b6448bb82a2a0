//! What a caption says about a picture, and who made it.

/// Words before the name of who made a picture.
const CREDITS: [&str; 22] = [
    "Foto:",
    "Fotos:",
    "Bild:",
    "Bilder:",
    "Fotograf:",
    "Fotografin:",
    "Fotografie:",
    "Grafik:",
    "Illustration:",
    "Bildquelle:",
    "Bildnachweis:",
    "Quelle:",
    "Urheber:",
    "Copyright:",
    "Photo:",
    "Photos:",
    "Photo by",
    "Image:",
    "Picture:",
    "Credit:",
    "Source:",
    "©",
];

/// A caption in two: the description, and who made the picture.
pub(super) fn split(caption: &str) -> (Option<String>, Option<String>) {
    let caption = caption.trim();
    let found = CREDITS.iter().filter_map(|word| {
        let at = caption.find(word)?;
        // `das Foto: eine Rarität` has the word inside of a sentence.
        let before = caption[..at].trim_end();
        let begins =
            before.is_empty() || before.ends_with(['.', '!', '?', '(', '|', '/', '–', '—', '-', ';', ',', '“', '[']);
        begins.then_some((at, word.len()))
    });
    let Some((at, length)) = found.min() else { return (some(caption), None) };
    let description =
        caption[..at].trim_end().trim_end_matches(['(', '|', '/', '–', '—', '-', ';', ',', '[']).trim_end();
    let credit = caption[at + length..].trim().trim_start_matches(':').trim();
    let opened = caption[..at].trim_end().ends_with(['(', '[']);
    let credit = if opened { credit.trim_end_matches(['.', ')', ']']) } else { credit };
    (some(description), some(credit.trim()))
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_caption_is_parted_from_its_credit() {
        for (caption, description, credit) in [
            (
                "Drei Personen auf einer Bühne. Foto: Anna Muster",
                Some("Drei Personen auf einer Bühne."),
                Some("Anna Muster"),
            ),
            ("Drei Personen (Foto: Anna Muster)", Some("Drei Personen"), Some("Anna Muster")),
            ("Drei Personen, © Anna Muster", Some("Drei Personen"), Some("Anna Muster")),
            ("© Anna Muster", None, Some("Anna Muster")),
            ("Three people | Photo: Anna Muster", Some("Three people"), Some("Anna Muster")),
            ("Er zeigt sein bestes Foto: einen Hund", Some("Er zeigt sein bestes Foto: einen Hund"), None),
            ("", None, None),
        ] {
            assert_eq!(split(caption), (description.map(str::to_owned), credit.map(str::to_owned)), "{caption}");
        }
    }
}
