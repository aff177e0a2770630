// Lays a folder like build/ with stand-ins for the programs and a tiny portal,
// so that tests of nginx and of the runner need no compiler.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const SNIPPETS = fileURLToPath(new URL('../../../nginx/snippets/', import.meta.url));
const FCGI = fileURLToPath(new URL('fcgi.mjs', import.meta.url));

/** The new folder's path; whoever asks removes it. */
export function standInBuild() {
  const dir = mkdtempSync(join(tmpdir(), 'fd-build-'));
  const program = (name, script) => writeFileSync(join(dir, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

  program('frontdesk-fcgi', `exec '${process.execPath}' '${FCGI}'`);
  program('frontdesk-worker', 'exec sleep 1000000');
  // nginx's limits are those that are shipped, times 100, as its own would write them
  program('frontdeskctl', `[ "$3" != nginx-limits ] || for file in limit-zones limits; do
    sed -E 's/(rate=|burst=|_open )([0-9]+)/\\1\\200/' '${SNIPPETS}'$file.conf >"$4/$file.conf" || exit 1
done`);
  mkdirSync(join(dir, 'www/assets'), { recursive: true });
  writeText(join(dir, 'www/index.html'), '<!doctype html><title>Portal</title>\n');
  writeText(join(dir, 'www/assets/app.0a1b2c3d.js'), `// ${'x'.repeat(2000)}\n`);
  writeFileSync(join(dir, 'www-csp.conf'), `set $csp_style "'sha256-c3R5bGU='";\n`);
  return dir;
}

function writeText(path, text) {
  writeFileSync(path, text);
  writeFileSync(`${path}.gz`, gzipSync(text));
  writeFileSync(`${path}.br`, brotliCompressSync(text));
}
