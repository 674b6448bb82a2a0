//! The catalogue of what readers, bosses and the preview page see, in German and English.
//!
//! Comes in: `words.yaml` (the built-in one or an organisation's own). Goes out: [`Words`] of one language.
//! Terminal and logs are English and do not come from here.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// The catalogue inside the binary: what `build.rs` made of `templates/words.yaml`, in the order of the keys.
const BUILT_IN: &[(&str, &[(&str, &str)])] = include!(concat!(env!("OUT_DIR"), "/words.rs"));

/// Texts by key; those of the binary are not copied.
type Entries = BTreeMap<Cow<'static, str>, Cow<'static, str>>;

/// Texts with a form of their own for some readers: `email.why.consent`, `email.why.du`.
const VARIED: [&str; 2] = ["email.why", "email.correction_line"];

/// The words of one language, by key.
#[derive(Debug, Clone)]
pub struct Words {
    lang: String,
    entries: Entries,
}

/// All languages of a `words.yaml`: `{de: {key: text}, en: {…}}`.
#[derive(Debug, Clone)]
pub struct Catalogue(BTreeMap<String, Entries>);

impl Catalogue {
    /// The languages that every text of the catalogue exists in; the first is what other languages fall back to.
    pub const LANGUAGES: [&'static str; 2] = ["en", "de"];

    /// The catalogue inside the binary.
    pub fn built_in() -> Catalogue {
        let entries = |texts: &[(&'static str, &'static str)]| {
            texts.iter().map(|&(key, text)| (Cow::Borrowed(key), Cow::Borrowed(text))).collect()
        };
        Catalogue(BUILT_IN.iter().map(|&(lang, texts)| (lang.to_owned(), entries(texts))).collect())
    }

    /// Reads a catalogue.
    ///
    /// # Errors
    /// The YAML parser's message with line and column.
    pub fn parse(yaml: &str) -> Result<Catalogue, String> {
        serde_yaml::from_str(yaml).map(Catalogue).map_err(|error| error.to_string())
    }

    /// The same catalogue with the entries of `other` over it, so that an organisation can change one word. A text that
    /// it words anew holds for all readers, until it has forms of its own for some, too.
    pub fn overridden_by(mut self, other: Catalogue) -> Catalogue {
        for (lang, entries) in other.0 {
            lay_over(self.0.entry(lang).or_default(), entries);
        }
        self
    }

    /// The words for a BCP 47 tag: `de-AT` takes `de`; a language that is not there takes English, entry by entry.
    pub fn for_lang(&self, tag: &str) -> Words {
        let primary = tag.split('-').next().unwrap_or(tag).to_lowercase();
        let mut entries = self.0.get(Self::LANGUAGES[0]).cloned().unwrap_or_default();
        if let Some(own) = self.0.get(&primary) {
            lay_over(&mut entries, own.clone());
        }
        Words { lang: primary, entries }
    }

    /// Whether the catalogue has its own words for a BCP 47 tag.
    pub fn has(&self, tag: &str) -> bool {
        self.0.contains_key(&tag.split('-').next().unwrap_or(tag).to_lowercase())
    }
}

/// Puts `own` over `entries`, without the forms that a text had there for some readers.
fn lay_over(entries: &mut Entries, own: Entries) {
    let is_below = |key: &str, text: &str| key.strip_prefix(text).is_some_and(|rest| rest.starts_with('.'));
    let varied = own.keys().filter(|key| VARIED.iter().any(|text| key == text || is_below(key, text)));
    for text in varied {
        entries.retain(|key, _| !is_below(key, text));
    }
    entries.extend(own);
}

impl Words {
    /// The primary language tag these words were asked for.
    pub fn lang(&self) -> &str {
        &self.lang
    }

    /// The text of `key`; an unknown key shows itself in angle quotes, so that it is seen and not lost.
    pub fn get(&self, key: &str) -> String {
        self.known(key).map_or_else(|| format!("‹{key}›"), str::to_owned)
    }

