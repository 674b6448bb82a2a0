//! The plan: whom it reaches, and when.

use jiff::civil::DateTime;

use crate::check::rule::{Family, Rule};
use crate::check::subject::Subject;
use crate::check::told::Told;

pub(super) static FAMILY: Family =
    Family { name: "plan", about: "Whom a send reaches, and when", rules: &[NOBODY, PAST, NIGHT, SIZE], look };

const NOBODY: Rule = Rule::warning(
    "nobody-left",
    "nobody on the lists would be written to",
    "`rundbrief members show LIST` says who is left out, and why",
);

const PAST: Rule = Rule::warning(
    "send-at-past",
    "`send_at` is in the past",
    "write a time to come, or remove the line and send by hand",
);

const NIGHT: Rule = Rule::warning(
    "send-at-night",
    "`send_at` is at night",
    "take a time between 7:00 and 21:00, when people read their mail and you can still stop it",
);

const SIZE: Rule = Rule::warning(
    "list-size",
    "a list is much larger or smaller than at the last send",
    "look whether it is the right file, whole and filtered as before: `rundbrief members show LIST`",
);

/// Local hours in which nobody wants to be written to: from the first up to the second.
const NIGHT_HOURS: (i8, i8) = (22, 6);
/// A list that has grown by half, or lost a third, and by this many people at least.
const CHANGED_BY: u64 = 20;

fn look(subject: &Subject<'_>, told: &mut Told) {
    let header = &subject.post().header;
    if let (Some(send_at), Some(now)) = (header.send_at, subject.facts.now) {
        if send_at < now {
            told.add(&PAST, subject.key("send_at"), format!("`send_at` was {}", past(send_at, now)));
        }
        if send_at.hour() >= NIGHT_HOURS.0 || send_at.hour() < NIGHT_HOURS.1 {
            let message = format!("`send_at` is at night, at {}", send_at.strftime("%-H:%M"));
            told.add(&NIGHT, subject.key("send_at"), message);
        }
    }
    let audiences = &subject.facts.audiences;
    if !subject.goes_to("email") || audiences.is_empty() {
        return;
    }
    if audiences.iter().all(|audience| audience.people == 0) {
        let lists: Vec<&str> = audiences.iter().map(|audience| audience.list.as_str()).collect();
        let message = format!("nobody on {} would be written to", lists.join(" or "));
        told.add(&NOBODY, subject.key("lists"), message);
        return;
    }
    for audience in audiences {
        let (Some(last), people) = (audience.last, audience.people) else { continue };
        let changed = people * 2 > last * 3 || people * 3 < last * 2;
        if changed && people.abs_diff(last) >= CHANGED_BY {
            let message =
                format!("the list `{}` has {people} people now; at the last send it had {last}", audience.list);
            told.add(&SIZE, subject.key("lists"), message);
        }
    }
}

/// How long ago, in words.
fn past(then: DateTime, now: DateTime) -> String {
    match now.date().since(then.date()).map(|span| span.get_days()) {
        Ok(0) => format!("today at {}", then.strftime("%-H:%M")),
        Ok(1) => "yesterday".to_owned(),
        Ok(days) => format!("{days} days ago"),
        Err(_) => "long ago".to_owned(),
    }
}
