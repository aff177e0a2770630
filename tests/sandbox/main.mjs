// The sandbox as a program: plays Retell, Twilio and a mail server on this
// machine. Prints one line when it is ready and drains on SIGTERM or SIGINT.
import { parseArgs } from 'node:util';
import { TWILIO_ACCOUNT, TWILIO_TOKEN } from './companies.mjs';
import { startSandbox } from './sandbox.mjs';

const HELP = `Usage: main.mjs --port P --smtp-port Q --webhooks URL [--state DIR]

Plays the providers that Frontdesk talks to, on 127.0.0.1 only.

  GET  /              what was sent, for people; /sent.json?since=N for programs
  POST /calls         places a scripted call: {script, company, from_number,
                      to_number, wish:{…}, order:[…], repeat, delay_ms, call_id,
                      hook, key, agent_id, duration_ms, started_at}, all optional
  GET  /calls/ID      how that call goes
  /retell             Retell's get-call, list-calls and list-agents (Bearer key
                      of a company)
  /sendgrid           SendGrid, any key: /v3/mail/send; events as set at
                      /v3/user/webhooks/event/settings
  /services           Slack's incoming webhooks
  /telegram           Telegram's Bot API
  /pagerduty          PagerDuty's Events API v2
  POST /sms           somebody writes an SMS: {hook, from, to, body}
  /2010-04-01         Twilio's Messages and account, account ${TWILIO_ACCOUNT},
                      token ${TWILIO_TOKEN}
  POST /control       {twilio:{fail, times, latency_ms}, smtp:{…} …}: misbehave
  POST /reset         forget everything

  --port P         HTTP port (0: any free one)
  --smtp-port Q    SMTP port (0: any free one)
  --webhooks URL   where Frontdesk takes webhooks, e.g. http://127.0.0.1:8080
  --state DIR      keep what was sent there from one run to the next
`;
const STOP_WITHIN_MS = 10_000;

function options() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      'smtp-port': { type: 'string' },
      webhooks: { type: 'string' },
      state: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  return {
    port: port('--port', values.port),
    smtpPort: port('--smtp-port', values['smtp-port']),
    webhooks: base(values.webhooks),
    state: values.state,
  };
}

function port(name, value) {
  if (!/^\d{1,5}$/.test(value ?? '') || Number(value) > 65_535) {
    throw new Error(`${name} must be a port number from 0 to 65535`);
  }
  return Number(value);
}

function base(value) {
  if (!URL.canParse(value ?? '') || new URL(value).protocol !== 'http:') {
    throw new Error('--webhooks must be an http:// address');
  }
  return value;
}

function optionsOrExit() {
  try {
    return options();
  } catch (e) {
    console.error(`sandbox: ${e.message}; see --help`);
    return process.exit(2);
  }
}

async function main() {
  const sandbox = await startSandbox(optionsOrExit());
  let stopping = false;

  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.on(signal, async () => {
      if (stopping) process.exit(1);
      stopping = true;
      setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
      await sandbox.stop();
      process.exit(0);
    });
  }
  console.log(`sandbox ready ${sandbox.url}`);
}

main().catch((e) => {
  const why = e.code === 'EADDRINUSE' ? `port ${e.port} is in use: stop what listens there or choose another` : e.message;

  console.error(`sandbox: ${why}`);
  process.exit(1);
});
