//! The description of the API: whole, and true. That no answer is missing in
//! it is checked for every request of every story, in `support`.

use std::collections::HashSet;

use serde_json::Value;
use tollgate_base::{Error, codes, html::escaped};
use tollgate_web::problem;

use crate::support::{DESCRIPTION, house, operations};

/// The answers of an operation that are refusals.
fn refusals(operation: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let answers = operation["responses"].as_object().unwrap().iter();
    answers.filter(|(status, _)| status.starts_with(['4', '5']))
}

#[tokio::test]
async fn it_is_openapi_3_1_and_names_both_credentials() {
    let house = house().await;
    let served = house.stranger().get("/api/openapi.json").await.expect(200);
    let served = served.json();
    assert_eq!(served, *DESCRIPTION);
    assert!(served["openapi"].as_str().unwrap().starts_with("3.1."));
    assert!(!served["info"]["version"].as_str().unwrap().is_empty());
    let schemes = &served["components"]["securitySchemes"];
    assert_eq!(schemes["bearer"]["type"], "http");
    assert_eq!(schemes["bearer"]["scheme"], "bearer");
    assert_eq!(schemes["cookie"]["type"], "apiKey");
    assert_eq!(schemes["cookie"]["in"], "cookie");
    let page = house.stranger().get("/api/docs").await.expect(200);
    for (path, method, operation) in operations() {
        let summary = operation["summary"].as_str().unwrap();
        assert!(page.text.contains(&escaped(summary)), "{method} {path}");
    }
    let style = page
        .text
        .split("href=\"")
        .find(|part| part.contains(".css\""));
    let style = style.and_then(|part| part.split('"').next()).unwrap();
    let style = house.stranger().get(style).await.expect(200);
    assert!(style.header("content-type").starts_with("text/css"));
}

#[test]
fn every_operation_says_what_it_does_and_how_it_refuses() {
    let mut names = HashSet::new();
    for (path, method, operation) in operations() {
        let at = format!("{method} {path}");
        let summary = operation["summary"].as_str().unwrap_or_default();
        assert!(!summary.is_empty() && !summary.ends_with('.'), "{at}");
        assert!(operation["tags"].as_array().is_some(), "{at}");
        let name = operation["operationId"].as_str().unwrap_or_default();
        assert!(names.insert(name), "{at}: another operation is {name} too");
        let mut statuses: Vec<&str> = vec!["400", "500", "503"];
        if operation.get("security").is_some() {
            statuses.push("401");
        }
        if operation.get("security").is_some() && method != "get" {
            statuses.push("403");
        }
        if operation.get("requestBody").is_some() {
            statuses.extend(["413", "415"]);
        }
        for status in statuses {
            let answer = &operation["responses"][status];
            let body = &answer["content"]["application/problem+json"]["schema"];
            assert!(body.get("$ref").is_some(), "{at}: {status}");
        }
    }
}

#[test]
fn every_code_in_it_exists_and_has_that_status() {
    let known: HashSet<&str> = codes::ALL.iter().map(|code| code.name).collect();
    let mut seen = 0;
    for (path, method, operation) in operations() {
        for (status, answer) in refusals(operation) {
            let description = answer["description"].as_str().unwrap();
            for code in description.split('`').skip(1).step_by(2) {
                if code == "verbose" {
                    continue;
                }
                assert!(known.contains(code), "{method} {path} {status}: {code}");
                let code = codes::ALL.iter().find(|known| known.name == code).unwrap();
                let sent = problem::status(&Error::new(code));
                assert_eq!(sent.as_str(), status, "{method} {path}: {}", code.name);
                seen += 1;
            }
        }
    }
    assert!(seen > 200, "only {seen} codes are named");
}

/// What a reference names is there, and nothing is there that nobody names.
#[test]
fn references_and_schemas_belong_together() {
    let text = DESCRIPTION.to_string();
    let mut named = HashSet::new();
    for rest in text.split("#/components/schemas/").skip(1) {
        named.insert(rest.split('"').next().unwrap());
    }
    let schemas = DESCRIPTION["components"]["schemas"].as_object().unwrap();
    for name in &named {
        assert!(schemas.contains_key(*name), "{name} is named and not there");
    }
    for name in schemas.keys() {
        assert!(named.contains(name.as_str()), "nobody names {name}");
    }
}
