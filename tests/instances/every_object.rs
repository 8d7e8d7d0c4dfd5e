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

    /// What each object offers, by the instance's document.
    async fn offered(&self) -> Vec<Offered> {
        let document = self.call(Method::GET, "/instances/docs", None).await.ok();
        let names = self.call(Method::GET, "/objects", None).await.ok();
        let mut offered: Vec<Offered> = names
            .as_array()
            .unwrap()
            .iter()
            .map(|name| Offered { name: name.as_str().unwrap().to_owned(), operations: Vec::new() })
            .collect();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let name = operation["tags"][0].as_str().unwrap();
                let object = offered.iter_mut().find(|object| object.name == name).unwrap();
                let method = method.to_uppercase().parse().unwrap();
                let is_file = operation["produces"] == json!(["application/octet-stream"]);
                object.operations.push(Operation { path: path.clone(), method, is_file });
            }
        }
        offered
    }

    /// The path of the records of an object, below a record of the one above, if there is one.
    async fn place(&self, offered: &Offered) -> String {
        let Some((above, rest)) = offered.below() else { return format!("/{}", offered.name) };
        // What is below all of them, page by page, is all that is below each.
        let across = self.all(&format!("/{}", offered.name)).await;
        let parents = self.all(&format!("/{above}")).await;
        let mut each = Vec::new();
        for parent in &parents {
            each.extend(self.all(&format!("/{above}/{}/{rest}", id_of(parent).unwrap())).await);
        }
        assert_eq!(across, each, "{} across all {above}", offered.name);
        let parent = id_of(&parents[0]).unwrap();
        format!("/{above}/{parent}/{rest}")
    }

    /// All records of a list, in pages of one.
    async fn all(&self, path: &str) -> Vec<Value> {
        let (mut all, mut next) = (Vec::new(), String::new());
        loop {
            let page = self.call(Method::GET, &format!("{path}?pageSize=1{next}"), None).await;
            all.extend(page.ok().as_array().unwrap().clone());
            match page.header("elements-next-page-token") {
                Some(token) => next = format!("&nextPage={token}"),
                None => return all,
            }
        }
    }

    /// Does everything that is offered of one object, in the order in which a record lives.
    async fn walk(&self, offered: &Offered, records: &Records) {
        let name = offered.name.as_str();
        let pattern = offered.pattern();
        let place = self.place(offered).await;
        let has = |path: &str, method: Method| {
            offered
                .operations
                .iter()
                .any(|own| own.path == format!("{pattern}{path}") && own.method == method)
        };
        let mut id = None;
        if has("", Method::GET) {
            // The one object that nothing can be asked of without words.
            let query = if name == "search" { "?query=a" } else { "" };
            let listed = self.call(Method::GET, &format!("{place}{query}"), None).await.ok();
            id = match listed.as_array() {
                Some(entries) => entries.first().and_then(id_of),
                None => nested_id(&listed),
            };
        } else {
            assert!(has("", Method::POST), "{name} can be listed, or at least be made");
            assert_eq!(self.call(Method::GET, &place, None).await.status, 405, "{name} has no list");
        }
        if has("", Method::POST) {
            let made = match records.to_make(name) {
                Some(body) => self.call(Method::POST, &place, Some(body)).await,
                None => self.send_file(&place).await,
            };
            let made = made.ok();
            id = id_of(&made).or_else(|| nested_id(&made));
            assert!(id.is_some(), "{name}: a new record has an id: {made}");
        }
        let single: Vec<_> = offered.operations.iter().filter(|own| own.path.ends_with("{id}")).collect();
        // Without a record there is nothing that could be read: then the object must not offer it.
        let Some(id) = id else { return assert!(single.is_empty(), "{name} has no record to read") };
        let (one, known) = (format!("{place}/{id}"), format!("{place}/{id}/metadata"));
        let is_file = single.iter().any(|own| own.is_file);
        if is_file {
            let content = self.call(Method::GET, &one, None).await;
            assert_eq!(content.status, 200, "{name}: {}", content.text);
            assert!(!content.text.is_empty(), "{name} has content");
        }
        let reads = if is_file { &known } else { &one };
        let is_read = has(if is_file { "/{id}/metadata" } else { "/{id}" }, Method::GET);
        if is_read {
            let read = self.call(Method::GET, reads, None).await.ok();
            assert!(Records::is_it(name, &read, &id), "{name} {id}: {read}");
        }
        for method in [Method::PATCH, Method::PUT] {
            for (path, at) in [("/{id}", &one), ("/{id}/metadata", &known)] {
                if has(path, method.clone()) {
                    let changes = records.change(name);
                    let changed = self.call(method.clone(), at, Some(changes.clone())).await;
                    assert_eq!(changed.status, 200, "{method} {name}: {}", changed.text);
                    let read = self.call(Method::GET, reads, None).await.ok();
                    for (member, value) in seen(name, changes).as_object().unwrap() {
                        assert_eq!(read[member], *value, "{method} {name} keeps {member}");
                    }
                    if name == "agreements" || name == "envelopes" {
                        return self.delete(name, &one, reads).await;
                    }
                }
            }
        }
        if has("/{id}", Method::DELETE) {
            self.delete(name, &one, reads).await;
        }
    }

    async fn delete(&self, name: &str, one: &str, reads: &str) {
        let gone = self.call(Method::DELETE, one, None).await;
        assert_eq!(gone.status, 200, "{name}: {}", gone.text);
        let read = self.call(Method::GET, reads, None).await;
        assert!(read.status.is_client_error(), "{name} is gone: {}", read.text);
    }

    async fn send_file(&self, path: &str) -> Answer {
        let part = multipart::Part::bytes(b"content".as_slice()).file_name("rehearsal.txt");
        let form = multipart::Form::new().part("file", part.mime_str("text/plain").unwrap());
        let request = self.client.post(format!("{}{path}", self.service));
        answer(request.header("authorization", &self.header).multipart(form)).await
    }
}

