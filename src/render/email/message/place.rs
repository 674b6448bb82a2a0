//! Where in the HTML a slot stands.
//!
//! Comes in: the document's literals, one after the other, with the slots between them. Goes out: what each slot's
//! value must be escaped for, or the reason why no value may stand there. Follows the tokenizer of the HTML standard
//! (section 13.2.5) as far as places differ.

use super::Place;

/// Elements whose content is no HTML; a value in it could be code.
const RAW: [&str; 6] = ["style", "script", "xmp", "iframe", "noembed", "noframes"];

/// Elements whose content is text up to their end tag.
const TEXT_ONLY: [&str; 2] = ["title", "textarea"];

/// Attributes that hold one URL.
const URL: [&str; 11] =
    ["href", "src", "background", "action", "formaction", "cite", "poster", "longdesc", "data", "xlink:href", "ping"];

/// Attributes that hold code, or more than one URL.
const FORBIDDEN: [&str; 4] = ["style", "srcset", "srcdoc", "imagesrcset"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Text,
    /// After `<`.
    TagOpen,
    /// In the name of a tag.
    TagName,
    BeforeAttribute,
    AttributeName,
    AfterAttributeName,
    BeforeValue,
    Quoted(char),
    Unquoted,
    /// `<!…>` and `<?…>` that are no comments.
    Declaration,
    Comment,
    /// Inside one of [`RAW`] or [`TEXT_ONLY`].
    Contained,
}

/// Reads a document and knows where it is.
#[derive(Debug)]
pub(super) struct Scanner {
    state: State,
    closing: bool,
    tag: String,
    attribute: String,
    /// The current attribute's value has something in it.
    value_begun: bool,
    /// The last bytes, in lower case: enough to see the end of a comment or of a contained element.
    recent: String,
}

impl Scanner {
    pub(super) fn new() -> Scanner {
        Scanner {
            state: State::Text,
            closing: false,
            tag: String::new(),
            attribute: String::new(),
            value_begun: false,
            recent: String::new(),
        }
    }

    /// Reads a literal.
    pub(super) fn read(&mut self, literal: &str) {
        let mut rest = literal;
        loop {
            rest = self.skip(rest);
            let Some(character) = rest.chars().next() else { return };
            self.step(character);
            rest = &rest[character.len_utf8()..];
        }
    }

