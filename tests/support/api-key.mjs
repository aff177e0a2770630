// API keys of the sandbox as the server would make them.
import { createHash } from 'node:crypto';

const SIGNS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The six signs behind 41 others. */
export function checksum(head) {
  return [...createHash('sha256').update(head).digest().subarray(0, 6)].map((b) => SIGNS[b % 62]).join('');
}

/** A key that has the letters and digits of a name in it. */
export function apiKey(name) {
  const head = `fdk_test_${name.replaceAll(/[^0-9A-Za-z]/g, '').slice(0, 32).padEnd(32, '0')}`;

  return head + checksum(head);
}
