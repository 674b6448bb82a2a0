//! Days and times of a header: what is accepted, and what is proposed for other spellings.
//!
//! Comes in: a value as written. Goes out: a civil date or time, or what is wrong with it and what to write. Knows no
//! clock; a time is checked against the zone it is meant in.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::post::month;

/// Why a day or time is not accepted.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadTime {
    pub message: String,
    pub help: String,
}

/// Reads `2024-10-24`.
///
/// # Errors
/// A day that does not exist, or another spelling, with the right one where it can be told.
pub(super) fn day(written: &str) -> Result<Date, BadTime> {
    if let Some((year, month, day)) = iso_day(written) {
        return existing(written, year, month, day);
    }
    let help = match proposal(written).map(|(date, _)| date) {
        Some(date) => format!("write `{date}`"),
        None => "write year, month and day like `2024-10-24`".to_owned(),
    };
    Err(BadTime { message: format!("`{written}` is not a day in the form year-month-day"), help })
}

/// The day that a text elsewhere means by `2024-10-24T23:30:00+01:00`, `24.10.2024`, `Do, 24. Okt. 2024` or `October 24,
/// 2024`: as it stands there, never moved by a zone. `None` for `10/11/2024`, which may be either, and for anything else.
pub fn written_day(written: &str) -> Option<Date> {
    let written = written.trim();
    let behind = written.get(10..).is_none_or(|rest| rest.is_empty() || rest.starts_with(['T', 't', ' ']));
    if let (Some((year, month, day)), true) = (written.get(..10).and_then(iso_day), behind) {
        return existing(written, year, month, day).ok();
    }
    proposal(written).map(|(date, _)| date)
}

/// Reads `2024-11-28 09:00`, also with `T` and seconds, in `zone`.
///
/// # Errors
/// Like [`day`]; also an offset from UTC, and a time that the clocks skip. A time that comes twice is its first one.
pub(super) fn moment(written: &str, zone: &TimeZone) -> Result<DateTime, BadTime> {
    let Some((date, time)) = iso_moment(written) else { return Err(bad_moment(written)) };
    let (year, month, day) = date;
    let date = existing(written, year, month, day)?;
    let (hour, minute, second) = time;
    let Ok(time) = Time::new(hour, minute, second, 0) else {
        return Err(BadTime {
            message: format!("`{written}` is no time of a day"),
            help: format!("hours go from 00 to 23 and minutes from 00 to 59, like `{date} 09:00`"),
        });
    };
    let local = date.to_datetime(time);
    let ambiguous = zone.to_ambiguous_zoned(local);
    if let AmbiguousOffset::Gap { .. } = ambiguous.offset() {
        let name = zone.iana_name().unwrap_or("the site's time zone").to_owned();
        let help = match ambiguous.compatible() {
            Ok(next) => format!("choose another time, for instance `{}`", print(next.datetime())),
            Err(_) => "choose another time".to_owned(),
        };
        let message = format!("{} does not exist in {name}: the clocks are put forward over it", print(local));
        return Err(BadTime { message, help });
    }
    Ok(local)
}

fn bad_moment(written: &str) -> BadTime {
    if let Some(local) = without_offset(written) {
        return BadTime {
            message: format!("`{written}` names an offset from UTC"),
            help: format!("times are local to `site.timezone`; write `{local}` if that is the local time"),
        };
    }
    let help = match proposal(written) {
        Some((date, Some(time))) => format!("write `{}`", print(date.to_datetime(time))),
        Some((date, None)) => format!("write day and time, like `{date} 09:00`"),
        None => "write day and time like `2024-11-28 09:00`".to_owned(),
    };
    BadTime { message: format!("`{written}` is not a time in the form year-month-day hour:minute"), help }
}

