//! What an interrupted run left on a target: found by the marks that every instance of the suite bears, and deleted.

use http::StatusCode;
use serde_json::Value;

use super::{
    runner::{CheckError, PATIENCE},
    target::{self, Call, Client, Target},
};

/// The tag of every instance that a scenario gives no others, and, in any case of letters, how every name begins.
pub(crate) const MARK: &str = "rehearsal";

/// Nobody follows more pages of a list.
const PAGES: usize = 1000;

/// What became of the leftovers.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Removed {
    /// How many instances were deleted.
    pub deleted: usize,
    /// The instances that could not be.
    pub left: Vec<String>,
}

/// Deletes the instances that earlier runs left on the target, and no others.
///
/// # Errors
///
/// If the target does not answer.
pub async fn remove_leftovers(target: &Target) -> Result<Removed, CheckError> {
    let client = Client::new(target::http_client(PATIENCE)?, target.clone());
    let mut found = 0;
    let mut page = Call::get("/instances");
    for _ in 0..PAGES {
        let answer = client.make(page).await.answer;
        let answer =
            answer.map_err(|reason| CheckError::Unreachable { url: target.url.to_string(), reason })?;
        // 404 is how some say that there are none, and also what is said where there is no such service.
        let there_are_none = answer.status == StatusCode::NOT_FOUND && is_there(&client).await;
        if !answer.status.is_success() && !there_are_none {
            return Err(CheckError::Refused { url: target.url.to_string(), status: answer.status });
        }
        for instance in answer.json.as_array().into_iter().flatten().filter(|of| is_ours(of)) {
            found += 1;
            client.delete_later(&format!("/instances/{}", instance["id"]));
        }
        let next = answer.header("elements-next-page-token").to_owned();
        if next.is_empty() {
            break;
        }
        page = Call::get("/instances").query("nextPage", &next);
    }
    let left = client.delete_created().await;
    Ok(Removed { deleted: found - left.len(), left })
}

async fn is_there(client: &Client) -> bool {
    let answer = client.make(Call::get("/elements/keys")).await.answer;
    answer.is_ok_and(|answer| answer.status.is_success())
}

fn is_ours(instance: &Value) -> bool {
    let begins = |text: &Value| {
        let beginning = text.as_str().and_then(|text| text.get(..MARK.len()));
        beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(MARK))
    };
    let tagged = instance["tags"].as_array().is_some_and(|tags| tags.iter().any(|tag| tag == MARK));
    instance["id"].is_number() && (tagged || begins(&instance["name"]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ours_bear_the_mark_and_strangers_do_not() {
        assert!(is_ours(&json!({ "id": 1, "name": "Renamed", "tags": ["rehearsal"] })));
        assert!(is_ours(&json!({ "id": 1, "name": "Rehearsal a1b2c3", "tags": ["Tag Name 1"] })));
        assert!(!is_ours(&json!({ "id": 1, "name": "Our CRM", "tags": ["production"] })));
        assert!(!is_ours(&json!({ "id": 1, "name": "Rehe", "tags": null })));
    }
}
