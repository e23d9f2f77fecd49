//! What the organisation decides over its privacy: `gehoord privacy retention` and
//! `gehoord privacy named-review`.

use std::fmt::Write as _;

use anyhow::Result;
use gehoord_conversation::Channel;
use gehoord_store::{NamedReview, RetentionPlan, RetentionRule};

use super::args::{NamedReviewTask, RetentionTask};
use super::opened::Opened;
use crate::ui::Ui;
use crate::{GOOD, show};

pub(crate) async fn retention(task: &RetentionTask, opened: &Opened, ui: Ui) -> Result<u8> {
    match task {
        RetentionTask::Show(_) => {
            let mut request = opened.request("settings.read").await?;
            let rules = request.settings().await?.retention;
            request.finish().await?;
            if rules.is_empty() {
                return show::print(ui.no_retention()).map(|()| GOOD);
            }
            let mut out = String::new();
            for RetentionRule { channel, days, originals_days } in rules {
                let _ = writeln!(out, "{channel}\t{days}\t{originals_days}");
            }
            show::print(&out).map(|()| GOOD)
        }
        RetentionTask::Set { channel, days, originals_days, dry_run, .. } => {
            let (days, originals_days) = (*days, *originals_days);
            let rule = RetentionRule { channel: channel.id().to_owned(), originals_days, days };
            change(*channel, Some(rule), *dry_run, opened, ui).await
        }
        RetentionTask::Unset { channel, .. } => change(*channel, None, false, opened, ui).await,
        RetentionTask::Run { dry_run: true, .. } => {
            let mut request = opened.request("retention.plan").await?;
            let plan = request.plan_retention(None).await?;
            request.finish().await?;
            told(&plan, ui)
        }
        RetentionTask::Run { .. } => run(opened, ui).await,
    }
}

/// Another rule for one channel, or none; says what the rules then remove.
async fn change(
    channel: Channel,
    rule: Option<RetentionRule>,
    dry_run: bool,
    opened: &Opened,
    ui: Ui,
) -> Result<u8> {
    let action = if dry_run { "retention.plan" } else { "retention.set" };
    let mut request = opened.request(action).await?;
    let mut rules = request.settings().await?.retention;
    rules.retain(|rule| rule.channel != channel.id());
    rules.extend(rule);
    if !dry_run {
        request.set_retention(&rules).await?;
    }
    let plan = request.plan_retention(Some(&rules)).await?;
    request.finish().await?;
    told(&plan, ui)
}

async fn run(opened: &Opened, ui: Ui) -> Result<u8> {
    let mut whole = RetentionPlan { done: true, ..RetentionPlan::default() };
    loop {
        let mut request = opened.request("retention.run").await?;
        let part = request.run_retention().await?;
        request.finish().await?;
        whole.conversations += part.conversations;
        whole.originals += part.originals;
        whole.files += part.files;
        if part.conversations == 0 {
            break;
        }
    }
    opened.store.forget_deleted().await?;
    told(&whole, ui)
}

fn told(plan: &RetentionPlan, ui: Ui) -> Result<u8> {
    let text = ui.retention(plan.done, plan.conversations, plan.originals, plan.files);
    show::print(&text).map(|()| GOOD)
}

pub(crate) async fn named_review(task: &NamedReviewTask, opened: &Opened, ui: Ui) -> Result<u8> {
    let record = match task {
        NamedReviewTask::Show(_) => {
            let mut request = opened.request("settings.read").await?;
            let record = request.settings().await?.named_review;
            request.finish().await?;
            record
        }
        NamedReviewTask::On { assessment_date, assessment, consent_date, consent, .. } => {
            let record = NamedReview {
                assessment_date: assessment_date.clone(),
                assessment_reference: assessment.clone(),
                consent_date: consent_date.clone(),
                consent_reference: consent.clone(),
            };
            switch(Some(record), opened).await?
        }
        NamedReviewTask::Off(_) => switch(None, opened).await?,
    };
    let Some(record) = record else {
        return show::print(ui.no_named_review()).map(|()| GOOD);
    };
    let text = format!(
        "{}assessment\t{}\t{}\nconsent\t{}\t{}\n",
        ui.named_review(),
        record.assessment_date,
        record.assessment_reference,
        record.consent_date,
        record.consent_reference
    );
    show::print(&text).map(|()| GOOD)
}

async fn switch(record: Option<NamedReview>, opened: &Opened) -> Result<Option<NamedReview>> {
    let mut request = opened.request("settings.named_review").await?;
    request.set_named_review(record.as_ref()).await?;
    request.finish().await?;
    Ok(record)
}