fn print(time: DateTime) -> String {
    let pattern = if time.second() == 0 { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" };
    time.strftime(pattern).to_string()
}

/// Year, month and day, which need not exist.
type Day = (i16, i8, i8);
/// Hour, minute and second, which need not exist.
type TimeOfDay = (i8, i8, i8);

/// The numbers of `2024-11-28 09:00[:30]`, with a space or `T` between.
fn iso_moment(written: &str) -> Option<(Day, TimeOfDay)> {
    let (date, time) = written.split_once([' ', 'T'])?;
    let mut parts = time.trim_start().split(':');
    let (hour, minute) = (two_digits(parts.next()?)?, two_digits(parts.next()?)?);
    let second = parts.next().map_or(Some(0), two_digits)?;
    if parts.next().is_some() {
        return None;
    }
    Some((iso_day(date)?, (hour, minute, second)))
}

fn without_offset(written: &str) -> Option<String> {
    let (_, time) = written.split_once([' ', 'T'])?;
    let cut = time.find(['Z', 'z', '+', '-'])?;
    let local = written[..written.len() - time.len() + cut].trim();
    iso_moment(local).map(|_| local.replace('T', " "))
}

fn iso_day(written: &str) -> Option<Day> {
    let bytes = written.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' || !written.is_ascii() {
        return None;
    }
    if !written.bytes().enumerate().all(|(at, byte)| matches!(at, 4 | 7) || byte.is_ascii_digit()) {
        return None;
    }
    Some((written[..4].parse().ok()?, two_digits(&written[5..7])?, two_digits(&written[8..])?))
}

fn two_digits(part: &str) -> Option<i8> {
    let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if digits { part.parse().ok() } else { None }
}

fn existing(written: &str, year: i16, month: i8, day: i8) -> Result<Date, BadTime> {
    let bad = |help: String| Err(BadTime { message: format!("the day in `{written}` does not exist"), help });
    if !(1900..=2199).contains(&year) {
        return bad("the year should lie between 1900 and 2199".to_owned());
    }
    let Ok(first) = Date::new(year, month, 1) else {
        if (1..=12).contains(&day) {
            return bad(format!("there is no month {month}; did you mean `{year:04}-{day:02}-{month:02}`?"));
        }
        return bad(format!("there is no month {month}; write year, month, day like `2024-10-24`"));
    };
    match Date::new(year, month, day) {
        Ok(date) => Ok(date),
        Err(_) => bad(format!("month {month} of {year} has {} days", first.days_in_month())),
    }
}

/// The day, and the time if there is one, that a person most likely meant.
fn proposal(written: &str) -> Option<(Date, Option<Time>)> {
    let (numbers, month) = tokens(written)?;
    let (year, month, day, rest) = match (month, numbers.as_slice()) {
        (Some(month), [day, year, rest @ ..]) => (*year, month, *day, rest),
        (None, [first, second, third, rest @ ..]) => {
            let (second_number, third_number) = (i8::try_from(second.0).ok()?, *third);
            if first.1 == 4 {
                (*first, second_number, third_number, rest)
            } else if written.contains('/') {
                slashed(*first, *second, *third, rest)?
            } else {
                (*third, second_number, *first, rest)
            }
        }
        _ => return None,
    };
    let century = if year.1 == 2 { 2000 } else { 0 };
    let year = i16::try_from(year.0).ok()? + century;
    let date = existing(written, year, month, i8::try_from(day.0).ok()?).ok()?;
    let number = |index: usize| rest.get(index).map_or(Ok(0), |(number, _)| i8::try_from(*number));
    let time = match rest {
        [] => None,
        _ => Some(Time::new(number(0).ok()?, number(1).ok()?, number(2).ok()?, 0).ok()?),
    };
    Some((date, time))
}

/// A number and how many digits it has.
type Number = (u16, usize);

/// `24/10/2024` and `10/24/2024`, but not `10/11/2024`, which may be either.
fn slashed(first: Number, second: Number, year: Number, rest: &[Number]) -> Option<(Number, i8, Number, &[Number])> {
    match (first.0 > 12, second.0 > 12) {
        (true, false) => Some((year, i8::try_from(second.0).ok()?, first, rest)),
        (false, true) => Some((year, i8::try_from(first.0).ok()?, second, rest)),
        _ => None,
    }
}

