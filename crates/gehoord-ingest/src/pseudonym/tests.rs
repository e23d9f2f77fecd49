//! What must and must not be found, and what must hold for any text.

use gehoord_conversation::{Language, PersonalDatum, Span};
use proptest::prelude::*;

use super::{Masks, Pseudonymiser, unmask};

/// Reads `{{kind|words}}` marks: the text without them, and what they mark.
fn marked(example: &str) -> (String, Vec<PersonalDatum>) {
    let mut text = String::new();
    let mut data = Vec::new();
    let mut rest = example;
    while let Some(at) = rest.find("{{") {
        text.push_str(&rest[..at]);
        let end = rest[at..].find("}}").expect("a mark is closed") + at;
        let (kind, words) = rest[at + 2..end].split_once('|').expect("kind|words");
        let start = text.len();
        text.push_str(words);
        let kind = kind.parse().unwrap();
        data.push(PersonalDatum { span: Span::new(start, text.len()), kind });
        rest = &rest[end + 2..];
    }
    text.push_str(rest);
    (text, data)
}

fn shown(text: &str, data: &[PersonalDatum]) -> Vec<String> {
    data.iter().map(|d| format!("{}:{}", d.kind, d.span.of(text))).collect()
}

fn check(language: Language, example: &str) {
    let (text, wanted) = marked(example);
    let found = Pseudonymiser::embedded().find(&text, Some(language));
    assert_eq!(shown(&text, &found), shown(&text, &wanted), "{text}");
}

#[test]
fn the_rules_files_find_exactly_what_their_examples_mark() {
    let finder = Pseudonymiser::embedded();
    let wrong: Vec<String> = finder
        .examples()
        .filter_map(|(language, example)| {
            let (text, wanted) = marked(example);
            let found = finder.find(&text, Some(language));
            (found != wanted).then(|| {
                format!(
                    "{text}\n  found {:?}\n  wanted {:?}",
                    shown(&text, &found),
                    shown(&text, &wanted)
                )
            })
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_piece_that_is_cut_off_keeps_its_places() {
    let filling = "dit is gewoon een lange zin zonder iets erin. ".repeat(2000);
    let text = format!("{filling}Mijn naam is Fatima. {filling}");
    let found = Pseudonymiser::embedded().find(&text, Some(Language::Nl));
    assert_eq!(shown(&text, &found), ["name:Fatima"]);
}

#[test]
fn what_is_masked_already_is_left_alone() {
    check(
        Language::Nl,
        "Beste [naam-1], <at_user> en NAME-M van PRS-ORG, bel [telefoon-2] of {naam}.",
    );
}

#[test]
fn a_text_in_another_language_is_read_in_that() {
    check(
        Language::Nl,
        "Hello, my name is {{name|Helen Marsden}} and I would like to know where my parcel is, thank you.",
    );
}

#[test]
fn long_and_hostile_lines_take_linear_time() {
    let finder = Pseudonymiser::embedded();
    let pieces = [
        "a ",
        "1 ",
        "Jan ",
        "@",
        "[",
        "de ",
        "06 ",
        "apenstaartje ",
        "A.",
        "nul ",
        "mevrouw ",
        "é",
        "1-",
        "straat ",
    ];
    for piece in pieces {
        let text = piece.repeat(100_000 / piece.len());
        let start = std::time::Instant::now();
        let found = finder.find(&text, Some(Language::Nl));
        assert!(found.len() <= text.len());
        assert!(start.elapsed().as_secs() < 20, "{piece:?} takes {:?}", start.elapsed());
    }
}

fn fragments() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "Jan de Vries",
        "mijn naam is ",
        "NL91 ABNA 0417 1643 00",
        "06-12345678",
        "dorpsstraat 5",
        "1234 AB",
        "\n",
        "Groet,\n",
        "[naam-1]",
        "@",
        "apenstaartje ",
        "punt ",
        "nl ",
        "geboren ",
        "3 maart 1975",
        "é",
        "👩‍👩‍👧",
        " ",
        ", ",
        ". ",
        "klantnummer ",
        "12-GHK-7",
        "'",
        "mevr. ",
        "nul zes ",
        "€ ",
        "J.",
        "http://",
        "\u{301}",
        "İ",
    ]);
    let piece = prop_oneof![known.prop_map(str::to_owned), any::<String>()];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn spans_fit_any_text_and_unmasking_gives_it_back(text in fragments(), language in 0..5_usize) {
        let finder = Pseudonymiser::embedded();
        let data = finder.find(&text, Language::ALL.get(language).copied());
        let mut done = 0;
        for datum in &data {
            prop_assert!(datum.span.start >= done && datum.span.start < datum.span.end);
            prop_assert!(!datum.span.of(&text).is_empty());
            done = datum.span.end;
        }
        let mut masks = Masks::default();
        let masked = masks.mask(&text, &data);
        prop_assert_eq!(masked.spans.len(), data.len());
        // Somebody named in two ways is named in one of them afterwards.
        let one_way = masked.spans.iter().all(|s| {
            masks.originals().any(|o| o.mask == s.mask && o.text == text[s.start..s.end])
        });
        if one_way {
            prop_assert_eq!(unmask(&masked.text, masks.originals()).text, text);
        }
        let again = finder.find(&masked.text, Language::ALL.get(language).copied());
        for datum in again {
            prop_assert!(!masks.originals().any(|o| datum.span.of(&masked.text).contains(&o.mask)));
        }
    }
}

