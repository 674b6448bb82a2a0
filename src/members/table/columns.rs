//! Which column of a table is which field.
//!
//! Comes in: the heading row and the list's `columns`. Goes out: [`Columns`], or an error that says which line to add
//! to the configuration. Never guesses an address column from its cells.

use std::collections::{BTreeMap, BTreeSet};

use super::error::TableError;
use super::heading::{CITY, SYNONYMS, did_you_mean, field_name, find, key, letter, listed, toml_string};
use crate::members::address::trim_invisible;

/// The fields of a table's columns.
#[derive(Debug)]
pub(super) struct Columns {
    /// Trimmed; an empty one is a column without a heading.
    pub headings: Vec<String>,
    pub email: usize,
    /// Column and field, in the order of the columns, the address column left out.
    pub fields: Vec<Field>,
}

/// One column that becomes a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub column: usize,
    pub name: String,
    /// Whether the field has a meaning or was named in `columns`: its cells are held to a stricter rule.
    pub known: bool,
}

impl Columns {
    /// Recognises the columns of a heading row. `chosen` is the list's `columns`: field → heading.
    ///
    /// # Errors
    /// Duplicate headings, a heading in `chosen` that is not there, two address columns.
    /// `Ok(None)` where there is no address column.
    pub(super) fn of(cells: &[String], chosen: &BTreeMap<String, String>) -> Result<Option<Columns>, TableError> {
        let headings = trimmed(cells);
        no_duplicates(&headings)?;
        let mut fields = Vec::new();
        for (name, heading) in chosen {
            if ["row", "address"].contains(&name.as_str()) {
                let message = format!("`columns` cannot make a field named {name}; every member has that already");
                return Err(TableError::new(message, "choose another name; the address column is `email`"));
            }
            let column = find(&headings, heading).ok_or_else(|| unknown(&headings, name, heading))?;
            fields.push(Field { column, name: name.clone(), known: true });
        }
        if !chosen.contains_key("email") && address_columns(&headings, &fields).len() > 1 {
            return Err(two_address_columns(&headings, &address_columns(&headings, &fields)));
        }
        recognise(&headings, &mut fields);
        name_the_rest(&headings, &mut fields);
        fields.sort_by_key(|field| field.column);
        let Some(at) = fields.iter().position(|field| field.name == "email") else { return Ok(None) };
        let email = fields.remove(at).column;
        Ok(Some(Columns { headings, email, fields }))
    }

    /// Every column that has a heading, with the field it became.
    pub(super) fn recognised(&self) -> Vec<(String, String)> {
        let mut columns: Vec<_> = self.fields.iter().map(|field| (field.column, field.name.as_str())).collect();
        columns.push((self.email, "email"));
        columns.sort();
        columns.into_iter().map(|(column, name)| (self.headings[column].clone(), name.to_owned())).collect()
    }

    /// Whether the column is a field with a meaning of its own, such as `last_name`.
    pub(super) fn has_meaning(&self, column: usize) -> bool {
        let usual = |name: &str| name == "city" || SYNONYMS.iter().any(|(field, _)| *field == name);
        self.fields.iter().any(|field| field.column == column && usual(&field.name))
    }

    /// Whether any column holds names; else the display name of an address is one.
    pub(super) fn have_names(&self) -> bool {
        self.fields.iter().any(|field| ["first_name", "last_name", "name"].contains(&field.name.as_str()))
    }
}

/// The headings without invisible characters, without the empty ones at the end.
pub(in crate::members) fn trimmed(cells: &[String]) -> Vec<String> {
    let one_line = |cell: &String| cell.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut headings: Vec<String> = cells.iter().map(|cell| trim_invisible(&one_line(cell)).to_owned()).collect();
    while headings.last().is_some_and(String::is_empty) {
        headings.pop();
    }
    headings
}

fn no_duplicates(headings: &[String]) -> Result<(), TableError> {
    let mut seen = BTreeMap::new();
    for (column, heading) in headings.iter().enumerate().filter(|(_, heading)| !heading.is_empty()) {
        let form = Some(key(heading)).filter(|key| !key.is_empty()).unwrap_or_else(|| heading.clone());
        if let Some(first) = seen.insert(form, column) {
            let message = format!(
                "two columns have the same heading: {} “{}” and {} “{heading}”",
                letter(first),
                headings[first],
                letter(column)
            );
            return Err(TableError::new(message, "give each column a heading of its own"));
        }
    }
    Ok(())
}

