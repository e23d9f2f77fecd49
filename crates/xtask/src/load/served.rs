//! The server in a process of its own, so that its time can be told from that of whoever asks.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use anyhow::{Context, Result};
use gehoord_ingest::pseudonym::Pseudonymiser;
use gehoord_listening::Listener;
use gehoord_server::{App, Telephony};
use tokio::net::TcpListener;

use super::Place;

/// What calls are signed with.
pub(super) const TELEPHONY_URL: &str = "wss://load";
pub(super) const TELEPHONY_TOKEN: &str = "load";
pub(super) const AUDIOHOOK_KEY: &str = "load";
pub(super) const AUDIOHOOK_SECRET: &str = "VGhpc0lzQVNlY3JldEZvclRlc3Rz";

/// Serves until standard input ends, after telling its address on standard output.
pub(super) async fn run(database: &str, key: &Path) -> Result<()> {
    let store = super::open(database, key).await?;
    let ears = Arc::new(Listener::embedded()?);
    let app = App::new(store, ears, Arc::new(Pseudonymiser::embedded()));
    let telephony = Telephony::new(TELEPHONY_URL).map_err(anyhow::Error::msg)?;
    let telephony = telephony.with_twilio(TELEPHONY_TOKEN);
    let telephony = telephony.with_audiohook(AUDIOHOOK_KEY, AUDIOHOOK_SECRET);
    let app = app.with_telephony(telephony.map_err(anyhow::Error::msg)?);
    let socket = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", socket.local_addr()?);
    let (ended, wait) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        let _ = ended.send(());
    });
    let stop = async move {
        let _ = wait.await;
    };
    Ok(gehoord_server::serve(app, socket, stop).await?)
}

/// A server that ends with this value.
pub(super) struct Server {
    process: Child,
    /// Where it listens.
    pub(super) address: String,
}

impl Server {
    pub(super) fn start(place: &Place) -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["load", "serve", &place.url])
            .arg(place.key_file())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut address = String::new();
        let out = process.stdout.take().context("the output of the server")?;
        BufReader::new(out).read_line(&mut address)?;
        Ok(Self { process, address: address.trim().to_owned() })
    }

    pub(super) fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
