//! What the commands over what is kept say, in Dutch and English.

use gehoord_store::Role;

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

    pub(crate) fn erased(self, pseudonym: &str) -> String {
        match self {
            Self::Nl => format!(
                "{pseudonym} is gewist. Oude reservekopieën bevatten deze klant nog; bij \
                 terugzetten wordt hij opnieuw gewist."
            ),
            Self::En => format!(
                "{pseudonym} is erased. Old backups still hold this customer; restoring one erases \
                 them again."
            ),
        }
    }

    pub(crate) fn backed_up(self, rows: u64, file: &str) -> String {
        match self {
            Self::Nl => format!("{rows} rijen in {file}; de sleutel zit er niet bij\n"),
            Self::En => format!("{rows} rows in {file}; the key is not in it\n"),
        }
    }

    pub(crate) fn restored(self, rows: u64, erased_again: u64) -> String {
        match self {
            Self::Nl => format!("{rows} rijen teruggezet, {erased_again} klanten opnieuw gewist\n"),
            Self::En => format!("{rows} rows restored, {erased_again} customers erased again\n"),
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
