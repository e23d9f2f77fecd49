//! `gehoord user` and `gehoord team`.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io;

use anyhow::{Context, Result, anyhow, bail};
use console::Term;
use gehoord_server::hash_password;
use gehoord_store::{NewPerson, Person, Request, StoreError};

use super::args::{TeamTask, UserTask};
use super::opened::Opened;
use crate::ui::Ui;
use crate::{GOOD, show};

pub(crate) async fn user(task: &UserTask, opened: &Opened, ui: Ui) -> Result<u8> {
    match task {
        UserTask::Add { login, name, role, team, password_stdin, .. } => {
            let hash = hash_password(&password(login, *password_stdin, ui)?)?;
            let mut request = opened.request("people.add").await?;
            let team = match team {
                Some(team) => Some(request.add_team(team, None).await?),
                None => None,
            };
            let new = NewPerson {
                login,
                name: name.as_deref().unwrap_or(login),
                role: *role,
                team_id: team.as_deref(),
                password_hash: Some(&hash),
            };
            request.add_person(&new).await?;
            request.finish().await?;
        }
        UserTask::List(_) => return list(opened, ui).await,
        UserTask::Password { login, password_stdin, .. } => {
            let hash = hash_password(&password(login, *password_stdin, ui)?)?;
            let mut request = opened.request("people.password").await?;
            let person = by_login(&mut request, login).await?;
            request.set_password(&person.id, &hash).await?;
            request.finish().await?;
        }
        UserTask::Change { login, role, team, activate, .. } => {
            let mut request = opened.request("people.change").await?;
            let person = by_login(&mut request, login).await?;
            let team = match team {
                Some(team) => Some(request.add_team(team, None).await?),
                None => person.team_id,
            };
            let role = role.unwrap_or(person.role);
            let active = person.active || *activate;
            request.change_person(&person.id, role, team.as_deref(), active).await?;
            request.finish().await?;
        }
        UserTask::Deactivate { login, .. } => {
            let mut request = opened.request("people.change").await?;
            let person = by_login(&mut request, login).await?;
            let team = person.team_id.as_deref();
            request.change_person(&person.id, person.role, team, false).await?;
            request.finish().await?;
        }
    }
    Ok(GOOD)
}

async fn list(opened: &Opened, ui: Ui) -> Result<u8> {
    let mut request = opened.request("people.list").await?;
    let people = request.people().await?;
    let teams = team_names(&mut request).await?;
    request.finish().await?;
    let mut out = String::new();
    for person in people {
        let team = person.team_id.and_then(|team| teams.get(&team).cloned()).unwrap_or_default();
        let closed = if person.active { "" } else { ui.not_active() };
        let line = [&person.login, &person.name, person.role.id(), &team, closed].join("\t");
        let _ = writeln!(out, "{}", line.trim_end());
    }
    show::print(&out).map(|()| GOOD)
}

pub(crate) async fn team(task: &TeamTask, opened: &Opened) -> Result<u8> {
    match task {
        TeamTask::Add { name, parent, .. } => {
            let mut request = opened.request("teams.add").await?;
            let parent = match parent {
                Some(parent) => Some(team_id(&mut request, parent).await?),
                None => None,
            };
            request.add_team(name, parent.as_deref()).await?;
            request.finish().await?;
            Ok(GOOD)
        }
        TeamTask::List(_) => {
            let mut request = opened.request("teams.list").await?;
            let teams = request.teams().await?;
            let names = team_names(&mut request).await?;
            request.finish().await?;
            let mut out = String::new();
            for team in teams {
                let above = team.parent_id.and_then(|id| names.get(&id)).map(String::as_str);
                let _ = match above {
                    Some(above) => writeln!(out, "{}\t{above}", team.name),
                    None => writeln!(out, "{}", team.name),
                };
            }
            show::print(&out).map(|()| GOOD)
        }
    }
}

/// Somebody by login, or a clear error.
pub(crate) async fn by_login(request: &mut Request, login: &str) -> Result<Person> {
    request
        .person_by_login(login)
        .await?
        .ok_or_else(|| anyhow!("nobody has the login '{login}'; 'gehoord user list' shows them"))
}

/// The id of a team that must be there.
pub(crate) async fn team_id(request: &mut Request, name: &str) -> Result<String> {
    let team = request.team_by_name(name).await?;
    team.map(|team| team.id)
        .ok_or_else(|| anyhow!("no team is called '{name}'; 'gehoord team list' shows them"))
}

/// The names of all teams, by id.
pub(crate) async fn team_names(
    request: &mut Request,
) -> Result<HashMap<String, String>, StoreError> {
    Ok(request.teams().await?.into_iter().map(|team| (team.id, team.name)).collect())
}

/// A password: one line of standard input, or typed twice without being seen.
fn password(login: &str, from_stdin: bool, ui: Ui) -> Result<String> {
    if from_stdin {
        let mut line = String::new();
        io::stdin().read_line(&mut line).context("cannot read the password")?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let terminal = Term::stderr();
    if !terminal.is_term() {
        bail!("a password is asked for on a terminal; without one give it with --password-stdin");
    }
    let ask = |question: &str| {
        terminal.write_str(question)?;
        terminal.read_secure_line()
    };
    let first = ask(&ui.password_of(login)).context("cannot read the password")?;
    if first != ask(ui.once_more()).context("cannot read the password")? {
        bail!("the two are not the same; nothing has changed");
    }
    Ok(first)
}
