//! New databases for tests, and tests on both kinds. The tests of the server use this file too.

use std::path::PathBuf;

use sqlx::{Connection, Executor, PgConnection};

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    Sqlite,
    Postgres,
}

/// Address of a new, empty database; none where there is no PostgreSQL to test with.
pub(crate) async fn new_database(on: On) -> Option<(String, PathBuf)> {
    let name = format!("t{}", uuid::Uuid::now_v7().simple());
    let folder = std::env::temp_dir().join(format!("gehoord-{name}"));
    std::fs::create_dir_all(&folder).unwrap();
    match on {
        On::Sqlite => Some((format!("sqlite:{}", folder.join("gehoord.db").display()), folder)),
        On::Postgres => {
            let Ok(admin) = std::env::var("GEHOORD_TEST_POSTGRES") else {
                assert!(std::env::var("CI").is_err(), "no PostgreSQL to test with in CI");
                eprintln!("skipped: GEHOORD_TEST_POSTGRES is not set (scripts/test sets it)");
                return None;
            };
            let mut connection = PgConnection::connect(&admin).await.unwrap();
            let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
            connection.execute(sqlx::query(create)).await.unwrap();
            let (server, _) = admin.rsplit_once('/').unwrap();
            Some((format!("{server}/{name}"), folder))
        }
    }
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
