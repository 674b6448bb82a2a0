//! A member's name taken apart: form of address, titles that are spoken, first name, surname.
//!
//! Comes in: the cells as staff filled them (`Herrn`, `Frau Dr.`, `Müller, Anna`, `Dr. Müller` as a surname).
//! Goes out: a [`Name`]. Never guesses: a cell that says neither woman nor man leaves the form open.

use crate::members::Member;

/// How a person is addressed, where the list says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Frau,
    Herr,
}

impl Form {
    pub(super) fn english(self, mrs: bool) -> &'static str {
        match self {
            Form::Frau if mrs => "Mrs",
            Form::Frau => "Ms",
            Form::Herr => "Mr",
        }
    }
}

/// The titles that belong into a salutation: `Prof.` and `Dr.`, each once, whatever else there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Titles {
    professor: bool,
    doctor: bool,
}

impl Titles {
    pub(super) fn is_empty(self) -> bool {
        !self.professor && !self.doctor
    }

    pub(super) fn german(self) -> String {
        match (self.professor, self.doctor) {
            (true, true) => "Prof. Dr.",
            (true, false) => "Prof.",
            (false, true) => "Dr.",
            (false, false) => "",
        }
        .to_owned()
    }

    /// English addresses by the higher one, and it takes the place of Ms or Mr.
    pub(super) fn english(self) -> Option<&'static str> {
        match self {
            Titles { professor: true, .. } => Some("Professor"),
            Titles { doctor: true, .. } => Some("Dr"),
            _ => None,
        }
    }

    fn add(&mut self, text: &str) {
        for word in text.split(|c: char| !c.is_alphabetic()) {
            match word.to_lowercase().as_str() {
                "prof" | "professor" | "professorin" => self.professor = true,
                "dr" | "drs" | "doktor" | "doktorin" | "doctor" => self.doctor = true,
                _ => {}
            }
        }
    }
}

/// What a salutation is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// A salutation that the list spells out.
    pub written: Option<String>,
    pub form: Option<Form>,
    /// The list says Mrs, not Ms.
    pub mrs: bool,
    pub titles: Titles,
    pub first: Option<String>,
    pub last: Option<String>,
    /// First name and surname in one cell.
    pub whole: Option<String>,
}

impl Name {
    pub(super) fn of(member: &Member) -> Name {
        let field = |name: &str| member.field(name).map(single_spaced).filter(|text| !text.is_empty());
        let mut titles = Titles::default();
        titles.add(&field("title").unwrap_or_default());
        let mut plain = |text: Option<String>| text.and_then(|text| without_titles(&text, &mut titles));
        let (mut first, mut last, mut whole) =
            (plain(field("first_name")), plain(field("last_name")), plain(field("name")));
        if first.is_none() && last.is_none() {
            // `Müller, Anna` names its parts; `Anna Müller` does not: a surname may have several words.
            if let Some((surname, given)) = whole.as_deref().and_then(|whole| whole.split_once(',')) {
                first = plain(Some(given.to_owned()));
                last = plain(Some(surname.to_owned()));
                whole = None;
            }
        }
        let honorific = field("honorific").unwrap_or_default();
        let explicit = field("salutation").unwrap_or_default();
        let mut form = None;
        let mut written = None;
        for cell in [&explicit, &honorific] {
            let found = form_of(cell).or_else(|| opening_of(cell));
            if found.is_some() || words(cell).iter().all(|word| is_title(word)) {
                form = form.or(found);
                titles.add(cell);
            }
        }
        if !explicit.is_empty() && form_of(&explicit).is_none() && opening_of(&explicit).is_none() {
            written = Some(explicit);
        } else if is_greeting(&honorific) && opening_of(&honorific).is_none() {
            written = Some(honorific.clone());
        }
        let mrs = words(&honorific).iter().any(|word| word == "mrs");
        Name { written, form, mrs, titles, first, last, whole }
    }
}

fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// `Frau`, `Herrn`, `Frau Prof. Dr.`, `Mrs`, `w`; nothing else may stand beside it but titles.
fn form_of(text: &str) -> Option<Form> {
    let words = words(text);
    let (first, rest) = words.split_first()?;
    if !rest.iter().all(|word| is_title(word)) {
        return None;
    }
    match first.as_str() {
        "frau" | "fr" | "mrs" | "ms" | "miss" | "mme" | "w" | "weiblich" | "f" | "female" => Some(Form::Frau),
        "herr" | "herrn" | "hr" | "hrn" | "mr" | "m" | "männlich" | "maennlich" | "male" => Some(Form::Herr),
        _ => None,
    }
}

/// `Sehr geehrte Frau` without a name: the opening that membership software exports beside the name's columns.
fn opening_of(text: &str) -> Option<Form> {
    let text = text.to_lowercase();
    let rest = ["sehr geehrte ", "sehr geehrter ", "liebe ", "lieber ", "dear "]
        .iter()
        .find_map(|opening| text.strip_prefix(opening))?;
    form_of(rest).filter(|_| words(rest).first().is_some_and(|word| word.len() > 1))
}

/// A title or a part of one, as words without dots and hyphens.
fn is_title(word: &str) -> bool {
    const TITLES: [&str; 31] = [
        "dr",
        "drs",
        "doktor",
        "doktorin",
        "doctor",
        "prof",
        "professor",
        "professorin",
        "pd",
        "priv",
        "doz",
        "dipl",
        "ing",
        "mag",
        "med",
        "phil",
        "rer",
        "nat",
        "jur",
        "iur",
        "pol",
        "oec",
        "theol",
        "habil",
        "mult",
        "h",
        "c",
        "hc",
        "em",
        "apl",
        "jun",
    ];
    TITLES.contains(&word)
}

/// Whether a form-of-address cell holds a whole salutation: `Liebe Anna`, `Sehr geehrte Damen und Herren`.
fn is_greeting(text: &str) -> bool {
    let words = words(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    matches!(
        words.as_slice(),
        ["sehr", "geehrte" | "geehrter" | "geehrtes", _, ..]
            | ["guten", "tag" | "morgen", ..]
            | ["liebe" | "lieber" | "liebes" | "hallo" | "moin" | "servus" | "dear" | "hello", _, ..]
    )
}

/// The name without titles in front of it (`Dr. Müller` in the surname's column), which are kept in `titles`.
fn without_titles(name: &str, titles: &mut Titles) -> Option<String> {
    let mut rest = name.trim();
    while let Some((word, after)) = rest.split_once(' ') {
        let spoken = matches!(words(word).as_slice(), [only] if ["dr", "prof", "professor", "professorin"].contains(&only.as_str()));
        // `Dr. h. c.`, but not the initial of `H. Peter`.
        let behind_a_title = rest.len() < name.trim().len();
        let part_of_a_title = |part: &String| is_title(part) && (part.len() > 1 || behind_a_title);
        let abbreviated = word.contains('.') && words(word).iter().all(part_of_a_title);
        if !spoken && !abbreviated {
            break;
        }
        titles.add(word);
        rest = after.trim();
    }
    Some(rest.to_owned()).filter(|rest| !rest.is_empty())
}
