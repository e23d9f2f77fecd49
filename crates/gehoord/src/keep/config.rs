//! What the commands over kept conversations must know: one table of settings, from which the
//! flags, the names in the environment, the keys of the file, the help and the example are made.

use std::collections::BTreeMap;
use std::fmt;
use std::fmt::Write as _;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::builder::NonEmptyStringValueParser;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, ValueEnum};

use crate::args::Tier;

/// One thing that can be set.
struct Setting {
    /// Key in the file; the flag is the same with dashes, the environment has `GEHOORD_` before it.
    key: &'static str,
    /// What it is, in one sentence.
    help: &'static str,
    /// What holds when nobody says anything.
    default: &'static str,
    /// Only `serve` asks for it.
    serves: bool,
    /// Yes or no; the flag for no.
    no: Option<&'static str>,
    /// It may be left empty.
    optional: bool,
}

/// Everything that can be set.
const SETTINGS: [Setting; 15] = [
    Setting {
        key: "database",
        help: "Where conversations are kept: sqlite:FILE or postgres://USER@HOST/DATABASE",
        default: "sqlite:gehoord.db",
        serves: false,
        no: None,
        optional: false,
    },
    Setting {
        key: "key_file",
        help: "File with the master key, made at the first start; keep a copy elsewhere: without it \
               nobody reads what is behind the masks [default: the database's name with .key]",
        default: "gehoord.key",
        serves: false,
        no: None,
        optional: false,
    },
    Setting {
        key: "files",
        help: "Folder for files of conversations and for the list of who was erased [default: the \
               database's name with .files]",
        default: "gehoord.files",
        serves: false,
        no: None,
        optional: false,
    },
    Setting {
        key: "listen",
        help: "Address and port to serve on",
        default: "127.0.0.1:8340",
        serves: true,
        no: None,
        optional: false,
    },
    Setting {
        key: "log",
        help: "How much is logged: error, warn, info, debug or trace",
        default: "info",
        serves: true,
        no: None,
        optional: false,
    },
    Setting {
        key: "secure_cookies",
        help: "Whether browsers send their session over HTTPS only: true or false [default: false \
               on an address of this machine alone, true elsewhere]",
        default: "false",
        serves: true,
        no: Some("plain-cookies"),
        optional: false,
    },
    Setting {
        key: "language_model_url",
        help: "Address of a language model that may make suggestions for replies too (it is sent \
               masked words), such as http://127.0.0.1:8080/v1; empty: none",
        default: "",
        serves: true,
        no: None,
        optional: true,
    },
    Setting {
        key: "language_model",
        help: "Name of the model to ask for there",
        default: "default",
        serves: true,
        no: None,
        optional: false,
    },
    Setting {
        key: "language_model_key_file",
        help: "File with the key for it; empty: none is needed",
        default: "",
        serves: true,
        no: None,
        optional: true,
    },
    Setting {
        key: "language_model_timeout",
        help: "Seconds it gets to answer, 1 to 25; our own suggestions do not wait for it",
        default: "8",
        serves: true,
        no: None,
        optional: false,
    },
    Setting {
        key: "telephony_url",
        help: "Address under which telephone systems reach this server with calls that run, such as \
               wss://gehoord.example.nl; empty: none may",
        default: "",
        serves: true,
        no: None,
        optional: true,
    },
    Setting {
        key: "twilio_token_file",
        help: "File with the authentication token of the Twilio account; empty: Twilio may not come \
               in",
        default: "",
        serves: true,
        no: None,
        optional: true,
    },
    Setting {
        key: "audiohook_key_file",
        help: "File with the API key and, on the next line, the client secret of Genesys AudioHook; \
               empty: Genesys may not come in",
        default: "",
        serves: true,
        no: None,
        optional: true,
    },
    Setting {
        key: "stt_model",
        help: "File with a model for speech to text (Whisper, in the form of ggml), which writes out \
               recordings of two channels that come without a transcript; empty: none",
        default: "",
        serves: true,
        no: None,
        optional: true,
    },
    Setting {
        key: "tier",
        help: "How closely conversations are listened to: fast, by words, or deep, which hears more \
               and takes two hundred times as long for a turn",
        default: "fast",
        serves: true,
        no: None,
        optional: false,
    },
];
/// What some commands ask for too, beside what every command does: nothing, what `listen-again`
/// does, what `import` does.
const ALSO: [&[&str]; 3] = [&[], &["tier"], &["tier", "stt_model"]];

