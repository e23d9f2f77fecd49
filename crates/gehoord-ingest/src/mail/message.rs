//! One mail: who wrote what to whom, and when.

use gehoord_conversation::wire::input::read_time;
use jiff::Zoned;
use mail_parser::{Address, HeaderName, HeaderValue, Message, MessageParser, PartType};

use crate::Options;
use crate::item::Problem;
use crate::mail::html::html_to_text;
use crate::mail::quote::unquote;
use crate::mail::signature::unsign;

/// A name and an address, in lower case; either may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Correspondent {
    pub(crate) name: Option<String>,
    pub(crate) address: Option<String>,
}

impl Correspondent {
    /// What stands after the `@`.
    pub(crate) fn domain(&self) -> Option<&str> {
        self.address.as_deref()?.rsplit_once('@').map(|(_, domain)| domain)
    }

    /// What stands before the `@`.
    pub(crate) fn local(&self) -> Option<&str> {
        self.address.as_deref()?.rsplit_once('@').map(|(local, _)| local)
    }

    /// Whether nobody reads what is sent to it.
    pub(crate) fn is_machine(&self) -> bool {
        let plain: String =
            self.local().unwrap_or_default().chars().filter(|c| c.is_alphanumeric()).collect();
        ["noreply", "donotreply", "nietbeantwoorden", "mailerdaemon", "postmaster", "nepasrepondre"]
            .iter()
            .any(|machine| plain.contains(machine))
    }
}

/// One mail.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mail {
    /// Line of the input where it starts.
    pub(crate) line: usize,
    /// Message-ID.
    pub(crate) id: Option<String>,
    /// The mails it answers.
    pub(crate) answers: Vec<String>,
    pub(crate) subject: Option<String>,
    /// The subject without "Re:" and the like, in lower case; `None` when it had none of these.
    pub(crate) reply_subject: Option<String>,
    /// The subject without "Re:" and the like, in lower case.
    pub(crate) base_subject: String,
    pub(crate) writer: Correspondent,
    pub(crate) readers: Vec<Correspondent>,
    /// Whether a machine sent it.
    pub(crate) automatic: bool,
    pub(crate) at: Option<Zoned>,
    /// A date that cannot be read.
    pub(crate) wrong_date: Option<String>,
    /// What the writer wrote.
    pub(crate) text: String,
    /// Lines quoted from other mails.
    pub(crate) quoted: usize,
    /// Lines of signature and disclaimer.
    pub(crate) signature: usize,
    /// Pieces of HTML that are not shown.
    pub(crate) hidden: usize,
    pub(crate) attachments: usize,
}

impl Mail {
    /// Reads a mail as it went over the wire.
    pub(crate) fn parse(raw: &[u8], line: usize, options: &Options) -> Result<Self, Problem> {
        let invalid = |message: &str| Problem::new(line, "invalid_mail", message);
        let raw = without_inner_mails(raw);
        let message = MessageParser::default().parse(&raw).filter(|m| !m.parts.is_empty());
        let message = message.ok_or_else(|| {
            invalid(
                "no mail: expected headers such as 'From: …' and 'Subject: …', then a blank line",
            )
        })?;
        if message.from().is_none() && message.subject().is_none() && message.date().is_none() {
            return Err(invalid("no mail: it has none of the headers From, Subject and Date"));
        }
        let mut mail = Self { line, ..Self::default() };
        mail.take_headers(&message, options);
        mail.take_body(&message);
        Ok(mail)
    }

