//! What has been kept long enough goes by itself while the server runs.

mod common;

use std::time::Duration;

use common::{COMPLAINT, LONG, On, World};
use gehoord_store::Role;
use serde_json::json;

#[tokio::test]
async fn what_was_kept_long_enough_goes_when_the_server_starts() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let officer = world.somebody("petra", Role::PrivacyOfficer).await;
    let turn = json!({"party": "customer", "text": "Mijn internet ligt eruit.",
        "at": "2020-03-02T10:00:00+01:00"});
    let body = json!({"id": "old", "locale": "nl-NL", "channel": "chat", "turns": [turn]});
    let old = agent.post("/conversations", &body).await.expect(201).id();
    let new = agent.open("new", &COMPLAINT).await;
    let rule = json!([{"channel": "chat", "originals_days": 30, "days": 365}]);
    officer.put("/privacy/retention", &rule).await.expect(204);
    agent.get(&format!("/conversations/{old}")).await.expect(200);
    let server = world.serve().await;
    tokio::time::timeout(LONG, async {
        while agent.get(&format!("/conversations/{old}")).await.status != 404 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("it should have gone");
    agent.get(&format!("/conversations/{new}")).await.expect(200);
    let audit = officer.get("/privacy/audit").await.expect(200).json;
    let rows = audit["requests"].as_array().unwrap();
    let run = rows.iter().find(|row| row["action"] == "retention.run").expect("a row in the audit");
    assert_eq!(run["who"], "machine");
    server.stop().await;
}
