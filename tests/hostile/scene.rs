//! A vendor with an app and a user, whose credentials and resources fill the blanks of requests.
//!
//! The fuzz targets use this file, too.

use base64::{Engine, prelude::BASE64_STANDARD};
use rehearsal::{
    Clock, ConsentGiven, Demo, Reply, Stage, TenantHandle, Timestamp, Vendor,
    journal::Bounds,
    oauth::{Flow, Issued},
};
use serde_json::Value;

use crate::{request::Template, signing};

/// A vendor at noon of 2026-03-01, always the same.
pub(crate) struct Scene {
    pub(crate) vendor: Vendor,
    pub(crate) stage: Stage,
    pub(crate) tenant: TenantHandle,
    pub(crate) demo: Demo,
    /// How many fresh names were given.
    fresh: u32,
}

impl Scene {
    pub(crate) fn at(vendor: Vendor) -> Self {
        let clock = Clock::stopped_at(Timestamp::from_millis(1_772_366_400_000));
        let journal = Bounds { entries: 4, bytes: 64 * 1024 };
        let stage = Stage::builder().seed(7).clock(clock).journal(journal).build();
        let tenant = stage.default_tenant();
        let demo = tenant.demo(vendor);
        Self { vendor, stage, tenant, demo, fresh: 0 }
    }

    /// Fills the blanks and sends; nothing if HTTP itself has no such request.
    pub(crate) fn send(&mut self, template: &Template) -> Option<Reply> {
        let request = template.fill(&mut |name| self.blank(name))?;
        Some(self.stage.respond(self.vendor, &request))
    }

    /// Credentials are new each time, because what came before may have killed them.
    fn blank(&mut self, name: &str) -> Option<String> {
        let demo = &self.demo;
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        Some(match name {
            "client_id" => demo.client_id.clone(),
            "client_secret" => demo.client_secret.expose().to_owned(),
            "callback" => encoded(&demo.redirect_uri),
            "raw_callback" => demo.redirect_uri.clone(),
            "login" => encoded(&demo.login),
            "raw_login" => demo.login.clone(),
            "password" => demo.password.expose().to_owned(),
            "realm" => demo.realm.clone()?,
            "basic" => BASE64_STANDARD.encode(format!("{}:{}", demo.login, demo.password.expose())),
            "code" => {
                let code = self.tenant.issue_code(self.vendor, ConsentGiven::default()).ok()?;
                code.expose().to_owned()
            }
            "token" => self.issue().access_token.expose().to_owned(),
            "refresh_token" => self.issue().refresh_token?.expose().to_owned(),
            "fresh" => {
                self.fresh += 1;
                format!("Fresh{}", self.fresh)
            }
            other => match self.special(other) {
                Some(special) => special,
                None => self.resource(other)?,
            },
        })
    }

    fn issue(&self) -> Issued {
        self.issue_with(ConsentGiven::default())
    }

    fn issue_with(&self, consent: ConsentGiven) -> Issued {
        self.tenant.issue_tokens(self.vendor, consent).expect("the demo app and user are registered")
    }

    /// What only one vendor's samples ask for, and no other credential is like.
    fn special(&mut self, name: &str) -> Option<String> {
        Some(match (self.vendor, name) {
            (Vendor::QuickBooks, "client_basic") => {
                let demo = &self.demo;
                BASE64_STANDARD.encode(format!("{}:{}", demo.client_id, demo.client_secret.expose()))
            }
            (Vendor::QuickBooks, "openid_token") => {
                let scopes = ["openid", "profile", "email"].map(str::to_owned).to_vec();
                let issued = self.issue_with(ConsentGiven { scopes, ..ConsentGiven::default() });
                issued.access_token.expose().to_owned()
            }
            (Vendor::QuickBooks, name) => signing::blank(self, name)?,
            (Vendor::Box, "server_id" | "server_secret") => {
                let apps = self.tenant.apps(Vendor::Box);
                let app = apps.into_iter().find(|app| app.flow == Flow::Server).or_else(|| {
                    let mut app = self.tenant.new_app(Vendor::Box);
                    app.flow = Flow::Server;
                    self.tenant.register_app(Vendor::Box, app).ok()
                })?;
                if name == "server_id" {
                    app.client_id.to_string()
                } else {
                    app.client_secret.expose().to_owned()
                }
            }
            (Vendor::Box, "upload") => {
                let part = |name: &str, content: &str| {
                    format!(
                        "--between\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{content}\r\n"
                    )
                };
                self.fresh += 1;
                let attributes = format!("{{\"name\":\"Fresh{}\",\"parent\":{{\"id\":\"0\"}}}}", self.fresh);
                format!("{}{}--between--\r\n", part("attributes", &attributes), part("file", "content"))
            }
            (Vendor::Box, "download") => {
                let request = "GET /2.0/files/{file}/content\nAuthorization: Bearer {token}";
                let found = self.send(&Template::parse(request.as_bytes()))?;
                let (_, token) = found.headers().get("location")?.to_str().ok()?.split_once("token=")?;
                token.to_owned()
            }
            (Vendor::AdobeSign, "upload") => "--between\r\nContent-Disposition: form-data; name=\"File-Name\"\r\n\r\n\
                 offer.pdf\r\n--between\r\nContent-Disposition: form-data; name=\"File\"; filename=\"offer.pdf\"\r\n\
                 Content-Type: application/pdf\r\n\r\n%PDF-1.4\r\n--between--\r\n"
                .to_owned(),
            (Vendor::AdobeSign, "webhook_tag") => {
                let request = "GET /api/rest/v6/webhooks/{webhook}\nAuthorization: Bearer {token}";
                let found = self.send(&Template::parse(request.as_bytes()))?;
                found.headers().get("etag")?.to_str().ok()?.to_owned()
            }
            (Vendor::BigCommerce, "cart_token") => {
                let scopes = vec!["store_cart".to_owned()];
                let issued = self.issue_with(ConsentGiven { scopes, ..ConsentGiven::default() });
                issued.access_token.expose().to_owned()
            }
            (Vendor::Salesforce, "device_form") => format!(
                "--between\r\nContent-Disposition: form-data; name=\"response_type\"\r\n\r\ndevice_code\r\n\
                 --between\r\nContent-Disposition: form-data; name=\"client_id\"\r\n\r\n{}\r\n--between--\r\n",
                self.demo.client_id
            ),
            _ => return None,
        })
    }

