//! The HTML as one member would see it, for a browser and not for a message.

use super::merge::escape;
use super::{Compiled, Place, Segment};
use crate::render::email::slot::{Piece, Slots};

impl Compiled {
    /// The document with each slot's value in its place, escaped as in the message. It must be the one that was
    /// compiled: compiling has found the place of each slot.
    pub fn shown_html(&self, html: &str, slots: &Slots, values: &[String]) -> String {
        let mut places = self.places();
        let mut shown = String::with_capacity(html.len() + 1024);
        for piece in slots.cut(html) {
            match piece {
                Piece::Literal(literal) => shown.push_str(literal),
                Piece::Slot(index) => {
                    let place = places.next().expect("a slot of the HTML was compiled");
                    shown.push_str(&escape(place, &values[index]).unwrap_or_default());
                }
            }
        }
        shown
    }

    /// Where the slots of the HTML stand, in their order.
    fn places(&self) -> impl Iterator<Item = Place> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Slot { place, .. } if *place != Place::Text => Some(*place),
            _ => None,
        })
    }
}