    /// What is left behind the characters that change nothing here.
    fn skip<'a>(&mut self, rest: &'a str) -> &'a str {
        let stop = match self.state {
            State::Text => '<',
            State::Quoted(quote) => quote,
            State::Contained if !self.recent.contains('<') => '<',
            State::Comment if !self.recent.contains('-') => '-',
            _ => return rest,
        };
        let skipped = rest.find(stop).unwrap_or(rest.len());
        if skipped > 0 {
            self.value_begun |= matches!(self.state, State::Quoted(_));
            self.recent.clear();
        }
        &rest[skipped..]
    }

    /// The place of a slot here; `next` is the literal behind it.
    ///
    /// # Errors
    /// The name of the place where no value may stand.
    pub(super) fn slot(&mut self, next: &str) -> Result<Place, &'static str> {
        let place = match self.state {
            State::Text => Ok(Place::Html),
            State::Contained if TEXT_ONLY.contains(&self.tag.as_str()) => Ok(Place::Html),
            State::Contained => Err("a style or script"),
            State::Quoted(quote) => self.attribute_place(next.starts_with(quote)),
            State::BeforeValue | State::Unquoted => Err("an attribute without quotes"),
            State::Comment => Err("an HTML comment"),
            State::Declaration => Err("a declaration"),
            State::TagOpen
            | State::TagName
            | State::BeforeAttribute
            | State::AttributeName
            | State::AfterAttributeName => Err("a tag outside of any attribute"),
        };
        self.value_begun = true;
        self.recent.clear();
        place
    }

    fn attribute_place(&self, last: bool) -> Result<Place, &'static str> {
        let name = self.attribute.as_str();
        if FORBIDDEN.contains(&name) || name.starts_with("on") {
            Err("an attribute that holds code or several addresses")
        } else if !URL.contains(&name) {
            Ok(Place::Html)
        } else if last && !self.value_begun {
            Ok(Place::Url)
        } else {
            Ok(Place::UrlPart)
        }
    }

    fn step(&mut self, c: char) {
        let blank = matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}');
        self.state = match self.state {
            State::Text if c == '<' => State::TagOpen,
            State::Text => State::Text,
            State::TagOpen => self.open_tag(c),
            State::Quoted(quote) if c == quote => State::BeforeAttribute,
            State::Quoted(quote) => {
                self.value_begun = true;
                State::Quoted(quote)
            }
            State::Declaration => self.in_declaration(c),
            State::Comment => self.in_comment(c),
            State::Contained => self.in_contained(c),
            // Everything else is inside a tag and outside of quotes.
            _ if c == '>' => self.close_tag(),
            State::BeforeValue => self.before_value(c, blank),
            State::Unquoted => {
                if blank {
                    State::BeforeAttribute
                } else {
                    State::Unquoted
                }
            }
            State::TagName if blank || c == '/' => State::BeforeAttribute,
            State::TagName => {
                self.tag.push(c.to_ascii_lowercase());
                State::TagName
            }
            State::AttributeName | State::AfterAttributeName if c == '=' => State::BeforeValue,
            State::AttributeName if blank || c == '/' => State::AfterAttributeName,
            State::AttributeName => {
                self.attribute.push(c.to_ascii_lowercase());
                State::AttributeName
            }
            State::BeforeAttribute | State::AfterAttributeName if blank || c == '/' => self.state,
            State::BeforeAttribute | State::AfterAttributeName => {
                self.attribute.clear();
                self.attribute.push(c.to_ascii_lowercase());
                State::AttributeName
            }
        };
    }

    fn before_value(&mut self, c: char, blank: bool) -> State {
        self.value_begun = false;
        match c {
            _ if blank => State::BeforeValue,
            '"' | '\'' => State::Quoted(c),
            _ => State::Unquoted,
        }
    }

    fn in_comment(&mut self, c: char) -> State {
        let recent = self.remember(c);
        if recent.ends_with("-->") || recent.ends_with("--!>") { State::Text } else { State::Comment }
    }

    fn open_tag(&mut self, c: char) -> State {
        match c {
            '!' | '?' => {
                self.recent.clear();
                self.recent.push(c);
                State::Declaration
            }
            '/' if !self.closing => {
                self.closing = true;
                State::TagOpen
            }
            c if c.is_ascii_alphabetic() => {
                self.tag.clear();
                self.tag.push(c.to_ascii_lowercase());
                State::TagName
            }
            _ => {
                // `</>` and `</3`: nothing, or a comment up to `>`; `<3`: text.
                let state = match (self.closing, c) {
                    (true, '>') => State::Text,
                    (true, _) => State::Declaration,
                    (false, '<') => State::TagOpen,
                    (false, _) => State::Text,
                };
                self.closing = false;
                self.recent.clear();
                state
            }
        }
    }

    fn close_tag(&mut self) -> State {
        let contains = RAW.contains(&self.tag.as_str()) || TEXT_ONLY.contains(&self.tag.as_str());
        let closing = std::mem::take(&mut self.closing);
        self.recent.clear();
        if contains && !closing { State::Contained } else { State::Text }
    }

    fn in_declaration(&mut self, c: char) -> State {
        if self.remember(c) == "!--" {
            // So that `<!-->` ends at once, as the standard says.
            self.recent = "--".to_owned();
            State::Comment
        } else if c == '>' {
            State::Text
        } else {
            State::Declaration
        }
    }

    fn in_contained(&mut self, c: char) -> State {
        let blank_or_end = matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}' | '/' | '>');
        if blank_or_end && self.recent.strip_suffix(&*self.tag).is_some_and(|before| before.ends_with("</")) {
            self.closing = true;
            return if c == '>' { self.close_tag() } else { State::BeforeAttribute };
        }
        self.remember(c);
        State::Contained
    }

    fn remember(&mut self, c: char) -> &str {
        const ENOUGH: usize = 16;
        while self.recent.len() >= ENOUGH {
            self.recent.remove(0);
        }
        self.recent.push(c.to_ascii_lowercase());
        &self.recent
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, Scanner};

    /// The place of the `@` in `html`.
    fn place(html: &str) -> Result<Place, &'static str> {
        let (before, after) = html.split_once('@').expect("the case has a slot");
        let mut scanner = Scanner::new();
        scanner.read(before);
        scanner.slot(after)
    }

    #[test]
    fn knows_text_attribute_and_link() {
        for (html, expected) in [
            ("<p>Hallo @!</p>", Place::Html),
            ("<title>Für @</title>", Place::Html),
            ("a < b, 3<4, <3 @", Place::Html),
            ("<!DOCTYPE html><!--[if mso]><p title=\"<![endif]--><p>@", Place::Html),
            ("<!--[if !mso]><!--><p>@</p><!--<![endif]-->", Place::Html),
            ("<!--> @", Place::Html),
            ("<style>a > b { color: red } /* </p> */</style>@", Place::Html),
            ("<img alt='@'>", Place::Html),
            ("<img alt = \"Bild > von @\">", Place::Html),
            ("<a\nHREF=\"@\">", Place::Url),
            ("<a title=\"href=\" href='@' class=x>", Place::Url),
            ("<a href=\"https://example.org/?m=@&amp;x=1\">", Place::UrlPart),
            ("<a href=\"@/x\">", Place::UrlPart),
            ("<a href=\"x\">@</a>", Place::Html),
            ("<br/>@", Place::Html),
        ] {
            assert_eq!(place(html), Ok(expected), "{html}");
        }
    }

    #[test]
    fn refuses_places_where_a_value_could_be_code() {
        for html in [
            "<!-- @ -->",
            "<!--[if mso]><a href=\"@\"><![endif]-->",
            "<style>.@{}</style>",
            "<script>x='</p>@'</script>",
            "<p style=\"color:@\">",
            "<p onclick='@'>",
            "<img srcset=\"@ 2x\">",
            "<a href=@>",
            "<a href=x@>",
            "<@>",
            "<p @>",
            "<p a@=\"\">",
            "</@",
            "<?@>",
        ] {
            assert!(place(html).is_err(), "{html}");
        }
    }
}
