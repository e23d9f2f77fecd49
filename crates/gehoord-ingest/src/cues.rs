//! The cues of WebVTT and SubRip files: when, and which lines of text.

/// One cue.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cue<'t> {
    /// Line of its first line of text.
    pub(crate) line: usize,
    /// From and to, in seconds; `None` when they cannot be read.
    pub(crate) time: Option<(f64, f64)>,
    /// Its text, as it stands.
    pub(crate) payload: Vec<&'t str>,
}

/// The cues of a file and what is not a cue.
#[derive(Debug, Default)]
pub(crate) struct Cues<'t> {
    pub(crate) cues: Vec<Cue<'t>>,
    /// Lines where comments and styles start.
    pub(crate) comments: Vec<usize>,
    /// Lines that belong to no cue.
    pub(crate) strays: Vec<usize>,
}

/// Cuts a file into cues. A cue is a line with `-->` and what follows up to a blank line.
pub(crate) fn cut(text: &str) -> Cues<'_> {
    let mut found = Cues::default();
    let mut lines = (1..).zip(text.lines()).peekable();
    if let Some((_, first)) = lines.peek()
        && first.starts_with("WEBVTT")
    {
        while lines.next_if(|(_, line)| !line.trim().is_empty() && !line.contains("-->")).is_some()
        {
        }
    }
    while let Some((number, line)) = lines.next() {
        if line.trim().is_empty() {
            continue;
        }
        if let Some(time) = times(line) {
            let mut payload = Vec::new();
            // A cue that follows without a blank line has its number, then its time.
            while let Some((_, text)) =
                lines.next_if(|(_, text)| !text.trim().is_empty() && times(text).is_none())
            {
                payload.push(text);
            }
            let next_is_time = lines.peek().is_some_and(|(_, text)| times(text).is_some());
            if next_is_time && payload.last().is_some_and(|text| is_number(text)) {
                payload.pop();
            }
            found.cues.push(Cue { line: number + 1, time, payload });
        } else if is_comment(line) {
            found.comments.push(number);
            while lines.next_if(|(_, text)| !text.trim().is_empty()).is_some() {}
        } else if lines.peek().is_none_or(|(_, next)| times(next).is_none()) {
            // Neither the name of the next cue nor part of one.
            found.strays.push(number);
        }
    }
    found
}

fn is_number(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_comment(line: &str) -> bool {
    ["NOTE", "STYLE", "REGION"].iter().any(|word| {
        line.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
    })
}

/// The times of a cue: `None` when the line is not one that gives times, `Some(None)` when it is
/// but they cannot be read.
#[allow(clippy::option_option)]
fn times(line: &str) -> Option<Option<(f64, f64)>> {
    let (from, to) = line.split_once("-->")?;
    if !from.trim_start().starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let to = to.split_whitespace().next().unwrap_or_default();
    Some(seconds(from.trim()).zip(seconds(to)))
}

/// `01:02:03.250`, `02:03.250` or `01:02:03,250` as seconds.
fn seconds(text: &str) -> Option<f64> {
    let text = text.replace(',', ".");
    let parts: Vec<&str> = text.split(':').collect();
    let (last, before) = parts.split_last()?;
    let plain = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !(1..=2).contains(&before.len()) || !before.iter().all(plain) || text.len() > 20 {
        return None;
    }
    if !last.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let mut total: f64 = 0.0;
    for part in before {
        total = total * 60.0 + part.parse::<f64>().ok()?;
    }
    Some(total * 60.0 + last.parse::<f64>().ok()?)
}

/// One piece of text of one voice: `None` where no voice tag stands before it.
pub(crate) type Voiced<'t> = (Option<&'t str>, String);