    /// The id of something that the vendor has, found as a client would find it.
    fn resource(&mut self, name: &str) -> Option<String> {
        let (request, pointer) = match (self.vendor, name) {
            (Vendor::AdobeSign, "agreement") => {
                ("GET /api/rest/v6/agreements\nAuthorization: Bearer {token}", "/userAgreementList/0/id")
            }
            (Vendor::AdobeSign, "agreement_document") => (
                "GET /api/rest/v6/agreements/{agreement}/documents\nAuthorization: Bearer {token}",
                "/documents/0/id",
            ),
            (Vendor::AdobeSign, "user") => {
                ("GET /api/rest/v6/users/me\nAuthorization: Bearer {token}", "/id")
            }
            (Vendor::AdobeSign, "document") => (
                "POST /api/rest/v6/transientDocuments\nAuthorization: Bearer {token}\n\
                 Content-Type: multipart/form-data; boundary=between\n\n{upload}",
                "/transientDocumentId",
            ),
            (Vendor::AdobeSign, "sent_agreement") => (
                "POST /api/rest/v6/agreements\nAuthorization: Bearer {token}\nContent-Type: application/json\n\n\
                 {\"fileInfos\":[{\"transientDocumentId\":\"{document}\"}],\"name\":\"{fresh}\",\
                 \"participantSetsInfo\":[{\"memberInfos\":[{\"email\":\"robin@customer.example\"}],\"order\":1,\
                 \"role\":\"SIGNER\"}],\"signatureType\":\"ESIGN\",\"state\":\"IN_PROCESS\"}",
                "/id",
            ),
            (Vendor::AdobeSign, "webhook") => {
                let list = "GET /api/rest/v6/webhooks\nAuthorization: Bearer {token}";
                let known = self.json(list)?.pointer("/userWebhookList/0/id").cloned();
                if let Some(known) = known {
                    return known.as_str().map(str::to_owned);
                }
                (
                    "POST /api/rest/v6/webhooks\nAuthorization: Bearer {token}\nContent-Type: application/json\n\n\
                     {\"name\":\"{fresh}\",\"scope\":\"ACCOUNT\",\"state\":\"ACTIVE\",\
                     \"webhookSubscriptionEvents\":[\"AGREEMENT_ALL\"],\
                     \"webhookUrlInfo\":{\"url\":\"https://client.example/hook\"}}",
                    "/id",
                )
            }
            (Vendor::AdobeSign, "group") => (
                "POST /api/rest/v5/groups\nAccess-Token: {token}\nContent-Type: application/json\n\n\
                 {\"groupName\":\"{fresh}\"}",
                "/groupId",
            ),
            (Vendor::AdobeSign, "workflow") => {
                ("GET /api/rest/v5/workflows\nAccess-Token: {token}", "/userWorkflowList/0/workflowId")
            }
            (Vendor::AdobeSign, "template") => (
                "GET /api/rest/v5/libraryDocuments\nAccess-Token: {token}",
                "/libraryDocumentList/0/libraryDocumentId",
            ),
            (Vendor::AdobeSign, "widget") => {
                ("GET /api/rest/v5/widgets\nAccess-Token: {token}", "/userWidgetList/0/widgetId")
            }
            (Vendor::BigCommerce, "shipment") => (
                "POST /api/v2/orders/{order}/shipments.json\nAuthorization: Basic {basic}\n\
                 Content-Type: application/json\n\n{\"order_address_id\":1,\"items\":[]}",
                "/id",
            ),
            (Vendor::Box, "group") => (
                "POST /2.0/groups\nAuthorization: Bearer {token}\nContent-Type: application/json\n\n\
                 {\"name\":\"{fresh}\"}",
                "/id",
            ),
            (Vendor::BigCommerce, "product") => {
                ("GET /api/v2/products.json\nAuthorization: Basic {basic}", "/0/id")
            }
            (Vendor::BigCommerce, "order") => {
                ("GET /api/v2/orders.json\nAuthorization: Basic {basic}", "/0/id")
            }
            (Vendor::BigCommerce, "customer") => {
                ("GET /api/v2/customers.json\nAuthorization: Basic {basic}", "/0/id")
            }
            (Vendor::BigCommerce, "created_customer") => (
                "POST /api/v2/customers.json\nAuthorization: Basic {basic}\nContent-Type: application/json\n\n\
                 {\"first_name\":\"A\",\"last_name\":\"B\",\"email\":\"{fresh}@example.com\"}",
                "/id",
            ),
            (Vendor::BigCommerce, "created_product") => (
                "POST /api/v2/products.json\nAuthorization: Basic {basic}\nContent-Type: application/json\n\n\
                 {\"name\":\"{fresh}\",\"price\":1,\"weight\":1}",
                "/id",
            ),
            (Vendor::BigCommerce, "brand") => (
                "POST /api/v2/brands.json\nAuthorization: Basic {basic}\nContent-Type: application/json\n\n\
                 {\"name\":\"{fresh}\"}",
                "/id",
            ),
            (Vendor::Box, "file") => {
                let items = "GET /2.0/folders/0/items\nAuthorization: Bearer {token}";
                let body = self.json(items)?;
                let entries = body.get("entries")?.as_array()?;
                let file = entries.iter().find(|entry| entry["type"] == "file")?;
                return file["id"].as_str().map(str::to_owned);
            }
            (Vendor::Box, "folder") => (
                "POST /2.0/folders\nAuthorization: Bearer {token}\nContent-Type: application/json\n\n\
                 {\"name\":\"{fresh}\",\"parent\":{\"id\":\"0\"}}",
                "/id",
            ),
            (Vendor::Egnyte, "folder") => {
                ("GET /{realm}/pubapi/v1/fs/Shared\nAuthorization: Bearer {token}", "/folder_id")
            }
            (Vendor::Egnyte, "user") => {
                ("GET /{realm}/pubapi/v2/users\nAuthorization: Bearer {token}", "/resources/0/id")
            }
            (Vendor::Egnyte, "uploaded") => {
                let upload = "POST /{realm}/pubapi/v1/fs-content/Shared/Documents/{fresh}.txt\n\
                              Authorization: Bearer {token}\nContent-Type: text/plain\n\ncontent";
                let path = self.json(upload)?.get("path")?.as_str()?.to_owned();
                return path.strip_prefix('/').map(str::to_owned);
            }
            (Vendor::Egnyte, "link") => (
                "POST /{realm}/pubapi/v1/links\nAuthorization: Bearer {token}\nContent-Type: application/json\n\n\
                 {\"path\":\"/Shared/Documents\",\"type\":\"folder\",\"accessibility\":\"domain\"}",
                "/links/0/id",
            ),
            (Vendor::Salesforce, "record") => (
                "GET /services/data/v60.0/query?q=SELECT+Id+FROM+Account\nAuthorization: Bearer {token}",
                "/records/0/Id",
            ),
            (Vendor::Salesforce, "created_record") => (
                "POST /services/data/v60.0/sobjects/Account\nAuthorization: Bearer {token}\n\
                 Content-Type: application/json\n\n{\"Name\":\"A\"}",
                "/id",
            ),
            (Vendor::Salesforce, "user_code") => (
                "POST /services/oauth2/token\nContent-Type: application/x-www-form-urlencoded\n\n\
                 response_type=device_code&client_id={client_id}",
                "/user_code",
            ),
            (Vendor::QuickBooks, "sync_token") => (
                "GET /v3/company/{realm}/customer/1\nAuthorization: Bearer {token}\nAccept: application/json",
                "/Customer/SyncToken",
            ),
            (Vendor::Salesforce, "identity") => {
                let info = self.json("GET /services/oauth2/userinfo\nAuthorization: Bearer {token}")?;
                let url = info.get("sub")?.as_str()?;
                return url.find("/id/").map(|at| url[at..].to_owned());
            }
            _ => return None,
        };
        match self.json(request)?.pointer(pointer)? {
            Value::String(id) => Some(id.clone()),
            id => Some(id.to_string()),
        }
    }

    fn json(&mut self, request: &str) -> Option<Value> {
        let reply = self.send(&Template::parse(request.as_bytes()))?;
        serde_json::from_slice(reply.body()).ok()
    }
}

/// What is wrong with an answer, whatever the request was.
pub(crate) fn objection(vendor: Vendor, reply: &Reply) -> Option<String> {
    let status = reply.status().as_u16();
    let is_the_vendors = match vendor {
        // When a legacy account has spent its calls (BC-008).
        Vendor::BigCommerce => status == 509,
        // SOAP has no other status for a fault, whoever's fault it is.
        Vendor::Salesforce => status == 500 && reply.text().contains("<soapenv:Fault>"),
        _ => false,
    };
    (status >= 500 && !is_the_vendors).then(|| format!("{status}: {}", reply.text()))
}
