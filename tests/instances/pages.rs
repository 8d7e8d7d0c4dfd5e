//! Pages: of a provider's records, and of many instances while others come and go.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use wiremock::{Mock, Request, ResponseTemplate, matchers};

use crate::support::{ALICE, World, store_body};

/// A store with this many orders, paged as BigCommerce does it.
async fn orders(world: &World, total: u64) {
    let page = move |request: &Request| {
        let number = |name: &str| {
            let found = request.url.query_pairs().find(|(own, _)| own == name);
            found.and_then(|(_, value)| value.parse::<u64>().ok()).unwrap()
        };
        let (page, limit) = (number("page"), number("limit"));
        let orders: Vec<Value> = (1..=total)
            .skip(usize::try_from((page - 1) * limit).unwrap())
            .take(usize::try_from(limit).unwrap())
            .map(|id| json!({"id": id}))
            .collect();
        if orders.is_empty() {
            ResponseTemplate::new(204)
        } else {
            ResponseTemplate::new(200).set_body_json(orders)
        }
    };
    Mock::given(matchers::path("/api/v2/orders")).respond_with(page).mount(&world.provider).await;
}

#[tokio::test]
async fn the_pages_of_a_provider_are_followed_by_token() {
    let world = World::start().await;
    let header = world.make_store(ALICE).await.with(ALICE);
    orders(&world, 45).await;
    for size in [1, 7, 15, 20] {
        let (mut met, mut query) = (Vec::new(), format!("pageSize={size}"));
        loop {
            let page = world.get(&format!("/orders?{query}"), &header).await;
            let records = page.ok();
            let records: Vec<u64> =
                records.as_array().unwrap().iter().map(|one| one["id"].as_u64().unwrap()).collect();
            assert_eq!(page.header("elements-returned-count"), Some(records.len().to_string().as_str()));
            assert!(!records.is_empty() && records.len() <= size);
            met.extend(records);
            let Some(token) = page.header("elements-next-page-token") else { break };
            query = format!("nextPage={token}");
        }
        assert_eq!(met, (1..=45).collect::<Vec<_>>(), "by {size}");
    }
    let large = world.get("/orders?pageSize=1000", &header).await;
    assert_eq!(large.ok().as_array().unwrap().len(), 20);
    assert!(large.header("elements-error").unwrap().contains("ignored"));
    for query in ["pageSize=0", "pageSize=x", "nextPage=nonsense"] {
        world.get(&format!("/orders?{query}"), &header).await.refused(400);
    }
}

#[tokio::test]
async fn pages_of_a_thousand_instances_lose_none_while_others_come_and_go() {
    let world = World::start().await;
    world.store_accepts("storeuser", "storepassword").await;
    let body = store_body(&world.provider.uri());
    let mut there = BTreeSet::new();
    let mut passing = Vec::new();
    for number in 0..1100 {
        let made = world.make(ALICE, &body).await;
        // Every eleventh will go while the list is read.
        if number % 11 == 0 {
            passing.push(made);
        } else {
            there.insert(made.id);
        }
    }
    assert_eq!(there.len(), 1000);
    let (mut met, mut query): (Vec<u64>, _) = (Vec::new(), "pageSize=90".to_owned());
    loop {
        let page = world.get(&format!("/instances?hydrate=false&{query}"), ALICE).await;
        met.extend(page.ok().as_array().unwrap().iter().map(|one| one["id"].as_u64().unwrap()));
        let Some(token) = page.header("elements-next-page-token") else { break };
        query = format!("nextPage={token}");
        for gone in passing.pop().into_iter().chain(passing.pop()) {
            assert_eq!(world.delete(&gone.path(), ALICE).await.status, 200);
        }
        world.make(ALICE, &body).await;
    }
    assert!(met.is_sorted(), "in the order in which they were made");
    let once: BTreeSet<u64> = met.iter().copied().collect();
    assert_eq!(once.len(), met.len(), "none twice");
    assert!(there.is_subset(&once), "none lost");
}

/// INST-195, INST-526
#[tokio::test]
async fn entries_of_a_list_have_their_types() {
    let world = World::start().await;
    world.make_box(ALICE, "1").await;
    let store = world.make_store(ALICE).await;
    for path in ["/instances", "/elements/box/instances", "/accounts/instances"] {
        for entry in world.get(path, ALICE).await.ok().as_array().unwrap() {
            assert!(
                entry["id"].is_u64() && entry["name"].is_string() && entry["token"].is_string(),
                "{entry}"
            );
            assert!(entry["valid"].is_boolean() && entry["user"]["emailAddress"].is_string(), "{entry}");
            assert!(entry["tags"].as_array().unwrap().iter().all(Value::is_string), "{entry}");
        }
    }
    // With an Element part the bare path is the instance's: this store has no object called accounts.
    let through = world.get("/accounts", &store.with(ALICE)).await;
    assert_eq!(through.refused(404).message(), "No object found with name accounts");
    assert_eq!(through.header("elements-element-instance-id"), Some(store.id.to_string().as_str()));
}

/// A token that nobody was given, for a page far beyond the end of any list.
#[tokio::test]
async fn an_invented_token_is_refused() {
    use base64::Engine as _;
    let world = World::start().await;
    let header = world.make_store(ALICE).await.with(ALICE);
    for position in ["18446744073709551615/2", "9007199254740993/1", "-1/2", "1/-2", "1"] {
        let token = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(position);
        for path in ["/products", "/instances", "/elements", "/orders/1/products"] {
            let refused = world.get(&format!("{path}?nextPage={token}"), &header).await;
            assert!(refused.refused(400).message().contains("nextPage"), "{path} {position}");
        }
    }
}
