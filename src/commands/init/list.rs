//! The questions about the member list: where it lies, and what its columns mean.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item};

use super::answers::{Conditions, gathered, pair};
use super::interview::{Interview, Question, ask, indented};
use super::key::Key;
use super::place;
use super::prompter::Prompter;
use crate::cli::quoted;
use crate::error::Error;
use crate::members::check::Check;
use crate::members::table::{Options, PLACEHOLDER, Recognised, Refusal};
use crate::project::list::MemberFile;

/// Where a list lies that is begun here, from the configuration's folder.
pub const NEW: &str = "newsletters/lists/members.csv";
/// The answer that begins one.
const BEGIN: &str = "new";

/// What the configuration would say about reading a list.
#[derive(Debug, Clone, Default)]
struct Reading {
    columns: BTreeMap<String, String>,
    filter: BTreeMap<String, Vec<String>>,
    sheet: Option<String>,
}

impl Reading {
    fn open(&self, path: &Path) -> Result<MemberFile, Error> {
        let Reading { columns, filter, sheet } = self;
        MemberFile::open_path(path, &Options { columns, filter, sheet: sheet.as_deref() })
    }
}

impl<P: Prompter> Interview<'_, P> {
    /// Everything that stands in the list's section.
    ///
    /// # Errors
    /// Nobody answers, or wrong too often; a list that was named as an option and cannot be used.
    pub async fn list(&mut self) -> Result<(), Error> {
        self.list_file().await?;
        let Some(written) = self.known(Key::List) else { return Ok(()) };
        let lang = self.known(Key::Lang).unwrap_or_else(|| "de".to_owned());
        let language = Question {
            prompt: "The members' language",
            help: "Of the salutation; a column `Sprache` in the list says it for single members.",
            default: Some(lang),
            optional: false,
        };
        let basis = Question {
            prompt: "Why they may be written to",
            help: "membership, consent, contract …: for your records (GDPR Art. 6). A consent must be given before the first\n\
                   mail; members may be told what the association does.",
            default: Some("membership".to_owned()),
            optional: false,
        };
        // A list that was set up by hand may do without these two.
        if self.answers.get(Key::List).is_some() || self.extent == super::interview::Extent::All {
            self.value(Key::ListLanguage, language, str::to_owned).await?;
            self.value(Key::Basis, basis, str::to_owned).await?;
        }
        if self.new_list {
            return Ok(());
        }
        self.filter(&self.draft.folder().join(written)).await
    }

    async fn list_file(&mut self) -> Result<(), Error> {
        let there = self.draft.folder().join(NEW);
        if self.new_list {
            if there.exists() {
                let message = format!("--new-list: {} is there already; use it with --list", there.display());
                return Err(Error::Usage(message));
            }
            self.answers.set(Key::List, NEW);
            return Ok(());
        }
        if let Some(written) = self.answers.get(Key::List) {
            let path = self.draft.folder().join(written);
            return self.reading().open(&path).map(drop);
        }
        if !self.asks(Key::List, false) {
            if self.today(Key::List).is_none() {
                self.miss(Key::List);
            }
            return Ok(());
        }
        let today = self.today(Key::List);
        let default = today.clone().unwrap_or_else(|| if there.exists() { NEW } else { BEGIN }.to_owned());
        let question = Question {
            prompt: "Member list (a CSV or Excel file; new: begin one with you alone on it)",
            help: "As your membership software or Excel saves it, with headings such as Anrede, Vorname, Nachname, E-Mail.\n\
                   It stays where it is; newsletters/lists/ is a good place. You can replace it whenever you like.",
            default: Some(default),
            optional: false,
        };
        let (folder, home) = (self.draft.folder().to_owned(), std::env::var_os("HOME").map(PathBuf::from));
        let reading = self.reading();
        let answer = ask(self.prompter, &question, |text| {
            if text == BEGIN {
                return if there.exists() { Err(format!("{NEW} is there already")) } else { Ok(BEGIN.to_owned()) };
            }
            let written = match Some(text) == today.as_deref() {
                true => text.to_owned(),
                false => place::from(&folder, &place::home(text, home.clone())),
            };
            match reading.open(&folder.join(&written)) {
                Ok(_) => Ok(written),
                Err(error) => Err(error.to_string().trim_start_matches("error: ").to_owned()),
            }
        })
        .await?;
        match answer {
            Some(answer) if answer == BEGIN => {
                self.new_list = true;
                self.answers.set(Key::List, NEW);
            }
            answer if answer != today => {
                let written = answer.unwrap_or_default();
                if Path::new(&written).is_absolute() {
                    self.prompter.say("  It stays where it is; whoever sends must be able to read it there.");
                }
                self.answers.set(Key::List, written);
            }
            _ => {}
        }
        Ok(())
    }

    /// Columns that look as if some people do not want to be written to: nothing is sent before it is said what they mean.
    /// Where a column does not say by itself which of its values means yes, nothing is proposed.
    async fn filter(&mut self, path: &Path) -> Result<(), Error> {
        let opened = match self.reading().open(path) {
            Ok(opened) => opened,
            // A list that is there already is told about at the end, like everything that is wrong with it.
            Err(_) if self.answers.get(Key::List).is_none() && self.answers.filter.is_none() => return Ok(()),
            Err(error) => return Err(error),
        };
        let recognised = opened.recognised().clone();
        let Some(refusal) = recognised.refusals.first() else { return Ok(()) };
        let wanted = suggested(&refusal.suggestion);
        if !self.prompter.is_there() {
            let pairs = wanted.iter().flat_map(|(heading, values)| values.iter().map(move |value| (heading, value)));
            let options: Vec<String> =
                pairs.map(|(heading, value)| format!("--where {}", quoted(format!("{heading}={value}")))).collect();
            let open = recognised.refusals.iter().filter_map(Refusal::open_value);
            let open: String = open.map(|open| format!("; {open}, and --where again for another value")).collect();
            let what = format!("who on the list may be written to; it has a column that asks{open}");
            self.missing.push((options.join(" "), what));
            return Ok(());
        }
        self.prompter.say(&format!("\n{}", columns(&recognised)));
        if !is_open(&wanted) && self.takes(&wanted, path).await? {
            self.answers.filter = Some(wanted);
            return Ok(());
        }
        let reading = self.reading();
        let question = Question {
            prompt: "Which rows, as COLUMN=VALUE (several with ; between)",
            help: "Newsletter=ja: all ways to say yes count. Austritt= : an empty cell. Einwilligung=* : any that neither is empty\n\
                   nor says no. Status=aktiv;Status=passiv: either. What the configuration says of other columns stays.",
            ..Question::default()
        };
        let pairs = |text: &str| text.split(';').map(pair).collect::<Option<Vec<_>>>().map(gathered);
        let answer = ask(self.prompter, &question, |text| {
            let Some(wanted) = pairs(text) else { return Err("write it as COLUMN=VALUE".to_owned()) };
            let mut reading = reading.clone();
            reading.filter.extend(wanted);
            let opened = reading.open(path).map_err(|error| error.to_string())?;
            match opened.recognised().refusals.first() {
                None => Ok(text.to_owned()),
                Some(refusal) => Err(format!("this says nothing about the column “{}”", refusal.heading)),
            }
        })
        .await?;
        let mut filter = self.reading().filter;
        filter.extend(answer.as_deref().and_then(pairs).unwrap_or_default());
        let wanted: Conditions = filter.into_iter().collect();
        let effect = effect(&self.reading_with(&wanted), path);
        self.answers.filter = Some(wanted);
        self.prompter.say(&format!("  {effect}"));
        Ok(())
    }

    /// Whether a proposal is taken, once it is shown what it would do.
    async fn takes(&mut self, wanted: &Conditions, path: &Path) -> Result<bool, Error> {
        self.prompter.say(&format!("  {}", effect(&self.reading_with(wanted), path)));
        let help = "A column such as Newsletter, Werbesperre or Austritt says who must not be written to. Nothing is sent to a\n\
                    list before the configuration says what such a column means.";
        self.yes("Write only to those?", help, true).await
    }

    /// How the list would be read with the answers so far.
    fn reading(&self) -> Reading {
        let list = self.draft.config.as_ref().and_then(|config| config.lists.get(&self.answers.list_name));
        let mut reading = list.map_or_else(Reading::default, |list| Reading {
            columns: list.columns.clone(),
            filter: list.filter.clone(),
            sheet: list.sheet.clone(),
        });
        reading.columns.extend(self.answers.columns.iter().cloned());
        if let Some(filter) = &self.answers.filter {
            reading.filter = filter.iter().cloned().collect();
        }
        match self.answers.get(Key::Sheet) {
            Some("") => reading.sheet = None,
            Some(sheet) => reading.sheet = Some(sheet.to_owned()),
            None => {}
        }
        reading
    }

    fn reading_with(&self, wanted: &Conditions) -> Reading {
        Reading { filter: wanted.iter().cloned().collect(), ..self.reading() }
    }
}

