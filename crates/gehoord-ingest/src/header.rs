//! Lines `# key: value` at the top of a speaker-labelled text.

use gehoord_conversation::{Channel, Conversation, Locale};
use jiff::civil::{Date, Time};
use serde_json::Value;

use crate::Options;
use crate::item::{Note, clip, clip_quotes};
use crate::time::take_stamp;

/// What the top of a text says about the conversation.
#[derive(Debug, Default)]
pub(crate) struct Header {
    pub(crate) locale: Option<Locale>,
    pub(crate) channel: Option<Channel>,
    pub(crate) date: Option<(Date, Option<Time>)>,
    id: Option<String>,
    customer: Option<String>,
    team: Option<String>,
    subject: Option<String>,
    external_id: Option<String>,
    other: Vec<(String, String)>,
    notes: Vec<Note>,
}

impl Header {
    /// The key and value of a header line.
    pub(crate) fn parse(line: &str) -> Option<(String, &str)> {
        let (key, value) = line.trim().strip_prefix('#')?.split_once(':')?;
        let key = key.trim().to_lowercase();
        let is_key = !key.is_empty()
            && key.len() <= 30
            && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        is_key.then_some((key, value.trim()))
    }

    /// Takes a line, if it is a header line.
    pub(crate) fn take(&mut self, line: &str, number: usize) -> bool {
        let Some((key, value)) = Self::parse(line) else { return false };
        let text = || Some(value.to_owned()).filter(|value| !value.is_empty());
        let mut wrong = None;
        match key.as_str() {
            "locale" | "taal" | "language" | "sprache" | "langue" => match value.parse() {
                Ok(locale) => self.locale = Some(locale),
                Err(error) => wrong = Some(format!("{error}")),
            },
            "channel" | "kanaal" | "kanal" | "canal" => match channel(value) {
                Ok(channel) => self.channel = Some(channel),
                Err(error) => wrong = Some(error),
            },
            "date" | "datum" => match date(value) {
                Some(date) => self.date = Some(date),
                None => wrong = Some(format!("'{}' is no date such as 2026-03-02", clip(value))),
            },
            "id" => self.id = text(),
            "external_id" => self.external_id = text(),
            "customer" | "klant" | "kunde" => self.customer = text(),
            "team" => self.team = text(),
            "subject" | "onderwerp" | "betreff" => self.subject = text(),
            _ => self.other.push((key, value.to_owned())),
        }
        if let Some(why) = wrong {
            let why = clip_quotes(&why);
            self.notes
                .push(Note::left_out(format!("the header in line {number} was left out: {why}")));
        }
        true
    }

    /// Puts what was said into `conversation`, and what the options say where nothing was said.
    pub(crate) fn apply(
        &mut self,
        conversation: &mut Conversation,
        options: &Options,
    ) -> Vec<Note> {
        if let Some(id) = self.id.take() {
            conversation.id = id;
        }
        if let Some(channel) = self.channel {
            conversation.channel = channel;
        }
        conversation.locale = self.locale.clone().or_else(|| options.locale.clone());
        conversation.customer = self.customer.take();
        conversation.team = self.team.take();
        conversation.subject = self.subject.take();
        conversation.external_id = self.external_id.take();
        for (key, value) in self.other.drain(..) {
            conversation.meta.insert(key, Value::String(value));
        }
        std::mem::take(&mut self.notes)
    }
}

/// A channel by its id or by its usual names.
pub(crate) fn channel(text: &str) -> Result<Channel, String> {
    match text.trim().to_lowercase().as_str() {
        "telefoon" | "telefonisch" | "call" | "voice" | "telefon" | "téléphone" => {
            Ok(Channel::Phone)
        }
        "mail" | "e-mail" => Ok(Channel::Email),
        "whatsapp" | "webchat" | "livechat" | "sms" | "messenger" => Ok(Channel::Chat),
        "facebook" | "twitter" | "x" | "instagram" => Ok(Channel::Social),
        "balie" | "in persoon" | "persoonlijk" => Ok(Channel::InPerson),
        id => id.parse().map_err(|error| format!("{error}")),
    }
}

fn date(text: &str) -> Option<(Date, Option<Time>)> {
    let (stamp, used) = take_stamp(text)?;
    // What may follow is an offset or the name of a zone; the clock on the wall is what counts.
    let rest = &text[used..];
    let zone = rest.len() <= 40 && !rest.starts_with(|c: char| c.is_ascii_digit());
    stamp.date.filter(|_| zone).map(|date| (date, stamp.time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_say_what_the_conversation_is() {
        let mut header = Header::default();
        for (i, line) in [
            "# locale: nl-BE",
            "#kanaal: telefoon",
            "# id: a-1",
            "# wachttijd: 6",
            "# channel: fax",
        ]
        .iter()
        .enumerate()
        {
            assert!(header.take(line, i + 1), "{line}");
        }
        assert!(!header.take("# zomaar een kop", 9));
        let mut conversation = Conversation::new("x", Channel::Chat);
        let notes = header.apply(&mut conversation, &Options::default());
        assert_eq!(conversation.id, "a-1");
        assert_eq!(conversation.channel, Channel::Phone);
        assert_eq!(conversation.meta["wachttijd"], "6");
        assert!(notes[0].message.contains("line 5") && notes[0].message.contains("fax"));
    }
}
