import type { LineSink } from './line-sink.ts';
import type { ForwardOptions } from './options.ts';
import { openSyslog } from './syslog.ts';
import { openWebhook } from './webhook.ts';

/**
 * Opens where events go beside the audit log.
 * @throws CastellanError `unreadable-file`
 */
export function openForward({ syslog, webhook }: ForwardOptions, now: () => number): readonly LineSink[] {
  return [
    ...(syslog === undefined ? [] : [openSyslog(syslog, now)]),
    ...(webhook === undefined ? [] : [openWebhook(webhook, now)]),
  ];
}
