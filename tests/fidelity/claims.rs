//! Which test proves which requirement: found in the tests themselves.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    path::Path,
};

use regex::Regex;

use crate::lexing::{self, Item};

/// Something that runs and names a requirement: a test, or a program that drives a vendor's client.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Proof {
    /// The file, from the root of the repository.
    pub(crate) file: String,
    /// The test function, where the file has such.
    pub(crate) function: Option<String>,
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.function {
            Some(function) => write!(f, "{function} in {}", self.file),
            None => f.write_str(&self.file),
        }
    }
}

/// The proofs of each id that any test names.
#[derive(Debug, Default)]
pub(crate) struct Claims(BTreeMap<String, Vec<Proof>>);

impl Claims {
    /// Reads the tests below `root`; an id is one of `prefixes`, a dash and three digits.
    pub(crate) fn scan(root: &Path, prefixes: &[&str]) -> Self {
        let id =
            Regex::new(&format!(r"\b(?:{})-\d{{3}}\b", prefixes.join("|"))).expect("prefixes are letters");
        let mut claims = Self::default();
        let mut files = Vec::new();
        list(&root.join("src"), &mut files);
        list(&root.join("tests"), &mut files);
        files.sort();
        for path in files {
            let file = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            // These name ids to speak of the scan.
            if file.starts_with("tests/fidelity/") {
                continue;
            }
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("rs") => claims.read_rust(&file, &text(&path), &id),
                Some("py" | "js" | "mjs" | "cjs" | "ts" | "rb" | "php" | "go") => {
                    claims.read_program(&file, &text(&path), &id);
                }
                _ => {}
            }
        }
        claims
    }

    /// What proves `id`.
    pub(crate) fn of(&self, id: &str) -> Option<&[Proof]> {
        self.0.get(id).map(Vec::as_slice)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &[Proof])> {
        self.0.iter().map(|(id, proofs)| (id.as_str(), proofs.as_slice()))
    }

    fn add(&mut self, id: String, proof: Proof) {
        let proofs = self.0.entry(id).or_default();
        if !proofs.contains(&proof) {
            proofs.push(proof);
        }
    }

    /// A test claims what its texts name. What only a function or a table names is claimed by the tests of the same
    /// file that reach it.
    fn read_rust(&mut self, file: &str, source: &str, id: &Regex) {
        if !id.is_match(source) {
            return;
        }
        let items = lexing::items(source).unwrap_or_else(|error| panic!("{file} is no Rust: {error}"));
        let ids = |item: &Item| -> BTreeSet<String> {
            let all = item.texts.iter().flat_map(|text| id.find_iter(text));
            all.map(|found| found.as_str().to_owned()).collect()
        };
        let tests: Vec<&Item> = items.iter().filter(|item| item.is_test).collect();
        let proof = |test: &Item| Proof { file: file.to_owned(), function: Some(test.name.clone()) };
        let mut direct = BTreeSet::new();
        for test in &tests {
            for id in ids(test) {
                direct.insert(id.clone());
                self.add(id, proof(test));
            }
        }
        for test in &tests {
            for item in reached(test, &items) {
                for id in ids(item) {
                    if !direct.contains(&id) {
                        self.add(id, proof(test));
                    }
                }
            }
        }
    }

    /// A program in another language claims what its steps name, as in `step("BOX-071: …")`: a step prints its text with
    /// the failure.
    fn read_program(&mut self, file: &str, source: &str, id: &Regex) {
        for line in source.lines().filter(|line| !line.trim_start().starts_with(['#', '/', '*'])) {
            let Some(step) = line.find("step(") else { continue };
            for found in id.find_iter(&line[step..]) {
                self.add(found.as_str().to_owned(), Proof { file: file.to_owned(), function: None });
            }
        }
    }
}

/// What is no test and can be got to from `test` by names.
fn reached<'i>(test: &'i Item, items: &'i [Item]) -> Vec<&'i Item> {
    let mut found: Vec<&Item> = Vec::new();
    let mut open = vec![test];
    while let Some(from) = open.pop() {
        for item in items.iter().filter(|item| !item.is_test && from.mentions.contains(&item.name)) {
            if !found.iter().any(|known| std::ptr::eq(*known, item)) {
                found.push(item);
                open.push(item);
            }
        }
    }
    found
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()))
}

fn list(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("the folder can be listed").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // What is installed for a client's program is not ours.
        if name.starts_with('.') || name == "node_modules" || name == "venv" {
            continue;
        }
        if path.is_dir() {
            list(&path, files);
        } else {
            files.push(path);
        }
    }
}

#[test]
fn tests_claim_what_they_name_and_what_only_they_reach() {
    let source = r#"
        const CASES: &[&str] = &["BOX-003: in a table"];
        fn helper() { CASES; assert!(true, "BOX-001 and BOX-002") }
        fn lonely() { "BOX-004" }
        #[test] fn one() { helper(); assert!(true, "BOX-001") }
        #[test] fn two() { helper() } // BOX-005
    "#;
    let mut claims = Claims::default();
    claims.read_rust("tests/a.rs", source, &Regex::new(r"BOX-\d{3}").expect("it is a pattern"));
    let functions = |id: &str| -> Vec<&str> {
        let proofs = claims.of(id).unwrap_or_default();
        proofs.iter().filter_map(|proof| proof.function.as_deref()).collect()
    };
    assert_eq!(functions("BOX-001"), ["one"]);
    assert_eq!(functions("BOX-002"), ["one", "two"]);
    assert_eq!(functions("BOX-003"), ["one", "two"]);
    assert!(claims.of("BOX-004").is_none() && claims.of("BOX-005").is_none());
}

#[test]
fn a_program_claims_by_its_steps_alone() {
    let source = "# step('BOX-001')\nstep('BOX-002: call')\nprint('BOX-003')\n";
    let mut claims = Claims::default();
    claims.read_program("tests/clients/a.py", source, &Regex::new(r"BOX-\d{3}").expect("it is a pattern"));
    let proof = Proof { file: "tests/clients/a.py".to_owned(), function: None };
    assert_eq!(claims.iter().collect::<Vec<_>>(), [("BOX-002", &[proof][..])]);
}
