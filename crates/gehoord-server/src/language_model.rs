//! A language model behind an OpenAI-compatible endpoint, as an option: it may make suggestions, and
//! nothing else. It is sent masked words only. What it makes is held against the conversation
//! before anybody sees it (`suggesting`).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Uri;
use gehoord_coaching::{Addressed, Form};
use gehoord_conversation::{Conversation, Language, Party};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Semaphore;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};

/// So many questions are under way at once; who comes then gets suggestions without it.
const AT_ONCE: usize = 4;
/// The longest answer that is read, in bytes.
const LONGEST: u64 = 256 * 1024;
/// So many of the last turns are sent.
const TURNS: usize = 12;
/// So many characters of one turn are sent.
const TURN: usize = 2_000;
/// The longest reply that is asked for, in tokens.
const TOKENS: u32 = 300;

/// Where the language model is and how it is asked.
#[derive(Clone)]
pub struct Endpoint {
    /// Such as `http://127.0.0.1:8080/v1`; over plain HTTP on this machine only.
    pub url: String,
    /// Name of the model.
    pub model: String,
    /// Sent as `Authorization: Bearer …`.
    pub key: Option<String>,
    /// It gets so long to answer.
    pub timeout: Duration,
}

/// A language model that can be asked.
pub struct LanguageModel {
    agent: Agent,
    address: String,
    endpoint: Endpoint,
    places: Arc<Semaphore>,
}

impl fmt::Debug for LanguageModel {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LanguageModel").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failed {
    /// It took too long.
    TimedOut,
    /// Nobody is there, or the connection broke.
    Unreachable,
    /// It answered with this status.
    Status(u16),
    /// What it answered is no answer.
    Unreadable,
    /// Too many questions are under way.
    Busy,
}

impl Failed {
    /// A stable name.
    pub(crate) const fn id(self) -> &'static str {
        match self {
            Self::TimedOut => "timeout",
            Self::Unreachable => "unreachable",
            Self::Status(_) => "status",
            Self::Unreadable => "unreadable",
            Self::Busy => "busy",
        }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "status {status}"),
            other => f.write_str(other.id()),
        }
    }
}

impl LanguageModel {
    /// A language model at an endpoint; nothing is asked yet.
    ///
    /// # Errors
    /// When the address is none, or would carry words of customers over a network unprotected.
    pub fn new(endpoint: Endpoint) -> Result<Self, String> {
        let uri: Uri = endpoint.url.parse().map_err(|_| not_an_address(&endpoint.url))?;
        let host = uri.host().ok_or_else(|| not_an_address(&endpoint.url))?;
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err("no name or key belongs in the address; put the key in a file".to_owned());
        }
        let here = matches!(host, "localhost" | "[::1]" | "::1")
            || host.parse().is_ok_and(|ip: std::net::Ipv4Addr| ip.is_loopback());
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if here => {}
            Some("http") => {
                return Err(format!(
                    "'{}' is not on this machine: words of customers go there over https only",
                    endpoint.url
                ));
            }
            _ => return Err(not_an_address(&endpoint.url)),
        }
        let base = endpoint.url.trim_end_matches('/');
        let address = match base.ends_with("/chat/completions") {
            true => base.to_owned(),
            false => format!("{base}/chat/completions"),
        };
        let mut config = Agent::config_builder()
            .timeout_global(Some(endpoint.timeout))
            .max_redirects(0)
            .http_status_as_error(false)
            // What is set in the environment for other programs is not ours to follow.
            .proxy(None)
            .user_agent(concat!("gehoord/", env!("CARGO_PKG_VERSION")));
        if uri.scheme_str() == Some("https") {
            config = config.tls_config(tls());
        }
        let agent = Agent::new_with_config(config.build());
        Ok(Self { agent, address, endpoint, places: Arc::new(Semaphore::new(AT_ONCE)) })
    }

    /// The body of a reply to the last words of a masked conversation, as the model makes it.
    pub(crate) async fn reply(
        &self,
        masked: &Conversation,
        to: Addressed,
    ) -> Result<String, Failed> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Failed::Busy)?;
        let question = json!({
            "model": self.endpoint.model,
            "messages": [
                {"role": "system", "content": task(to)},
                {"role": "user", "content": transcript(masked)},
            ],
            "temperature": 0.7,
            "max_tokens": TOKENS,
        });
        let (agent, address) = (self.agent.clone(), self.address.clone());
        let key = self.endpoint.key.as_ref().map(|key| format!("Bearer {key}"));
        let work = move || {
            // Held until the question is over, also when nobody waits for it any more.
            let _place = place;
            ask(&agent, &address, key.as_deref(), &question.to_string())
        };
        let asked = tokio::task::spawn_blocking(work);
        match tokio::time::timeout(self.endpoint.timeout, asked).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(Failed::Unreachable),
            Err(_) => Err(Failed::TimedOut),
        }
    }
}

fn not_an_address(url: &str) -> String {
    format!("'{url}' is no address of a language model, such as http://127.0.0.1:8080/v1")
}

