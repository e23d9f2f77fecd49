//! What a mail quotes of the mails before it.

/// The text without its quotes, and how many lines of quote there were.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unquoted {
    pub(crate) text: String,
    pub(crate) quoted: usize,
}

/// Lines that say that the rest is another mail.
const RULERS: &[&str] = &[
    "oorspronkelijk bericht",
    "origineel bericht",
    "doorgestuurd bericht",
    "original message",
    "forwarded message",
    "ursprüngliche nachricht",
    "weitergeleitete nachricht",
    "message d'origine",
    "message transféré",
    "original appointment",
];
const FORWARDS: &[&str] = &[
    "begin doorgestuurd bericht:",
    "begin forwarded message:",
    "anfang der weitergeleiteten nachricht:",
    "début du message transféré",
];
/// The first line of a block of headers, and the lines that make sure of it.
const FROM: &[&str] = &["van:", "from:", "von:", "de :", "de:"];
const OTHERS: &[&str] = &[
    "verzonden:",
    "datum:",
    "aan:",
    "onderwerp:",
    "cc:",
    "sent:",
    "date:",
    "to:",
    "subject:",
    "gesendet:",
    "an:",
    "betreff:",
    "envoyé :",
    "envoyé:",
    "à :",
    "à:",
    "objet :",
    "objet:",
    "date :",
    "verstuurd:",
    "beantwoorden:",
];
/// How a sentence above a quote starts, and what it says.
const STARTS: &[&str] = &["op ", "on ", "am ", "le "];
const WROTE: &[&str] = &["schreef", "geschreven", "wrote", "schrieb", "a écrit"];

/// Takes the quotes out of a plain text.
pub(crate) fn unquote(text: &str) -> Unquoted {
    let lines: Vec<&str> = text.lines().collect();
    let mut kept: Vec<&str> = Vec::with_capacity(lines.len());
    let mut quoted = 0;
    let mut i = 0;
    while i < lines.len() {
        let line = lines[i].trim();
        if line.starts_with('>') {
            quoted += 1;
            i += 1;
            continue;
        }
        let intro = intro(&lines[i..]);
        let below =
            |length: usize| lines[i + length..].iter().map(|l| l.trim()).find(|l| !l.is_empty());
        if intro > 0 && below(intro).is_some_and(|next| next.starts_with('>')) {
            // The quote is marked line by line; answers may stand between.
            quoted += intro;
            i += intro;
            continue;
        }
        let sure = intro > 0 && names_someone(&lines[i..i + intro]);
        if sure || is_ruler(line) || is_header_block(&lines[i..]) {
            quoted += lines[i..].iter().filter(|line| !line.trim().is_empty()).count();
            break;
        }
        kept.push(lines[i].trim_end());
        i += 1;
    }
    while kept.last().is_some_and(|line| is_line(line) || line.trim().is_empty()) {
        kept.pop();
    }
    Unquoted { text: kept.join("\n").trim().to_owned(), quoted }
}

/// How many lines the sentence above a quote takes ("Op … schreef …:"), 0 when there is none.
fn intro(lines: &[&str]) -> usize {
    let mut sentence = String::new();
    for (i, line) in lines.iter().take(3).enumerate() {
        let line = line.trim();
        if line.is_empty() || sentence.len() + line.len() > 300 {
            return 0;
        }
        sentence.push_str(&line.to_lowercase());
        sentence.push(' ');
        let says = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
        let starts =
            STARTS.iter().any(|start| sentence.starts_with(start)) || sentence.contains('<');
        if !starts {
            return 0;
        }
        if line.ends_with(':') {
            let dated = sentence.bytes().any(|b| b.is_ascii_digit());
            return if dated && says(WROTE) { i + 1 } else { 0 };
        }
    }
    0
}

/// Whether the sentence above a quote has an address or a time of day: a customer's own sentence
/// ("Op 2 maart schreef u mij:") has not.
fn names_someone(lines: &[&str]) -> bool {
    let sentence = lines.join(" ");
    let time = |pair: &[u8]| pair[0].is_ascii_digit() && pair[1] == b':';
    sentence.contains('@') || sentence.contains('<') || sentence.as_bytes().windows(2).any(time)
}

fn is_ruler(line: &str) -> bool {
    let lower = line.to_lowercase();
    let bare = lower.trim_matches(['-', '_', '=', ' ', '*']);
    (lower.starts_with('-') && RULERS.contains(&bare)) || FORWARDS.contains(&lower.as_str())
}

/// `____________` above an Outlook header.
fn is_line(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 5 && line.bytes().all(|b| b == b'_' || b == b'-')
}

/// "Van: … Verzonden: … Aan: … Onderwerp: …", in bold or not.
fn is_header_block(lines: &[&str]) -> bool {
    let bare = |line: &str| line.trim().trim_start_matches('*').to_lowercase().replace(":*", ":");
    let first = lines.first().map(|line| bare(line)).unwrap_or_default();
    if !FROM.iter().any(|from| first.starts_with(from)) {
        return false;
    }
    let sure = lines.iter().skip(1).take(7).filter(|line| {
        let line = bare(line);
        OTHERS.iter().any(|other| line.starts_with(other))
    });
    sure.count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> (String, usize) {
        let unquoted = unquote(text);
        (unquoted.text, unquoted.quoted)
    }

    #[test]
    fn quotes_of_every_usual_kind_go() {
        for quote in [
            "Op ma 2 mrt. 2026 om 10:02 schreef Jan Jansen <jan@x.nl>:\n> oud\n> ouder",
            "Op ma 2 mrt. 2026 om 10:02 schreef Jan Jansen\n<jan@x.nl>:\n\noud",
            "On Mon, Mar 2, 2026 at 10:02 AM Jan <jan@x.nl> wrote:\n> oud\n>",
            "Am 02.03.2026 um 10:02 schrieb Jan <jan@x.nl>:\n\n> oud\n> alt",
            "Le lun. 2 mars 2026 à 10:02, Jan <jan@x.nl> a écrit :\n> oud",
            "Jan Jansen <jan@x.nl> schreef op 2 maart 2026 om 10:02:\n\noud\n\nouder",
            "________________________________\nVan: Jan <jan@x.nl>\nVerzonden: maandag 2 maart\n\
             Aan: Service\nOnderwerp: x\n\noud",
            "*From:* Jan\n*Sent:* Monday\n*To:* Service\n*Subject:* x\n\noud",
            "-----Oorspronkelijk bericht-----\noud",
            "---------- Forwarded message ---------\noud",
        ] {
            let (text, quoted) = check(&format!("Dank u.\n\nGroet,\nJan\n\n{quote}\n"));
            assert_eq!(text, "Dank u.\n\nGroet,\nJan", "{quote}");
            assert!(quoted >= 2, "{quote}: {quoted}");
        }
    }

    #[test]
    fn answers_between_the_quotes_stay() {
        let text =
            "Op 2 maart schreef Jan:\n> vraag een\nAntwoord een.\n> vraag twee\nAntwoord twee.";
        assert_eq!(check(text), ("Antwoord een.\nAntwoord twee.".into(), 3));
    }

    #[test]
    fn own_sentences_are_not_quotes() {
        for text in [
            "Op 2 maart schreef u mij:\nwij bellen u terug. Dat is niet gebeurd.",
            "Van: dat soort dingen word ik niet blij.\nEcht niet.",
            "Aan: iedereen",
            "Op zich prima: dank u",
            "",
        ] {
            assert_eq!(check(text), (text.to_owned(), 0));
        }
    }
}
