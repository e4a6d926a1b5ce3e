//! Connections to a database over TLS, by what the address asks for.

use super::server::certificates;
use super::{APPLY, Database, Shared};
use crate::server::Server;

#[test]
fn a_certificate_is_verified_where_the_address_asks_for_it() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let mut shared = Shared::new(database, &server, 2);
    let plain = shared.url.clone();
    let mut by = |tls: &str| {
        shared.url = plain.replace("sslmode=disable", tls);
        shared.run(&APPLY)
    };
    let authorities = |name: &str| certificates().join(name).display().to_string();
    by("sslmode=verify-full").exits(1).says(&["certificate", "say in the address how the database encrypts"]);
    by(&format!("sslmode=verify-full&sslrootcert={}", authorities("self.pem"))).exits(1).says(&["certificate"]);
    assert_eq!(server.count(), 0);
    by(&format!("sslmode=verify-full&sslrootcert={}", authorities("root.pem"))).exits(0).says(&["0 kept, 2 sent"]);
    for encrypted in ["sslmode=require", "sslmode=prefer"] {
        by(encrypted).exits(0).says(&["2 kept, 0 sent"]);
    }
}
