//! The server: a port and its connections.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::behaviour::Behaviour;
use super::counters::Counters;
use super::service::Service;
use crate::timer::Timer;

/// How many connections may wait to be accepted: thousands of clients may come at once.
const BACKLOG: u32 = 4096;

/// The most that is buffered of one connection, in bytes.
const BUFFER: usize = 64 << 10;

/// How long the server rests when the system has no more files for connections.
const REST: Duration = Duration::from_millis(10);

/// A server that listens.
pub struct MockServer {
    listener: TcpListener,
    address: SocketAddr,
    service: Arc<Service>,
}

impl MockServer {
    /// Listens at an address; port 0 stands for a free one. Clients can connect from now on, and are
    /// answered once it serves.
    ///
    /// # Errors
    /// The address cannot be had, or the system has no thread for the timer.
    pub async fn bind(address: SocketAddr, behaviour: Behaviour) -> io::Result<Self> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // A port that was in use a moment ago is free. Elsewhere the option would share a port in use.
        #[cfg(unix)]
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let listener = socket.listen(BACKLOG)?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, service: Arc::new(Service::new(behaviour, Timer::new()?)) })
    }

    /// The same as a URL, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its counters, which can be read while it serves and after.
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.service.counters)
    }

    /// Serves until it is told to stop; then every connection is closed.
    pub async fn serve(self, shutdown: CancellationToken) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        self.service.counters.connected();
                        connections.spawn(converse(stream, Arc::clone(&self.service)));
                    }
                    Err(_) => tokio::time::sleep(REST).await,
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }
}

/// Answers request after request on one connection.
async fn converse(stream: TcpStream, service: Arc<Service>) {
    // Without it the answers are the same, a little later.
    let _ = stream.set_nodelay(true);
    let answer = service_fn(move |request| {
        let service = Arc::clone(&service);
        async move { Ok::<_, Infallible>(service.reply(request).await) }
    });
    let connection = http1::Builder::new().max_buf_size(BUFFER).serve_connection(TokioIo::new(stream), answer);
    // A client that goes away in the middle is no concern of the others.
    let _ = connection.await;
}
