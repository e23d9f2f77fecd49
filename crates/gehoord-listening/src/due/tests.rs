//! Sentences from life: what is found in them, and when it is due.

use gehoord_conversation::Language;
use proptest::prelude::*;

use super::{When, find, resolve};

mod french;
mod german;

/// Monday morning, far from any holiday.
const MONDAY: &str = "2026-03-02T10:00";

/// Checks that `text` holds one expression, written between braces in it, that is due at `due`
/// (local date and time, `-` for never).
fn check_one(language: Language, country: &str, text: &str, said_at: &str, due: &str) {
    let plain = text.replace(['{', '}'], "");
    let expected = text.split_once('{').and_then(|(_, rest)| rest.split_once('}'));
    let expected = expected.map_or("", |(words, _)| words);
    let found = find(&plain, language);
    let spans: Vec<_> = found.iter().map(|when| when.span.of(&plain)).collect();
    assert_eq!(spans, [expected], "in '{plain}'");
    let zone = if country == "US" { "America/New_York" } else { "Europe/Amsterdam" };
    let said_at: jiff::Zoned = format!("{said_at}[{zone}]").parse().unwrap();
    let moment = resolve(&found[0], &said_at, Some(country));
    let moment = moment.map_or("-".to_owned(), |at| at.strftime("%Y-%m-%dT%H:%M").to_string());
    assert_eq!(moment, due, "'{plain}' said at {said_at}: {:?}", found[0].kind);
}

fn check(language: Language, country: &str, cases: &[(&str, &str, &str)]) {
    for (text, said_at, due) in cases {
        check_one(language, country, text, said_at, due);
    }
}

/// Checks that nothing is found.
fn check_none(language: Language, texts: &[&str]) {
    for text in texts {
        let found = find(text, language);
        let spans: Vec<_> = found.iter().map(|when| when.span.of(text)).collect();
        assert_eq!(spans, [""; 0], "in '{text}': {found:?}");
    }
}

#[test]
fn dutch_lengths_of_time() {
    check(
        Language::Nl,
        "NL",
        &[
            ("U hoort {binnen 24 uur} van mij.", MONDAY, "2026-03-03T10:00"),
            ("U hoort {binnen vierentwintig uur} van mij.", MONDAY, "2026-03-03T10:00"),
            ("U krijgt {binnen 48u} antwoord", MONDAY, "2026-03-04T10:00"),
            ("{Binnen twee werkdagen} heeft u antwoord.", MONDAY, "2026-03-04T17:00"),
            ("Het geld staat {binnen 3 à 5 werkdagen} op uw rekening", MONDAY, "2026-03-09T17:00"),
            ("je krijgt deze {binnen 7-10 werkdagen} in je account", MONDAY, "2026-03-16T17:00"),
            ("{binnen één werkdag}", "2026-03-06T16:00", "2026-03-09T17:00"),
            ("{binnen 1 werkdag}", "2026-03-07T12:00", "2026-03-09T17:00"),
            ("{binnen 2 werkdagen}", "2026-04-02T12:00", "2026-04-07T17:00"),
            ("{binnen 1 werkdag}", "2026-04-24T12:00", "2026-04-28T17:00"),
            ("{binnen 1 werkdag}", "2025-05-02T12:00", "2025-05-06T17:00"),
            ("{binnen 1 werkdag}", "2026-05-04T12:00", "2026-05-05T17:00"),
            ("Ik bel u {over een uur} terug", MONDAY, "2026-03-02T11:00"),
            ("Ik bel u {over een half uur} terug", MONDAY, "2026-03-02T10:30"),
            ("Ik bel u {over een kwartiertje} terug", MONDAY, "2026-03-02T10:15"),
            ("{binnen drie kwartier}", MONDAY, "2026-03-02T10:45"),
            ("{over anderhalf uur}", MONDAY, "2026-03-02T11:30"),
            ("{binnen het uur}", MONDAY, "2026-03-02T11:00"),
            ("De tram is er {binnen 4 en 6 minuten}", MONDAY, "2026-03-02T10:06"),
            ("{over een uur of twee}", MONDAY, "2026-03-02T12:00"),
            ("{binnen een dag of twee}", MONDAY, "2026-03-04T17:00"),
            ("{binnen een week}", MONDAY, "2026-03-09T17:00"),
            ("{binnen twee weken}", MONDAY, "2026-03-16T17:00"),
            ("{binnen een maand}", "2026-01-31T10:00", "2026-02-28T17:00"),
            ("{over 3 dagen}", MONDAY, "2026-03-05T17:00"),
            ("Ik bel {over een paar dagen} terug", MONDAY, "-"),
            ("{binnen enkele weken}", MONDAY, "-"),
            ("{in de komende dagen}", MONDAY, "-"),
            ("U heeft het {binnen 3 werkdagen}, het duurt 5 dagen", MONDAY, "2026-03-05T17:00"),
            ("{uiterlijk binnen 5 minuten}", MONDAY, "2026-03-02T10:05"),
            ("{de eerstvolgende werkdag}", "2026-03-06T10:00", "2026-03-09T17:00"),
            ("{binnen maximaal 10 min}", MONDAY, "2026-03-02T10:10"),
        ],
    );
}

