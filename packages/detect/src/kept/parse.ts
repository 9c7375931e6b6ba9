import { responseActions, severities, type Subject } from '../detector.ts';
import type { Detection, Incident, Tally } from '../incidents/incident.ts';
import type { Pattern } from '../incidents/pattern.ts';
import type { Done } from '../response/responder.ts';

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const longest = 4096;
const most = 1000;

/** A text of a member; undefined where it is none. */
export function textIn(value: unknown, name: string): string | undefined {
  const member = fieldsOf(value)[name];
  return typeof member === 'string' && member.length <= longest ? member : undefined;
}

/** A moment in milliseconds; undefined where it is none. */
export function timeIn(value: unknown, name: string): number | undefined {
  const member = fieldsOf(value)[name];
  // What a Date can hold.
  return typeof member === 'number' && member >= 0 && member <= 8.64e15 ? member : undefined;
}

const numberIn = (value: unknown, name: string): number => {
  const member = fieldsOf(value)[name];
  return typeof member === 'number' && Number.isFinite(member) ? member : 0;
};
const listIn = (value: unknown, name: string): readonly unknown[] => {
  const member = fieldsOf(value)[name];
  return Array.isArray(member) ? (member as unknown[]).slice(0, most) : [];
};
const oneOf = <T extends string>(all: readonly T[], value: unknown): T | undefined => all.find((one) => one === value);

const kinds = ['principal', 'credential', 'address', 'network', 'agent', 'operation', 'secret'] as const;

function subjectOf(value: unknown): Subject | undefined {
  const kind = oneOf(kinds, fieldsOf(value)['kind']);
  const id = textIn(value, 'id');
  const issuer = textIn(value, 'issuer');
  return kind === undefined || id === undefined ? undefined : { kind, id, ...(issuer === undefined ? {} : { issuer }) };
}

/** What an incident was about; undefined where one of it is no pattern: half of what was dismissed is not what was meant. */
export function patternsOf(value: unknown): readonly Pattern[] | undefined {
  if (!Array.isArray(value) || value.length > most) return undefined;
  const patterns = value.flatMap((one: unknown) => {
    const [detector, about, what] = [textIn(one, 'detector'), subjectOf(fieldsOf(one)['about']), textIn(one, 'what')];
    return detector === undefined || about === undefined
      ? []
      : [{ detector, about, ...(what === undefined ? {} : { what }), strength: numberIn(one, 'strength') }];
  });
  return patterns.length === value.length ? patterns : undefined;
}

/** What was done because of an incident; undefined where it is none. */
export function doneOf(value: unknown): Done | undefined {
  const action = oneOf(responseActions, fieldsOf(value)['action']);
  const [incident, until] = [textIn(value, 'incident'), timeIn(value, 'until')];
  const whom = Object.fromEntries(
    ['address', 'principal', 'credential', 'issuer'].flatMap((name) => {
      const text = textIn(fieldsOf(value)['whom'], name);
      return text === undefined ? [] : [[name, text]];
    }),
  );
  if (action === undefined || action === 'observe' || incident === undefined || until === undefined) return undefined;
  return Object.keys(whom).length === 0 ? undefined : { incident, action, whom, until };
}

const tallies = (value: unknown, name: string): readonly Tally[] =>
  listIn(value, name).flatMap((one) => {
    const text = textIn(one, 'name');
    return text === undefined ? [] : [{ name: text, count: numberIn(one, 'count') }];
  });

function detectionOf(value: unknown): readonly Detection[] {
  const [detector, time, about] = [
    textIn(value, 'detector'),
    timeIn(value, 'time'),
    subjectOf(fieldsOf(value)['about']),
  ];
  if (detector === undefined || time === undefined || about === undefined) return [];
  const principal = fieldsOf(value)['principal'];
  const subject = textIn(principal, 'subject');
  return [
    {
      detector,
      title: textIn(value, 'title') ?? '',
      time,
      about,
      why: textIn(value, 'why') ?? '',
      strength: numberIn(value, 'strength'),
      severity: oneOf(severities, fieldsOf(value)['severity']) ?? 'low',
      request: textIn(value, 'request') ?? '',
      operation: textIn(value, 'operation') ?? '',
      address: textIn(value, 'address') ?? '',
      principal: subject === undefined ? undefined : { subject, issuer: textIn(principal, 'issuer') ?? '' },
      credential: textIn(value, 'credential'),
      shared: fieldsOf(value)['shared'] === true,
    },
  ];
}

/** An incident that was kept; undefined where it is none. */
export function incidentOf(value: unknown): Incident | undefined {
  const all = fieldsOf(value);
  const severity = oneOf(severities, all['severity']);
  const status = oneOf(['open', 'closed'] as const, all['status']);
  const [id, start, end] = [textIn(value, 'id'), timeIn(value, 'start'), timeIn(value, 'end')];
  if (id === undefined || !/^[\w-]{1,64}$/.test(id)) return undefined;
  if (severity === undefined || status === undefined || start === undefined || end === undefined) return undefined;
  const dismissed = timeIn(all['dismissed'], 'time');
  const { gotOut, before } = { gotOut: fieldsOf(all['gotOut']), before: fieldsOf(all['before']) };
  return {
    id,
    title: textIn(value, 'title') ?? '',
    severity,
    status,
    ...(dismissed === undefined
      ? {}
      : { dismissed: { time: dismissed, note: textIn(all['dismissed'], 'note') ?? '' } }),
    start,
    end,
    owasp: texts(value, 'owasp'),
    detectors: texts(value, 'detectors'),
    detections: listIn(value, 'detections').flatMap(detectionOf),
    detectionCount: numberIn(value, 'detectionCount'),
    principals: tallies(value, 'principals'),
    credentials: tallies(value, 'credentials'),
    addresses: tallies(value, 'addresses'),
    operations: tallies(value, 'operations'),
    objects: listIn(value, 'objects').flatMap((one) => {
      const [type, object] = [textIn(one, 'type'), textIn(one, 'id')];
      return type === undefined || object === undefined
        ? []
        : [{ type, id: object, verdict: textIn(one, 'verdict') ?? '' }];
    }),
    requests: numberIn(value, 'requests'),
    refused: tallies(value, 'refused'),
    gotOut: {
      answers: numberIn(gotOut, 'answers'),
      objects: numberIn(gotOut, 'objects'),
      records: numberIn(gotOut, 'records'),
      bytes: numberIn(gotOut, 'bytes'),
      sensitive: Object.fromEntries(
        Object.entries(fieldsOf(gotOut['sensitive'])).flatMap(([name, count]) =>
          typeof count === 'number' ? [[name, count] as const] : [],
        ),
      ),
    },
    before: {
      requests: numberIn(before, 'requests'),
      objects: numberIn(before, 'objects'),
      records: numberIn(before, 'records'),
    },
    remediation: textIn(value, 'remediation') ?? '',
    action: oneOf(responseActions, all['action']) ?? 'observe',
  };
}

const texts = (value: unknown, name: string): readonly string[] =>
  listIn(value, name).filter((one) => typeof one === 'string');
