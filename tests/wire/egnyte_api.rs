//! Egnyte's Public API on the wire, and the gateway before it.

use http::Method;
use insta::assert_snapshot;
use rehearsal::{ConsentGiven, Reply, Vendor, oauth::User, providers::egnyte::CLASSIC_POLICY};

use crate::{
    egnyte::{USERINFO, bearer, call, exchange, refresh, scene},
    scene::{member, wire},
};

/// Status, headers and body, without what is drawn anew for each answer.
pub(crate) fn without_request_id(reply: &Reply) -> String {
    wire(reply).lines().filter(|line| !line.starts_with("X-Egnyte-Request-Id")).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_gateway_lets_nobody_in_without_a_good_bearer() {
    let scene = scene();
    let access = member(&exchange(&scene, &scene.code()), "access_token");
    let refused = scene.get(USERINFO, &[]);
    assert_snapshot!("no_token", wire(&refused));
    let exact = r#"{"fault":{"faultstring":"Invalid access token","detail":{"errorcode":"oauth.v2.InvalidAccessToken"}}}"#;
    assert_eq!(refused.text(), exact, "EGN-036");
    assert_eq!(call(&scene, "unknown").body(), refused.body(), "EGN-037");
    let basic = scene.get(USERINFO, &[&format!("Authorization: Basic {access}")]);
    assert_eq!(basic.body(), refused.body(), "EGN-039");
    let in_query = scene.get(&format!("{USERINFO}?access_token={access}"), &[]);
    assert_eq!(in_query.body(), refused.body(), "EGN-039");
    assert_eq!(scene.get("/pubapi/v9/anything", &[]).body(), refused.body(), "EGN-036: any path");
    assert_eq!(scene.get("/pubapi/v9/anything", &[&bearer(&access)]).status(), 404);
    assert_snapshot!("no_route", wire(&scene.get("/puboauth/introspect", &[])));
}

#[test]
fn a_token_is_good_for_the_scopes_it_was_granted() {
    let scene = scene();
    let consent = ConsentGiven { scopes: vec!["Egnyte.filesystem".into()], ..ConsentGiven::default() };
    let issued = scene.tenant.issue_tokens(Vendor::Egnyte, consent).unwrap();
    let bearer = bearer(issued.access_token.expose());
    let get = |target: &str| scene.get(target, &[&bearer]);
    assert_snapshot!("missing_scope", wire(&get("/pubapi/v2/users")));
    assert_eq!(get("/pubapi/v1/links").status(), 403, "EGN-041");
    assert_eq!(get("/pubapi/v1/fs/Shared").status(), 200);
    assert_eq!(get(USERINFO).status(), 200, "EGN-040: any scope");
}

#[test]
fn the_api_says_who_the_token_belongs_to() {
    let scene = scene();
    let access = member(&exchange(&scene, &scene.code()), "access_token");
    assert_snapshot!("userinfo", wire(&call(&scene, &access)));
    let second = call(&scene, &access);
    assert_eq!(second.headers()["x-accesstoken-qps-current"], "2", "EGN-042");
    scene.advance(12 * 3600);
    assert_eq!(call(&scene, &access).headers()["x-accesstoken-quota-current"], "1", "EGN-043");

    let colleague = User { login: "blake".into(), ..scene.tenant.new_user(Vendor::Egnyte) };
    let blake = scene.tenant.register_user(Vendor::Egnyte, colleague).unwrap();
    let bearer = bearer(&access);
    let act_as = |login: &str| scene.get(USERINFO, &[&bearer, &format!("X-Egnyte-Act-As: {login}")]);
    assert_eq!(member(&act_as("blake"), "username"), "blake");
    let nobody = act_as("nobody");
    assert_snapshot!("act_as_nobody", without_request_id(&nobody));
    assert_eq!(nobody.status(), 400, "EGN-054");
    let by_email = scene.get(USERINFO, &[&bearer, &format!("X-Egnyte-Act-As-Email: {}", blake.email)]);
    assert_eq!(member(&by_email, "username"), "blake");
    let unknown = scene.get(USERINFO, &[&bearer, "X-Egnyte-Act-As-Email: nobody@acme.example"]);
    assert_eq!(unknown.status(), 400, "EGN-054: by address");
    let users = |query: &str| scene.get(&format!("/pubapi/v2/users/?{query}"), &[&bearer]);
    assert_snapshot!("users", without_request_id(&users("filter=userName%20eq%20%22avery%22")));
    assert!(users("").text().starts_with("{\"totalResults\":2,\"itemsPerPage\":100"), "EGN-050");
    assert!(users("startIndex=2&count=1").text().contains("\"userName\":\"blake\""), "EGN-050");
    let one = scene.get(&format!("/pubapi/v2/users/{}", blake.id), &[&bearer]);
    assert_eq!(member(&one, "userName"), "blake");
    let unknown = scene.get("/pubapi/v2/users/1", &[&bearer]);
    assert_snapshot!("no_user", without_request_id(&unknown));
    assert_eq!(unknown.status(), 404);
    assert_eq!(users("filter=age%20eq%203").status(), 400);
}

#[test]
fn files_and_folders_can_be_read_and_folders_made() {
    let scene = scene();
    let access = member(&exchange(&scene, &scene.code()), "access_token");
    let bearer = bearer(&access);
    let get = |target: &str| scene.get(target, &[&bearer]);
    assert_snapshot!("folder", without_request_id(&get("/pubapi/v1/fs/Shared/Documents")));
    assert_snapshot!("file", without_request_id(&get("/pubapi/v1/fs/Shared/Documents/Prices.csv")));
    assert_snapshot!("no_entry", without_request_id(&get("/pubapi/v1/fs/Shared/Nothing")));
    let page = get("/pubapi/v1/fs/Shared/Documents?offset=1&count=1");
    assert!(page.text().contains("\"count\":1,\"offset\":1,\"total_count\":3"), "EGN-048: {}", page.text());
    let bare = get("/pubapi/v1/fs/Shared/Documents?list_content=false");
    assert!(!bare.text().contains("total_count"), "{}", bare.text());
    assert!(get("/pubapi/v1/fs/").text().contains("\"path\":\"/Shared\""), "the root lists its folders");

    let act = |path: &str, action: &str| {
        let body = format!(r#"{{"action":"{action}"}}"#);
        let headers = [bearer.as_str(), "Content-Type: application/json"];
        scene.send(Method::POST, &format!("/pubapi/v1/fs{path}"), &headers, &body)
    };
    let made = act("/Shared/Documents/New%20folder", "add_folder");
    assert_snapshot!("add_folder", without_request_id(&made));
    let by_id = get(&format!("/pubapi/v1/fs/ids/folder/{}", member(&made, "folder_id")));
    assert_eq!(member(&by_id, "path"), "/Shared/Documents/New folder");
    let again = act("/Shared/Documents/New%20folder", "add_folder");
    assert_snapshot!("add_folder_twice", without_request_id(&again));
    let bytes = r#"{"errorMessage":"Folder already exists at this location"}"#;
    assert_eq!((again.status().as_u16(), &*again.text()), (403, bytes), "EGN-049");
    assert_eq!(act("/Top", "add_folder").status(), 403);
    assert_eq!(act("/Shared/Nothing/New", "add_folder").status(), 404);
    assert_eq!(act("/Shared/Documents", "dance").status(), 400);
}

#[test]
fn a_reset_puts_the_files_back() {
    let scene = scene();
    let token = || member(&exchange(&scene, &scene.code()), "access_token");
    let bearer_of_now = bearer(&token());
    let path = "/pubapi/v1/fs/Shared/New";
    let made = scene.send(Method::POST, path, &[&bearer_of_now], r#"{"action":"add_folder"}"#);
    assert_eq!(made.status(), 201);
    scene.tenant.reset();
    assert_eq!(scene.get(path, &[&bearer_of_now]).status(), 401);
    assert_eq!(scene.get(path, &[&bearer(&token())]).status(), 404);
}

#[test]
fn files_go_up_and_down_and_go_away() {
    let scene = scene();
    let bearer = bearer(&member(&exchange(&scene, &scene.code()), "access_token"));
    let upload = |path: &str, text: &str| {
        let headers = [bearer.as_str(), "Content-Type: text/plain"];
        scene.send(Method::POST, &format!("/pubapi/v1/fs-content{path}"), &headers, text)
    };
    let act = |method: Method, target: &str| scene.send(method, target, &[&bearer], "");
    let first = upload("/Shared/Documents/Notes.txt", "one");
    assert_eq!(first.status(), 200);
    assert_snapshot!("upload", without_request_id(&first));
    let second = upload("/Shared/Documents/Notes.txt", "two");
    assert_eq!(member(&second, "group_id"), member(&first, "group_id"), "it is the same file");
    assert_ne!(member(&second, "entry_id"), member(&first, "entry_id"), "in another version");

    let by_id = format!("ids/file/{}", member(&first, "group_id"));
    for place in ["Shared/Documents/Notes.txt", &by_id] {
        let found = act(Method::GET, &format!("/pubapi/v1/fs-content/{place}"));
        assert_eq!((found.status().as_u16(), &*found.text()), (200, "two"));
        assert_eq!(found.headers()["content-type"], "text/plain");
    }
    let listed = act(Method::GET, "/pubapi/v1/fs/Shared/Documents");
    assert_eq!(listed.text().matches("Notes.txt\"").count(), 2, "once, by path and by name");
    assert_eq!(upload("/Notes.txt", "x").status(), 403, "nothing is added at the root");
    assert_eq!(upload("/Shared/Nowhere/Notes.txt", "x").status(), 404);
    assert_eq!(upload("/Shared/Documents", "x").status(), 403, "a folder is there");
    assert_eq!(act(Method::GET, "/pubapi/v1/fs-content/Shared/Documents").status(), 400);

    assert_eq!(act(Method::DELETE, "/pubapi/v1/fs/Shared").status(), 403);
    assert_eq!(act(Method::DELETE, &format!("/pubapi/v1/fs/{by_id}")).status(), 200);
    assert_eq!(act(Method::GET, &format!("/pubapi/v1/fs/{by_id}")).status(), 404);
    assert_eq!(act(Method::DELETE, "/pubapi/v1/fs/Shared/Documents").status(), 200);
    assert_eq!(
        act(Method::GET, "/pubapi/v1/fs/Shared/Documents/Prices.csv").status(),
        404,
        "it goes as well"
    );
}

#[test]
fn links_can_be_read_and_made_and_files_be_found() {
    let scene = scene();
    let access = member(&exchange(&scene, &scene.code()), "access_token");
    let bearer = bearer(&access);
    let get = |target: &str| scene.get(target, &[&bearer]);
    let links = get("/pubapi/v1/links");
    assert_snapshot!("links", without_request_id(&links));
    let links: serde_json::Value = serde_json::from_slice(links.body()).unwrap();
    let id = links["ids"][0].as_str().unwrap();
    assert_snapshot!("link", without_request_id(&get(&format!("/pubapi/v1/links/{id}"))));
    assert_snapshot!("no_link", without_request_id(&get("/pubapi/v1/links/none")));
    let create = |body: &str| {
        let headers = [bearer.as_str(), "Content-Type: application/json"];
        scene.send(Method::POST, "/acme/pubapi/v1/links", &headers, body)
    };
    let made = create(r#"{"path":"/Shared/Documents","type":"folder","accessibility":"domain"}"#);
    assert_snapshot!("create_link", without_request_id(&made));
    assert_eq!(create(r#"{"path":"/Shared/Documents","type":"folder"}"#).status(), 400);
    assert_eq!(create(r#"{"path":"/Shared","type":"file","accessibility":"anyone"}"#).status(), 404);
    let counted = get("/pubapi/v1/links?count=1&offset=1");
    assert!(
        counted.text().contains("\"offset\":1,\"count\":1,\"total_count\":2"),
        "EGN-052: {}",
        counted.text()
    );
    assert_snapshot!("links_v2", without_request_id(&get("/pubapi/v2/links?count=1")));
    assert_snapshot!("search", without_request_id(&get("/pubapi/v1/search?query=REHEARSAL")));
    let search = |body: &str| {
        let headers = [bearer.as_str(), "Content-Type: application/json"];
        scene.send(Method::POST, "/acme/pubapi/v2/search", &headers, body)
    };
    let (first, second) = (get("/pubapi/v1/search?query=REHEARSAL"), search(r#"{"query":"REHEARSAL"}"#));
    assert_eq!(first.body(), second.body(), "EGN-053: the second version takes the same in a body");
    assert_eq!(search("{}").status(), 400, "EGN-053");
    for path in ["v2/users", "v1/links", "v1/fs", "v1/audit"] {
        let settings = get(&format!("/pubapi/{path}/settings"));
        assert_eq!(settings.status(), 404);
        assert_eq!(settings.body(), get("/pubapi/v1/nothing").body(), "settings are nobody's id");
    }
    assert!(get("/pubapi/v1/search?query=zebra").text().contains("\"count\":0"), "EGN-053");
    let unasked = get("/pubapi/v1/search");
    assert_snapshot!("search_no_query", without_request_id(&unasked));
    assert_eq!(unasked.status(), 400);
    scene.tenant.inject(rehearsal::Fault::server_error()).unwrap();
    assert_snapshot!("unavailable", without_request_id(&get("/pubapi/v1/links")));
}

#[test]
fn the_first_gateway_gave_tokens_without_a_clock() {
    let scene = scene();
    scene.tenant.set_policy(Vendor::Egnyte, CLASSIC_POLICY);
    let issued = exchange(&scene, &scene.code());
    let access = member(&issued, "access_token");
    let shape = issued.text().replace(&access, "…");
    assert_eq!(shape, r#"{"access_token":"…","token_type":"bearer","expires_in":-1}"#, "EGN-018");
    scene.advance(10 * 365 * 24 * 3600);
    assert_snapshot!("classic_userinfo", without_request_id(&call(&scene, &access)));
    let refused = call(&scene, "unknown");
    assert_snapshot!("classic_inactive", wire(&refused));
    assert_eq!(refused.body().len(), 27, "EGN-038");
    assert_eq!(scene.get(USERINFO, &[]).body(), refused.body(), "EGN-038");
    assert_snapshot!("classic_bad_code", wire(&exchange(&scene, "unknown")));
    let wrong = [
        ("grant_type", "authorization_code"),
        ("client_id", scene.demo.client_id.as_str()),
        ("client_secret", "wrong"),
    ];
    assert_snapshot!("classic_wrong_secret", wire(&scene.post("/puboauth/token", &wrong)));
    let refresh = refresh(&scene, "unknown");
    assert_snapshot!("classic_unsupported_grant_type", wire(&refresh));
    assert_eq!(refresh.status(), 400, "there is nothing to refresh");
    assert!(refresh.text().contains("UNSUPPORTED_GRANT_TYPE"), "{}", refresh.text());
}
