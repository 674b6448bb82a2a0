//! An Excel cell as the text that a person sees.
//!
//! Comes in: a value as it is stored. Goes out: text. Number formats are not followed: a number is shown plainly, a
//! date as `2024-11-07`.

use calamine::{CellErrorType, DataRef, ExcelDateTime};

/// The text of a cell; a formula's is the result that was stored with it.
pub(super) fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(date) => date_text(date),
        DataRef::Error(error) => error_text(error).to_owned(),
        DataRef::Empty => String::new(),
    }
}

/// 15 digits, as Excel shows them: what lies beyond is the binary fraction's dust.
fn number_text(number: f64) -> String {
    if number == number.trunc() && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    if !(1e-9..1e15).contains(&number.abs()) {
        return format!("{number:e}");
    }
    let rounded = format!("{number:.14e}").parse::<f64>();
    rounded.unwrap_or(number).to_string()
}

fn date_text(date: &ExcelDateTime) -> String {
    // 1900 to 9999; Excel shows nothing sensible beyond.
    if !(0.0..2_958_466.0).contains(&date.as_f64()) {
        return number_text(date.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let time =
        if second == 0 { format!("{hour:02}:{minute:02}") } else { format!("{hour:02}:{minute:02}:{second:02}") };
    match (date.as_f64() < 1.0, hour == 0 && minute == 0 && second == 0) {
        (true, _) => time,
        (false, true) => format!("{year:04}-{month:02}-{day:02}"),
        (false, false) => format!("{year:04}-{month:02}-{day:02} {time}"),
    }
}

fn error_text(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value | CellErrorType::GettingData => "#VALUE!",
    }
}

#[cfg(test)]
mod tests {
    use calamine::{DataRef, ExcelDateTime, ExcelDateTimeType};

    use super::text;

    #[test]
    fn numbers_dates_and_truth_are_text_as_a_person_sees_them() {
        assert_eq!(text(&DataRef::Float(12345.0)), "12345");
        assert_eq!(text(&DataRef::Float(0.1 + 0.2)), "0.3");
        assert_eq!(text(&DataRef::Float(-7.5)), "-7.5");
        assert_eq!(text(&DataRef::Float(491_701_234_567.0)), "491701234567");
        assert_eq!(text(&DataRef::Float(1e300)), "1e300");
        assert_eq!(text(&DataRef::Bool(true)), "true");
        let date = |days| DataRef::DateTime(ExcelDateTime::new(days, ExcelDateTimeType::DateTime, false));
        assert_eq!(text(&date(45603.0)), "2024-11-07");
        assert_eq!(text(&date(45603.375)), "2024-11-07 09:00");
        assert_eq!(text(&date(0.5)), "12:00");
        assert_eq!(text(&date(-3.0)), "-3");
        assert_eq!(text(&date(f64::MAX)), "1.7976931348623157e308");
    }
}
