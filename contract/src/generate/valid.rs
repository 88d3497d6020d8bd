//! Valid values.

use super::{Source, Sources, text};
use crate::shape::{Additional, Node, Property, Shape};
use proptest::{
    prelude::{Just, Strategy, any, prop},
    strategy::{BoxedStrategy, Union},
};
use serde_json::{Map, Number, Value, json};

/// Which optional properties are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// None.
    Required,
    /// All.
    All,
    /// Any of them.
    Random,
}

/// Valid values of a schema. Fields with a source are filled from it.
pub(crate) fn valid(node: &Node, place: &str, presence: Presence, sources: &Sources) -> BoxedStrategy<Value> {
    if let Some(values) = sources.values(place).filter(|values| !values.is_empty()) {
        return prop::sample::select(values.to_vec()).boxed();
    }
    if !node.samples.is_empty() {
        return prop::sample::select(node.samples.clone()).boxed();
    }
    let values = of_shape(node.narrow.as_ref().unwrap_or(&node.shape), place, presence, sources);
    if node.nullable && presence == Presence::Random {
        return Union::new_weighted(vec![(1, Just(Value::Null).boxed()), (6, values)]).boxed();
    }
    values
}

fn of_shape(shape: &Shape, place: &str, presence: Presence, sources: &Sources) -> BoxedStrategy<Value> {
    match shape {
        Shape::Any => anything(),
        Shape::Boolean => any::<bool>().prop_map(Value::Bool).boxed(),
        Shape::Integer { minimum, maximum, multiple } => integer(*minimum, *maximum, multiple.unwrap_or(1)),
        Shape::Number { minimum, maximum } => {
            let low = minimum.unwrap_or_else(|| maximum.map_or(-1e6, |m| m.min(0.0) - 1e6));
            let high = maximum.unwrap_or_else(|| low.max(0.0) + 1e6).max(low);
            // Quarters are exact in binary and decimal: what is read back is what was written.
            let quarter = move |n: f64| {
                let n = (low + n * (high - low)) * 4.0;
                (n.round() / 4.0).clamp(low, high)
            };
            (0.0..=1.0_f64).prop_map(move |n| json!(quarter(n))).boxed()
        }
        Shape::Text { minimum, maximum, pattern, format } => {
            let of_pattern = pattern.as_deref().and_then(|pattern| text::matching(pattern, *minimum, *maximum));
            let of_format = || format.as_deref().and_then(text::formatted);
            let texts = of_pattern.or_else(of_format).unwrap_or_else(|| text::plain(*minimum, *maximum));
            let most = maximum.unwrap_or(usize::MAX);
            let fits = move |text: &String| text.len() <= most || text.chars().count() <= most;
            texts.prop_filter("the longest text", fits).prop_map(Value::String).boxed()
        }
        Shape::Choice(values) => prop::sample::select(values.clone()).boxed(),
        Shape::Array { items, minimum, maximum, unique } => {
            array(items, (*minimum, *maximum), *unique, &format!("{place}[]"), (presence, sources))
        }
        Shape::Object { properties, additional } => object(properties, additional, place, presence, sources),
        Shape::Union { tag, variants } => {
            let of_variant = |variant: &crate::shape::Variant| {
                let (tag, name) = (tag.clone(), variant.tag.clone());
                valid(&variant.node, place, presence, sources)
                    .prop_map(move |mut value| {
                        if let (Some(tag), Some(name), Value::Object(object)) = (&tag, &name, &mut value) {
                            object.insert(tag.clone(), name.clone().into());
                        }
                        value
                    })
                    .boxed()
            };
            if variants.is_empty() {
                return anything();
            }
            Union::new(variants.iter().map(of_variant)).boxed()
        }
    }
}

/// Whole numbers, small ones more often.
fn integer(minimum: Option<i64>, maximum: Option<i64>, multiple: i64) -> BoxedStrategy<Value> {
    let low = minimum.unwrap_or_else(|| maximum.map_or(-1000, |m| m.saturating_sub(1000).min(0)));
    let high = maximum.unwrap_or_else(|| low.saturating_add(2000).max(1000)).max(low);
    let near = low.max(0).min(high)..=low.max(0).saturating_add(100).min(high);
    let fit = move |n: i64| {
        let down = n - n.rem_euclid(multiple);
        let fitting = if down < low { down.saturating_add(multiple) } else { down };
        Value::from(if fitting > high { n } else { fitting })
    };
    Union::new(vec![near.boxed(), (low..=high).boxed()]).prop_map(fit).boxed()
}

