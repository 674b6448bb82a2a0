//! What a page shows below its head, the same in every format: titles, tables and sentences in the site's language.
//!
//! Comes in: a revision. Goes out: [`Section`]s of plain text; each format gives them its markup.

use super::wording::{basis, columns, number, one_line, skip, time};
use super::{Counts, Entered, Named, Posted, Report, Revision};
use crate::words::Words;

/// A part of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Section {
    pub title: String,
    /// Before the table.
    pub note: Option<String>,
    pub table: Option<Table>,
    /// Below the table, or in its place.
    pub after: Option<String>,
    /// It needs a person's attention.
    pub urgent: bool,
}

/// Columns with a heading, and rows of cells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Table {
    pub heading: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
    /// The last row is the sum of the others.
    pub sum: bool,
    /// From this column on, all are numbers.
    pub numbers_from: usize,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Text(String),
    /// An http(s) address.
    Link(String),
}

/// Everything about a revision but its facts and its mail.
pub(super) fn sections(words: &Words, report: &Report, revision: &Revision) -> Vec<Section> {
    let mut sections = Vec::new();
    sections.extend(uncertain(words, revision));
    if !revision.lists.is_empty() {
        sections.push(numbers(words, report, revision));
        sections.push(refused(words, revision));
    }
    sections.extend(again(words, revision));
    if !revision.lists.is_empty() {
        sections.extend(skipped(words, revision));
    }
    sections.extend(networks(words, report, revision));
    sections.extend(feed(words, report, revision));
    sections
}

/// How many on which list.
fn numbers(words: &Words, report: &Report, revision: &Revision) -> Section {
    let all = revision.counts();
    let columns = columns(words, report, revision);
    let mut heading = vec![words.get("report.list"), words.get("report.basis")];
    heading.extend(columns.iter().map(|(name, _)| name.clone()));
    let row = |name: String, basis: String, counts: &Counts| -> Vec<Cell> {
        let numbers = columns.iter().map(|(_, count)| number(count(counts)));
        [name, basis].into_iter().chain(numbers).map(Cell::Text).collect()
    };
    let mut rows: Vec<_> = revision
        .lists
        .iter()
        .map(|list| row(one_line(&list.name), basis(words, list.basis.as_deref()), &list.counts))
        .collect();
    let sum = rows.len() > 1;
    if sum {
        rows.push(row(words.get("report.all"), String::new(), &all));
    }
    let means = (!report.trial).then(|| words.get("report.accepted_means"));
    let table = Table { heading, rows, sum, numbers_from: 2 };
    Section { title: words.get("report.numbers"), table: Some(table), after: means, ..Section::default() }
}

fn refused(words: &Words, revision: &Revision) -> Section {
    let section = named(words, "report.refused_title", &revision.refused);
    match revision.refused.all {
        0 => Section { after: Some(words.get("report.nobody_refused")), table: None, ..section },
        _ => section,
    }
}

fn uncertain(words: &Words, revision: &Revision) -> Option<Section> {
    let section = named(words, "report.uncertain_title", &revision.uncertain);
    let note = Some(words.get("report.uncertain_means"));
    (revision.uncertain.all > 0).then_some(Section { note, urgent: true, ..section })
}

fn again(words: &Words, revision: &Revision) -> Option<Section> {
    (revision.again.all > 0).then(|| named(words, "report.again_title", &revision.again))
}

/// People by name, with the reason; the time of the next try where there is one.
fn named(words: &Words, title: &str, named: &Named) -> Section {
    let (has_names, has_due) =
        (named.people.iter().any(|one| !one.name.is_empty()), named.people.iter().any(|one| one.due.is_some()));
    let wanted = [true, has_names, has_due, true];
    let pick = |cells: [String; 4]| cells.into_iter().zip(wanted).filter_map(|(cell, wanted)| wanted.then_some(cell));
    let heading = ["report.address", "report.name", "report.next_try", "report.reason"].map(|key| words.get(key));
    let rows = named.people.iter().map(|person| {
        let address = person.address.as_deref().map(one_line);
        let cells = [
            address.unwrap_or_else(|| words.get("report.address_deleted")),
            one_line(&person.name),
            person.due.as_ref().map_or_else(String::new, |due| time(words, due)),
            one_line(&person.reason),
        ];
        pick(cells).map(Cell::Text).collect()
    });
    let after = (named.more() > 0).then(|| words.fill("report.more", &[("number", &number(named.more()))]));
    let table = Table { heading: pick(heading).collect(), rows: rows.collect(), sum: false, numbers_from: usize::MAX };
    Section { title: words.get(title), table: Some(table), after, ..Section::default() }
}