/// Cuts a line of a cue at its voice tags, and drops all other tags and entities.
pub(crate) fn voices<'t>(line: &'t str, current: &mut Option<&'t str>) -> Vec<Voiced<'t>> {
    let mut pieces: Vec<Voiced<'t>> = vec![(*current, String::new())];
    let mut rest = line;
    while let Some(at) = rest.find(['<', '{']) {
        let (before, tag) = rest.split_at(at);
        push(&mut pieces, before);
        let close = if tag.starts_with('<') { '>' } else { '}' };
        let Some(end) = tag.find(close) else {
            rest = tag;
            break;
        };
        let inside = &tag[1..end];
        rest = &tag[end + 1..];
        if let Some(name) = voice_name(inside) {
            *current = Some(name);
            pieces.push((*current, String::new()));
        } else if inside == "/v" {
            *current = None;
            pieces.push((None, String::new()));
        } else if !is_markup(inside, close) {
            push(&mut pieces, &tag[..=end]);
        }
    }
    push(&mut pieces, rest);
    pieces.retain_mut(|(_, text)| {
        *text = text.trim().to_owned();
        !text.is_empty()
    });
    pieces
}

fn push(pieces: &mut [Voiced<'_>], text: &str) {
    if let Some((_, last)) = pieces.last_mut() {
        last.push_str(&entities(text));
    }
}

/// The name in `v Name` or `v.loud Name`.
fn voice_name(tag: &str) -> Option<&str> {
    let rest = tag.strip_prefix('v')?;
    if !rest.starts_with([' ', '\t', '.']) {
        return None;
    }
    let (_, name) = rest.split_once([' ', '\t'])?;
    Some(name.trim()).filter(|name| !name.is_empty())
}

/// Tags of the two formats; anything else in angles, such as `<naam>`, is text.
fn is_markup(inside: &str, close: char) -> bool {
    if close == '}' {
        return inside.starts_with('\\');
    }
    let name = inside.trim_start_matches('/');
    let word = name.split([' ', '.', '\t']).next().unwrap_or_default();
    let known = ["b", "i", "u", "s", "c", "lang", "ruby", "rt", "font", "v", "br", "br/"];
    known.contains(&word.to_ascii_lowercase().as_str())
        || name.starts_with(|c: char| c.is_ascii_digit()) && name.contains(':')
}

fn entities(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&lrm;", "\u{200E}")
        .replace("&rlm;", "\u{200F}")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_are_cut_with_and_without_names_and_blank_lines() {
        let vtt = "WEBVTT - x\nKind: captions\n\nNOTE hoi\nnog\n\nSTYLE\n::cue{}\n\nintro\n\
                   00:01.000 --> 00:02.500 align:start\nhoi\ndaar\n\nlos\n";
        let found = cut(vtt);
        assert_eq!(found.cues.len(), 1);
        assert_eq!(found.cues[0].time, Some((1.0, 2.5)));
        assert_eq!(found.cues[0].payload, ["hoi", "daar"]);
        assert_eq!((found.comments.len(), found.strays.len()), (2, 1));
        let srt = "1\n00:00:01,000 --> 00:00:02,000\nhoi\n2\n00:00:02,000 --> 00:00:03,000\n12\n";
        let found = cut(srt);
        assert_eq!(found.cues.len(), 2);
        assert_eq!(found.cues[0].payload, ["hoi"]);
        assert_eq!(found.cues[1].payload, ["12"]);
    }

    #[test]
    fn times_are_seconds() {
        assert_eq!(seconds("01:02:03.250"), Some(3723.25));
        assert_eq!(seconds("02:03,5"), Some(123.5));
        for wrong in ["", "12", "a:b", "1:2:3:4", "::", "1:1.1.1"] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn voices_are_told_apart_and_masks_are_kept() {
        let mut voice = None;
        let pieces =
            voices("<v.loud Klant>Ik ben <naam> &amp; <i>boos</i></v><v Agent>Oei", &mut voice);
        let expected =
            [(Some("Klant"), "Ik ben <naam> & boos".to_owned()), (Some("Agent"), "Oei".to_owned())];
        assert_eq!(pieces, expected);
        assert_eq!(voice, Some("Agent"));
        assert_eq!(voices("<v Klant", &mut None), [(None, "<v Klant".to_owned())]);
        assert_eq!(voices("{\\an8}3 < 4", &mut None), [(None, "3 < 4".to_owned())]);
    }
}
