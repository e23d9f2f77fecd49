//! New databases for tests, and tests on both kinds. The tests of the server and of the command use
//! this file too.
#![allow(clippy::print_stderr, reason = "a skipped test says so")]

use std::path::PathBuf;

use sqlx::{Connection, Executor, PgConnection};

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    Sqlite,
    Postgres,
}

/// Address of a new, empty database with a new folder; none where there is no PostgreSQL to test with.
pub(crate) async fn new_database(on: On) -> Option<(String, PathBuf)> {
    let folder = std::env::temp_dir().join(format!("gehoord-{}", uuid::Uuid::now_v7().simple()));
    let url = match on {
        On::Sqlite => format!("sqlite:{}", folder.join("gehoord.db").display()),
        On::Postgres => new_postgres().await?,
    };
    std::fs::create_dir_all(&folder).unwrap();
    Some((url, folder))
}

/// Address of a new, empty database on the PostgreSQL to test with.
pub(crate) async fn new_postgres() -> Option<String> {
    let admin = given_postgres()?;
    let name = format!("t{}", uuid::Uuid::now_v7().simple());
    let mut connection = PgConnection::connect(&admin).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    connection.execute(sqlx::query(create)).await.unwrap();
    let (server, _) = admin.rsplit_once('/').unwrap();
    Some(format!("{server}/{name}"))
}

/// The PostgreSQL to test with; none where there is none.
pub(crate) fn given_postgres() -> Option<String> {
    let given = std::env::var("GEHOORD_TEST_POSTGRES").ok();
    if given.is_none() {
        assert!(std::env::var("CI").is_err(), "no PostgreSQL to test with in CI");
        eprintln!("skipped: GEHOORD_TEST_POSTGRES is not set (scripts/test sets it)");
    }
    given
}

/// Waits for it, in a test that is not async itself.
pub(crate) fn now<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// Each test twice: on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($world:ident) $body:block)*) => {
        $(
            async fn $name($world: &common::World) $body
        )*
        mod sqlite {
            $(#[tokio::test] $(#[$meta])* async fn $name() {
                let world = super::common::World::new(super::common::On::Sqlite).await.unwrap();
                super::$name(&world).await;
                world.store.check_integrity().await.unwrap();
            })*
        }
        mod postgres {
            $(#[tokio::test] $(#[$meta])* async fn $name() {
                let world = super::common::World::new(super::common::On::Postgres).await;
                let Some(world) = world else { return };
                super::$name(&world).await;
                world.store.check_integrity().await.unwrap();
            })*
        }
    };
}
