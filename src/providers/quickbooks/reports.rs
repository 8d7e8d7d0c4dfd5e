//! Reports: a table made of the books when it is asked for.
//!
//! Their frame is the one of the vendor's reference. At QuickBooks rows are nested into sections and summed up; here there
//! is one row for each account, customer or vendor with what it stands at, and a total.

use serde_json::{Value, json};

use crate::{
    Timestamp,
    providers::quickbooks::{
        books::{Books, Kind, Record},
        format,
    },
};

/// A report: its name, what its rows are made of, and the member that says what each stands at.
struct Report {
    name: &'static str,
    of: &'static str,
    amount: &'static str,
    /// Only records whose `Classification` is one of these; all, where there is none.
    classes: &'static [&'static str],
}

const ACCOUNT: &str = "CurrentBalance";

const fn accounts(name: &'static str, classes: &'static [&'static str]) -> Report {
    Report { name, of: "Account", amount: ACCOUNT, classes }
}

const fn people(name: &'static str, of: &'static str) -> Report {
    Report { name, of, amount: "Balance", classes: &[] }
}

static REPORTS: [Report; 8] = [
    accounts("BalanceSheet", &["Asset", "Liability", "Equity"]),
    accounts("ProfitAndLoss", &["Revenue", "Expense"]),
    accounts("CashFlow", &["Asset"]),
    accounts("TrialBalance", &[]),
    people("CustomerBalance", "Customer"),
    people("AgedReceivables", "Customer"),
    people("VendorBalance", "Vendor"),
    people("AgedPayables", "Vendor"),
];

/// The report called `name`, of the time that the parameters say; nothing if there is none.
pub(super) fn make(
    name: &str,
    books: &Books,
    now: Timestamp,
    parameter: impl Fn(&str) -> Option<String>,
) -> Option<Value> {
    let report = REPORTS.iter().find(|report| report.name.eq_ignore_ascii_case(name))?;
    let kind = Kind::find(report.of)?;
    let rows: Vec<(Value, f64)> = books.all(kind).iter().filter_map(|record| report.row(record)).collect();
    let total: f64 = rows.iter().map(|(_, amount)| amount).sum();
    let today = format::local_date(now);
    // Without dates QuickBooks takes the year to date.
    let year = today.get(..4).unwrap_or_default();
    let start = parameter("start_date").unwrap_or_else(|| format!("{year}-01-01"));
    let end = parameter("end_date").unwrap_or_else(|| today.clone());
    let has_rows = !rows.is_empty();
    let mut rows: Vec<Value> = rows.into_iter().map(|(row, _)| row).collect();
    if has_rows {
        let summary = json!({ "ColData": [{ "value": "TOTAL" }, { "value": format::amount(total) }] });
        rows.push(json!({ "Summary": summary, "type": "Section", "group": "GrandTotal" }));
    }
    Some(json!({
        "Header": {
            "Time": format::local_seconds(now),
            "ReportName": report.name,
            "ReportBasis": parameter("accounting_method").unwrap_or_else(|| "Accrual".to_owned()),
            "StartPeriod": start,
            "EndPeriod": end,
            "SummarizeColumnsBy": "Total",
            "Currency": "USD",
            "Option": [{ "Name": "NoReportData", "Value": (!has_rows).to_string() }],
        },
        "Columns": {
            "Column": [
                { "ColTitle": "", "ColType": report.of },
                { "ColTitle": "Total", "ColType": "Money" },
            ],
        },
        "Rows": { "Row": rows },
    }))
}

impl Report {
    fn row(&self, record: &Record) -> Option<(Value, f64)> {
        let members = record.members();
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let is_wanted = match text("Classification") {
            Some(class) => self.classes.is_empty() || self.classes.contains(&class),
            None => true,
        };
        let name = text("DisplayName").or_else(|| text("FullyQualifiedName")).or_else(|| text("Name"))?;
        let amount = members.get(self.amount).and_then(Value::as_f64).unwrap_or_default();
        let row = json!({
            "ColData": [{ "value": name, "id": record.id() }, { "value": format::amount(amount) }],
            "type": "Data",
        });
        is_wanted.then_some((row, amount))
    }
}
