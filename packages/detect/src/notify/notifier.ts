import { setTimeout as sleep } from 'node:timers/promises';
import type { IncidentChange } from '../incidents/grouping.ts';
import type { Incident } from '../incidents/incident.ts';
import { incidentText } from '../print/incident-text.ts';
import { ocsfFinding } from '../print/ocsf.ts';
import { sendMail, type SmtpOptions } from './smtp.ts';
import { sendSyslog, syslogMessage, type SyslogOptions } from './syslog.ts';
import { postWebhook, type WebhookOptions, type World } from './webhook.ts';

/** Who is told of incidents. */
export interface NotifyOptions {
  readonly webhook?: WebhookOptions | undefined;
  readonly syslog?: SyslogOptions | undefined;
  readonly mail?: SmtpOptions | undefined;
}

/** Messages that wait at most: what comes while so many do is told as lost. */
const mostWaiting = 100;

/** Tells others of incidents, one after the other, without anybody waiting for it. */
export class Notifier {
  readonly #options: NotifyOptions;
  readonly #world: World;
  readonly #onFailure: (error: unknown) => void;
  readonly #stop = new AbortController();
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(options: NotifyOptions, onFailure: (error: unknown) => void, world?: World) {
    this.#options = options;
    this.#onFailure = onFailure;
    this.#world = world ?? {
      fetch,
      clock: Date.now,
      wait: (milliseconds) => sleep(milliseconds, undefined, { signal: this.#stop.signal, ref: false }),
    };
  }

  /** Has an incident told; resolves when that was tried. */
  tell(incident: Incident, change: IncidentChange): Promise<void> {
    if (this.#waiting >= mostWaiting) {
      this.#onFailure(new Error(`incident ${incident.id} reached nobody: ${mostWaiting} others wait`));
      return this.#last;
    }
    this.#waiting += 1;
    this.#last = this.#last.then(async () => {
      const { webhook, syslog, mail } = this.#options;
      const now = this.#world.clock();
      const finding = ocsfFinding(incident, change);
      const id = `${incident.id}-${change}-${incident.detectionCount}`;
      const sending: Promise<void>[] = [];
      if (webhook !== undefined) sending.push(postWebhook(webhook, id, finding, this.#world));
      if (syslog !== undefined) sending.push(sendSyslog(syslog, syslogMessage(incident, finding, now)));
      // People are told of the beginning; machines of everything.
      if (mail !== undefined && change === 'opened')
        sending.push(sendMail(mail, `${incident.severity}: ${incident.title}`, incidentText(incident), id, now));
      for (const sent of await Promise.allSettled(sending))
        if (sent.status === 'rejected') this.#onFailure(sent.reason);
      this.#waiting -= 1;
    });
    return this.#last;
  }

  /** Ends waiting for further tries; resolves when nothing is under way. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#last;
  }
}