/// The conditions of a suggested line, `where = { Newsletter = "ja" }`.
fn suggested(line: &str) -> Conditions {
    let document: DocumentMut = line.parse().expect("a suggestion is a line of the configuration");
    let table = document.get("where").and_then(Item::as_table_like).expect("it is about `where`");
    let texts = |item: &Item| match item.as_array() {
        Some(several) => several.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect(),
        None => item.as_str().map(str::to_owned).into_iter().collect(),
    };
    table.iter().map(|(heading, item)| (heading.to_owned(), texts(item))).collect()
}

/// Whether a person must say a value.
fn is_open(wanted: &Conditions) -> bool {
    wanted.iter().any(|(_, values)| values.iter().any(|value| value == PLACEHOLDER))
}

/// The doubtful columns with what stands in them.
fn columns(recognised: &Recognised) -> String {
    let one = |(value, rows): &(String, u64)| {
        if value.is_empty() { format!("empty in {rows}") } else { format!("“{value}” in {rows}") }
    };
    let lines = recognised.refusals.iter().map(|refusal| {
        let values: Vec<String> = refusal.values.iter().map(one).collect();
        format!("The column “{}” looks as if it says who may be written to: {}", refusal.heading, values.join(", "))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What a `where` would do.
fn effect(reading: &Reading, path: &Path) -> String {
    let pairs: Vec<String> = reading
        .filter
        .iter()
        .map(|(heading, values)| {
            let one = |value: &String| match value.as_str() {
                "" => "empty".to_owned(),
                "*" => "not empty".to_owned(),
                value => format!("= {value}"),
            };
            format!("{heading} {}", values.iter().map(one).collect::<Vec<_>>().join(" or "))
        })
        .collect();
    match reading.open(path).and_then(MemberFile::check) {
        Ok(check) => format!("With {}: {}", pairs.join(" and "), sums(&check)),
        Err(error) => error.to_string(),
    }
}

fn sums(check: &Check) -> String {
    let counted =
        |number: u64, one: &str, many: &str| if number == 1 { format!("1 {one}") } else { format!("{number} {many}") };
    let members = counted(check.members.len() as u64, "member is written to", "members are written to");
    match check.left_out.values().sum::<u64>() {
        0 => members,
        rows => format!("{members}, {} left out", counted(rows, "row is", "rows are")),
    }
}

/// A list with its heading row and one member.
pub fn of_one(lang: &str, address: &str) -> String {
    let heading = match lang.starts_with("de") {
        true => "Anrede;Titel;Vorname;Nachname;Organisation;E-Mail",
        false => "Salutation;Title;First name;Last name;Organisation;E-mail",
    };
    format!("{heading}\n;;;;;{address}\n")
}

/// Where everything ends up that was said about a list: below the questions, indented.
pub fn told(text: &str) -> String {
    indented(text.trim_end())
}
