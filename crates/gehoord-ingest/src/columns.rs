//! Which column of a table means what: by the caller's map, or by the usual names.

use crate::item::{Note, Problem, clip};
use crate::options::{ColumnMap, FIELDS};

/// The usual names of columns, in lower case without blanks and marks; the first that is there
/// counts.
const USUAL: &[(&str, &[&str])] = &[
    (
        "conversation",
        &[
            "conversation",
            "conversationid",
            "convid",
            "gesprek",
            "gespreksid",
            "gesprekid",
            "gespreksnummer",
            "gespreksnr",
            "ticket",
            "ticketid",
            "ticketnummer",
            "ticketnr",
            "ticketnumber",
            "case",
            "caseid",
            "casenumber",
            "zaak",
            "zaakid",
            "zaaknummer",
            "zaaknr",
            "dossier",
            "dossiernummer",
            "dossiernr",
            "thread",
            "threadid",
            "chat",
            "chatid",
            "call",
            "callid",
            "session",
            "sessionid",
            "sessie",
            "sessieid",
            "contactid",
            "interactionid",
            "dialogueid",
            "dialogid",
            "melding",
            "meldingsnummer",
        ],
    ),
    (
        "party",
        &[
            "party",
            "partij",
            "role",
            "rol",
            "authortype",
            "sendertype",
            "afzendertype",
            "participantrole",
            "participant",
            "speakertype",
            "usertype",
            "fromtype",
            "wie",
            "who",
            "direction",
            "richting",
            "inbound",
            "messagetype",
        ],
    ),
    (
        "text",
        &[
            "text",
            "tekst",
            "body",
            "message",
            "bericht",
            "content",
            "inhoud",
            "utterance",
            "comment",
            "transcript",
            "messagetext",
            "berichttekst",
            "messagebody",
            "plainbody",
            "uiting",
        ],
    ),
    (
        "at",
        &[
            "at",
            "timestamp",
            "tijdstip",
            "moment",
            "datetime",
            "datumtijd",
            "createdat",
            "created",
            "sentat",
            "verzonden",
            "verzondenop",
            "aangemaakt",
            "aangemaaktop",
            "messagetime",
            "date",
            "datum",
            "time",
            "tijd",
        ],
    ),
    (
        "speaker",
        &[
            "speaker",
            "spreker",
            "sender",
            "afzender",
            "author",
            "auteur",
            "agentname",
            "name",
            "naam",
            "medewerkernaam",
            "username",
            "fromname",
            "from",
            "van",
            "authorid",
            "agent",
            "medewerker",
        ],
    ),
    (
        "customer",
        &["customer", "customerid", "klant", "klantid", "klantnummer", "clientid", "requesterid"],
    ),
    ("team", &["team", "group", "groep", "queue", "wachtrij", "afdeling", "department"]),
    ("subject", &["subject", "onderwerp", "title", "titel", "betreft"]),
    ("channel", &["channel", "kanaal", "medium", "via"]),
    ("locale", &["locale", "taal", "language", "lang"]),
    ("external_id", &["externalid", "messageid", "berichtid", "commentid", "tweetid", "id"]),
];

/// Where the fields of a turn stand in a row.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    /// The names, as they stand.
    pub(crate) names: Vec<String>,
    fields: Vec<(&'static str, usize)>,
    /// The time of day, where it stands apart from the date.
    pub(crate) time_of_day: Option<usize>,
}

impl Columns {
    /// Finds the columns by the caller's map and, for what it does not name, by the usual names.
    pub(crate) fn find(
        names: Vec<String>,
        map: Option<&ColumnMap>,
        line: usize,
    ) -> Result<Self, Problem> {
        let columns = Self::known(names, map, line)?;
        if columns.at("text").is_none() {
            return Err(columns.missing("text", line));
        }
        if columns.at("party").is_none() && columns.at("speaker").is_none() {
            return Err(columns.missing("party", line));
        }
        Ok(columns)
    }

