//! The mail's HTML as a list of elements, as mail programs other than classic Outlook see it.
//!
//! Comes in: the HTML of a mail. Goes out: a [`Document`]. Reads what MJML and templates write, and never fails: what it
//! does not understand it passes over. Conditional comments for Outlook are left out.

/// Elements in the order of their beginnings, and the style blocks.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub elements: Vec<Element>,
    pub styles: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Element {
    /// In lower case.
    pub name: String,
    /// Position in [`Document::elements`]; always before the element itself.
    pub parent: Option<usize>,
    /// Names in lower case, values with their references resolved.
    pub attributes: Vec<(String, String)>,
    /// The text directly inside.
    pub text: String,
}

/// Elements that have no end.
const VOID: [&str; 12] = ["img", "br", "hr", "meta", "link", "input", "col", "area", "base", "source", "track", "wbr"];

impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn has_class(&self, class: &str) -> bool {
        self.attribute("class").is_some_and(|classes| classes.split_whitespace().any(|own| own == class))
    }
}

impl Document {
    pub(super) fn parse(html: &str) -> Document {
        let mut document = Document::default();
        let mut open: Vec<usize> = Vec::new();
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            document.text(&open, &rest[..at]);
            rest = &rest[at..];
            if let Some(comment) = rest.strip_prefix("<!--") {
                rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            } else if rest.starts_with("<!") || rest.starts_with("<?") {
                rest = rest.find('>').map_or("", |end| &rest[end + 1..]);
            } else if let Some(closing) = rest.strip_prefix("</") {
                let end = closing.find('>').unwrap_or(closing.len());
                let name = closing[..end].trim().to_ascii_lowercase();
                if let Some(level) = open.iter().rposition(|index| document.elements[*index].name == name) {
                    open.truncate(level);
                }
                rest = closing.get(end + 1..).unwrap_or("");
            } else if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
                rest = document.open_tag(rest, &mut open);
            } else {
                document.text(&open, "<");
                rest = &rest[1..];
            }
        }
        document.text(&open, rest);
        document
    }

    fn text(&mut self, open: &[usize], text: &str) {
        if let Some(index) = open.last().filter(|_| !text.trim().is_empty()) {
            self.elements[*index].text.push_str(&resolved(text));
        }
    }

    /// Reads a tag, and for a style block all of it; gives back what follows.
    fn open_tag<'h>(&mut self, tag: &'h str, open: &mut Vec<usize>) -> &'h str {
        let length = tag[1..].find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(tag.len() - 1);
        let name = tag[1..=length].to_ascii_lowercase();
        let (attributes, mut rest) = attributes(&tag[1 + length..]);
        let parent = open.last().copied();
        if name == "style" {
            let end = rest.find("</style").unwrap_or(rest.len());
            self.styles.push(rest[..end].to_owned());
            rest = &rest[end..];
        }
        let void = VOID.contains(&name.as_str()) || name == "style";
        self.elements.push(Element { name, parent, attributes, text: String::new() });
        if !void {
            open.push(self.elements.len() - 1);
        }
        rest
    }
}

/// The attributes of a tag behind its name, and what follows the tag.
fn attributes(mut rest: &str) -> (Vec<(String, String)>, &str) {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let Some(first) = rest.chars().next() else { return (found, "") };
        if first == '>' {
            return (found, &rest[1..]);
        }
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/')).unwrap_or(rest.len());
        if end == 0 {
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let name = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(behind) = rest.strip_prefix('=') {
            let behind = behind.trim_start();
            let quote = behind.chars().next().filter(|c| matches!(c, '"' | '\''));
            (value, rest) = match quote {
                Some(quote) => {
                    let inside = &behind[1..];
                    let end = inside.find(quote).unwrap_or(inside.len());
                    (&inside[..end], inside.get(end + 1..).unwrap_or(""))
                }
                None => {
                    let end = behind.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(behind.len());
                    (&behind[..end], &behind[end..])
                }
            };
        }
        found.push((name, resolved(value)));
    }
}

/// The few references that matter here.
fn resolved(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let named = [("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&#x2f;", "/"), ("&nbsp;", " ")];
    let text = named.iter().fold(text.to_owned(), |text, (reference, sign)| text.replace(reference, sign));
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_elements_their_parents_and_their_own_text() {
        let html = "<!doctype html><body CLASS='a b'><!--[if mso]><p>O</p><![endif]--><!--[if !mso]><!--><p style=\"x:&quot;y\">\
                    1 &lt; 2<br>3 <b>4</b> 5</p><!--<![endif]--><img src=a.png /><style>p > a {}</style></body>";
        let document = Document::parse(html);
        let names: Vec<&str> = document.elements.iter().map(|element| element.name.as_str()).collect();
        assert_eq!(names, ["body", "p", "br", "b", "img", "style"]);
        assert_eq!(document.elements[1].text, "1 < 23  5");
        assert_eq!(document.elements[1].attribute("style"), Some("x:\"y"));
        assert_eq!(document.elements[3].parent, Some(1));
        assert!(document.elements[0].has_class("b"));
        assert_eq!(document.styles, ["p > a {}"]);
    }

    #[test]
    fn anything_ends() {
        for html in
            ["<", "<a", "<a href", "<a href=", "<a href=\"", "</", "<!--", "<style", "<style>", "< a <b", "<a=>", "<ä>"]
        {
            let _ = Document::parse(html);
        }
    }
}
