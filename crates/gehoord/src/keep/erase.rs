//! `gehoord erase`.

use std::io::{self, IsTerminal};

use anyhow::{Result, bail};
use gehoord_store::StoreError;
use serde_json::json;

use super::args::Erase;
use super::dates::printed;
use super::opened::Opened;
use crate::ui::Ui;
use crate::{GOOD, SOME_FAILED, show};

pub(crate) async fn run(task: &Erase, opened: &Opened, ui: Ui) -> Result<u8> {
    if !task.yes && !confirmed(task, opened, ui).await? {
        eprintln!("{}", ui.not_erased());
        return Ok(SOME_FAILED);
    }
    let reason = reason(task, ui)?;
    let mut request = opened.request("customer.erase").await?;
    let proof = match request.erase_customer(&task.customer).await {
        Err(StoreError::NotFound(_)) => {
            eprintln!("gehoord: {}", ui.told("nothing is kept of a customer of that name"));
            return Ok(SOME_FAILED);
        }
        proof => proof?,
    };
    request.reason_of_erasure(&proof.id, &reason).await?;
    request.finish().await?;
    opened.store.forget_deleted().await?;
    let body = json!({
        "id": proof.id, "pseudonym": proof.pseudonym, "erased_at": printed(proof.erased_at),
        "conversations": proof.conversations, "removed": proof.removed, "left": proof.left,
        "reason": reason,
    });
    show::print(&format!("{body:#}\n"))?;
    let list = opened.store.erased_list().unwrap_or_default();
    eprintln!("{}", ui.erased(&proof.pseudonym, &list.display().to_string()));
    Ok(GOOD)
}

/// So long a reason may be, in bytes.
const LONGEST_REASON: usize = 500;

/// Why: as it was given, or as somebody at a terminal says. It is known before anything goes.
fn reason(task: &Erase, ui: Ui) -> Result<String> {
    let reason = match &task.reason {
        Some(reason) => reason.clone(),
        None if io::stdin().is_terminal() => {
            eprint!("{}", ui.why_erase());
            let mut answer = String::new();
            io::stdin().read_line(&mut answer)?;
            answer
        }
        None => String::new(),
    };
    let reason = reason.trim();
    if reason.is_empty() || reason.len() > LONGEST_REASON {
        bail!(ui.no_reason());
    }
    Ok(reason.to_owned())
}

/// Whether somebody at a terminal says that this is meant.
async fn confirmed(task: &Erase, opened: &Opened, ui: Ui) -> Result<bool> {
    if !io::stdin().is_terminal() {
        bail!("erasing is asked about on a terminal; without one say --yes");
    }
    let mut request = opened.request("customer.look").await?;
    let export = match request.export_customer(&task.customer).await {
        // Said by who erases.
        Err(StoreError::NotFound(_)) => return Ok(true),
        export => export?,
    };
    request.finish().await?;
    eprint!("{}", ui.really_erase(&export.pseudonym, export.conversations.len()));
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case(ui.erase_word()))
}
