//! Exports as phones write them.

use super::*;

fn options(locale: &str) -> Options {
    Options { locale: locale.parse().ok(), ..Options::default() }
}

fn read_one(text: &str, locale: &str) -> Imported {
    let mut items = read_whatsapp(text.as_bytes().to_vec(), "x.txt", &options(locale));
    assert_eq!(items.len(), 1, "{items:?}");
    match items.remove(0) {
        Item::Conversation(imported) => imported,
        Item::Problem(problem) => panic!("{problem}"),
    }
}

fn check(text: &str) -> Vec<String> {
    let turns = read_one(text, "").conversation.turns.into_iter();
    let shown = turns.map(|turn| {
        let at = turn.at.map(|at| at.datetime().to_string()).unwrap_or_default();
        format!("{at} {} {}: {}", turn.party, turn.speaker.unwrap_or_default(), turn.text)
    });
    shown.collect()
}

fn notes(text: &str, locale: &str) -> String {
    let notes = read_one(text, locale).notes;
    notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

#[test]
fn every_form_of_date_and_time_is_read() {
    let at = "2024-12-31T21:41:00 customer Jan: hoi";
    for line in [
        "31-12-24 21:41 - Jan: hoi",
        "31-12-2024 21:41 - Jan: hoi",
        "[31-12-2024 21:41:00] Jan: hoi",
        "\u{200E}[31-12-2024, 21:41:00] Jan: \u{200E}hoi",
        "12/31/24, 9:41 PM - Jan: hoi",
        "12/31/24, 9:41\u{202F}PM - Jan: hoi",
        "[12/31/24, 9:41:00\u{202F}PM] ~\u{202F}Jan: hoi",
        "31/12/2024, 9:41 p.m. - Jan: hoi",
        "31.12.24, 21:41 - Jan: hoi",
        "[31.12.24, 21:41:00] Jan: hoi",
        "31.12.24 um 21:41 - Jan: hoi",
        "31/12/2024 à 21:41 - Jan: hoi",
        "[31/12/2024 à 21:41:00] Jan: hoi",
        "2024-12-31, 21:41 - Jan: hoi",
    ] {
        assert!(looks_like_whatsapp(line), "{line}");
        assert_eq!(check(line), [at], "{line}");
    }
}

#[test]
fn other_texts_are_not_taken_for_an_export() {
    for text in [
        "",
        "31-12-24 21:41 - Berichten zijn versleuteld.",
        "[10:02] Klant: hoi",
        "[31-12-2024 21:41] Jan: hoi",
        "31-12-2024 21:41 Jan: hoi",
        "[31-12-2024 21:41:00] Klant: hoi\n[31-12-2024 21:42:00] Medewerker: dag",
        "31-12-24 21:41 - Jan: hoi\n\n---\n31-12-24 21:41 - Piet: hoi",
    ] {
        assert!(!looks_like_whatsapp(text), "{text}");
    }
}

const CHAT: &str = "\
31-12-24 21:40 - Berichten en gesprekken zijn end-to-end versleuteld. Tik voor meer info.
31-12-24 21:41 - Jan Jansen: Mijn pakket is er niet.
Let op: al de derde keer!

31-12-24 21:42 - Jan Jansen: <Media weggelaten>
31-12-24 21:43 - Bakkerij Smit: Waarmee kan ik u helpen? <Dit bericht is bewerkt>
31-12-24 21:44 - Jan Jansen: IMG-1.jpg (bestand bijgevoegd)
Zo ziet het eruit
31-12-24 21:45 - Jan Jansen heeft het onderwerp gewijzigd in \"Pakket: kwijt\"
31-12-24 21:46 - Bakkerij Smit: Dit bericht is verwijderd
";

#[test]
fn messages_go_on_over_lines_and_the_app_is_left_out() {
    assert_eq!(
        check(CHAT),
        [
            "2024-12-31T21:41:00 customer Jan Jansen: Mijn pakket is er niet.\nLet op: al de derde \
             keer!",
            "2024-12-31T21:43:00 agent Bakkerij Smit: Waarmee kan ik u helpen?",
            "2024-12-31T21:44:00 customer Jan Jansen: Zo ziet het eruit",
        ]
    );
    let notes = notes(CHAT, "");
    for expected in [
        "3 lines of the app itself were left out (lines 1, 9, 10)",
        "2 attachments of which only the name is there were left out (lines 5, 7)",
        "1 mark that a message was edited was left out (line 6)",
        "'Bakkerij Smit' was taken to be the agent",
    ] {
        assert!(notes.contains(expected), "{notes}");
    }
}

#[test]
fn the_customer_is_the_one_name_or_number_that_is_known() {
    let customer = |text: &str| read_one(text, "").conversation.customer;
    assert_eq!(customer(CHAT).as_deref(), Some("Jan Jansen"));
    let number = "31-12-24 21:41 - +31 6 12345678: hoi\n31-12-24 21:42 - Bakkerij Smit: dag";
    assert_eq!(customer(number).as_deref(), Some("+31 6 12345678"));
    let role = "31-12-24 21:41 - Klant: hoi\n31-12-24 21:42 - Bakkerij Smit: dag";
    assert_eq!(customer(role), None);
}

#[test]
fn the_agent_can_be_given() {
    let text = "31-12-24 21:41 - Jan: hoi\n31-12-24 21:42 - Sanne: dag";
    let given = Options { agents: vec!["jan".to_owned()], ..Options::default() };
    let items = read_whatsapp(text.as_bytes().to_vec(), "x", &given);
    let [Item::Conversation(imported)] = &items[..] else { panic!("{items:?}") };
    assert_eq!(imported.conversation.channel, Channel::Chat);
    assert_eq!(imported.conversation.turns[0].party.id(), "agent");
    assert!(imported.notes.is_empty(), "{:?}", imported.notes);
}

#[test]
fn the_order_of_day_and_month_is_seen_in_the_whole_file() {
    let day = |text: &str, locale: &str| -> String {
        let turns = read_one(text, locale).conversation.turns;
        turns[0].at.as_ref().unwrap().date().to_string()
    };
    let fits = "1/2/24, 9:41 AM - A: hoi\n1/13/24, 9:41 AM - B: dag";
    assert_eq!(day(fits, ""), "2024-01-02");
    assert!(notes(fits, "").contains("month first, because some fit no other way"));
    let in_order = "1/2/24, 09:41 - A: hoi\n1/3/24, 09:41 - B: dag\n2/1/24, 09:41 - A: hoi";
    assert_eq!(day(in_order, ""), "2024-01-02");
    assert!(notes(in_order, "").contains("the order of time"), "{}", notes(in_order, ""));
    let either = "1/2/24, 09:41 - A: hoi";
    assert_eq!((day(either, ""), day(either, "en-US")), ("2024-02-01".into(), "2024-01-02".into()));
    assert!(
        notes(either, "").contains("with the day first, use --locale"),
        "{}",
        notes(either, "")
    );
    assert!(!notes(either, "nl-NL").contains("dates"));
    assert!(notes("1/2/24, 9:41 PM - A: hoi", "").contains("with the month first, use --locale"));
    assert!(!notes("01-02-24 09:41 - A: hoi", "").contains("dates"));
}

#[test]
fn times_are_on_the_clock_of_the_country() {
    let zone = |locale: &str| -> String {
        let turns = read_one("31-12-24 21:41 - A: hoi", locale).conversation.turns;
        turns[0].at.as_ref().unwrap().time_zone().iana_name().unwrap_or_default().to_owned()
    };
    assert_eq!(zone(""), "Europe/Amsterdam");
    assert_eq!(zone("en-GB"), "Europe/London");
}

#[test]
fn without_a_message_there_is_one_clear_problem() {
    for text in
        ["", "\u{FEFF}", "zomaar iets", "31-12-24 21:41 - Jan: <Media weggelaten>", "99-99-24"]
    {
        let items = read_whatsapp(text.as_bytes().to_vec(), "x", &Options::default());
        let [Item::Problem(problem)] = &items[..] else { panic!("{text}: {items:?}") };
        assert_eq!(problem.code, "no_turns");
    }
}
