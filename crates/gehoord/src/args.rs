//! The arguments.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use gehoord_conversation::{Channel, Locale};
use gehoord_ingest::{ColumnMap, Format};
use gehoord_listening::{ListenError, Listener};

use crate::ui::Ui;

/// Was this customer heard? Empathic listening in customer contact, on your own machine.
#[derive(Debug, Parser)]
#[command(name = "gehoord", version, about, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) task: Task,

    /// Language of what is printed; follows LANG when absent.
    #[arg(long, global = true, value_enum)]
    ui: Option<Ui>,
}

impl Args {
    /// Language of what is printed.
    pub(crate) fn ui(&self) -> Ui {
        self.ui.unwrap_or_else(|| {
            let lang = ["LC_ALL", "LC_MESSAGES", "LANG"]
                .iter()
                .find_map(|key| std::env::var(key).ok().filter(|value| !value.is_empty()));
            Ui::of_lang(lang.as_deref())
        })
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Listen to conversations: what the customer felt and needed, how the agent listened.
    Listen(Listen),
    /// Check a reply before it is sent.
    Check(Check),
    /// Explain a label: what it means, how it sounds, where that comes from.
    Explain {
        /// The label, such as but_clause; all labels when absent.
        label: Option<String>,
    },
    /// Put masks such as [naam-1] in the place of personal data, line by line.
    Mask(Mask),
    /// Learn an organisation's own labels from labelled conversations.
    Learn(Learn),
    /// Measure how well it listens, on labelled conversations.
    Bench(Bench),
    #[command(flatten)]
    Keep(crate::keep::Task),
    /// Print the JSON Schema of a contract.
    Schema {
        /// Which contract.
        #[arg(value_enum)]
        contract: Contract,
    },
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: Shell,
    },
}

/// A JSON contract.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Contract {
    /// A conversation, as read.
    Input,
    /// A report, as written.
    Report,
    /// What is written about a recording.
    Call,
}

/// How reports are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Reports {
    /// For people.
    Text,
    /// Indented JSON: one object, or an array of them.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// For people: a file to open in a browser or print, that asks for nothing from anywhere.
    Html,
}

