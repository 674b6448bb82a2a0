//! Documents with `%name%` in them, filled in one pass: a text that looks like a name stays the text it is.

/// The document with every `%name%` that is known replaced. Values must be safe for their place already.
pub fn fill(document: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(document.len());
    let mut rest = document;
    while let Some(start) = rest.find('%') {
        let (before, from) = rest.split_at(start);
        filled.push_str(before);
        let known =
            values.iter().find(|(name, _)| from[1..].strip_prefix(name).is_some_and(|end| end.starts_with('%')));
        match known {
            Some((name, value)) => {
                filled.push_str(value);
                rest = &from[name.len() + 2..];
            }
            None => {
                filled.push('%');
                rest = &from[1..];
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn values_are_not_filled_again_and_percent_signs_stay() {
        let filled = fill("width: 100%; %title% %text% %none% 5 %", &[("title", "%text%"), ("text", "10 % und mehr")]);
        assert_eq!(filled, "width: 100%; %text% 10 % und mehr %none% 5 %");
    }
}
