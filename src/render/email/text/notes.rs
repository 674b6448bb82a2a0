//! Links of a text as numbered notes.
//!
//! Comes in: a link's text and URL. Goes out: the text with its number, and the list of URLs for the end of the mail.

/// The URLs of one mail in the order of their first use; the same URL keeps its number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    urls: Vec<String>,
}

impl Notes {
    pub fn new() -> Notes {
        Notes::default()
    }

    /// The number of a URL, from 1.
    pub fn number(&mut self, url: &str) -> usize {
        match self.urls.iter().position(|known| known == url) {
            Some(index) => index + 1,
            None => {
                self.urls.push(url.to_owned());
                self.urls.len()
            }
        }
    }

    /// What stands in the text for a link: `text [1]` with a space that does not break, or the text alone where it
    /// already says the URL.
    pub fn link(&mut self, text: &str, url: &str) -> String {
        if text.trim().is_empty() {
            return url.to_owned();
        }
        if says(text.trim(), url) {
            return text.to_owned();
        }
        format!("{text}\u{a0}[{}]", self.number(url))
    }

    pub fn is_empty(&self) -> bool {
        self.urls.is_empty()
    }

    /// How many URLs there are.
    pub fn count(&self) -> usize {
        self.urls.len()
    }

    /// One line a URL, `[1] https://…`, without a line end at its end. A URL is never broken.
    pub fn list(&self) -> String {
        self.list_from(0)
    }

    /// As [`Notes::list`], without the first `earlier` URLs.
    pub fn list_from(&self, earlier: usize) -> String {
        let digits = self.urls.len().to_string().len();
        let line = |(index, url): (usize, &String)| format!("{:<1$} {url}", format!("[{}]", index + 1), digits + 2);
        self.urls.iter().enumerate().skip(earlier).map(line).collect::<Vec<_>>().join("\n")
    }
}

/// Whether a reader can use the text in place of the URL: it is the URL, with or without its scheme and last slash.
/// A plain http link shown without its scheme counts, as browsers ask for https by themselves.
fn says(text: &str, url: &str) -> bool {
    let bare = |address: &str| {
        let schemes = ["https://", "http://", "mailto:", "tel:"];
        let without = schemes.iter().find_map(|scheme| {
            let start = address.get(..scheme.len())?;
            start.eq_ignore_ascii_case(scheme).then(|| &address[scheme.len()..])
        });
        without.unwrap_or(address).trim_end_matches('/').to_owned()
    };
    bare(text) == bare(url)
}
