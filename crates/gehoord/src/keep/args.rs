//! The arguments of the commands over what is kept.

use std::path::PathBuf;

use clap::Subcommand;
use gehoord_conversation::{Channel, Locale};
use gehoord_ingest::{ColumnMap, Format};
use gehoord_server::importing::{MOST_SOUND_DAYS, SOUND_DAYS};
use gehoord_store::Role;

use super::config::Given;
use super::dates::Moment;

/// A command over what is kept.
#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Serve people and programs: the API, live streams, and jobs in the background.
    Serve(Serve),
    /// Bring conversations in: masked, heard and kept. The same ones again change nothing.
    Import(Box<Import>),
    /// Write kept conversations (masked), or everything that is kept of one customer.
    Export(Export),
    /// Erase a customer everywhere. There is no way back. (A server that runs must be started anew to
    /// forget what it has in memory; asked itself, it forgets at once.)
    Erase(Erase),
    /// Write everything to one file. The master key is not in it.
    Backup(Backup),
    /// Read a backup into a new, empty database.
    Restore(Restore),
    /// People: add, list, change, let out.
    User {
        #[command(subcommand)]
        task: UserTask,
    },
    /// Teams: add, list.
    Team {
        #[command(subcommand)]
        task: TeamTask,
    },
    /// Who sees what, who looked, how long things are kept.
    Privacy {
        #[command(subcommand)]
        task: PrivacyTask,
    },
    /// Listen again to what was heard by an earlier version.
    ListenAgain(ListenAgain),
    /// Print the settings that are in force, and where each came from.
    Config(Settings),
}

