//! Salesforce's identity services and REST API on the wire.

use http::Method;
use insta::assert_snapshot;
use rehearsal::{ConsentGiven, Vendor};
use serde_json::Value;

use crate::{
    salesforce::{DATA, REVOKE, bearer, call, encoded, exchange, json, scene, tokens},
    scene::{member, wire},
};

#[test]
fn the_identity_services_answer_bare_text_to_bad_tokens() {
    let scene = scene();
    let issued = exchange(&scene, &scene.code());
    let access = member(&issued, "access_token");
    let id = member(&issued, "id").replace("http://127.0.0.1:4013", "");
    let get = |path: &str| scene.get(path, &[&bearer(&access)]);
    assert_snapshot!("userinfo", wire(&get("/services/oauth2/userinfo")));
    assert_snapshot!(
        "userinfo_bad_token",
        wire(&scene.get("/services/oauth2/userinfo", &["Authorization: Bearer x"]))
    );
    assert_snapshot!("userinfo_no_token", wire(&scene.get("/services/oauth2/userinfo", &[])));
    let in_query = format!("/services/oauth2/userinfo?access_token={}", encoded(&access));
    assert_eq!(scene.post(&in_query, &[]).text(), "Missing_OAuth_Token", "SFDC-066");

    assert_snapshot!("identity", wire(&get(&id)));
    assert_snapshot!("identity_as_xml", wire(&get(&format!("{id}?format=xml&version=60.0"))));
    let both = get(&format!("{id}?format=json&oauth_token={}", encoded(&access)));
    assert_eq!(both.status(), 200, "SFDC-069");
    let in_query = scene.get(&format!("{id}?oauth_token={}", encoded(&access)), &[]);
    assert_eq!(in_query.status(), 200);
    let (organization, user) = id["/id/".len()..].split_once('/').unwrap();
    let unknown = get(&format!("/id/{organization}/005000000000000AAA"));
    assert_snapshot!("identity_unknown", wire(&unknown));
    assert_eq!((unknown.status().as_u16(), unknown.text().as_ref()), (404, "Bad_Id"), "SFDC-067");
    assert_snapshot!("identity_other_org", wire(&get(&format!("/id/00D000000000000EAA/{user}"))));
    assert_eq!(scene.get(&id, &[]).text(), "Missing_OAuth_Token", "SFDC-066");
    assert_eq!(scene.post(REVOKE, &[("token", &access)]).status(), 200);
    assert_eq!(get(&id).text(), "Bad_OAuth_Token", "SFDC-065");
}

#[test]
fn scopes_gate_what_userinfo_tells() {
    let scene = scene();
    let given = ConsentGiven { scopes: vec!["openid".into(), "email".into()], ..ConsentGiven::default() };
    let issued = scene.tenant.issue_tokens(Vendor::Salesforce, given).unwrap();
    let info = json(&scene.get("/services/oauth2/userinfo", &[&bearer(issued.access_token.expose())]));
    assert_eq!(info["email"], scene.demo.login.as_str(), "SFDC-068");
    assert_eq!(info.get("family_name"), None, "SFDC-068");
    let refused = call(&scene, issued.access_token.expose());
    assert_snapshot!("api_scope_missing", wire(&refused));
}