#[test]
fn names_in_small_letters_are_found_by_what_stands_around_them() {
    check(Language::Nl, "staat op {{name|t. wiersma}}");
    check(Language::Nl, "{{name|h.j. van dijk}} belt terug o.a. vandaag");
    check(Language::Nl, "{{name|tjeerd bosma}}");
    check(Language::Nl, "nee {{name|q u i n t y n}}, met een y, {{name|quintyn}}");
    check(Language::En, "it is under {{name|achterberg}}, a c h");
    check(Language::Nl, "de s van simon en de v van victor");
    check(Language::Nl, "heeft {{name|marloes}} al gebeld?");
    check(Language::En, "i was told by {{name|tanisha}} that it'd be waived");
}

#[test]
fn addresses_are_found_with_all_that_belongs_to_them() {
    check(Language::En, "send it to {{address|77 Old Mill Rd, Apt. 12}}, please");
    check(Language::En, "The tenancy of {{address|Flat 12, Kestrel House, 3 Dock Road}} ends.");
    check(Language::En, "i live at {{address|three oh nine east maple}} in tulsa");
    check(Language::En, "driver left it at {{address|640 5th Ave}}");
    check(Language::Nl, "het is {{address|Zuiderzeeweg 82, appartement 14}}");
    check(Language::Nl, "boven de winkel, {{address|Steenstraat 40 1e verdieping}}");
    check(Language::Nl, "ik woon op de {{address|johan de wittlaan honderd vijf}}");
    check(Language::Nl, "wij zijn verhuisd naar {{address|Achter de Hoven 41}} te Leeuwarden");
    check(Language::Nl, "Geachte heer {{name|Oosterhof}}, vier ton onder de stoel");
    check(Language::Fr, "c'est au {{address|cent quatre route de lyon}}");
}

#[test]
fn codes_that_are_said_are_known_by_their_shape() {
    check(Language::Nl, "{{postcode|zevenenvijftig eenentwintig bv}}, asten");
    check(Language::En, "that's {{postcode|l s six two d q}}");
    check(Language::En, "it's {{bsn|five three five, four two, eight two three zero}}");
    check(
        Language::Nl,
        "dat is {{iban|n l zesentachtig abna nul negen twee zeven twee zeven acht zeven vijf zeven}}",
    );
    check(Language::Nl, "{{email|p punt van der linden at gmail punt com}}");
    check(Language::Nl, "wegenbelasting voor {{plate|zk831f}} kan stop");
    check(Language::De, "kennzeichen {{plate|s-kl 4471}}");
    check(Language::Nl, "geb dat {{date_of_birth|050883}}");
}

#[test]
fn weights_of_names_are_the_same_each_time_and_of_one_size() {
    let finder = Pseudonymiser::embedded();
    let text = "mijn collega Samira belt vandaag";
    let lesson = super::Lesson {
        text: text.to_owned(),
        language: Some(Language::Nl),
        names: vec![Span::new(13, 19)],
        weight: 1.0,
        variants: 20,
        guessed: false,
    };
    let lessons = [lesson];
    let weights = super::fit_names(&finder, &lessons);
    assert_eq!(weights, super::fit_names(&finder, &lessons));
    assert!(finder.clone().with_names(weights[1..].to_vec()).is_none());
    let fitted = finder.clone().with_names(weights).unwrap();
    let small = "mijn baas yordanka belt vandaag";
    assert_eq!(shown(small, &fitted.find(small, Some(Language::Nl))), ["name:yordanka"]);
}

#[test]
fn names_in_heads_behind_letters_particles_and_hyphens_are_found() {
    let nl = |example| check(Language::Nl, example);
    nl("Van: {{name|Peeters}}, {{name|Koen}}\nOnderwerp: factuur");
    nl("Voorletters: {{name|T.C.}}");
    nl("{{name|J v d Broek}} belde gisteren");
    nl("Geachte heer {{name|'t Mannetje}}, het bedrag komt eraan.");
    nl("mevrouw de directrice was er niet");
    nl("heel de dag geen trein @postilo_be");
    check(Language::En, "Sorry about that! Drop us a message. - {{name|AJ}}");
    check(Language::En, "the account is in the name of {{name|d punchard}}");
}

