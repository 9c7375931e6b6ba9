import type { Severity } from '../detector.ts';
import type { Incident } from '../incidents/incident.ts';

const severityIds: Readonly<Record<Severity, number>> = { low: 2, medium: 3, high: 4, critical: 5 };

/**
 * An incident as OCSF 1.5 Detection Finding (class 2004), for SIEMs. What OCSF has no field for stands under
 * `unmapped.castellan`.
 * @param change what became of it: `opened` is Create, `updated` Update, `closed` Close
 */
export function ocsfFinding(incident: Incident, change: 'opened' | 'updated' | 'closed' = 'opened'): object {
  const activity = { opened: 1, updated: 2, closed: 3 }[change];
  const { detections } = incident;
  return {
    class_uid: 2004,
    class_name: 'Detection Finding',
    category_uid: 2,
    category_name: 'Findings',
    activity_id: activity,
    type_uid: 200400 + activity,
    severity_id: severityIds[incident.severity],
    status_id: incident.status === 'closed' ? 4 : 1,
    time: incident.end,
    start_time: incident.start,
    end_time: incident.end,
    message: incident.title,
    is_alert: true,
    metadata: {
      version: '1.5.0',
      uid: `${incident.id}-${change}-${incident.detectionCount}`,
      product: { name: 'Castellan', vendor_name: 'Castellan' },
    },
    finding_info: {
      uid: incident.id,
      title: incident.title,
      desc: detections[0]?.why ?? incident.title,
      types: [...incident.detectors],
      created_time: incident.start,
      first_seen_time: incident.start,
      last_seen_time: incident.end,
      analytic: { name: incident.detectors[0] ?? '', type_id: 2, type: 'Behavioral' },
      related_events: detections.map(({ request, time, detector }) => ({
        uid: request,
        type_uid: 600399,
        first_seen_time: time,
        type: detector,
      })),
    },
    evidences: [
      ...incident.principals.slice(0, 20).map(({ name }) => ({ actor: { user: { uid: name } } })),
      ...incident.addresses.slice(0, 20).map(({ name }) => ({ src_endpoint: { ip: name } })),
      ...incident.operations.slice(0, 20).map(({ name }) => ({ api: { operation: name } })),
    ],
    remediation: { desc: incident.remediation },
    count: incident.detectionCount,
    unmapped: {
      castellan: {
        owasp: incident.owasp,
        refused: incident.refused,
        gotOut: incident.gotOut,
        before: incident.before,
        objects: incident.objects,
        action: incident.action,
      },
    },
  };
}
