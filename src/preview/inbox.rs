//! Sender, subject and preheader as an inbox shows them: one line, cut where the room ends.
//!
//! The widths are those of common programs at their default size (about 30 and 40 characters for sender and subject on a
//! phone, 70 for the subject on a desk); every program, font and window differs by a few characters.

use unicode_segmentation::UnicodeSegmentation;

use super::view::Row;

/// The room of one kind of inbox, in characters as people count them.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    sender: usize,
    subject: usize,
    preheader: usize,
}

pub const PHONE: Room = Room { sender: 28, subject: 38, preheader: 84 };
pub const DESKTOP: Room = Room { sender: 24, subject: 70, preheader: 60 };

/// The row as it is shown there.
pub fn row(room: Room, sender: &str, subject: &str, preheader: &str) -> Row {
    Row {
        sender: cut(sender, room.sender),
        subject: cut(subject, room.subject),
        preheader: cut(preheader, room.preheader),
    }
}

/// The text if it fits, else as much as fits with `…`, mid-word as programs do it.
fn cut(text: &str, room: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown: Vec<&str> = line.graphemes(true).take(room + 1).collect();
    match shown.len() > room {
        true => shown[..room - 1].concat().trim_end().to_owned() + "…",
        false => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_cut_between_characters_as_people_see_them() {
        let family = "👨‍👩‍👧".repeat(40);
        let row = row(PHONE, "Verband Beispiel e.V. und seine Freunde", "Kurz", &family);
        assert_eq!((row.sender.as_str(), row.subject.as_str()), ("Verband Beispiel e.V. und s…", "Kurz"));
        assert_eq!(row.preheader, "👨‍👩‍👧".repeat(40), "forty fit");
        assert_eq!(super::row(DESKTOP, "", "", &family.repeat(2)).preheader, "👨‍👩‍👧".repeat(59) + "…");
    }
}
