//! What people write and rehearsal reads: it is read, or refused in words.

use rehearsal::{
    conformance::report::{Format, changes, json, merge, terminal},
    fuzzing,
};

/// A configuration file. One that is taken can be printed, and what is printed is taken.
pub fn configuration(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Ok(printed) = fuzzing::configuration(text) {
        let again = fuzzing::configuration(&printed);
        assert!(again.is_ok(), "what `config print` prints is refused: {again:?}\n{printed}");
    }
}

/// A feature file of one's own.
pub fn features(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let _read_or_refused = fuzzing::feature(text);
}

/// The JSON report of a run. One that is taken can be told in every form, and as JSON it says the same.
pub fn reports(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Ok(report) = json::read(text) else { return };
    let written = json::render(&report).expect("a report can be written");
    let read = json::read(&written).expect("what is written can be read");
    assert_eq!(json::render(&read).expect("a report can be written"), written);
    for format in [Format::Html, Format::Junit, Format::Markdown] {
        format.render(&report).expect("a report can be told");
    }
    terminal::write(&report, &mut String::new()).expect("a text can be written");
    let changes = changes(&report, &read);
    assert!(!changes.is_worse(), "nothing is worse than itself: {changes}");
    // Two that tell of one scenario do not go together; one is the whole.
    let _merged_or_refused = merge([report, read]);
}
