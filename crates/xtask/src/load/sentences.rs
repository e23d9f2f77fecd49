//! Conversations that nobody had: Dutch sentences put together by chance, the same each time.

/// Numbers by chance, the same for the same seed (SplitMix64).
pub(super) struct Chance(u64);

impl Chance {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub(super) const fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn of<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[usize::try_from(self.below(words.len() as u64)).unwrap_or_default()]
    }
}

/// In one turn of five thousand.
pub(super) const RARE: &str = "zonnewijzer";
/// In one turn of fifty.
pub(super) const MIDDLING: &str = "offerte";
/// In most turns.
pub(super) const COMMON: &str = "ik";

const THINGS: [&str; 12] = [
    "factuur",
    "levering",
    "storing",
    "router",
    "abonnement",
    "bestelling",
    "monteur",
    "jas",
    "ketel",
    "afspraak",
    "aanbetaling",
    "pakket",
];
const TIMES: [&str; 8] = [
    "gisteren",
    "vanmorgen",
    "vorige week",
    "maandag",
    "drie dagen geleden",
    "al weken",
    "sinds vrijdag",
    "vandaag",
];
const OPENINGS: [&str; 6] = [
    "Goedemiddag, ik bel over de",
    "Hallo, ik heb een vraag over de",
    "Ik wacht nog op de",
    "Ik snap niets van de",
    "Weet u waar ik de",
    "Ik ben boos over de",
];
const WORRIES: [&str; 8] = [
    "niemand belt mij terug",
    "ik heb dit al twee keer verteld",
    "het kost mij veel geld",
    "ik maak me zorgen",
    "dat was anders beloofd",
    "ik ben het wachten moe",
    "zo kan ik niet werken",
    "ik hoor steeds iets anders",
];
const REPLIES: [&str; 6] = [
    "Wat vervelend dat het zo loopt met de",
    "Ik kijk even met u mee naar de",
    "Ik begrijp dat u wacht op de",
    "Goed dat u belt over de",
    "Ik zoek voor u uit wat er is met de",
    "Dank u voor uw geduld met de",
];
const STEPS: [&str; 6] = [
    "ik bel u morgen terug",
    "ik vraag het na bij het magazijn",
    "u krijgt vandaag een mail",
    "ik zet het voor u recht",
    "wilt u mij het nummer geven",
    "ik maak een nieuwe afspraak",
];

/// What a customer says.
pub(super) fn customer(chance: &mut Chance) -> String {
    let opening = chance.of(&OPENINGS);
    let (thing, time, worry) = (chance.of(&THINGS), chance.of(&TIMES), chance.of(&WORRIES));
    with_marks(chance, format!("{opening} {thing} van {time}, {worry}."))
}

/// What an agent answers.
pub(super) fn agent(chance: &mut Chance) -> String {
    let (reply, thing, step) = (chance.of(&REPLIES), chance.of(&THINGS), chance.of(&STEPS));
    with_marks(chance, format!("{reply} {thing}, {step}."))
}

/// The words that are searched for, as often as they should be.
fn with_marks(chance: &mut Chance, mut text: String) -> String {
    if chance.below(5_000) == 0 {
        text.push_str(&format!(" Het gaat om de {RARE}."));
    }
    if chance.below(50) == 0 {
        text.push_str(&format!(" Het staat in de {MIDDLING}."));
    }
    text
}
