//! Whose certificates are trusted: the system's authorities, or Mozilla's in a container without any, and those of a file.

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio_rustls::TlsConnector;

/// Why TLS cannot be set up.
pub type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Certificates that are trusted besides those of the system.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust(Vec<CertificateDer<'static>>);

impl Trust {
    /// The certificates of a PEM file that a setting names.
    ///
    /// # Errors
    /// It cannot be read, or holds no certificate; the text says what it should be.
    pub fn of_file(path: &Path, setting: &str) -> Result<Self, String> {
        let shown = path.display();
        let bytes = std::fs::read(path).map_err(|error| format!("`{setting}` {shown} cannot be read: {error}"))?;
        let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
        let found = read.map_err(|error| format!("`{setting}` {shown} is no PEM file: {error}"))?;
        let mut store = RootCertStore::empty();
        for certificate in &found {
            let added = store.add(certificate.clone());
            added.map_err(|error| format!("`{setting}` {shown} holds a certificate that cannot be read: {error}"))?;
        }
        if found.is_empty() {
            let message =
                format!("`{setting}` {shown} holds no certificate: it has to be a PEM file with `BEGIN CERTIFICATE`");
            return Err(message);
        }
        Ok(Self(found))
    }

    /// TLS that trusts them.
    ///
    /// # Errors
    /// The TLS library cannot be set up.
    pub fn tls(&self) -> Result<TlsConnector, Failed> {
        let authorities = self.authorities(provider())?;
        if self.0.is_empty() {
            return connector(authorities);
        }
        connector(Arc::new(Exempting { authorities, exempt: Exempt::Known(self.0.clone()) }))
    }

    /// TLS that takes any certificate: nobody reads along, and nobody knows who answers.
    ///
    /// # Errors
    /// The TLS library cannot be set up.
    pub fn tls_with_anyone() -> Result<TlsConnector, Failed> {
        let authorities = Self::default().authorities(provider())?;
        connector(Arc::new(Exempting { authorities, exempt: Exempt::Everyone }))
    }

    fn authorities(&self, provider: Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, Failed> {
        let own = self.0.iter().cloned();
        if let Ok(system) = rustls_platform_verifier::Verifier::new_with_extra_roots(own.clone(), Arc::clone(&provider))
        {
            return Ok(Arc::new(system));
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned().chain(own));
        Ok(WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build()?)
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

fn connector(verifier: Arc<dyn ServerCertVerifier>) -> Result<TlsConnector, Failed> {
    let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
    let config = builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Trusts authorities and, as the certificate of a server, those that are exempt from them.
#[derive(Debug)]
struct Exempting {
    authorities: Arc<dyn ServerCertVerifier>,
    exempt: Exempt,
}

/// Certificates that no authority has to vouch for.
#[derive(Debug)]
enum Exempt {
    /// Those that are known: one that signs itself is often marked as an authority, which no server may be otherwise.
    Known(Vec<CertificateDer<'static>>),
    /// All.
    Everyone,
}

impl ServerCertVerifier for Exempting {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Exempt::Known(known) = &self.exempt else { return Ok(ServerCertVerified::assertion()) };
        let verdict = self.authorities.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match verdict {
            // Neither its time nor its name is at fault, which have errors of their own.
            Err(Error::InvalidCertificate(CertificateError::Other(_))) if known.contains(end_entity) => {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authorities.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authorities.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.authorities.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_certificate_is_refused_with_what_it_should_be() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        assert!(Trust::of_file(&path, "ca_file").unwrap_err().contains("cannot be read"));
        let begun = "-----BEGIN CERTIFICATE-----\n";
        for (content, says) in [
            ("", "holds no certificate"),
            ("garbage", "holds no certificate"),
            ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "holds no certificate"),
            (&format!("{begun}AAAA\n"), "is no PEM file"),
            (&format!("{begun}AAAA\n-----END CERTIFICATE-----\n"), "that cannot be read"),
        ] {
            std::fs::write(&path, content).unwrap();
            let message = Trust::of_file(&path, "ca_file").unwrap_err();
            assert!(message.contains(says), "{content}: {message}");
        }
    }
}
