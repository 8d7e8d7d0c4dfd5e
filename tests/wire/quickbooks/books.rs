//! Records are read, made, changed and deleted.

use insta::assert_snapshot;
use serde_json::Value;

use super::{Session, unnumbered};
use crate::scene::wire;

fn body(reply: &rehearsal::Reply) -> Value {
    serde_json::from_slice(reply.body()).expect("the answer is JSON")
}

fn code(reply: &rehearsal::Reply) -> String {
    let body = body(reply);
    body["Fault"]["Error"][0]["code"].as_str().unwrap_or_else(|| panic!("no fault: {body}")).to_owned()
}

#[test]
fn a_customer_is_read() {
    let session = Session::open();
    assert_snapshot!("api_customer", wire(&session.get("customer/1")));
    assert_snapshot!("api_customer_xml", wire(&session.get_xml("customer/1")));
    assert_eq!(session.get("Customer/1").status(), 200, "paths are read in any case");
}

#[test]
fn a_customer_is_made_changed_and_hidden() {
    let session = Session::open();
    let made = session.post("customer", r#"{"GivenName":"Kari","FamilyName":"Steblay","Notes":"new"}"#);
    assert_snapshot!("api_create_customer", wire(&made));
    let id = body(&made)["Customer"]["Id"].as_str().unwrap().to_owned();
    assert_eq!(body(&session.get(&format!("customer/{id}")))["Customer"], body(&made)["Customer"]);

    let sparse = format!(r#"{{"Id":"{id}","SyncToken":"0","sparse":true,"Notes":"changed"}}"#);
    let changed = body(&session.post("customer", &sparse));
    assert_eq!(changed["Customer"]["Notes"], "changed");
    assert_eq!(changed["Customer"]["DisplayName"], "Kari Steblay", "a sparse update leaves the rest");
    assert_eq!(changed["Customer"]["SyncToken"], "1");
    assert_snapshot!("api_stale_object", unnumbered(&session.post("customer", &sparse)));

    let full = format!(r#"{{"Id":"{id}","SyncToken":"1","DisplayName":"Kari"}}"#);
    let changed = body(&session.post("customer?operation=update", &full));
    assert!(changed["Customer"].get("Notes").is_none(), "a full update takes away what it does not name");

    let hide = format!(r#"{{"Id":"{id}","SyncToken":"2","sparse":true,"Active":false}}"#);
    assert_eq!(session.post("customer", &hide).status(), 200);
    let found = |condition: &str| {
        let query =
            format!("query?query=select%20Id%20from%20Customer%20where%20DisplayName%3D'Kari'{condition}");
        body(&session.get(&query))["QueryResponse"]["Customer"].as_array().map_or(0, Vec::len)
    };
    assert_eq!((found(""), found("%20and%20Active%20in%20(true,false)")), (0, 1), "hidden unless asked for");
    let delete = format!(r#"{{"Id":"{id}","SyncToken":"3"}}"#);
    assert_eq!(code(&session.post("customer?operation=delete", &delete)), "500", "a name is never deleted");
}

#[test]
fn what_is_wrong_with_a_record_is_said() {
    let session = Session::open();
    assert_snapshot!(
        "api_duplicate_name",
        wire(&session.post("customer", r#"{"DisplayName":"Amy's Bird Sanctuary"}"#))
    );
    assert_snapshot!(
        "api_missing_member",
        unnumbered(&session.post("invoice", r#"{"CustomerRef":{"value":"1"}}"#))
    );
    let invalid =
        r#"{"CustomerRef":{"value":"4711"},"Line":[{"Amount":1.5,"DetailType":"SalesItemLineDetail"}]}"#;
    assert_snapshot!("api_invalid_reference", unnumbered(&session.post("invoice", invalid)));
    assert_snapshot!("api_unreadable", unnumbered(&session.post("invoice", "no JSON")));
    assert_eq!(code(&session.post("customer", "{}")), "2020", "a customer needs some name");
    assert_eq!(code(&session.post("customer", r#"{"Id":"4711","SyncToken":"0"}"#)), "610", "QBO-047");
    assert_eq!(
        code(&session.post("customer", r#"{"Id":"1"}"#)),
        "2020",
        "an update names the state it is based on"
    );
    assert_eq!(code(&session.post("taxcode", r#"{"Name":"x"}"#)), "500", "tax codes are read only here");
    assert_eq!(code(&session.post("invoice?operation=void", "{}")), "500");
}

#[test]
fn an_invoice_is_made_and_deleted() {
    let session = Session::open();
    let invoice = r#"{"CustomerRef":{"value":"1"},"Line":[
        {"Amount":100.0,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"6"}}},
        {"Amount":50.5,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"6"}}}]}"#;
    let made = session.post("invoice", invoice);
    assert_snapshot!("api_create_invoice", wire(&made));
    let invoice = &body(&made)["Invoice"];
    let delete = format!(r#"{{"Id":{},"SyncToken":"0"}}"#, invoice["Id"]);
    assert_snapshot!("api_delete_invoice", wire(&session.post("invoice?operation=delete", &delete)));
    assert_eq!(code(&session.get(&format!("invoice/{}", invoice["Id"].as_str().unwrap()))), "610");
}

#[test]
fn companies_and_tenants_keep_their_books_apart() {
    let session = Session::open();
    assert_eq!(session.post("class", r#"{"Name":"Cake"}"#).status(), 200);
    let count = "query?query=select%20count(*)%20from%20Class";
    assert_eq!(body(&session.get(count))["QueryResponse"]["totalCount"], 2);
    assert_eq!(body(&Session::open().get(count))["QueryResponse"]["totalCount"], 1);
    session.scene.tenant.reset();
    let bearer = super::exchange(&session.scene, &session.scene.code());
    let again = Session {
        bearer: format!("Authorization: Bearer {}", crate::scene::member(&bearer, "access_token")),
        ..session
    };
    assert_eq!(body(&again.get(count))["QueryResponse"]["totalCount"], 1, "a reset puts them back");
}