/// File that is read when it is there and no other is named.
const FILE: &str = "gehoord.toml";
/// Names the file.
const FILE_VARIABLE: &str = "GEHOORD_CONFIG";

impl Setting {
    /// Its name among the arguments of a command, which may have one that is called the same.
    fn id(&self) -> String {
        format!("settings.{}", self.key)
    }

    fn flag(&self) -> String {
        self.key.replace('_', "-")
    }

    fn variable(&self) -> String {
        format!("GEHOORD_{}", self.key.to_uppercase())
    }

    /// How the value stands in the file.
    fn written(&self, value: &str) -> String {
        match self.no {
            Some(_) => value.to_owned(),
            // What JSON escapes, TOML reads the same.
            None => serde_json::Value::from(value).to_string(),
        }
    }

    /// Its flags.
    fn add_to(&self, command: Command) -> Command {
        let arg = Arg::new(self.id())
            .long(self.flag())
            .env(self.variable())
            .hide_env_values(true)
            .help(self.help)
            .help_heading("Settings");
        let Some(no) = self.no else {
            let value = self.key.to_uppercase();
            let help = match self.help.contains("[default") || self.default.is_empty() {
                true => self.help.to_owned(),
                false => format!("{} [default: {}]", self.help, self.default),
            };
            let arg = arg.value_name(value).help(help);
            return command.arg(match self.optional {
                true => arg,
                false => arg.value_parser(NonEmptyStringValueParser::new()),
            });
        };
        let yes = arg
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .value_parser(["true", "false"])
            .value_name("true|false")
            .overrides_with(no);
        let no = Arg::new(no)
            .long(no)
            .action(ArgAction::SetTrue)
            .overrides_with(self.id())
            .help(format!("The same as --{}=false", self.flag()))
            .help_heading("Settings");
        command.arg(yes).arg(no)
    }
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The command line.
    Flag(String),
    /// The environment.
    Environment(String),
    /// The file.
    File(PathBuf),
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "--{flag}"),
            Self::Environment(variable) => f.write_str(variable),
            Self::File(file) => write!(f, "{}", file.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// What the command line and the environment say. With `SERVES` also what only `serve` asks for, with
/// `MORE` what [`ALSO`] names there.
#[derive(Debug, Default, Clone)]
pub(crate) struct Given<const SERVES: bool, const MORE: usize = 0> {
    file: Option<PathBuf>,
    values: BTreeMap<&'static str, (String, Origin)>,
}

fn settings(serves: bool, more: usize) -> impl Iterator<Item = &'static Setting> {
    let asked =
        move |setting: &&Setting| serves || !setting.serves || ALSO[more].contains(&setting.key);
    SETTINGS.iter().filter(asked)
}

impl<const SERVES: bool, const MORE: usize> clap::Args for Given<SERVES, MORE> {
    fn augment_args(command: Command) -> Command {
        let file = Arg::new("config")
            .long("config")
            .env(FILE_VARIABLE)
            .hide_env_values(true)
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .help("File with these settings [default: gehoord.toml, when it is there]")
            .help_heading("Settings");
        settings(SERVES, MORE).fold(command.arg(file), |command, setting| setting.add_to(command))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<const SERVES: bool, const MORE: usize> clap::FromArgMatches for Given<SERVES, MORE> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut given = Self { file: matches.get_one("config").cloned(), ..Self::default() };
        for setting in settings(SERVES, MORE) {
            let no = setting.no.filter(|no| matches.get_flag(no));
            let value = match no {
                Some(no) => Some(("false".to_owned(), Origin::Flag(no.to_owned()))),
                None => matches.get_one::<String>(&setting.id()).map(|value| {
                    let origin = match matches.value_source(&setting.id()) {
                        Some(ValueSource::EnvVariable) => Origin::Environment(setting.variable()),
                        _ => Origin::Flag(setting.flag()),
                    };
                    (value.clone(), origin)
                }),
            };
            given.values.extend(value.map(|value| (setting.key, value)));
        }
        Ok(given)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// What is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Config {
    values: BTreeMap<&'static str, (String, Origin)>,
}

impl Config {
    /// What the command line, the environment, the file and the defaults come to, in that order.
    ///
    /// # Errors
    /// When the file cannot be read, holds a key that is not known, or a value cannot be.
    pub(crate) fn of<const SERVES: bool, const MORE: usize>(
        given: &Given<SERVES, MORE>,
    ) -> Result<Self> {
        let file = match &given.file {
            Some(file) => Some(file.clone()),
            None => Some(PathBuf::from(FILE)).filter(|file| file.exists()),
        };
        let mut values = BTreeMap::new();
        if let Some(file) = file {
            let text = std::fs::read_to_string(&file)
                .with_context(|| format!("cannot read the settings in {}", file.display()))?;
            for (key, value) in read(&text).with_context(|| file.display().to_string())? {
                values.insert(key, (value, Origin::File(file.clone())));
            }
        }
        values.extend(given.values.clone());
        let mut config = Self { values };
        config.fill();
        config.check()?;
        Ok(config)
    }

