//! How much the record batches of an Arrow stream hold, read from their headers before anything is unpacked.

use std::io::{ErrorKind, Read, Seek, SeekFrom};

use polars_arrow_format::ipc::planus::ReadAsRoot;
use polars_arrow_format::ipc::{MessageHeaderRef, MessageRef, RecordBatchRef};

use super::ColumnarError;

/// Maximum size of a header in bytes. Columns and buffers are in it, and no values.
const MOST_HEADER: usize = 64 << 20;

/// What stands before the length of a header, since the format's version 0.15.
const CONTINUATION: [u8; 4] = [0xff; 4];

/// The number of rows from here to the end of a stream.
///
/// # Errors
/// A record batch holds more than `most` bytes, or more than the file.
pub(super) fn rows(stream: &mut (impl Read + Seek), most: usize) -> Result<usize, ColumnarError> {
    let (start, mut rows, mut number) = (stream.stream_position().map_err(damaged)?, 0_usize, 0);
    let end = stream.seek(SeekFrom::End(0)).map_err(damaged)?;
    stream.seek(SeekFrom::Start(start)).map_err(damaged)?;
    while let Some(header) = header(stream)? {
        let message = MessageRef::read_as_root(&header).map_err(damaged)?;
        let length = u64::try_from(message.body_length().map_err(damaged)?).map_err(damaged)?;
        let body = Body { start: stream.stream_position().map_err(damaged)?, length };
        let after = body.start.checked_add(length).filter(|after| *after <= end);
        let Some(after) = after else { return Err(damaged("it ends within a record batch")) };
        match message.header().map_err(damaged)? {
            Some(MessageHeaderRef::RecordBatch(batch)) => {
                let held = usize::try_from(batch.length().map_err(damaged)?).map_err(damaged)?;
                rows = rows.checked_add(held).ok_or_else(|| damaged("its rows cannot be counted"))?;
                number += 1;
                body.check(stream, batch, (number, most))?;
            }
            Some(MessageHeaderRef::DictionaryBatch(words)) => {
                if let Some(batch) = words.data().map_err(damaged)? {
                    body.check(stream, batch, (number, most))?;
                }
            }
            _ => {}
        }
        stream.seek(SeekFrom::Start(after)).map_err(damaged)?;
    }
    Ok(rows)
}

/// The header of the next message; none at the end.
fn header(stream: &mut impl Read) -> Result<Option<Vec<u8>>, ColumnarError> {
    let mut length = [0; 4];
    match stream.read_exact(&mut length) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        outcome => outcome.map_err(damaged)?,
    }
    if length == CONTINUATION {
        stream.read_exact(&mut length).map_err(damaged)?;
    }
    let length = usize::try_from(i32::from_le_bytes(length)).map_err(damaged)?;
    if length == 0 {
        return Ok(None);
    }
    if length > MOST_HEADER {
        return Err(damaged(format!("a header has {length} bytes")));
    }
    let mut header = vec![0; length];
    stream.read_exact(&mut header).map_err(damaged)?;
    Ok(Some(header))
}

/// The values of a message.
struct Body {
    start: u64,
    length: u64,
}

impl Body {
    fn check(
        &self,
        stream: &mut (impl Read + Seek),
        batch: RecordBatchRef<'_>,
        (number, most): (usize, usize),
    ) -> Result<(), ColumnarError> {
        let is_compressed = batch.compression().map_err(damaged)?.is_some();
        let mut held = 0_u64;
        for buffer in batch.buffers().map_err(damaged)?.into_iter().flatten() {
            let (offset, length) = (u64::try_from(buffer.offset()), u64::try_from(buffer.length()));
            let (offset, length) = (offset.map_err(damaged)?, length.map_err(damaged)?);
            if offset.checked_add(length).is_none_or(|end| end > self.length) {
                return Err(damaged("values of a record batch are outside of it"));
            }
            let unpacked = if is_compressed { self.unpacked(stream, offset, length)? } else { length };
            held = held.saturating_add(unpacked);
        }
        // A value of every list and struct has a node, also where it has no bytes.
        for node in batch.nodes().map_err(damaged)?.into_iter().flatten() {
            held = held.saturating_add(u64::try_from(node.length()).map_err(damaged)?);
        }
        if held > most as u64 {
            return Err(ColumnarError::TooLarge(format!(
                "record batch {number} unpacks to {} MB, but the maximum is {} MB; write the file with smaller batches",
                held >> 20,
                most >> 20
            )));
        }
        Ok(())
    }

    /// What a compressed buffer unpacks to: its first bytes say it, and -1 is one that is stored as it is.
    fn unpacked(&self, stream: &mut (impl Read + Seek), offset: u64, length: u64) -> Result<u64, ColumnarError> {
        let mut stated = [0; 8];
        if length < 8 {
            return Ok(length);
        }
        stream.seek(SeekFrom::Start(self.start + offset)).map_err(damaged)?;
        stream.read_exact(&mut stated).map_err(damaged)?;
        match i64::from_le_bytes(stated) {
            -1 => Ok(length),
            stated => u64::try_from(stated).map_err(damaged),
        }
    }
}

pub(super) fn damaged(reason: impl std::fmt::Display) -> ColumnarError {
    ColumnarError::Damaged("Arrow", reason.to_string())
}
