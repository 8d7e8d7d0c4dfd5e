//! 8.14: disabling and enabling.

use serde_json::json;

use crate::support::{ALICE, World};

#[tokio::test]
async fn a_disabled_instance_passes_nothing_on() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let header = made.with(ALICE);
    for (path, authorization) in
        [(format!("{}/enabled", made.path()), ALICE), ("/instances/enabled".to_owned(), header.as_str())]
    {
        for _ in 0..2 {
            let disabled = world.delete(&path, authorization).await;
            assert_eq!((disabled.status.as_u16(), disabled.text.as_str()), (200, ""));
        }
        let requests = world.requests().await;
        world.get("/files", &header).await.refused(403);
        world.get("/hubs/documents/users", &header).await.refused(403);
        world.get("/ping", &header).await.refused(403);
        assert_eq!(world.requests().await, requests);
        world.get("/objects", &header).await.ok();
        assert_eq!(world.get(&made.path(), ALICE).await.ok()["disabled"], true);
        assert_eq!(world.patch(&made.path(), ALICE, &json!({"name": "n"})).await.ok()["disabled"], true);

        let enabled = world.put_nothing(&path, authorization).await;
        assert_eq!((enabled.status.as_u16(), enabled.text.as_str()), (200, ""));
        world.get("/files", &header).await.ok();
        assert_eq!(world.get(&made.path(), ALICE).await.ok()["disabled"], false);
    }
    world.delete("/instances/1/enabled", ALICE).await.refused(404);
    world.put_nothing("/instances/1/enabled", ALICE).await.refused(404);
}
