use proptest::prelude::*;

use super::*;

static TABLE: &[u8] = include_bytes!("../../models/vectors.bin");

fn table() -> Vectors {
    Vectors::parse(TABLE).unwrap()
}

/// The pieces of `text` as they stand in it.
fn cut(text: &str) -> Vec<&str> {
    let pieces = table().pieces(text);
    pieces.iter().map(|p| &text[p.start as usize..p.end as usize]).collect()
}

/// Where the mean of the pieces of `text` points, one long.
fn direction(text: &str) -> Vec<f32> {
    let table = table();
    let mut sum = vec![0.0; table.dimensions()];
    for piece in table.pieces(text) {
        table.add(piece.id, 1.0, &mut sum);
    }
    let norm = sum.iter().map(|x| x * x).sum::<f32>().sqrt().max(1e-9);
    sum.iter().map(|x| x / norm).collect()
}

fn nearness(a: &str, b: &str) -> f32 {
    direction(a).iter().zip(direction(b)).map(|(a, b)| a * b).sum()
}

/// Pieces lie in order on character borders.
fn check_spans(text: &str) {
    let table = table();
    let pieces = table.pieces(text);
    for piece in &pieces {
        assert!(piece.start < piece.end && (piece.id as usize) < table.len());
        assert!(
            text.get(piece.start as usize..piece.end as usize).is_some(),
            "{piece:?} in {text:?}"
        );
    }
    for pair in pieces.windows(2) {
        assert!(
            pair[0].start <= pair[1].start && pair[0].end <= pair[1].end,
            "{pair:?} in {text:?}"
        );
    }
}

#[test]
fn a_piece_has_its_place_in_the_original_text() {
    let text = "Écht HEEEEEL boos!!!!! 😡 €12,50… 't Is „stuk“";
    check_spans(text);
    let covered: String = cut(text).concat();
    assert_eq!(covered, text.replace(' ', ""));
}

#[test]
fn pieces_cover_the_words_of_ordinary_text() {
    for (text, _) in PARITY {
        check_spans(text);
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        assert_eq!(letters(&cut(text).concat()), letters(text));
    }
}

#[test]
fn case_digits_quotes_and_long_runs_make_no_difference() {
    let ids = |text: &str| table().pieces(text).iter().map(|p| p.id).collect::<Vec<_>>();
    assert_eq!(ids("IK BEN BOOS"), ids("ik ben boos"));
    assert_eq!(ids("bel 0612345678"), ids("bel 0698765432"));
    assert_eq!(ids("zo’n"), ids("zo'n"));
    assert_eq!(ids("veeeeeeel"), ids("veel"));
    assert_eq!(ids("straße"), ids("STRASSE"));
    assert_eq!(ids("👍🏽"), ids("👍"));
}

#[test]
fn what_is_in_no_piece_is_passed_over() {
    assert_eq!(cut("ok Привет ok"), ["ok", "ok"]);
    assert!(cut("").is_empty());
    assert!(cut(" \n\t\u{200b}").is_empty());
}

#[test]
fn a_text_is_cut_as_the_script_that_made_the_table_cuts_it() {
    for (text, ids) in PARITY {
        let found: Vec<u32> = table().pieces(text).iter().map(|p| p.id).collect();
        assert_eq!(found, *ids, "{text}: {:?}", cut(text));
    }
}

#[test]
fn a_translation_lies_nearer_than_another_sentence() {
    for (k, (dutch, translation)) in TRANSLATIONS.iter().enumerate() {
        let own = nearness(dutch, translation);
        for (other, (_, wrong)) in TRANSLATIONS.iter().enumerate() {
            let far = nearness(dutch, wrong);
            assert!(k == other || own > far, "{dutch}: {translation} {own}, {wrong} {far}");
        }
    }
}

#[test]
fn typing_errors_leave_the_meaning_in_place() {
    for (typed, meant, other) in [
        (
            "ik wagt al 3 weke op me pakket",
            "Ik wacht al drie weken op mijn pakket.",
            "Wat een mooie jurk!",
        ),
        (
            "me wifi doet t nie meer",
            "Mijn wifi werkt niet meer.",
            "Ik wil graag een stoel bestellen.",
        ),
        ("supper bedankt vr de hulp", "Heel erg bedankt voor uw hulp.", "De bus rijdt niet."),
        ("i am so dissapointed in u guys", "I am very disappointed.", "What time do you open?"),
        ("ich bin sehr enttäuscht", "ik ben erg teleurgesteld", "hoe laat gaan jullie open?"),
    ] {
        let (own, far) = (nearness(typed, meant), nearness(typed, other));
        assert!(own > far + 0.2, "{typed}: {meant} {own}, {other} {far}");
    }
}

