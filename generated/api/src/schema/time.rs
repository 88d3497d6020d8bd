//! Points in time and dates, in bodies and in queries: everything that DRF's `DateTimeField` and `DateField` read with
//! their default formats, which is Python's `fromisoformat` and a more lenient form (`2024-1-2 3:04`) of Django.

use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveTime, Timelike, Utc, Weekday};

/// Why a text is not a point in time.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It does not look like one, or there is no such day or time.
    Format,
    /// It leaves the years 1 to 9999 when written in UTC.
    Range,
}

/// No spelling of a point in time is longer.
const LONGEST: usize = 100;

/// A point in time. Without offset it is UTC; without time it is midnight.
pub(crate) fn date_time(text: &str) -> Result<DateTime<Utc>, Fault> {
    let (date, time, offset) = parse(text).ok_or(Fault::Format)?;
    let utc = date.and_time(time).checked_sub_offset(offset).ok_or(Fault::Range)?.and_utc();
    if !(1..=9999).contains(&utc.year()) {
        return Err(Fault::Range);
    }
    Ok(utc)
}

/// A day.
pub(crate) fn date(text: &str) -> Option<NaiveDate> {
    let mut text = Scanner::new(text)?;
    let date = text.date()?;
    text.is_empty().then_some(date)
}

fn parse(text: &str) -> Option<(NaiveDate, NaiveTime, FixedOffset)> {
    let mut text = Scanner::new(text)?;
    let date = text.date()?;
    if text.is_empty() {
        return Some((date, NaiveTime::MIN, FixedOffset::east_opt(0)?));
    }
    text.any_of(b"Tt _")?;
    let time = text.time()?;
    text.skip_spaces();
    let offset = text.offset()?;
    text.is_empty().then_some((date, time, offset))
}

