//! Colours as CSS writes them.
//!
//! Comes in: a value. Goes out: a [`Color`], or nothing where it is none, is see-through or is not known here.

use crate::config::Color;

/// The names that people use; CSS has 148.
const NAMES: [(&str, &str); 14] = [
    ("white", "#ffffff"),
    ("black", "#000000"),
    ("red", "#ff0000"),
    ("green", "#008000"),
    ("blue", "#0000ff"),
    ("yellow", "#ffff00"),
    ("gray", "#808080"),
    ("grey", "#808080"),
    ("silver", "#c0c0c0"),
    ("lightgray", "#d3d3d3"),
    ("lightgrey", "#d3d3d3"),
    ("darkgray", "#a9a9a9"),
    ("orange", "#ffa500"),
    ("navy", "#000080"),
];

/// The colour of a value such as `#fff`, `rgb(1, 2, 3)` or `white`; the first one of a shorthand.
pub(super) fn color(value: &str) -> Option<Color> {
    let value = value.trim().to_lowercase();
    if let Some(inside) = value.strip_prefix("rgb(").and_then(|rest| rest.split(')').next()) {
        return channels(inside);
    }
    value.split_whitespace().find_map(|word| {
        let named = NAMES.iter().find(|(name, _)| *name == word).map(|(_, hex)| *hex);
        Color::parse(named.unwrap_or(word)).ok()
    })
}

fn channels(inside: &str) -> Option<Color> {
    let numbers: Option<Vec<u8>> =
        inside.split([',', ' ']).filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect();
    match numbers?.as_slice() {
        [red, green, blue] => Color::parse(&format!("#{red:02x}{green:02x}{blue:02x}")).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::color;

    #[test]
    fn reads_what_people_write() {
        for (value, hex) in [
            ("#FFF", Some("#ffffff")),
            ("rgb(1, 2,3)", Some("#010203")),
            ("White", Some("#ffffff")),
            ("#1c5d8c url(a.png) no-repeat", Some("#1c5d8c")),
            ("transparent", None),
            ("inherit", None),
            ("rgb(1,2)", None),
            ("rgba(0,0,0,.5)", None),
        ] {
            assert_eq!(color(value).as_ref().map(|color| color.as_str()), hex, "{value}");
        }
    }
}