#[test]
fn towns_streets_and_firms_that_are_called_like_people_are_no_names() {
    let en = |example| check(Language::En, example);
    en("My bag was lost between San Antonio and Milton Keynes.");
    en("The sign on Albert Dock says it is free after six.");
    en("I signed up with BrightCell on Thursdays only.");
}

#[test]
fn plates_and_codes_are_told_by_their_form() {
    check(Language::En, "my old ford is {{plate|P405 NGH}}, still going");
    check(Language::Nl, "die bus met {{plate|GX 918 B}} reed door");
    check(Language::Nl, "het is de {{plate|p van pieter 7 4 1 j b}}, rode fiat panda");
    check(Language::Nl, "Mijn chipkaart is geldig tot 09-2026.");
    check(Language::En, "we moved to {{address|8 Church Road}}, {{postcode|A94 X7P2}}");
}

#[test]
fn a_name_that_is_announced_is_a_persons_though_a_firm_is_called_so() {
    let nl = |example| check(Language::Nl, example);
    nl("Mijn naam is {{name|Kees Smit}}");
    nl("Mevrouw {{name|Brugman}}");
    nl("Met vriendelijke groet, {{name|Jan Smit}}");
    nl("U spreekt met meneer {{name|Goossens}}");
    nl("Klantnaam: {{name|Jan Jansen}}");
    nl("Ik heet {{name|Jan Jaap}}");
    nl("Met mevrouw {{name|De Ruijter}}");
    nl("Mijn naam is {{name|Marie-Louise de Wit}}.");
    nl("Met {{name|Kees Smit}}, ik bel over mijn bestelling.");
    nl("met {{name|hans brugman}} goedemiddag");
    nl("Naam: {{name|Hans Anders}}");
    nl("Groet,\n{{name|Hans Goossens}}");
    let en = |example| check(Language::En, example);
    en("My name is {{name|John Lewis}}");
    en("Kind regards,\n{{name|Ted Baker}}");
    en("name: {{name|John Doe}}");
    let de = |example| check(Language::De, example);
    de("Mein Name ist {{name|Peter Hahn}}");
    de("Viele Grüße, {{name|Gerry Weber}}");
    de("Frau {{name|Jacobs}}");
    let fr = |example| check(Language::Fr, example);
    fr("Je m'appelle {{name|Nicolas Picard}}");
    fr("Madame {{name|Leclerc}} a acheté chez Leclerc");
    fr("Cordialement, {{name|Yves Rocher}}");
}

#[test]
fn a_firm_that_is_not_announced_as_a_person_stays() {
    let nl = |example| check(Language::Nl, example);
    nl("Ik heb bij Brugman een keuken gekocht en bij Kees Smit een tuinset.");
    nl("Dat was bij Albert Heijn, en daarna naar Jan Linders en Hans Anders.");
    nl("Goedemorgen, u spreekt met Albert Heijn, met {{name|Kim}}.");
    nl("Mijn Bosch wasmachine is stuk en de Philips ook");
    nl("Beste Albert Heijn, mijn bestelling is weg");
    nl("Kaartjes voor Max Verstappen en Taylor Swift");
    nl("Naam: Ziggo");
    check(Language::En, "I shop at John Lewis and Paul Smith");
    check(Language::De, "Ich habe bei Peter Hahn bestellt und bei Gerry Weber");
    check(Language::Fr, "J'ai acheté ça chez Yves Rocher et Leroy Merlin");
}

#[test]
fn a_verb_behind_and_is_no_name() {
    check(Language::Nl, "Ik woon alleen en stook bijna niet");
    check(Language::Nl, "ik woon alleen en stook bijna niet");
    check(Language::Nl, "{{name|piet}} en {{name|marloes}} komen morgen");
}

#[test]
fn what_only_its_owner_may_know_is_masked() {
    let nl = |example| check(Language::Nl, example);
    nl("mijn pincode is {{number|4821}}");
    nl("cvc {{number|123}}");
    nl("mijn wachtwoord is {{number|Welkom01!}}");
    nl("Mijn wachtwoord werkt niet sinds 2019, en pinnen ook niet: pin 20 euro");
    check(Language::En, "my pin is {{number|4821}} and my password: {{number|Welcome01!}}");
    check(Language::De, "mein Passwort ist {{number|Hallo2024}}");
    check(Language::Fr, "mon mot de passe est {{number|Bonjour75}}");
}

#[test]
fn the_address_of_a_profile_names_somebody() {
    check(Language::Nl, "zie https://www.linkedin.com/in/{{name|jan-jansen-1234}}/");
    check(Language::En, "linkedin.com/in/{{name|janet-pickles}}. or https://facebook.com/argos");
}
