//! What the target answered.

use cucumber::{gherkin::Step, then};
use serde_json::Value;

use crate::conformance::{record::Outcome, world::World};

#[then(regex = r"^the answer is (\d+)$")]
fn answer_is(world: &mut World, status: u16) -> Outcome {
    let got = world.answer()?.status;
    world.check(got == status, format!("status {status}"), format!("status {got}"))
}

#[then(regex = r"^the answer is ((?:\d+, )*\d+ or \d+)$")]
fn answer_is_one_of(world: &mut World, statuses: String) -> Outcome {
    let got = world.answer()?.status;
    let listed = statuses.split(|c: char| !c.is_ascii_digit()).any(|status| status == got.as_str());
    world.check(listed, format!("status {statuses}"), format!("status {got}"))
}

#[then("the call is refused")]
fn call_is_refused(world: &mut World) -> Outcome {
    let got = world.answer()?.status;
    world.check(got.is_client_error(), "a refusal", format!("status {got}"))
}

#[then("the body is empty")]
fn body_is_empty(world: &mut World) -> Outcome {
    let body = world.answer()?.text();
    world.check(body.is_empty(), "an empty body", body)
}

#[then(regex = r#"^the message is "([^"]*)"$"#)]
fn message_is(world: &mut World, message: String) -> Outcome {
    let got = world.member("message")?;
    world.check(got == message.as_str(), format!("message {message:?}"), got)
}

#[then(regex = r#"^the message mentions "([^"]*)"$"#)]
fn message_mentions(world: &mut World, word: String) -> Outcome {
    let message = world.member("message")?;
    let mentions = message.as_str().is_some_and(|message| message.contains(&word));
    world.check(mentions, format!("a message that mentions {word:?}"), message)
}

#[then("it is an error of the service")]
fn is_error_of_service(world: &mut World) -> Outcome {
    let answer = world.answer()?;
    let kind = answer.header("content-type");
    world.check(kind.starts_with("application/json"), "content-type application/json", kind)?;
    for member in ["requestId", "message"] {
        let got = &answer.json[member];
        world.check(got.as_str().is_some_and(|text| !text.is_empty()), format!("a string {member}"), got)?;
    }
    let reason = &answer.json["providerMessage"];
    world.check(reason.is_null(), "no providerMessage", reason)
}

#[then("the requestId is 24 or 25 hexadecimal digits")]
fn request_id_is_hexadecimal(world: &mut World) -> Outcome {
    let id = world.member("requestId")?;
    let text = id.as_str().unwrap_or_default();
    let fits = (24..=25).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    world.check(fits, "24 or 25 hexadecimal digits", id)
}

#[then("the last two answers differ in requestId")]
fn request_ids_differ(world: &mut World) -> Outcome {
    let (one, other) = (&world.answer()?.json["requestId"], &world.answer_before(1)?.json["requestId"]);
    world.check(one != other, "two request ids", one)
}

#[then("the body holds neither HTML nor a stack trace")]
fn body_is_plain(world: &mut World) -> Outcome {
    let body = world.answer()?.text();
    let odd = ["<html", "<!DOCTYPE", "\tat ", "panicked at", "Traceback"]
        .into_iter()
        .find(|sign| body.contains(sign));
    world.check(odd.is_none(), "neither HTML nor a stack trace", odd.unwrap_or_default())
}

#[then(regex = r#"^the header "([^"]*)" is the instance's id$"#)]
fn header_is_id(world: &mut World, name: String) -> Outcome {
    let (got, id) = (world.answer()?.header(&name), &world.instance(0)?.id);
    world.check(got == id, format!("{name}: {id}"), format!("{got:?}"))
}

#[then(regex = r#"^the header "([^"]*)" is not empty$"#)]
fn header_is_there(world: &mut World, name: String) -> Outcome {
    let got = world.answer()?.header(&name);
    world.check(!got.is_empty(), format!("a header {name}"), "none")
}

#[then(regex = r#"^the header "([^"]*)" is "([^"]*)"$"#)]
fn header_has_value(world: &mut World, name: String, value: String) -> Outcome {
    let got = world.answer()?.header(&name);
    world.check(got == value, format!("{name}: {value}"), format!("{got:?}"))
}

#[then(regex = r#"^the header "([^"]*)" begins with "([^"]*)"$"#)]
fn header_begins(world: &mut World, name: String, beginning: String) -> Outcome {
    let got = world.answer()?.header(&name);
    world.check(got.starts_with(&beginning), format!("{name}: {beginning}…"), format!("{got:?}"))
}

