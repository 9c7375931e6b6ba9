import type { Incident, Tally } from '../incidents/incident.ts';

/** An incident for people: what happened, who, what was refused and what got out, what to do. Lines without styles. */
export function incidentText(incident: Incident): string {
  const { gotOut, before, detections } = incident;
  const lines = [
    `${incident.severity.toUpperCase()} ${incident.title}`,
    `  ${incident.id}, ${incident.status}, ${moment(incident.start)} to ${moment(incident.end)}, ${incident.owasp.join(', ')}`,
  ];
  if (incident.dismissed !== undefined)
    lines.push(
      `  dismissed ${moment(incident.dismissed.time)}${incident.dismissed.note === '' ? '' : `: ${incident.dismissed.note}`}`,
    );
  for (const { time, title, why, detector } of shortened(detections))
    lines.push(`  ${moment(time)}  ${detector}: ${why === '' ? title : why}`);
  lines.push(
    `  ${incident.requests} requests since${named(' by', incident.principals)}${named(' from', incident.addresses)}`,
  );
  if (incident.operations.length > 0) lines.push(`  operations: ${names(incident.operations)}`);
  lines.push(`  refused: ${incident.refused.length === 0 ? 'nothing' : names(incident.refused)}`);
  const sensitive = Object.entries(gotOut.sensitive).map(([name, count]) => `${name} ${count} times`);
  lines.push(
    gotOut.answers === 0
      ? '  got out: nothing'
      : `  got out: ${gotOut.answers} answers with ${gotOut.objects} objects, ${gotOut.records} records, ${gotOut.bytes} bytes${sensitive.length === 0 ? '' : `; ${sensitive.join(', ')}`}`,
  );
  const taken = incident.objects.filter(({ verdict }) => verdict === 'permitted');
  if (taken.length > 0) lines.push(`  objects that got out: ${objectNames(taken, gotOut.objects)}`);
  if (before.requests > 0)
    lines.push(
      `  in the hours before: ${before.requests} requests, ${before.objects} objects, ${before.records} records`,
    );
  lines.push(`  proposed: ${incident.action}. ${incident.remediation}`);
  return `${lines.join('\n')}\n`;
}

/** One of each detector, in their order. */
function shortened(detections: Incident['detections']): Incident['detections'] {
  const seen = new Set<string>();
  return detections.filter(({ detector, about }) => {
    const key = `${detector} ${about.kind} ${about.id}`;
    if (seen.has(key) || seen.size >= 8) return false;
    seen.add(key);
    return true;
  });
}

function names(list: readonly Tally[]): string {
  const first = list.slice(0, 5).map(({ name, count }) => (count === 1 ? name : `${name} (${count})`));
  return `${first.join(', ')}${list.length > 5 ? ` and ${list.length - 5} more` : ''}`;
}

/** How many of each type, and the keyed hashes of the first. */
function objectNames(list: Incident['objects'], all: number): string {
  const types = new Map<string, string[]>();
  for (const { type, id } of list) types.set(type, [...(types.get(type) ?? []), id]);
  const text = [...types]
    .slice(0, 3)
    .map(
      ([type, ids]) => `${type} ${ids.slice(0, 3).join(', ')}${ids.length > 3 ? ` and ${ids.length - 3} more` : ''}`,
    );
  return `${text.join('; ')}${all > list.length ? ` (the first ${list.length} of ${all} are named)` : ''}`;
}

function named(before: string, list: readonly Tally[]): string {
  return list.length === 0 ? '' : `${before} ${names(list)}`;
}

const moment = (time: number): string => new Date(time).toISOString().slice(0, 19).replace('T', ' ');
