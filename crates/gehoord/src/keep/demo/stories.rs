//! The examples of the repository as the demo uses them: which team has them, and what about.

/// One example.
pub(super) struct Story {
    /// Its file's name, for messages.
    pub(super) name: &'static str,
    /// Its file.
    pub(super) file: &'static str,
    /// Team, from 0.
    pub(super) team: usize,
    /// Subject line.
    pub(super) subject: &'static str,
}

macro_rules! stories {
    ($($team:literal $name:literal $subject:literal;)*) => {
        /// Every example that the demo uses.
        pub(super) const STORIES: &[Story] = &[$(Story {
            name: $name,
            file: include_str!(concat!("../../../../../examples/", $name)),
            team: $team,
            subject: $subject,
        }),*];
    };
}

stories! {
    0 "nl-NL/third-contact.json" "Nog steeds geen reactie";
    0 "nl-NL/fathers-voice-on-the-voicemail.json" "Abonnement van mijn vader";
    0 "nl-NL/well-done-for-the-black-screen.json" "Weer geen tv";
    0 "nl-NL/water-bill-in-instalments.json" "Rekening in termijnen";
    0 "nl-NL/gas-smell-in-the-kitchen.txt" "Gaslucht in de keuken";
    0 "nl-NL/hats-off-to-the-mechanic.json" "Compliment voor de monteur";
    0 "nl-NL/leaking-machine-at-the-counter.json" "Wasmachine lekt";
    0 "nl-BE/meter-readings-and-too-much-empathy.json" "Meterstanden bij verhuizing";
    0 "nl-BE/internet-down-before-the-exam.json" "Geen internet voor mijn examen";
    0 "en-GB/third-call-still-no-answer.json" "Broadband, third call";
    0 "en-GB/no-heating-and-a-cold-transfer.json" "No heating";
    1 "nl-NL/seven-weeks-for-a-flight-refund.json" "Geld terug voor mijn vlucht";
    1 "nl-NL/wheelchair-help-that-never-came.json" "Reishulp niet gekomen";
    1 "nl-NL/birthday-train-a-bit-late.json" "Houten treinbaan";
    1 "nl-NL/card-blocked-in-lisbon.json" "Pas geblokkeerd op reis";
    1 "nl-NL/theatre-tickets-and-an-honest-no.json" "Kaarten ruilen";
    1 "nl-NL/many-short-lines-about-a-bike.txt" "Levering van mijn fiets";
    1 "nl-NL/same-warning-light-after-the-repair.json" "Lampje brandt weer";
    1 "nl-BE/lost-parcel-and-a-smiley.json" "Pakje kwijt";
    1 "nl-BE/bus-drives-past-the-buggy.json" "Bus reed door";
    1 "en-US/stroller-still-in-phoenix.json" "Stroller did not arrive";
    1 "en-GB/thanks-so-much-for-the-cancelled-train.json" "Cancelled train";
    2 "nl-NL/stairlift-in-four-pieces.json" "Traplift";
    2 "nl-NL/lectured-about-the-rent.json" "Huurachterstand";
    2 "nl-NL/knee-operation-waiting-list.json" "Wachtlijst knie";
    2 "nl-NL/epilepsy-medicine-not-in-stock.json" "Medicijnen niet op voorraad";
    2 "nl-NL/maggots-in-the-green-bin.json" "Gft-bak overgeslagen";
    2 "nl-NL/passports-before-the-summer.json" "Paspoort aanvragen";
    2 "nl-NL/school-taxi-late-again.json" "Schooltaxi te laat";
    2 "nl-NL/swimming-on-sunday.json" "Vrijzwemmen op zondag";
    2 "nl-NL/proof-of-life-for-my-late-wife.json" "Brief na een overlijden";
    2 "nl-NL/break-in-and-a-warm-handover.json" "Inbraak";
    2 "en-GB/joint-account-after-a-death.json" "Joint account";
}
