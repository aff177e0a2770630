// SMTP spoken by hand, for tests that look at every reply.
import net from 'node:net';

/**
 * Sends each command after the reply to the one before. Resolves to the
 * replies, the greeting first; null stands for a line that was closed.
 */
export function speak(port, commands) {
  return new Promise((resolve, reject) => {
    const replies = [];
    const socket = net.connect(port, '127.0.0.1');
    const left = [...commands];
    let text = '';

    socket.setTimeout(5_000, () => socket.destroy(new Error('SMTP: no reply')));
    socket.setEncoding('utf8');
    socket.on('error', (e) => (e.code === 'ECONNRESET' ? undefined : reject(e)));
    socket.on('close', () => {
      if (left.length > 0 || replies.length <= commands.length) replies.push(null);
      resolve(replies);
    });
    socket.on('data', (chunk) => {
      text += chunk;
      if (!/^\d{3} .*\r\n$/m.test(text)) return;
      replies.push(text.trimEnd());
      text = '';
      if (left.length === 0) socket.end();
      else socket.write(`${left.shift()}\r\n`);
    });
  });
}