#[test]
fn the_rest_api_answers_good_tokens_and_refuses_others() {
    let scene = scene();
    let (access, _) = tokens(&scene);
    let get = |path: &str| scene.get(&format!("{DATA}{path}"), &[&bearer(&access)]);
    let versions = scene.get("/services/data", &[]);
    assert_snapshot!("api_versions", wire(&versions));
    assert_eq!(
        (versions.status().as_u16(), &json(&versions)[0]["version"]),
        (200, &"20.0".into()),
        "SFDC-070"
    );
    let resources = get("");
    assert_snapshot!("api_resources", wire(&resources));
    let identity = member(&resources, "identity");
    assert!(identity.starts_with("http://127.0.0.1:4013/id/00D"), "SFDC-071: {identity}");
    let limits = get("/limits/");
    assert_snapshot!("api_limits", wire(&limits));
    assert_eq!(limits.status(), 200, "SFDC-074");
    assert_eq!(limits.headers()["sforce-limit-info"], "api-usage=2/15000", "SFDC-073");
    assert_eq!(get("/limits").headers()["sforce-limit-info"], "api-usage=3/15000", "SFDC-073, SFDC-074");
    assert_snapshot!("api_objects", wire(&get("/sobjects")));
    assert_snapshot!("api_object", wire(&get("/sobjects/Lead")));
    assert_snapshot!("api_not_found", wire(&get("/nothing")));
    assert_eq!(scene.get("/services/data/v19.0/limits", &[&bearer(&access)]).status(), 404, "SFDC-075");
    assert_snapshot!(
        "api_wrong_method",
        wire(&scene.send(Method::PUT, &format!("{DATA}/limits"), &[&bearer(&access)], ""))
    );

    let refused = |headers: &[&str]| scene.get(&format!("{DATA}/limits"), headers);
    let none = refused(&[]);
    assert_snapshot!("api_no_token", wire(&none));
    let expected = r#"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#;
    let bad = refused(&["Authorization: Bearer x"]);
    assert_eq!((bad.status().as_u16(), bad.text().as_ref()), (401, expected), "SFDC-060");
    assert_eq!(bad.headers()["www-authenticate"], "Token", "SFDC-060");
    assert_eq!(bad.headers()["content-type"], "application/json;charset=UTF-8", "SFDC-060");
    assert_eq!(none.text(), expected, "SFDC-061");
    assert_eq!(refused(&["Authorization: Bearer x"]).body(), refused(&[]).body(), "SFDC-061");
    let pretty = refused(&["X-PrettyPrint: 1"]);
    assert_snapshot!("api_pretty", wire(&pretty));
    let lines =
        "[ {\n  \"message\" : \"Session expired or invalid\",\n  \"errorCode\" : \"INVALID_SESSION_ID\"\n} ]";
    assert_eq!(pretty.text(), lines, "SFDC-063");
    let compact = r#"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#;
    assert_eq!(refused(&["X-PrettyPrint: 0"]).text(), compact, "SFDC-063: it is the header that does it");
    let empty = refused(&["Authorization: OAuth "]);
    assert_snapshot!("api_empty_scheme", wire(&empty));
    let bytes = r#"[{"message":"INVALID_HEADER_TYPE","errorCode":"INVALID_AUTH_HEADER"}]"#;
    assert_eq!((empty.status().as_u16(), &*empty.text()), (401, bytes), "SFDC-062");
    assert_eq!(
        refused(&["Authorization: OAuth"]).body(),
        refused(&["Authorization: Basic eDp5"]).body(),
        "SFDC-062"
    );
    let in_url = scene.get(&format!("{DATA}/limits?access_token={}", encoded(&access)), &[]);
    assert_eq!(in_url.body(), refused(&[]).body(), "SFDC-061: a token in the URL is none");
    assert_eq!(refused(&[&format!("Authorization: OAuth {access}")]).status(), 200, "SFDC-064");
    assert_snapshot!("no_route", wire(&scene.get("/nothing", &[])));
}

#[test]
fn a_query_reads_fields_of_one_object() {
    let scene = scene();
    let (access, _) = tokens(&scene);
    let query = |q: &str| scene.get(&format!("{DATA}/query/?q={}", encoded(q)), &[&bearer(&access)]);
    assert_snapshot!("query", wire(&query("SELECT Id, Name FROM Account")));
    assert_snapshot!("query_person", wire(&query("select name,email from contact limit 1 offset 1")));
    assert_eq!(json(&query("SELECT COUNT() FROM Opportunity"))["totalSize"], 1);
    assert_snapshot!("query_unknown_field", wire(&query("SELECT Id, foo FROM Lead")));
    assert_snapshot!("query_unknown_object", wire(&query("SELECT Id FROM Foo")));
    let unread = query("SELECT Name FROM Account GROUP BY Name");
    assert_snapshot!("query_empty", wire(&query("")));
    assert_snapshot!("query_unreadable", wire(&unread));
    assert!(unread.verdict.to_string().contains("read is SELECT"), "{}", unread.verdict);
    let pretty =
        scene.get(&format!("{DATA}/query?q=SELECT+Name+FROM+Lead"), &[&bearer(&access), "X-PrettyPrint: 1"]);
    assert_snapshot!("query_pretty", wire(&pretty));
}