/// How the report of one reply is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people.
    Text,
    /// Indented JSON: one object, or an array of them.
    Json,
    /// One JSON object a line.
    Jsonl,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Listen {
    /// Conversations: text with speakers, JSON, JSONL, WebVTT, SRT, e-mail (.eml, .mbox), CSV, workbooks (.xlsx), WhatsApp, Twitter (CSV), ConvoKit (utterances.jsonl), WhisperX, Amazon Contact Lens; recordings of calls (WAV, MP3, FLAC, Ogg Vorbis, M4A, raw G.711 as .ulaw or .alaw); - is standard input.
    pub(crate) files: Vec<PathBuf>,
    /// How the reports are written.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Reports,
    /// Locale of conversations that name none, such as nl-BE.
    #[arg(long)]
    pub(crate) locale: Option<Locale>,
    /// Channel of conversations that name none: phone, email, chat, social or in_person.
    #[arg(long)]
    pub(crate) channel: Option<Channel>,
    /// Format of the files, instead of seeing it from their contents: text, json, jsonl, vtt, srt, eml, mbox, csv, whatsapp, twitter, convokit, xlsx, whisperx or contactlens.
    #[arg(long)]
    pub(crate) from: Option<Format>,
    /// Columns of a CSV file or a workbook: conversation=ticket_id,party=role,text=body,party.agent=Medewerker|Agent; sheet=NAME for another sheet than the first.
    #[arg(long, value_parser = ColumnMap::parse)]
    pub(crate) map: Option<ColumnMap>,
    /// Who is the agent: a name, mail address or domain; may be given more than once.
    #[arg(long = "agent", value_name = "NAME")]
    pub(crate) agents: Vec<String>,
    /// Channel of a recording on which the agent speaks, 1 or 2; told by the transcript, or else 2, when absent.
    #[arg(long, value_name = "CHANNEL", value_parser = clap::value_parser!(u8).range(1..=2))]
    pub(crate) agent_channel: Option<u8>,
    /// With one recording: its words, in any of the formats that have times.
    #[arg(long, value_name = "FILE")]
    pub(crate) transcript: Option<PathBuf>,
    /// Speech to text for recordings, with this model: a Whisper model in the form of ggml, such as scripts/speech-model gets. Without --locale it guesses the language.
    #[arg(long, value_name = "MODEL", conflicts_with = "transcript")]
    pub(crate) stt_model: Option<PathBuf>,
    /// With --stt-model and one recording: keep its words in this file (WhisperX JSON, for --transcript and 'gehoord import'); what was interrupted goes on where it was.
    #[arg(long, value_name = "FILE", requires = "stt_model")]
    pub(crate) save_transcript: Option<PathBuf>,
    /// Folder for one report file for each input file, instead of standard output; with --format html for one of each conversation, and a list of contents where an input file has several.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// With --out: skip files whose report is there already and whole. A file in which something failed (FILE.problems beside its report says what) is done again.
    #[arg(long, requires = "out")]
    pub(crate) resume: bool,
    /// How many conversations are listened to at once; as many as there are processors when absent.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// Show the sum behind the verdict.
    #[arg(long)]
    pub(crate) why: bool,
    /// Say nothing about what was skipped or guessed while reading.
    #[arg(long)]
    pub(crate) quiet: bool,
    /// A model from 'gehoord learn'; its answers come as "heads". It was learned on the fast tier.
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    /// How closely it listens: fast by words, or deep, which hears more and takes two hundred times as long.
    #[arg(long, value_enum, default_value = "fast")]
    pub(crate) tier: Tier,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Learn {
    /// Labelled conversations (JSON or JSONL with "gold"; see 'gehoord schema input'); - is standard input.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Where the model goes.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// How the results are written.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Figures,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Bench {
    /// Labelled conversations (JSON or JSONL with "gold" or ranked "replies"); - is standard input.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// A model from 'gehoord learn', to measure its heads too.
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    /// How closely it listens: fast by words, or deep, which hears more and takes two hundred times as long.
    #[arg(long, value_enum, default_value = "fast")]
    pub(crate) tier: Tier,
    /// How the figures are written.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Figures,
}

/// How closely it listens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tier {
    /// By words.
    #[default]
    Fast,
    /// By words, and by a small transformer that hears each word in the light of the others.
    Deep,
}

impl Tier {
    /// The listener that ships, listening so closely.
    pub(crate) fn listener(self) -> Result<Listener, ListenError> {
        let listener = Listener::embedded()?;
        Ok(if self == Self::Deep { listener.deeper() } else { listener })
    }
}

/// How figures are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Figures {
    /// For people.
    Text,
    /// One JSON object.
    Json,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Mask {
    /// Text; - is standard input.
    #[arg(default_value = "-")]
    pub(crate) file: PathBuf,
    /// How the masked text is written.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: MaskedAs,
    /// Locale of the text, such as nl-BE; guessed from each line when absent.
    #[arg(long)]
    pub(crate) locale: Option<Locale>,
}

/// How masked text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MaskedAs {
    /// The masked text, line by line.
    Text,
    /// One JSON object a line: the masked text, and what was masked where in the line as it was:
    /// bytes of the line as UTF-8, also when the file is UTF-16.
    Json,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// What the customer said.
    #[arg(long, required_unless_present = "customer_file", conflicts_with = "customer_file")]
    pub(crate) customer: Option<String>,
    /// File with what the customer said; - is standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) customer_file: Option<PathBuf>,
    /// The reply.
    #[arg(long, required_unless_present = "reply_file", conflicts_with = "reply_file")]
    pub(crate) reply: Option<String>,
    /// File with the reply; - is standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) reply_file: Option<PathBuf>,
    /// How the result is written.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Output,
    /// Locale; guessed from the words when absent.
    #[arg(long)]
    pub(crate) locale: Option<Locale>,
    /// Channel.
    #[arg(long, default_value = "chat")]
    pub(crate) channel: Channel,
    /// A model from 'gehoord learn'; its answers come as "heads". It was learned on the fast tier.
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    /// How closely it listens: fast by words, or deep, which hears more and takes two hundred times as long.
    #[arg(long, value_enum, default_value = "fast")]
    pub(crate) tier: Tier,
    /// Show the sum behind the verdict.
    #[arg(long)]
    pub(crate) why: bool,
}
