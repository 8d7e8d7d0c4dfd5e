//! Reports, made of the books.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::Session;
use crate::scene::wire;

fn body(reply: &rehearsal::Reply) -> Value {
    serde_json::from_slice(reply.body()).expect("the answer is JSON")
}

#[test]
fn a_report_shows_what_the_books_say() {
    let session = Session::open();
    let sheet = session.get("reports/BalanceSheet?start_date=2026-01-01&end_date=2026-02-28");
    assert_snapshot!("report_balance_sheet", wire(&sheet));
    let header = &body(&sheet)["Header"];
    assert_eq!((&header["StartPeriod"], &header["EndPeriod"]), (&json!("2026-01-01"), &json!("2026-02-28")));
    let rows = |report: &str| {
        body(&session.get(&format!("reports/{report}")))["Rows"]["Row"].as_array().unwrap().len()
    };
    let before = rows("CustomerBalance");
    session.post("customer", r#"{"DisplayName":"Emmy Noether"}"#);
    assert_eq!(rows("CustomerBalance"), before + 1, "who was just made is in it");
    assert_eq!(session.get("reports/Nothing").status(), 400);
}
