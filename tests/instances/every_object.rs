//! Every object of every connector against its stand-in: what an instance says it offers can be done.
//!
//! What is offered comes from the instance's own document, so that nothing can be offered and be left out here.

use rehearsal::{
    ConsentGiven, Demo, RunningStage, Stage, Vendor,
    instances::{Caller, Service, Settings, serve},
    providers::egnyte,
};
use reqwest::{Client, Method, multipart};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

use crate::support::{Answer, answer};

const CALLER: &str = "User user-secret, Organization organization-secret";

struct Scene {
    /// Keeps the vendors there.
    _stage: RunningStage,
    service: String,
    client: Client,
    header: String,
}

impl Scene {
    async fn open(vendor: Vendor, key: &str, scopes: &[&str]) -> Self {
        let stage = Stage::start().await.unwrap();
        let caller = Caller::new("user-secret", "organization-secret");
        let base = stage.url(vendor);
        let service = Service::new(Settings::new([(vendor, base.clone())].into(), vec![caller])).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = format!("http://{}/elements/api-v2", listener.local_addr().unwrap());
        tokio::spawn(serve(listener, service, std::future::pending()));
        let client = Client::builder().no_proxy().build().unwrap();
        let tenant = stage.default_tenant();
        // Every object in turn is faster than Egnyte lets an app call.
        tenant.set_switches(&egnyte::Switches { limits: egnyte::Limits::Off, ..Default::default() });
        let demo = tenant.demo(vendor);
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let code = tenant.issue_code(vendor, ConsentGiven { scopes, ..ConsentGiven::default() }).unwrap();
        let body = body(vendor, key, &demo, code.expose(), base.as_str());
        let mut scene = Self { _stage: stage, service: address, client, header: CALLER.to_owned() };
        let made = scene.call(Method::POST, "/instances", Some(body)).await.ok();
        scene.header = format!("{CALLER}, Element {}", made["token"].as_str().unwrap());
        scene
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = self.client.request(method, format!("{}{path}", self.service));
        let request = request.header("authorization", &self.header);
        answer(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }

    /// The operations of each object that the instance's document has: by object, then by path and method.
    async fn offered(&self) -> Vec<(String, Vec<(String, Method)>)> {
        let document = self.call(Method::GET, "/instances/docs", None).await.ok();
        let names = self.call(Method::GET, "/objects", None).await.ok();
        let names = names.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned());
        let of = |name: &str| {
            let own = |path: &String| *path == format!("/{name}") || path.starts_with(&format!("/{name}/"));
            let paths = document["paths"].as_object().unwrap().iter().filter(|(path, _)| own(path));
            let methods = paths.flat_map(|(path, item)| {
                let methods = item.as_object().unwrap().keys();
                methods.map(|method| (path.clone(), method.to_uppercase().parse().unwrap()))
            });
            methods.collect()
        };
        names.map(|name| (name.clone(), of(&name))).collect()
    }

    /// Does everything that is offered of one object, in the order in which a record lives.
    async fn walk(&self, name: &str, offered: &[(String, Method)], records: &Records) {
        let has = |path: &str, method: Method| offered.contains(&(path.to_owned(), method));
        let (many, one, known) =
            (format!("/{name}"), format!("/{name}/{{id}}"), format!("/{name}/{{id}}/metadata"));
        assert!(has(&many, Method::GET), "{name} can be listed");
        // The one object that nothing can be asked of without words.
        let query = if name == "search" { "?query=a" } else { "" };
        let list = self.call(Method::GET, &format!("{many}{query}"), None).await;
        let listed = list.ok();
        let entry = listed.as_array().and_then(|entries| entries.first());
        let mut id = entry.and_then(id_of);
        if has(&many, Method::POST) {
            let made = match records.to_make(name) {
                Some(body) => self.call(Method::POST, &many, Some(body)).await,
                None => self.send_file(&many).await,
            };
            let made = made.ok();
            id = id_of(&made).or_else(|| nested_id(&made));
            assert!(id.is_some(), "{name}: a new record has an id: {made}");
        }
        // Without a record there is nothing that could be read: then the object must not offer it.
        let single: Vec<_> = offered.iter().filter(|(path, _)| *path != many).collect();
        let Some(id) = id else { return assert!(single.is_empty(), "{name} has no record to read") };
        let at = |path: &str| path.replace("{id}", &id);
        let reads = if has(&known, Method::GET) { &known } else { &one };
        if has(reads, Method::GET) {
            let read = self.call(Method::GET, &at(reads), None).await.ok();
            assert_eq!(id_of(&read).or_else(|| nested_id(&read)), Some(id.clone()), "{name}: {read}");
        }
        if has(&known, Method::GET) {
            let content = self.call(Method::GET, &at(&one), None).await;
            assert_eq!(content.status, 200, "{name}: {}", content.text);
        }
        for method in [Method::PATCH, Method::PUT] {
            for path in [&one, &known] {
                if has(path, method.clone()) {
                    let changes = records.change(name);
                    let changed = self.call(method.clone(), &at(path), Some(changes.clone())).await;
                    assert_eq!(changed.status, 200, "{method} {name}: {}", changed.text);
                    let read = self.call(Method::GET, &at(reads), None).await.ok();
                    for (member, value) in changes.as_object().unwrap() {
                        assert_eq!(read[member], *value, "{method} {name} keeps {member}");
                    }
                }
            }
        }
        if has(&one, Method::DELETE) {
            let gone = self.call(Method::DELETE, &at(&one), None).await;
            assert_eq!(gone.status, 200, "{name}: {}", gone.text);
            let read = self.call(Method::GET, &at(reads), None).await;
            assert!(read.status.is_client_error(), "{name} is gone: {}", read.text);
        }
    }