    /// The text of `key`, if there is one.
    pub fn known(&self, key: &str) -> Option<&str> {
        self.entries.get(key).map(Cow::as_ref)
    }

    /// The text of `key` in the first of the `forms` that there is (`email.why.du`), else its own.
    pub fn in_form(&self, key: &str, forms: &[&str]) -> String {
        let form = forms.iter().find_map(|form| self.known(&format!("{key}.{form}")));
        form.map_or_else(|| self.get(key), str::to_owned)
    }

    /// The text of `key` with each `{name}` replaced by its value.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let values: Vec<(String, &str)> = values.iter().map(|(name, value)| (format!("{{{name}}}"), *value)).collect();
        filled(&self.get(key), &values)
    }

    /// All entries, for the templates' `words` object.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().map(|(key, text)| (key.as_ref(), text.as_ref()))
    }
}

/// The text with a value in the place of each `{name}`, in one pass: a value that looks like a name stays what it is.
pub fn filled(text: &str, values: &[(String, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        filled.push_str(&rest[..start]);
        rest = &rest[start..];
        let known = values.iter().find_map(|(name, value)| Some((rest.strip_prefix(name.as_str())?, *value)));
        let (behind, written) = known.unwrap_or((&rest[1..], "{"));
        filled.push_str(written);
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_not_filled_again() {
        let values = [("{day}".to_owned(), "{month}"), ("{month}".to_owned(), "{"), ("{}".to_owned(), "x")];
        assert_eq!(filled("{day}. {month} {year} { {}", &values), "{month}. { {year} { x");
    }

    #[test]
    fn the_table_says_what_the_yaml_says() {
        let read = Catalogue::parse(include_str!("../templates/words.yaml")).expect("a catalogue");
        assert_eq!(Catalogue::built_in().0, read.0);
    }

    #[test]
    fn german_and_english_have_the_same_keys() {
        let catalogue = Catalogue::built_in();
        let keys = |lang: &str| catalogue.0[lang].keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys("de"), keys("en"));
    }

    #[test]
    fn an_unknown_language_reads_english() {
        let words = Catalogue::built_in().for_lang("pt-BR");
        assert_eq!(words.get("email.unsubscribe"), Catalogue::built_in().for_lang("en").get("email.unsubscribe"));
    }

    #[test]
    fn own_words_hold_for_all_readers() {
        let words = |yaml: &str, lang: &str| {
            Catalogue::built_in().overridden_by(Catalogue::parse(yaml).expect("a catalogue")).for_lang(lang)
        };
        let why = |words: &Words, forms: &[&str]| words.in_form("email.why", forms);
        let all = words("{de: {email.why: Eigenes}, fr: {email.why: Le nôtre}}", "de");
        for forms in [&[][..], &["du"], &["consent.du", "consent", "du"]] {
            assert_eq!(why(&all, forms), "Eigenes", "{forms:?}");
        }
        assert!(all.in_form("email.correction_line", &["du"]).contains("du von uns"));
        let french = words("{fr: {email.why: Le nôtre}}", "fr");
        assert_eq!(why(&french, &["consent.du", "consent", "du"]), "Le nôtre");
        let some = words("{de: {email.why: Eigenes, email.why.consent: Mit Einwilligung}}", "de");
        assert_eq!(why(&some, &["consent.du", "consent", "du"]), "Mit Einwilligung");
        assert_eq!(why(&some, &["contract.du", "contract", "du"]), "Eigenes");
        let one = words("{de: {email.why.du: Du bei uns}}", "de");
        assert_eq!(why(&one, &["du"]), "Du bei uns");
        assert!(why(&one, &["consent.du", "consent", "du"]).contains("weil du"));
        assert!(words("{de: {preview.skip: Weiter}}", "de").known("preview.skip.rejected").is_some());
    }
}
