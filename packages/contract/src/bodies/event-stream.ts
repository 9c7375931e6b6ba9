/** One Server-Sent Event with the fields that it has. */
export interface ServerSentEvent {
  event?: string;
  data?: string;
  id?: string;
  /** Milliseconds. */
  retry?: number;
}

/**
 * Reads the lines of one event (WHATWG HTML, section 9.2.6). Comments and unknown fields are ignored, as clients do.
 *
 * @returns undefined where the lines hold no field
 */
export function parseEvent(text: string): ServerSentEvent | undefined {
  const event: ServerSentEvent = {};
  for (const line of text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)) {
    const colon = line.indexOf(':');
    if (line === '' || colon === 0) continue;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') event.data = event.data === undefined ? value : `${event.data}\n${value}`;
    else if (field === 'event') event.event = value;
    else if (field === 'id' && !value.includes('\0')) event.id = value;
    else if (field === 'retry' && /^[0-9]{1,15}$/.test(value)) event.retry = Number(value);
  }
  return Object.keys(event).length === 0 ? undefined : event;
}

/** The lines of an event, as `parseEvent` reads them. */
export function writeEvent({ event, data, id, retry }: ServerSentEvent): string {
  const lines = [
    ...(event === undefined ? [] : [`event: ${event}`]),
    ...(data === undefined ? [] : data.split('\n').map((line) => `data: ${line}`)),
    ...(id === undefined ? [] : [`id: ${id}`]),
    ...(retry === undefined ? [] : [`retry: ${retry}`]),
  ];
  return `${lines.join('\n')}\n\n`;
}
