//! `docs/steps.md` is the vocabulary of the feature files, made from the step functions by
//! `UPDATE_DOCS=1 cargo test --test steps`; the same test fails when the page is not what would be made.

use std::{fmt::Write as _, fs, path::Path};

const PAGE: &str = "docs/steps.md";

/// Whoever reads a feature asks in this order.
const FILES: [(&str, &str); 12] = [
    ("authenticating", "Users, their access, and the creation of instances"),
    ("listing", "Reading instances, one or many"),
    ("using", "Calls through an instance"),
    ("revoking", "How credentials die at the provider"),
    ("reauthenticating", "How an instance gets new credentials"),
    ("changing", "Changes that need no authentication, and deletion"),
    ("deciding", "The OAuth URL, and what the user does there"),
    ("defining", "Objects"),
    ("providing", "What the provider saw and did"),
    ("trespassing", "What another caller tries"),
    ("answering", "What the target answered"),
    ("calling", "Calls as written in the feature"),
];

#[test]
fn the_page_is_what_would_be_made() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut page = String::from(
        "# Steps\n\nThe vocabulary of `features/` and of feature files of your own (`rehearsal check --features \
         FOLDER`). Made by\n`UPDATE_DOCS=1 cargo test --test steps`.\n\n`<…>` stands for a word, `\"…\"` for a text in \
         quotes, `[…]` for what may be left out. Paths and bodies may hold what\nbegins with `$`: `$id` and `$other` are \
         the ids of the scenario's instances, `$name` the first one's name, `$key`, `$hub` and\n`$object` the \
         connector's key, hub and first object, `$vendorObject` and `$vendorField` an object of the vendor and a field \
         of\nit, `$tag` the second instance's tag, `$entry` the id of the entry that was found; headers may hold `$user`, \
         `$organization` and\n`$element`.\n",
    );
    let folder = root.join("src/conformance/steps");
    let there = fs::read_dir(&folder).expect("the folder can be read").count();
    assert_eq!(there, FILES.len() + 1, "a file of steps is missing in the list of this test");
    for (file, title) in FILES {
        let source =
            fs::read_to_string(folder.join(file).with_extension("rs")).expect("the file can be read");
        let steps = steps(&source);
        assert!(!steps.is_empty(), "{file} has no step");
        write!(page, "\n## {title}\n\n").expect("a text takes it");
        for (keyword, step) in steps {
            writeln!(page, "- {keyword} `{step}`").expect("a text takes it");
        }
    }
    let path = root.join(PAGE);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &page).expect("the page can be written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(kept == page, "{PAGE} is out of date; run UPDATE_DOCS=1 cargo test --test steps");
}

/// The steps that a file declares: keyword and text.
fn steps(source: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for (keyword, attribute) in [("Given", "#[given("), ("When", "#[when("), ("Then", "#[then(")] {
        for (at, _) in source.match_indices(attribute) {
            let literal = &source[at + attribute.len()..];
            found.push((at, keyword, readable(&text_of(literal))));
        }
    }
    found.sort();
    found.into_iter().map(|(_, keyword, step)| (keyword, step)).collect()
}

/// The string literal at the beginning of an attribute, raw or not, after `regex =` or without it.
fn text_of(attribute: &str) -> String {
    let attribute = attribute.trim_start().trim_start_matches("regex = ").trim_start();
    let (open, close) = match attribute {
        raw if raw.starts_with("r#\"") => ("r#\"", "\"#"),
        raw if raw.starts_with("r\"") => ("r\"", "\""),
        _ => ("\"", "\""),
    };
    let text = attribute.strip_prefix(open).expect("a string");
    text[..text.find(close).expect("an end")].to_owned()
}

/// A pattern as a person would write it.
fn readable(pattern: &str) -> String {
    let mut text = pattern.trim_start_matches('^').trim_end_matches('$').to_owned();
    for (from, to) in [
        ("(?:(first|second) )?", "[first|second] "),
        ("(first|second)", "first|second"),
        ("(gets|posts|puts|patches|deletes)(?: to)?", "gets|posts to|puts|patches|deletes"),
        ("(gets|posts)(?: to)?", "gets|posts to"),
        ("\"([^\":]*): ([^\"]*)\"", "\"<name>: <value>\""),
        ("\"([^\"]*)\"", "\"…\""),
        ("((?:\\d+, )*\\d+ or \\d+)", "<number>, <number> or <number>"),
        ("(\\d+)", "<number>"),
        ("(\\S+)", "<word>"),
        ("(?: with a tag of its own)?", "[ with a tag of its own]"),
        ("(?: at \"…\")?", "[ at \"…\"]"),
        ("\\.", "."),
    ] {
        text = text.replace(from, to);
    }
    assert!(!text.contains(['(', '\\', '^']), "the page cannot say {pattern}");
    text
}