fn unknown(headings: &[String], name: &str, heading: &str) -> TableError {
    let message = format!("`columns` names a heading “{heading}” for {name}, which the table does not have");
    TableError::new(message, did_you_mean(headings, heading))
}

/// Columns whose heading means an address and that `columns` does not use for something else.
fn address_columns(headings: &[String], taken: &[Field]) -> Vec<usize> {
    let (_, synonyms) = SYNONYMS[0];
    let free = |column: &usize| !taken.iter().any(|field| field.column == *column);
    (0..headings.len()).filter(|column| synonyms.contains(&key(&headings[*column]).as_str())).filter(free).collect()
}

fn two_address_columns(headings: &[String], columns: &[usize]) -> TableError {
    let named: Vec<String> =
        columns.iter().map(|column| format!("{} “{}”", letter(*column), headings[*column])).collect();
    let line = format!("columns = {{ email = {} }}", toml_string(&headings[columns[0]]));
    TableError::new(
        format!("several columns may hold the address: {}", named.join(", ")),
        format!("say which one in the list's section of config.toml: {line}"),
    )
}

/// Gives the usual headings their fields.
fn recognise(headings: &[String], fields: &mut Vec<Field>) {
    let keys: Vec<String> = headings.iter().map(|heading| key(heading)).collect();
    for (name, synonyms) in SYNONYMS.iter().copied().chain([("city", CITY.as_slice())]) {
        let columns = synonyms.iter().filter_map(|synonym| keys.iter().position(|key| key == synonym));
        give(fields, name, columns);
    }
    // `Name` is the surname beside a first name, else the whole name.
    let has = |fields: &[Field], name: &str| fields.iter().any(|field| field.name == name);
    let name = if has(fields, "first_name") && !has(fields, "last_name") { "last_name" } else { "name" };
    give(fields, name, keys.iter().position(|key| key == "name").into_iter());
}

/// Gives `name` to the first free one of `columns`, unless a column has it already.
fn give(fields: &mut Vec<Field>, name: &str, mut columns: impl Iterator<Item = usize>) {
    if fields.iter().any(|field| field.name == name) {
        return;
    }
    let free = |column: &usize| !fields.iter().any(|field| field.column == *column);
    if let Some(column) = columns.find(free) {
        fields.push(Field { column, name: name.to_owned(), known: true });
    }
}

/// Gives every other column with a heading a name made from it; `row` and `address` are taken by the member itself.
fn name_the_rest(headings: &[String], fields: &mut Vec<Field>) {
    let mut taken: BTreeSet<String> = fields.iter().map(|field| field.name.clone()).collect();
    taken.extend(["row", "address", "email"].map(str::to_owned));
    for (column, heading) in headings.iter().enumerate().filter(|(_, heading)| !heading.is_empty()) {
        if fields.iter().any(|field| field.column == column) {
            continue;
        }
        let stem = field_name(heading).unwrap_or_else(|| format!("column_{}", letter(column).to_lowercase()));
        let numbered = |n: usize| if n == 1 { stem.clone() } else { format!("{stem}_{n}") };
        let name = (1..).map(numbered).find(|name| !taken.contains(name)).expect("numbers do not end");
        taken.insert(name.clone());
        fields.push(Field { column, name, known: false });
    }
}