/// One for each time recipients were added.
fn skipped(words: &Words, revision: &Revision) -> Vec<Section> {
    let title = words.get("report.skipped_title");
    let Some(all) = &revision.skipped else {
        return vec![Section { title, after: Some(words.get("report.skipped_unknown")), ..Section::default() }];
    };
    let section = |(at, one): (usize, &super::Skipped)| {
        let row = |(key, count): &(String, u64)| vec![Cell::Text(skip(words, key)), Cell::Text(number(*count))];
        let table = Table {
            heading: vec![words.get("report.reason"), words.get("report.rows")],
            rows: one.reasons.iter().map(row).collect(),
            sum: false,
            numbers_from: 1,
        };
        let none = one.reasons.is_empty();
        Section {
            title: if at == 0 { title.clone() } else { String::new() },
            note: Some(words.fill("report.skipped_at", &[("time", &time(words, &one.at))])),
            table: (!none).then_some(table),
            after: none.then(|| words.get("report.skipped_none")),
            urgent: false,
        }
    };
    all.iter().enumerate().map(section).collect()
}

fn networks(words: &Words, report: &Report, revision: &Revision) -> Option<Section> {
    let open = match (report.trial, revision.correction) {
        (true, _) => "report.text_written",
        (false, true) => "report.not_corrected",
        (false, false) => "report.not_posted",
    };
    let open = || Cell::Text(words.get(open));
    let row = |network: &super::Network| {
        let because = |key: &str, reason: &str| Cell::Text(format!("{}: {}", words.get(key), one_line(reason)));
        let place = match &network.posted {
            Posted::At(link) if crate::config::is_url(link) => Cell::Link(link.clone()),
            Posted::At(other) => Cell::Text(one_line(other)),
            Posted::ByHand => open(),
            Posted::Waits(None) => Cell::Text(words.get("report.post_waits")),
            Posted::Waits(Some(reason)) => because("report.post_waits", reason),
            Posted::Refused(reason) => because("report.post_refused", reason),
            Posted::Doubtful(reason) => because("report.post_doubtful", reason),
        };
        vec![Cell::Text(one_line(&network.name)), place]
    };
    let table = Table {
        heading: vec![words.get("report.network"), words.get("report.where")],
        rows: revision.networks.iter().map(row).collect(),
        sum: false,
        numbers_from: usize::MAX,
    };
    let section = Section { title: words.get("report.networks"), table: Some(table), ..Section::default() };
    (!revision.networks.is_empty()).then_some(section)
}

fn feed(words: &Words, report: &Report, revision: &Revision) -> Option<Section> {
    let feed = revision.feed.as_ref()?;
    let said = match &feed.entered {
        Entered::At(_) if report.trial => words.get("report.feed_trial"),
        Entered::At(at) => words.fill("report.feed_done", &[("time", &time(words, at))]),
        Entered::Open => words.get("report.feed_open"),
        Entered::Refused(reason) => format!("{}: {}", words.get("report.feed_refused"), one_line(reason)),
    };
    let url = feed.url.as_ref().filter(|url| crate::config::is_url(url) && !report.trial);
    let table = url.map(|url| Table {
        rows: vec![vec![Cell::Link(url.clone()), Cell::Text(said.clone())]],
        numbers_from: usize::MAX,
        ..Table::default()
    });
    let after = table.is_none().then_some(said);
    Some(Section { title: words.get("report.feed"), table, after, ..Section::default() })
}
