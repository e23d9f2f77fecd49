//! As much of HTTP/1.1 as a load needs, and no more, so that the one who measures costs little:
//! requests on one connection after another, and a stream of events.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// A connection that stays open.
pub(super) struct Connection {
    stream: BufReader<TcpStream>,
    /// The header that says who asks.
    who: String,
}

/// Status and body of an answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    /// The first cookie that it sets, as `name=value`.
    pub(super) cookie: Option<String>,
}

impl Connection {
    pub(super) async fn open(address: &str, token: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let who = format!("Authorization: Bearer {token}");
        Ok(Self { stream: BufReader::new(stream), who })
    }

    /// The same with a session.
    pub(super) async fn with_cookie(address: &str, cookie: &str) -> Result<Self> {
        let who = format!("Cookie: {cookie}");
        Ok(Self { who, ..Self::open(address, "").await? })
    }

    pub(super) async fn post(&mut self, path: &str, body: &Value) -> Result<Answer> {
        let body = body.to_string();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: load\r\n{}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.who,
            body.len()
        );
        self.stream.get_mut().write_all(head.as_bytes()).await?;
        self.answer().await
    }

    pub(super) async fn get(&mut self, path: &str) -> Result<Answer> {
        self.ask(path).await?;
        self.answer().await
    }

    /// Asks for a stream of events.
    pub(super) async fn follow(mut self, path: &str) -> Result<Events> {
        self.ask(path).await?;
        let (status, ..) = self.head().await?;
        ensure!(status == 200, "the stream answered {status}");
        Ok(Events { stream: self.stream, text: Vec::new() })
    }

    async fn ask(&mut self, path: &str) -> Result<()> {
        let head = format!("GET {path} HTTP/1.1\r\nHost: load\r\n{}\r\n\r\n", self.who);
        self.stream.get_mut().write_all(head.as_bytes()).await?;
        Ok(())
    }

    async fn answer(&mut self) -> Result<Answer> {
        let (status, length, cookie) = self.head().await?;
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        Ok(Answer { status, body, cookie })
    }

    /// Status, length and the first cookie.
    async fn head(&mut self) -> Result<(u16, usize, Option<String>)> {
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        let status = line.split(' ').nth(1).context("the connection was closed")?.parse()?;
        let (mut length, mut cookie) = (0, None);
        loop {
            line.clear();
            self.stream.read_line(&mut line).await?;
            let Some((name, value)) = line.split_once(':') else {
                return Ok((status, length, cookie));
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse()?;
            } else if name.eq_ignore_ascii_case("set-cookie") && cookie.is_none() {
                cookie = value.trim().split(';').next().map(str::to_owned);
            }
        }
    }
}

/// Events as they come in.
pub(super) struct Events {
    stream: BufReader<TcpStream>,
    text: Vec<u8>,
}

impl Events {
    /// The data of the next event.
    pub(super) async fn next(&mut self) -> Result<Value> {
        loop {
            if let Some(end) = self.text.windows(2).position(|pair| pair == b"\n\n") {
                let event: Vec<u8> = self.text.drain(..end + 2).collect();
                let event = String::from_utf8(event)?;
                if let Some(data) = event.lines().find_map(|line| line.strip_prefix("data: ")) {
                    return Ok(serde_json::from_str(data)?);
                }
                continue;
            }
            let mut size = String::new();
            self.stream.read_line(&mut size).await?;
            let size = usize::from_str_radix(size.trim(), 16).context("the stream was closed")?;
            ensure!(size > 0, "the stream ended");
            let start = self.text.len();
            self.text.resize(start + size, 0);
            self.stream.read_exact(&mut self.text[start..]).await?;
            self.stream.read_line(&mut String::new()).await?;
        }
    }
}
