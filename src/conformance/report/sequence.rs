//! The sequence diagram of a scenario: who asked whom, in the order in which it happened.

use maud::{Markup, html};

use crate::conformance::account::{Party, Told};

const LANE: usize = 190;
const MARGIN: usize = 80;
const HEAD: usize = 34;
const ROW: usize = 30;
/// Longer labels would run into the next lane.
const LABEL: usize = 30;

/// An arrow between two lanes.
struct Arrow {
    from: Party,
    to: Party,
    label: String,
    is_answer: bool,
    is_bad: bool,
}

/// The diagram, as an SVG that takes its colours from the page.
pub(super) fn diagram(account: &[Told]) -> Markup {
    let mut arrows = Vec::new();
    for (at, told) in account.iter().enumerate() {
        draw(told, &(at + 1).to_string(), &mut arrows);
    }
    let lanes: Vec<Party> = [Party::Caller, Party::User, Party::Service, Party::Provider]
        .into_iter()
        .filter(|party| arrows.iter().any(|arrow| arrow.from == *party || arrow.to == *party))
        .collect();
    let x = |party: Party| MARGIN + LANE * lanes.iter().position(|lane| *lane == party).unwrap_or(0);
    let (width, height) = (2 * MARGIN + LANE * lanes.len().saturating_sub(1), HEAD + ROW * arrows.len() + 16);
    html! {
        svg.sequence viewBox=(format!("0 0 {width} {height}")) width=(width) height=(height) role="img"
            aria-label="sequence diagram" {
            @for lane in &lanes {
                text.lane x=(x(*lane)) y="16" { (name(*lane)) }
                line.life x1=(x(*lane)) x2=(x(*lane)) y1="24" y2=(height) {}
            }
            @for (row, arrow) in arrows.iter().enumerate() {
                @let (from, to, y) = (x(arrow.from), x(arrow.to), HEAD + ROW * (row + 1) - 8);
                @let tip = if from < to { format!("{},{y} {},{} {},{}", to, to - 7, y - 4, to - 7, y + 4) }
                    else { format!("{},{y} {},{} {},{}", to, to + 7, y - 4, to + 7, y + 4) };
                g.answer[arrow.is_answer].bad[arrow.is_bad] {
                    line x1=(from) x2=(to) y1=(y) y2=(y) {}
                    polygon points=(tip) {}
                    text x=(usize::midpoint(from, to)) y=(y - 5) { (arrow.label) }
                }
            }
        }
    }
}

fn draw(told: &Told, number: &str, arrows: &mut Vec<Arrow>) {
    let ask = format!("{number} {}", path_of(&told.request));
    let arrow = |from, to, label: String, is_answer| {
        let is_bad = is_answer && told.status.is_none_or(|status| status >= 400);
        Arrow { from, to, label: cut(&label), is_answer, is_bad }
    };
    arrows.push(arrow(told.from, told.to, ask, false));
    for (at, inner) in told.within.iter().enumerate() {
        draw(inner, &format!("{number}.{}", at + 1), arrows);
    }
    let answer = told.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let answer = if told.note.is_empty() { answer } else { format!("{answer}, {}", told.note) };
    arrows.push(arrow(told.to, told.from, answer, true));
}

/// A request without what every path begins with, and without its query.
fn path_of(request: &str) -> String {
    request.replacen(" /elements/api-v2/", " /", 1).split('?').next().unwrap_or_default().to_owned()
}

fn cut(label: &str) -> String {
    match label.char_indices().nth(LABEL) {
        Some((at, _)) => format!("{}…", &label[..at]),
        None => label.to_owned(),
    }
}

fn name(party: Party) -> &'static str {
    match party {
        Party::Caller => "caller",
        Party::User => "user",
        Party::Service => "service",
        Party::Provider => "provider",
    }
}
