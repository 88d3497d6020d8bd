//! The documentation page and the contract as it is served.

use crate::support::{Answer, contract, on_sqlite};
use reqwest::Method;

#[test]
fn the_page_loads_nothing_that_is_not_here() {
    on_sqlite(async |app| {
        let get = async |path: &str| -> Answer { app.anonymous().send_unchecked(Method::GET, path, |r| r).await };
        let page = get("/").await;
        assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"));
        assert!(page.header("content-security-policy").starts_with("default-src 'none'; script-src 'self';"));
        let text = page.text();
        let links: Vec<&str> = text.split(['"']).filter(|part| part.starts_with("docs/")).collect();
        assert_eq!(links.len(), 5, "{links:?}");
        assert!(!text.contains("://"), "something is loaded from elsewhere");
        for link in links {
            let asset = get(&format!("/{link}")).await;
            assert_eq!(asset.status, 200, "{link}");
            assert!(asset.header("content-type").starts_with(if link.ends_with("js") {
                "text/javascript"
            } else {
                "text/css"
            }));
            if link.contains("swagger") {
                assert_eq!((asset.header("content-encoding"), &asset.bytes[..3]), ("gzip", &[0x1f, 0x8b, 8][..]));
            }
        }
        assert_eq!(get("/docs/other.js").await.status, 404);
    });
}

#[test]
fn the_page_shows_the_admin_api_and_what_is_beside_it() {
    on_sqlite(async |app| {
        let script = app.anonymous().beside(Method::GET, "/api/v3/docs/page.js").await.text();
        let shown: Vec<&str> = script.split("url: \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(shown, ["schema/?format=json", "/-/openapi.json"]);
        for url in shown {
            let path = if url.starts_with('/') { url.to_owned() } else { format!("/api/v3/{url}") };
            let document = app.anonymous().beside(Method::GET, &path).await.expect(200);
            assert!(document["paths"].is_object(), "{url}");
        }
    });
}

#[test]
fn the_contract_is_served_as_yaml_and_as_json() {
    on_sqlite(async |app| {
        let anonymous = app.anonymous();
        let json = anonymous.get("/schema/?format=json").await;
        assert_eq!(json.header("content-type"), "application/vnd.oai.openapi+json");
        assert_eq!(json.expect(200), *contract::SCHEMA);
        let yaml = anonymous.get("/schema/").await;
        assert_eq!(yaml.text(), std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/schema.yml")).unwrap());
        let asked = anonymous.send(Method::GET, "/schema/", |r| r.header("accept", "application/json")).await;
        assert_eq!(asked.expect(200), *contract::SCHEMA);
    });
}
