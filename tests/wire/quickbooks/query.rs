//! The query language.

use http::Method;
use insta::assert_snapshot;
use serde_json::Value;

use super::{Session, path, unnumbered};
use crate::scene::wire;

impl Session {
    fn query(&self, query: &str) -> rehearsal::Reply {
        let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
        self.get(&format!("query?query={query}&minorversion=75"))
    }

    /// The ids found, in their order.
    fn ids(&self, query: &str) -> Vec<String> {
        let reply = self.query(query);
        assert_eq!(reply.status(), 200, "{query}: {}", reply.text());
        let body: Value = serde_json::from_slice(reply.body()).expect("the answer is JSON");
        let found = body["QueryResponse"]
            .as_object()
            .and_then(|found| found.values().find_map(Value::as_array).cloned());
        found
            .into_iter()
            .flatten()
            .map(|record| record["Id"].as_str().expect("a record has an id").to_owned())
            .collect()
    }
}

#[test]
fn a_query_stands_in_the_address_or_in_the_body() {
    let session = Session::open();
    let customers = "select * from Customer";
    let found = session.query(customers);
    assert_snapshot!("api_query_customers", wire(&found));
    let target = path(&session.scene, "query?minorversion=75");
    for content_type in ["application/text", "text/plain"] {
        let headers =
            [session.bearer.as_str(), "Accept: application/json", &format!("Content-Type: {content_type}")];
        let posted = session.scene.send(Method::POST, &target, &headers, customers);
        assert_eq!(posted.body(), found.body(), "QBO-038: {content_type}");
    }
    assert_snapshot!("api_query_company", unnumbered(&session.query("select * from CompanyInfo")));
    assert_snapshot!("api_query_xml", unnumbered(&session.get_xml("query?query=select%20*%20from%20Term")));
    let nothing = session.query("select * from Customer where Id = '4711'");
    assert_snapshot!("api_query_nothing", unnumbered(&nothing));
    assert_snapshot!(
        "api_query_fields",
        unnumbered(&session.query("select DisplayName, Balance from Customer"))
    );
    assert_snapshot!("api_query_count", unnumbered(&session.query("SELECT COUNT(*) FROM Account")));
}

#[test]
fn conditions_order_and_pages_work() {
    let session = Session::open();
    assert_eq!(session.ids("select * from customer where Balance > '100'"), ["1"]);
    assert_eq!(session.ids("select * from Customer where DisplayName like '%shop'"), ["2"]);
    assert_eq!(session.ids(r"select * from Customer where DisplayName = 'Amy\'s Bird Sanctuary'"), ["1"]);
    assert_eq!(session.ids("select * from Invoice where CustomerRef = '2' and TotalAmt <= '85'"), ["131"]);
    assert_eq!(
        session.ids("select * from Account where AccountType in ('Bank', 'Income') orderby Id desc"),
        ["35", "1"]
    );
    assert_eq!(
        session.ids("select * from Account order by CurrentBalance desc, Name startposition 2 maxresults 2"),
        ["35", "84"]
    );
    assert_eq!(session.ids("select * from Account startposition 7"), [] as [&str; 0]);
    let changed = "select * from Customer where MetaData.LastUpdatedTime >= '2026-03-01T12:00:00Z'";
    assert_eq!(session.ids(changed), ["1", "2"]);
    assert_eq!(
        session.ids("select * from Customer where MetaData.LastUpdatedTime > '2026-03-01T04:00:00-08:00'"),
        [] as [&str; 0]
    );
}

#[test]
fn what_is_no_query_is_refused() {
    let session = Session::open();
    assert_snapshot!(
        "api_query_too_small",
        unnumbered(&session.query("select * from Customer startposition 0"))
    );
    assert_snapshot!("api_query_unreadable", unnumbered(&session.query("select * form Customer")));
    assert_snapshot!("api_query_unknown_kind", unnumbered(&session.query("select * from Nothing")));
    for wrong in [
        "",
        "select",
        "select * from Customer where",
        "select * from Customer where Id",
        "select * from Customer where Id = 'open",
        "select * from Customer where Id in ()",
        "select * from Customer maxresults many",
        "select * from Customer maxresults 1001",
        "select * from Customer and more",
        "delete from Customer",
    ] {
        assert_eq!(session.query(wrong).status(), 400, "{wrong}");
    }
}
