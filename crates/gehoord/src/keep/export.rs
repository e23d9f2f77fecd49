//! `gehoord export`.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use gehoord_conversation::wire::input::{WireConversation, WireTurn};
use gehoord_server::export;
use gehoord_store::{ConversationFilter, ConversationRow, ConversationView, StoreError, TurnView};
use serde_json::{Map, Value};

use super::args::Export;
use super::dates::without_zone;
use super::opened::Opened;
use super::people::{team_id, team_names};
use crate::ui::Ui;
use crate::{GOOD, SOME_FAILED};

pub(crate) async fn run(task: &Export, opened: &Opened, ui: Ui) -> Result<u8> {
    let mut out = Target::open(task.out.as_deref())?;
    let code = match &task.customer {
        Some(customer) => one_customer(customer, opened, &mut out, ui).await?,
        None => conversations(task, opened, &mut out).await?,
    };
    if code == GOOD {
        out.close()?;
    }
    Ok(code)
}

async fn conversations(task: &Export, opened: &Opened, out: &mut Target) -> Result<u8> {
    let mut request = opened.request("export.begin").await?;
    let names = team_names(&mut request).await?;
    let team_id = match &task.team {
        Some(team) => Some(team_id(&mut request, team).await?),
        None => None,
    };
    request.finish().await?;
    let filter = ConversationFilter {
        team_id,
        from: task.from.map(|moment| moment.0),
        until: task.until.map(|moment| moment.0),
        ..ConversationFilter::default()
    };
    let mut place = String::new();
    loop {
        let mut request = opened.request("export").await?;
        let views = request.export(&filter, &place).await?;
        let Some(last) = views.last().map(|view| view.row.id.clone()) else { return Ok(GOOD) };
        request.finish().await?;
        place = last;
        for view in views {
            let line = serde_json::to_string(&wire(view, &names))?;
            if !out.line(&line)? {
                return Ok(GOOD);
            }
        }
    }
}

/// A kept conversation in the form in which one comes in, masked.
fn wire(view: ConversationView, teams: &HashMap<String, String>) -> WireConversation {
    let ConversationRow {
        external_id, locale, channel, customer, team_id, subject, source, ..
    } = view.row;
    let meta = Map::from_iter([("source".to_owned(), Value::from(source))]);
    WireConversation {
        id: Some(external_id.clone()),
        locale,
        channel: Some(channel),
        customer,
        team: team_id.and_then(|team| teams.get(&team).cloned()),
        subject,
        external_id: Some(external_id),
        meta: Some(meta),
        turns: view.turns.into_iter().map(wire_turn).collect(),
        gold: None,
        replies: None,
        other: Map::new(),
    }
}

fn wire_turn(turn: TurnView) -> WireTurn {
    WireTurn {
        party: turn.party,
        text: turn.text,
        at: turn.at.as_deref().map(without_zone).map(str::to_owned),
        speaker: None,
        external_id: turn.external_id,
        gold: None,
        other: Map::new(),
    }
}

async fn one_customer(customer: &str, opened: &Opened, out: &mut Target, ui: Ui) -> Result<u8> {
    let mut request = opened.request("customer.export").await?;
    let kept = match request.export_customer(customer).await {
        Err(StoreError::NotFound(_)) => {
            eprintln!("gehoord: {}", ui.told("nothing is kept of a customer of that name"));
            return Ok(SOME_FAILED);
        }
        kept => kept?,
    };
    request.finish().await?;
    let all = export::customer(&kept);
    out.line(&serde_json::to_string_pretty(&all)?)?;
    Ok(GOOD)
}

/// Standard output, or a file that gets its name once it is whole.
enum Target {
    Standard(std::io::BufWriter<std::io::Stdout>),
    File(super::backup::Whole),
}

impl Target {
    fn open(file: Option<&Path>) -> Result<Self> {
        Ok(match file {
            Some(file) => Self::File(super::backup::Whole::begin(file)?),
            None => Self::Standard(std::io::BufWriter::new(std::io::stdout())),
        })
    }

    /// Writes a line; false when nobody reads on.
    fn line(&mut self, line: &str) -> Result<bool> {
        let written = match self {
            Self::Standard(out) => writeln!(out, "{line}"),
            Self::File(out) => writeln!(out, "{line}"),
        };
        match written {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
            written => written.map(|()| true).context("cannot write"),
        }
    }

    fn close(self) -> Result<()> {
        match self {
            Self::Standard(mut out) => match out.flush() {
                Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
                _ => Ok(()),
            },
            Self::File(out) => out.close(),
        }
    }
}
