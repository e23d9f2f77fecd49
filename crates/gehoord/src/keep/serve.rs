//! `gehoord serve`.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail, ensure};
use gehoord_ingest::pseudonym::Pseudonymiser;
use gehoord_server::language_model::{Endpoint, LanguageModel};
use gehoord_server::{App, SpeechModel, SpeechToText, Telephony, first_start, serve, telemetry};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::args::Serve;
use super::config::Config;
use super::demo;
use super::opened::Opened;
use super::stop;
use crate::transcription::{self, Loaded};
use crate::ui::Ui;
use crate::{GOOD, show};

pub(crate) fn run(task: &Serve, runtime: &Runtime, ui: Ui) -> Result<u8> {
    let mut config = Config::of(&task.given)?;
    telemetry::start_log(config.log())
        .map_err(|error| anyhow!("log: '{}' is no level: {error}", config.log()))?;
    runtime.block_on(async {
        // Before anything is made: a first start that fails here may be done again.
        let socket = bind(&config).await?;
        let address = socket.local_addr().context("cannot tell the address")?;
        let folder = if task.demo { Some(demo::folder(address.port())?) } else { None };
        if let Some(folder) = &folder {
            config = config.within(folder);
        }
        // Told before anything is made.
        language_model(&config)?;
        telephony(&config)?;
        let opened = Opened::new(&config).await?;
        let app = app(&opened, &config)?;
        app.follow_decisions().await?;
        let url = format!("http://{address}");
        let mut out = ui.serves(&url, !config.secure_cookies());
        let speech_to_text = speech_to_text(&config);
        if let Some(why) = speech_to_text.trouble() {
            out += &ui.no_speech_to_text(why);
        }
        let app = app.with_speech_to_text(speech_to_text);
        let app = if task.demo {
            let logins = demo::fill(&app).await?;
            out += &ui.demo(&logins.people, &logins.password);
            app.with_demo()
        } else {
            if let Some(first) = first_start(&app).await? {
                out += &ui.first_administrator(&first.login, &first.password);
                out += &ui.keep_the_key(&config.key_file().display().to_string());
            }
            app
        };
        show::print(&out)?;
        let served = serve(app, socket, stop::asked()).await.context("cannot serve");
        if let Some(folder) = folder {
            demo::clear(&folder);
        }
        served.map(|()| GOOD)
    })
}

/// The server over what is kept.
pub(crate) fn app(opened: &Opened, config: &Config) -> Result<App> {
    let listener = Arc::new(config.tier().listener()?);
    let app = App::new(opened.store.clone(), listener, Arc::new(Pseudonymiser::embedded()));
    let app = if config.secure_cookies() { app } else { app.with_plain_cookies() };
    let app = match language_model(config)? {
        Some(model) => app.with_language_model(model),
        None => app,
    };
    Ok(match telephony(config)? {
        Some(telephony) => app.with_telephony(telephony),
        None => app,
    })
}

/// What writes out speech. A model that cannot be used keeps nothing else from working.
fn speech_to_text(config: &Config) -> SpeechToText {
    let file = config.file("stt_model").map(Path::to_owned);
    if !transcription::BUILT {
        return SpeechToText::NotBuilt(file);
    }
    let Some(file) = file else { return SpeechToText::Off };
    // The others answer meanwhile.
    let threads = std::thread::available_parallelism().map_or(1, usize::from).div_ceil(2);
    match transcription::load(&file, threads) {
        Ok(Loaded { transcriber, size, bytes }) => {
            SpeechToText::On(Arc::new(SpeechModel::new(transcriber, &file, bytes, Some(size))))
        }
        Err(error) => SpeechToText::Broken { file, why: format!("{error:#}") },
    }
}

/// The telephone systems that an administrator connected.
fn telephony(config: &Config) -> Result<Option<Telephony>> {
    let lines = |key: &'static str| -> Result<Option<Vec<String>>> {
        let Some(file) = config.file(key) else { return Ok(None) };
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("{key}: cannot read {}", file.display()))?;
        Ok(Some(text.lines().map(|line| line.trim().to_owned()).collect()))
    };
    let (twilio, audiohook) = (lines("twilio_token_file")?, lines("audiohook_key_file")?);
    let Some(url) = config.telephony_url() else {
        ensure!(
            twilio.is_none() && audiohook.is_none(),
            "telephony_url: say under which address telephone systems reach this server, such as \
             wss://gehoord.example.nl; what they sign holds it"
        );
        return Ok(None);
    };
    ensure!(
        twilio.is_some() || audiohook.is_some(),
        "telephony_url: nobody may come in there; name twilio_token_file or audiohook_key_file too"
    );
    let mut telephony = Telephony::new(url).map_err(|why| anyhow!("telephony_url: {why}"))?;
    if let Some(lines) = twilio {
        let [token] = lines.as_slice() else {
            bail!("twilio_token_file: it must hold the token on one line, and nothing else");
        };
        ensure!(!token.is_empty(), "twilio_token_file: the token is empty");
        telephony = telephony.with_twilio(token);
    }
    if let Some(lines) = audiohook {
        let [key, secret] = lines.as_slice() else {
            bail!(
                "audiohook_key_file: it must hold the API key and the client secret, a line each"
            );
        };
        ensure!(!key.is_empty(), "audiohook_key_file: the API key is empty");
        let with = telephony.with_audiohook(key, secret);
        telephony = with.map_err(|why| anyhow!("audiohook_key_file: {why}"))?;
    }
    Ok(Some(telephony))
}

/// The language model that an administrator connected.
fn language_model(config: &Config) -> Result<Option<LanguageModel>> {
    let Some(url) = config.language_model_url() else { return Ok(None) };
    let key = match config.language_model_key_file() {
        Some(file) => {
            let key = std::fs::read_to_string(file).with_context(|| {
                format!("language_model_key_file: cannot read {}", file.display())
            })?;
            let key = key.trim().to_owned();
            ensure!(
                !key.is_empty() && key.chars().all(|c| c.is_ascii_graphic()),
                "language_model_key_file: {} must hold the key on one line, and nothing else",
                file.display()
            );
            Some(key)
        }
        None => None,
    };
    let endpoint = Endpoint {
        url: url.to_owned(),
        model: config.language_model().to_owned(),
        key,
        timeout: config.language_model_timeout().context("language_model_timeout")?,
    };
    LanguageModel::new(endpoint).map(Some).map_err(|why| anyhow!("language_model_url: {why}"))
}

async fn bind(config: &Config) -> Result<TcpListener> {
    let address = config.listen()?;
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => anyhow!(
            "{address} is taken: gehoord may run there already; stop it, or choose another port \
             with --listen"
        ),
        ErrorKind::PermissionDenied => anyhow!(
            "{address} may not be used: ports below 1024 are for the system; choose another with \
             --listen"
        ),
        ErrorKind::AddrNotAvailable => {
            anyhow!("{address} is no address of this machine; choose another with --listen")
        }
        _ => anyhow!("cannot serve on {address}: {error}"),
    })
}
