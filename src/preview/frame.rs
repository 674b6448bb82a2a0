//! A mail as it is looked at: on a light or a dark screen, with its pictures from the preview's own address, in a frame of
//! its own or inside another document.
//!
//! Comes in: the mail's HTML. Goes out: HTML that shows one of the two looks whatever the browser prefers. The colours
//! themselves are the mail's own; a program that inverts colours by itself is not imitated.

/// A media query that is true everywhere, and one that is true nowhere.
const ALWAYS: &str = "(min-width: 0)";
const NEVER: &str = "(max-width: 0)";

/// The mail for a frame of the page: links open elsewhere, since the frame shows nothing but the mail.
pub fn in_frame(html: &str, dark: bool) -> String {
    in_light_of(html, dark).replacen("<head>", "<head><base target=\"_blank\">", 1)
}

/// The mail with its dark styles always on, or always off.
pub fn in_light_of(html: &str, dark: bool) -> String {
    let (on, off) = if dark { ("dark", "light") } else { ("light", "dark") };
    let mut shown = html.to_owned();
    for space in [" ", ""] {
        shown = shown.replace(&format!("(prefers-color-scheme:{space}{on})"), ALWAYS);
        shown = shown.replace(&format!("(prefers-color-scheme:{space}{off})"), NEVER);
    }
    // What the browser itself paints: the ground of the page, and controls. Last, so that it has the last word.
    // Colours that a person's system puts on pages would hide what is looked at.
    let own =
        format!("<style>:root {{ color-scheme: only {on} !important; forced-color-adjust: none; }}</style></head>");
    shown.replacen("</head>", &own, 1)
}

/// Addresses of pictures that will lie on the organisation's website, as the preview has them.
pub fn with_local_pictures(html: &str, images_url: &str) -> String {
    html.replace(&format!("\"{images_url}/"), "\"picture/")
}

/// Where a page of paper ends, an inline block is not cut but moved to the next one with a gap below the last.
const PRINTED: &str = "<style>@media print { .mj-column-per-100 { display: block !important } }</style>";

/// The mail's styles and body for a shadow root in another document, which keeps the styles of both apart. On paper it
/// looks as on a screen.
pub fn inside(html: &str) -> String {
    let html = without_comments(html);
    let (head, body) = html.split_once("</head>").unwrap_or(("", &html));
    let mut inside: String = head
        .split("<style")
        .skip(1)
        .filter_map(|style| Some(format!("<style{}</style>", style.split_once("</style>")?.0)))
        .collect::<String>()
        .replace("only screen and ", "")
        .replace("screen and ", "");
    let body = body.trim_start();
    let (attributes, content) = body.strip_prefix("<body").and_then(|rest| rest.split_once('>')).unwrap_or(("", body));
    let content = content.rsplit_once("</body>").map_or(content, |(content, _)| content);
    inside.push_str(PRINTED);
    inside.push_str(&format!("<div{attributes}>{content}</div>"));
    inside
}

/// HTML without comments, among them what only Outlook reads.
fn without_comments(html: &str) -> String {
    let mut kept = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, comment)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = comment.split_once("-->").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
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

    #[test]
    fn links_of_a_frame_open_elsewhere() {
        assert!(in_frame("<html><head></head></html>", true).starts_with("<html><head><base target=\"_blank\">"));
    }

    #[test]
    fn pictures_of_the_website_come_from_the_preview_and_links_stay() {
        let html = "<img src=\"https://example.org/i/a.jpg\"> <a href=\"https://example.org/i\">https://example.org/i/a.jpg</a>";
        let shown = with_local_pictures(html, "https://example.org/i");
        assert_eq!(shown, html.replace("\"https://example.org/i/a.jpg\"", "\"picture/a.jpg\""));
    }

    #[test]
    fn inside_another_document_styles_and_body_are_left_without_what_outlook_reads() {
        let html = "<html><head><title>T</title><!--[if mso]><style>b</style><![endif]-->\
                    <style>@media only screen and (min-width:480px) { i { color: red } }</style>\
                    <style media=\"screen and (min-width:480px)\">u {}</style></head>\
                    <body style=\"background:#eee\"><p>Text <!-- x --></p></body></html>";
        assert_eq!(
            inside(html),
            format!(
                "<style>@media (min-width:480px) {{ i {{ color: red }} }}</style>\
                 <style media=\"(min-width:480px)\">u {{}}</style>{PRINTED}\
                 <div style=\"background:#eee\"><p>Text </p></div>"
            )
        );
    }
}
