import { nearest } from '@castellan/contract';
import {
  badOption,
  boolean,
  either,
  list,
  object,
  reader,
  seconds,
  text,
  wordsOf,
  type Reader,
  type Word,
} from '@castellan/guard/configuration';
import { detectors } from '../detectors/index.ts';

/** How attacks are looked for, as somebody writes it. */
export interface WrittenDetection {
  /** Seconds, or a duration: `12h`. */
  readonly warmUp?: number | undefined;
  readonly off?: readonly string[] | undefined;
  readonly canaries?: readonly string[] | undefined;
  readonly honey?: readonly string[] | undefined;
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

const settings = object<WrittenDetection>({
  warmUp: seconds(0, 60 * 86_400),
  off: list(detector),
  canaries: list(canary),
  honey: list(honey),
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
  'detect.honey': ['record', 'detection.ts', 'Paths that only thieves ask for: /backup.sql.'],
});
