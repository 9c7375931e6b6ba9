import { setTimeout as sleep } from 'node:timers/promises';
import type { IncidentChange } from '../incidents/grouping.ts';
import type { Incident } from '../incidents/incident.ts';
import { incidentText } from '../print/incident-text.ts';
import { ocsfFinding } from '../print/ocsf.ts';
import { Channel, type World } from './channel.ts';
import { sendMail, type SmtpOptions } from './smtp.ts';
import { sendSyslog, syslogMessage, type SyslogOptions } from './syslog.ts';
import { postWebhook, type WebhookOptions } from './webhook.ts';

/** Who is told of incidents. */
export interface NotifyOptions {
  readonly webhook?: WebhookOptions | undefined;
  readonly syslog?: SyslogOptions | undefined;
  readonly mail?: SmtpOptions | undefined;
}

/** Milliseconds for what still waits when the process ends. */
const ending = 5000;
const patience = 10_000;

/** Tells others of incidents, without anybody waiting for it. */
export class Notifier {
  readonly #options: NotifyOptions;
  readonly #world: World;
  readonly #webhook: Channel;
  readonly #syslog: Channel;
  readonly #mail: Channel;

  /** @param onFailure is told of each message that reached nobody */
  constructor(options: NotifyOptions, onFailure: (error: unknown) => void, world?: World) {
    this.#options = options;
    this.#world = world ?? {
      fetch,
      clock: Date.now,
      wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal, ref: false }),
      patience,
    };
    const channel = (name: string): Channel => new Channel({ name, onFailure, world: this.#world });
    this.#webhook = channel('the webhook of detect.notify');
    this.#syslog = channel('the syslog server of detect.notify');
    this.#mail = channel('the mail server of detect.notify');
  }

  /** Messages that reached nobody since the start. */
  get lost(): number {
    return this.#webhook.lost + this.#syslog.lost + this.#mail.lost;
  }

  /** Has an incident told; resolves when that was tried. */
  async tell(incident: Incident, change: IncidentChange): Promise<void> {
    const { webhook, syslog, mail } = this.#options;
    const world = this.#world;
    const finding = ocsfFinding(incident, change);
    const id = `${incident.id}-${change}-${incident.detectionCount}`;
    const about = `incident ${incident.id} (${change})`;
    const now = world.clock();
    const telling: Promise<void>[] = [];
    if (webhook !== undefined)
      telling.push(this.#webhook.add(about, (signal) => postWebhook(webhook, id, finding, world, signal)));
    if (syslog !== undefined) {
      const message = syslogMessage(incident, finding, now);
      telling.push(this.#syslog.add(about, (signal) => sendSyslog(syslog, message, world.patience, signal)));
    }
    // People are told of the beginning; machines of everything.
    if (mail !== undefined && change === 'opened') {
      const text = incidentText(incident);
      const subject = `${incident.severity}: ${incident.title}`;
      telling.push(
        this.#mail.add(about, (signal) => sendMail(mail, { subject, text, id, now }, world.patience, signal)),
      );
    }
    await Promise.all(telling);
  }

  /** Tries once more what waits, for five seconds at most; resolves when nothing is under way. */
  async end(): Promise<void> {
    await Promise.all([this.#webhook, this.#syslog, this.#mail].map((channel) => channel.end(ending)));
  }
}
