//! The colours of the mail, light and dark, from the theme's three.
//!
//! Comes in: the theme. Goes out: every colour that the templates name. Each pair that carries text keeps a contrast
//! of at least 4.5 : 1 (WCAG 2.2, 1.4.3), whatever accent the organisation chose: where its colour cannot be read,
//! the text colour takes its place. No pure black and no pure white text: those suffer most when a mail program
//! inverts colours by force.

use crate::config::{Color, Theme};

/// What WCAG 2.2 (1.4.3) asks of normal text.
pub const READABLE: f64 = 4.5;

/// The colours of one colour scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Palette {
    /// Around the card.
    pub ground: Color,
    pub card: Color,
    pub text: Color,
    /// Captions, dates, the line above the title.
    pub muted: Color,
    /// The footer, which stands on the ground.
    pub ground_text: Color,
    /// Rules between parts.
    pub line: Color,
    /// Behind code and table heads.
    pub panel: Color,
    /// The button and the rule beside a quote.
    pub accent: Color,
    /// Text on the button.
    pub on_accent: Color,
    /// Links in the card.
    pub link: Color,
}

impl Palette {
    /// The colours that the mail is written in.
    pub fn light(theme: &Theme) -> Palette {
        let fixed = Fixed { card: "#ffffff", text: "#1d2730", muted: "#55626e", line: "#dce2e8", panel: "#f3f6f8" };
        fixed.with(theme.background.clone(), &theme.accent)
    }

    /// The colours of `prefers-color-scheme: dark`.
    pub fn dark(theme: &Theme) -> Palette {
        let fixed = Fixed { card: "#1c232a", text: "#e6eaee", muted: "#a8b3bd", line: "#39444e", panel: "#262f38" };
        fixed.with(color("#12171c"), &theme.accent_dark)
    }

    /// Every pair of text and ground that the templates set, by name.
    pub fn pairs(&self) -> [(&'static str, &Color, &Color); 8] {
        [
            ("text on card", &self.text, &self.card),
            ("muted on card", &self.muted, &self.card),
            ("link on card", &self.link, &self.card),
            ("link on panel", &self.link, &self.panel),
            ("text on panel", &self.text, &self.panel),
            ("muted on panel", &self.muted, &self.panel),
            ("footer on ground", &self.ground_text, &self.ground),
            ("button", &self.on_accent, &self.accent),
        ]
    }
}

struct Fixed {
    card: &'static str,
    text: &'static str,
    muted: &'static str,
    line: &'static str,
    panel: &'static str,
}

impl Fixed {
    fn with(self, ground: Color, accent: &Color) -> Palette {
        let (card, text, muted, panel) = (color(self.card), color(self.text), color(self.muted), color(self.panel));
        let readable_link = accent.contrast(&card) >= READABLE && accent.contrast(&panel) >= READABLE;
        Palette {
            ground_text: readable_on(&ground, &[muted.clone(), text.clone()]),
            on_accent: readable_on(accent, &[color("#ffffff"), color("#10161c")]),
            link: if readable_link { accent.clone() } else { text.clone() },
            accent: accent.clone(),
            line: color(self.line),
            ground,
            card,
            text,
            muted,
            panel,
        }
    }
}

/// The first of `wanted` that can be read on `ground`, else black or white, one of which always can.
fn readable_on(ground: &Color, wanted: &[Color]) -> Color {
    let (black, white) = (color("#000000"), color("#ffffff"));
    let last = if black.contrast(ground) > white.contrast(ground) { black } else { white };
    wanted.iter().find(|wanted| wanted.contrast(ground) >= READABLE).cloned().unwrap_or(last)
}

fn color(written: &str) -> Color {
    Color::parse(written).expect("a literal colour")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, proptest};

    proptest! {
        #[test]
        fn every_pair_can_be_read_whatever_the_theme(a in any::<[u8; 3]>(), b in any::<[u8; 3]>(), c in any::<[u8; 3]>()) {
            let hex = |[r, g, b]: [u8; 3]| color(&format!("#{r:02x}{g:02x}{b:02x}"));
            let theme = Theme { accent: hex(a), accent_dark: hex(b), background: hex(c), ..Theme::default() };
            for palette in [Palette::light(&theme), Palette::dark(&theme)] {
                for (name, text, ground) in palette.pairs() {
                    assert!(text.contrast(ground) >= READABLE, "{name}: {text:?} on {ground:?}");
                }
            }
        }
    }
}