#[test]
fn dot_is_what_add_gives_times_the_weights() {
    let table = table();
    let weights: Vec<f32> = (0..table.dimensions()).map(|k| (k as f32).sin()).collect();
    for piece in table.pieces("Ik ben heel blij met jullie hulp") {
        let mut sum = vec![0.0; table.dimensions()];
        table.add(piece.id, 2.0, &mut sum);
        let slow: f32 = sum.iter().zip(&weights).map(|(a, b)| a * b).sum();
        assert!((slow - 2.0 * table.dot(piece.id, &weights)).abs() < 1e-4);
    }
    let mut sum = [0.0; 4];
    table.add(u32::MAX, 1.0, &mut sum);
    assert_eq!(sum, [0.0; 4]);
    assert!(table.dot(u32::MAX, &weights).abs() < f32::EPSILON);
}

#[test]
fn bytes_that_are_no_table_are_refused_with_the_reason() {
    let leak = |bytes: Vec<u8>| -> &'static [u8] { Vec::leak(bytes) };
    assert_eq!(Vectors::parse(b"PK\x03\x04").unwrap_err(), VectorsError::NoTable);
    assert_eq!(Vectors::parse(b"").unwrap_err(), VectorsError::NoTable);
    assert!(matches!(Vectors::parse(b"GHVECTOR\x01").unwrap_err(), VectorsError::Length { .. }));
    let cut_off = Vectors::parse(&TABLE[..TABLE.len() - 1]).unwrap_err();
    assert_eq!(
        cut_off,
        VectorsError::Length { wanted: TABLE.len() as u64, is: TABLE.len() as u64 - 1 }
    );
    let mut newer = TABLE[..HEAD].to_vec();
    newer[MAGIC.len()] = 9;
    assert_eq!(Vectors::parse(leak(newer)).unwrap_err(), VectorsError::Version(9));
    let mut huge = TABLE[..HEAD].to_vec();
    huge[MAGIC.len() + 4..HEAD].fill(0xff);
    assert!(matches!(Vectors::parse(leak(huge)).unwrap_err(), VectorsError::Length { .. }));
    let mut unsound = TABLE.to_vec();
    let scores = HEAD + 4 * table().units.len();
    unsound[scores + 8..scores + 12].copy_from_slice(&f32::NAN.to_le_bytes());
    assert_eq!(Vectors::parse(leak(unsound)).unwrap_err(), VectorsError::NoNumber(2));
}

#[test]
fn a_damaged_trie_gives_wrong_pieces_and_no_panic() {
    let mut damaged = TABLE.to_vec();
    let units = 4 * table().units.len();
    let mut state = 1u32;
    for byte in &mut damaged[HEAD..HEAD + units] {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte ^= (state >> 24) as u8 & (state >> 16) as u8;
    }
    let vectors = Vectors::parse(Vec::leak(damaged)).unwrap();
    let mut sum = vec![0.0; vectors.dimensions()];
    for (text, _) in PARITY {
        for piece in vectors.pieces(text) {
            vectors.add(piece.id, 1.0, &mut sum);
        }
    }
}

#[test]
fn a_very_long_word_takes_no_more_room_than_its_length() {
    let text = "aab".repeat(100_000);
    check_spans(&text);
}

proptest! {
    #[test]
    fn pieces_of_any_text_lie_on_character_borders(text in any::<String>()) {
        check_spans(&text);
    }

    #[test]
    fn pieces_of_messy_text_lie_on_character_borders(text in "[a-zA-Zéßĳ… 0-9😡🏽ﬁ'’!\u{301}]{0,60}") {
        check_spans(&text);
    }
}

const TRANSLATIONS: &[(&str, &str)] = &[
    (
        "Ik wacht al drie weken op mijn pakket.",
        "I have been waiting for my parcel for three weeks.",
    ),
    ("Mijn internet werkt niet meer.", "My internet does not work any more."),
    ("Bedankt voor uw hulp!", "Thank you for your help!"),
    ("De trein heeft alweer vertraging.", "The train is delayed again."),
    ("Ik wil mijn abonnement opzeggen.", "I want to cancel my subscription."),
    ("Ik ben bang dat mijn gegevens op straat liggen.", "Ich habe Angst um meine Daten."),
    ("Wat kost een kaartje naar Brussel?", "Combien coûte un billet pour Bruxelles ?"),
    ("Niemand neemt de telefoon op.", "Niemand geht ans Telefon."),
    ("Mijn vader is vorige week overleden.", "Mon père est mort la semaine dernière."),
];