/// A command that needs no more than to know where things are kept.
#[derive(Debug, clap::Args)]
pub(crate) struct Plain {
    #[command(flatten)]
    pub(crate) given: Given<false>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ListenAgain {
    #[command(flatten)]
    pub(crate) given: Given<false, 1>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// Serve an organisation that is made up, to look round in: three teams, eight weeks of
    /// conversations, a database of its own that is gone when it stops.
    #[arg(long)]
    pub(crate) demo: bool,
    #[command(flatten)]
    pub(crate) given: Given<true>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Settings {
    /// Print a file with every setting, to begin with.
    #[arg(long)]
    pub(crate) example: bool,
    #[command(flatten)]
    pub(crate) given: Given<true>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// Conversations and recordings, as 'gehoord listen' takes them; - is standard input.
    pub(crate) files: Vec<PathBuf>,
    /// Team that serves these customers; made when it is not there.
    #[arg(long, value_name = "NAME")]
    pub(crate) team: String,
    /// Agent who helps these customers now, by login.
    #[arg(long, value_name = "LOGIN")]
    pub(crate) agent_login: Option<String>,
    /// The conversations still go on.
    #[arg(long)]
    pub(crate) open: bool,
    /// Where they come from: names need be unique within a source only.
    #[arg(long, value_name = "NAME", default_value = "file")]
    pub(crate) source: String,
    /// With one recording: its words, in any of the formats that have times. Without it, the words of
    /// call.wav are in a file such as call.json, where that is given too; or else they are written out,
    /// with --stt-model.
    #[arg(long, value_name = "FILE")]
    pub(crate) transcript: Option<PathBuf>,
    /// Channel of a recording on which the agent speaks, 1 or 2; told by the transcript, or else 2, when absent.
    #[arg(long, value_name = "CHANNEL", value_parser = clap::value_parser!(u8).range(1..=2))]
    pub(crate) agent_channel: Option<u8>,
    /// Days, from its last turn, that the sound of a call is kept, personal data and hold silenced; 0 is not at all.
    #[arg(long, value_name = "DAYS", default_value_t = SOUND_DAYS, value_parser = clap::value_parser!(i64).range(0..=MOST_SOUND_DAYS))]
    pub(crate) keep_sound: i64,
    /// Format of the files, instead of seeing it from their contents: text, json, jsonl, vtt, srt, eml, mbox or csv.
    #[arg(long)]
    pub(crate) from: Option<Format>,
    /// Columns of a CSV file: conversation=ticket_id,party=role,text=body,party.agent=Medewerker|Agent.
    #[arg(long, value_parser = ColumnMap::parse)]
    pub(crate) map: Option<ColumnMap>,
    /// Who is the agent: a name, mail address or domain; may be given more than once.
    #[arg(long = "agent", value_name = "NAME")]
    pub(crate) agents: Vec<String>,
    /// Locale of conversations that name none, such as nl-BE.
    #[arg(long)]
    pub(crate) locale: Option<Locale>,
    /// Channel of conversations that name none: phone, email, chat, social or in_person.
    #[arg(long)]
    pub(crate) channel: Option<Channel>,
    /// How many conversations are listened to at once; as many as there are processors when absent.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// Say nothing about what was skipped or guessed while reading.
    #[arg(long)]
    pub(crate) quiet: bool,
    /// Keep conversations of customers who were erased before too; they are left out otherwise.
    #[arg(long)]
    pub(crate) erased_too: bool,
    #[command(flatten)]
    pub(crate) given: Given<false, 2>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// Everything that is kept of this customer, with what is behind the masks, as JSON.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["from", "until", "team"])]
    pub(crate) customer: Option<String>,
    /// Only conversations with a last turn on this day or later, such as 2026-03-01.
    #[arg(long, value_name = "DAY")]
    pub(crate) from: Option<Moment>,
    /// Only conversations with a last turn before this day.
    #[arg(long, value_name = "DAY")]
    pub(crate) until: Option<Moment>,
    /// Only conversations of this team.
    #[arg(long, value_name = "NAME")]
    pub(crate) team: Option<String>,
    /// How conversations are written: one in the form of 'gehoord schema input' a line.
    #[arg(long, value_parser = ["jsonl"], default_value = "jsonl")]
    pub(crate) format: String,
    /// File to write, instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) given: Given<false>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Erase {
    /// What the customer is called where the conversations come from, or their pseudonym.
    #[arg(long, value_name = "NAME")]
    pub(crate) customer: String,
    /// Why, such as 'request AVG-2026-7'; it stays with the proof. Asked for on a terminal when
    /// absent.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Do not ask whether this is meant.
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) given: Given<false>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Backup {
    /// File to write; - is standard output.
    pub(crate) file: PathBuf,
    /// Overwrite a file that is there.
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) given: Given<false>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Restore {
    /// File that 'gehoord backup' wrote.
    pub(crate) file: PathBuf,
    /// List of erased customers (erased-customers.txt) that lies elsewhere, so that they are not
    /// brought back; may be given more than once. Those in folders of files beside the database, the
    /// key and the backup are found.
    #[arg(long, value_name = "FILE")]
    pub(crate) erased: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) given: Given<false>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserTask {
    /// Add somebody. The password is asked for, or read with --password-stdin.
    Add {
        /// Name at the door.
        login: String,
        /// Name as colleagues see it, and as it stands in transcripts; the login when absent.
        #[arg(long)]
        name: Option<String>,
        /// agent, coach, manager, product_owner, privacy_officer or administrator.
        #[arg(long)]
        role: Role,
        /// Their team; made when it is not there.
        #[arg(long, value_name = "NAME")]
        team: Option<String>,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        given: Given<false>,
    },
    /// Who may come in, and as what.
    List(Plain),
    /// Set a password anew. It is asked for, or read with --password-stdin.
    Password {
        /// Name at the door.
        login: String,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        given: Given<false>,
    },
    /// Change role or team, or let somebody in again.
    Change {
        /// Name at the door.
        login: String,
        /// agent, coach, manager, product_owner, privacy_officer or administrator.
        #[arg(long)]
        role: Option<Role>,
        /// Their team; made when it is not there.
        #[arg(long, value_name = "NAME")]
        team: Option<String>,
        /// Let them in again.
        #[arg(long)]
        activate: bool,
        #[command(flatten)]
        given: Given<false>,
    },
    /// Let somebody in no more. What they did stays on record.
    Deactivate {
        /// Name at the door.
        login: String,
        #[command(flatten)]
        given: Given<false>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum TeamTask {
    /// Add a team.
    Add {
        /// Its name.
        name: String,
        /// The team above it.
        #[arg(long, value_name = "NAME")]
        parent: Option<String>,
        #[command(flatten)]
        given: Given<false>,
    },
    /// The teams, by name.
    List(Plain),
}

#[derive(Debug, Subcommand)]
pub(crate) enum PrivacyTask {
    /// What each role may do.
    Rights,
    /// Who did what, the newest first.
    Audit {
        /// From this day on, such as 2026-03-01.
        #[arg(long, value_name = "DAY")]
        from: Option<Moment>,
        /// Until this day.
        #[arg(long, value_name = "DAY")]
        until: Option<Moment>,
        /// Only of this person, by login (or operator, or machine).
        #[arg(long, value_name = "LOGIN")]
        who: Option<String>,
        /// Only about this conversation, by its id.
        #[arg(long, value_name = "ID")]
        conversation: Option<String>,
        /// So many lines at most.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..))]
        limit: i64,
        #[command(flatten)]
        given: Given<false>,
    },
    /// How long conversations are kept, and letting old ones go.
    Retention {
        #[command(subcommand)]
        task: RetentionTask,
    },
    /// Whether managers see findings about the agents of their team, and on what ground.
    NamedReview {
        #[command(subcommand)]
        task: NamedReviewTask,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum RetentionTask {
    /// The rules in force: channel, days, days of the originals. A channel without a rule is kept.
    Show(Plain),
    /// Keep conversations of a channel so long; 'run' lets go of older ones.
    Set {
        /// The channel: phone, email, chat, social or in_person.
        channel: Channel,
        /// Days after its last turn until a conversation is removed.
        #[arg(long)]
        days: i64,
        /// Days after it was closed until what is behind its masks is forgotten.
        #[arg(long, value_name = "DAYS")]
        originals_days: i64,
        /// Only say what would be removed then.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        given: Given<false>,
    },
    /// Take the rule of a channel away: its conversations are kept.
    Unset {
        /// The channel.
        channel: Channel,
        #[command(flatten)]
        given: Given<false>,
    },
    /// Remove now what the rules in force say.
    Run {
        /// Only say what would be removed.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        given: Given<false>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum NamedReviewTask {
    /// Whether it is on, and on what ground.
    Show(Plain),
    /// Switch it on. Agents see that it is on, and on what ground.
    On {
        /// Date of the data protection impact assessment, such as 2026-03-01.
        #[arg(long, value_name = "DAY")]
        assessment_date: String,
        /// Where that assessment can be found.
        #[arg(long, value_name = "REFERENCE")]
        assessment: String,
        /// Date of the works council's consent.
        #[arg(long, value_name = "DAY")]
        consent_date: String,
        /// Where that consent can be found.
        #[arg(long, value_name = "REFERENCE")]
        consent: String,
        #[command(flatten)]
        given: Given<false>,
    },
    /// Switch it off: findings about agents are theirs alone.
    Off(Plain),
}
