import { Exporter } from '../telemetry/exporter.ts';
import { hmacSignature } from '../webhook/signature.ts';
import type { LineSink } from './line-sink.ts';
import { defaultClasses, type WebhookOptions } from './options.ts';

/** Milliseconds between two requests. */
const interval = 1000;

/**
 * Sends events in signed batches: a JSON array of events (`schemas/event.json`).
 * @param now milliseconds since the epoch
 */
export function openWebhook(options: WebhookOptions, now: () => number): LineSink {
  const { url, secret, events = 'refused', classes = defaultClasses } = options;
  const exporter = new Exporter<string>({
    url,
    // Lines are JSON already.
    write: (lines) => `[${lines.join(',')}]`,
    headers: (body) => hmacSignature(secret, body, now()),
    now: () => performance.now(),
    what: 'events are',
  });
  const flushing = setInterval(() => void exporter.flush(), interval).unref();
  return {
    classes,
    write(line, severity) {
      if (events === 'refused' && severity < 3) return;
      exporter.add(line);
      if (exporter.isFull) void exporter.flush();
    },
    async close() {
      clearInterval(flushing);
      await exporter.flush();
      await exporter.flush(true);
    },
  };
}