    async fn send_file(&self, path: &str) -> Answer {
        let part = multipart::Part::bytes(b"content".as_slice()).file_name("rehearsal.txt");
        let form = multipart::Form::new().part("file", part.mime_str("text/plain").unwrap());
        let request = self.client.post(format!("{}{path}", self.service));
        answer(request.header("authorization", &self.header).multipart(form)).await
    }
}

fn id_of(record: &Value) -> Option<String> {
    ["id", "Id", "userId", "agreementId", "libraryDocumentId", "group_id", "folder_id", "transientDocumentId"]
        .iter()
        .find_map(|name| match &record[*name] {
            Value::String(id) => Some(id.clone()),
            Value::Number(id) => Some(id.to_string()),
            _ => None,
        })
}

/// The id of a record that the vendor wraps up, as a vendor object's comes.
fn nested_id(record: &Value) -> Option<String> {
    let inner = |value: &Value| id_of(value).or_else(|| id_of(value.as_array()?.first()?));
    record.as_object()?.values().find_map(inner)
}

/// What records of each object look like.
struct Records(fn(&str) -> Option<(Value, Value)>);

impl Records {
    /// A record to be made; nothing where a file is sent.
    fn to_make(&self, name: &str) -> Option<Value> {
        (self.0)(name).map(|(new, _)| new)
    }

    /// Members to be changed in one.
    fn change(&self, name: &str) -> Value {
        (self.0)(name).map_or_else(|| json!({"name": "renamed.txt"}), |(_, change)| change)
    }
}

fn body(vendor: Vendor, key: &str, demo: &Demo, code: &str, base: &str) -> Value {
    let mut configuration = Map::new();
    let mut set = |name: &str, value: &str| drop(configuration.insert(name.to_owned(), json!(value)));
    if vendor == Vendor::BigCommerce {
        set("username", &demo.login);
        set("password", demo.password.expose());
        set("store.url", &format!("{}/api/v2", base.trim_end_matches('/')));
    } else {
        set("oauth.api.key", &demo.client_id);
        set("oauth.api.secret", demo.client_secret.expose());
        set("oauth.callback.url", &demo.redirect_uri);
    }
    match vendor {
        Vendor::Egnyte => set("subdomain", demo.realm.as_deref().unwrap()),
        Vendor::QuickBooks => set("authentication.type", "oauth2"),
        _ => {}
    }
    json!({
        "element": {"key": key}, "name": "everything", "configuration": configuration,
        "providerData": {"code": code, "realmId": demo.realm},
    })
}

async fn check(vendor: Vendor, key: &str, scopes: &[&str], records: Records) {
    let scene = Scene::open(vendor, key, scopes).await;
    let offered = scene.offered().await;
    assert!(offered.len() > 2, "{offered:?}");
    for (name, operations) in offered {
        scene.walk(&name, &operations, &records).await;
    }
}

/// INST-366, INST-367, INST-520
#[tokio::test]
async fn every_object_of_salesforce() {
    check(
        Vendor::Salesforce,
        "sfdc",
        &[],
        Records(|name| {
            Some(match name {
                "contacts" | "Contact" => (json!({"LastName": "Noether"}), json!({"Title": "Professor"})),
                "leads" | "Lead" => {
                    (json!({"LastName": "Noether", "Company": "Göttingen"}), json!({"Title": "Professor"}))
                }
                "opportunities" | "Opportunity" => (
                    json!({"Name": "Ring", "StageName": "Prospecting", "CloseDate": "2026-01-31"}),
                    json!({"StageName": "Closed Won"}),
                ),
                "activities" | "Event" => (
                    json!({"Subject": "Talk", "StartDateTime": "2026-01-31T10:00:00Z", "EndDateTime": "2026-01-31T11:00:00Z"}),
                    json!({"Location": "Erlangen"}),
                ),
                "notes" | "Note" => (json!({"ParentId": "001000000000000AAA", "Title": "n"}), json!({"Body": "text"})),
                "tasks" | "Task" => (json!({"Subject": "Call"}), json!({"Status": "Completed"})),
                _ => (json!({"Name": "Ideal"}), json!({"Description": "changed"})),
            })
        }),
    )
    .await;
}