/// What is left of a text.
struct Scanner<'a>(&'a [u8]);

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Option<Self> {
        (text.len() <= LONGEST).then_some(Self(text.as_bytes()))
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn any_of(&mut self, set: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        set.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    fn skip_spaces(&mut self) {
        self.0 = self.0.trim_ascii_start();
    }

    /// A number of `least` to `most` digits.
    fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let count = self.0.iter().take(most).take_while(|b| b.is_ascii_digit()).count();
        if count < least {
            return None;
        }
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        digits.iter().try_fold(0u32, |sum, digit| sum.checked_mul(10)?.checked_add(u32::from(digit - b'0')))
    }

    /// `2024-01-02`, `2024-1-2`, `20240102`, or by week `2024-W01-2`, `2024W012`, where the day may be missing.
    fn date(&mut self) -> Option<NaiveDate> {
        let year = i32::try_from(self.digits(4, 4)?).ok()?;
        let dashes = self.any_of(b"-").is_some();
        let date = if self.any_of(b"W").is_some() {
            let week = self.digits(2, 2)?;
            let day = match (dashes, self.0.first()) {
                (true, Some(b'-')) => {
                    self.any_of(b"-")?;
                    self.digits(1, 1)?
                }
                (false, Some(b'0'..=b'9')) => self.digits(1, 1)?,
                _ => 1,
            };
            let monday = NaiveDate::from_isoywd_opt(year, week, Weekday::Mon)?;
            (1..=7).contains(&day).then_some(())?;
            monday.checked_add_days(Days::new(u64::from(day - 1)))?
        } else if dashes {
            let month = self.digits(1, 2)?;
            self.any_of(b"-")?;
            NaiveDate::from_ymd_opt(year, month, self.digits(1, 2)?)?
        } else {
            let month = self.digits(2, 2)?;
            NaiveDate::from_ymd_opt(year, month, self.digits(2, 2)?)?
        };
        (1..=9999).contains(&date.year()).then_some(date)
    }

    /// `03`, `03:04`, `3:4`, `03:04:05`, `03:04:05.123`, or without colons `0304`, `030405.123`. Digits beyond
    /// microseconds are dropped.
    fn time(&mut self) -> Option<NaiveTime> {
        let mut ahead = Self(self.0);
        let colons = ahead.digits(1, 2).is_some() && ahead.any_of(b":").is_some();
        let least = if colons { 1 } else { 2 };
        let (mut minute, mut second, mut micro) = (0, 0, 0);
        let hour = self.digits(least, 2)?;
        if self.goes_on(colons) {
            minute = self.digits(least, 2)?;
            if self.goes_on(colons) {
                second = self.digits(least, 2)?;
                if self.any_of(b".,").is_some() {
                    micro = self.fraction()?;
                }
            }
        }
        NaiveTime::from_hms_micro_opt(hour, minute, second, micro)
    }

    /// Whether another part of a time follows: after a colon, which is taken, or directly.
    fn goes_on(&mut self, colons: bool) -> bool {
        if colons { self.any_of(b":").is_some() } else { matches!(self.0.first(), Some(b'0'..=b'9')) }
    }

    /// Microseconds from one digit or more.
    fn fraction(&mut self) -> Option<u32> {
        let count = self.0.iter().take_while(|b| b.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at_checked(count).filter(|_| count > 0)?;
        self.0 = rest;
        let padded = digits.iter().chain(std::iter::repeat(&b'0')).take(6);
        Some(padded.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
    }

    /// Nothing, `Z`, `+02`, `+0200`, `+02:00`, `+02:00:30`.
    fn offset(&mut self) -> Option<FixedOffset> {
        if self.is_empty() || self.any_of(b"Z").is_some() {
            return FixedOffset::east_opt(0);
        }
        let sign = self.any_of(b"+-")?;
        let time = self.time()?;
        let seconds = i32::try_from(time.num_seconds_from_midnight()).ok()?;
        if sign == b'+' { FixedOffset::east_opt(seconds) } else { FixedOffset::west_opt(seconds) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::SecondsFormat;

    #[test]
    fn points_in_time() {
        let good = [
            ("2024-01-02", "2024-01-02T00:00:00Z"),
            ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"),
            ("2024-01-02T03:04:05+02:00", "2024-01-02T01:04:05Z"),
            ("2024-01-02T03:04:05-02", "2024-01-02T05:04:05Z"),
            ("2024-01-02T03:04:05+02:00:30", "2024-01-02T01:03:35Z"),
            ("2024-01-01T00:00:00+01:00", "2023-12-31T23:00:00Z"),
            ("2024-01-02 03:04", "2024-01-02T03:04:00Z"),
            ("2024-1-2 3:4", "2024-01-02T03:04:00Z"),
            ("2024-01-02t03:04", "2024-01-02T03:04:00Z"),
            ("2024-01-02T03", "2024-01-02T03:00:00Z"),
            ("2024-01-02T03:04:05 Z", "2024-01-02T03:04:05Z"),
            ("2024-01-02T03:04:05.1Z", "2024-01-02T03:04:05.100Z"),
            ("2024-01-02T03:04:05.123456789Z", "2024-01-02T03:04:05.123456Z"),
            ("2024-01-02T03:04:05,5-0530", "2024-01-02T08:34:05.500Z"),
            ("20240102T030405Z", "2024-01-02T03:04:05Z"),
            ("20240102 0304", "2024-01-02T03:04:00Z"),
            ("2024-01-02T030405", "2024-01-02T03:04:05Z"),
            ("2024-W01-2", "2024-01-02T00:00:00Z"),
            ("2024-W01", "2024-01-01T00:00:00Z"),
            ("2024-W01-2T10", "2024-01-02T10:00:00Z"),
            ("2024W012T10", "2024-01-02T10:00:00Z"),
            ("2024-02-29", "2024-02-29T00:00:00Z"),
            ("2099-01-01T00:00:00Z", "2099-01-01T00:00:00Z"),
            ("0001-01-01", "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
        ];
        for (text, expected) in good {
            let written = date_time(text).map(|time| time.to_rfc3339_opts(SecondsFormat::AutoSi, true));
            assert_eq!(written.as_deref(), Ok(expected), "{text}");
            assert_eq!(date_time(expected), date_time(text), "{text} again");
        }
        let bad = [
            "",
            "x y z",
            "2024",
            "2024-01",
            "2024-13-01",
            "2024-02-30",
            "2023-02-29",
            "2024-01-02T",
            "2024-01-02T24:00",
            "2024-01-02T03:60",
            "2024-01-02T03:04:60Z",
            "2024-01-02T03:04:05.",
            "2024-01-02T03:04.5",
            "2024-01-02T03:04:05z",
            "2024-01-02T03:04:05+25:00",
            "2024-01-02T03:04:05+",
            "2024-01-02T03:04:05ZZ",
            " 2024-01-02",
            "2024-01-02 ",
            "0000-01-01",
            "24-01-02",
            "2024-W54-1",
            "2024-W01-8",
            "20240102T3:4x",
            "1704164645",
            "2024-01-02T3",
            "２０２４-01-02",
        ];
        for text in bad {
            assert_eq!(date_time(text), Err(Fault::Format), "{text}");
        }
        assert_eq!(date_time(&"1".repeat(1_000_000)), Err(Fault::Format));
        assert_eq!(date_time("0001-01-01T00:00:00+05:00"), Err(Fault::Range));
        assert_eq!(date_time("9999-12-31T23:59:59-05:00"), Err(Fault::Range));
    }

    #[test]
    fn days() {
        for text in ["2024-01-02", "2024-1-2", "20240102", "2024-W01-2"] {
            assert_eq!(date(text), NaiveDate::from_ymd_opt(2024, 1, 2), "{text}");
        }
        for text in ["", "2024-02-30", "2024-01-02T00:00", "2024-01-02 ", "x"] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
