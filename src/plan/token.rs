//! Unsubscribe tokens as people hand them in.
//!
//! Comes in: a token, the subject of an unsubscribe mail or a whole address with one in it. Goes out: the [`Token`], and
//! whose it is among candidates. A token cannot be turned back into a member: every candidate's is made and compared.

use super::{SiteKey, Target};

/// What takes one member off one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Digits of a token, as [`SiteKey::unsubscribe_token`] makes it.
    const DIGITS: usize = 32;

    /// Finds the token in a text: `unsubscribe 0123…`, `https://example.org/u/0123…?from=mail`.
    ///
    /// # Errors
    /// A sentence that says what a token looks like.
    pub fn find(text: &str) -> Result<Token, String> {
        let text = text.replace("%20", " ");
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        let is_token = |word: &&str| word.len() == Self::DIGITS && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let mut found: Vec<String> = words.filter(is_token).map(str::to_ascii_lowercase).collect();
        found.dedup();
        match found.as_slice() {
            [token] => Ok(Token(token.clone())),
            [] => {
                Err("there is no token in it; a token is 32 digits and letters from a to f, at the end of a member's \
                       unsubscribe link"
                    .to_owned())
            }
            _ => Err("there are several tokens in it; give them one by one".to_owned()),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The candidate that the token was made for: list and target.
    pub fn whose<'a>(
        &self,
        key: &SiteKey,
        candidates: impl IntoIterator<Item = (&'a str, Target)>,
    ) -> Option<(&'a str, Target)> {
        candidates.into_iter().find(|(list, target)| key.unsubscribe_token(list, *target) == self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_token_is_found_in_what_people_paste() {
        for text in [
            TOKEN.to_owned(),
            format!(" {} ", TOKEN.to_uppercase()),
            format!("AW: unsubscribe {TOKEN}"),
            format!("https://www.example.org/u/{TOKEN}?from=mail#x"),
            format!("<mailto:abmelden@example.org?subject=unsubscribe%20{TOKEN}>"),
        ] {
            assert_eq!(Token::find(&text).map(|token| token.0), Ok(TOKEN.to_owned()), "{text}");
        }
        for text in ["", "test", "0123456789abcdef", &TOKEN.replace('f', "g"), &format!("{TOKEN}0")] {
            assert!(Token::find(text).expect_err(text).contains("no token"), "{text}");
        }
        assert!(Token::find(&format!("{TOKEN} {}", TOKEN.replace('0', "1"))).expect_err("two").contains("several"));
    }

    #[test]
    fn a_token_belongs_to_one_member_of_one_list() {
        let key = SiteKey::new([7; 32]);
        let (anna, ben) = (Target([1; 16]), Target([2; 16]));
        let candidates = [("members", ben), ("board", anna), ("members", anna)];
        let token = Token::find(&key.unsubscribe_token("members", anna)).expect("a token");
        assert_eq!(token.whose(&key, candidates), Some(("members", anna)));
        assert_eq!(token.whose(&key, [("members", ben), ("board", anna)]), None);
        assert_eq!(token.whose(&SiteKey::new([8; 32]), candidates), None);
    }
}
