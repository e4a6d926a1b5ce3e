//! A network that can be cut: a port that leads to another one, until it does not.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// The way to a port.
pub(crate) struct Proxy {
    address: SocketAddr,
    is_cut: Arc<AtomicBool>,
    streams: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    /// A way to a port of this machine.
    pub(crate) fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (is_cut, streams) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let (cut, kept) = (Arc::clone(&is_cut), Arc::clone(&streams));
        // Ends with the process; one thread for each test that has a network.
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                if cut.load(Ordering::Relaxed) {
                    continue;
                }
                let Ok(far) = TcpStream::connect(("127.0.0.1", port)) else { continue };
                let ends = [near.try_clone().unwrap(), far.try_clone().unwrap()];
                kept.lock().unwrap().extend(ends);
                let back = (far.try_clone().unwrap(), near.try_clone().unwrap());
                thread::spawn(move || carry(near, far));
                thread::spawn(move || carry(back.0, back.1));
            }
        });
        Self { address, is_cut, streams }
    }

    /// Where it begins.
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Ends every connection, and lets no other through.
    pub(crate) fn cut(&self) {
        self.is_cut.store(true, Ordering::Relaxed);
        // An end that is closed already is cut as well.
        self.streams.lock().unwrap().drain(..).for_each(|stream| drop(stream.shutdown(Shutdown::Both)));
    }

    /// Lets connections through again.
    pub(crate) fn mend(&self) {
        self.is_cut.store(false, Ordering::Relaxed);
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = [0; 16 << 10];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    drop(to.shutdown(Shutdown::Both));
}