    /// The same where columns that are needed may still be missing.
    pub(crate) fn known(
        names: Vec<String>,
        map: Option<&ColumnMap>,
        line: usize,
    ) -> Result<Self, Problem> {
        let mut columns = Self { names, ..Self::default() };
        let usual: Vec<String> = columns.names.iter().map(|name| usual_form(name)).collect();
        for field in FIELDS {
            if let Some(given) = map.and_then(|map| map.columns.get(field)) {
                let same = |name: &String| name.trim().eq_ignore_ascii_case(given);
                match columns.names.iter().position(same) {
                    Some(at) => columns.fields.push((field, at)),
                    None => return Err(columns.missing(given, line)),
                }
            }
        }
        let usual_names = if map.is_some_and(|map| map.only) { &[] } else { USUAL };
        for (field, known) in usual_names {
            let free = |at: &usize| columns.fields.iter().all(|(_, taken)| taken != at);
            let find = |known: &&str| usual.iter().position(|name| name == known).filter(free);
            if columns.at(field).is_none()
                && let Some(at) = known.iter().find_map(find)
            {
                columns.fields.push((field, at));
            }
        }
        let is = |at: usize, names: [&str; 2]| names.contains(&usual[at].as_str());
        if columns.at("at").is_some_and(|at| is(at, ["date", "datum"])) {
            columns.time_of_day = (0..usual.len()).find(|at| is(*at, ["time", "tijd"]));
        }
        Ok(columns)
    }

    /// Where a field stands.
    pub(crate) fn at(&self, field: &str) -> Option<usize> {
        self.fields.iter().find(|(known, _)| *known == field).map(|(_, at)| *at)
    }

    /// Which field stands in a column.
    pub(crate) fn field_of(&self, at: usize) -> Option<&'static str> {
        self.fields.iter().find(|(_, taken)| *taken == at).map(|(field, _)| *field)
    }

    /// The columns that are no field; they are kept with the turn.
    pub(crate) fn others(&self) -> impl Iterator<Item = usize> {
        (0..self.names.len()).filter(|at| {
            self.time_of_day != Some(*at) && self.fields.iter().all(|(_, taken)| taken != at)
        })
    }

    /// What was taken for what without being told so.
    pub(crate) fn guessed(&self, map: Option<&ColumnMap>) -> Option<Note> {
        let given = |field: &str| map.is_some_and(|map| map.columns.contains_key(field));
        let guessed = self.fields.iter().filter(|(field, at)| {
            !given(field) && !self.names[*at].trim().eq_ignore_ascii_case(field)
        });
        let shown: Vec<String> = guessed
            .map(|(field, at)| format!("{field}={}", clip(self.names[*at].trim())))
            .collect();
        (!shown.is_empty()).then(|| {
            let shown = shown.join(",");
            Note::guessed(format!("the columns were taken as {shown}; use --map to say otherwise"))
        })
    }

    fn missing(&self, what: &str, line: usize) -> Problem {
        let shown = self.names.iter().take(30).map(|name| clip(name.trim()));
        let shown = shown.collect::<Vec<_>>().join(", ");
        let what = clip(what);
        let message = format!(
            "no column '{what}'; the columns are: {shown}; say what they mean, for instance \
             --map conversation=…,party=…,text=…,at=…,party.agent=Medewerker|Agent"
        );
        Problem::new(line, "missing_column", message)
    }
}

/// A name in lower case without blanks and marks.
pub(crate) fn usual_form(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether these names are those of a table of turns.
pub(crate) fn are_usual(names: Vec<String>) -> bool {
    let found = Columns::find(names, None, 1);
    found.is_ok_and(|columns| columns.names.len() >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        text.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn usual_names_are_known_in_dutch_and_english() {
        let columns = Columns::find(names("Ticket ID,Rol,Bericht,Datum,Tijd,Prioriteit"), None, 1);
        let columns = columns.unwrap();
        assert_eq!(columns.at("conversation"), Some(0));
        assert_eq!(columns.at("party"), Some(1));
        assert_eq!(columns.at("text"), Some(2));
        assert_eq!((columns.at("at"), columns.time_of_day), (Some(3), Some(4)));
        assert_eq!(columns.others().collect::<Vec<_>>(), [5]);
        assert!(columns.guessed(None).unwrap().message.contains("party=Rol"));
    }

    #[test]
    fn the_map_goes_before_the_usual_names() {
        let map = ColumnMap::parse("text=Body 2,party=wie").unwrap();
        let columns = Columns::find(names("body,body 2,wie"), Some(&map), 1).unwrap();
        assert_eq!(columns.at("text"), Some(1));
    }

    #[test]
    fn a_missing_column_lists_those_that_are_there() {
        for (header, map) in [("a,b", ""), ("text,b", ""), ("role,text", "party=rolletje")] {
            let map = ColumnMap::parse(map).unwrap();
            let problem = Columns::find(names(header), Some(&map), 1).unwrap_err();
            assert_eq!(problem.code, "missing_column");
            let listed = header.replace(',', ", ");
            assert!(problem.message.contains(&format!("the columns are: {listed}")), "{problem}");
            assert!(problem.message.contains("--map"));
        }
    }
}
