//! Values that violate one constraint of a schema, and only that one.

use super::{Step, path_text, text};
use crate::{
    draft::apply,
    model::Place,
    shape::{Additional, Node, Property, Shape, Variant},
};
use serde_json::{Value, json};

/// How deep nested objects are looked into.
const DEPTH: usize = 4;
/// Longer texts are not made.
const LONGEST: usize = 100_000;

/// One violated constraint.
#[derive(Debug, Clone)]
pub(crate) struct Violation {
    /// The field.
    pub(crate) steps: Vec<Step>,
    /// What happens to it.
    pub(crate) change: Change,
    /// `maxLength of name, one more`.
    pub(crate) what: String,
}

/// How a valid value is changed.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// Another value.
    Set(Value),
    /// The property is taken away.
    Remove,
}

/// All violations of a schema and of what is in it. In addresses (query, path …) everything is text, so that fewer
/// values are wrong.
pub(crate) fn violations(node: &Node, place: Place, body: bool, name: &str) -> Vec<Violation> {
    let mut found = Vec::new();
    let root = Root { body, place, name };
    visit(node, &root, &mut Vec::new(), &mut found);
    found
}

struct Root<'a> {
    body: bool,
    place: Place,
    name: &'a str,
}

fn visit(node: &Node, root: &Root<'_>, steps: &mut Vec<Step>, found: &mut Vec<Violation>) {
    let name = if steps.is_empty() { root.name.to_owned() } else { path_text(steps) };
    let mut add = |value: Value, what: &str| {
        let what = format!("{what} of {name}");
        found.push(Violation { steps: steps.clone(), change: Change::Set(value), what });
    };
    if root.body {
        if !node.nullable && !matches!(node.shape, Shape::Any) {
            add(Value::Null, "null instead of a value");
        }
        for (kind, value) in wrong_types(&node.shape) {
            add(value, &format!("{kind} instead of {}", name_of(&node.shape)));
        }
    } else {
        address(node, root.place, &mut add);
    }
    match &node.shape {
        Shape::Integer { minimum, maximum, multiple } => {
            if let Some(less) = minimum.and_then(|minimum| minimum.checked_sub(1)) {
                add(json!(less), "minimum, one less");
            }
            if let Some(more) = maximum.and_then(|maximum| maximum.checked_add(1)) {
                add(json!(more), "maximum, one more");
            }
            if let Some(multiple) = multiple {
                let base = minimum.map_or(0, |m| m + (multiple - m.rem_euclid(*multiple)) % multiple);
                add(json!(base + 1), "multipleOf, off by one");
            }
        }
        Shape::Number { minimum, maximum } => {
            // Limits that are exclusive were moved by a half: this is the limit itself. Large numbers have no halves.
            let step = |n: f64| if n.abs() < 1e12 { 0.5 } else { n.abs() / 1e6 };
            minimum.iter().for_each(|n| add(json!(n - step(*n)), "minimum, a little less"));
            maximum.iter().for_each(|n| add(json!(n + step(*n)), "maximum, a little more"));
        }
        Shape::Text { minimum, maximum, pattern, format } => {
            // What is shorter in a query may as well be absent, and an empty segment is another path.
            if *minimum > 0 && (root.body || *minimum > 1) {
                let short =
                    text::exactly(pattern.as_deref(), "a", minimum - 1).unwrap_or_else(|| "a".repeat(minimum - 1));
                add(json!(short), "minLength, one less");
            }
            if let Some(maximum) = maximum.filter(|maximum| *maximum < LONGEST) {
                let sample = match format.as_deref() {
                    Some("email") => format!("a@{}.example.test", "b".repeat(maximum.saturating_sub(14))),
                    Some("uri" | "url") => format!("https://example.test/{}", "a".repeat(maximum.saturating_sub(20))),
                    _ => String::new(),
                };
                let long = match sample.chars().count() > maximum {
                    true => Some(sample),
                    false => text::exactly(pattern.as_deref(), "a", maximum + 1),
                };
                long.into_iter().for_each(|long| add(json!(long), "maxLength, one more"));
            }
            if let Some(pattern) = pattern {
                let wrong = ["a b", "é", "a!", "ab/cd", "", "\u{1F980}", "$$$$", "0"];
                let fits = |text: &&str| {
                    let count = text.chars().count();
                    (count >= *minimum || root.body) && count > 0 && maximum.is_none_or(|m| count <= m)
                };
                let wrong = wrong.into_iter().filter(fits).filter(|text| !text::matches(pattern, text));
                let wrong = wrong.filter(|text| root.place != Place::Path || root.body || !text.contains('/'));
                wrong.take(3).for_each(|text| add(json!(text), "pattern"));
            }
            if let Some(format) = format {
                let short = |text: &&&str| maximum.is_none_or(|m| text.chars().count() <= m);
                text::unformatted(format).iter().filter(short).for_each(|text| add(json!(text), "format"));
            }
        }
        Shape::Choice(values) if !values.is_empty() => {
            let text = values.iter().all(Value::is_string);
            if text {
                add(json!("not-one-of-these-values"), "enum");
                if let Some(first) = values[0].as_str().filter(|v| !v.is_empty()) {
                    let other = format!("{first}x");
                    if !values.contains(&json!(other)) {
                        add(json!(other), "enum, a letter more");
                    }
                }
            } else {
                let largest = values.iter().filter_map(Value::as_i64).max().unwrap_or(0);
                add(json!(largest.saturating_add(1)), "enum, one more");
            }
        }
        Shape::Array { items, minimum, maximum, unique } if root.body => {
            let item = found_item(items);
            if *minimum > 0 {
                add(json!(vec![item.clone(); minimum - 1]), "minItems, one less");
            }
            if let Some(maximum) = maximum.filter(|maximum| *maximum < LONGEST / 100 && !*unique) {
                add(json!(vec![item.clone(); maximum + 1]), "maxItems, one more");
            }
            if *unique && maximum.is_none_or(|m| m >= 2) {
                add(json!([item, item]), "uniqueItems, one twice");
            }
            if steps.len() < DEPTH && maximum.is_none_or(|maximum| maximum > 0) {
                steps.push(Step::Index(0));
                visit(items, root, steps, found);
                steps.pop();
            }
        }
        Shape::Object { properties, additional } if root.body => object(properties, additional, root, steps, found),
        Shape::Union { tag: Some(tag), variants } if root.body && steps.len() < DEPTH => {
            union(node, tag, variants, root, steps, found);
        }
        _ => {}
    }
}