#[test]
fn dutch_days() {
    check(
        Language::Nl,
        "NL",
        &[
            ("Ik bel u {vandaag} terug", MONDAY, "2026-03-02T17:00"),
            ("Ik bel u {vandaag nog} terug", "2026-03-02T17:30", "2026-03-02T21:00"),
            ("{vandaag}", "2026-03-02T21:30", "2026-03-02T23:59"),
            ("{Vanmiddag} bel ik", MONDAY, "2026-03-02T17:00"),
            ("{vanavond}", MONDAY, "2026-03-02T21:00"),
            ("{vanochtend}", "2026-03-02T08:00", "2026-03-02T12:00"),
            ("{vanochtend}", "2026-03-02T14:00", "-"),
            ("{morgen}", MONDAY, "2026-03-03T17:00"),
            ("{morgenochtend}", MONDAY, "2026-03-03T12:00"),
            ("{morgen ochtend}", MONDAY, "2026-03-03T12:00"),
            ("{Morgenvroeg}", MONDAY, "2026-03-03T12:00"),
            ("{morgenmiddag}", MONDAY, "2026-03-03T17:00"),
            ("{morgenavond}", MONDAY, "2026-03-03T21:00"),
            ("{morgen in de loop van de dag}", MONDAY, "2026-03-03T17:00"),
            ("{overmorgen}", MONDAY, "2026-03-04T17:00"),
            ("{dinsdag}", MONDAY, "2026-03-03T17:00"),
            ("{maandag}", MONDAY, "2026-03-09T17:00"),
            ("{uiterlijk vrijdag}", MONDAY, "2026-03-06T17:00"),
            ("{a.s. vrijdag}", MONDAY, "2026-03-06T17:00"),
            ("{vrijdag a.s.} bel ik", MONDAY, "2026-03-06T17:00"),
            ("{aanstaande donderdag}", MONDAY, "2026-03-05T17:00"),
            ("{vrijdagmiddag}", MONDAY, "2026-03-06T17:00"),
            ("{dinsdagochtend}", MONDAY, "2026-03-03T12:00"),
            ("{volgende week maandag}", MONDAY, "2026-03-09T17:00"),
            ("{volgende week dinsdag}", MONDAY, "2026-03-10T17:00"),
            ("{dinsdag volgende week}", "2026-03-06T10:00", "2026-03-10T17:00"),
            ("{volgende week op woensdag}", MONDAY, "2026-03-11T17:00"),
            ("{volgende week}", MONDAY, "2026-03-13T17:00"),
            ("{begin volgende week}", MONDAY, "2026-03-10T17:00"),
            ("{deze week}", MONDAY, "2026-03-06T17:00"),
            ("{nog deze week}", "2026-03-07T10:00", "2026-03-08T17:00"),
            ("{voor het weekend}", MONDAY, "2026-03-06T17:00"),
            ("{na het weekend}", MONDAY, "2026-03-09T17:00"),
            ("{na het weekend}", "2026-03-07T10:00", "2026-03-09T17:00"),
            ("{aan het eind van de week}", MONDAY, "2026-03-06T17:00"),
            ("{aan het eind van de dag}", MONDAY, "2026-03-02T17:00"),
            ("{voor het einde van de maand}", MONDAY, "2026-03-31T17:00"),
            ("{eind april}", MONDAY, "2026-04-30T17:00"),
            ("{3 maart}", MONDAY, "2026-03-03T17:00"),
            ("{uiterlijk op 3 maart}", "2026-03-04T10:00", "2027-03-03T17:00"),
            ("{op 3/4}", MONDAY, "2026-04-03T17:00"),
            ("{12-04-2026}", MONDAY, "2026-04-12T17:00"),
            ("{vrijdag 6 maart}", MONDAY, "2026-03-06T17:00"),
            ("{op de 15e}", MONDAY, "2026-03-15T17:00"),
            ("{vandaag of morgen}", MONDAY, "2026-03-03T17:00"),
            ("{maandag of dinsdag}", MONDAY, "2026-03-03T17:00"),
            ("{31 februari}", MONDAY, "-"),
            ("{meteen morgen}", MONDAY, "2026-03-03T17:00"),
        ],
    );
}

