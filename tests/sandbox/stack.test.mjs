import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startStack } from '../support/stack.mjs';

describe('starting a stack', () => {
  let folder;

  before(() => { folder = mkdtempSync(join(tmpdir(), 'fd-')); });
  after(() => rmSync(folder, { recursive: true }));

  /** A stand-in for systemd/run-local with the same interface. */
  const program = (name, script) => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return path;
  };
  const pause = 'while :; do sleep 0.02; done';

  test('waits for the ready line and stops everything with SIGTERM', async () => {
    const stack = await startStack({
      port: 18150,
      env: { GREETING: 'hello' },
      program: program('good', `trap 'echo stopped; exit 0' TERM; echo "not ready yet"; echo "$GREETING $*"; echo "ready http://x"; ${pause}`),
    });

    assert.deepEqual([stack.base, stack.sandbox, stack.smtpPort],
      ['http://127.0.0.1:18150', 'http://127.0.0.1:18151', 18152]);
    assert.match(stack.output(), new RegExp(`hello --port 18150 --var ${stack.var}\n`));
    assert.ok(existsSync(stack.var));
    await stack.stop();
    assert.ok(!existsSync(stack.var));
    assert.match(stack.output(), /stopped/);
  });

  test('keeps a folder that it was given', async () => {
    const stack = await startStack({ port: 1, dir: folder, program: program('kept', `trap 'exit 0' TERM; echo ready now; ${pause}`) });
    await stack.stop();
    assert.ok(existsSync(folder));
  });

  test('says why nothing started', async () => {
    await assert.rejects(startStack({ port: 2, program: program('bad', 'echo "MariaDB is missing" >&2; exit 3') }),
      /run-local on port 2 ended with exit code 3 before it was ready\nMariaDB is missing/);
    await assert.rejects(startStack({ port: 3, program: join(folder, 'absent') }), /ENOENT/);
    await assert.rejects(startStack({ port: 4, readyWithinMs: 100, program: program('slow', `trap 'exit 0' TERM; ${pause}`) }),
      /was not ready within 0\.1 s/);
  });

  test('an end that is not clean is an error', async () => {
    const failing = await startStack({ port: 5, program: program('dirty', `trap 'exit 7' TERM; echo ready; echo "ready "; ${pause}`) });
    await assert.rejects(failing.stop(), /ended with exit code 7/);

    const stuck = await startStack({ port: 6, stopWithinMs: 150, program: program('stuck', `trap '' TERM; echo "ready "; ${pause}`) });
    await assert.rejects(stuck.stop(), /did not stop within 0\.15 s/);
    rmSync(stuck.var, { recursive: true, force: true });
    rmSync(failing.var, { recursive: true, force: true });
  });
});
