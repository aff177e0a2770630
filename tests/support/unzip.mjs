// The files of a ZIP (APPNOTE.TXT 4.3), by name: {"a.json": Buffer, …}.
import { inflateRawSync } from 'node:zlib';

const END = 0x06054b50;
const ENTRY = 0x02014b50;

export function unzip(zip) {
  const end = zip.lastIndexOf(Buffer.from('504b0506', 'hex'));
  if (end < 0 || zip.readUInt32LE(end) !== END) throw new Error('this is no ZIP file');
  const files = {};

  for (let n = zip.readUInt16LE(end + 10), at = zip.readUInt32LE(end + 16); n > 0; n -= 1) {
    if (zip.readUInt32LE(at) !== ENTRY) throw new Error(`no entry at ${at}`);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((o) => zip.readUInt16LE(at + o));
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const local = zip.readUInt32LE(at + 42);
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const raw = zip.subarray(from, from + zip.readUInt32LE(at + 20));
    files[name] = zip.readUInt16LE(at + 10) === 0 ? raw : inflateRawSync(raw);
    at += 46 + nameLength + extraLength + commentLength;
  }
  return files;
}