#[then(regex = r#"^the header "([^"]*)" names "([^"]*)"$"#)]
fn header_names(world: &mut World, name: String, values: String) -> Outcome {
    let got = world.answer()?.header(&name).to_ascii_lowercase();
    let listed: Vec<&str> = got.split(',').map(str::trim).collect();
    let missing: Vec<&str> =
        values.split(", ").filter(|value| !listed.contains(&value.to_ascii_lowercase().as_str())).collect();
    world.check(missing.is_empty(), format!("{name} with {values}"), format!("no {}", missing.join(", ")))
}

#[then(regex = r"^the answer is an array of (\d+)$")]
fn answer_is_array_of(world: &mut World, length: usize) -> Outcome {
    let answer = &world.answer()?.json;
    let got = answer.as_array().map(Vec::len);
    world.check(got == Some(length), format!("an array of {length}"), answer)
}

#[then(regex = r#"^the message says "No \.\.\. found" or "Invalid \.\.\. provided\."$"#)]
fn message_says_not_found(world: &mut World) -> Outcome {
    let message = world.member("message")?;
    let text = message.as_str().unwrap_or_default();
    let found = text.starts_with("No ") && text.contains("found");
    let provided = text.starts_with("Invalid ") && text.trim_end_matches('.').ends_with("provided");
    world.check(found || provided, "No ... found, or Invalid ... provided.", message)
}

#[then("the answer has these members")]
fn has_members(world: &mut World, step: &Step) -> Outcome {
    for row in step.table().into_iter().flat_map(|table| table.rows.iter().skip(1)) {
        let [member, expected] = row.as_slice() else {
            return Err(world.record.give_up("a table of two columns", format!("{row:?}")));
        };
        let got = world.member(member)?;
        world.check(fits(got, expected), format!("{member}: {expected}"), got)?;
    }
    Ok(())
}

#[then("every entry of the answer has an id and a key")]
fn entries_have_id_and_key(world: &mut World) -> Outcome {
    let answer = &world.answer()?.json;
    let named = |entry: &Value| entry["id"].is_number() && entry["key"].is_string();
    let all = answer.as_array().is_some_and(|entries| !entries.is_empty() && entries.iter().all(named));
    world.check(all, "entries with id and key", answer)
}

#[then("no answer so far gave a secret away")]
fn nothing_was_given_away(world: &mut World) -> Outcome {
    let told = world.secrets_told()?;
    world.check(told.is_empty(), "no secret in any answer", told.join(", "))
}

/// Whether a value is what the table says: a kind of value, a form, or the value itself as JSON.
fn fits(value: &Value, expected: &str) -> bool {
    match expected {
        "a string" => value.as_str().is_some_and(|text| !text.is_empty()),
        "a number" => value.is_number(),
        "a boolean" => value.is_boolean(),
        "an object" => value.is_object(),
        "an array" => value.is_array(),
        "an array of strings" => value.as_array().is_some_and(|entries| entries.iter().all(Value::is_string)),
        "absent" => value.is_null(),
        "YYYY-MM-DDTHH:MM:SSZ" => value.as_str().is_some_and(is_date),
        literal => serde_json::from_str::<Value>(literal).is_ok_and(|literal| *value == literal),
    }
}

fn is_date(text: &str) -> bool {
    let form = "0000-00-00T00:00:00Z";
    text.len() == form.len()
        && text.bytes().zip(form.bytes()).all(
            |(byte, like)| {
                if like == b'0' { byte.is_ascii_digit() } else { byte == like }
            },
        )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_table_names_kinds_forms_and_values() {
        assert!(fits(&json!("2017-07-27T14:27:32Z"), "YYYY-MM-DDTHH:MM:SSZ"));
        assert!(!fits(&json!("2017-07-27T14:27:32+0200"), "YYYY-MM-DDTHH:MM:SSZ"));
        assert!(fits(&json!("none"), "\"none\""));
        assert!(fits(&json!([]), "[]"));
        assert!(fits(&json!(["a"]), "an array of strings") && !fits(&json!([{}]), "an array of strings"));
        assert!(!fits(&json!(""), "a string"));
        assert!(fits(&Value::Null, "absent"));
        assert!(!fits(&json!("0"), "0"));
    }
}
