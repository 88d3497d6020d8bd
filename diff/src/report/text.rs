//! Reports for people at a terminal.

use super::Report;
use crate::changes::{
    Direction,
    rules::{self, Class, Effect},
};
use anstyle::{AnsiColor, Style};
use std::fmt::Write as _;

fn style(class: Class, colour: bool) -> Style {
    let color = match class {
        Class::Breaking => AnsiColor::Red,
        Class::Data => AnsiColor::Yellow,
        Class::Compatible => AnsiColor::Green,
        Class::Documentation => AnsiColor::Blue,
    };
    if colour { Style::new().fg_color(Some(color.into())) } else { Style::new() }
}

/// The report as text, with colours or without.
#[must_use]
pub fn text(report: &Report<'_>, colour: bool) -> String {
    let bold = if colour { Style::new().bold() } else { Style::new() };
    let mut out = format!("{}\n", report.summary());
    for (operation, changes) in report.groups() {
        let _ = writeln!(out, "\n{bold}{operation}{bold:#}");
        for (change, allowed) in changes {
            let style = style(change.class, colour);
            let class = change.class;
            let _ = writeln!(
                out,
                "  {style}{class:<13}{style:#} {}: {} [{}]",
                change.location, change.message, change.rule
            );
            if let Some(reason) = allowed {
                let _ = writeln!(out, "  {:13} accepted: {reason}", "");
            }
        }
    }
    out
}

/// All rules, by what they decide.
#[must_use]
pub fn rules(colour: bool) -> String {
    let bold = if colour { Style::new().bold() } else { Style::new() };
    let mut out = String::from("Every change has one of four classes:\n\n");
    for class in Class::ALL {
        let style = style(class, colour);
        let _ = writeln!(out, "  {style}{class:<13}{style:#} {}", class.meaning());
    }
    out.push_str("\nThe rules; where two classes are given, they are those in requests and in responses:\n");
    for rule in rules::ALL {
        let _ = write!(out, "\n  {bold}{}{bold:#}: ", rule.id);
        let (request, response) = (rule.class(Direction::Request), rule.class(Direction::Response));
        let classes = if request == response { vec![request] } else { vec![request, response] };
        for (index, class) in classes.into_iter().enumerate() {
            let style = style(class, colour);
            let _ = write!(out, "{}{style}{class}{style:#}", if index > 0 { ", " } else { "" });
        }
        let effect = match rule.effect {
            Effect::Wider => " (more is valid than before)",
            Effect::Narrower => " (less is valid than before)",
            Effect::Other | Effect::Fixed(_) => "",
        };
        let _ = writeln!(out, "{effect}\n    {}", rule.why);
    }
    out
}
