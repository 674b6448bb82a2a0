//! A mail as it is looked at: on a light or a dark screen, with its pictures from the preview's own address.
//!
//! Comes in: the mail's HTML. Goes out: HTML that shows one of the two looks whatever the browser prefers. The colours
//! themselves are the mail's own; a program that inverts colours by itself is not imitated.

/// A media query that is true everywhere, and one that is true nowhere.
const ALWAYS: &str = "(min-width: 0)";
const NEVER: &str = "(max-width: 0)";

/// The mail with its dark styles always on, or always off.
pub fn in_light_of(html: &str, dark: bool) -> String {
    let (on, off) = if dark { ("dark", "light") } else { ("light", "dark") };
    let mut shown = html.to_owned();
    for space in [" ", ""] {
        shown = shown.replace(&format!("(prefers-color-scheme:{space}{on})"), ALWAYS);
        shown = shown.replace(&format!("(prefers-color-scheme:{space}{off})"), NEVER);
    }
    // What the browser itself paints: the ground of the page, and controls.
    shown.replacen("<head>", &format!("<head><style>:root {{ color-scheme: only {on}; }}</style>"), 1)
}

/// Addresses of pictures that will lie on the organisation's website, as the preview has them.
pub fn with_local_pictures(html: &str, images_url: &str) -> String {
    html.replace(&format!("\"{images_url}/"), "\"picture/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_look_is_there_whatever_the_browser_prefers() {
        let html = "<html><head><style>@media (prefers-color-scheme: dark) { a { color: #fff } }</style></head></html>";
        let (light, dark) = (in_light_of(html, false), in_light_of(html, true));
        assert!(light.contains("@media (max-width: 0) {") && light.contains("color-scheme: only light"), "{light}");
        assert!(dark.contains("@media (min-width: 0) {") && dark.contains("color-scheme: only dark"), "{dark}");
    }
}
