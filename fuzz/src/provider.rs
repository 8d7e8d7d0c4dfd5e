//! Requests at a vendor's stand-in.

use rehearsal::Vendor;

use crate::{
    request::Template,
    scene::{Scene, objection},
};

/// Each request costs a world's credentials; more of them show little more.
const REQUESTS: usize = 8;

/// `input` is a file of `tests/hostile/requests`: requests after lines that begin with `###`, sent one after the other
/// into a world of their own. A stand-in answers as its vendor would, whatever comes.
pub fn provider(vendor: Vendor, input: &[u8]) {
    let mut scene = Scene::at(vendor);
    for text in requests(input).take(REQUESTS) {
        let template = Template::parse(text);
        if let Some(reply) = scene.send(&template)
            && let Some(objection) = objection(vendor, &reply)
        {
            panic!("{vendor}: {template:?} is answered {objection}");
        }
    }
}

/// The texts between the lines that begin with `###`, without their last line breaks.
fn requests(input: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(input);
    std::iter::from_fn(move || {
        let text = rest?;
        let next =
            (0..text.len()).find(|at| text[*at..].starts_with(b"###") && (*at == 0 || text[at - 1] == b'\n'));
        let Some(at) = next else { return rest.take() };
        let line = text[at..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |end| at + end + 1);
        rest = Some(&text[line..]);
        Some(&text[..at])
    })
    .map(<[u8]>::trim_ascii_end)
    .filter(|text| !text.is_empty())
}
