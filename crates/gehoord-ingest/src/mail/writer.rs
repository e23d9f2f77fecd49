//! Who of the writers of a thread is the customer.

use gehoord_conversation::Party;

use crate::item::{Note, clip};
use crate::mail::message::{Correspondent, Mail};
use crate::party::is_given_agent;

/// Where people have their private mail: the same domain there does not make colleagues.
const PRIVATE: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "hotmail.nl",
    "outlook.com",
    "live.nl",
    "live.com",
    "icloud.com",
    "me.com",
    "yahoo.com",
    "ziggo.nl",
    "kpnmail.nl",
    "kpnplanet.nl",
    "planet.nl",
    "xs4all.nl",
    "home.nl",
    "upcmail.nl",
    "casema.nl",
    "hetnet.nl",
    "telfort.nl",
    "telenet.be",
    "skynet.be",
    "gmx.de",
    "gmx.net",
    "web.de",
    "t-online.de",
    "orange.fr",
    "free.fr",
    "laposte.net",
    "wanadoo.fr",
    "sfr.fr",
    "proton.me",
    "protonmail.com",
];
/// Boxes that a firm has and a person has not.
const BOXES: &[&str] = &[
    "klantenservice",
    "service",
    "support",
    "helpdesk",
    "servicedesk",
    "info",
    "contact",
    "help",
    "klantcontact",
    "customerservice",
    "customercare",
    "kundenservice",
    "kundendienst",
    "serviceclient",
    "administratie",
    "facturatie",
    "verkoop",
    "sales",
    "backoffice",
    "care",
];

/// The party of each mail, and what was guessed.
pub(crate) fn parties(mails: &[&Mail], agents: &[String]) -> (Vec<Party>, Vec<Note>) {
    let given = |mail: &Mail| agents.iter().any(|agent| is_agent(&mail.writer, agent, agents));
    let given: Vec<bool> = mails.iter().map(|mail| given(mail)).collect();
    let mut notes = Vec::new();
    let firm = if given.contains(&true) { None } else { firm(mails, &mut notes) };
    if firm.is_none() && !given.contains(&true) && mails.iter().any(|mail| !mail.automatic) {
        let message = "the only writer was taken to be the customer; use --agent to say otherwise";
        notes.push(Note::guessed(message));
    }
    let first = mails.iter().find(|mail| !mail.automatic && !is_of(&mail.writer, firm.as_deref()));
    let customer = first.and_then(|mail| mail.writer.address.clone());
    let mut others: Vec<String> = Vec::new();
    let parties = mails.iter().zip(&given).map(|(mail, given)| {
        if mail.automatic {
            Party::Bot
        } else if *given || is_of(&mail.writer, firm.as_deref()) {
            Party::Agent
        } else if mail.writer.address == customer || firm.is_none() {
            Party::Customer
        } else {
            let shown = clip(mail.writer.domain().unwrap_or("unknown"));
            if !others.contains(&shown) {
                others.push(shown);
            }
            let of_customer = first.is_some_and(|first| same_firm(&first.writer, &mail.writer));
            if of_customer { Party::Customer } else { Party::Colleague }
        }
    });
    let parties = parties.collect();
    if !others.is_empty() {
        let message = format!(
            "who wrote from {} was neither the first writer nor at {}; taken to be at the side of \
             the customer when the domain is the same, a colleague otherwise; use --agent to say \
             otherwise",
            others.join(", "),
            clip(firm.as_deref().unwrap_or_default())
        );
        notes.push(Note::guessed(message));
    }
    (parties, notes)
}

