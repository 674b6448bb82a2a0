//! `[site.theme]`: colours and font of the e-mail.

/// A colour as `#rrggbb`, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Color(String);

impl Color {
    /// Reads `#rgb` or `#rrggbb`.
    ///
    /// # Errors
    /// A sentence that says how a colour is written.
    pub fn parse(written: &str) -> Result<Color, String> {
        let digits = written.strip_prefix('#').filter(|digits| digits.chars().all(|c| c.is_ascii_hexdigit()));
        match digits.map(str::to_lowercase) {
            Some(digits) if digits.len() == 6 => Ok(Color(format!("#{digits}"))),
            Some(digits) if digits.len() == 3 => {
                Ok(Color(digits.chars().fold("#".to_owned(), |color, digit| color + &digit.to_string().repeat(2))))
            }
            _ => Err(format!("`{written}` is not a colour; write `#1f5faa`")),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The contrast ratio to another colour, from 1 to 21 (WCAG 2.2, contrast ratio).
    pub fn contrast(&self, other: &Color) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Relative luminance from 0 to 1 (WCAG 2.2, relative luminance).
    fn luminance(&self) -> f64 {
        let channel = |at: usize| {
            let value =
                f64::from(u8::from_str_radix(&self.0[at..at + 2], 16).expect("six hex digits were checked")) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }
}

/// Colours and font. Every pair that carries text keeps a contrast of at least 4.5 : 1, which parsing checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// The one accent colour: links, the button, the rule beside a quote.
    pub accent: Color,
    /// The accent in dark mode.
    pub accent_dark: Color,
    /// The quiet ground around the card.
    pub background: Color,
    /// A CSS font list of fonts that readers have; no web fonts.
    pub font: String,
}

impl Theme {
    /// The card in dark mode.
    pub const DARK_CARD: &str = "#1c2126";
    /// The footer's text on [`Theme::background`] in light mode.
    pub const FOOTER_TEXT: &str = "#4a5560";
}

impl Default for Theme {
    fn default() -> Theme {
        let color = |written| Color::parse(written).expect("a literal colour");
        Theme {
            accent: color("#1c5d8c"),
            accent_dark: color("#7cc0f0"),
            background: color("#eef1f4"),
            font: "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_follows_wcag() {
        let (black, white) = (Color::parse("#000").expect("a colour"), Color::parse("#ffffff").expect("a colour"));
        assert!((black.contrast(&white) - 21.0).abs() < 1e-9);
    }
}
