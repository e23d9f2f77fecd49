//! Whole mails and mailboxes.

use super::*;

fn mail(from: &str, extra: &str, body: &str) -> String {
    format!("From: {from}\r\nTo: info@firma.nl\r\nSubject: Pakket kwijt\r\n{extra}\r\n{body}\r\n")
}

fn read(text: &[u8], format: Format, agents: &[&str]) -> Vec<Item> {
    let agents = agents.iter().map(|agent| (*agent).to_owned()).collect();
    read_mail(text.to_vec(), format, "x", &Options { agents, ..Options::default() })
}

fn one(text: &[u8]) -> Imported {
    let mut items = read(text, Format::Eml, &[]);
    assert_eq!(items.len(), 1, "{items:?}");
    match items.remove(0) {
        Item::Conversation(imported) => imported,
        Item::Problem(problem) => panic!("{problem}"),
    }
}

fn check(items: &[Item]) -> Vec<String> {
    let shown = |item: &Item| match item {
        Item::Problem(problem) => format!("{} {}", problem.line, problem.code),
        Item::Conversation(imported) => {
            let turns = imported.conversation.turns.iter();
            turns.map(|t| format!("{} {}", t.party, t.text)).collect::<Vec<_>>().join(" / ")
        }
    };
    items.iter().map(shown).collect()
}

#[test]
fn a_mail_is_a_turn_with_its_date_and_subject() {
    let text = mail(
        "=?utf-8?Q?Ren=C3=A9?= <rene@ziggo.nl>",
        "Date: Mon, 2 Mar 2026 10:02:00 +0100\r\nMessage-ID: <1@ziggo.nl>\r\n",
        "Waar blijft mijn pakket?\r\n\r\nGroet,\r\nRené",
    );
    let imported = one(text.as_bytes());
    let conversation = &imported.conversation;
    assert_eq!(conversation.channel, Channel::Email);
    assert_eq!(conversation.subject.as_deref(), Some("Pakket kwijt"));
    assert_eq!(conversation.external_id.as_deref(), Some("1@ziggo.nl"));
    assert_eq!(conversation.customer.as_deref(), Some("rene@ziggo.nl"));
    let turn = &conversation.turns[0];
    assert_eq!(turn.speaker.as_deref(), Some("René"));
    assert_eq!(turn.party.id(), "customer");
    assert_eq!(turn.text, "Waar blijft mijn pakket?\n\nGroet,\nRené");
    let at = turn.at.as_ref().unwrap().to_string();
    assert_eq!(at, "2026-03-02T10:02:00+01:00[Europe/Amsterdam]");
}

#[test]
fn html_charsets_and_attachments_are_read() {
    let body = "--b\r\nContent-Type: text/html; charset=iso-8859-1\r\n\
                Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>E=E9n vraag</p>\
                <blockquote>oud</blockquote>\r\n--b\r\nContent-Type: image/png; name=a.png\r\n\
                Content-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--";
    let extra = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n";
    let imported = one(mail("jan@x.nl", extra, body).as_bytes());
    assert_eq!(imported.conversation.turns[0].text, "Eén vraag");
    let notes: Vec<_> = imported.notes.iter().map(ToString::to_string).collect();
    assert!(notes.contains(&"1 quoted line was left out (mail at line 1)".to_owned()), "{notes:?}");
    assert!(notes.iter().any(|note| note.contains("1 attachment was left out")), "{notes:?}");
}

#[test]
fn a_mailbox_is_put_into_threads() {
    let first = mail("jan@ziggo.nl", "Message-ID: <1@z>\r\n", "Help\n\n>From Zwolle\n");
    let other = mail("piet@gmail.com", "Message-ID: <2@g>\r\n", "Ook weg\n");
    let reply = "From: sanne@firma.nl\nTo: jan@ziggo.nl\nSubject: Re: Pakket kwijt\n\
                 Message-ID: <3@f>\nIn-Reply-To: <1@z>\n\nWij zoeken het uit.\n\n\
                 Op 2 maart 2026 om 10:02 schreef jan@ziggo.nl:\n> Help\n";
    let loose = "From: sanne@firma.nl\nTo: piet@gmail.com\nSubject: Antw: Pakket kwijt\n\n\
                 Dag Piet, wij kijken.\n";
    let auto = "From: noreply@firma.nl\nTo: jan@ziggo.nl\nSubject: Re: Pakket kwijt\n\
                Auto-Submitted: auto-replied\nReferences: <1@z>\n\nOntvangen.\n";
    let mbox: String = [&first, &other, reply, loose, auto]
        .iter()
        .map(|mail| format!("From a@b Mon Mar  2 10:02:00 2026\n{mail}\n"))
        .collect();
    let items = read(mbox.as_bytes(), Format::Mbox, &[]);
    assert_eq!(
        check(&items),
        [
            "customer Help\n\nFrom Zwolle / agent Wij zoeken het uit. / bot Ontvangen.",
            "customer Ook weg / agent Dag Piet, wij kijken."
        ]
    );
    let Item::Conversation(second) = &items[1] else { panic!() };
    assert!(second.notes.iter().any(|note| note.message.contains("by their subject alone")));
}

#[test]
fn agents_can_be_named_by_address_domain_or_name() {
    let first = mail("Sanne de Vries <sanne@firma.nl>", "Message-ID: <1@f>\r\n", "Hoe gaat het?");
    let reply = mail("jan@ziggo.nl", "In-Reply-To: <1@f>\r\n", "Goed.");
    let mbox = format!("From x\n{first}\nFrom x\n{reply}\n");
    for agent in ["sanne@firma.nl", "firma.nl", "@firma.nl", "Sanne de Vries"] {
        let items = read(mbox.as_bytes(), Format::Mbox, &[agent]);
        assert_eq!(check(&items), ["agent Hoe gaat het? / customer Goed."], "{agent}");
    }
    let items = read(mbox.as_bytes(), Format::Mbox, &[]);
    assert_eq!(check(&items), ["customer Hoe gaat het? / agent Goed."]);
}