#[test]
fn dutch_times_of_day() {
    check(
        Language::Nl,
        "NL",
        &[
            ("{voor 16.00 uur}", MONDAY, "2026-03-02T16:00"),
            ("{voor 16u}", MONDAY, "2026-03-02T16:00"),
            ("{16:00 uur vanmiddag}", MONDAY, "2026-03-02T16:00"),
            ("{voor 16h}", MONDAY, "2026-03-02T16:00"),
            ("{om 17u30}", MONDAY, "2026-03-02T17:30"),
            ("{vóór 12u}", MONDAY, "2026-03-02T12:00"),
            ("{voor vieren}", MONDAY, "2026-03-02T16:00"),
            ("{om 4 uur}", MONDAY, "2026-03-02T16:00"),
            ("{voor vieren}", "2026-03-02T16:30", "2026-03-03T16:00"),
            ("{voor twaalven}", MONDAY, "2026-03-02T12:00"),
            ("{voor half vijf}", MONDAY, "2026-03-02T16:30"),
            ("{uiterlijk om kwart over drie}", MONDAY, "2026-03-02T15:15"),
            ("{morgen voor twaalven}", MONDAY, "2026-03-03T12:00"),
            ("{morgen voor 12.00}", MONDAY, "2026-03-03T12:00"),
            ("{morgen om 10}.", MONDAY, "2026-03-03T10:00"),
            ("{vrijdag tussen 10 en 12}", MONDAY, "2026-03-06T12:00"),
            ("{tussen 13.00 en 15.00 uur}", MONDAY, "2026-03-02T15:00"),
            ("{Tussen 14u en 15u vanmiddag}", MONDAY, "2026-03-02T15:00"),
            ("{tussen 10 en 12} bel ik u", "2026-03-02T09:00", "2026-03-02T12:00"),
            ("{morgenochtend tussen 8 en 10 uur}", MONDAY, "2026-03-03T10:00"),
            ("{vanavond om 8 uur}", MONDAY, "2026-03-02T20:00"),
            ("{morgen om 9 uur 's ochtends}", MONDAY, "2026-03-03T09:00"),
            ("{voor 9 uur morgenochtend}", MONDAY, "2026-03-03T09:00"),
            ("{vandaag nog voor 17.00 uur}", MONDAY, "2026-03-02T17:00"),
            ("{om negen uur}", "2026-03-02T18:00", "2026-03-02T21:00"),
            ("{morgen na 14.00 uur}", MONDAY, "2026-03-03T17:00"),
            ("{dinsdag 3 maart om 14:30}", MONDAY, "2026-03-03T14:30"),
            ("{op 25/03 tussen 8 en 12u}", MONDAY, "2026-03-25T12:00"),
            ("{morgenmiddag om half drie}", MONDAY, "2026-03-03T14:30"),
            ("{voor de middag}", MONDAY, "2026-03-02T12:00"),
        ],
    );
}