/// INST-366, INST-367
#[tokio::test]
async fn every_object_of_quickbooks() {
    check(
        Vendor::QuickBooks,
        "quickbooks",
        &[],
        Records(|name| {
            let line = json!([{"Amount": 10, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": "2"}}}]);
            let customer = json!({"value": "1"});
            let vendor = json!({"value": "30"});
            let account = json!({"value": "35"});
            let note = json!({"PrivateNote": "changed"});
            Some(match name {
                "bills" | "Bill" | "purchase-orders" | "vendor-credits" => {
                    (json!({"VendorRef": vendor, "Line": line}), note)
                }
                "bill-payments" => {
                    (json!({"VendorRef": vendor, "TotalAmt": 10, "PayType": "Check", "Line": line}), note)
                }
                "credit-memos" | "estimates" | "invoices" | "Invoice" => {
                    (json!({"CustomerRef": customer, "Line": line}), note)
                }
                "journal-entries" | "sales-receipts" => (json!({"Line": line}), note),
                "payments" => (json!({"CustomerRef": customer, "TotalAmt": 10}), note),
                "purchases" => (json!({"PaymentType": "Cash", "AccountRef": account, "Line": line}), note),
                "refund-receipts" => (json!({"DepositToAccountRef": account, "Line": line}), note),
                "time-activities" => (json!({"NameOf": "Employee", "EmployeeRef": {"value": "55"}}), json!({"Hours": 3})),
                "currencies" => (json!({"Code": "CHF"}), json!({"Name": "Swiss Franc"})),
                "customers" | "vendors" | "employees" => {
                    (json!({"DisplayName": format!("New of {name}")}), json!({"GivenName": "Emmy"}))
                }
                "Customer" | "Vendor" => (json!({"DisplayName": format!("One more {name}")}), json!({})),
                "tax-agencies" => (json!({"DisplayName": "Agency"}), json!({"TaxTrackedOnSales": false})),
                "ledger-accounts" | "Account" => {
                    (json!({"Name": format!("New of {name}"), "AccountType": "Expense"}), json!({"Description": "changed"}))
                }
                _ => (json!({"Name": format!("New of {name}")}), json!({"Active": false})),
            })
        }),
    )
    .await;
}

/// INST-366, INST-367
#[tokio::test]
async fn every_object_of_bigcommerce() {
    check(
        Vendor::BigCommerce,
        "bigcommerce",
        &[],
        Records(|name| {
            Some(match name {
                "customers" => (
                    json!({"first_name": "Emmy", "last_name": "Noether", "email": "emmy@shopper.example"}),
                    json!({"company": "Göttingen"}),
                ),
                "products" => (json!({"name": "Ring", "price": "12.5", "weight": 1}), json!({"sku": "RING"})),
                "orders" => (
                    json!({
                        "customer_id": 1, "billing_address": {"first_name": "Emmy"},
                        "products": [{"product_id": 32, "quantity": 2}],
                    }),
                    json!({"status_id": 2}),
                ),
                _ => {
                    (json!({"name": format!("New of {name}")}), json!({"name": format!("Changed of {name}")}))
                }
            })
        }),
    )
    .await;
}

/// INST-366, INST-367
#[tokio::test]
async fn every_object_of_egnyte() {
    check(
        Vendor::Egnyte,
        "egnyte",
        &["Egnyte.filesystem", "Egnyte.link", "Egnyte.user"],
        Records(|name| match name {
            "files" => None,
            "folders" => Some((json!({"path": "/Shared/Rehearsal"}), json!({}))),
            _ => {
                let link = json!({"path": "/Shared/Welcome.txt", "type": "file", "accessibility": "anyone"});
                Some((link, json!({})))
            }
        }),
    )
    .await;
}

/// INST-366, INST-367
#[tokio::test]
async fn every_object_of_box() {
    check(
        Vendor::Box,
        "box",
        &[],
        Records(|name| match name {
            "files" => None,
            _ => Some((json!({"name": "New", "parent": {"id": "0"}}), json!({"name": "Changed"}))),
        }),
    )
    .await;
}
