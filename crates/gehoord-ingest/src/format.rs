//! What a file can be, and how that is seen.

use std::fmt;
use std::str::FromStr;

use crate::decode::decode;

/// A format that conversations can come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// Lines with the speaker before them: `Klant: …`.
    Text,
    /// One conversation as a JSON object, or an array of them.
    Json,
    /// One conversation as JSON on each line.
    Jsonl,
    /// WebVTT subtitles of a call.
    Vtt,
    /// SubRip subtitles of a call.
    Srt,
    /// One mail.
    Eml,
    /// A mailbox of many mails.
    Mbox,
    /// A table with a row for each turn.
    Csv,
    /// The export of a WhatsApp chat.
    WhatsApp,
    /// A table with a row for each tweet, as in "Customer Support on Twitter".
    Twitter,
    /// The utterances of a ConvoKit corpus, as JSON on each line.
    ConvoKit,
    /// A workbook with a table as in [`Format::Csv`] on one of its sheets.
    Xlsx,
    /// A call as transcribed by WhisperX.
    WhisperX,
    /// A call or chat as written by Amazon Contact Lens.
    ContactLens,
}

impl Format {
    /// Every format.
    pub const ALL: &'static [Self] = &[
        Self::Text,
        Self::Json,
        Self::Jsonl,
        Self::Vtt,
        Self::Srt,
        Self::Eml,
        Self::Mbox,
        Self::Csv,
        Self::WhatsApp,
        Self::Twitter,
        Self::ConvoKit,
        Self::Xlsx,
        Self::WhisperX,
        Self::ContactLens,
    ];

    /// The id as given to `--from`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Vtt => "vtt",
            Self::Srt => "srt",
            Self::Eml => "eml",
            Self::Mbox => "mbox",
            Self::Csv => "csv",
            Self::WhatsApp => "whatsapp",
            Self::Twitter => "twitter",
            Self::ConvoKit => "convokit",
            Self::Xlsx => "xlsx",
            Self::WhisperX => "whisperx",
            Self::ContactLens => "contactlens",
        }
    }

    /// The ids of every format.
    #[must_use]
    pub fn ids() -> Vec<&'static str> {
        Self::ALL.iter().map(|format| format.id()).collect()
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// A word that is not the id of a format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("format '{0}' is unknown; expected one of: {ids}", ids = Format::ids().join(", "))]
pub struct UnknownFormat(pub String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.iter().find(|format| format.id() == text);
        known.copied().ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

/// Sees the format from the first bytes of an input (64 KiB will do), or else from the name.
#[must_use]
pub fn detect(name: Option<&str>, head: &[u8]) -> Option<Format> {
    let named = name.and_then(by_name);
    if crate::xlsx::looks_like_workbook(head, named == Some(Format::Xlsx)) {
        return Some(Format::Xlsx);
    }
    let text = decode(head.to_vec()).text;
    by_content(&text, named).or(named)
}

fn by_name(name: &str) -> Option<Format> {
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "txt" | "text" | "log" | "md" => Format::Text,
        "json" => Format::Json,
        "jsonl" | "ndjson" => Format::Jsonl,
        "vtt" => Format::Vtt,
        "srt" => Format::Srt,
        "eml" => Format::Eml,
        "mbox" | "mbx" => Format::Mbox,
        "csv" | "tsv" | "tab" => Format::Csv,
        // The old kind cannot be read, but its problem says what to do.
        "xlsx" | "xlsm" | "xls" => Format::Xlsx,
        _ => return None,
    })
}

fn by_content(text: &str, named: Option<Format>) -> Option<Format> {
    let text = text.trim_start();
    let first = text.lines().next().unwrap_or_default().trim_end();
    if first == "WEBVTT" || first.starts_with("WEBVTT ") || first.starts_with("WEBVTT\t") {
        return Some(Format::Vtt);
    }
    if text.starts_with('{') && crate::convokit::looks_like_utterance(first) {
        return Some(Format::ConvoKit);
    }
    if text.starts_with('{') && crate::contact_lens::looks_like_contact_lens(text) {
        return Some(Format::ContactLens);
    }
    if text.starts_with('{') && crate::whisperx::looks_like_whisperx(text) {
        return Some(Format::WhisperX);
    }
    if text.starts_with('{') {
        return Some(one_or_many(text, named));
    }
    if let Some(inside) = text.strip_prefix('[')
        && inside.trim_start().starts_with(['{', ']'])
    {
        return Some(Format::Json);
    }
    if text.lines().take(12).any(is_cue_time) {
        let vtt = named == Some(Format::Vtt);
        return Some(if vtt { Format::Vtt } else { Format::Srt });
    }
    if first.starts_with("From ") && mail_headers(text.lines().skip(1)) >= 2 {
        return Some(Format::Mbox);
    }
    if mail_headers(text.lines()) >= 2 {
        return Some(Format::Eml);
    }
    if crate::whatsapp::looks_like_whatsapp(text) {
        return Some(Format::WhatsApp);
    }
    if crate::twitter::looks_like_tweets(first) {
        return Some(Format::Twitter);
    }
    // Only the two that are loose in form are left: there the name outweighs a guess.
    if named.is_some() {
        return named;
    }
    if crate::table::looks_like_table(first) {
        return Some(Format::Csv);
    }
    crate::text::looks_like_text(text).then_some(Format::Text)
}

