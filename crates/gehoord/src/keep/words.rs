//! What the commands over what is kept say, in Dutch and English.

use gehoord_store::{ERASED_LIST, Role};

use crate::ui::Ui;

impl Ui {
    pub(crate) fn serves(self, address: &str, plain: bool) -> String {
        let (on, cookies) = match self {
            Self::Nl => (
                "gehoord luistert op",
                "Sessies gaan ook over gewoon HTTP: zet er een proxy met HTTPS voor als anderen \
                 erbij kunnen.\n",
            ),
            Self::En => (
                "gehoord serves on",
                "Sessions go over plain HTTP too: put a proxy with HTTPS before it when others can \
                 reach it.\n",
            ),
        };
        format!("{on} {address}\n{}", if plain { cookies } else { "" })
    }

    /// Who can look round in the demo.
    pub(crate) fn demo(self, people: &[(&str, Role)], password: &str) -> String {
        let mut out = match self {
            Self::Nl => format!(
                "Demo: alles is verzonnen, en weg als je stopt. Log in met wachtwoord {password} \
                 als\n"
            ),
            Self::En => format!(
                "Demo: everything is made up, and gone when you stop. Log in with password \
                 {password} as\n"
            ),
        };
        for (login, role) in people {
            out += &format!("  {login:<8} {}\n", self.role(*role));
        }
        out
    }

