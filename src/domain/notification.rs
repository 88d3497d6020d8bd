//! What users are told of events, in the forms in which it travels.

use super::mail::Mail;
use serde_json::{Map, Value, json};

/// How many fields a message of Slack has at most, and how long their names and values are.
const FIELDS: (usize, usize, usize) = (25, 256, 1024);

/// A notification on its way to a user.
#[derive(Debug, Clone, PartialEq)]
pub struct Letter {
    /// `notice`, `warning` or `alert`.
    pub severity: String,
    /// The text.
    pub body: String,
    /// The name of the user.
    pub username: String,
    /// What the user is called.
    pub name: String,
    /// Its address.
    pub email: String,
    /// What happened, if something did.
    pub event: Option<Happened>,
}

/// An event that a notification is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Happened {
    /// What happened.
    pub action: String,
    /// Part of the program that tells.
    pub app: String,
    /// Who did it.
    pub user: Value,
    /// What else is known.
    pub context: Value,
}

impl Letter {
    /// The body of a webhook.
    pub fn webhook(&self) -> Value {
        let mut body = json!({
            "body": self.body,
            "severity": self.severity,
            "user_email": self.email,
            "user_username": self.username,
        });
        if let Some(event) = &self.event
            && event.user.as_object().is_some_and(|user| !user.is_empty())
        {
            body["event_user_email"] = event.user["email"].clone();
            body["event_user_username"] = event.user["username"].clone();
        }
        body
    }

    /// As expressions of webhooks see it.
    pub fn seen(&self) -> Map<String, Value> {
        let event = self.event.as_ref().map(
            |event| json!({ "action": event.action, "app": event.app, "user": event.user, "context": event.context }),
        );
        let notification = json!({ "body": self.body, "severity": self.severity, "event": event });
        Map::from_iter([("notification".to_owned(), notification)])
    }

    /// The body of a webhook of Slack.
    pub fn slack(&self) -> Value {
        let (most, longest_name, longest_value) = FIELDS;
        let cut = |text: &str, most: usize| text.chars().take(most).collect::<String>();
        let mut fields = vec![
            json!({ "title": "Severity", "value": self.severity, "short": true }),
            json!({ "title": "Dispatched for user", "value": self.username, "short": true }),
        ];
        if let Some(event) = &self.event {
            if let Some(user) = event.user["username"].as_str() {
                fields.push(json!({ "title": "Event user", "value": user, "short": true }));
            }
            let texts = event.context.as_object().into_iter().flatten();
            for (name, text) in texts.filter_map(|(name, value)| Some((name, value.as_str()?))) {
                fields.push(json!({ "title": cut(name, longest_name), "value": cut(text, longest_value) }));
            }
        }
        fields.truncate(most);
        let title = self.event.as_ref().map_or(&self.body, |event| &event.action);
        json!({
            "username": "Vestibule",
            "attachments": [{ "author_name": "Vestibule", "title": title, "text": self.body, "fields": fields }],
        })
    }

    /// The mail.
    pub fn mail(&self) -> Mail {
        let action = self.event.as_ref().map_or("Notification", |event| &event.action);
        Mail::plain(&self.name, &self.email, &format!("{}: {action}", self.severity), &self.body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_says_what_happened_and_not_too_much() {
        let mut context: Map<String, Value> = (0..40).map(|n| (format!("k{n}"), json!("v".repeat(2000)))).collect();
        context.insert("object".to_owned(), json!({}));
        let event = Happened {
            action: "login_failed".to_owned(),
            app: "a".to_owned(),
            user: json!({ "username": "joe", "email": "joe@example.org" }),
            context: Value::Object(context),
        };
        let letter = Letter {
            severity: "alert".to_owned(),
            body: "login_failed: <b>".to_owned(),
            username: "jane".to_owned(),
            name: "Jane".to_owned(),
            email: "jane@example.org".to_owned(),
            event: Some(event),
        };
        assert_eq!(letter.webhook()["event_user_username"], "joe");
        let slack = letter.slack();
        let fields = slack["attachments"][0]["fields"].as_array().unwrap();
        assert_eq!((fields.len(), fields[3]["value"].as_str().unwrap().len()), (25, 1024));
        let mail = letter.mail();
        assert_eq!((mail.subject.as_str(), mail.address.as_str()), ("alert: login_failed", "jane@example.org"));
        assert!(mail.html.contains("&lt;b&gt;"));
        let letter = Letter { event: None, ..letter };
        assert_eq!(letter.webhook().get("event_user_email"), None);
        assert_eq!(letter.slack()["attachments"][0]["title"], letter.body.as_str());
    }
}
