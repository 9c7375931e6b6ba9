import { Refused } from './channel.ts';
import { SmtpSession } from './smtp-session.ts';

export interface SmtpOptions {
  readonly host: string;
  /** Default 25, with `security: tls` 465. */
  readonly port?: number | undefined;
  readonly from: string;
  readonly to: readonly string[];
  /**
   * Where `starttls` the server must offer it (RFC 3207); `tls` from the first byte on (RFC 8314); `none` only for a server on this
   * machine. Default `starttls`.
   */
  readonly security?: 'starttls' | 'tls' | 'none' | undefined;
  readonly ca?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

/** A plain text to send. */
export interface Mail {
  readonly subject: string;
  readonly text: string;
  /** The same each time it is tried. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Sends a plain text (RFC 5321, 5322). Credentials only go over TLS. Who of several is not taken does not keep the others from it.
 * @param patience milliseconds until a server that says nothing is given up; three times that for all of it
 * @throws Error where it was not taken; `Refused` where it never will be
 */
export async function sendMail(options: SmtpOptions, mail: Mail, patience: number, signal: AbortSignal): Promise<void> {
  const { host, from, to, security = 'starttls', port = security === 'tls' ? 465 : 25, ca, user, password } = options;
  const sender = addressOf(from);
  const receivers = to.map(addressOf);
  if (user !== undefined && password !== undefined && security === 'none')
    throw new Refused('credentials of a mail server only go over TLS');
  const session = new SmtpSession({ host, port, encrypted: security === 'tls', ca, patience, signal });
  try {
    await session.say(undefined, '220');
    const offered = await session.say('EHLO castellan', '250');
    if (security === 'starttls') {
      if (!/^250[- ]STARTTLS\s*$/im.test(offered)) throw new Refused('it offers no STARTTLS');
      await session.say('STARTTLS', '220');
      await session.secure();
      await session.say('EHLO castellan', '250');
    }
    if (user !== undefined && password !== undefined)
      await session.say(`AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString('base64')}`, '235', true);
    await session.say(`MAIL FROM:<${sender}>`, '250');
    let taken = 0;
    let refused: unknown;
    for (const one of receivers)
      await session.say(`RCPT TO:<${one}>`, '25').then(
        () => (taken += 1),
        (error: unknown) => (refused = error),
      );
    if (taken === 0) throw refused;
    await session.say('DATA', '354');
    await session.say(messageOf(sender, receivers, mail), '250');
    await session.say('QUIT', '221').catch(() => undefined);
  } finally {
    session.end();
  }
}

/** No address ends the line that it stands in. */
function addressOf(address: string): string {
  if (/^[^\s<>"\\]+@[^\s<>"\\]+$/.test(address)) return address;
  throw new Refused(`'${address.slice(0, 80)}' is no mail address`);
}

function messageOf(from: string, to: readonly string[], { subject, text, id, now }: Mail): string {
  const lines = [
    `Date: ${new Date(now).toUTCString().replace('GMT', '+0000')}`,
    `From: ${from}`,
    `To: ${to.join(', ')}`,
    `Subject: =?utf-8?B?${Buffer.from(subject.slice(0, 40)).toString('base64')}?=`,
    `Message-ID: <${id.replaceAll(/[^\w.-]/g, '')}.${now}@castellan>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...(Buffer.from(text)
      .toString('base64')
      .match(/.{1,76}/g) ?? []),
    '.',
  ];
  return lines.join('\r\n');
}