#[test]
fn a_query_finds_what_fulfils_its_conditions_and_puts_it_in_order() {
    let scene = scene();
    let (access, _) = tokens(&scene);
    let query = |q: &str| scene.get(&format!("{DATA}/query?q={}", encoded(q)), &[&bearer(&access)]);
    let names = |rest: &str| {
        let found = query(&format!("SELECT Name FROM Account {rest}"));
        assert_eq!(found.status(), 200, "{rest}: {}", found.text());
        let records = json(&found)["records"].as_array().unwrap().clone();
        records
            .iter()
            .map(|record| record["Name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let (mills, power, both) = ("Example Mills", "Sample Power", "Example Mills, Sample Power");
    for (condition, found) in [
        ("Name = 'example mills'", mills),
        ("Name != 'Example Mills'", power),
        ("Name LIKE '%ow_r'", power),
        ("NumberOfEmployees > 100", mills),
        ("NumberOfEmployees <= 9000", mills),
        ("AnnualRevenue = null", mills),
        ("AnnualRevenue <> null", power),
        ("Industry IN ('Energy', 'Apparel')", both),
        ("Industry NOT IN ('Energy')", mills),
        ("Industry = 'Energy' OR Phone LIKE '(336)%'", both),
        ("Industry = 'Energy' AND Phone = null", power),
        ("NOT (Industry = 'Energy' OR Industry = 'x')", mills),
        ("IsDeleted = false AND CreatedDate > 2020-01-01T00:00:00Z", both),
        ("CreatedDate < 2020-01-01T00:00:00+01:00", ""),
        ("Name = 'it\\'s'", ""),
    ] {
        assert_eq!(names(&format!("WHERE {condition}")), found, "{condition}");
    }
    assert_eq!(names("ORDER BY Name DESC"), "Sample Power, Example Mills");
    assert_eq!(names("ORDER BY AnnualRevenue"), both, "nothing comes first");
    assert_eq!(names("ORDER BY AnnualRevenue NULLS LAST, Name"), "Sample Power, Example Mills");
    assert_eq!(names("WHERE Name LIKE '%' ORDER BY Name DESC LIMIT 1 OFFSET 1"), mills);
    let id = json(&query("SELECT Id FROM Account WHERE Name = 'Sample Power'"))["records"][0]["Id"].clone();
    let id = id.as_str().unwrap();
    assert_eq!(names(&format!("WHERE Id = '{}'", &id[..15])), power, "an id of 15 characters will do");
    let contacts = format!("SELECT COUNT() FROM Contact WHERE AccountId = '{id}'");
    assert_eq!(json(&query(&contacts))["totalSize"], 1);
    let due = "SELECT COUNT() FROM Opportunity WHERE CloseDate >= 2026-06-30 AND Amount > 1.5";
    assert_eq!(json(&query(due))["totalSize"], 1);

    for (name, condition) in [
        ("query_filter_unknown_field", "foo = 1"),
        ("query_filter_not_quoted", "Name = 1"),
        ("query_filter_quoted", "CreatedDate > '2020-01-01T00:00:00Z'"),
        ("query_filter_operator", "Id LIKE '001%'"),
        ("query_filter_id", "Id = 'x'"),
        ("query_filter_open", "Name = 'x"),
    ] {
        assert_snapshot!(name, wire(&query(&format!("SELECT Id FROM Account WHERE {condition}"))));
    }
}

#[test]
fn what_the_answers_name_is_there() {
    let scene = scene();
    let (access, _) = tokens(&scene);
    let send = |method: Method, path: &str| scene.send(method, path, &[&bearer(&access)], "");
    let get = |path: &str| send(Method::GET, &format!("{DATA}{path}"));
    assert_snapshot!("api_describe", wire(&get("/sobjects/Note/describe")));
    let objects = json(&get("/sobjects"));
    for object in objects["sobjects"].as_array().unwrap() {
        let described = send(Method::GET, object["urls"]["describe"].as_str().unwrap());
        assert_eq!(json(&described)["fields"][0]["type"], "id", "{}", described.text());
    }
    assert_eq!(get("/sobjects/Foo/describe").status(), 404);
    assert_eq!(send(Method::PATCH, &format!("{DATA}/sobjects/Note/describe")).status(), 405);
    let query = encoded("SELECT COUNT() FROM Account");
    assert_eq!(json(&get(&format!("/queryAll?q={query}")))["totalSize"], 2);
    assert_eq!((get("/recent").status().as_u16(), &*get("/recent").text()), (200, "[]"));
}

#[test]
fn a_record_is_created_read_changed_and_deleted() {
    let scene = scene();
    let (access, _) = tokens(&scene);
    let token = bearer(&access);
    let send = |method: Method, path: &str, body: &str| {
        scene.send(
            method,
            &format!("{DATA}/sobjects{path}"),
            &[&token, "Content-Type: application/json"],
            body,
        )
    };
    let created = send(Method::POST, "/Account/", r#"{"name":"New","AnnualRevenue":"12.5"}"#);
    assert_snapshot!("record_created", wire(&created));
    let path = format!("/Account/{}", member(&created, "id"));
    assert_snapshot!("record", wire(&send(Method::GET, &path, "")));
    scene.advance(60);
    let changed = send(Method::PATCH, &path, r#"{"attributes":{"type":"Account"},"Name":"Newer"}"#);
    assert_snapshot!("record_changed", wire(&changed));
    assert_snapshot!(
        "record_fields",
        wire(&send(Method::GET, &format!("{path}?fields=Name,LastModifiedDate"), ""))
    );
    let short = &path[..path.len() - 3];
    assert_eq!(send(Method::GET, short, "").status(), 200, "an id of 15 characters will do");
    assert_eq!(send(Method::GET, &path.replace("Account", "Contact"), "").status(), 404);
    assert_eq!(send(Method::DELETE, &path, "").status(), 204, "SFDC-072");
    assert_snapshot!("record_gone", wire(&send(Method::GET, &path, "")));
    assert_eq!(send(Method::PATCH, &path, "{}").status(), 404, "SFDC-075");
    assert_eq!(send(Method::DELETE, &path, "").status(), 404, "SFDC-075");
}

#[test]
fn a_record_that_cannot_be_written_stays_as_it_is() {
    let scene = scene();
    let (access, _) = tokens(&scene);
    let token = bearer(&access);
    let send = |method: Method, path: &str, body: &str| {
        scene.send(
            method,
            &format!("{DATA}/sobjects{path}"),
            &[&token, "Content-Type: application/json"],
            body,
        )
    };
    assert_snapshot!(
        "record_unknown_field",
        wire(&send(Method::POST, "/Account", r#"{"Name":"x","foo":1}"#))
    );
    assert_snapshot!(
        "record_read_only",
        wire(&send(Method::POST, "/Account", r#"{"Name":"x","CreatedDate":"x"}"#))
    );
    assert_snapshot!("record_required", wire(&send(Method::POST, "/Lead", r#"{"LastName":"x"}"#)));
    let form = ["Content-Type: application/x-www-form-urlencoded", &bearer(&access)];
    let form = scene.send(Method::POST, &format!("{DATA}/sobjects/Account"), &form, "Name=A");
    assert_snapshot!("record_wrong_media_type", wire(&form));
    assert_eq!(form.status(), 415);
    assert_snapshot!("record_no_json", wire(&send(Method::POST, "/Account", "{")));
    assert_snapshot!("record_wrong_type", wire(&send(Method::POST, "/Account", r#"{"Name":{}}"#)));
    assert_snapshot!("record_no_id", wire(&send(Method::GET, "/Account/23foo", "")));
    let created = member(&send(Method::POST, "/Account", r#"{"Name":"x"}"#), "id");
    let path = format!("/Account/{created}");
    assert_eq!(send(Method::PATCH, &path, r#"{"Phone":"1","foo":1}"#).status(), 400);
    assert_eq!(json(&send(Method::GET, &path, ""))["Phone"], Value::Null, "all or nothing");
}

#[test]
fn a_call_belongs_to_the_tenant_whose_credential_it_shows() {
    let scene = scene();
    let tenant = scene.stage.tenant();
    let demo = tenant.demo(Vendor::Salesforce);
    let organization = demo.realm.expect("the org");
    assert_ne!(Some(&organization), scene.demo.realm.as_ref());
    let path = format!("/id/{organization}/005000000000000AAA");
    assert_eq!(scene.get(&path, &[]).status(), 403);
    assert_eq!(tenant.journal().entries().len(), 1, "an org in the path names the tenant");
    let (access, _) = tokens(&scene);
    assert_eq!(scene.get(&path, &[&bearer(&access)]).text(), "Wrong_Org", "the token goes first");
    assert_eq!(tenant.journal().entries().len(), 1);
}