    /// The same, with everything that is kept in a folder.
    pub(crate) fn within(mut self, folder: &Path) -> Self {
        let file = |name: &str| folder.join(name).display().to_string();
        let kept = [
            ("database", format!("sqlite:{}", file("gehoord.db"))),
            ("key_file", file("gehoord.key")),
            ("files", file("gehoord.files")),
        ];
        self.values
            .extend(kept.map(|(key, value)| (key, (value, Origin::Flag("demo".to_owned())))));
        self
    }

    fn fill(&mut self) {
        for setting in &SETTINGS {
            let default = match setting.key {
                "key_file" => self.beside_database("key"),
                "files" => self.beside_database("files"),
                "secure_cookies" => None,
                _ => Some(setting.default.to_owned()),
            };
            let default = default.unwrap_or_else(|| match setting.key {
                "secure_cookies" => (!self.on_this_machine_alone()).to_string(),
                _ => setting.default.to_owned(),
            });
            self.values.entry(setting.key).or_insert((default, Origin::Default));
        }
    }

    fn beside_database(&self, extension: &str) -> Option<String> {
        let file = gehoord_store::sqlite_file(self.database())?;
        Some(file.with_extension(extension).display().to_string())
    }

    fn check(&self) -> Result<()> {
        let address = self.listen();
        if address.is_err() {
            let (value, origin) = &self.values["listen"];
            bail!(
                "listen ({origin}): '{value}' is no address to serve on, such as 127.0.0.1:8340 or \
                 0.0.0.0:8340"
            );
        }
        let (value, origin) = &self.values["secure_cookies"];
        if value.parse::<bool>().is_err() {
            bail!("secure_cookies ({origin}): '{value}' is neither true nor false");
        }
        let (value, origin) = &self.values["language_model_timeout"];
        if self.language_model_timeout().is_none() {
            bail!("language_model_timeout ({origin}): '{value}' is no number of seconds, 1 to 25");
        }
        let (value, origin) = &self.values["tier"];
        if Tier::from_str(value, false).is_err() {
            bail!("tier ({origin}): '{value}' is neither fast nor deep");
        }
        Ok(())
    }

    fn value(&self, key: &str) -> &str {
        self.values.get(key).map_or("", |(value, _)| value)
    }

    /// Where conversations are kept.
    pub(crate) fn database(&self) -> &str {
        self.value("database")
    }

    /// File with the master key.
    pub(crate) fn key_file(&self) -> &Path {
        Path::new(self.value("key_file"))
    }

    /// Folder for files of conversations.
    pub(crate) fn files(&self) -> &Path {
        Path::new(self.value("files"))
    }

    /// Address to serve on.
    pub(crate) fn listen(&self) -> Result<SocketAddr> {
        let mut found = self.value("listen").to_socket_addrs()?;
        found.next().context("no address of that name")
    }

    /// How closely conversations are listened to.
    pub(crate) fn tier(&self) -> Tier {
        Tier::from_str(self.value("tier"), false).unwrap_or_default()
    }

    /// How much is logged.
    pub(crate) fn log(&self) -> &str {
        self.value("log")
    }

    /// Whether browsers send their session over HTTPS only.
    pub(crate) fn secure_cookies(&self) -> bool {
        self.value("secure_cookies") == "true"
    }

    /// Where a language model is; none: there is none.
    pub(crate) fn language_model_url(&self) -> Option<&str> {
        Some(self.value("language_model_url")).filter(|url| !url.is_empty())
    }

    /// Name of the model.
    pub(crate) fn language_model(&self) -> &str {
        self.value("language_model")
    }

    /// File with its key.
    pub(crate) fn language_model_key_file(&self) -> Option<&Path> {
        Some(self.value("language_model_key_file")).filter(|file| !file.is_empty()).map(Path::new)
    }