fn object(
    properties: &[Property],
    additional: &Additional,
    root: &Root<'_>,
    steps: &mut Vec<Step>,
    found: &mut Vec<Violation>,
) {
    if matches!(additional, Additional::Forbidden) {
        steps.push(Step::Key("property_that_is_not_listed".into()));
        let what = format!("additionalProperties of {}", path_text(&steps[..steps.len() - 1]));
        found.push(Violation { steps: steps.clone(), change: Change::Set(json!("x")), what });
        steps.pop();
    }
    for property in properties.iter().filter(|property| !property.node.read_only) {
        steps.push(Step::Key(property.name.clone()));
        if property.required {
            let what = format!("required property {} left out", path_text(steps));
            found.push(Violation { steps: steps.clone(), change: Change::Remove, what });
        }
        if steps.len() < DEPTH {
            visit(&property.node, root, steps, found);
        }
        steps.pop();
    }
}

/// What is wrong in a union whose tag says which schema holds. (Without a tag, what one schema forbids another may allow.)
fn union(
    node: &Node,
    tag: &str,
    variants: &[Variant],
    root: &Root<'_>,
    steps: &mut Vec<Step>,
    found: &mut Vec<Violation>,
) {
    let name = if steps.is_empty() { root.name.to_owned() } else { path_text(steps) };
    let key = Step::Key(tag.to_owned());
    // Some put the tag beside the union; then it is nothing here.
    if variants.iter().all(|variant| variant.node.property(tag).is_some()) {
        steps.push(key.clone());
        let unknown = Change::Set(json!("not-one-of-these-values"));
        found.push(Violation { steps: steps.clone(), change: unknown, what: format!("discriminator of {name}") });
        steps.pop();
    }
    for variant in variants {
        let mut only = node.clone();
        only.shape = Shape::Union { tag: Some(tag.to_owned()), variants: vec![variant.clone()] };
        let strategy = super::valid(&only, "", super::Presence::All, &super::Sources::default());
        let Some(value) = super::sample(&strategy, &mut super::runner(0, &name)) else { continue };
        let mut inner = Vec::new();
        visit(&variant.node, &Root { body: true, place: root.place, name: &name }, &mut Vec::new(), &mut inner);
        for violation in inner.into_iter().filter(|v| !v.steps.is_empty() && v.steps.first() != Some(&key)) {
            let mut wrong = value.clone();
            if apply(&mut wrong, &violation.steps, &violation.change) {
                let what = format!("{} in {name} ({})", violation.what, variant.tag.as_deref().unwrap_or_default());
                found.push(Violation { steps: steps.clone(), change: Change::Set(wrong), what });
            }
        }
    }
}

