//! Pieces of work on all cores, whose outcomes are taken in their order.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::error::Error;
use crate::stack;

/// Pieces that may be worked on or wait for their turn, for each core: what they hold is in memory.
const AHEAD: usize = 4;

/// Makes something of each piece, on any core, and gives it to `take` in the order of the pieces. No core waits for another
/// as long as the pieces that were taken follow soon enough. Where the system gives fewer threads, it takes longer.
///
/// # Errors
/// The first error in the order of the pieces, of making or of taking.
pub(in crate::engine) fn in_turn<P: Sync, T: Send>(
    pieces: &[P],
    make: impl Fn(&P) -> Result<T, Error> + Sync,
    take: impl FnMut(T) -> Result<(), Error>,
) -> Result<(), Error> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    on(cores.min(pieces.len()), pieces, make, take)
}

/// As [`in_turn`], on this number of threads.
fn on<P: Sync, T: Send>(
    threads: usize,
    pieces: &[P],
    make: impl Fn(&P) -> Result<T, Error> + Sync,
    mut take: impl FnMut(T) -> Result<(), Error>,
) -> Result<(), Error> {
    let (turns, next) = channel();
    let next = Mutex::new(next);
    let (done, made) = channel();
    thread::scope(|scope| {
        let start = |_| {
            let (done, next, make) = (done.clone(), &next, &make);
            let run = move || work(pieces, next, make, &done);
            thread::Builder::new().stack_size(stack::ROOM).spawn_scoped(scope, run).ok()
        };
        let started = (0..threads).map_while(start).count();
        drop(done);
        if started == 0 {
            return pieces.iter().try_for_each(|piece| take(make(piece)?));
        }
        taken(pieces.len(), turns, &made, started * AHEAD, take)
    })
}

/// Works on pieces whose turn it is until there are no more, or nobody takes what is made.
fn work<P, T>(
    pieces: &[P],
    next: &Mutex<Receiver<usize>>,
    make: impl Fn(&P) -> Result<T, Error>,
    done: &Sender<(usize, Result<T, Error>)>,
) {
    let turn = || next.lock().unwrap_or_else(PoisonError::into_inner).recv().ok();
    while let Some((place, piece)) = turn().and_then(|place| Some((place, pieces.get(place)?))) {
        if done.send((place, make(piece))).is_err() {
            break;
        }
    }
}

/// Takes what is made of each piece, and lets one more be made for each that was taken. Without `turns` the work ends.
fn taken<T>(
    count: usize,
    turns: Sender<usize>,
    made: &Receiver<(usize, Result<T, Error>)>,
    ahead: usize,
    mut take: impl FnMut(T) -> Result<(), Error>,
) -> Result<(), Error> {
    let let_make = |place: usize| {
        // Nobody listens once all threads have panicked, which is seen below.
        let _ = turns.send(place);
    };
    (0..count.min(ahead)).for_each(let_make);
    let mut early = BTreeMap::new();
    for place in 0..count {
        while !early.contains_key(&place) {
            let made = made.recv().map_err(|_| Error::Internal("a thread ended before its work".into()))?;
            early.insert(made.0, made.1);
        }
        if let Some(outcome) = early.remove(&place) {
            take(outcome?)?;
        }
        if place + ahead < count {
            let_make(place + ahead);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn outcomes_are_taken_in_order_although_the_first_is_made_last() {
        let pieces: Vec<usize> = (0..50).collect();
        let second_is_made = Barrier::new(2);
        let make = |piece: &usize| {
            if *piece < 2 {
                second_is_made.wait();
            }
            Ok(*piece)
        };
        let mut taken = Vec::new();
        on(2, &pieces, make, |piece| {
            taken.push(piece);
            Ok(())
        })
        .unwrap();
        assert_eq!(taken, pieces);
        in_turn(&[], make, |_| panic!("nothing is made")).unwrap();
    }

    #[test]
    fn without_a_thread_the_work_is_done_all_the_same() {
        let pieces: Vec<usize> = (0..50).collect();
        let here = thread::current().id();
        let mut taken = Vec::new();
        let made = on(
            0,
            &pieces,
            |piece| Ok((*piece, thread::current().id())),
            |piece| {
                taken.push(piece);
                Ok(())
            },
        );
        made.unwrap();
        assert_eq!(taken, pieces.iter().map(|piece| (*piece, here)).collect::<Vec<_>>());
    }

    #[test]
    fn no_more_pieces_are_made_than_may_wait() {
        let pieces = [(); 60];
        let begun = AtomicUsize::new(0);
        let make = |(): &()| Ok(begun.fetch_add(1, Ordering::SeqCst));
        let mut taken = 0;
        on(3, &pieces, make, |_| {
            assert!(begun.load(Ordering::SeqCst) <= taken + 3 * AHEAD, "{taken}");
            taken += 1;
            Ok(())
        })
        .unwrap();
        assert_eq!((taken, begun.into_inner()), (60, 60));
    }

    #[test]
    fn the_first_error_in_the_order_of_the_pieces_ends_it() {
        fn failed<T>(what: &str) -> Result<T, Error> {
            Err(Error::Internal(what.into()))
        }
        let pieces: Vec<usize> = (0..50).collect();
        let make = |piece: &usize| if *piece == 7 || *piece == 9 { failed(&piece.to_string()) } else { Ok(*piece) };
        let mut taken = 0;
        let ended = on(2, &pieces, make, |_| {
            taken += 1;
            Ok(())
        });
        assert!(matches!(ended, Err(Error::Internal(what)) if what == "7"));
        assert_eq!(taken, 7);
        let ended = on(2, &pieces, |piece| Ok(*piece), |piece| if piece == 3 { failed("taken") } else { Ok(()) });
        assert!(matches!(ended, Err(Error::Internal(what)) if what == "taken"));
    }
}
