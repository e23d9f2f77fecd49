//! `gehoord check`.

use std::io::{IsTerminal, Read};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use gehoord_coaching::Draft;
use gehoord_conversation::wire::WireReport;
use gehoord_listening::Handbook;

use crate::args::{Check, Output};
use crate::show::{self, Page};
use crate::ui::Ui;
use crate::{GOOD, labelled};

pub(crate) fn run(task: &Check, ui: Ui) -> Result<u8> {
    let stdin = Path::new("-");
    if task.customer_file.as_deref() == Some(stdin) && task.reply_file.as_deref() == Some(stdin) {
        bail!("only one of --customer-file and --reply-file can be standard input");
    }
    let customer = words(task.customer.as_deref(), task.customer_file.as_deref())?;
    let reply = words(task.reply.as_deref(), task.reply_file.as_deref())?;
    let listener = labelled::listener(task.model.as_deref(), task.tier)?;
    let draft = Draft {
        customer: &customer,
        reply: &reply,
        locale: task.locale.clone(),
        channel: task.channel,
    };
    let conversation = draft.conversation();
    let report = gehoord_coaching::check(&listener, &draft);
    let text = match task.format {
        Output::Text => {
            let handbook = Handbook::embedded(ui.language()).map_err(anyhow::Error::msg)?;
            let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            let page =
                Page { handbook: &handbook, ui, why: task.why, colour, width: show::width() };
            page.conversation(&conversation, &report)
        }
        Output::Json => {
            serde_json::to_string_pretty(&WireReport::new(&report, &conversation))? + "\n"
        }
        Output::Jsonl => serde_json::to_string(&WireReport::new(&report, &conversation))? + "\n",
    };
    show::print(&text)?;
    Ok(GOOD)
}

fn words(given: Option<&str>, file: Option<&Path>) -> Result<String> {
    let Some(file) = file else { return Ok(given.unwrap_or_default().to_owned()) };
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes).context("cannot read standard input")?;
    } else {
        bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    }
    String::from_utf8(bytes)
        .map_err(|_| anyhow!("{} is not UTF-8 text; save it as UTF-8", file.display()))
}
