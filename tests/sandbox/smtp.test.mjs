import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { request, sleep } from '../support/http.mjs';
import { speak } from '../support/smtp.mjs';
import { startSandbox } from './sandbox.mjs';

const ICS = 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Haarschnitt bei Anna\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n';
const MAIL = [
  'From: Salon Morgenrot <termine@salon.example>',
  'To: =?utf-8?q?Mia_Sch=C3=A4fer?= <mia@kunde.example>',
  'Subject: =?utf-8?q?Ihr_Termin_am_1._Dezember_um_14=3A00?=',
  'Message-ID: <n1@salon.example>',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=M',
  '',
  '--M',
  'Content-Type: multipart/alternative; boundary=A',
  '',
  '--A',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'Guten Tag Mia Schäfer,',
  '..bis bald!',
  '--A',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<p>Guten Tag <b>Mia Schäfer</b></p><script>alert(1)</script>',
  '--A--',
  '--M',
  'Content-Type: text/calendar; charset=utf-8; method=PUBLISH; name=termin.ics',
  'Content-Disposition: attachment; filename=termin.ics',
  'Content-Transfer-Encoding: base64',
  '',
  Buffer.from(ICS).toString('base64'),
  '--M--',
  '',
].join('\r\n');

describe('the SMTP sink', () => {
  let sandbox;

  before(async () => {
    sandbox = await startSandbox({ port: 0, smtpPort: 0, webhooks: 'http://127.0.0.1:1' });
  });
  after(() => sandbox.stop());
  beforeEach(() => post('/reset', {}));

  const post = (path, json) => request(sandbox.url + path, { method: 'POST', json });
  const sent = async () => (await request(`${sandbox.url}/sent.json`)).json.messages;
  const mail = ['EHLO salon.example', 'MAIL FROM:<bounce@salon.example>', 'RCPT TO:<mia@kunde.example>', 'DATA', `${MAIL}.`];

  test('keeps a mail as a person reads it', async () => {
    const replies = await speak(sandbox.smtpPort, [...mail, 'QUIT']);
    const [message] = await sent();

    assert.match(replies[5], /^250 /);
    assert.doesNotMatch(replies[1], /STARTTLS/);
    assert.deepEqual({ ...message, seq: 0, at: '' }, {
      seq: 0,
      at: '',
      kind: 'email',
      to: 'mia@kunde.example',
      from: '"Salon Morgenrot" <termine@salon.example>',
      subject: 'Ihr Termin am 1. Dezember um 14:00',
      body: 'Guten Tag Mia Schäfer,\n.bis bald!',
      html: '<p>Guten Tag <b>Mia Schäfer</b></p><script>alert(1)</script>',
      attachments: [{ filename: 'termin.ics', content_type: 'text/calendar', size: ICS.length, content: ICS }],
      sid: '<n1@salon.example>',
    });
  });

  test('takes any log-in and several mails on one connection', async () => {
    const login = `AUTH PLAIN ${Buffer.from('\0user\0secret').toString('base64')}`;
    const replies = await speak(sandbox.smtpPort, [mail[0], login, ...mail.slice(1), ...mail.slice(1), 'QUIT']);

    assert.match(replies[2], /^235 /);
    assert.equal((await sent()).length, 2);
  });

  test('refuses recipients for a while or for good, as often as told', async () => {
    await post('/control', { smtp: { fail: '450', times: 1 } });
    assert.match((await speak(sandbox.smtpPort, mail.slice(0, 3))).at(-1), /^450 4\.2\.1/);
    assert.match((await speak(sandbox.smtpPort, mail.slice(0, 3))).at(-1), /^250 /);

    await post('/control', { smtp: { fail: '550' } });
    for (let n = 0; n < 2; n++) assert.match((await speak(sandbox.smtpPort, mail.slice(0, 3))).at(-1), /^550 5\.1\.1/);
    assert.deepEqual(await sent(), []);
  });

  test('drops the line before or after keeping the mail', async () => {
    await post('/control', { smtp: { fail: 'drop', times: 1 } });
    assert.equal((await speak(sandbox.smtpPort, mail)).at(-1), null);
    assert.equal((await sent()).length, 0);

    await post('/control', { smtp: { fail: 'drop-after-accept', times: 1 } });
    assert.equal((await speak(sandbox.smtpPort, mail)).at(-1), null);
    assert.equal((await sent()).length, 1);
  });

  test('a sender that vanishes in the middle of a mail harms nothing', async () => {
    const socket = net.connect(sandbox.smtpPort, '127.0.0.1');
    socket.write(`${mail.slice(0, 4).join('\r\n')}\r\nSubject: half`);
    await sleep(50);
    socket.destroy();
    await sleep(50);
    assert.match((await speak(sandbox.smtpPort, mail)).at(-1), /^250 /);
    assert.equal((await sent()).length, 1);
  });

  test('refuses a mail that is too big', async () => {
    const big = `Subject: big\r\n\r\n${`${'x'.repeat(998)}\r\n`.repeat(2_200)}.`;
    const replies = await speak(sandbox.smtpPort, [...mail.slice(0, 4), big]);

    assert.match(replies.at(-1), /^552 /);
    assert.deepEqual(await sent(), []);
  });
});