#[test]
fn dutch_soon_and_now() {
    check(
        Language::Nl,
        "NL",
        &[
            ("Ik doe het {meteen}", MONDAY, "2026-03-02T10:00"),
            ("Ik zoek het {nu} uit", MONDAY, "2026-03-02T10:00"),
            ("Dat maak ik {direct} in orde", MONDAY, "2026-03-02T10:00"),
            ("Ik pak het {gelijk} op", MONDAY, "2026-03-02T10:00"),
            ("{zo snel mogelijk}", MONDAY, "-"),
            ("U hoort {z.s.m.} van ons", MONDAY, "-"),
            ("U hoort {zsm} van ons", MONDAY, "-"),
            ("{ASAP}", MONDAY, "-"),
            ("U hoort {binnenkort} meer", MONDAY, "-"),
            ("U hoort {spoedig} meer", MONDAY, "-"),
            ("{zo meteen}", MONDAY, "-"),
            ("{Zo snel mogelijk, maar uiterlijk morgen}", MONDAY, "2026-03-03T17:00"),
        ],
    );
}

#[test]
fn dutch_that_is_no_promise_of_time() {
    check_none(
        Language::Nl,
        &[
            "Ik heb gisteren gebeld.",
            "Vorige week is de monteur geweest.",
            "Ik wacht al sinds maandag.",
            "Sinds vorige week maandag wacht ik.",
            "Afgelopen vrijdag is er gebeld.",
            "Een week geleden is er gebeld",
            "Ik wacht al drie dagen.",
            "Het duurt 5 dagen.",
            "Dat duurt 3 tot 5 werkdagen.",
            "Goedemorgen, met Anna.",
            "Goede morgen!",
            "U heeft helemaal gelijk.",
            "Tot nu toe is dat zo.",
            "Dat is nu eenmaal zo.",
            "Wij zijn bereikbaar van maandag t/m vrijdag.",
            "Elke dinsdag halen wij op.",
            "Wij zijn er 24/7 voor u.",
            "Het kost 16.00 euro.",
            "Voor 4 personen.",
            "Ik wens u een spoedig herstel.",
            "Tot straks!",
            "Bel 088-1234567 of 06-12345678.",
            "Uw ordernummer is 2026-0412-33.",
            "De kamer op de 2e verdieping.",
            "Over de factuur van 12 euro.",
            "In de week is het druk.",
            "Er is een verschil tussen 2 decoders.",
            "",
        ],
    );
}

#[test]
fn belgian_holidays_are_no_working_days() {
    check(
        Language::Nl,
        "BE",
        &[
            ("{binnen 1 werkdag}", "2026-07-20T12:00", "2026-07-22T17:00"),
            ("{binnen 2 werkdagen}", "2026-04-30T12:00", "2026-05-05T17:00"),
            ("{binnen de 24 uur}", MONDAY, "2026-03-03T10:00"),
            ("{ten laatste op dinsdag}", MONDAY, "2026-03-03T17:00"),
            ("{deze namiddag}", MONDAY, "2026-03-02T17:00"),
            ("{maandag in de voormiddag}", MONDAY, "2026-03-09T12:00"),
            ("{over 5 maanden}", MONDAY, "2026-08-02T17:00"),
        ],
    );
}