/// An object, and what can be asked of it.
struct Offered {
    name: String,
    operations: Vec<Operation>,
}

struct Operation {
    path: String,
    method: Method,
    is_file: bool,
}

impl Offered {
    /// The object above, and what follows the id of its record.
    fn below(&self) -> Option<(&str, &str)> {
        let path =
            self.operations.iter().map(|own| own.path.as_str()).find(|path| path.contains("{parent}"))?;
        let (above, rest) = path.trim_start_matches('/').split_once("/{parent}/")?;
        Some((above, rest.trim_end_matches("/metadata").trim_end_matches("/{id}")))
    }

    /// The path of its records, as the document writes it.
    fn pattern(&self) -> String {
        self.below()
            .map_or_else(|| format!("/{}", self.name), |(above, rest)| format!("/{above}/{{parent}}/{rest}"))
    }
}

fn id_of(record: &Value) -> Option<String> {
    // By key where there is an id as well; by the user where the group is named, too.
    const NAMES: [&str; 13] = [
        "templateKey",
        "id",
        "Id",
        "userId",
        "agreementId",
        "libraryDocumentId",
        "group_id",
        "folder_id",
        "transientDocumentId",
        "documentId",
        "widgetId",
        "workflowId",
        "groupId",
    ];
    NAMES.iter().find_map(|name| match &record[*name] {
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

/// What a change makes of a record, where that is not what was sent.
fn seen(name: &str, changes: Value) -> Value {
    match name {
        "agreements" | "envelopes" => json!({"status": "CANCELLED"}),
        "widgets" => json!({"status": "DISABLED"}),
        "custom-fields" => changes["data"].clone(),
        _ => changes,
    }
}

/// What records of each object look like; `{upload}` in them stands for a file that was sent before.
struct Records {
    of: fn(&str) -> Option<(Value, Value)>,
    upload: String,
}

impl Records {
    /// A record to be made; nothing where a file is sent.
    fn to_make(&self, name: &str) -> Option<Value> {
        let (new, _) = (self.of)(name)?;
        Some(serde_json::from_str(&new.to_string().replace("{upload}", &self.upload)).unwrap())
    }

    /// Members to be changed in one.
    fn change(&self, name: &str) -> Value {
        (self.of)(name).map_or_else(|| json!({"name": "renamed.txt"}), |(_, change)| change)
    }

    /// Whether this is the record with the id.
    fn is_it(name: &str, read: &Value, id: &str) -> bool {
        match name {
            "reports" => read["Header"]["ReportName"] == id,
            // Adobe Sign shows one of its users without the id.
            "users" if read["userStatus"].is_string() => read["email"].is_string(),
            _ => id_of(read).or_else(|| nested_id(read)).as_deref() == Some(id),
        }
    }
}

/// The objects that the contract lists for each connector, besides `ping` (section 6).
const LISTED: [(&str, &str); 6] = [
    (
        "bigcommerce",
        "customers customersAddresses customersCount customersGroups customersGroupsCount orders ordersAddresses \
         ordersComments ordersCount ordersCoupons ordersProducts ordersProductsCount ordersShipments \
         ordersShipmentsCount ordersStatuses ordersTaxes ordersTransactions products productsBrands \
         productsCategories productsCount productsFields productsImages productsOptions productsSkus",
    ),
    ("egnyte", "files folders search"),
    ("box", "files folders users groups webhooks custom-fields search me"),
    (
        "sfdc",
        "contacts accounts activities notes tasks campaigns leads opportunities users Contact Account Event Note Task \
         Campaign Lead Opportunity User",
    ),
    (
        "adobe-esign",
        "agreements documents groups library-documents libraryDocuments transient-documents transientDocuments users \
         widgets workflows envelopes uris",
    ),
    (
        "quickbooks",
        "bill-payments bills classes credit-memos credit-terms currencies customers departments employees estimates \
         invoices journal-entries ledger-accounts payment-methods payments products purchase-orders purchases \
         refund-receipts sales-receipts tax-codes tax-rates tax-agencies time-activities vendor-credits vendors \
         preferences reports",
    ),
];

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

async fn check(vendor: Vendor, key: &str, scopes: &[&str], of: fn(&str) -> Option<(Value, Value)>) {
    let scene = Scene::open(vendor, key, scopes).await;
    let offered = scene.offered().await;
    let (_, listed) = LISTED.iter().find(|(own, _)| *own == key).unwrap();
    for name in listed.split_whitespace() {
        assert!(
            offered.iter().any(|object| object.name == name),
            "{key} lacks {name}, which the contract lists"
        );
    }
    let mut records = Records { of, upload: String::new() };
    if offered.iter().any(|object| object.name == "transient-documents") {
        records.upload = id_of(&scene.send_file("/transient-documents").await.ok()).unwrap();
    }
    for object in &offered {
        scene.walk(object, &records).await;
    }
    let hub = scene.call(Method::GET, "/hubs/any/ping", None).await.ok();
    assert_eq!(hub["endpoint"], key, "{hub}");
}

/// INST-366, INST-367, INST-520
#[tokio::test]
async fn every_object_of_salesforce() {
    check(
        Vendor::Salesforce,
        "sfdc",
        &[],
        |name| {
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
                "users" | "User" => (
                    json!({
                        "Username": format!("emmy@{name}.example"), "LastName": "Noether", "Alias": "emmy",
                        "Email": "emmy@org.example",
                    }),
                    json!({"Title": "Professor"}),
                ),
                "notes" | "Note" => (json!({"ParentId": "001000000000000AAA", "Title": "n"}), json!({"Body": "text"})),
                "tasks" | "Task" => (json!({"Subject": "Call"}), json!({"Status": "Completed"})),
                _ => (json!({"Name": "Ideal"}), json!({"Description": "changed"})),
            })
        },
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
        |name| {
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
        },
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
        |name| {
            Some(match name {
                "customers" => (
                    json!({"first_name": "Emmy", "last_name": "Noether", "email": "emmy@shopper.example"}),
                    json!({"company": "Göttingen"}),
                ),
                "customersAddresses" => (
                    json!({"first_name": "Emmy", "last_name": "Noether", "street_1": "Bunsenstraße 3", "city": "Göttingen"}),
                    json!({"zip": "37073"}),
                ),
                "ordersAddresses" => (json!({}), json!({"zip": "37073"})),
                "ordersShipments" => (
                    json!({"order_address_id": 1, "items": [{"order_product_id": 1, "quantity": 1}]}),
                    json!({"comments": "fragile"}),
                ),
                "productsFields" => (json!({"name": "Stone", "text": "none"}), json!({"text": "opal"})),
                "productsImages" => (json!({"image_file": "ring.png"}), json!({"description": "from above"})),
                "productsSkus" => (json!({"sku": "RING-52"}), json!({"upc": "4006381333931"})),
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
        },
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
        |name| match name {
            "files" => None,
            "folders" => Some((json!({"path": "/Shared/Rehearsal"}), json!({}))),
            _ => {
                let link = json!({"path": "/Shared/Welcome.txt", "type": "file", "accessibility": "anyone"});
                Some((link, json!({})))
            }
        },
    )
    .await;
}

/// INST-366, INST-367
#[tokio::test]
async fn every_object_of_box() {
    check(Vendor::Box, "box", &[], |name| match name {
        "files" => None,
        "users" => {
            Some((json!({"name": "Emmy", "login": "emmy@box.example"}), json!({"name": "Emmy Noether"})))
        }
        "webhooks" => Some((
            json!({
                "target": {"id": "1", "type": "folder"}, "address": "https://client.example/hook",
                "triggers": ["FILE.UPLOADED"],
            }),
            json!({"triggers": ["FILE.DELETED"]}),
        )),
        "custom-fields" => Some((
            json!({"displayName": "Contract Type", "fields": []}),
            json!({"op": "editTemplate", "data": {"displayName": "Type of Contract"}}),
        )),
        _ => Some((json!({"name": "New", "parent": {"id": "0"}}), json!({"name": "Changed"}))),
    })
    .await;
}

/// INST-366, INST-367
#[tokio::test]
async fn every_object_of_adobe_sign() {
    check(
        Vendor::AdobeSign,
        "adobe-esign",
        &[
            "agreement_read:account",
            "agreement_send:account",
            "agreement_write:account",
            "library_read:account",
            "library_write:account",
            "user_login:account",
            "user_read:account",
            "user_write:account",
            "widget_read:account",
            "widget_write:account",
            "workflow_read:account",
        ],
        |name| {
            let files = json!([{"transientDocumentId": "{upload}"}]);
            Some(match name {
                "agreements" | "envelopes" => (
                    json!({"documentCreationInfo": {
                        "name": "Contract", "fileInfos": files, "signatureType": "ESIGN",
                        "recipientSetInfos": [{
                            "recipientSetRole": "SIGNER",
                            "recipientSetMemberInfos": [{"email": "robin@customer.example"}],
                        }],
                    }}),
                    json!({"value": "CANCEL"}),
                ),
                "library-documents" | "libraryDocuments" => (
                    json!({"libraryDocumentCreationInfo": {
                        "name": "Offer", "fileInfos": files, "libraryTemplateTypes": ["DOCUMENT"],
                        "librarySharingMode": "USER",
                    }}),
                    json!({}),
                ),
                "widgets" => (
                    json!({"widgetCreationInfo": {
                        "name": "Waiver", "fileInfos": files, "signatureFlow": "SENDER_SIGNATURE_NOT_REQUIRED",
                    }}),
                    json!({"value": "DISABLE"}),
                ),
                "users" => (
                    json!({"email": "emmy@sign.example", "firstName": "Emmy", "lastName": "Noether"}),
                    json!({"title": "Professor"}),
                ),
                "groups" => (json!({"groupName": "Signers"}), json!({"groupName": "Those who sign"})),
                _ => return None,
            })
        },
    )
    .await;
}
