//! Starting and stopping.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use gehoord_store::{Backend, NewPerson, Role, StoreError, Viewer};
use tokio::net::TcpListener;

use crate::app::{App, app};
use crate::password::{hash_password, random_secret};
use crate::{importing, jobs, telemetry, telephony};

/// What is under way gets so long to finish.
const GRACE: Duration = Duration::from_secs(20);

/// The administrator that the first start makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstAdministrator {
    /// Login.
    pub login: String,
    /// Password, shown this once.
    pub password: String,
}

/// Makes an administrator when there is none yet.
///
/// # Errors
/// When the database does not answer.
pub async fn first_start(app: &App) -> Result<Option<FirstAdministrator>, StoreError> {
    let mut request = app.store.request(&Viewer::operator(), "first_start").await?;
    let Some(login) = request.first_administrator(&["admin", "administrator"]).await? else {
        return Ok(None);
    };
    let password = random_secret();
    let hash = hash_password(&password)?;
    request
        .add_person(&NewPerson {
            login,
            name: "Administrator",
            role: Role::Administrator,
            team_id: None,
            password_hash: Some(&hash),
        })
        .await?;
    request.finish().await?;
    Ok(Some(FirstAdministrator { login: login.to_owned(), password }))
}

/// Serves until `stop` is done; then takes no new requests, ends streams, and lets what is under way
/// finish.
///
/// # Errors
/// When the socket fails.
pub async fn serve(
    state: App,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let database = match state.store.backend() {
        Backend::Sqlite => "sqlite",
        Backend::Postgres => "postgres",
    };
    let address: SocketAddr = listener.local_addr()?;
    telemetry::started(&address.to_string(), database);
    let holder = random_secret();
    let worker = tokio::spawn(jobs::work(state.clone(), holder.clone(), state.live().ended()));
    let reader = tokio::spawn(importing::work::work(state.clone(), holder, state.live().ended()));
    let keeper = tokio::spawn(telephony::keep_calls(state.clone(), state.live().ended()));
    let words = tokio::spawn(telephony::words::work(state.clone(), state.live().ended()));
    let live = state.live().clone();
    let router = app(state.clone());
    let (ended, mut waiting) = tokio::sync::watch::channel(false);
    let stopping = async move {
        stop.await;
        telemetry::stopping();
        live.end();
        ended.send_replace(true);
    };
    let server = axum::serve(listener, router).with_graceful_shutdown(stopping);
    let late = async move {
        let _ = waiting.wait_for(|ended| *ended).await;
        tokio::time::sleep(GRACE).await;
    };
    let result = tokio::select! {
        result = server => result,
        // Somebody holds a connection open and says nothing; what was acknowledged is kept.
        () = late => Ok(()),
    };
    state.live().end();
    let _ = worker.await;
    let _ = reader.await;
    let _ = keeper.await;
    let _ = words.await;
    state.store.close().await;
    telemetry::stopped();
    result
}
