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
        assert!(text.get(piece.start as usize..piece.end as usize).is_some(), "{piece:?} in {text:?}");
    }
    for pair in pieces.windows(2) {
        assert!(pair[0].start <= pair[1].start && pair[0].end <= pair[1].end, "{pair:?} in {text:?}");
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
        ("ik wagt al 3 weke op me pakket", "Ik wacht al drie weken op mijn pakket.", "Wat een mooie jurk!"),
        ("me wifi doet t nie meer", "Mijn wifi werkt niet meer.", "Ik wil graag een stoel bestellen."),
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
    ("Ik wacht al drie weken op mijn pakket.", "I have been waiting for my parcel for three weeks."),
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
    ("Ik wacht al drie weken op mijn pakket!", &[31331, 26194, 827, 6698, 26465, 16938, 15165, 17411, 27563]),
    ("kheb al 3x gebeld en nog steeds niks gehoord 😡", &[12929, 827, 63, 36510, 9247, 7372, 16192, 22442, 16146, 9433, 37743]),
    ("Écht HEEEEL teleurgesteld in jullie service...", &[27441, 29035, 10870, 23428, 11777, 12656, 21276, 27677]),
    ("Mijn internet ligt er sinds gisteren uit.", &[15165, 12211, 14020, 7573, 21566, 10037, 24497, 27675]),
    ("Dank u wel, u heeft mij goed geholpen.", &[5533, 24479, 26467, 27650, 24479, 10869, 15164, 10135, 9430, 27675]),
    ("m'n wachtwoord doet 't niet meer", &[14400, 26203, 6402, 27579, 35178, 16118, 14903]),
    ("Kunt u mijn adres wijzigen in Dorpsstraat 12b?", &[13428, 24479, 15165, 557, 26681, 11777, 6570, 34402, 35051, 80, 28478, 27825]),
    ("De monteur zou tussen 8 en 12 komen, maar er kwam niemand.", &[5613, 15470, 27305, 24391, 63, 7372, 80, 13231, 27650, 14414, 7573, 13458, 16114, 27675]),
    ("omg wat een k*tbedrijf, nooit meer!!!!", &[16573, 26327, 7085, 12701, 27643, 35178, 28559, 27650, 16230, 14903, 27565]),
    ("Ik snap dat dit vervelend voor u is.", &[31331, 21811, 5579, 6335, 25537, 25926, 24479, 12353, 27675]),
    ("wnr krijg ik me geld trug", &[26789, 13390, 31331, 14821, 9496, 24323]),
    ("Wat fijn om te horen 👍🏽", &[26327, 8466, 16563, 23322, 11330, 37445]),
    ("I've been on hold for 45 minutes.", &[11569, 2187, 16604, 11209, 8757, 80, 15244, 27675]),
    ("thx for nothing :(", &[23749, 8757, 16277, 119, 27597]),
    ("Could you please send me a refund?", &[5097, 27042, 18157, 21204, 14821, 131, 19592, 27825]),
    ("The driver was rude and left my parcel in the rain.", &[23630, 6722, 26308, 20353, 1066, 13757, 15705, 17493, 11777, 23630, 19254, 27675]),
    ("im so dissapointed in u guys", &[11674, 21858, 6303, 11777, 24479, 10516]),
    ("It's OK, don't worry about it.", &[12382, 16540, 27650, 6458, 26888, 296, 12379, 27675]),
    ("WHERE IS MY ORDER???", &[26591, 12353, 15705, 17104, 27827]),
    ("I’m really grateful for your patience ❤️", &[11568, 19410, 10301, 8757, 27050, 17625, 37172]),
    ("Ich warte seit drei Wochen auf mein Päckchen.", &[11576, 26306, 21150, 6686, 26793, 1636, 14941, 17344, 36725, 28990, 27675]),
    ("das ist doch eine frechheit", &[5575, 12377, 6374, 7191, 8913, 28958, 30971]),
    ("Können Sie mich bitte zurückrufen?", &[13489, 21494, 15115, 2911, 27344, 34324, 27825]),
    ("Die Straßenbahn hatte schon wieder Verspätung.", &[6065, 22680, 10772, 20895, 26656, 25080, 34904, 35818, 27675]),
    ("Vielen lieben Dank für die schnelle Hilfe!", &[25676, 13965, 5533, 9108, 6065, 20878, 29590, 11097, 27563]),
    ("J'attends toujours mon remboursement.", &[12406, 27579, 28380, 34402, 24019, 15426, 19372, 32538, 33398, 29788, 27675]),
    ("c'est vraiment n'importe quoi", &[3678, 26061, 15772, 27579, 31397, 19181]),
    ("Merci beaucoup, vous êtes très gentille.", &[15030, 2112, 27650, 26043, 36912, 24342, 9649, 27675]),
    ("Le train est encore en retard à cause d’une grève.", &[13689, 24097, 7776, 7381, 7372, 19988, 27422, 3932, 5433, 27579, 35816, 10443, 27675]),
    ("je suis pas content du tout 😭", &[12479, 22936, 17572, 4919, 6780, 24036, 37755]),
];
