//! The pages over a store: how long the server takes for each, and how large it is.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use gehoord_server::hash_password;
use gehoord_store::{NewPerson, Role, Store, Viewer};
use serde_json::json;

use super::http::Connection;
use super::served::Server;
use super::{Agent, Place, quantile};

/// Every page comes within so many milliseconds.
const AIM: f64 = 20.0;
/// No page is larger, in bytes.
const LARGEST: usize = 100_000;
/// How often each page is asked for.
const TIMES: usize = 25;
const PASSWORD: &str = "een wachtwoord voor de meting";

/// Who looks, and at what; `{contact}` is a contact that was heard.
const PAGES: [(&str, &str); 13] = [
    ("agent", "/today"),
    ("agent", "/today?whose=team"),
    ("agent", "/contacts"),
    ("agent", "/contacts?status=open&whose=me"),
    ("agent", "/contacts/{contact}"),
    ("agent", "/search?words=monteur"),
    ("agent", "/shared"),
    ("agent", "/reply"),
    ("agent", "/note"),
    ("manager", "/today"),
    ("manager", "/contacts"),
    ("privacy", "/privacy"),
    ("administrator", "/admin"),
];

/// Adds those who look, in the team of `agent`.
pub(super) async fn people(store: &Store, agent: &Agent) -> Result<()> {
    let hash = hash_password(PASSWORD)?;
    let mut request = store.request(&Viewer::operator(), "people.add").await?;
    for (login, role, team) in [
        ("agent", Role::Agent, Some(agent.team.as_str())),
        ("manager", Role::Manager, Some(agent.team.as_str())),
        ("privacy", Role::PrivacyOfficer, None),
        ("administrator", Role::Administrator, None),
    ] {
        let hash = Some(hash.as_str());
        let person = NewPerson { login, name: login, role, team_id: team, password_hash: hash };
        request.add_person(&person).await?;
    }
    Ok(request.finish().await?)
}

/// Asks for every page and prints how long it took; gives what took too long or is too large.
/// `contact` is one of the team of those who look.
pub(super) async fn ask(place: &Place, contact: &str) -> Result<Vec<String>> {
    let server = Server::start(place)?;
    let mut wrong = Vec::new();
    for (login, path) in PAGES {
        let mut connection = Connection::open(&server.address, "").await?;
        let given = json!({"login": login, "password": PASSWORD});
        let come_in = connection.post("/api/v1/session", &given).await?;
        let cookie = come_in.cookie.context("no session was given")?;
        let mut connection = Connection::with_cookie(&server.address, &cookie).await?;
        let path = path.replace("{contact}", contact);
        let (mut took, mut size) = (Vec::with_capacity(TIMES), 0);
        for _ in 0..TIMES {
            let started = Instant::now();
            let page = connection.get(&path).await?;
            took.push(started.elapsed().as_secs_f64() * 1e3);
            ensure!(page.status == 200, "{login} {path}: {}", page.status);
            size = size.max(page.body.len());
        }
        took.sort_by(f64::total_cmp);
        let (half, most) = (quantile(&took, 0.5), quantile(&took, 0.95));
        let what = format!("{login} {}", path.replace(contact, "…"));
        println!("  {what:<34} median {half:>7.2} ms, 95 % {most:>7.2} ms, {size} bytes");
        if half > AIM {
            wrong.push(format!("{what}: {half:.0} ms, the aim is {AIM} ms"));
        }
        if size > LARGEST {
            wrong.push(format!("{what}: {size} bytes, the most is {LARGEST}"));
        }
    }
    Ok(wrong)
}
