//! Flows as a picture, in the notation of Mermaid.

use crate::{
    api::{kinds::Kind, policies, stages},
    store::{
        Conn,
        column::Ref,
        table,
        tables::{Flow, FlowStageBinding, Policy, PolicyBinding, Stage},
    },
};
use uuid::Uuid;
use vestibule_api::ApiError;

/// A stage in its place, and the names of the policies that guard it, in their order.
struct Step {
    kind: &'static str,
    name: String,
    policies: Vec<(i64, String)>,
}

/// Draws a flow: its policies, its stages in their order, and the policies that may skip a stage.
pub(super) async fn draw(conn: &mut Conn, flow: &Flow) -> Result<String, ApiError> {
    let mut bindings: Vec<FlowStageBinding> = table::find_all(conn, "flow_id", [flow.id]).await?;
    bindings.sort_by_key(|b| b.order);
    let steps_of: Vec<Stage> = table::find_all(conn, "id", bindings.iter().map(|b| b.stage)).await?;
    let targets = bindings.iter().map(|b| b.policybindingmodel_ptr_id).chain([flow.policybindingmodel_ptr_id]);
    let mut guards: Vec<PolicyBinding> = table::find_all(conn, "target_id", targets).await?;
    guards.sort_by_key(|g| g.order);
    let bound: Vec<Policy> = table::find_all(conn, "id", guards.iter().filter_map(|g| g.policy)).await?;
    let of = |target: Uuid| -> Result<Vec<(i64, String)>, ApiError> {
        let there = guards.iter().filter(|g| g.target == target);
        let named = there.filter_map(|g| Some((g.order, bound.iter().find(|p| Some(Ref(p.id)) == g.policy)?)));
        let text = |(order, policy): (i64, &Policy)| {
            let kind = Kind::find(policies::kinds::KINDS, &policy.kind)?;
            Ok((order, format!("Policy ({})\n{}", kind.model.verbose, policy.name)))
        };
        named.map(text).collect()
    };
    let mut steps = vec![];
    for binding in &bindings {
        if let Some(stage) = steps_of.iter().find(|s| s.id == binding.stage.0) {
            let kind = Kind::find(stages::kinds::KINDS, &stage.kind)?.model.verbose;
            steps.push(Step { kind, name: stage.name.clone(), policies: of(binding.policybindingmodel_ptr_id)? });
        }
    }
    Ok(write(&flow.name, &of(flow.policybindingmodel_ptr_id)?, &steps))
}

fn write(flow: &str, policies: &[(i64, String)], steps: &[Step]) -> String {
    let mut lines = vec!["graph TD".to_owned(), format!("flow_start[[{}]]", quote(&format!("Flow\n{flow}")))];
    let mut before: Vec<String> = vec![];
    for (index, (order, text)) in policies.iter().enumerate() {
        let id = format!("flow_policy_{index}");
        lines.push(format!("flow_start --Binding {order}--> {id}[{}]", quote(text)));
        before.push(id);
    }
    // Policies of the stage before: if they deny, it is skipped.
    let mut skipping: Vec<String> = vec![];
    for (index, step) in steps.iter().enumerate() {
        let stage = format!("stage_{index}([{}])", quote(&format!("Stage ({})\n{}", step.kind, step.name)));
        let guards: Vec<String> = (0..step.policies.len()).map(|p| format!("stage_{index}_policy_{p}")).collect();
        // Without anything in between, the line goes on from the start.
        let from = if before.is_empty() { vec![String::new()] } else { std::mem::take(&mut before) };
        let go = |to: &str, from: &str| format!("{from} --> {to}").trim_start().to_owned();
        if guards.is_empty() {
            lines.extend(from.iter().map(|from| go(&stage, from)));
        } else {
            lines.extend(guards.iter().map(|guard| format!("{guard} --Policy passed--> {stage}")));
            for (guard, (_, text)) in guards.iter().zip(&step.policies) {
                let shape = format!("{guard}{{{{{}}}}}", quote(text));
                let from = from.iter().map(|from| if from.is_empty() { "flow_start" } else { from });
                lines.extend(from.map(|from| go(&shape, from)));
            }
        }
        lines.extend(skipping.iter().map(|guard| format!("{guard} --Policy denied--> {stage}")));
        skipping = guards;
        before = vec![format!("stage_{index}")];
    }
    const DONE: &str = "done[[\"End of the flow\"]]";
    lines.extend(skipping.iter().map(|guard| format!("{guard} --Policy denied--> {DONE}")));
    let last = if before.is_empty() { vec!["flow_start".to_owned()] } else { before };
    lines.extend(last.iter().map(|from| format!("{from} --> {DONE}")));
    lines.join("\n")
}

/// A text in quotes. Quotes inside are written as Mermaid wants them.
fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "#quot;"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_that_denies_skips_its_stage() {
        let step = |name: &str, policies: &[&str]| Step {
            kind: "Dummy Stage",
            name: name.to_owned(),
            policies: policies.iter().map(|p| (0, (*p).to_owned())).collect(),
        };
        let drawn = write("F \"x\"", &[], &[step("a", &[]), step("b", &["p"]), step("c", &[])]);
        let expected = [
            "graph TD",
            "flow_start[[\"Flow\nF #quot;x#quot;\"]]",
            "--> stage_0([\"Stage (Dummy Stage)\na\"])",
            "stage_1_policy_0 --Policy passed--> stage_1([\"Stage (Dummy Stage)\nb\"])",
            "stage_0 --> stage_1_policy_0{{\"p\"}}",
            "stage_1 --> stage_2([\"Stage (Dummy Stage)\nc\"])",
            "stage_1_policy_0 --Policy denied--> stage_2([\"Stage (Dummy Stage)\nc\"])",
            "stage_2 --> done[[\"End of the flow\"]]",
        ];
        assert_eq!(drawn, expected.join("\n"));
        assert!(write("empty", &[], &[]).ends_with("flow_start --> done[[\"End of the flow\"]]"));
    }
}
