// The data of the page: facts as JSON, columns as typed arrays, texts.

const facts = JSON.parse(document.getElementById("facts").textContent);

/** The bytes of a block: base64 of deflated data. */
async function inflate(id) {
  const block = document.getElementById(id);
  const compressed = Uint8Array.from(atob(block.textContent), (letter) => letter.charCodeAt(0));
  block.textContent = "";
  const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const WIDTHS = { U8: 1, U32: 4, F64: 8 };
const ARRAYS = { U8: Uint8Array, U32: Uint32Array, F64: Float64Array };

/** Columns by their names; their bytes stand ordered by significance. */
function columnsOf(bytes) {
  const columns = {};
  for (const { name, kind, offset, length } of facts.columns) {
    const width = WIDTHS[kind];
    const ordered = new Uint8Array(length * width);
    for (let significance = 0; significance < width; significance += 1) {
      const from = offset + significance * length;
      for (let row = 0; row < length; row += 1) ordered[row * width + significance] = bytes[from + row];
    }
    columns[name] = new ARRAYS[kind](ordered.buffer);
  }
  return columns;
}

let data = null;
let texts = null;
let words = null;

/** Reads everything; the page is complete before it is there. */
async function readData() {
  data = columnsOf(await inflate("columns"));
  [texts, words] = JSON.parse(new TextDecoder().decode(await inflate("texts")));
}

/** Bits of the column `flags`. */
const FAULT = 1;
const COLD = 2;

/** A count of a column in which 0 is unknown. */
const count = (column, row) => (data[column][row] === 0 ? null : data[column][row] - 1);

/** A number of a column; null where it is unknown. */
const number = (column, row) => (Number.isNaN(data[column][row]) ? null : data[column][row]);

/** A word of a column; empty where there is none. */
const word = (column, row) => (data[column][row] === 0 ? "" : words[column][data[column][row] - 1]);
