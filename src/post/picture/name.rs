//! File names for mails and links: ASCII letters, digits and hyphens.

/// The longest stem, in characters.
const MAX: usize = 40;

/// The stem of a file name as ASCII: `Tagung Köln (1).JPG` is `tagung-koeln-1`. Never empty.
pub(super) fn slug(source_name: &str) -> String {
    let file = source_name.rsplit(['/', '\\']).next().unwrap_or(source_name);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| if stem.is_empty() { file } else { stem });
    let mut slug = String::new();
    for c in stem.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            'ä' | 'æ' => slug.push_str("ae"),
            'ö' | 'ø' | 'œ' => slug.push_str("oe"),
            'ü' => slug.push_str("ue"),
            'ß' => slug.push_str("ss"),
            'à' | 'á' | 'â' | 'ã' | 'å' => slug.push('a'),
            'è' | 'é' | 'ê' | 'ë' => slug.push('e'),
            'ì' | 'í' | 'î' | 'ï' => slug.push('i'),
            'ò' | 'ó' | 'ô' | 'õ' => slug.push('o'),
            'ù' | 'ú' | 'û' => slug.push('u'),
            'ç' => slug.push('c'),
            'ñ' => slug.push('n'),
            // Accents on their own, as macOS writes umlauts: `u` and a diaeresis.
            '\u{308}' if slug.ends_with(['a', 'o', 'u']) => slug.push('e'),
            '\u{300}'..='\u{36F}' => {}
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    slug.truncate(MAX);
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "picture".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_ascii() {
        assert_eq!(slug("bilder/Tagung Köln (1).JPG"), "tagung-koeln-1");
        assert_eq!(slug("Müßiggang.png"), "muessiggang");
        assert_eq!(slug("Mu\u{308}nchen.jpg"), "muenchen");
        assert_eq!(slug("写真.jpg"), "picture");
        assert_eq!(slug(".jpg"), "jpg");
        assert_eq!(slug(&"x".repeat(200)).len(), 40);
    }
}