fn array(
    items: &Node,
    (minimum, maximum): (usize, Option<usize>),
    unique: bool,
    place: &str,
    (presence, sources): (Presence, &Sources),
) -> BoxedStrategy<Value> {
    if sources.get(place) == Some(&Source::Nothing) && minimum == 0 {
        return Just(json!([])).boxed();
    }
    // Keys of objects: each once.
    let keys = sources.values(place).map(<[Value]>::to_vec);
    let most = maximum.unwrap_or(usize::MAX).min(minimum + 3);
    if let Some(keys) = keys.filter(|keys| keys.len() >= minimum) {
        let most = most.min(keys.len());
        return prop::sample::subsequence(keys, minimum..=most).prop_map(Value::Array).boxed();
    }
    let item = valid(items, place, presence, sources);
    let least = if presence == Presence::All && most > 0 { minimum.max(1) } else { minimum };
    let lists = prop::collection::vec(item, least..=most);
    if !unique {
        return lists.prop_map(Value::Array).boxed();
    }
    let distinct = |list: &Vec<Value>| list.iter().enumerate().all(|(at, item)| !list[..at].contains(item));
    lists.prop_filter("distinct items", distinct).prop_map(Value::Array).boxed()
}

fn object(
    properties: &[Property],
    additional: &Additional,
    place: &str,
    presence: Presence,
    sources: &Sources,
) -> BoxedStrategy<Value> {
    let mut fields: Vec<BoxedStrategy<Option<(String, Value)>>> = Vec::new();
    for property in properties.iter().filter(|property| !property.node.read_only) {
        let place = format!("{place}.{}", property.name);
        let source = sources.get(&place);
        let name = property.name.clone();
        let values =
            valid(&property.node, &place, presence, sources).prop_map(move |value| Some((name.clone(), value)));
        match (property.required, source, presence) {
            (false, Some(Source::Nothing), _) => {}
            (true, ..) | (_, Some(Source::Always), _) | (_, _, Presence::All) => fields.push(values.boxed()),
            (false, _, Presence::Required) => {}
            (false, _, Presence::Random) => {
                fields.push(Union::new_weighted(vec![(1, Just(None).boxed()), (1, values.boxed())]).boxed());
            }
        }
    }
    // The tag of a union may stand beside it, in the object around.
    let tags: Vec<(String, String)> = properties.iter().filter_map(|p| tag_beside(p, properties)).collect();
    let more = match additional {
        Additional::Of(node) if presence == Presence::Random => {
            let keys = prop::collection::vec((text::plain(1, Some(8)), valid(node, place, presence, sources)), 0..3);
            keys.boxed()
        }
        _ => Just(Vec::new()).boxed(),
    };
    (fields, more)
        .prop_map(move |(fields, more)| {
            let mut object: Map<String, Value> = more.into_iter().collect();
            object.extend(fields.into_iter().flatten());
            for (union, tag) in &tags {
                if let Some(value) = object.get_mut(union).and_then(Value::as_object_mut).and_then(|o| o.remove(tag)) {
                    object.insert(tag.clone(), value);
                }
            }
            Value::Object(object)
        })
        .boxed()
}

/// The names of a property that is a union and of its tag, which is a property of the same object.
fn tag_beside(property: &Property, properties: &[Property]) -> Option<(String, String)> {
    let Shape::Union { tag: Some(tag), variants } = &property.node.shape else { return None };
    let inside = variants.iter().any(|variant| variant.node.property(tag).is_some());
    let beside = properties.iter().any(|property| property.name == *tag);
    (beside && !inside).then(|| (property.name.clone(), tag.clone()))
}

/// Any JSON, not deep.
fn anything() -> BoxedStrategy<Value> {
    let texts = text::plain(0, Some(12));
    let leaf = proptest::prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        (-1000_i64..1000).prop_map(|n| Value::Number(Number::from(n))),
        texts.prop_map(Value::String),
    ];
    let pairs = prop::collection::vec((text::plain(1, Some(8)), leaf.clone()), 0..3);
    proptest::prop_oneof![
        2 => pairs.prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        1 => leaf.clone(),
        1 => prop::collection::vec(leaf, 0..3).prop_map(Value::Array),
    ]
    .boxed()
}
