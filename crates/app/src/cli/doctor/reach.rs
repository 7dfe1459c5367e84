//! What the doctor finds out about the address: whether the port is free or
//! ours, and whether Tollgate answers where people are told to go.

use std::{net::TcpListener, sync::Arc, time::Duration};

use rustls::{
    CertificateError, ClientConfig, Error as TlsError, RootCertStore, pki_types::ServerName,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;
use url::Url;

use crate::{
    config::{Config, meant::web::WebOrigin, server::Server},
    pid_file,
};

use super::Finding;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The beginning of an answer is enough.
const MOST: u64 = 4096;

pub(super) async fn look(config: &Config) -> Vec<Finding> {
    let server = &config.server;
    let runs = pid_file::running(&server.data_dir).ok().flatten().is_some();
    let mut findings = vec![port(server, runs)];
    findings.extend(address(server));
    findings.extend(proxies(config));
    if runs {
        findings.push(livez(server).await);
    }
    findings
}

fn port(server: &Server, runs: bool) -> Finding {
    if runs {
        return Finding::good(
            "port",
            format!("A server of this installation has {}.", server.listen),
        );
    }
    match TcpListener::bind(server.listen) {
        Ok(_) => Finding::good(
            "port",
            format!("{} is free; no server runs.", server.listen),
        ),
        Err(fault) => {
            let says = format!("{} cannot be listened on: {fault}.", server.listen);
            Finding::wrong(
                "port",
                says,
                "Stop the other program, or set listen to another address.",
            )
        }
    }
}

fn address(server: &Server) -> Vec<Finding> {
    let open = !server.listen.ip().is_loopback();
    let Some(public) = &server.public_url else {
        let says = "There is no public_url.";
        return vec![if open {
            let fix = "Put a proxy with https before it and set public_url; passwords can be read on the way.";
            Finding::wrong("address", says, fix)
        } else {
            Finding::remark(
                "address",
                says,
                "Set it before anybody else uses this server.",
            )
        }];
    };
    if !public.is_https() && !public.is_loopback() {
        let fix = "Put a proxy with https before it; passwords and cookies can be read on the way.";
        return vec![Finding::wrong(
            "address",
            format!("{} is not https.", public.text()),
            fix,
        )];
    }
    if open && public.is_https() {
        let says = format!("{} is open to the network, past the proxy.", server.listen);
        let fix = "Let it listen on the proxy's own network only, such as 127.0.0.1.";
        return vec![Finding::remark("address", says, fix)];
    }
    vec![Finding::good(
        "address",
        format!("People go to {}.", public.text()),
    )]
}

fn proxies(config: &Config) -> Option<Finding> {
    let (server, own) = (&config.server, config.tls.files().is_some());
    let behind = server.public_url.as_ref().is_some_and(WebOrigin::is_https) && !own;
    (behind && server.trusted_proxies.is_empty()).then(|| {
        let says = "There must be a proxy, and none is trusted: everybody seems to come from it.";
        Finding::wrong(
            "proxies",
            says,
            "Set trusted_proxies to its address, such as [\"127.0.0.1/32\"].",
        )
    })
}

/// Ask where people are told to go.
async fn livez(server: &Server) -> Finding {
    let address = server.address();
    let fix = "Check the proxy and the name, and that public_url is what people type.";
    let says = match Url::parse(&address) {
        Ok(url) => match timeout(PATIENCE, ask(&url)).await {
            Ok(Ok(true)) => {
                return Finding::good("reachable", format!("Tollgate answers at {address}."));
            }
            Ok(Ok(false)) => "something else answers".to_owned(),
            Ok(Err(fault)) => match certificate(&fault) {
                Some(why) => return distrusted(&address, why),
                None => fault.to_string(),
            },
            Err(_) => format!("no answer in {} s", PATIENCE.as_secs()),
        },
        Err(fault) => fault.to_string(),
    };
    Finding::wrong(
        "reachable",
        format!("Tollgate does not answer at {address}: {says}."),
        fix,
    )
}

/// What is wrong with the certificate, if that is why nobody was asked.
fn certificate(fault: &std::io::Error) -> Option<&CertificateError> {
    match fault.get_ref()?.downcast_ref()? {
        TlsError::InvalidCertificate(why) => Some(why),
        _ => None,
    }
}

/// Something answers there, and cannot be believed to be ours.
fn distrusted(address: &str, why: &CertificateError) -> Finding {
    use CertificateError as C;

    let (says, fix) = match why {
        C::UnknownIssuer => (
            "comes from an authority that this machine does not know",
            "If it is yours, add it to the machine's authorities, or name its file: \
             SSL_CERT_FILE=ca.pem tollgate doctor.",
        ),
        C::Expired | C::ExpiredContext { .. } => ("has expired", "Renew it."),
        C::NotValidYet | C::NotValidYetContext { .. } => {
            ("is not valid yet", "Check the clocks, and its dates.")
        }
        C::NotValidForName | C::NotValidForNameContext { .. } => (
            "is for another name",
            "Let the proxy show one for the name in public_url.",
        ),
        _ => (
            "is not valid",
            "Let the proxy show one that browsers believe.",
        ),
    };
    let says = format!("The certificate at {address} {says}, so nothing was asked there.");
    Finding::wrong("reachable", says, fix)
}

/// Whose certificates are believed: the public authorities, and those of this
/// machine or of `SSL_CERT_FILE` and `SSL_CERT_DIR`.
fn authorities() -> RootCertStore {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

async fn ask(url: &Url) -> std::io::Result<bool> {
    let host = url.host_str().unwrap_or_default().to_owned();
    let port = url.port_or_known_default().unwrap_or(80);
    let stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await?;
    if url.scheme() != "https" {
        return exchange(stream, url).await;
    }
    let config = ClientConfig::builder()
        .with_root_certificates(authorities())
        .with_no_client_auth();
    let name = ServerName::try_from(host).map_err(std::io::Error::other)?;
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await?;
    exchange(stream, url).await
}

/// Whether what answers is a Tollgate: `/livez` is 200 and has a request id.
async fn exchange(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    url: &Url,
) -> std::io::Result<bool> {
    let host = url.authority();
    let request = format!("GET /livez HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(MOST).read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer).to_lowercase();
    Ok(answer.starts_with("http/1.1 200") && answer.contains("\nx-request-id: "))
}
