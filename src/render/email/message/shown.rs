//! The HTML as one member would see it, for a browser and not for a message.

use super::CompileError;
use super::merge::escape;
use super::place::Scanner;
use crate::render::email::slot::{Piece, Slots};

/// The document with each slot's value in its place, escaped as in the message.
///
/// # Errors
/// A slot where no value may stand.
pub fn shown_html(html: &str, slots: &Slots, values: &[String]) -> Result<String, CompileError> {
    let pieces = slots.cut(html);
    let mut scanner = Scanner::new();
    let mut shown = String::with_capacity(html.len());
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Literal(literal) => {
                scanner.read(literal);
                shown.push_str(literal);
            }
            Piece::Slot(index) => {
                let next = match pieces.get(at + 1) {
                    Some(Piece::Literal(next)) => next,
                    _ => "",
                };
                let place = scanner.slot(next).map_err(|place| {
                    let nth = pieces[..at].iter().filter(|before| *before == piece).count();
                    CompileError::Misplaced { field: slots.list[*index].field.clone(), place, slot: *index, nth }
                })?;
                shown.push_str(&escape(place, &values[*index]).unwrap_or_default());
            }
        }
    }
    Ok(shown)
}
