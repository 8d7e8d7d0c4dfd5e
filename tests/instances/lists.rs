//! 8.3 and 8.4: reading one, and many.

use serde_json::{Value, json};

use crate::support::{ALICE, BOB, World, box_body};

fn ids(list: &Value) -> Vec<u64> {
    list.as_array().unwrap().iter().map(|instance| instance["id"].as_u64().unwrap()).collect()
}

/// INST-150, INST-151, INST-152, INST-153, INST-154, INST-430
#[tokio::test]
async fn an_instance_is_read_by_id_and_at_its_connector() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    for path in [
        made.path(),
        format!("/elements/box/instances/{}", made.id),
        format!("/elements/22/instances/{}", made.id),
    ] {
        assert_eq!(world.get(&path, ALICE).await.ok(), made.json, "{path}");
    }
    for path in ["/instances/999999999", "/instances/abc", "/instances/-1", "/elements/box/instances/1"] {
        let refused = world.get(path, ALICE).await;
        assert_eq!(refused.refused(404).message(), "Invalid Element Instance Id provided.", "{path}");
    }
    world.get(&format!("/elements/egnyte/instances/{}", made.id), ALICE).await.refused(404);
    world.get(&format!("/elements/nothing/instances/{}", made.id), ALICE).await.refused(404);
}

#[tokio::test]
async fn with_an_element_part_the_list_is_its_instance_with_the_token_in_clear() {
    let world = World::start().await;
    let first = world.make_box(ALICE, "1").await;
    let _second = world.make_box(ALICE, "2").await;
    let list = world.get("/instances", &first.with(ALICE)).await;
    assert_eq!(list.header("elements-returned-count"), Some("1"));
    assert_eq!(list.ok(), json!([first.json]));
    assert_eq!(list.json()[0]["configuration"]["oauth.user.token"], "ACCESS1");
    assert_eq!(list.json()[0]["configuration"]["oauth.api.secret"], "********");
}

/// INST-182, INST-184, INST-185, INST-186, INST-187, INST-193
#[tokio::test]
async fn lists_are_searched_by_all_tags_and_the_name() {
    let world = World::start().await;
    let mut made = Vec::new();
    for (name, tags) in
        [("Alpha one", json!(["a", "b"])), ("alpha two", json!(["a"])), ("beta", json!(["b"]))]
    {
        let code = format!("CODE{}", made.len());
        world.box_gives(&code, "A", "R").await;
        let mut body = box_body(&code);
        body["name"] = json!(name);
        body["tags"] = tags;
        made.push(world.make(ALICE, &body).await.id);
    }
    for (query, expected) in [
        ("", vec![0, 1, 2]),
        ("?tags%5B%5D=a", vec![0, 1]),
        ("?tags[]=a&tags[]=b", vec![0]),
        ("?searchText=ALPHA", vec![0, 1]),
        ("?searchText=alpha&tags[]=b", vec![0]),
    ] {
        let list = world.get(&format!("/instances{query}"), ALICE).await;
        let expected: Vec<u64> = expected.into_iter().map(|position: usize| made[position]).collect();
        assert_eq!(ids(&list.ok()), expected, "{query}");
        assert_eq!(list.header("elements-returned-count"), Some(expected.len().to_string().as_str()));
    }
    for query in ["?searchText=gamma", "?tags[]=c", "?searchText=beta&tags[]=a"] {
        let refused = world.get(&format!("/instances{query}"), ALICE).await;
        assert_eq!(refused.refused(404).message(), "No element instances found", "{query}");
    }
    world.get("/instances", BOB).await.refused(404);
    world.get("/instances?pageSize=0", ALICE).await.refused(400);
}

/// INST-191, INST-192
#[tokio::test]
async fn pages_meet_every_instance_once() {
    let world = World::start().await;
    let mut made = Vec::new();
    for number in 0..3 {
        made.push(world.make_box(ALICE, &number.to_string()).await.id);
    }
    let mut met = Vec::new();
    let mut path = "/instances?pageSize=1".to_owned();
    loop {
        let page = world.get(&path, ALICE).await;
        assert_eq!(page.header("elements-total-count"), Some("3"));
        let found = ids(&page.ok());
        assert_eq!(found.len(), 1);
        met.extend(found);
        let Some(next) = page.header("elements-next-page-token") else { break };
        path = format!("/instances?pageSize=1&nextPage={next}");
    }
    assert_eq!(met, made);
}

/// INST-188, INST-190, INST-194, INST-196, INST-197
#[tokio::test]
async fn other_lists_show_less_or_other_instances() {
    let world = World::start().await;
    let made = world.make_box(ALICE, "1").await;
    let store = world.make_store(ALICE).await;

    let brief = world.get("/instances?hydrate=false", ALICE).await.ok();
    assert_eq!(ids(&brief), [made.id, store.id]);
    assert!(brief[0].get("configuration").is_none());
    assert_eq!((&brief[0]["token"], &brief[0]["element"]["key"]), (&json!(made.token), &json!("box")));
    assert_eq!(brief[0]["element"]["id"], 22);

    for key in ["box", "22"] {
        let own = world.get(&format!("/elements/{key}/instances"), ALICE).await.ok();
        assert_eq!(own, json!([made.json]));
    }
    world.get("/elements/egnyte/instances", ALICE).await.refused(404);
    world.get("/elements/nothing/instances", ALICE).await.refused(404);

    let count = world.get("/instances/count", ALICE).await.ok();
    assert_eq!(count["totalInstances"], 2);
    assert_eq!(count["elementInstances"].as_array().unwrap().len(), 2);

    let account = world.get("/accounts/instances", ALICE).await.ok();
    assert_eq!(ids(&account), [made.id, store.id]);
    assert!(account[0]["element"].get("description").is_none());
    assert_eq!(world.get("/accounts/12345/instances", ALICE).await.ok(), account);
    world.get("/accounts/99/instances", ALICE).await.refused(404);
}

#[tokio::test]
async fn every_list_says_how_much_it_returned() {
    let world = World::start().await;
    let header = world.make_store(ALICE).await.with(ALICE);
    let vendors = wiremock::ResponseTemplate::new(200).set_body_json(json!([{"id": 1}, {"id": 2}]));
    wiremock::Mock::given(wiremock::matchers::path_regex("^/api/v2/(coupons|orders)"))
        .respond_with(vendors)
        .mount(&world.provider)
        .await;
    for path in [
        "/objects",
        "/hubs/ecommerce/objects",
        "/elements/keys",
        "/elements/metadata",
        "/elements/bigcommerce/authentication-types",
        "/instances/configuration",
        "/instances",
        "/products",
    ] {
        let list = world.get(path, &header).await;
        let count = list.header("elements-returned-count").map(str::to_owned);
        assert_eq!(count, Some(list.ok().as_array().unwrap().len().to_string()), "{path}");
    }
}