/// Texts and their pieces, as `scripts/distil.py --pieces` cuts them.
const PARITY: &[(&str, &[u32])] = &[
    (
        "Ik wacht al drie weken op mijn pakket!",
        &[12063, 26615, 901, 6946, 26888, 17486, 15730, 17952, 27995],
    ),
    (
        "kheb al 3x gebeld en nog steeds niks gehoord 😡",
        &[13114, 31247, 901, 63, 36545, 9600, 7664, 16799, 22848, 16756, 9812, 37743],
    ),
    (
        "Écht HEEEEL teleurgesteld in jullie service...",
        &[27854, 29407, 11301, 23807, 12180, 13068, 21768, 28109],
    ),
    (
        "Mijn internet ligt er sinds gisteren uit.",
        &[15730, 12604, 14535, 7881, 21999, 10484, 24836, 28107],
    ),
    (
        "Dank u wel, u heeft mij goed geholpen.",
        &[5777, 24825, 26890, 28082, 24825, 11300, 15729, 10566, 9806, 28107],
    ),
    ("m'n wachtwoord doet 't niet meer", &[14943, 26628, 6643, 28011, 35262, 16726, 15469]),
    (
        "Kunt u mijn adres wijzigen in Dorpsstraat 12b?",
        &[13900, 24825, 15730, 611, 27082, 12180, 6819, 34542, 35143, 80, 28883, 28257],
    ),
    (
        "De monteur zou tussen 8 en 12 komen, maar er kwam niemand.",
        &[5859, 16055, 27689, 24736, 63, 7664, 80, 13675, 28082, 14962, 7881, 13933, 16722, 28107],
    ),
    (
        "omg wat een k*tbedrijf, nooit meer!!!!",
        &[17157, 26743, 7356, 13114, 28075, 35262, 28956, 28082, 16829, 15469, 27997],
    ),
    (
        "Ik snap dat dit vervelend voor u is.",
        &[12063, 22223, 5825, 6577, 25912, 26327, 24825, 12741, 28107],
    ),
    ("wnr krijg ik me geld trug", &[26572, 33225, 13856, 12063, 15378, 9891, 24668]),
    ("Wat fijn om te horen 👍🏽", &[26743, 8779, 17144, 23697, 11757, 37445]),
    ("I've been on hold for 45 minutes.", &[11985, 2383, 17187, 11649, 9054, 80, 15813, 28107]),
    ("thx for nothing :(", &[24121, 9054, 16869, 119, 28029]),
    ("Could you please send me a refund?", &[5325, 27414, 18666, 21696, 15378, 131, 20064, 28257]),
    (
        "The driver was rude and left my parcel in the rain.",
        &[24011, 6967, 26724, 20806, 1153, 14271, 16281, 18033, 12180, 24011, 19735, 28107],
    ),
    ("im so dissapointed in u guys", &[12077, 22268, 6264, 35011, 33805, 12180, 24825, 10945]),
    ("It's OK, don't worry about it.", &[12775, 17125, 28082, 6702, 27267, 329, 12772, 28107]),
    ("WHERE IS MY ORDER???", &[27005, 12741, 16281, 17682, 28259]),
    ("I’m really grateful for your patience ❤️", &[11984, 19893, 10724, 9054, 27422, 18170, 37172]),
    (
        "Ich warte seit drei Wochen auf mein Päckchen.",
        &[11989, 26720, 21642, 6931, 27185, 1776, 15501, 17898, 36751, 29361, 28107],
    ),
    ("das ist doch eine frechheit", &[5821, 12769, 6614, 7468, 9223, 29331, 31260]),
    ("Können Sie mich bitte zurückrufen?", &[13961, 21936, 15682, 3185, 27737, 34467, 28257]),
    (
        "Die Straßenbahn hatte schon wieder Verspätung.",
        &[6307, 23084, 11208, 21371, 27050, 25389, 35004, 35884, 28107],
    ),
    (
        "Vielen lieben Dank für die schnelle Hilfe!",
        &[26060, 14487, 5777, 9443, 6307, 21351, 11532, 27995],
    ),
    (
        "J'attends toujours mon remboursement.",
        &[12800, 24374, 16008, 20222, 29143, 34542, 30130, 28107],
    ),
    ("c'est vraiment n'importe quoi", &[3930, 26476, 16376, 19662]),
    (
        "Merci beaucoup, vous êtes très gentille.",
        &[15601, 2296, 28082, 26457, 27925, 24687, 10045, 28107],
    ),
    (
        "Le train est encore en retard à cause d’une grève.",
        &[14212, 24441, 8092, 7671, 7664, 20458, 27831, 4173, 5676, 10875, 28107],
    ),
    ("je suis pas content du tout 😭", &[12886, 23323, 18111, 5151, 7025, 24388, 37755]),
];
