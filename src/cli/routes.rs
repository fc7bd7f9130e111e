//! `aiins routes`: the route table, for people and for programs.

use std::process::ExitCode;

use clap::Args;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::output::Output;
use crate::app;
use crate::base::error::Result;
use crate::http::Route;
use crate::http::router::SchemaOf;

#[derive(Args)]
pub(super) struct Routes {
    /// Print the table as JSON, with the schemas of queries, bodies and answers
    #[arg(long)]
    pub(super) json: bool,
}

impl Routes {
    pub(super) fn run(&self) -> Result<ExitCode> {
        let routes = app::routes::all();
        let lines: Vec<String> = routes
            .iter()
            .map(|route| format!("{:<6} {:<42} {:<9} {}", route.verb, route.path, route.caller(), route.description))
            .collect();
        let described: Vec<Value> = routes.iter().map(describe).collect();
        Output { json: self.json }.answer(&json!({"routes": described}), &lines.join("\n"))
    }
}

fn describe(route: &Route) -> Value {
    let settings = || SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let schema = |settings: SchemaSettings, of: Option<SchemaOf>| {
        of.map(|of| {
            let mut generator: SchemaGenerator = settings.into_generator();
            of(&mut generator)
        })
    };
    json!({
        "method": route.verb,
        "path": route.path,
        "access": route.caller(),
        "action": route.action,
        "description": route.description,
        "limit": route.class,
        "query": schema(settings(), route.query),
        "body": schema(settings(), route.body),
        "status": route.answer.0,
        "answer": schema(settings().for_serialize(), route.answer.1),
    })
}
