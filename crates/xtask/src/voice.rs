//! `cargo xtask evaluate voice`: how voices are measured.
//!
//! The measuring itself is the bench `voice` of gehoord-speech, so that it runs at the speed of what
//! ships; here is found what it needs.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::evaluate::root;

/// Real sentences, where they are on this machine.
const SENTENCES: &str = "../shared/data";

/// Runs each part in a process of its own, so that the memory of one is not that of another.
pub(crate) fn evaluate(python: Option<&Path>, hours: f64) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    for part in ["calls", "mouths", "praat", "speed"] {
        let mut command = Command::new(&cargo);
        command.current_dir(root()).args(["bench", "--quiet", "--package", "gehoord-speech"]);
        command.args(["--bench", "voice", "--features", "synthesis", "--", "--part", part]);
        command.args(["--hours", &hours.to_string()]);
        let script = root().join("scripts/praat.py").canonicalize().context("scripts/praat.py")?;
        command.arg("--script").arg(script);
        if let Some(python) = python {
            // A virtual environment is known by its path, so links are left as they are.
            let python = std::path::absolute(python).context("the path of Python")?;
            command.arg("--python").arg(python);
        }
        if let Ok(data) = root().join(SENTENCES).canonicalize() {
            command.arg("--data").arg(data);
        }
        let status = command.status().context("cargo bench could not start")?;
        if !status.success() {
            bail!("cargo bench -p gehoord-speech ended with {status}");
        }
    }
    Ok(())
}
