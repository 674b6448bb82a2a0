//! The content: what readers of any post expect, whatever its language.

use crate::check::rule::{Family, Rule, Teller};
use crate::check::subject::Subject;
use crate::check::told::Told;

mod link;
mod picture;
mod placeholder;
mod structure;
mod wording;

pub(super) static FAMILY: Family = Family {
    name: "content",
    about: "What readers of any post expect",
    rules: &[
        structure::NO_LEAD,
        structure::LONG_TITLE,
        structure::LONG_SUBJECT,
        structure::NO_DATE,
        structure::HEADING_JUMP,
        structure::LONG_PARAGRAPH,
        wording::SHOUTING,
        wording::DOUBLE_WORD,
        placeholder::PLACEHOLDER,
        placeholder::EXAMPLE_LINK,
        link::LINK_TEXT,
        link::PRIVATE_LINK,
        link::DEAD_LINK,
        picture::NO_CREDIT,
        picture::ALT_TEXT,
        RELATIVE_LINK,
        MISSING_ALT,
        RAW_HTML,
        COMMENT,
        NOT_A_LINK,
        UNUSED_DEFINITION,
        LOST_CELLS,
        PICTURE_AS_TEXT,
        YAML_COMMENT,
    ],
    look,
};

const RELATIVE_LINK: Rule = Rule::error(
    "bad-link",
    "a link does not begin with https://, so it leads nowhere from a mail",
    "write the whole address, as it stands in the browser",
)
.told_by(Teller::Refusal);

const MISSING_ALT: Rule =
    Rule::error("missing-alt", "a picture has no description", "say in one sentence what is to be seen")
        .told_by(Teller::Refusal);

const RAW_HTML: Rule =
    Rule::warning("raw-html", "raw HTML is shown as text", "delete the tags and write Markdown").told_by(Teller::Maker);

const COMMENT: Rule = Rule::warning("html-comment", "a comment is left out", "delete it if nobody needs it any more")
    .told_by(Teller::Maker);

const NOT_A_LINK: Rule = Rule::warning(
    "not-a-link",
    "something looks like a link or picture, but is shown as text",
    "put an address with spaces in angle brackets",
)
.told_by(Teller::Maker);

const UNUSED_DEFINITION: Rule = Rule::warning(
    "unused-definition",
    "a line like `[name]: …` is not shown",
    "write a backslash before it if it is text; else delete it",
)
.told_by(Teller::Maker);

const LOST_CELLS: Rule = Rule::warning(
    "lost-cells",
    "a row of a table has more cells than its head, and the rest is not shown",
    "write `\\|` for a bar that is part of the text",
)
.told_by(Teller::Maker);

const PICTURE_AS_TEXT: Rule = Rule::warning(
    "picture-as-text",
    "a picture stands in a heading or a table, where only its description is shown",
    "put the picture in a line of its own",
)
.told_by(Teller::Maker);

const YAML_COMMENT: Rule = Rule::warning(
    "yaml-comment",
    "a value of the header ends at `#`, because a comment begins there",
    "put the whole value in quotes",
)
.told_by(Teller::Maker);

fn look(subject: &Subject<'_>, told: &mut Told) {
    structure::look(subject, told);
    wording::look(subject, told);
    placeholder::look(subject, told);
    link::look(subject, told);
    picture::look(subject, told);
}