#[test]
fn english_lengths_of_time() {
    check(
        Language::En,
        "GB",
        &[
            ("I'll call back {within 24 hours}.", MONDAY, "2026-03-03T10:00"),
            ("{within twenty-four hours}", MONDAY, "2026-03-03T10:00"),
            ("{within two working days}", MONDAY, "2026-03-04T17:00"),
            ("You'll have it {in 2-3 working days}", MONDAY, "2026-03-05T17:00"),
            ("{within 3 to 5 business days}", MONDAY, "2026-03-09T17:00"),
            ("{within 1 working day}", "2026-04-02T10:00", "2026-04-07T17:00"),
            ("{within one working day}", "2026-12-24T10:00", "2026-12-29T17:00"),
            ("{within the hour}", MONDAY, "2026-03-02T11:00"),
            ("{in 10 minutes}", MONDAY, "2026-03-02T10:10"),
            ("{in half an hour}", MONDAY, "2026-03-02T10:30"),
            ("{in an hour and a half}", MONDAY, "2026-03-02T11:30"),
            ("{in an hour or so}", MONDAY, "2026-03-02T11:00"),
            ("{within a week}", MONDAY, "2026-03-09T17:00"),
            ("{in a day or two}", MONDAY, "2026-03-04T17:00"),
            ("{over the next two days}", MONDAY, "2026-03-04T17:00"),
            ("{in a couple of days}", MONDAY, "-"),
            ("{in the next few days}", MONDAY, "-"),
            ("{two days from now}", MONDAY, "2026-03-04T17:00"),
            ("{by the next working day}", "2026-03-06T10:00", "2026-03-09T17:00"),
            ("{within a month}", MONDAY, "2026-04-02T17:00"),
        ],
    );
    check(
        Language::En,
        "US",
        &[
            ("{within one business day}", "2026-07-02T10:00", "2026-07-06T17:00"),
            ("{within 2 business days}", "2026-11-25T10:00", "2026-11-30T17:00"),
            ("{by 3/4}", MONDAY, "2026-03-04T17:00"),
            ("{by 4/15/26}", MONDAY, "2026-04-15T17:00"),
        ],
    );
}

#[test]
fn english_days_and_times() {
    check(
        Language::En,
        "GB",
        &[
            ("I'll call you {today}.", MONDAY, "2026-03-02T17:00"),
            ("{today}", "2026-03-02T18:00", "2026-03-02T21:00"),
            ("{this afternoon}", MONDAY, "2026-03-02T17:00"),
            ("{tonight}", MONDAY, "2026-03-02T21:00"),
            ("{tomorrow}", MONDAY, "2026-03-03T17:00"),
            ("{tomorrow morning}", MONDAY, "2026-03-03T12:00"),
            ("{first thing tomorrow}", MONDAY, "2026-03-03T12:00"),
            ("{in the morning}", "2026-03-02T09:00", "2026-03-03T12:00"),
            ("{the day after tomorrow}", MONDAY, "2026-03-04T17:00"),
            ("{next Tuesday}", MONDAY, "2026-03-03T17:00"),
            ("{on Tuesday next week}", MONDAY, "2026-03-10T17:00"),
            ("{next week on Tuesday}", MONDAY, "2026-03-10T17:00"),
            ("{by Friday at the latest}", MONDAY, "2026-03-06T17:00"),
            ("{by the end of the week}", MONDAY, "2026-03-06T17:00"),
            ("{by the end of today}", MONDAY, "2026-03-02T17:00"),
            ("{by the end of the day}", MONDAY, "2026-03-02T17:00"),
            ("{by close of business tomorrow}", MONDAY, "2026-03-03T17:00"),
            ("{by COB Friday}", MONDAY, "2026-03-06T17:00"),
            ("{before the weekend}", MONDAY, "2026-03-06T17:00"),
            ("{after the weekend}", MONDAY, "2026-03-09T17:00"),
            ("{early next week}", MONDAY, "2026-03-10T17:00"),
            ("{by the end of the month}", MONDAY, "2026-03-31T17:00"),
            ("{by March 3rd}", MONDAY, "2026-03-03T17:00"),
            ("{on 3 March}", MONDAY, "2026-03-03T17:00"),
            ("{by 3/4}", MONDAY, "2026-04-03T17:00"),
            ("{on the 15th}", MONDAY, "2026-03-15T17:00"),
            ("{by 4pm}", MONDAY, "2026-03-02T16:00"),
            ("{by 4}.", MONDAY, "2026-03-02T16:00"),
            ("{by 4 p.m. on Friday}", MONDAY, "2026-03-06T16:00"),
            ("{before noon}", MONDAY, "2026-03-02T12:00"),
            ("{tomorrow before 12}", MONDAY, "2026-03-03T12:00"),
            ("{between 2 and 4pm}", MONDAY, "2026-03-02T16:00"),
            ("{Friday between 10 and 12}", MONDAY, "2026-03-06T12:00"),
            ("{tomorrow from 10 to 12}", MONDAY, "2026-03-03T12:00"),
            ("{at half past four}", MONDAY, "2026-03-02T16:30"),
            ("{at 9 in the morning on Friday}", MONDAY, "2026-03-06T09:00"),
            ("{today or tomorrow}", MONDAY, "2026-03-03T17:00"),
        ],
    );
}

