//! The values at which constraints begin to hold, all of them valid.

use super::{Presence, Source, Sources, Step, path_text, runner, sample, text, valid};
use crate::shape::{Node, Shape};
use serde_json::{Value, json};

/// How deep nested objects are looked into.
const DEPTH: usize = 4;
/// Longer texts and lists are not made, even where they are allowed.
const LONGEST: usize = 20_000;

/// A valid value at the edge of a constraint.
#[derive(Debug, Clone)]
pub(crate) struct Boundary {
    /// Where it goes.
    pub(crate) steps: Vec<Step>,
    /// The value.
    pub(crate) value: Value,
    /// `maxLength of name`.
    pub(crate) what: String,
}

/// All boundaries of a schema and of what is in it.
pub(crate) fn boundaries(node: &Node, place: &str, sources: &Sources, seed: u64) -> Vec<Boundary> {
    let mut found = Vec::new();
    visit(node, place, &mut Vec::new(), (sources, seed), &mut found);
    found
}

fn visit(node: &Node, place: &str, steps: &mut Vec<Step>, context: (&Sources, u64), found: &mut Vec<Boundary>) {
    let (sources, seed) = context;
    let name = if steps.is_empty() { place.to_owned() } else { path_text(steps) };
    let mut add = |value: Value, what: &str| {
        found.push(Boundary { steps: steps.clone(), value, what: format!("{what} of {name}") });
    };
    if node.nullable {
        add(Value::Null, "null");
    }
    if let Some(source) = sources.get(place).filter(|source| **source != Source::Always) {
        // Any other value would refer to nothing.
        if let Source::Values(values) = source {
            values.iter().take(2).for_each(|value| add(value.clone(), "a key"));
        }
        return;
    }
    if !node.samples.is_empty() {
        node.samples.iter().for_each(|value| add(value.clone(), "a value"));
        return;
    }
    if node.blank {
        add(json!(""), "empty text");
    }
    match node.narrow.as_ref().unwrap_or(&node.shape) {
        Shape::Any => {}
        Shape::Boolean => [true, false].into_iter().for_each(|value| add(json!(value), "a value")),
        Shape::Integer { minimum, maximum, multiple } => {
            let multiple = multiple.unwrap_or(1);
            if let Some(minimum) = minimum {
                let least = minimum + (multiple - minimum.rem_euclid(multiple)) % multiple;
                add(json!(least), "minimum");
                if maximum.is_none_or(|maximum| least.saturating_add(multiple) <= maximum) {
                    add(json!(least.saturating_add(multiple)), "minimum and one more");
                }
            }
            if let Some(maximum) = maximum {
                let most = maximum - maximum.rem_euclid(multiple);
                add(json!(most), "maximum");
                if minimum.is_none_or(|minimum| most.saturating_sub(multiple) >= minimum) {
                    add(json!(most.saturating_sub(multiple)), "maximum and one less");
                }
            }
            let within = |n: i64| minimum.is_none_or(|m| n >= m) && maximum.is_none_or(|m| n <= m);
            [0, multiple].into_iter().filter(|n| within(*n)).for_each(|n| add(json!(n), "a small number"));
        }
        Shape::Number { minimum, maximum } => {
            minimum.iter().for_each(|n| add(json!(n), "minimum"));
            maximum.iter().for_each(|n| add(json!(n), "maximum"));
            let within = |n: f64| minimum.is_none_or(|m| n >= m) && maximum.is_none_or(|m| n <= m);
            [0.0, 0.5].into_iter().filter(|n| within(*n)).for_each(|n| add(json!(n), "a small number"));
        }
        Shape::Text { minimum, maximum, pattern, format } => {
            let mut runner = runner(seed, &name);
            let values = valid(node, place, Presence::All, sources);
            for _ in 0..2 {
                sample(&values, &mut runner).into_iter().for_each(|value| add(value, "a value"));
            }
            if pattern.is_none() && format.is_none() {
                // Letters that servers get wrong: bytes are not characters, and text is not markup, path or SQL.
                for odd in ["äöü ß", "日本語のテキスト", "🦀🧪", "' OR 1=1 --", "<b>&amp;</b>", "%s{0}${x}", "a\\b/c"]
                {
                    let count = odd.chars().count();
                    if count >= *minimum && maximum.is_none_or(|maximum| count <= maximum) {
                        add(json!(odd), "unusual letters");
                    }
                }
            }
            let lengths = [
                (*minimum, "minLength"),
                (minimum + 1, "minLength and one more"),
                (maximum.unwrap_or(usize::MAX), "maxLength"),
                (maximum.map_or(usize::MAX, |maximum| maximum.saturating_sub(1)), "maxLength and one less"),
            ];
            if format.is_none() || format.as_deref() == Some("password") {
                let example = sample(&values, &mut runner).and_then(|v| v.as_str().map(ToOwned::to_owned));
                for (length, what) in lengths {
                    let fits = length >= *minimum && maximum.is_none_or(|m| length <= m) && length <= LONGEST;
                    let text = example.as_ref().filter(|_| fits).and_then(|e| {
                        // A prefix or a repetition, without blanks at the ends.
                        let solid: String = e.chars().filter(|letter| !letter.is_whitespace()).collect();
                        text::exactly(pattern.as_deref(), &solid, length)
                    });
                    text.into_iter().for_each(|text| add(json!(text), what));
                }
            }
        }
        Shape::Choice(values) => values.iter().for_each(|value| add(value.clone(), "a value")),
        Shape::Array { items, minimum, maximum, .. } => {
            let items_place = format!("{place}[]");
            let mut runner = runner(seed, &name);
            let available = match sources.get(&items_place) {
                Some(Source::Values(values)) => values.len(),
                Some(Source::Nothing) => 0,
                _ => usize::MAX,
            };
            let mut list = |length: usize| -> Option<Value> {
                let mut exact = node.clone();
                if let Shape::Array { minimum, maximum, .. } = &mut exact.shape {
                    (*minimum, *maximum) = (length, Some(length));
                }
                sample(&valid(&exact, place, Presence::Required, sources), &mut runner)
            };
            let lengths = [(*minimum, "minItems"), (minimum + 1, "minItems and one more")];
            let longest = maximum.map(|maximum| (maximum, "maxItems"));
            for (length, what) in lengths.into_iter().chain(longest) {
                if length <= available && maximum.is_none_or(|m| length <= m) && length <= LONGEST / 20 {
                    list(length).into_iter().for_each(|value| add(value, what));
                }
            }
            if steps.len() < DEPTH && available == usize::MAX && maximum.is_none_or(|m| m > 0) {
                steps.push(Step::Index(0));
                visit(items, &items_place, steps, context, found);
                steps.pop();
            }
        }
        Shape::Object { properties, .. } => {
            for property in properties.iter().filter(|property| !property.node.read_only) {
                if steps.len() < DEPTH {
                    steps.push(Step::Key(property.name.clone()));
                    visit(&property.node, &format!("{place}.{}", property.name), steps, context, found);
                    steps.pop();
                }
            }
        }
        Shape::Union { variants, .. } => {
            let mut runner = runner(seed, &name);
            for (at, variant) in variants.iter().enumerate() {
                let mut only = node.clone();
                if let Shape::Union { variants, .. } = &mut only.shape {
                    *variants = vec![variant.clone()];
                }
                let values = valid(&only, place, Presence::Required, sources);
                let what = format!("variant {}", variant.tag.clone().unwrap_or_else(|| (at + 1).to_string()));
                sample(&values, &mut runner).into_iter().for_each(|value| add(value, &what));
            }
        }
    }
}