    /// It gets so long to answer; none: what was given is no such number. An answer of the server
    /// takes 30 seconds at most.
    pub(crate) fn language_model_timeout(&self) -> Option<Duration> {
        let seconds: u64 = self.value("language_model_timeout").parse().ok()?;
        (1..=25).contains(&seconds).then(|| Duration::from_secs(seconds))
    }

    /// Where telephone systems reach this server; none: they may not.
    pub(crate) fn telephony_url(&self) -> Option<&str> {
        Some(self.value("telephony_url")).filter(|url| !url.is_empty())
    }

    /// The file that a setting names, such as one with a key.
    pub(crate) fn file(&self, key: &'static str) -> Option<&Path> {
        Some(self.value(key)).filter(|file| !file.is_empty()).map(Path::new)
    }

    /// Nobody but who works on this machine can reach the address.
    fn on_this_machine_alone(&self) -> bool {
        self.listen().is_ok_and(|address| address.ip().is_loopback())
    }

    /// What is in force and where each value came from, as a file that says the same. Without the
    /// password of the database.
    pub(crate) fn printed(&self) -> String {
        let mut out = String::new();
        for setting in &SETTINGS {
            let Some((value, origin)) = self.values.get(setting.key) else { continue };
            let value = match setting.key {
                "database" => gehoord_store::without_password(value),
                _ => value.clone(),
            };
            let _ = writeln!(out, "{} = {}  # {origin}", setting.key, setting.written(&value));
        }
        out
    }
}

/// A file with every setting at its default, and what each means.
pub(crate) fn example() -> String {
    let mut out = format!("# {FILE}: read where gehoord is started, or named by --config.\n");
    for setting in &SETTINGS {
        let help = setting.help.split(" [default").next().unwrap_or_default();
        let _ = write!(
            out,
            "\n# {help}.\n# (--{}, {})\n{} = {}\n",
            setting.flag(),
            setting.variable(),
            setting.key,
            setting.written(setting.default)
        );
    }
    out
}

/// The settings of a file.
fn read(text: &str) -> Result<Vec<(&'static str, String)>> {
    let table: toml::Table = text.parse()?;
    let mut values = Vec::with_capacity(table.len());
    for (key, value) in table {
        let Some(setting) = SETTINGS.iter().find(|setting| setting.key == key) else {
            let known: Vec<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
            bail!("'{key}' is no setting; expected one of: {}", known.join(", "));
        };
        let value = match (value, setting.no) {
            (toml::Value::String(text), None) if setting.optional || !text.is_empty() => text,
            (toml::Value::Boolean(yes), Some(_)) => yes.to_string(),
            (_, None) => bail!("{key} must be a text, such as {key} = \"{}\"", setting.default),
            (_, Some(_)) => bail!("{key} must be true or false"),
        };
        values.push((setting.key, value));
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, FromArgMatches as _};

    use super::*;

    fn given(args: &[&str]) -> Given<true> {
        let command = Given::<true>::augment_args(Command::new("x").no_binary_name(true));
        Given::from_arg_matches(&command.get_matches_from(args)).unwrap()
    }

    #[test]
    fn the_example_sets_every_setting_to_its_default() {
        let values = read(&example()).unwrap();
        assert_eq!(values.len(), SETTINGS.len());
        let mut from_file = Config { values: BTreeMap::new() };
        for (key, value) in values {
            from_file.values.insert(key, (value, Origin::Default));
        }
        let mut nothing = Config { values: BTreeMap::new() };
        nothing.fill();
        assert_eq!(from_file, nothing);
    }

    #[test]
    fn help_example_and_documentation_say_the_same() {
        let readme = include_str!("../../../../README.md");
        assert!(readme.contains(&example()), "bring README.md up to date:\n{}", example());
        let help = Given::<true>::augment_args(Command::new("x")).render_long_help().to_string();
        for setting in &SETTINGS {
            for word in [format!("--{}", setting.flag()), setting.variable()] {
                assert!(help.contains(&word), "'{word}' is missing in:\n{help}");
            }
        }
    }

    #[test]
    fn a_later_flag_takes_the_place_of_an_earlier_one() {
        let value = |args: &[&str]| given(args).values["secure_cookies"].0.clone();
        assert_eq!(value(&["--secure-cookies"]), "true");
        assert_eq!(value(&["--secure-cookies", "--plain-cookies"]), "false");
        assert_eq!(value(&["--plain-cookies", "--secure-cookies"]), "true");
    }

    #[test]
    fn cookies_are_plain_only_where_nobody_else_can_listen_along() {
        for (address, secure) in [("127.0.0.1:1", false), ("[::1]:1", false), ("0.0.0.0:1", true)] {
            let config = Config::of(&given(&["--listen", address])).unwrap();
            assert_eq!(config.secure_cookies(), secure, "{address}");
        }
        let config = Config::of(&given(&["--listen", "0.0.0.0:1", "--plain-cookies"])).unwrap();
        assert!(!config.secure_cookies());
    }

    #[test]
    fn a_language_model_is_off_until_somebody_connects_one() {
        let config = Config::of(&given(&[])).unwrap();
        assert_eq!((config.language_model_url(), config.language_model_key_file()), (None, None));
        let config = Config::of(&given(&["--language-model-url", ""])).unwrap();
        assert_eq!(config.language_model_url(), None);
        let url = "http://127.0.0.1:8080/v1";
        let args = ["--language-model-url", url, "--language-model-timeout", "3"];
        let config = Config::of(&given(&args)).unwrap();
        assert_eq!(config.language_model_url(), Some(url));
        assert_eq!(config.language_model_timeout(), Some(Duration::from_secs(3)));
        for wrong in ["0", "26", "acht", "1.5"] {
            let error = Config::of(&given(&["--language-model-timeout", wrong])).unwrap_err();
            assert!(error.to_string().contains("seconds, 1 to 25"), "{error}");
        }
    }

    #[test]
    fn no_telephone_system_may_come_in_until_somebody_connects_one() {
        let config = Config::of(&given(&[])).unwrap();
        assert_eq!((config.telephony_url(), config.file("twilio_token_file")), (None, None));
        let url = "wss://gehoord.example.nl";
        let args = ["--telephony-url", url, "--twilio-token-file", "/a/token"];
        let config = Config::of(&given(&args)).unwrap();
        assert_eq!(config.telephony_url(), Some(url));
        assert_eq!(config.file("twilio_token_file"), Some(Path::new("/a/token")));
    }

    #[test]
    fn a_model_for_speech_to_text_is_for_who_serves_and_who_imports() {
        let config = Config::of(&given(&["--stt-model", "/a/ggml-base.bin"])).unwrap();
        assert_eq!(config.file("stt_model"), Some(Path::new("/a/ggml-base.bin")));
        assert_eq!(Config::of(&given(&["--stt-model", ""])).unwrap().file("stt_model"), None);
        let help = |mut command: Command| command.render_long_help().to_string();
        let import = help(Given::<false, 2>::augment_args(Command::new("x")));
        assert!(import.contains("--stt-model") && import.contains("GEHOORD_STT_MODEL"));
        assert!(!import.contains("--listen"), "{import}");
        assert!(!help(Given::<false>::augment_args(Command::new("x"))).contains("--stt-model"));
    }

    #[test]
    fn how_closely_one_listens_is_for_who_serves_imports_and_listens_again() {
        assert_eq!(Config::of(&given(&[])).unwrap().tier(), Tier::Fast);
        assert_eq!(Config::of(&given(&["--tier", "deep"])).unwrap().tier(), Tier::Deep);
        let error = Config::of(&given(&["--tier", "deeper"])).unwrap_err().to_string();
        assert_eq!(error, "tier (--tier): 'deeper' is neither fast nor deep");
        let help = |mut command: Command| command.render_long_help().to_string();
        let again = help(Given::<false, 1>::augment_args(Command::new("x")));
        assert!(again.contains("--tier") && !again.contains("--stt-model"), "{again}");
        assert!(help(Given::<false, 2>::augment_args(Command::new("x"))).contains("--tier"));
        assert!(!help(Given::<false>::augment_args(Command::new("x"))).contains("--tier"));
    }

    #[test]
    fn key_and_files_lie_beside_the_database() {
        let config = Config::of(&given(&["--database", "sqlite:/a/b.db"])).unwrap();
        assert_eq!(config.key_file(), Path::new("/a/b.key"));
        assert_eq!(config.files(), Path::new("/a/b.files"));
        let config = Config::of(&given(&["--database", "postgres://jan:geheim@h/d"])).unwrap();
        assert_eq!(config.key_file(), Path::new("gehoord.key"));
        assert!(!config.printed().contains("geheim"), "{}", config.printed());
    }

    #[test]
    fn a_wrong_file_says_what_is_wrong() {
        for (text, words) in [
            ("databse = \"x\"", "'databse' is no setting; expected one of: database, key_file"),
            ("listen = 8340", "listen must be a text"),
            ("secure_cookies = \"ja\"", "secure_cookies must be true or false"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