#[test]
fn an_answer_to_a_mail_that_is_not_here_is_the_firms() {
    let text = "From: sanne@firma.nl\nTo: jan@ziggo.nl\nSubject: RE: Klacht\nIn-Reply-To: <1@z>\n\nDag Jan.\n";
    let imported = one(text.as_bytes());
    assert_eq!(imported.conversation.turns[0].party.id(), "agent");
    assert!(imported.notes[0].message.contains("it answers a mail that is not here"));
    let first = one(mail("jan@ziggo.nl", "", "Help").as_bytes());
    assert_eq!(first.conversation.turns[0].party.id(), "customer");
    assert!(first.notes[0].message.contains("the only writer was taken to be the customer"));
}

#[test]
fn a_form_on_a_website_is_written_by_the_customer() {
    let text = mail("noreply@firma.nl", "Reply-To: jan@ziggo.nl\r\n", "Help");
    assert_eq!(one(text.as_bytes()).conversation.turns[0].party.id(), "customer");
}

#[test]
fn wrong_mails_are_one_clear_problem() {
    for (text, expected) in [
        ("", "1 no_turns"),
        ("\u{FEFF}", "1 no_turns"),
        ("zomaar iets", "1 invalid_mail"),
        ("\r\n\r\nhoi", "1 invalid_mail"),
        ("From: a@b.nl\r\nSubject: leeg\r\n\r\n", "1 no_turns"),
    ] {
        assert_eq!(check(&read(text.as_bytes(), Format::Eml, &[])), [expected], "{text}");
    }
    let mbox = "From x\nonzin\n\nFrom y\nFrom: a@b.nl\nSubject: x\n\nhoi\n";
    assert_eq!(
        check(&read(mbox.as_bytes(), Format::Mbox, &[])),
        ["1 invalid_mail", "customer hoi"]
    );
}

#[test]
fn nesting_without_end_is_safe() {
    let mut parts = String::from("From: a@b.nl\r\nSubject: x\r\nMIME-Version: 1.0\r\n");
    for i in 0..1000 {
        parts.push_str(&format!("Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n"));
    }
    parts.push_str("Content-Type: text/plain\r\n\r\nhoi\r\n");
    for i in (0..1000).rev() {
        parts.push_str(&format!("\r\n--b{i}--\r\n"));
    }
    assert_eq!(check(&read(parts.as_bytes(), Format::Eml, &[])), ["customer hoi"]);
    let level = "Content-Type: message/rfc822\r\n\r\nFrom: a@b.nl\r\nSubject: x\r\n";
    let deep = format!("From: a@b.nl\r\nSubject: x\r\n{}\r\nhoi\r\n", level.repeat(100_000));
    assert_eq!(check(&read(deep.as_bytes(), Format::Eml, &[])), ["1 no_turns"]);
    // The same where it cannot be seen before decoding.
    let hidden = format!("From: a@b.nl\nSubject: x\n{}\nhoi\n", level.repeat(100_000));
    let quoted = hidden.replace('=', "=3D");
    let text = format!(
        "From: a@b.nl\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhoi\n--b\n\
         Content-Type: message/\n RFC822\nContent-Transfer-Encoding: quoted-printable\n\n{quoted}\n--b--\n"
    );
    let items = read(text.as_bytes(), Format::Eml, &[]);
    assert_eq!(check(&items), ["customer hoi"]);
}

#[test]
fn a_mail_within_a_mail_is_an_attachment() {
    let body = "--b\r\n\r\nZie bijlage.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n\
                From: c@d.nl\r\nSubject: y\r\n\r\nbinnen\r\n--b--";
    let extra = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n";
    let imported = one(mail("jan@x.nl", extra, body).as_bytes());
    assert_eq!(imported.conversation.turns[0].text, "Zie bijlage.");
    assert!(imported.notes[0].message.contains("1 attachment was left out"));
}

#[test]
fn the_customer_is_the_one_address_that_is_known() {
    let customer = |mails: &[String], agents: &[&str]| {
        let mbox: String = mails.iter().map(|mail| format!("From x\n{mail}\n")).collect();
        match read(mbox.as_bytes(), Format::Mbox, agents).remove(0) {
            Item::Conversation(imported) => imported.conversation.customer,
            Item::Problem(problem) => panic!("{problem}"),
        }
    };
    let first = mail("Jan <Jan.Jansen@Ziggo.nl>", "Message-ID: <1@z>\r\n", "Help");
    let reply = |to: &str| {
        format!(
            "From: sanne@firma.nl\nTo: {to}\nSubject: Re: Pakket kwijt\n\
             Message-ID: <3@f>\nIn-Reply-To: <1@z>\n\nWij zoeken het uit.\n"
        )
    };
    let both = [first.clone(), reply("jan.jansen@ziggo.nl")];
    assert_eq!(customer(&both, &[]).as_deref(), Some("jan.jansen@ziggo.nl"));
    assert_eq!(customer(&[reply("Jan@Ziggo.nl")], &[]).as_deref(), Some("jan@ziggo.nl"));
    assert_eq!(customer(&[reply("jan@ziggo.nl, piet@gmail.com")], &[]), None);
    let other = mail("piet@gmail.com", "In-Reply-To: <1@z>\r\n", "Bij mij ook");
    assert_eq!(customer(&[first, reply("jan.jansen@ziggo.nl"), other], &["sanne@firma.nl"]), None);
}
