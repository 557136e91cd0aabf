// What the server sends: packets, and several of them joined. `lstmviz/packing.py` describes the bytes.

const DTYPES = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array };

// The header of what came, and its parts by name, each as `make` makes it of its bytes; those that `kept`, a map by digest,
// still holds are not made again. It holds what is on display, and of what was, the newest, `most` in all.
export async function unpackParts(bytes, kept, most, make) {
  const { header, body } = split(bytes);
  const parts = {};
  for (const [name, { digest, offset, length }] of Object.entries(header.parts)) {
    const part = kept.get(digest) ?? make(await inflate(body.subarray(offset, offset + length)));
    kept.delete(digest);
    kept.set(digest, part);
    parts[name] = part;
  }
  const room = Math.max(most, Object.keys(parts).length);
  while (kept.size > room) kept.delete(kept.keys().next().value);
  return { header, parts };
}

// The header of one packet, and its arrays by name.
export function arraysOf(bytes) {
  const { header, body } = split(bytes);
  const arrays = {};
  for (const [name, { dtype, shape, offset }] of Object.entries(header.arrays)) {
    const count = shape.reduce((a, b) => a * b, 1);
    arrays[name] = new DTYPES[dtype](body.buffer, body.byteOffset + offset, count);
  }
  return { header, arrays };
}

function split(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  return { header, body: bytes.subarray(4 + length) };
}

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
