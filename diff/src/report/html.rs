//! Reports as a page that needs nothing but itself.

use super::Report;
use crate::changes::{
    Change,
    rules::{self, Class},
};
use serde_json::Value;
use std::fmt::Write as _;

const STYLE: &str = include_str!("page.css");

/// Hides classes; the page is complete without it.
const SCRIPT: &str = include_str!("page.js");

/// The report as a page.
#[must_use]
pub fn html(report: &Report<'_>) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<title>API changes</title>\n<style>\n{STYLE}</style>\n</head>\n\
         <body>\n<header>\n<h1>API changes</h1>\n<p>from <code>{}</code> to <code>{}</code></p>\n<p class=\"summary\">{}</p>\n",
        escape(report.old),
        escape(report.new),
        escape(&report.summary()),
    );
    if !report.changes.is_empty() {
        out.push_str("<p class=\"classes\">\n");
        for class in Class::ALL.into_iter().filter(|class| report.count(*class) > 0) {
            let _ = writeln!(
                out,
                "<label class=\"{class}\" title=\"{}\"><input type=\"checkbox\" data-class=\"{class}\" checked> {class} \
                 <b>{}</b></label>",
                escape(class.meaning()),
                report.count(class)
            );
        }
        out.push_str("</p>\n");
    }
    out.push_str("</header>\n<main>\n");
    for (operation, changes) in report.groups() {
        let title = match operation.split_once(' ') {
            Some((method, path)) if path.starts_with('/') => {
                format!("<b>{}</b> {}", escape(method), escape(path))
            }
            _ => escape(operation),
        };
        let _ = writeln!(out, "<section>\n<h2>{title}</h2>\n<ul>");
        for (change, accepted) in changes {
            item(&mut out, change, accepted);
        }
        out.push_str("</ul>\n</section>\n");
    }
    let _ = write!(out, "</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n");
    out
}

fn item(out: &mut String, change: &Change, accepted: Option<&str>) {
    let class = change.class;
    let why = rules::ALL.iter().find(|rule| rule.id == change.rule).map_or("", |rule| rule.why);
    let _ = write!(
        out,
        "<li class=\"{class}\"><span class=\"class\">{class}</span> <span class=\"location\">{}</span> {} <span class=\"rule\" \
         title=\"{}\">{}</span>",
        escape(&change.location),
        code(&change.message),
        escape(why),
        change.rule
    );
    if let Some(reason) = accepted {
        let _ = write!(out, "<p class=\"accepted\">accepted: {}</p>", escape(reason));
    }
    if change.old.is_some() || change.new.is_some() {
        out.push_str("<details><summary>before and after</summary>");
        for (title, value) in [("before", &change.old), ("after", &change.new)] {
            if let Some(value) = value {
                let _ = write!(out, "<h3>{title}</h3><pre>{}</pre>", escape(&pretty(value)));
            }
        }
        out.push_str("</details>");
    }
    out.push_str("</li>\n");
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string())
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Escaped, with what stands between backticks as code.
fn code(text: &str) -> String {
    let mut out = String::new();
    for (index, part) in text.split('`').enumerate() {
        let part = escape(part);
        if index % 2 == 1 {
            let _ = write!(out, "<code>{part}</code>");
        } else {
            out.push_str(&part);
        }
    }
    out
}
