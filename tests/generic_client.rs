//! The `oauth2` crate, a generic client, at every vendor: consent by code, first call, forced expiry, refresh, revocation,
//! its own error for a dead token, a new code, and working again.

use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, RedirectUrl, RefreshToken, RequestTokenError, Scope, TokenResponse, TokenUrl,
    basic::{BasicClient, BasicTokenResponse},
};
use rehearsal::{Consent, RunningStage, Stage, TenantHandle, Vendor};

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// Where a vendor has what.
struct Place {
    vendor: Vendor,
    authorize: &'static str,
    token: &'static str,
    refresh: &'static str,
    call: &'static str,
    scopes: &'static [&'static str],
    auth: AuthType,
}

const PLACES: [Place; 5] = [
    Place {
        vendor: Vendor::AdobeSign,
        authorize: "/public/oauth/v2",
        token: "/oauth/v2/token",
        refresh: "/oauth/v2/refresh",
        call: "/api/rest/v6/users/me",
        scopes: &["user_login:self", "user_read:self"],
        auth: AuthType::RequestBody,
    },
    Place {
        vendor: Vendor::Box,
        authorize: "/api/oauth2/authorize",
        token: "/oauth2/token",
        refresh: "/oauth2/token",
        call: "/2.0/users/me",
        scopes: &[],
        auth: AuthType::RequestBody,
    },
    Place {
        vendor: Vendor::Egnyte,
        authorize: "/puboauth/token",
        token: "/puboauth/token",
        refresh: "/puboauth/token",
        call: "/pubapi/v1/userinfo",
        scopes: &["Egnyte.filesystem", "Egnyte.user"],
        auth: AuthType::RequestBody,
    },
    Place {
        vendor: Vendor::QuickBooks,
        authorize: "/connect/oauth2",
        token: "/oauth2/v1/tokens/bearer",
        refresh: "/oauth2/v1/tokens/bearer",
        call: "/v3/company/{realm}/companyinfo/{realm}",
        scopes: &["com.intuit.quickbooks.accounting"],
        auth: AuthType::BasicAuth,
    },
    Place {
        vendor: Vendor::Salesforce,
        authorize: "/services/oauth2/authorize",
        token: "/services/oauth2/token",
        refresh: "/services/oauth2/token",
        call: "/services/data/v60.0/limits",
        scopes: &["api", "refresh_token"],
        auth: AuthType::RequestBody,
    },
];

/// One vendor, and a client of it.
struct Scene {
    stage: RunningStage,
    tenant: TenantHandle,
    vendor: Vendor,
    http: reqwest::Client,
}

impl Scene {
    async fn at(vendor: Vendor) -> Self {
        let stage = Stage::start().await.expect("loopback ports are free");
        let tenant = stage.tenant();
        tenant.set_consent(Consent::Auto);
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Self { stage, tenant, vendor, http: http.build().expect("it needs nothing") }
    }

    fn url(&self, path: &str) -> String {
        let realm = self.tenant.demo(self.vendor).realm.unwrap_or_default();
        self.stage.url(self.vendor).join(&path.replace("{realm}", &realm)).expect("a path").into()
    }

    fn client(&self, authorize: &str, token: &str, auth: AuthType) -> Client {
        let app = self.tenant.demo(self.vendor);
        BasicClient::new(ClientId::new(app.client_id))
            .set_client_secret(ClientSecret::new(app.client_secret.expose().to_owned()))
            .set_redirect_uri(RedirectUrl::new(app.redirect_uri).expect("a URL"))
            .set_auth_uri(AuthUrl::new(self.url(authorize)).expect("a URL"))
            .set_token_uri(TokenUrl::new(self.url(token)).expect("a URL"))
            .set_auth_type(auth)
    }

    /// What the crate lets its user choose: who sends its requests.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
        let answer = self.http.execute(request.try_into()?).await?;
        let mut response = http::Response::new(Vec::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        *response.body_mut() = answer.bytes().await?.to_vec();
        Ok(response)
    }

