//! The page's own files, inside the binary.

use crate::preview::desk::Saying;
use crate::preview::fill::fill;

const PAGE: &str = include_str!("../assets/page.html");

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Name, media type and text of each.
const FILES: &[(&str, &str, &str)] = &[
    ("page.css", "text/css; charset=utf-8", include_str!("../assets/page.css")),
    ("letter.css", "text/css; charset=utf-8", include_str!("../assets/letter.css")),
    ("page.js", SCRIPT, include_str!("../assets/page.js")),
    ("words.js", SCRIPT, include_str!("../assets/words.js")),
    ("frames.js", SCRIPT, include_str!("../assets/frames.js")),
    ("parts.js", SCRIPT, include_str!("../assets/parts.js")),
    ("cards.js", SCRIPT, include_str!("../assets/cards.js")),
    ("findings.js", SCRIPT, include_str!("../assets/findings.js")),
    ("picker.js", SCRIPT, include_str!("../assets/picker.js")),
    ("icon.svg", "image/svg+xml", include_str!("../assets/icon.svg")),
];

/// The page itself, in the site's language.
pub fn page(saying: &Saying) -> String {
    let Saying { lang, noscript, words } = saying;
    // In a script element only `<` can end it.
    fill(PAGE, &[("lang", lang), ("noscript", noscript), ("words", &words.replace('<', "\\u003c"))])
}

/// A file by its name: its media type and text.
pub fn file(name: &str) -> Option<(&'static str, &'static str)> {
    FILES.iter().find(|(file, ..)| *file == name).map(|(_, kind, text)| (*kind, *text))
}
