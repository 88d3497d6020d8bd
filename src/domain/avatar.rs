//! The picture of a user, as the setting `avatars` wants it.

use super::identity::hex;
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use std::sync::LazyLock;

/// The picture of users without one.
const NONE: &str = "/static/dist/assets/images/user_default.png";

/// What a picture is made from.
pub struct Subject<'a> {
    /// Full name.
    pub name: &'a str,
    /// Name to log in with.
    pub username: &'a str,
    /// E-mail address.
    pub email: &'a str,
    /// Attributes of the user.
    pub attributes: &'a Value,
}

/// The address of the picture: the first of the ways listed in the setting, by comma, that gives one. Ways are `none`,
/// `initials`, `gravatar`, `attributes.<path>`, and an address in which `%(username)s`, `%(mail_hash)s` and `%(upn)s`
/// are replaced.
pub fn url(ways: &str, user: &Subject<'_>) -> String {
    ways.split(',').map(str::trim).find_map(|way| by(way, user)).unwrap_or_else(|| NONE.to_owned())
}

fn by(way: &str, user: &Subject<'_>) -> Option<String> {
    let mail_hash = || hex(digest(&SHA256, user.email.to_lowercase().as_bytes()).as_ref());
    match way {
        "none" => Some(NONE.to_owned()),
        "initials" => Some(initials(if user.name.trim().is_empty() { user.username } else { user.name })),
        // Whether there is a picture for this address only the browser finds out; `mp` is an outline of a person.
        "gravatar" if user.email.is_empty() => None,
        "gravatar" => Some(format!("https://www.gravatar.com/avatar/{}?size=158&rating=g&default=mp", mail_hash())),
        _ => match way.strip_prefix("attributes.") {
            Some(path) => {
                let pointer = format!("/{}", path.replace('.', "/"));
                user.attributes.pointer(&pointer).and_then(Value::as_str).map(str::to_owned)
            }
            None if way.contains("://") => {
                let upn = user.attributes.get("upn").and_then(Value::as_str).unwrap_or_default();
                let way = way.replace("%(username)s", user.username).replace("%(upn)s", upn);
                Some(way.replace("%(mail_hash)s", &mail_hash()))
            }
            None => None,
        },
    }
}

/// A picture with the initials of a name on a colour that depends on the name.
fn initials(name: &str) -> String {
    let hash = digest(&SHA256, name.as_bytes());
    let ground = GROUNDS.get(hash.as_ref().first().copied().map_or(0, usize::from));
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    let mut rest = ground.map_or_else(String::new, |ground| ground.rest.clone());
    // Letters and digits need no escaping.
    rest.extend(first.into_iter().chain(last).flat_map(char::to_uppercase));
    rest.push_str("</text></svg>");
    let mut picture = String::with_capacity(512);
    picture.push_str(ground.map_or("", |ground| &ground.encoded));
    STANDARD.encode_string(rest, &mut picture);
    picture
}

/// All of a picture that comes before the letters.
struct Ground {
    /// What is encoded already: base64 turns every three bytes into four.
    encoded: String,
    /// What is left of the last three bytes.
    rest: String,
}

/// A ground for every colour, as lists show many pictures.
static GROUNDS: LazyLock<Vec<Ground>> = LazyLock::new(|| {
    let ground = |number: u32| {
        let hue = number * 360 / 256;
        let svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="64px" height="64px" viewBox="0 0 64 64" version="1.1"><rect width="64" height="64" fill="hsl({hue},45%,40%)"/><text x="50%" y="50%" fill="white" font-size="28" font-family="sans-serif" text-anchor="middle" dominant-baseline="central">"#
        );
        let (whole, rest) = svg.split_at(svg.len() - svg.len() % 3);
        Ground { encoded: format!("data:image/svg+xml;base64,{}", STANDARD.encode(whole)), rest: rest.to_owned() }
    };
    (0..256).map(ground).collect()
});

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn picture(ways: &str, name: &str, attributes: &Value) -> String {
        url(ways, &Subject { name, username: "jd", email: "", attributes })
    }

    fn drawn(name: &str) -> String {
        let picture = picture("initials", name, &json!({}));
        String::from_utf8(STANDARD.decode(picture.strip_prefix("data:image/svg+xml;base64,").unwrap()).unwrap())
            .unwrap()
    }

    #[test]
    fn initials_are_those_of_the_first_and_the_last_word() {
        assert!(drawn("Jane van Doe").contains(">JD</text>"));
        assert!(drawn("jane").contains(">J</text>"));
        assert!(drawn("<b> &amp;").contains(">BA</text>"), "nothing of a name can become markup");
        assert!(drawn("").contains(">J</text>"), "without a name the username counts");
    }

    #[test]
    fn the_first_way_that_gives_a_picture_wins() {
        let attributes = json!({"pictures": {"small": "https://x/y.png"}});
        assert_eq!(picture("gravatar,attributes.pictures.small,none", "J", &attributes), "https://x/y.png");
        assert_eq!(picture("gravatar,attributes.none,none", "J", &attributes), NONE);
        assert_eq!(picture("https://x/%(username)s", "J", &attributes), "https://x/jd");
    }
}