    /// The code that the user's browser brings back.
    async fn consent(&self, client: &Client, scopes: &[&str], context: Option<&str>) -> String {
        let mut asked = client.authorize_url(CsrfToken::new_random);
        for scope in scopes {
            asked = asked.add_scope(Scope::new((*scope).to_owned()));
        }
        if let Some(context) = context {
            asked = asked.add_extra_param("context", context.to_owned());
        }
        let (url, state) = asked.url();
        let answer = self.http.get(url.as_str()).send().await.expect("the stand-in answers");
        let location = answer.headers().get("location").and_then(|to| to.to_str().ok());
        let location =
            location.unwrap_or_else(|| panic!("{url} answered {} and no redirect", answer.status()));
        let given = url::Url::parse(location).expect("the callback is a URL");
        let given =
            |name: &str| given.query_pairs().find(|(of, _)| of == name).map(|(_, value)| value.into_owned());
        assert_eq!(given("state").as_deref(), Some(state.secret().as_str()), "{}", self.vendor);
        given("code").expect("the callback has a code")
    }

    async fn call(&self, path: &str, token: &BasicTokenResponse) -> u16 {
        let request = self.http.get(self.url(path)).header("accept", "application/json");
        let answer = request.bearer_auth(token.access_token().secret()).send().await;
        answer.expect("the stand-in answers").status().as_u16()
    }
}

async fn connect(scene: &Scene, client: &Client, place: &Place) -> BasicTokenResponse {
    let code = scene.consent(client, place.scopes, None).await;
    let exchange = client.exchange_code(AuthorizationCode::new(code));
    let token = exchange.request_async(&|request| scene.send(request)).await;
    token.unwrap_or_else(|error| panic!("{}: {error:?}", place.vendor))
}

#[tokio::test]
async fn it_goes_through_the_life_of_a_token_at_every_vendor() {
    for place in PLACES {
        let vendor = place.vendor;
        let scene = Scene::at(vendor).await;
        let client = scene.client(place.authorize, place.token, place.auth.clone());
        let first = connect(&scene, &client, &place).await;
        assert_eq!(scene.call(place.call, &first).await, 200, "{vendor}: the first call");

        scene.tenant.expire(vendor, first.access_token().secret()).expect("it is alive");
        assert_eq!(scene.call(place.call, &first).await, 401, "{vendor}: the token has expired");
        let refresh_token = first.refresh_token().unwrap_or_else(|| panic!("{vendor}: no refresh token"));
        let refreshing = scene.client(place.authorize, place.refresh, place.auth.clone());
        let renewed = refreshing.exchange_refresh_token(refresh_token);
        let renewed = renewed.request_async(&|request| scene.send(request)).await;
        let renewed = renewed.unwrap_or_else(|error| panic!("{vendor}: {error:?}"));
        assert_eq!(scene.call(place.call, &renewed).await, 200, "{vendor}: the new token works");

        // The crate refuses to revoke over plain http.
        scene.tenant.revoke_grant(vendor, renewed.access_token().secret()).expect("it is alive");
        assert_eq!(scene.call(place.call, &renewed).await, 401, "{vendor}: the token is revoked");
        let dead = renewed.refresh_token().unwrap_or(refresh_token).secret().clone();
        let dead = RefreshToken::new(dead);
        let refused = refreshing.exchange_refresh_token(&dead);
        let refused = refused.request_async(&|request| scene.send(request)).await;
        assert!(
            matches!(refused, Err(RequestTokenError::ServerResponse(_))),
            "{vendor}: its own error for a dead token, and not {refused:?}"
        );

        let again = connect(&scene, &client, &place).await;
        assert_eq!(scene.call(place.call, &again).await, 200, "{vendor}: a new code, and it works again");
    }
}

#[tokio::test]
async fn bigcommerces_answer_has_no_token_type_which_it_cannot_do_without() {
    let scene = Scene::at(Vendor::BigCommerce).await;
    let client = scene.client("/oauth2/authorize", "/oauth2/token", AuthType::RequestBody);
    let context = format!("stores/{}", scene.tenant.bigcommerce().store_hash());
    let code = scene.consent(&client, &["store_v2_information"], Some(&context)).await;
    let exchange = client.exchange_code(AuthorizationCode::new(code)).add_extra_param("context", &context);
    let token = exchange.request_async(&|request| scene.send(request)).await;
    let Err(RequestTokenError::Parse(error, body)) = token else { panic!("{token:?}") };
    assert!(error.to_string().contains("token_type"), "{error}");
    // The token is there for whoever reads the answer by other means.
    let body: serde_json::Value = serde_json::from_slice(&body).expect("the answer is JSON");
    let url = scene.url("/stores/{realm}/v2/store");
    let request =
        scene.http.get(url).header("x-auth-token", body["access_token"].as_str().unwrap_or_default());
    assert_eq!(request.send().await.expect("the stand-in answers").status(), 200);
}
