// What the server sends: packets, and several of them joined. `lstmviz/packing.py` describes the bytes.

/**
 * @typedef {Uint8Array<ArrayBuffer>} Bytes
 * @typedef {Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>} Numbers one array of a packet, row by
 *   row
 * @typedef {{ parts: Record<string, { digest: string, offset: number, length: number }> }} Joined what `join` adds to a header
 * @typedef {{ arrays: Record<string, { dtype: keyof typeof DTYPES, shape: number[], offset: number }> }} Packed what `packet` adds
 */

const DTYPES = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array };

// The header of what came, and its parts by name, each as `make` makes it of its bytes; those that `kept`, a map by digest,
// still holds are not made again. It holds what is on display, and of what was, the newest, `most` in all.
/**
 * @template Header, Part
 * @param {Bytes} bytes
 * @param {Map<string, Part>} kept
 * @param {number} most
 * @param {(bytes: Bytes) => Part} make
 * @returns {Promise<{ header: Header & Joined, parts: Record<string, Part> }>}
 */
export async function unpackParts(bytes, kept, most, make) {
  const { header, body } = split(bytes);
  /** @type {Record<string, Part>} */
  const parts = {};
  for (const [name, { digest, offset, length }] of Object.entries(header.parts)) {
    const part = kept.get(digest) ?? make(await inflate(body.subarray(offset, offset + length)));
    kept.delete(digest);
    kept.set(digest, part);
    parts[name] = part;
  }
  const room = Math.max(most, Object.keys(parts).length);
  for (const digest of [...kept.keys()].slice(0, Math.max(kept.size - room, 0))) kept.delete(digest);
  return { header, parts };
}

// The header of one packet, and its arrays by name.
/**
 * @template Header, Arrays the caller says what the packet holds
 * @param {Bytes} bytes
 * @returns {{ header: Header & Packed, arrays: Arrays }}
 */
export function arraysOf(bytes) {
  const { header, body } = split(bytes);
  /** @type {Packed["arrays"]} */
  const entries = header.arrays;
  /** @type {any} */
  const arrays = {};
  for (const [name, { dtype, shape, offset }] of Object.entries(entries)) {
    const count = shape.reduce((a, b) => a * b, 1);
    arrays[name] = new DTYPES[dtype](body.buffer, body.byteOffset + offset, count);
  }
  return { header, arrays };
}

/** @type {(bytes: Bytes) => { header: any, body: Bytes }} */
function split(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  return { header, body: bytes.subarray(4 + length) };
}

/** @type {(bytes: Bytes) => Promise<Bytes>} */
async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