/// The error of a table without an address column. `holds_addresses` is a column whose cells look like addresses,
/// `heading_row` a later row that has a heading for them.
pub(super) fn no_address_column(
    cells: &[String],
    holds_addresses: Option<usize>,
    heading_row: Option<u64>,
) -> TableError {
    let headings = trimmed(cells);
    if cells.iter().any(|cell| cell.contains('@')) {
        return TableError::new(
            "the first row holds a member, not headings",
            "add a row above it that names the columns, such as E-Mail;Vorname;Nachname",
        );
    }
    let message = format!("no column has a heading for e-mail addresses; the headings are {}", listed(&headings));
    if let Some(row) = heading_row {
        return TableError::new(message, format!("the headings seem to be in row {row}; delete the rows above it"));
    }
    let candidate = holds_addresses.and_then(|column| headings.get(column)).filter(|heading| !heading.is_empty());
    let line = format!("columns = {{ email = {} }}", toml_string(candidate.map_or("HEADING", String::as_str)));
    let help = match candidate {
        Some(heading) => format!("“{heading}” holds addresses; add to the list's section of config.toml: {line}"),
        None => format!("name the column in the list's section of config.toml: {line}"),
    };
    TableError::new(message, help)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Columns;

    fn columns(headings: &str, chosen: &[(&str, &str)]) -> Result<Option<Columns>, String> {
        let cells: Vec<String> = headings.split(';').map(str::to_owned).collect();
        let chosen = chosen.iter().map(|(field, heading)| (field.to_string(), heading.to_string())).collect();
        Columns::of(&cells, &chosen).map_err(|error| format!("{error}: {}", error.help.clone().unwrap_or_default()))
    }

    /// `Heading=field` of all columns.
    fn fields(headings: &str, chosen: &[(&str, &str)]) -> String {
        let columns = columns(headings, chosen).expect("no error").expect("an address column");
        let shown = columns.recognised().into_iter().map(|(heading, field)| format!("{heading}={field}"));
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_usual_german_and_english_headings_are_recognised() {
        assert_eq!(
            fields("Anrede;Akad. Titel;Vorname;Nachname;Firma;E-Mail;Ort;Sprache;Briefanrede;PLZ", &[]),
            "Anrede=honorific Akad. Titel=title Vorname=first_name Nachname=last_name Firma=organisation E-Mail=email \
             Ort=city Sprache=language Briefanrede=salutation PLZ=plz"
        );
        assert_eq!(
            fields("Salutation;First Name;SURNAME;e-mail address;Company", &[]),
            "Salutation=honorific First Name=first_name SURNAME=last_name e-mail address=email Company=organisation"
        );
    }

    #[test]
    fn name_is_the_surname_beside_a_first_name_only() {
        assert_eq!(fields("Vorname;Name;Mail", &[]), "Vorname=first_name Name=last_name Mail=email");
        assert_eq!(fields("Name;Mail", &[]), "Name=name Mail=email");
        assert_eq!(
            fields("Name;Vorname;Nachname;Mail", &[]),
            "Name=name Vorname=first_name Nachname=last_name Mail=email"
        );
    }

    #[test]
    fn the_lists_columns_win() {
        assert_eq!(
            fields("E-Mail;Mail GF;Nachname;Geburtsname", &[("email", "mail gf"), ("last_name", "Geburtsname")]),
            "E-Mail=e_mail Mail GF=email Nachname=nachname Geburtsname=last_name"
        );
    }

    #[test]
    fn every_field_has_one_column() {
        assert_eq!(
            fields("Firma;Organisation;E-Mail;Row;Address;???", &[]),
            "Firma=firma Organisation=organisation E-Mail=email Row=row_2 Address=address_2 ???=column_f"
        );
    }

    #[test]
    fn doubtful_headings_are_errors_that_say_what_to_do() {
        let error = |headings, chosen: &[_]| columns(headings, chosen).map(|_| ()).expect_err(headings);
        assert_eq!(
            error("Mail;Name;E-Mail-Adresse", &[]),
            "several columns may hold the address: A “Mail”, C “E-Mail-Adresse”: say which one in the list's section of \
             config.toml: columns = { email = \"Mail\" }"
        );
        assert_eq!(
            error("E-Mail;Notiz;notiz ", &[]),
            "two columns have the same heading: B “Notiz” and C “notiz”: give each column a heading of its own"
        );
        assert_eq!(
            error("E-Mail;Nachname", &[("last_name", "Nachnahme")]),
            "`columns` names a heading “Nachnahme” for last_name, which the table does not have: did you mean “Nachname”? \
             The headings are “E-Mail”, “Nachname”"
        );
        assert_eq!(
            error("E-Mail;Kontakt", &[("address", "Kontakt")]),
            "`columns` cannot make a field named address; every member has that already: choose another name; the address \
             column is `email`"
        );
        assert!(columns("Vorname;Nachname", &[]).expect("no error").is_none());
        assert!(Columns::of(&[], &BTreeMap::new()).expect("no error").is_none());
    }
}
