//! German text: quotes, spaces that must not break, gender forms, and what Markdown makes of German habits.

use crate::check::rule::{Family, Rule, Teller};
use crate::check::subject::Subject;
use crate::check::told::Told;
use crate::post::passage::PassageKind;
use crate::post::sentence::strip_dateline;

mod gender;
mod quotes;
mod spaces;

pub(super) static FAMILY: Family = Family {
    name: "german",
    about: "Typography and habits of German text; the last three apply to other languages, too",
    rules: &[quotes::QUOTES, spaces::NO_BREAK, gender::MIXED, DATELINE, STAR, DATE_AS_LIST],
    look,
};

const DATELINE: Rule = Rule::warning(
    "dateline",
    "the lead begins with a place line, as in a newspaper",
    "leave it out and name the place in the sentence; teasers drop it, and the mail has place and date above the title",
);

const STAR: Rule = Rule::warning(
    "star-in-emphasis",
    "a word with a gender star stands inside an emphasis that is written with stars",
    "write the emphasis with underscores",
)
.told_by(Teller::Maker);

const DATE_AS_LIST: Rule = Rule::warning(
    "date-read-as-list",
    "a date or number at the beginning of a line is read as a numbered list",
    "write a backslash before the dot",
)
.told_by(Teller::Maker);

fn look(subject: &Subject<'_>, told: &mut Told) {
    if subject.is_german() {
        quotes::look(subject, told);
        spaces::look(subject, told);
        gender::look(subject, told);
    }
    dateline(subject, told);
}

fn dateline(subject: &Subject<'_>, told: &mut Told) {
    let Some(lead) = subject.body_passages().find(|passage| passage.kind == PassageKind::Paragraph) else { return };
    let text = lead.text.trim_end();
    let start = text.len() - text.trim_start().len();
    let length = text.trim_start().len() - strip_dateline(text).len();
    if length > 0 {
        let line = text[start..start + length].trim_end();
        told.add(&DATELINE, subject.part(lead, start..start + line.len()), format!("the lead begins with `{line}`"));
    }
}
