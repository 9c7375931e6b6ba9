import type { IncomingMessage } from 'node:http';
import type { Detecting } from '../detecting.ts';

/** Bytes of a note at most, with what stands around it. */
const mostBytes = 4096;

/** An answer to be told. */
export interface Told {
  readonly status: number;
  readonly text: string;
}

/** The id in `/incidents/ID/dismiss`; undefined for every other path. */
export function dismissedIn(path: string | undefined): string | undefined {
  return /^\/incidents\/([\w-]{1,64})\/dismiss$/.exec(path ?? '')?.[1];
}

/**
 * Dismisses an incident. A page in a browser of this machine cannot: it may send no field `castellan` to another origin without
 * being asked first, and nobody answers it.
 * @param id of the incident
 * @param detecting of each API; an id is of one of them
 */
export async function dismiss(id: string, request: IncomingMessage, detecting: readonly Detecting[]): Promise<Told> {
  if (request.headers['castellan'] !== 'dismiss')
    return { status: 403, text: 'send the field castellan: dismiss, or use castellan incidents dismiss' };
  const note = await noteOf(request);
  if (note === undefined)
    return { status: 400, text: `send nothing, or {"note":"why"} of at most ${mostBytes} bytes as JSON` };
  const of = detecting.find(({ detection }) => detection.dismiss(id, note));
  if (of === undefined) return { status: 404, text: `there is no open incident ${id}` };
  const unkept = await of.detection.settled();
  return unkept === undefined
    ? { status: 200, text: `${id} is dismissed` }
    : { status: 503, text: `${id} is dismissed until this gateway ends, and nowhere else: ${unkept}` };
}

/** Undefined where the body is no note. */
async function noteOf(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > mostBytes) return undefined;
    pieces.push(piece);
  }
  if (bytes === 0) return '';
  try {
    const body = JSON.parse(Buffer.concat(pieces).toString('utf8')) as unknown;
    const note = typeof body === 'object' && body !== null && 'note' in body ? body.note : undefined;
    return typeof note === 'string' ? note : undefined;
  } catch {
    return undefined;
  }
}
