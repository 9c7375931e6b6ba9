import type { Incident } from '../incidents/incident.ts';

/** Detections at the beginning and at the end, and names of each kind, that are kept of an incident. */
const detections = 5;
const names = 20;

/** An incident as a list keeps it: who and what comes first, so that a line stays short. */
export function shortened(incident: Incident): Incident {
  const all = incident.detections;
  return {
    ...incident,
    detections:
      all.length <= 2 * detections ? all : [...all.slice(0, detections), ...all.slice(all.length - detections)],
    principals: incident.principals.slice(0, names),
    credentials: incident.credentials.slice(0, names),
    addresses: incident.addresses.slice(0, names),
    operations: incident.operations.slice(0, names),
    objects: incident.objects.slice(0, names),
    refused: incident.refused.slice(0, names),
    gotOut: {
      ...incident.gotOut,
      sensitive: Object.fromEntries(Object.entries(incident.gotOut.sensitive).slice(0, names)),
    },
  };
}
