//! `gehoord serve --demo`: a small organisation that is made up, with eight weeks of conversations,
//! in a folder of its own that is made anew at every start. The same day gives the same contents.

mod calls;
mod contacts;
mod stories;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use gehoord_server::App;
use gehoord_server::{hash_password, random_secret};
use gehoord_store::{NewPerson, Request, Role, Viewer};

use super::operator;

/// Somebody who works at the organisation of the demo.
struct Somebody {
    login: &'static str,
    name: &'static str,
    role: Role,
    /// Place in [`TEAMS`].
    team: Option<usize>,
}

/// The teams.
const TEAMS: [&str; 3] = ["Energie en internet", "Reizen en bestellingen", "Wonen en zorg"];

const fn one(login: &'static str, name: &'static str, role: Role, team: usize) -> Somebody {
    Somebody { login, name, role, team: Some(team) }
}

const fn above(login: &'static str, name: &'static str, role: Role) -> Somebody {
    Somebody { login, name, role, team: None }
}

/// Everybody; the first of each role is the one to look round as.
const EVERYBODY: [Somebody; 25] = [
    one("samira", "Samira Haddad", Role::Agent, 0),
    one("kees", "Kees Vermeer", Role::Agent, 0),
    one("fatima", "Fatima Bouali", Role::Agent, 0),
    one("daan", "Daan Kuipers", Role::Agent, 0),
    one("lotte", "Lotte Smeets", Role::Agent, 0),
    one("bram", "Bram de Wolf", Role::Agent, 0),
    one("joris", "Joris Claes", Role::Agent, 1),
    one("mees", "Mees Hoekstra", Role::Agent, 1),
    one("anouk", "Anouk Janssens", Role::Agent, 1),
    one("ravi", "Ravi Ramdin", Role::Agent, 1),
    one("elif", "Elif Yildiz", Role::Agent, 1),
    one("tim", "Tim Postma", Role::Agent, 1),
    one("yara", "Yara Peeters", Role::Agent, 2),
    one("stijn", "Stijn Mulder", Role::Agent, 2),
    one("nadia", "Nadia el Idrissi", Role::Agent, 2),
    one("wout", "Wout Lambrechts", Role::Agent, 2),
    one("femke", "Femke Bos", Role::Agent, 2),
    one("pieter", "Pieter Visser", Role::Agent, 2),
    one("hanna", "Hanna Dekker", Role::Manager, 0),
    one("bas", "Bas Verhoeven", Role::Manager, 1),
    one("ilse", "Ilse Martens", Role::Manager, 2),
    above("noor", "Noor Willems", Role::Coach),
    above("joost", "Joost Brouwer", Role::ProductOwner),
    above("mirjam", "Mirjam Prins", Role::PrivacyOfficer),
    above("beheer", "Beheerder", Role::Administrator),
];

/// A folder of its own for the demo on this port, empty. What a demo on the same port left behind
/// is cleared; one that is just stopping clears its own, not this one.
///
/// # Errors
/// When it cannot be made.
pub(super) fn folder(port: u16) -> Result<PathBuf> {
    folder_in(&std::env::temp_dir(), port)
}

fn folder_in(place: &Path, port: u16) -> Result<PathBuf> {
    let name = format!("gehoord-demo-{port}-");
    for entry in std::fs::read_dir(place).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&name) {
            clear(&entry.path());
        }
    }
    let folder = place.join(format!("{name}{}", std::process::id()));
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

/// Takes the folder away.
pub(super) fn clear(folder: &Path) {
    // What stays behind is made anew at the next start.
    let _ = std::fs::remove_dir_all(folder);
}

/// Who can look round, and as what.
pub(super) struct Logins {
    /// Login and role, one of each role.
    pub(super) people: Vec<(&'static str, Role)>,
    /// The same for everybody.
    pub(super) password: String,
}

/// Fills an empty store.
///
/// # Errors
/// When something cannot be kept.
pub(super) async fn fill(app: &App) -> Result<Logins> {
    let password: String = random_secret().chars().filter(char::is_ascii_alphanumeric).collect();
    let password = password.chars().take(12).collect::<String>();
    let hash = hash_password(&password)?;
    let mut request = app.store().request(&operator(), "demo.people").await?;
    let teams = people(&mut request, &hash).await?;
    request.finish().await?;
    contacts::write(app, &teams).await?;
    let mut people: Vec<(&str, Role)> = Vec::new();
    for somebody in &EVERYBODY {
        if !people.iter().any(|(_, role)| *role == somebody.role) {
            people.push((somebody.login, somebody.role));
        }
    }
    Ok(Logins { people, password })
}

/// Adds teams and people; gives the ids of the teams.
async fn people(request: &mut Request, hash: &str) -> Result<Vec<String>> {
    let mut teams = Vec::new();
    for team in TEAMS {
        teams.push(request.add_team(team, None).await?);
    }
    for somebody in &EVERYBODY {
        request
            .add_person(&NewPerson {
                login: somebody.login,
                name: somebody.name,
                role: somebody.role,
                team_id: somebody.team.map(|team| teams[team].as_str()),
                password_hash: Some(hash),
            })
            .await?;
    }
    Ok(teams)
}

/// The agents of a team.
fn agents(team: usize) -> Vec<&'static Somebody> {
    let of = |one: &&Somebody| one.team == Some(team) && one.role == Role::Agent;
    EVERYBODY.iter().filter(of).collect()
}

/// Somebody by login, as a viewer.
async fn viewer(app: &App, login: &str) -> Result<Viewer> {
    let mut request = app.store().request(&Viewer::machine(), "demo.people").await?;
    let person = request.person_by_login(login).await?.context("somebody of the demo")?;
    request.keep().await?;
    Ok(Viewer::person(&person))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demo_clears_what_was_left_on_its_port_and_nothing_else() {
        let place = std::env::temp_dir().join(format!("gehoord-{}-demos", std::process::id()));
        let left = |name: &str| {
            let folder = place.join(name);
            std::fs::create_dir_all(&folder).unwrap();
            folder
        };
        let old = left("gehoord-demo-8340-1");
        let (other, longer) = (left("gehoord-demo-8341-1"), left("gehoord-demo-83401-1"));
        let own = folder_in(&place, 8340).unwrap();
        assert!(own.is_dir() && !old.exists() && other.is_dir() && longer.is_dir());
        clear(&place);
        assert!(!own.exists());
    }
}