#[test]
fn english_soon_and_now() {
    check(
        Language::En,
        "GB",
        &[
            ("I'll do it {right away}.", MONDAY, "2026-03-02T10:00"),
            ("I'll do it {straight away}", MONDAY, "2026-03-02T10:00"),
            ("I'll {immediately} check", MONDAY, "2026-03-02T10:00"),
            ("I'm checking that {now}", MONDAY, "2026-03-02T10:00"),
            ("{as soon as possible}", MONDAY, "-"),
            ("{asap}", MONDAY, "-"),
            ("You will hear from us {shortly}", MONDAY, "-"),
            ("You will hear from us {soon}", MONDAY, "-"),
            ("{as soon as I can}", MONDAY, "-"),
        ],
    );
}

#[test]
fn english_that_is_no_promise_of_time() {
    check_none(
        Language::En,
        &[
            "I called yesterday.",
            "I have been waiting since Monday.",
            "Last Friday somebody called.",
            "That was three days ago.",
            "It takes 5 days.",
            "It usually takes 3 to 5 working days.",
            "Good morning!",
            "We are open Monday to Friday.",
            "We collect every Tuesday.",
            "We are here 24/7.",
            "At the end of the day it is your choice.",
            "It may take long.",
            "One may ask why.",
            "As soon as the part arrives I will call.",
            "Until now nobody called.",
            "Today's price is higher.",
            "By 4 people at 3 locations.",
            "It costs between 10 and 12 euros.",
            "The 2nd floor, on the 2nd floor.",
            "In the week it is busy.",
            "from 9am to 5pm",
        ],
    );
}

#[test]
fn a_day_and_a_time_apart_can_be_joined() {
    let joined = |text| {
        let found = find(text, Language::Nl);
        let [first, second] = found.as_slice() else { panic!("{text}: {found:?}") };
        let said_at: jiff::Zoned = format!("{MONDAY}[Europe/Amsterdam]").parse().unwrap();
        let kind = first.kind.joined(second.kind)?;
        let due = resolve(&When { kind, ..*first }, &said_at, Some("NL"))?;
        Some(due.datetime().to_string())
    };
    let due = joined("Op maandag komt de monteur tussen 8:00 en 12:00 uur.");
    assert_eq!(due.as_deref(), Some("2026-03-09T12:00:00"));
    let due = joined("Om 4 uur bel ik u morgen.");
    assert_eq!(due.as_deref(), Some("2026-03-03T16:00:00"));
    assert_eq!(joined("Morgen kijk ik, vrijdag bel ik."), None);
    assert_eq!(joined("Ik kijk nu en bel morgen."), None);
}

