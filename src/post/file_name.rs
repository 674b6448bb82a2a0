//! File names from titles and from the names of pictures: ASCII letters, digits and hyphens.
//!
//! Comes in: any text. Goes out: a name that is the same on every system, in mails and in links. Never looks at a disk.

/// The text as a file name of at most `longest` characters, whole words where that leaves half of it; empty where the
/// text has no Latin letter and no digit. `Łódź: Kolleg*innen & „Gäste“` is `lodz-kolleginnen-gaeste`.
pub fn file_name(text: &str, longest: usize) -> String {
    let mut name = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => name.push(c),
            'ä' | 'æ' => name.push_str("ae"),
            'ö' | 'ø' | 'œ' => name.push_str("oe"),
            'ü' => name.push_str("ue"),
            'ß' => name.push_str("ss"),
            'à' | 'á' | 'â' | 'ã' | 'å' | 'ą' => name.push('a'),
            'ç' | 'ć' | 'č' => name.push('c'),
            'ď' => name.push('d'),
            'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => name.push('e'),
            'ì' | 'í' | 'î' | 'ï' => name.push('i'),
            'ł' => name.push('l'),
            'ñ' | 'ń' | 'ň' => name.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ő' => name.push('o'),
            'ř' => name.push('r'),
            'ś' | 'š' | 'ş' => name.push('s'),
            'ť' | 'ț' => name.push('t'),
            'ù' | 'ú' | 'û' | 'ů' | 'ű' => name.push('u'),
            'ý' | 'ÿ' => name.push('y'),
            'ź' | 'ż' | 'ž' => name.push('z'),
            // Accents on their own, as macOS writes umlauts: `u` and a diaeresis.
            '\u{308}' if name.ends_with(['a', 'o', 'u']) => name.push('e'),
            '\u{300}'..='\u{36F}' => {}
            // The signs of gendered words are inside words.
            '*' | ':' if name.ends_with(|last: char| last.is_ascii_alphanumeric()) => {}
            _ if name.is_empty() || name.ends_with('-') => {}
            _ => name.push('-'),
        }
    }
    shortened(name.trim_end_matches('-'), longest).to_owned()
}

fn shortened(name: &str, longest: usize) -> &str {
    if name.len() <= longest {
        return name;
    }
    let word = name[..=longest].rfind('-').filter(|at| *at >= longest / 2);
    name[..word.unwrap_or(longest)].trim_end_matches('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_and_names_of_pictures_become_ascii() {
        for (text, name) in [
            ("Fachkräfte: eine Kernaufgabe", "fachkraefte-eine-kernaufgabe"),
            ("Rückkehrer*innen, Kolleg:innen & „Gäste“", "rueckkehrerinnen-kolleginnen-gaeste"),
            ("Tagung Köln (1)", "tagung-koeln-1"),
            ("Mu\u{308}nchen", "muenchen"),
            ("Łódź, Čech und São Paulo", "lodz-cech-und-sao-paulo"),
            ("100 Jahre!", "100-jahre"),
            ("../../etc/passwd", "etc-passwd"),
            ("…", ""),
            ("写真", ""),
        ] {
            assert_eq!(file_name(text, 60), name);
        }
    }

    #[test]
    fn a_long_title_ends_at_a_word_and_a_long_word_anywhere() {
        assert_eq!(file_name("Zusammenarbeit stärken und gestalten", 30), "zusammenarbeit-staerken-und");
        assert_eq!(file_name("Zusammenarbeit", 14), "zusammenarbeit");
        assert_eq!(file_name("ein Donaudampfschifffahrtskapitän", 20), "ein-donaudampfschiff");
        assert_eq!(file_name(&"x".repeat(200), 40).len(), 40);
    }
}