/// Whether a text that starts with `{` is one object, or one on each line.
fn one_or_many(text: &str, named: Option<Format>) -> Format {
    let Some((first, rest)) = text.split_once('\n') else {
        // One long line: the same either way, and lines are read as they come.
        return named.filter(|format| *format == Format::Json).unwrap_or(Format::Jsonl);
    };
    let whole = first.trim_end().ends_with('}') && !first.trim_start_matches('{').is_empty();
    match (named, whole) {
        (Some(Format::Jsonl), _) if first.trim() != "{" => Format::Jsonl,
        (_, true) if rest.trim_start().starts_with('{') => Format::Jsonl,
        _ => Format::Json,
    }
}

/// `00:01:02.000 --> 00:01:04.000`
fn is_cue_time(line: &str) -> bool {
    let time = |text: &str| {
        let mut bytes = text.trim().bytes();
        bytes.clone().any(|b| b == b':') && bytes.next().is_some_and(|b| b.is_ascii_digit())
    };
    line.split_once("-->").is_some_and(|(from, to)| time(from) && time(to))
}

/// How many different headers of a mail stand at the top.
fn mail_headers<'t>(lines: impl Iterator<Item = &'t str>) -> usize {
    const KNOWN: &[&str] = &[
        "from",
        "to",
        "cc",
        "subject",
        "date",
        "message-id",
        "mime-version",
        "received",
        "return-path",
        "delivered-to",
        "content-type",
        "content-transfer-encoding",
        "in-reply-to",
        "references",
        "reply-to",
        "dkim-signature",
        "sender",
        "authentication-results",
        "arc-seal",
        "x-mailer",
        "x-original-to",
        "auto-submitted",
        "thread-topic",
    ];
    let mut seen: Vec<String> = Vec::new();
    for line in lines.take(60).take_while(|line| !line.trim().is_empty()) {
        if let Some((name, _)) = line.split_once(':') {
            let name = name.to_ascii_lowercase();
            if KNOWN.contains(&name.as_str()) && !seen.contains(&name) {
                seen.push(name);
            }
        }
    }
    seen.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_and_a_wrong_one_lists_them() {
        for format in Format::ALL {
            assert_eq!(format.id().parse::<Format>().unwrap(), *format);
        }
        let error = "pdf".parse::<Format>().unwrap_err().to_string();
        assert_eq!(
            error,
            "format 'pdf' is unknown; expected one of: text, json, jsonl, vtt, srt, eml, mbox, csv, \
             whatsapp, twitter, convokit, xlsx, whisperx, contactlens"
        );
    }

    #[test]
    fn content_goes_before_the_name() {
        let vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\nhoi";
        let srt = "1\n00:00:01,000 --> 00:00:02,000\nhoi";
        let mail = "From: a@b.nl\nSubject: x\n\nhoi";
        for (name, head, expected) in [
            ("x.txt", vtt, Some(Format::Vtt)),
            ("x", srt, Some(Format::Srt)),
            ("x.txt", mail, Some(Format::Eml)),
            ("x", &format!("From a@b.nl Mon Mar  2 10:02:00 2026\n{mail}"), Some(Format::Mbox)),
            ("x.txt", "{\"turns\":[]}\n{\"turns\":[]}\n", Some(Format::Jsonl)),
            ("x", "\u{FEFF}{\n  \"turns\": []\n}\n", Some(Format::Json)),
            ("x.jsonl", "{\"turns\": kapot\n{\"turns\":[]}\n", Some(Format::Jsonl)),
            ("x", "[\n{\"turns\":[]}]", Some(Format::Json)),
            ("x", "[10:02] Klant: hoi\n", Some(Format::Text)),
            ("x", "Klant: hoi\nMedewerker: dag\n", Some(Format::Text)),
            ("x", "ticket_id;rol;tekst\n1;Klant;hoi\n", Some(Format::Csv)),
            ("x.csv", "a,b\n", Some(Format::Csv)),
            ("x.csv", "tweet_id,text,in_response_to_tweet_id\n", Some(Format::Twitter)),
            (
                "utterances.jsonl",
                "{\"id\":1,\"root\":1,\"user\":\"a\",\"reply-to\":null,\"text\":\"\"}\n",
                Some(Format::ConvoKit),
            ),
            (
                "x.json",
                "{\"segments\": [{\"start\": 0.1, \"end\": 1, \"text\": \"hoi\"}]}",
                Some(Format::WhisperX),
            ),
            (
                "x.json",
                "{\"AccountId\": \"1\", \"ConversationCharacteristics\": {}}",
                Some(Format::ContactLens),
            ),
            (
                "x.json",
                "{\n\"turns\": [], \"meta\": {\"segments\": 1, \"start\": 2, \"end\": 3, \"text\": 4}}",
                Some(Format::Json),
            ),
            ("x", "PK\u{3}\u{4}...xl/workbook.xml", Some(Format::Xlsx)),
            ("x.zip", "PK\u{3}\u{4}...", None),
            ("x.xlsx", "", Some(Format::Xlsx)),
            ("_chat.txt", "[31-12-24, 21:41:05] Jan: hoi\n", Some(Format::WhatsApp)),
            ("x.txt", "", Some(Format::Text)),
            ("x", "zomaar iets", None),
            ("x.pdf", "%PDF-1.4", None),
        ] {
            assert_eq!(detect(Some(name), head.as_bytes()), expected, "{name}: {head}");
        }
    }

    #[test]
    fn any_bytes_have_a_format_or_none() {
        assert_eq!(detect(None, b""), None);
        assert_eq!(detect(None, &[0xFF; 1000]), None);
    }
}