/// The address of the customer: of the one who writes as a customer, or else the one outside the
/// firm to whom its agents write.
pub(crate) fn customer(mails: &[&Mail], parties: &[Party]) -> Option<String> {
    let of = |party: Party| {
        mails.iter().zip(parties).filter(move |(_, is)| **is == party).map(|(mail, _)| *mail)
    };
    let mut people: Vec<&Correspondent> = of(Party::Customer).map(|mail| &mail.writer).collect();
    if people.is_empty() {
        let agents = || of(Party::Agent).map(|mail| &mail.writer);
        let readers = of(Party::Agent).flat_map(|mail| &mail.readers);
        let of_firm = |reader: &Correspondent| {
            agents().any(|a| a.address == reader.address || same_firm(a, reader))
        };
        people = readers.filter(|reader| !of_firm(reader)).collect();
    }
    let first = people.first()?.address.as_ref()?;
    people.iter().all(|one| one.address.as_ref() == Some(first)).then(|| first.to_lowercase())
}

/// Whether the caller meant this correspondent: an address, a domain, or a name.
fn is_agent(writer: &Correspondent, agent: &str, agents: &[String]) -> bool {
    let agent = agent.trim().to_lowercase();
    if let Some(domain) = agent.strip_prefix('@') {
        return is_of(writer, Some(domain));
    }
    if agent.contains('@') {
        return writer.address.as_deref() == Some(agent.as_str());
    }
    let is_domain = agent.contains('.') && !agent.contains(' ');
    if is_domain && is_of(writer, Some(&agent)) {
        return true;
    }
    writer.name.as_deref().is_some_and(|name| is_given_agent(name, agents))
}

/// Whether a correspondent is at `firm`: a domain, or a whole address where the domain is one of
/// private mail.
fn is_of(writer: &Correspondent, firm: Option<&str>) -> bool {
    let Some(firm) = firm else { return false };
    if firm.contains('@') {
        return writer.address.as_deref() == Some(firm);
    }
    let below = |domain: &str| domain.strip_suffix(firm).is_some_and(|rest| rest.ends_with('.'));
    writer.domain().is_some_and(|domain| domain == firm || below(domain))
}

fn same_firm(a: &Correspondent, b: &Correspondent) -> bool {
    a.domain().is_some()
        && a.domain() == b.domain()
        && !a.domain().is_some_and(|d| PRIVATE.contains(&d))
}

/// The domain of the agents: that of a box only firms have, or else of whoever answers the first
/// writer.
fn firm(mails: &[&Mail], notes: &mut Vec<Note>) -> Option<String> {
    let people = || mails.iter().filter(|mail| !mail.automatic);
    let first = people().next()?;
    let of_box = people().map(|mail| &mail.writer).find(|writer| is_box(writer));
    let answered = || {
        people().map(|mail| &mail.writer).find(|writer| {
            writer.address != first.writer.address && !same_firm(writer, &first.writer)
        })
    };
    let (firm, why) = match of_box {
        Some(writer) => (firm_of(writer)?, "of the address of its mailbox"),
        None if answers_a_customer(first) => {
            (firm_of(&first.writer)?, "it answers a mail that is not here")
        }
        None => (firm_of(answered()?)?, "the first writer is usually the customer"),
    };
    let message = format!(
        "who writes from '{}' was taken to be the agent, because {why}; use --agent to say otherwise",
        clip(&firm)
    );
    notes.push(Note::guessed(message));
    Some(firm)
}

/// Whether the first mail of a thread is an answer from a firm to a person.
fn answers_a_customer(first: &Mail) -> bool {
    let private = |person: &Correspondent| person.domain().is_some_and(|d| PRIVATE.contains(&d));
    let answers = !first.answers.is_empty() || first.reply_subject.is_some();
    answers && !private(&first.writer) && first.readers.iter().any(private)
}

fn is_box(writer: &Correspondent) -> bool {
    let local = writer.local().unwrap_or_default();
    let first = local.split(['.', '-', '_', '+']).next().unwrap_or_default();
    BOXES.contains(&first) || BOXES.contains(&local)
}

fn firm_of(writer: &Correspondent) -> Option<String> {
    let domain = writer.domain()?;
    let private = PRIVATE.contains(&domain);
    if private { writer.address.clone() } else { Some(domain.to_owned()) }
}