/// A valid item, as good as it gets without randomness.
fn found_item(items: &Node) -> Value {
    let sources = super::Sources::default();
    let strategy = super::valid(items, "", super::Presence::Required, &sources);
    super::sample(&strategy, &mut super::runner(0, "item")).unwrap_or(Value::Null)
}

/// Values of other types, by the name of their type.
fn wrong_types(shape: &Shape) -> Vec<(&'static str, Value)> {
    let (object, list, text) = (("an object", json!({"a": 1})), ("a list", json!([1, "a"])), ("a text", json!("text")));
    let (number, yes) = (("a number", json!(12.5)), ("a boolean", json!(true)));
    match shape {
        Shape::Any => Vec::new(),
        Shape::Boolean => vec![text, number, object, list],
        Shape::Integer { .. } => vec![text, number, object, list],
        Shape::Number { .. } => vec![text, object, list],
        Shape::Text { .. } => vec![number, yes, object, list],
        Shape::Choice(values) => {
            let of = |test: fn(&Value) -> bool| values.iter().any(test);
            let mut wrong = vec![object, list];
            if !of(Value::is_boolean) {
                wrong.push(yes);
            }
            if !of(Value::is_number) {
                wrong.push(number);
            }
            wrong
        }
        Shape::Array { .. } => vec![text, number, object],
        Shape::Object { .. } => vec![text, number, list],
        Shape::Union { variants, .. } => {
            let is_object = |node: &Node| matches!(node.shape, Shape::Object { .. });
            if variants.iter().all(|variant| is_object(&variant.node)) { vec![text, number, list] } else { Vec::new() }
        }
    }
}

/// What values of a shape are called.
fn name_of(shape: &Shape) -> &'static str {
    match shape {
        Shape::Any => "anything",
        Shape::Boolean => "a boolean",
        Shape::Integer { .. } => "a whole number",
        Shape::Number { .. } => "a number",
        Shape::Text { .. } => "a text",
        Shape::Choice(_) => "one of the values",
        Shape::Array { .. } => "a list",
        Shape::Object { .. } | Shape::Union { .. } => "an object",
    }
}

/// Texts in an address that cannot be read as the type.
fn address(node: &Node, place: Place, add: &mut impl FnMut(Value, &str)) {
    match &node.shape {
        Shape::Boolean => add(json!("not-a-boolean"), "a text instead of a boolean"),
        Shape::Integer { .. } => {
            add(json!("not-a-number"), "a text instead of a number");
            add(json!("1.5"), "a fraction instead of a whole number");
        }
        Shape::Number { .. } => add(json!("not-a-number"), "a text instead of a number"),
        Shape::Array { items, .. } if place == Place::Query => match &items.shape {
            Shape::Text { format: Some(format), .. } => {
                text::unformatted(format).iter().take(1).for_each(|text| add(json!([text]), "format of an item"));
            }
            Shape::Integer { .. } | Shape::Number { .. } => add(json!(["not-a-number"]), "type of an item"),
            Shape::Choice(_) => add(json!(["not-one-of-these-values"]), "enum of an item"),
            _ => {}
        },
        _ => {}
    }
}