    const fn role(self, role: Role) -> &'static str {
        match (self, role) {
            (Self::Nl, Role::Agent) => "medewerker",
            (Self::Nl, Role::Coach) => "coach",
            (Self::Nl, Role::Manager) => "teamleider",
            (Self::Nl, Role::ProductOwner) => "producteigenaar",
            (Self::Nl, Role::PrivacyOfficer) => "privacyfunctionaris",
            (Self::Nl, Role::Administrator) => "beheerder",
            (Self::En, Role::Agent) => "agent",
            (Self::En, Role::Coach) => "coach",
            (Self::En, Role::Manager) => "team lead",
            (Self::En, Role::ProductOwner) => "product owner",
            (Self::En, Role::PrivacyOfficer) => "privacy officer",
            (Self::En, Role::Administrator) => "administrator",
        }
    }

    pub(crate) fn first_administrator(self, login: &str, password: &str) -> String {
        match self {
            Self::Nl => format!(
                "Eerste start. Log in als '{login}' met wachtwoord '{password}'; het staat alleen \
                 hier, deze ene keer.\n"
            ),
            Self::En => format!(
                "First start. Log in as '{login}' with password '{password}'; it is shown here \
                 only, this once.\n"
            ),
        }
    }

    pub(crate) fn keep_the_key(self, file: &str) -> String {
        match self {
            Self::Nl => format!(
                "De sleutel staat in {file}. Bewaar er ergens anders een kopie van: zonder sleutel \
                 is weg wat achter de maskers staat.\n"
            ),
            Self::En => format!(
                "The key is in {file}. Keep a copy elsewhere: without it what is behind the masks \
                 is lost.\n"
            ),
        }
    }

    pub(crate) fn no_speech_to_text(self, why: &str) -> String {
        match self {
            Self::Nl => {
                format!("Spraak naar tekst staat uit, al het andere werkt. stt_model: {why}\n")
            }
            Self::En => {
                format!("Speech to text is off, everything else works. stt_model: {why}\n")
            }
        }
    }

    pub(crate) fn imported(self, new: u64, changed: u64, same: u64, failed: u64) -> String {
        match self {
            Self::Nl => {
                format!("{new} nieuw, {changed} veranderd, {same} hetzelfde, {failed} mislukt\n")
            }
            Self::En => format!("{new} new, {changed} changed, {same} the same, {failed} failed\n"),
        }
    }

    pub(crate) fn left_out(self, conversations: u64) -> String {
        match self {
            Self::Nl => format!(
                "{conversations} gesprekken zijn niet ingelezen: ze zijn van klanten die eerder zijn \
                 gewist. Met --erased-too komen ze er toch in.\n"
            ),
            Self::En => format!(
                "{conversations} conversations were left out: they are of customers who were erased \
                 before. With --erased-too they are kept all the same.\n"
            ),
        }
    }

    pub(crate) fn no_store(self, place: &str) -> String {
        match self {
            Self::Nl => format!(
                "hier is nog geen database van gehoord: {place}; wijs aan waar die wel is met \
                 --database (of GEHOORD_DATABASE, of gehoord.toml), of maak er een met 'gehoord serve' \
                 of 'gehoord import'"
            ),
            Self::En => format!(
                "there is no database of gehoord here: {place}; say where it is with --database (or \
                 GEHOORD_DATABASE, or gehoord.toml), or make one with 'gehoord serve' or 'gehoord \
                 import'"
            ),
        }
    }

    pub(crate) const fn stopped(self) -> &'static str {
        match self {
            Self::Nl => "gestopt; wat er staat blijft, hetzelfde nog eens doen gaat verder",
            Self::En => "stopped; what is kept stays, doing the same again goes on",
        }
    }

    pub(crate) fn really_erase(self, pseudonym: &str, conversations: usize) -> String {
        match self {
            Self::Nl => format!(
                "{pseudonym}: {conversations} gesprekken met alles wat erbij hoort wissen? Er is \
                 geen weg terug. Typ 'wis': "
            ),
            Self::En => format!(
                "Erase {pseudonym}: {conversations} conversations and all that belongs to them? \
                 There is no way back. Type 'erase': "
            ),
        }
    }

    pub(crate) const fn erase_word(self) -> &'static str {
        match self {
            Self::Nl => "wis",
            Self::En => "erase",
        }
    }

    pub(crate) const fn not_erased(self) -> &'static str {
        match self {
            Self::Nl => "niets gewist",
            Self::En => "nothing was erased",
        }
    }

    pub(crate) const fn why_erase(self) -> &'static str {
        match self {
            Self::Nl => "Waarom? (bijvoorbeeld: verzoek AVG-2026-7): ",
            Self::En => "Why? (for instance: request GDPR-2026-7): ",
        }
    }

    pub(crate) const fn no_reason(self) -> &'static str {
        match self {
            Self::Nl => {
                "zeg waarom, met --reason TEKST (hoogstens 500 tekens); de reden blijft bij het \
                 bewijs staan. Er is niets gewist"
            }
            Self::En => {
                "say why, with --reason TEXT (500 characters at most); the reason stays with the \
                 proof. Nothing was erased"
            }
        }
    }

    pub(crate) fn erased(self, pseudonym: &str, list: &str) -> String {
        match self {
            Self::Nl => format!(
                "{pseudonym} is gewist. Oude reservekopieën bevatten deze klant nog; bij \
                 terugzetten wordt hij opnieuw gewist, met de lijst {list}: bewaar daar een kopie van \
                 bij je reservekopieën."
            ),
            Self::En => format!(
                "{pseudonym} is erased. Old backups still hold this customer; restoring one erases \
                 them again, with the list {list}: keep a copy of it with your backups."
            ),
        }
    }

    pub(crate) fn backed_up(self, rows: u64, file: &str) -> String {
        match self {
            Self::Nl => format!("{rows} rijen in {file}; de sleutel zit er niet bij\n"),
            Self::En => format!("{rows} rows in {file}; the key is not in it\n"),
        }
    }

    pub(crate) fn restored(self, rows: u64, erased_again: u64, lists: u64) -> String {
        match (self, lists) {
            (Self::Nl, 0) => format!(
                "{rows} rijen teruggezet\nEr is geen lijst van gewiste klanten gevonden. Zijn er na \
                 deze reservekopie klanten gewist, dan staan ze er nu weer in. De lijst is \
                 {ERASED_LIST}, in de map met bestanden van de oude database: zet terug in een nieuwe \
                 database met --erased LIJST, of wis deze klanten opnieuw met 'gehoord erase'.\n"
            ),
            (Self::En, 0) => format!(
                "{rows} rows restored\nNo list of erased customers was found. Customers who were \
                 erased after this backup, if there were any, are back now. The list is \
                 {ERASED_LIST}, in the folder of files of the old database: restore into a new \
                 database with --erased LIST, or erase these customers again with 'gehoord erase'.\n"
            ),
            (Self::Nl, _) => format!(
                "{rows} rijen teruggezet, {erased_again} klanten opnieuw gewist (lijsten van gewiste \
                 klanten gelezen: {lists})\n"
            ),
            (Self::En, _) => format!(
                "{rows} rows restored, {erased_again} customers erased again (lists of erased \
                 customers that were read: {lists})\n"
            ),
        }
    }

    pub(crate) fn no_key_for_backup(self, file: &str) -> String {
        match self {
            Self::Nl => format!(
                "de sleutel {file} is er niet, en een reservekopie gaat alleen open met de sleutel van \
                 haar database; zet die terug, of zeg met --key-file waar hij is. Er is niets gemaakt"
            ),
            Self::En => format!(
                "the master key {file} is not there, and a backup opens only with the key of its \
                 database; put that one back, or say with --key-file where it is. Nothing was made"
            ),
        }
    }

    pub(crate) fn backup_not_whole(self, rows: u64) -> String {
        match self {
            Self::Nl => format!(
                "de reservekopie is niet heel: ze breekt af na {rows} rijen, of er ontbreken rijen; neem \
                 een andere kopie. Er is niets teruggezet"
            ),
            Self::En => format!(
                "the backup is not whole: it breaks off after {rows} rows, or rows are missing; take \
                 another copy. Nothing was restored"
            ),
        }
    }

    pub(crate) const fn database_in_use(self) -> &'static str {
        match self {
            Self::Nl => {
                "de database is in gebruik: er staan al gesprekken, klanten, mensen of teams in; zet \
                 terug in een nieuwe, bijvoorbeeld met --database sqlite:nieuw.db. Er is niets veranderd"
            }
            Self::En => {
                "the database is in use: it holds conversations, customers, people or teams already; \
                 restore into a new one, for instance with --database sqlite:new.db. Nothing has changed"
            }
        }
    }

    pub(crate) fn password_of(self, login: &str) -> String {
        match self {
            Self::Nl => format!("Wachtwoord van {login} (12 tekens of meer): "),
            Self::En => format!("Password of {login} (12 characters or more): "),
        }
    }

    pub(crate) const fn once_more(self) -> &'static str {
        match self {
            Self::Nl => "Nog een keer: ",
            Self::En => "Once more: ",
        }
    }

    pub(crate) const fn not_active(self) -> &'static str {
        match self {
            Self::Nl => "mag niet naar binnen",
            Self::En => "may not come in",
        }
    }

    pub(crate) fn retention(
        self,
        done: bool,
        conversations: u64,
        originals: u64,
        files: u64,
    ) -> String {
        match (self, done) {
            (Self::Nl, true) => format!(
                "verwijderd: {conversations} gesprekken, {files} bestanden; van {originals} \
                 maskers is vergeten wat erachter stond\n"
            ),
            (Self::Nl, false) => format!(
                "te verwijderen: {conversations} gesprekken, {files} bestanden; van {originals} \
                 gesprekken wordt vergeten wat achter de maskers staat\n"
            ),
            (Self::En, true) => format!(
                "removed: {conversations} conversations, {files} files; what was behind \
                 {originals} masks is forgotten\n"
            ),
            (Self::En, false) => format!(
                "to be removed: {conversations} conversations, {files} files; of {originals} \
                 conversations what is behind the masks will be forgotten\n"
            ),
        }
    }

    pub(crate) const fn no_retention(self) -> &'static str {
        match self {
            Self::Nl => "Er is niets afgesproken: alles blijft bewaard.\n",
            Self::En => "Nothing was decided: everything is kept.\n",
        }
    }

    pub(crate) const fn no_named_review(self) -> &'static str {
        match self {
            Self::Nl => "Uit: bevindingen over medewerkers ziet alleen de medewerker zelf.\n",
            Self::En => "Off: findings about agents are seen by that agent alone.\n",
        }
    }

    pub(crate) const fn named_review(self) -> &'static str {
        match self {
            Self::Nl => {
                "Aan: leidinggevenden zien bevindingen over de medewerkers van hun team, op grond \
                 van:\n"
            }
            Self::En => {
                "On: managers see findings about the agents of their team, on the ground of:\n"
            }
        }
    }

    pub(crate) fn heard_again(self, done: i64) -> String {
        match self {
            Self::Nl => format!("{done} gesprekken opnieuw beluisterd\n"),
            Self::En => format!("listened again to {done} conversations\n"),
        }
    }
}