#[test]
fn long_hostile_texts_take_linear_time() {
    for piece in [
        "op ",
        "1",
        "1.",
        "a1",
        "uiterlijk voor het ",
        "binnen de ",
        "van van ",
        "\u{301}",
        "bis ",
        "am 1.",
        "spätestens ",
        "in den nächsten ",
        "d'ici ",
        "le ",
        "quatre-vingt-",
        "et ",
        "dans les ",
        "à 1h ",
    ] {
        for language in [Language::Nl, Language::En, Language::De, Language::Fr] {
            assert!(find(&piece.repeat(100_000), language).len() <= 100_000);
        }
    }
}

/// Words of time in any order, with what stands between them in life.
fn salad() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "morgen",
        "vóór",
        "voor",
        "16.00",
        "uur",
        "binnen",
        "3",
        "à",
        "5",
        "werkdagen",
        "op",
        "half",
        "kwart",
        "over",
        "vieren",
        "vrijdag",
        "tussen",
        "10",
        "en",
        "12",
        "12-04-2026",
        "3/3",
        "maart",
        "eind",
        "van",
        "de",
        "week",
        "volgende",
        "'s",
        "avonds",
        "by",
        "4pm",
        "the",
        "end",
        "of",
        "next",
        "Tuesday",
        "in",
        "99999999999",
        "9999",
        "een",
        "uiterlijk",
        "maanden",
        "jaar",
        "31",
        "februari",
        "0",
        "24:00",
        "İ",
        "é",
        "e\u{301}",
        ",",
        "(",
        "-",
        "within",
        "hours",
        "or",
        "today",
        "nu",
        "zo",
        "snel",
        "mogelijk",
        "t/m",
        "ago",
        "bis",
        "um",
        "Uhr",
        "halb",
        "viertel",
        "drei",
        "vor",
        "am",
        "Freitag",
        "Mittag",
        "spätestens",
        "in",
        "den",
        "nächsten",
        "Stunden",
        "anderthalb",
        "des",
        "Monats",
        ".",
        "15.4.",
        "März",
        "d'ici",
        "à",
        "16h30",
        "midi",
        "moins",
        "quart",
        "le",
        "mardi",
        "prochain",
        "quatre",
        "vingt",
        "dix",
        "soixante",
        "et",
        "demie",
        "heures",
        "jours",
        "ouvrés",
        "ou",
        "fin",
        "après-midi",
        "demain",
    ]);
    let gap = prop::sample::select(vec![" ", "", "  ", "\n", "\u{a0}"]);
    prop::collection::vec((word, gap), 0..14)
        .prop_map(|parts| parts.into_iter().flat_map(|(word, gap)| [word, gap]).collect())
}

fn holds_for(text: &str) {
    for language in [Language::Nl, Language::En, Language::De, Language::Fr] {
        let mut end = 0;
        for when in find(text, language) {
            assert!(when.span.start >= end && when.span.start < when.span.end, "{text:?}");
            assert!(!when.span.of(text).is_empty(), "{text:?} {when:?}");
            end = when.span.end;
            for said_at in ["2026-03-29T01:30", "9999-12-30T23:59", "-009999-01-03T00:00"] {
                for zone in ["Europe/Amsterdam", "Pacific/Apia"] {
                    if let Ok(said_at) = format!("{said_at}[{zone}]").parse::<jiff::Zoned>() {
                        let _ = resolve(&when, &said_at, Some("NL"));
                    }
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in any::<String>()) {
        holds_for(&text);
    }

    #[test]
    fn any_salad_of_time_words_is_read_without_panic(text in salad()) {
        holds_for(&text);
    }
}