/// The numbers of a text and its month's name; `None` with a word that belongs to no date.
fn tokens(written: &str) -> Option<(Vec<Number>, Option<i8>)> {
    const BESIDE: [&str; 10] = ["uhr", "um", "am", "den", "der", "h", "ab", "t", "at", "of"];
    let (mut numbers, mut found) = (Vec::new(), None);
    for word in written.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            numbers.push((word.parse().ok()?, word.len()));
        } else if let (None, Some(month)) = (found, month::number(word)) {
            found = Some(month);
        } else if !BESIDE.contains(&word.to_lowercase().as_str()) && !is_weekday(word) {
            return None;
        }
    }
    Some((numbers, found))
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 14] = [
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let word = word.to_lowercase();
    word.len() >= 2 && DAYS.iter().any(|day| day.starts_with(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").expect("the bundled database has it")
    }

    #[test]
    fn proposes_the_day_that_people_meant() {
        for written in [
            "24.10.2024",
            "24.10.24",
            "24. Oktober 2024",
            "Do, 24. Okt. 2024",
            "October 24, 2024",
            "24/10/2024",
            "10/24/2024",
            "2024/10/24",
            "2024-10-24 10:00",
        ] {
            assert_eq!(day(written).expect_err(written).help, "write `2024-10-24`", "{written}");
        }
        for written in ["10/11/2024", "morgen", "31.02.2024", "Frühjahr 2024"] {
            assert_eq!(
                day(written).expect_err(written).help,
                "write year, month and day like `2024-10-24`",
                "{written}"
            );
        }
    }

    #[test]
    fn a_day_elsewhere_is_read_as_it_stands() {
        for written in [
            "2024-10-24",
            "2024-10-24T23:30:00Z",
            "2024-10-24T00:30:00+02:00",
            "24. Oktober 2024",
            "Thursday, October 24, 2024",
            " 24.10.2024, 10:30 Uhr",
        ] {
            assert_eq!(written_day(written), Some(Date::constant(2024, 10, 24)), "{written}");
        }
        for written in ["10/11/2024", "2024", "Herbst 2024", "2024-13-24", "2024-10-24x", ""] {
            assert_eq!(written_day(written), None, "{written}");
        }
    }

    #[test]
    fn a_day_that_does_not_exist_is_refused() {
        assert_eq!(day("2024-02-30").expect_err("no such day").help, "month 2 of 2024 has 29 days");
        assert!(day("2024-24-10").expect_err("no such month").help.contains("`2024-10-24`"));
        assert!(day("0024-10-24").is_err());
    }

    #[test]
    fn reads_local_times() {
        let expected = Date::constant(2024, 11, 28).at(9, 0, 0, 0);
        for written in ["2024-11-28 09:00", "2024-11-28T09:00", "2024-11-28 09:00:00"] {
            assert_eq!(moment(written, &berlin()), Ok(expected), "{written}");
        }
        for written in ["28.11.2024 9:00 Uhr", "28.11.2024, 9 Uhr", "2024-11-28 9:00", "28. November 2024 um 09.00 Uhr"]
        {
            assert_eq!(moment(written, &berlin()).expect_err(written).help, "write `2024-11-28 09:00`", "{written}");
        }
        assert_eq!(
            moment("2024-11-28", &berlin()).expect_err("no time").help,
            "write day and time, like `2024-11-28 09:00`"
        );
        assert!(
            moment("2024-11-28T09:00:00+01:00", &berlin()).expect_err("offset").help.contains("`2024-11-28 09:00:00`")
        );
        assert!(moment("2024-11-28 24:00", &berlin()).is_err());
    }

    #[test]
    fn a_time_that_the_clocks_skip_is_refused_and_one_that_comes_twice_is_not() {
        let error = moment("2025-03-30 02:30", &berlin()).expect_err("a gap");
        assert_eq!(
            error.message,
            "2025-03-30 02:30 does not exist in Europe/Berlin: the clocks are put forward over it"
        );
        assert_eq!(error.help, "choose another time, for instance `2025-03-30 03:30`");
        assert!(moment("2025-10-26 02:30", &berlin()).is_ok());
        assert!(moment("2025-03-30 02:30", &TimeZone::UTC).is_ok());
    }
}
