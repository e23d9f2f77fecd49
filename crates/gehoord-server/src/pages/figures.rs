//! Lengths of time and numbers as people write them, the same on every page.

use super::texts::Lang;

/// A length: `1:05`, `1:02:09`.
#[must_use]
pub fn clock(ms: impl Into<u64>) -> String {
    let seconds = ms.into() / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// A number with the sign for decimals of the language: `4,8`, `−2`.
pub(crate) fn number(lang: Lang, value: f32, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    // Nothing is less than nothing.
    let zero = text.bytes().all(|b| matches!(b, b'-' | b'0' | b'.'));
    let text = text.replace('-', if zero { "" } else { "−" });
    if lang == Lang::Nl { text.replace('.', ",") } else { text }
}

/// Seconds with one decimal, without their unit.
pub(crate) fn seconds(lang: Lang, ms: impl Into<i64>) -> String {
    #[allow(clippy::cast_precision_loss, reason = "a tenth of a second is enough")]
    let seconds = ms.into() as f32 / 1000.0;
    number(lang, seconds, 1)
}

/// A length with its unit: `4,2 s`, `1:05 min`.
pub(crate) fn length(lang: Lang, ms: u32) -> String {
    match ms {
        ..60_000 => format!("{} s", seconds(lang, ms)),
        60_000..3_600_000 => format!("{} min", clock(ms)),
        _ => format!("{} {}", clock(ms), if lang == Lang::Nl { "uur" } else { "h" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_people_do() {
        let clocks = [0_u32, 65_999, 3_729_000].map(clock);
        assert_eq!(clocks, ["0:00", "1:05", "1:02:09"]);
        let lengths = [4_240, 59_000, 65_000, 3_729_000].map(|ms| length(Lang::Nl, ms));
        assert_eq!(lengths, ["4,2 s", "59,0 s", "1:05 min", "1:02:09 uur"]);
        assert_eq!(seconds(Lang::En, -1_250), "−1.2");
    }

    #[test]
    fn numbers_have_the_signs_of_the_language() {
        assert_eq!(number(Lang::Nl, 4.75, 1), "4,8");
        assert_eq!(number(Lang::En, 4.0, 1), "4.0");
        assert_eq!(number(Lang::Nl, -2.4, 0), "−2");
        assert_eq!(number(Lang::Nl, -0.04, 1), "0,0", "nothing is less than nothing");
    }
}
