import { nearest } from '@castellan/contract';
import {
  badOption,
  boolean,
  either,
  list,
  object,
  oneOf,
  reader,
  record,
  seconds,
  text,
  wordsOf,
  type Reader,
  type Word,
} from '@castellan/guard/configuration';
import { responseActions, type ResponseAction } from '../detector.ts';
import type { NotifyOptions } from '../notify/notifier.ts';
import { notifyReader, notifyRows } from './notify.ts';
import { detectors } from '../detectors/index.ts';

/** How attacks are looked for, as somebody writes it. */
export interface WrittenDetection {
  /** Seconds, or a duration: `12h`. */
  readonly warmUp?: number | undefined;
  readonly off?: readonly string[] | undefined;
  readonly canaries?: readonly string[] | undefined;
  readonly honey?: readonly string[] | undefined;
  /** What is done at detections, by id of the detector. */
  readonly respond?: Readonly<Record<string, ResponseAction>> | undefined;
  /** Seconds after which it ends by itself, or a duration. */
  readonly respondFor?: number | undefined;
  readonly notify?: NotifyOptions | undefined;
  /** File where incidents, what was dismissed and what was done survive a restart. Default: with `state`, beside the bans. */
  readonly file?: string | undefined;
}

const ids = detectors.map(({ id }) => id);

/** @throws CastellanError `bad-option` for what is no detector */
export function requireDetector(id: string, where = 'detect.off'): void {
  if (ids.includes(id)) return;
  const near = nearest(id, ids);
  throw badOption(
    where,
    `names '${id.slice(0, 80)}', which is no detector`,
    near === undefined ? `the detectors are ${ids.join(', ')}` : `did you mean ${near}?`,
  );
}

const detector = reader({ enum: ids }, (value, where) => {
  const id = text(value, where);
  requireDetector(id, where);
  return id;
});

const honey = reader({ type: 'string', pattern: '^/' }, (value, where) => {
  const path = text(value, where);
  if (path.startsWith('/')) return path;
  throw badOption(where, `is '${path.slice(0, 80)}', which is no path`, 'write it from the root, such as /backup.sql');
});

const canary = reader({ type: 'string', pattern: '^[^/]+/.+$' }, (value, where) => {
  const name = text(value, where);
  if (/^[^/]+\/.+$/.test(name)) return name;
  throw badOption(where, `is '${name.slice(0, 80)}'`, 'write resource type and id, such as Order/4711');
});

const actions = record(oneOf(responseActions));
const responses: Reader<Readonly<Record<string, ResponseAction>>> = reader(
  { type: 'object', propertyNames: { enum: ids }, additionalProperties: { enum: responseActions } },
  (value, where) => {
    const read = actions(value, where);
    for (const id of Object.keys(read)) requireDetector(id, where);
    return read;
  },
);

const settings = object<WrittenDetection>({
  warmUp: seconds(0, 60 * 86_400),
  off: list(detector),
  canaries: list(canary),
  honey: list(honey),
  respond: responses,
  respondFor: seconds(1, 30 * 86_400),
  notify: notifyReader,
  file: text,
});

/** `true`, `false`, or how. */
export const detectionReader: Reader<boolean | WrittenDetection> = either(
  (value) => typeof value === 'boolean' || value === 'true' || value === 'false',
  boolean,
  settings,
);

/** Who enforces each key of `detect`. */
export const detectionWords: Readonly<Record<string, Word>> = wordsOf('detect/src', {
  'detect.warmUp': [
    'record',
    'detection.ts',
    'How long facts are only learnt from before anything that is compared with habits is said. Default 1 day.',
  ],
  'detect.off': ['record', 'detection.ts', 'Detectors that are switched off, by id.'],
  'detect.canaries': ['record', 'detection.ts', 'Objects that nobody has business with: Order/4711.'],
  'detect.respond': [
    'record',
    'response/responder.ts',
    'What is done at once, by detector: { canary: ban, scraping: limit }. Default nothing.',
  ],
  'detect.respondFor': [
    'record',
    'response/responder.ts',
    'How long it holds without another detection. Default 1 hour.',
  ],
  'detect.file': [
    'record',
    'kept/list.ts',
    'File where incidents and what was dismissed survive a restart; processes of one machine share it. Default: with state, beside the bans.',
  ],
  ...notifyRows,
  'detect.honey': ['record', 'detection.ts', 'Paths that only thieves ask for: /backup.sql.'],
});
