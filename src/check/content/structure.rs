//! How a post is built: title, subject, lead, headings, paragraphs, a date.

use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::check::told::Told;
use crate::check::words::words;
use crate::post::BlockKind;
use crate::post::passage::PassageKind;
use crate::render::email::shorten;

/// In characters. Longer titles fill a phone's screen.
const TITLE: usize = 70;
/// In characters. Most inboxes show no more on a desk, and half of it on a phone.
const SUBJECT: usize = 60;
const PARAGRAPH_WORDS: usize = 120;

pub(super) const NO_LEAD: Rule = Rule::warning(
    "no-lead",
    "the text does not begin with a paragraph",
    "begin with two or three sentences that say what happened; teasers and the feed are made from them",
);

pub(super) const LONG_TITLE: Rule =
    Rule::warning("long-title", "the title has more than 70 characters", "shorten it; details belong in the lead");

pub(super) const LONG_SUBJECT: Rule = Rule::warning(
    "long-subject",
    "the subject of the mail has more than 60 characters",
    "write a shorter `subject:`; phones show about 40 characters of it",
);

pub(super) const NO_DATE: Rule = Rule::warning(
    "no-date",
    "the post has neither a date nor an event",
    "add `date:` (the day of publication) or `event: { name: …, place: …, date: … }`",
);

pub(super) const HEADING_JUMP: Rule = Rule::warning(
    "heading-jump",
    "a heading skips a level",
    "use the next level: people who listen to a mail find their way by the levels",
);

pub(super) const LONG_PARAGRAPH: Rule = Rule::warning(
    "long-paragraph",
    "a paragraph has more than 120 words",
    "split it where a new thought begins; on a phone it fills more than a screen",
);

pub(super) fn look(subject: &Subject<'_>, told: &mut Told) {
    lead(subject, told);
    headline(subject, told);
    let header = &subject.post().header;
    if header.date.is_none() && header.event.is_none() {
        told.add(&NO_DATE, subject.key("date"), NO_DATE.what);
    }
    headings(subject, told);
    paragraphs(subject, told);
}

fn lead(subject: &Subject<'_>, told: &mut Told) {
    let post = subject.post();
    let first = post.body.iter().find(|block| !matches!(block.kind, BlockKind::Picture(_) | BlockKind::Rule));
    match first.map(|block| &block.kind) {
        Some(BlockKind::Paragraph(_)) => {}
        None if post.is_digest() => told.add(&NO_LEAD, subject.key("posts"), "the digest has no introduction"),
        _ => told.add(&NO_LEAD, subject.body(), NO_LEAD.what),
    }
}

fn headline(subject: &Subject<'_>, told: &mut Told) {
    let header = &subject.post().header;
    let length = header.title.chars().count();
    if length > TITLE {
        let place = subject.key("title");
        told.add(&LONG_TITLE, place, format!("the title has {length} characters, more than {TITLE}"));
    }
    match &header.subject {
        Some(written) if written.chars().count() > SUBJECT => {
            let length = written.chars().count();
            let message = format!("the subject has {length} characters, more than {SUBJECT}");
            told.add(&LONG_SUBJECT, subject.key("subject"), message);
        }
        // One that is cut has a finding at the title already.
        None if length <= TITLE && shorten::subject(&header.title).chars().count() > SUBJECT => {
            let message = format!("the title is the mail's subject, too, and has {length} characters");
            told.add(&LONG_SUBJECT, subject.key("title"), message);
        }
        _ => {}
    }
}

fn headings(subject: &Subject<'_>, told: &mut Told) {
    // The title is the only heading of the first level; a post may begin with `#` or with `##` all the same.
    let mut before = 1;
    for passage in subject.body_passages() {
        let PassageKind::Heading(level) = passage.kind else { continue };
        if level > before + 1 {
            let (is, was) = ("#".repeat(level.into()), "#".repeat((before + 1).into()));
            let message = format!("this heading skips a level: `{is}` where `{was}` comes next");
            told.add(&HEADING_JUMP, subject.part(passage, 0..passage.text.len()), message);
        }
        before = level;
    }
}

fn paragraphs(subject: &Subject<'_>, told: &mut Told) {
    for passage in subject.body_passages().filter(|passage| passage.kind == PassageKind::Paragraph) {
        let count = words(&passage.text).count();
        if count > PARAGRAPH_WORDS {
            let start = words(&passage.text).next().map_or(0..0, |(range, _)| range);
            let message = format!("this paragraph has {count} words, more than {PARAGRAPH_WORDS}");
            told.add(&LONG_PARAGRAPH, subject.part(passage, start), message);
        }
    }
}
