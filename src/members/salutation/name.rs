//! A member's name taken apart: form of address, titles that are spoken, first name, surname.
//!
//! Comes in: the cells as staff filled them (`Herrn`, `Frau Dr.`, `Müller, Anna`, `Dr. Müller` as a surname).
//! Goes out: a [`Name`]. Never guesses: cells that say neither woman nor man, or both, leave the form open.

use super::behind::{is_behind_a_name, is_degree, is_organisation};
use super::greeting::{form_of, form_word, is_between, is_greeting, names_nobody, opening_of};
use crate::members::Member;
use crate::members::placeholder::{is_placeholder, without_placeholders};

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
        let field = |name: &str| member.field(name).map(single_spaced).filter(|text| !is_placeholder(text));
        let mut beside = Beside::default();
        beside.titles.add(&field("title").unwrap_or_default());
        let mut plain = |text: Option<String>| text.and_then(|text| beside.taken_from(&text));
        let (mut first, mut last) = (plain(field("first_name")), plain(field("last_name")));
        let (given, surname, mut whole) = field("name").map(|cell| beside.parts_of(&cell)).unwrap_or_default();
        if first.is_none() && last.is_none() {
            (first, last) = (given, surname);
        }
        let honorific = field("honorific").unwrap_or_default();
        let explicit = field("salutation").unwrap_or_default();
        let mut form = None;
        for cell in [&explicit, &honorific] {
            let cell = without_placeholders(cell);
            let found = form_of(&cell).or_else(|| opening_of(&cell));
            if found.is_some() || words(&cell).iter().all(|word| is_title(word)) {
                form = form.or(found);
                beside.titles.add(&cell);
            }
        }
        let mut written = None;
        let stands = |cell: &str| form_of(cell).is_none() && opening_of(cell).is_none() && !names_nobody(cell);
        if !explicit.is_empty() && stands(&explicit) {
            written = Some(explicit);
        } else if is_greeting(&honorific) && stands(&honorific) {
            written = Some(honorific.clone());
        }
        // A form of address in a name's cell counts where the form's own cell leaves it open.
        let form = match (form, beside.form) {
            (None, found) if honorific.is_empty() || names_nobody(&honorific) => found,
            (Some(form), Some(other)) if form != other => None,
            (form, _) => form,
        };
        if last.as_deref().is_some_and(is_couple) {
            whole = last.take();
        }
        let form = form.filter(|_| !whole.as_deref().is_some_and(is_couple));
        let mrs = beside.mrs || words(&honorific).iter().any(|word| word == "mrs");
        Name { written, form, mrs, titles: beside.titles, first, last, whole }
    }
}

/// What stood beside the names in their cells.
#[derive(Debug, Default)]
struct Beside {
    titles: Titles,
    form: Option<Form>,
    mrs: bool,
}

impl Beside {
    /// The name in a cell without what is no part of it: `Herr Dr. Müller, MdB` is `Müller`.
    fn taken_from(&mut self, cell: &str) -> Option<String> {
        let cell = without_placeholders(cell);
        let cell = without_titles(self.without_form(&cell), &mut self.titles)?;
        let mut name = Vec::new();
        for part in cell.split(',').map(str::trim).filter(|part| !is_placeholder(part)) {
            if name.is_empty() || !is_behind_a_name(part) {
                name.push(part);
            } else if is_degree(part) {
                self.titles.add(part);
            }
        }
        Some(name.join(", ")).filter(|name| !name.is_empty())
    }

    /// First name, surname and whole name of a cell that holds all: `Müller, Anna` names its parts; `Anna Müller` does
    /// not, for a surname may have several words.
    fn parts_of(&mut self, cell: &str) -> (Option<String>, Option<String>, Option<String>) {
        let before_comma = cell.split_once(',').map(|(before, _)| before);
        let Some(name) = self.taken_from(cell) else { return Default::default() };
        match name.split_once(", ") {
            Some((organisation, _)) if is_organisation(organisation) => (None, None, Some(organisation.to_owned())),
            Some((surname, rest)) => {
                let given = rest.split(',').next().unwrap_or_default();
                (self.taken_from(given), self.taken_from(surname), None)
            }
            None if before_comma.is_none() || name.contains(' ') => (None, None, Some(name)),
            None if before_comma.is_some_and(is_placeholder) => (Some(name), None, None),
            None => (None, Some(name), None),
        }
    }

    /// The name without `Herr` or `Frau` before it. `Herr` alone is a surname, and a couple stays one.
    fn without_form<'a>(&mut self, name: &'a str) -> &'a str {
        let Some((word, rest)) = name.split_once(' ').filter(|_| !is_couple(name)) else { return name };
        let word = word.trim_end_matches('.').to_lowercase();
        let Some(form) = form_word(&word) else { return name };
        self.form = self.form.or(Some(form));
        self.mrs |= word == "mrs";
        rest.trim()
    }
}

/// `Herr und Frau Müller`, `Frau/Herr Müller`.
fn is_couple(name: &str) -> bool {
    let words = words(name);
    let both = words.first().is_some_and(|word| form_word(word).is_some())
        && words.iter().skip(1).any(|word| form_word(word).is_some());
    both && (name.contains(['&', '+', '/']) || words.iter().any(|word| is_between(word)))
}

fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A title or a part of one, as words without dots and hyphens.
pub(super) fn is_title(word: &str) -> bool {
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

/// A title that is said without a dot behind it, too.
pub(super) fn is_spoken_title(word: &str) -> bool {
    ["dr", "prof", "professor", "professorin"].contains(&word)
}

/// The name without titles in front of it (`Dr. Müller` in the surname's column), which are kept in `titles`; nothing
/// where the cell holds only those.
fn without_titles(name: &str, titles: &mut Titles) -> Option<String> {
    let mut rest = name.trim();
    while !rest.is_empty() {
        let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
        let spoken = matches!(words(word).as_slice(), [only] if is_spoken_title(only));
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
