//! The environment in which a program meets the stand-ins at the vendors' own host names.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use axum::{Json, Router, http::StatusCode, routing::get};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use crate::{
    Demo, Vendor,
    cli::opening::{Addresses, bare},
    instances::Caller,
};

/// What is on this machine is reached without the proxy.
const NO_PROXY: &str = "localhost,127.0.0.1,::1";

/// Why there is no environment.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoEnvironment {
    #[error(
        "nobody answers at {0}; start `rehearsal serve`, or say where it is with --port-base or --control"
    )]
    Silent(Url),
    #[error(
        "what answers at {0} tells no environment; say where `rehearsal serve` is with --port-base or --control"
    )]
    Stranger(Url),
    #[error("{0} asks for a token; give it with --control-token")]
    Token(Url),
    #[error("{url} cannot tell: {told}")]
    Refused { url: Url, told: String },
}

/// How the variables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    /// For `eval "$(rehearsal env)"`
    Sh,
    /// For `rehearsal env --shell fish | source`
    Fish,
    /// For `rehearsal env --shell powershell | Invoke-Expression`
    Powershell,
    /// For files that containers and tools read
    Dotenv,
    /// One object
    Json,
}

/// Variables and their values.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Environment {
    pub(crate) variables: BTreeMap<String, String>,
}

impl Environment {
    /// What a program needs: the proxy, whom to trust, where everything is, and credentials to begin with.
    pub(crate) fn new(
        addresses: &Addresses,
        caller: Option<&Caller>,
        demos: &[(Vendor, Demo)],
        certificate: &Path,
    ) -> Self {
        let mut variables = through(&addresses.proxy, certificate);
        let mut set = |name: &str, value: &str| drop(variables.insert(name.to_owned(), value.to_owned()));
        set("REHEARSAL_CONTROL_URL", bare(&addresses.control));
        if let Some(token) = &addresses.control_token {
            set("REHEARSAL_CONTROL_TOKEN", token.expose());
        }
        set("REHEARSAL_INSTANCES_URL", bare(&addresses.instances));
        if let Some(caller) = caller {
            set("REHEARSAL_USER_SECRET", caller.user_secret.expose());
            set("REHEARSAL_ORGANIZATION_SECRET", caller.organization_secret.expose());
        }
        for (vendor, url) in &addresses.providers {
            set(&variable(*vendor, "URL"), bare(url));
        }
        for (vendor, demo) in demos {
            set(&variable(*vendor, "CLIENT_ID"), &demo.client_id);
            set(&variable(*vendor, "CLIENT_SECRET"), demo.client_secret.expose());
            set(&variable(*vendor, "REDIRECT_URI"), &demo.redirect_uri);
            set(&variable(*vendor, "LOGIN"), &demo.login);
            set(&variable(*vendor, "PASSWORD"), demo.password.expose());
            if let Some(realm) = &demo.realm {
                set(&variable(*vendor, "REALM"), realm);
            }
        }
        Self { variables }
    }

    /// The variables as `shell` takes them.
    pub(crate) fn written(&self, shell: Shell) -> String {
        if shell == Shell::Json {
            return format!("{}\n", json!(self.variables));
        }
        let line = |(name, value): (&String, &String)| match shell {
            Shell::Sh => format!("export {name}='{}'\n", value.replace('\'', r"'\''")),
            Shell::Fish => {
                format!("set -gx {name} '{}'\n", value.replace('\\', r"\\").replace('\'', r"\'"))
            }
            Shell::Powershell => format!("$env:{name} = '{}'\n", value.replace('\'', "''")),
            Shell::Dotenv | Shell::Json => format!("{name}={value}\n"),
        };
        self.variables.iter().map(line).collect()
    }
}

/// What leads a program to the vendors' own hosts: through `proxy`, with the authority in the file `certificate`.
pub(super) fn through(proxy: &Url, certificate: &Path) -> BTreeMap<String, String> {
    let certificate = certificate.display().to_string();
    // Some programs read one spelling, some the other: curl takes no HTTP_PROXY.
    let proxied = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"].map(|name| (name, bare(proxy)));
    let direct = ["NO_PROXY", "no_proxy"].map(|name| (name, NO_PROXY));
    let trusted =
        ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "REHEARSAL_CA"]
            .map(|name| (name, certificate.as_str()));
    // Node reads the proxy's address only if it is told to.
    let node = [("NODE_USE_ENV_PROXY", "1")];
    let all = proxied.into_iter().chain(direct).chain(trusted).chain(node);
    all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// `REHEARSAL_ADOBE_SIGN_URL` and the like.
pub(super) fn variable(vendor: Vendor, of: &str) -> String {
    format!("REHEARSAL_{}_{of}", vendor.key().replace('-', "_").to_ascii_uppercase())
}

/// `GET /environment`, for whoever may use the control API.
pub(crate) fn router<E: std::fmt::Display>(
    environment: impl Fn() -> Result<Environment, E> + Send + Sync + 'static,
) -> Router {
    let environment = Arc::new(environment);
    let tell = move || async move {
        let refuse =
            |error: E| (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "error": error.to_string() })));
        environment().map(Json).map_err(refuse)
    };
    Router::new().route("/environment", get(tell))
}

/// Asks a running `serve`.
pub(crate) async fn ask(url: Url, token: Option<&crate::Secret>) -> Result<Environment, NoEnvironment> {
    let silent = |_| NoEnvironment::Silent(url.clone());
    // A proxy from the environment is for other machines.
    let client = reqwest::Client::builder().no_proxy().build().map_err(silent)?;
    let mut request = client.get(url.clone());
    if let Some(token) = token {
        request = request.bearer_auth(token.expose());
    }
    let answer = request.send().await.map_err(silent)?;
    let status = answer.status();
    let answer: Option<Value> = answer.json().await.ok();
    if status == StatusCode::UNAUTHORIZED {
        return Err(NoEnvironment::Token(url));
    }
    let told = answer.as_ref().and_then(|answer| answer["error"].as_str());
    match (answer.as_ref().and_then(|answer| serde_json::from_value(answer.clone()).ok()), told) {
        (Some(environment), _) if status.is_success() => Ok(environment),
        (_, Some(told)) if status.is_server_error() => {
            Err(NoEnvironment::Refused { told: told.to_owned(), url })
        }
        _ => Err(NoEnvironment::Stranger(url)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_as_each_shell_needs() {
        let variables = BTreeMap::from([("A".to_owned(), r"it's \ $x".to_owned())]);
        let environment = Environment { variables };
        assert_eq!(environment.written(Shell::Sh), "export A='it'\\''s \\ $x'\n");
        assert_eq!(environment.written(Shell::Fish), "set -gx A 'it\\'s \\\\ $x'\n");
        assert_eq!(environment.written(Shell::Powershell), "$env:A = 'it''s \\ $x'\n");
        assert_eq!(environment.written(Shell::Dotenv), "A=it's \\ $x\n");
        assert_eq!(environment.written(Shell::Json), "{\"A\":\"it's \\\\ $x\"}\n");
    }
}