/// Whom this machine trusts.
fn tls() -> TlsConfig {
    let trusted = rustls_native_certs::load_native_certs().certs;
    let trusted: Vec<Certificate<'static>> =
        trusted.iter().map(|cert| Certificate::from_der(cert).to_owned()).collect();
    TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::new_with_certs(&trusted))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build()
}

#[derive(Deserialize)]
struct Answer {
    choices: Vec<AnswerChoice>,
}

#[derive(Deserialize)]
struct AnswerChoice {
    message: AnswerMessage,
}

#[derive(Deserialize)]
struct AnswerMessage {
    content: Option<String>,
}

fn ask(agent: &Agent, address: &str, key: Option<&str>, question: &str) -> Result<String, Failed> {
    let failed = |error: ureq::Error| match error {
        ureq::Error::Timeout(_) => Failed::TimedOut,
        ureq::Error::BodyExceedsLimit(_) | ureq::Error::Http(_) => Failed::Unreadable,
        _ => Failed::Unreachable,
    };
    let mut request = agent.post(address).header("content-type", "application/json");
    if let Some(key) = key {
        request = request.header("authorization", key);
    }
    let mut response = request.send(question).map_err(failed)?;
    let status = response.status().as_u16();
    if status != 200 {
        return Err(Failed::Status(status));
    }
    let text = response.body_mut().with_config().limit(LONGEST).read_to_string();
    let answer: Answer =
        serde_json::from_str(&text.map_err(failed)?).map_err(|_| Failed::Unreadable)?;
    let first = answer.choices.into_iter().next().and_then(|choice| choice.message.content);
    first.ok_or(Failed::Unreadable)
}

/// What is asked of it. It gets no chance to know more than the conversation: what the agent does
/// next stays a slot.
fn task(to: Addressed) -> String {
    let (language, form, step) = match (to.language, to.form) {
        (Language::Nl, Form::Formal) => ("Dutch", "u", "Wat ik nu doe: {stap}."),
        (Language::Nl, Form::Informal) => ("Dutch", "je", "Wat ik nu doe: {stap}."),
        (Language::En, _) => ("English", "you", "What I do now: {step}."),
        (Language::De, Form::Formal) => ("German", "Sie", "Das mache ich jetzt: {Schritt}."),
        (Language::De, Form::Informal) => ("German", "du", "Das mache ich jetzt: {Schritt}."),
        (Language::Fr, Form::Formal) => ("French", "vous", "Ce que je fais maintenant : {étape}."),
        (Language::Fr, Form::Informal) => ("French", "tu", "Ce que je fais maintenant : {étape}."),
    };
    format!(
        "You help an agent of customer service to begin a reply. Write one short reply to the last \
         message of the customer, in {language}, at most 60 words, and address the customer with \
         \"{form}\". Take up what happened to this customer and name that, not the feeling. Use no \
         number, date, time, amount or name that is not in the conversation. Promise nothing, offer \
         nothing and explain nothing: only the agent knows what can be done. Where the agent is to \
         say what happens next, write exactly: {step} Words in square brackets, such as [naam-1], \
         stand in the place of personal data: leave them as they are. No salutation, no sign-off, \
         no list, no markup: write the reply and nothing else."
    )
}

/// The last turns, as lines.
fn transcript(masked: &Conversation) -> String {
    let turns = &masked.turns[masked.turns.len().saturating_sub(TURNS)..];
    let lines = turns.iter().map(|turn| {
        let who = match turn.party {
            Party::Customer => "Customer",
            Party::Agent => "Agent",
            Party::Colleague => "Colleague",
            Party::Bot => "Bot",
        };
        let words: String = turn.text.chars().take(TURN).collect();
        format!("{who}: {words}")
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: &str) -> Result<LanguageModel, String> {
        LanguageModel::new(Endpoint {
            url: url.to_owned(),
            model: "m".to_owned(),
            key: Some("geheim".to_owned()),
            timeout: Duration::from_secs(1),
        })
    }

    #[test]
    fn words_of_customers_go_over_a_network_protected_only() {
        for url in [
            "http://127.0.0.1:8080/v1",
            "http://localhost:1",
            "http://[::1]:9/v1/chat/completions",
            "https://models.example.nl/v1/",
        ] {
            let model = at(url).unwrap_or_else(|why| panic!("{url}: {why}"));
            assert!(model.address.ends_with("/chat/completions"), "{}", model.address);
            assert!(!format!("{model:?}").contains("geheim"));
        }
        let refused = at("http://models.example.nl/v1").unwrap_err();
        assert!(refused.contains("https only"), "{refused}");
        assert!(at("https://me:secret@models.example.nl/v1").unwrap_err().contains("in a file"));
        for url in ["", "localhost", "ftp://127.0.0.1/v1", "file:///etc/passwd", "http://"] {
            assert!(at(url).unwrap_err().contains("no address"), "{url}");
        }
    }
}
