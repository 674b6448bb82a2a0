//! One answer of a mail server (RFC 5321, section 4.2; RFC 3463 for the enhanced status).

use std::fmt::{self, Display, Formatter};

use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::Response;

/// The longest text of an answer that is kept, in bytes.
const TEXT_MAX: usize = 500;

/// A code and its text, all lines as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub code: u16,
    pub text: String,
}

impl Reply {
    pub fn new(code: u16, text: &str) -> Reply {
        let plain = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        let mut text = plain.collect::<Vec<_>>().join(" ");
        if text.len() > TEXT_MAX {
            text.truncate(text.floor_char_boundary(TEXT_MAX));
            text.push('…');
        }
        Reply { code, text }
    }

    pub fn positive(response: &Response) -> Reply {
        Reply::new(response.code().into(), &response.message().collect::<Vec<_>>().join(" "))
    }

    /// The answer behind lettre's error, if there was one.
    pub fn negative(error: &Error) -> Option<Reply> {
        let code = error.status()?;
        let text = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        Some(Reply::new(code.into(), &text))
    }

    /// 2 success, 3 go on, 4 not now, 5 never.
    pub const fn class(&self) -> u16 {
        self.code / 100
    }

    /// `5.7.1`, where the text begins with one of the code's class.
    pub fn status(&self) -> Option<&str> {
        let word = self.text.split(' ').next()?;
        let numbers: Vec<_> = word.split('.').collect();
        let number = |text: &&str| !text.is_empty() && text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit());
        let fits = numbers.len() == 3 && numbers.iter().all(number) && numbers[0] == self.class().to_string();
        fits.then_some(word)
    }

    /// Whether the enhanced status begins with this, such as `5.7`.
    pub fn has_status(&self, start: &str) -> bool {
        let rest = self.status().and_then(|status| status.strip_prefix(start));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

impl Display for Reply {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enhanced_status_is_three_numbers_of_the_codes_class() {
        let status = |code, text| Reply::new(code, text).status().map(ToOwned::to_owned);
        assert_eq!(status(550, "5.7.1 no"), Some("5.7.1".into()));
        assert_eq!(status(550, "4.7.1 no"), None);
        assert_eq!(status(550, "5.7 no"), None);
        assert_eq!(status(550, "no 5.7.1"), None);
        assert!(Reply::new(550, "5.7.30 no").has_status("5.7") && !Reply::new(550, "5.70.1 no").has_status("5.7"));
    }

    #[test]
    fn an_answer_is_one_line_of_bounded_length() {
        let reply = Reply::new(550, &format!("a\r\n b\u{7}{}", "ä".repeat(600)));
        assert!(reply.text.starts_with("a b ä") && reply.text.len() < 510, "{reply}");
    }
}
