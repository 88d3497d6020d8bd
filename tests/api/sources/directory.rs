//! `/sources/ldap/{slug}/debug/`.

use crate::support::for_each_database;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A value in BER, shorter than 128 bytes each.
fn ber(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, u8::try_from(content.len()).unwrap()], content].concat()
}

fn result(tag: u8, code: u8) -> Vec<u8> {
    ber(tag, &[ber(0x0a, &[code]), ber(4, b""), ber(4, b"")].concat())
}

/// An attribute of an entry.
fn attribute(name: &str, value: &[u8]) -> Vec<u8> {
    ber(0x30, &[ber(4, name.as_bytes()), ber(0x31, &ber(4, value))].concat())
}

/// A directory with one entry, which is found more often than was asked for.
async fn serve(mut stream: TcpStream) {
    loop {
        let Ok(_) = stream.read_u8().await else { return };
        let mut length = usize::from(stream.read_u8().await.unwrap());
        if length > 127 {
            let bytes = length - 128;
            length = 0;
            for _ in 0..bytes {
                length = length * 256 + usize::from(stream.read_u8().await.unwrap());
            }
        }
        let mut message = vec![0; length];
        stream.read_exact(&mut message).await.unwrap();
        let answer = |answer: Vec<u8>| ber(0x30, &[message[..3].to_vec(), answer].concat());
        let sent = match message[3] {
            0x60 if message.windows(6).any(|window| window == b"secret") => answer(result(0x61, 0)),
            0x60 => answer(result(0x61, 49)),
            0x63 => {
                let entry = |dn: &str| {
                    let attributes =
                        [attribute("cn", b"jane"), attribute("userPassword", b"hash"), attribute("sid", &[255, 1])];
                    answer(ber(0x64, &[ber(4, dn.as_bytes()), ber(0x30, &attributes.concat())].concat()))
                };
                let done = answer(result(0x65, 4));
                (0..12).map(|number| entry(&format!("cn={number},dc=a"))).chain([done]).flatten().collect()
            }
            _ => return,
        };
        stream.write_all(&sent).await.unwrap();
    }
}

#[test]
fn the_first_entries_are_shown_without_passwords() {
    for_each_database(async |app| {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream));
            }
        });
        let admin = app.admin();
        let body = json!({
            "name": "d", "slug": "d", "base_dn": "dc=a", "bind_cn": "cn=x", "bind_password": "secret",
            "server_uri": format!("ldap://127.0.0.1:1,ldap://127.0.0.1:{port}"),
        });
        admin.post("/sources/ldap/", body).await.expect(201);
        let debug = "/sources/ldap/d/debug/";
        let found = admin.get(debug).await.expect(200);
        for kind in ["user", "group", "membership"] {
            assert_eq!(found[kind].as_array().map(Vec::len), Some(10), "{kind}");
        }
        let attributes = json!({ "cn": ["jane"], "sid": ["ff01"] });
        assert_eq!(found["user"][0], json!({ "dn": "cn=0,dc=a", "attributes": attributes, "type": "searchResEntry" }));
        admin.patch("/sources/ldap/d/", json!({ "user_object_filter": "(no filter" })).await.expect(200);
        admin.get(debug).await.expect(400);
        admin.patch("/sources/ldap/d/", json!({ "bind_password": "wrong" })).await.expect(200);
        let errors = admin.get(debug).await.expect(400);
        assert!(errors["non_field_errors"][0].as_str().unwrap().contains("refused"), "{errors}");
    });
}
