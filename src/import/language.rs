//! The language of a text: the user's word, the page's, else the little words that the text is full of.

use super::{Draft, paragraphs};

/// Little words of German and English, none of which is one in the other.
const GERMAN: &str = " der die das und ist nicht mit auf für von dem den des ein eine einer einen wir sich auch wird \
                      werden wurde zu zum zur im bei nach über aus als sind haben hat ihre oder durch ";
const ENGLISH: &str = " the and of to is with for that this are were have has been our their from by which will it at \
                       on be not we they as about how who ";

/// How many little words there must be before a text may contradict what its page says.
const SURE: usize = 12;

/// Settles the draft's language, or asks.
pub(super) fn settle(draft: &mut Draft, named: Option<&str>) {
    if let Some(named) = named {
        draft.lang = Some(named.to_owned());
        return;
    }
    let (german, english) = count(draft);
    let guess = if german > english * 2 {
        Some("de")
    } else if english > german * 2 {
        Some("en")
    } else {
        None
    };
    let said = draft.lang.take().filter(|said| is_tag(said)).map(|said| usual(&said));
    draft.lang = match (said, guess) {
        (Some(said), Some(guess)) if primary(&said) != guess && german.max(english) >= SURE => {
            let language = if guess == "de" { "German" } else { "English" };
            let says = format!("the page says that its language is `{said}`, but the text is {language}");
            draft.ask("lang", says, Some(format!("lang: {said}")));
            Some(guess.to_owned())
        }
        (Some(said), _) => Some(said),
        (None, Some(guess)) => Some(guess.to_owned()),
        (None, None) => {
            draft.ask("lang", "the language cannot be told; name it with --lang", Some("lang: de".to_owned()));
            None
        }
    };
}

/// `en-gb` as `en-GB` (RFC 5646, section 2.1.1).
fn usual(tag: &str) -> String {
    let parts = tag.split('-').enumerate().map(|(index, part)| match part.len() {
        2 if index > 0 => part.to_uppercase(),
        _ if index == 0 => part.to_lowercase(),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("-")
}

fn primary(tag: &str) -> String {
    tag.split('-').next().unwrap_or(tag).to_lowercase()
}

/// Whether this has the form of a BCP 47 tag: letters, then parts of letters and digits.
fn is_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or("");
    (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// How many German and English little words the text has.
fn count(draft: &Draft) -> (usize, usize) {
    let mut found = (0, 0);
    for text in paragraphs(&draft.body).iter().chain(&draft.title).take(200) {
        for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
            let word = format!(" {} ", word.to_lowercase());
            found.0 += usize::from(GERMAN.contains(&word));
            found.1 += usize::from(ENGLISH.contains(&word));
        }
    }
    found
}
