//! Why no post can be made of a page or text, and what to do instead.

use thiserror::Error;

/// Why there is no draft.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refused {
    #[error("there is nothing in it")]
    Empty,
    /// What it is instead of a page or text.
    #[error("this is {0}, not a page or text")]
    Foreign(String),
    #[error("this has more than 10 MB")]
    TooLarge,
    /// The bytes are not what the page says they are.
    #[error("the page says that it is {said}, but line {line} is not: byte 0x{byte:02X}{meant}")]
    NotItsCharset { said: String, line: usize, byte: u8, meant: String },
    #[error("the page asks for a login")]
    Login,
    #[error("the page says that what was looked for is not there: {0:?}")]
    NotFound(String),
    /// What is there is made by scripts in a browser.
    #[error("the page has no text of its own; scripts make it in the browser")]
    Scripts,
    #[error("no text was found in it")]
    NoText,
    /// A check whether somebody is a person.
    #[error("the website first wants to see that a person asks")]
    Guarded,
    /// The page only leads to another one.
    #[error("the page only leads on to {0}")]
    Elsewhere(String),
    #[error("elements lie more than {0} deep inside each other")]
    TooDeep(usize),
}

impl Refused {
    /// A stable name, for tools.
    pub const fn rule(&self) -> &'static str {
        match self {
            Refused::Empty | Refused::NoText => "import-no-text",
            Refused::Foreign(_) => "import-not-text",
            Refused::TooLarge => "import-too-large",
            Refused::NotItsCharset { .. } => "import-charset",
            Refused::Login => "import-login",
            Refused::Guarded => "import-guarded",
            Refused::Elsewhere(_) => "import-elsewhere",
            Refused::NotFound(_) => "import-not-found",
            Refused::Scripts => "import-scripts",
            Refused::TooDeep(_) => "import-too-deep",
        }
    }

    /// What to do, in one sentence.
    pub const fn help(&self) -> &'static str {
        const COPY: &str =
            "copy the article's text from the browser into a text file, saved as UTF-8, and import that file";
        match self {
            Refused::Empty => "name a page with an article, or a file with its text",
            Refused::Foreign(_) => "import the article's web page, or copy its text into a text file, saved as UTF-8",
            Refused::TooLarge | Refused::TooDeep(_) => COPY,
            Refused::NotItsCharset { .. } => {
                "open it in a browser, copy the text into a text file, saved as UTF-8, and import that file"
            }
            Refused::Login => "log in with a browser, save the page there and import the saved file",
            Refused::Guarded => "open the page with a browser, save it there and import the saved file",
            Refused::Elsewhere(_) => "import that address",
            Refused::NotFound(_) => "look the article up in a browser and copy its address from there",
            Refused::Scripts => {
                "open it in a browser, and when the article is shown, save the page or copy its text into a file, and \
                 import that"
            }
            Refused::NoText => COPY,
        }
    }
}
