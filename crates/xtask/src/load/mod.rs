//! The store and the server under load: `cargo xtask load store`,
//! `cargo xtask load live` and `cargo xtask load calls`.

mod calls;
mod http;
mod live;
pub(crate) mod machine;
mod pages;
mod sentences;
mod served;
mod stored;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Subcommand;
use gehoord_store::{MasterKey, NewPerson, Right, Role, Store, Viewer};

/// What to load.
#[derive(Subcommand)]
pub(crate) enum Load {
    /// Fill a store and measure reading, lists, search and pages while it grows.
    Store {
        /// Conversations in the end, fifteen turns each.
        #[arg(long, default_value_t = 100_000)]
        conversations: usize,
        /// An empty database; a SQLite file of its own when absent.
        #[arg(long)]
        database: Option<String>,
    },
    /// Let many conversations go on at once and measure from turn to screen.
    Live {
        /// Conversations at once.
        #[arg(long, default_value_t = 500)]
        conversations: usize,
        /// For so long, one turn a second in each.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// A database; a SQLite file of its own when absent.
        #[arg(long)]
        database: Option<String>,
    },
    /// Let many calls go on at once and measure from frame to finding.
    Calls {
        /// Calls at once.
        #[arg(long, default_value_t = 50)]
        calls: usize,
        /// For so long.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// Whose protocol they speak.
        #[arg(long, value_enum, default_value = "both")]
        systems: calls::Systems,
        /// Pages that follow each call, beside the program that measures.
        #[arg(long, default_value_t = 1)]
        pages: usize,
    },
    /// The server that `live` and `calls` measure.
    #[command(hide = true)]
    Serve {
        /// The database.
        database: String,
        /// The file of its key.
        key: PathBuf,
    },
}

/// Runs one load.
pub(crate) fn run(load: Load) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match load {
        Load::Store { conversations, database } => {
            runtime.block_on(stored::run(conversations, &Place::new(database)?))
        }
        Load::Live { conversations, seconds, database } => {
            runtime.block_on(live::run(conversations, seconds, &Place::new(database)?))
        }
        Load::Calls { calls, seconds, systems, pages } => {
            let asked = calls::Asked { calls, seconds, systems, pages };
            runtime.block_on(calls::run(asked, &Place::new(None)?))
        }
        Load::Serve { database, key } => runtime.block_on(served::run(&database, &key)),
    }
}

/// A database with its key, in a folder that goes when this is dropped.
struct Place {
    url: String,
    folder: PathBuf,
}

impl Place {
    fn new(database: Option<String>) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("gehoord-load-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let url =
            database.unwrap_or_else(|| format!("sqlite:{}", folder.join("gehoord.db").display()));
        Ok(Self { url, folder })
    }

    fn key_file(&self) -> PathBuf {
        self.folder.join("master.key")
    }

    async fn open(&self) -> Result<Store> {
        open(&self.url, &self.key_file()).await
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

async fn open(url: &str, key: &Path) -> Result<Store> {
    Ok(Store::open(url, MasterKey::in_file(key)?).await?)
}

/// Teams with an agent each.
struct Agent {
    team: String,
    viewer: Viewer,
    token: String,
}

/// Makes so many teams, each with an agent who holds a token.
async fn agents(store: &Store, count: usize) -> Result<Vec<Agent>> {
    let mut agents = Vec::with_capacity(count);
    let mut request = store.request(&Viewer::operator(), "people.add").await?;
    for number in 0..count {
        let team = request.add_team(&format!("Team {number}"), None).await?;
        let login = format!("agent{number}");
        request
            .add_person(&NewPerson {
                login: &login,
                name: &login,
                role: Role::Agent,
                team_id: Some(&team),
                password_hash: None,
            })
            .await?;
        let person = request.person_by_login(&login).await?.context("who was just added")?;
        let token = gehoord_server::random_secret();
        let scopes = [Right::ReadConversations, Right::WriteConversations];
        request.add_token(&person.id, "load", &token, &scopes, None).await?;
        agents.push(Agent { team, viewer: Viewer::person(&person), token });
    }
    request.finish().await?;
    Ok(agents)
}

/// The value below which so much (0 to 1) of the sorted values lies.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list")]
    #[allow(clippy::cast_precision_loss, reason = "lists are short")]
    let place = (share * (sorted.len().saturating_sub(1)) as f64).round() as usize;
    sorted.get(place).copied().unwrap_or_default()
}
