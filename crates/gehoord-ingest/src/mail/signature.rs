//! What stands below a mail: the closing and the name stay, addresses and disclaimers go.

/// The text without what stands below it, and how many lines that were.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unsigned {
    pub(crate) text: String,
    pub(crate) removed: usize,
}

/// How a mail is closed, in lower case.
const CLOSINGS: &[&str] = &[
    "met vriendelijke groet",
    "met hartelijke groet",
    "met groet",
    "met vriendelijk groet",
    "vriendelijke groet",
    "hartelijke groet",
    "groeten",
    "groetjes",
    "groet",
    "mvg",
    "m.v.g",
    "hoogachtend",
    "alvast bedankt en groet",
    "kind regards",
    "best regards",
    "warm regards",
    "with kind regards",
    "regards",
    "yours sincerely",
    "yours faithfully",
    "sincerely",
    "best wishes",
    "kindest regards",
    "many thanks",
    "mit freundlichen grüßen",
    "mit freundlichen gruessen",
    "mit freundlichem gruß",
    "freundliche grüße",
    "viele grüße",
    "beste grüße",
    "mfg",
    "cordialement",
    "bien cordialement",
    "bien à vous",
    "sincères salutations",
    "salutations distinguées",
    "meilleures salutations",
];
/// What telephones put below a mail.
const DEVICES: &[&str] = &[
    "verzonden vanaf mijn",
    "verstuurd vanaf mijn",
    "verzonden met mijn",
    "verzonden vanuit",
    "verstuurd met mijn",
    "sent from my",
    "sent from outlook",
    "get outlook for",
    "outlook voor android",
    "outlook voor ios",
    "von meinem",
    "gesendet von",
    "envoyé de mon",
    "envoyé depuis",
    "téléchargez outlook",
    "download outlook",
    "outlook für",
];
/// How a disclaimer starts.
const DISCLAIMERS: &[&str] = &[
    "disclaimer",
    "de informatie in dit",
    "de informatie in deze",
    "dit bericht is vertrouwelijk",
    "dit bericht is uitsluitend",
    "dit e-mailbericht",
    "deze e-mail is",
    "deze e-mail en",
    "dit bericht kan informatie bevatten",
    "this e-mail and",
    "this email and",
    "this message and",
    "this message is",
    "this e-mail is",
    "this email is",
    "the information in this",
    "confidentiality notice",
    "diese e-mail enthält",
    "ce message et",
    "denk aan het milieu",
    "please consider the environment",
];
/// Below a closing stand at most so many lines; more is text.
const MOST_LINES: usize = 30;

/// Takes the signature off a text.
pub(crate) fn unsign(text: &str) -> Unsigned {
    let all: Vec<&str> = text.lines().collect();
    let mut lines = all.clone();
    if let Some(at) = lines.iter().position(|line| *line == "-- " || *line == "--") {
        // What stands above the dashes may be nothing: then the dashes are not a signature's.
        if lines[..at].iter().any(|line| !line.trim().is_empty()) {
            lines.truncate(at);
        }
    }
    cut_from_disclaimer(&mut lines);
    lines.retain(|line| !is_device(line));
    cut_below_closing(&mut lines);
    let filled = |lines: &[&str]| lines.iter().filter(|line| !line.trim().is_empty()).count();
    let removed = filled(&all).saturating_sub(filled(&lines));
    Unsigned { text: lines.join("\n").trim().to_owned(), removed }
}

fn starts_with_any(line: &str, starts: &[&str]) -> bool {
    let start: String = line.trim().chars().take(60).flat_map(char::to_lowercase).collect();
    let start = start.trim_start_matches(['*', '_', '-', '<', '[', ' ']);
    starts.iter().any(|known| start.starts_with(known))
}

fn is_device(line: &str) -> bool {
    line.chars().count() <= 80 && starts_with_any(line, DEVICES)
}

/// A disclaimer is the last thing, and starts a paragraph.
fn cut_from_disclaimer(lines: &mut Vec<&str>) {
    let from = lines.len().saturating_sub(MOST_LINES).max(1);
    let starts = |at: usize| {
        let previous = lines[at - 1].trim();
        let apart = previous.is_empty() || previous.bytes().all(|b| b"-_=*".contains(&b));
        apart && starts_with_any(lines[at], DISCLAIMERS)
    };
    if let Some(at) = (from..lines.len()).find(|at| starts(*at)) {
        lines.truncate(at);
    }
}

/// Keeps the closing and the name below it; drops the rest, except a postscript.
fn cut_below_closing(lines: &mut Vec<&str>) {
    let from = lines.len().saturating_sub(MOST_LINES);
    let Some(closing) = (from..lines.len()).find(|at| is_closing(lines[*at])) else { return };
    let name = (closing + 1..lines.len()).find(|at| !lines[*at].trim().is_empty());
    let keep = match name {
        Some(at) if is_name(lines[at]) => at + 1,
        _ => closing + 1,
    };
    let below = lines.split_off(keep);
    let mut postscript = false;
    for line in below {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            postscript = false;
        }
        postscript |= starts_with_any(trimmed, &["ps", "p.s", "n.b", "nb:", "nb "]);
        if postscript {
            lines.push(line);
        }
    }
}

/// A line of its own: "Met vriendelijke groet, Sanne".
fn is_closing(line: &str) -> bool {
    let line = line.trim().to_lowercase();
    if line.chars().count() > 60 || line.split_whitespace().count() > 8 {
        return false;
    }
    CLOSINGS.iter().any(|closing| {
        line.strip_prefix(closing).is_some_and(|rest| {
            let rest = rest.strip_prefix("en").unwrap_or(rest).trim_end();
            rest.is_empty() || rest.starts_with([',', '.', '!', ';']) || rest.starts_with(" uit ")
        })
    })
}

fn is_name(line: &str) -> bool {
    let line = line.trim();
    line.chars().count() <= 40
        && line.split_whitespace().count() <= 5
        && !line.contains(['@', '|', ':', '/'])
        && !line.bytes().any(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> (String, usize) {
        let unsigned = unsign(text);
        (unsigned.text, unsigned.removed)
    }

    #[test]
    fn closing_and_name_stay_and_the_address_goes() {
        let text = "Dank u.\n\nMet vriendelijke groet,\n\nSanne de Vries\nKlantenservice\n\
                    Dorpsstraat 1, Zwolle\nT 038-1234567\n\nDisclaimer: dit bericht is geheim.";
        let kept = "Dank u.\n\nMet vriendelijke groet,\n\nSanne de Vries";
        assert_eq!(check(text), (kept.into(), 4));
    }

    #[test]
    fn dashes_and_telephones_go() {
        assert_eq!(check("Hoi\n-- \nJan\njan@x.nl"), ("Hoi".into(), 3));
        assert_eq!(check("Hoi\n\nVerstuurd vanaf mijn iPhone"), ("Hoi".into(), 1));
    }

    #[test]
    fn a_postscript_stays() {
        let text = "Hoi\nGroetjes,\nJan\nDorpsstraat 1\n\nPS: bel mij maar.";
        assert_eq!(check(text), ("Hoi\nGroetjes,\nJan\nPS: bel mij maar.".into(), 1));
    }

    #[test]
    fn what_is_no_signature_stays() {
        for text in
            ["", "Groeten zijn leuk maar ik wil mijn geld terug.", "--\nhoi", "Dag\n\nEn toen."]
        {
            assert_eq!(check(text), (text.to_owned(), 0));
        }
    }
}