    fn take_headers(&mut self, message: &Message<'_>, options: &Options) {
        self.id = message.message_id().map(str::to_owned);
        self.answers = ids(message.references());
        self.answers.extend(ids(message.in_reply_to()));
        self.subject =
            message.subject().map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned);
        let whole = self.subject.as_deref().unwrap_or_default();
        self.base_subject = message.thread_name().unwrap_or_default().trim().to_lowercase();
        let is_reply = self.base_subject.len() < whole.to_lowercase().len();
        self.reply_subject = is_reply.then(|| self.base_subject.clone()).filter(|s| !s.is_empty());
        self.writer = first(message.from());
        // Forms on a website send in the name of the customer.
        let reply_to = first(message.reply_to());
        if self.writer.is_machine() && reply_to.address.is_some() && !reply_to.is_machine() {
            self.writer = reply_to;
        }
        self.readers = all(message.to());
        self.readers.extend(all(message.cc()));
        self.automatic = self.writer.is_machine() || is_automatic(message);
        if let Some(date) = message.date() {
            let text = date.to_rfc3339();
            match read_time(&text, options.locale.as_ref()) {
                Ok(at) if date.is_valid() => self.at = Some(at),
                _ => self.wrong_date = Some(text),
            }
        }
    }

    fn take_body(&mut self, message: &Message<'_>) {
        let mut text = String::new();
        let mut add = |piece: &str| {
            if !text.is_empty() && !piece.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(piece);
        };
        let plain_is_empty = message.text_bodies().all(|part| match &part.body {
            PartType::Text(text) => text.trim().is_empty(),
            _ => false,
        });
        let bodies: Vec<_> = if plain_is_empty {
            message.html_bodies().collect()
        } else {
            message.text_bodies().collect()
        };
        for part in bodies {
            match &part.body {
                PartType::Html(html) => {
                    let found = html_to_text(html);
                    self.quoted += found.quoted;
                    self.hidden += found.hidden;
                    add(&found.text);
                }
                PartType::Text(plain) => add(plain.trim()),
                _ => {}
            }
        }
        self.attachments = message.attachment_count();
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let unquoted = unquote(&text);
        let unsigned = unsign(&unquoted.text);
        self.quoted += unquoted.quoted;
        self.signature = unsigned.removed;
        self.text = unsigned.text;
    }
}

/// The mail with the mails within it made attachments like any other. They are not read, and the
/// parser would follow them as deep as they go, until the stack ends.
fn without_inner_mails(raw: &[u8]) -> Vec<u8> {
    const KINDS: [&[u8]; 3] = [b"rfc822", b"global", b"digest"];
    let mut safe = Vec::with_capacity(raw.len() + 64);
    let mut in_type = false;
    for line in raw.split_inclusive(|b| matches!(b, b'\n' | b'\r')) {
        let start = line.trim_ascii_start();
        let names_type = start.get(..12).is_some_and(|s| s.eq_ignore_ascii_case(b"content-type"));
        let folded = in_type && (start.is_empty() || matches!(line.first(), Some(b' ' | b'\t')));
        in_type = names_type || folded;
        if !in_type {
            safe.extend_from_slice(line);
            continue;
        }
        let mut at = 0;
        while at < line.len() {
            let here = |kind: &&&[u8]| {
                line[at..].get(..kind.len()).is_some_and(|part| part.eq_ignore_ascii_case(kind))
            };
            safe.push(line[at]);
            if KINDS.iter().find(here).is_some() {
                safe.push(b'-');
            }
            at += 1;
        }
    }
    safe
}

fn is_automatic(message: &Message<'_>) -> bool {
    let text = |name: &'static str| match message.header(HeaderName::Other(name.into())) {
        Some(HeaderValue::Text(text)) => text.trim().to_lowercase(),
        _ => String::new(),
    };
    let submitted = text("Auto-Submitted");
    let precedence = text("Precedence");
    let subject = message.subject().unwrap_or_default().to_lowercase();
    (!submitted.is_empty() && submitted != "no")
        || !text("X-Autoreply").is_empty()
        || !text("X-Autorespond").is_empty()
        || precedence == "auto_reply"
        || [
            "automatisch antwoord:",
            "automatic reply:",
            "automatische antwort:",
            "réponse automatique",
        ]
        .iter()
        .any(|start| subject.starts_with(start))
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Text(id) => vec![id.to_string()],
        HeaderValue::TextList(ids) => ids.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

fn all(address: Option<&Address<'_>>) -> Vec<Correspondent> {
    let addresses = address.into_iter().flat_map(|address| address.iter());
    addresses
        .map(|address| Correspondent {
            name: address.name().map(str::trim).filter(|n| !n.is_empty()).map(str::to_owned),
            address: address.address().map(|address| address.trim().to_lowercase()),
        })
        .collect()
}

fn first(address: Option<&Address<'_>>) -> Correspondent {
    all(address).into_iter().next().unwrap_or_default()
}
