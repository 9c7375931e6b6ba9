import { responseActions } from '../detector.ts';

const text = { type: 'string' };
const texts = { type: 'array', items: text };
const count = { type: 'integer', minimum: 0 };
const moment = { ...count, description: 'Milliseconds since the epoch.' };
const closed = (properties: Readonly<Record<string, unknown>>, required = Object.keys(properties)): object => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});
const list = (items: object, maxItems: number): object => ({ type: 'array', items, maxItems });
const tallies = list(closed({ name: text, count }), 100);
/** Create, update, close. */
const activities = [1, 2, 3];

/** The JSON Schema of an incident as OCSF 1.5 Detection Finding (2004), as far as it is used. */
export function findingSchema(): Readonly<Record<string, unknown>> {
  return {
    description: 'An incident, when it opens, becomes another one, or ends (Detection Finding).',
    ...closed({
      class_uid: { const: 2004 },
      class_name: { const: 'Detection Finding' },
      category_uid: { const: 2 },
      category_name: { const: 'Findings' },
      activity_id: { enum: activities },
      type_uid: { enum: activities.map((activity) => 200_400 + activity) },
      severity_id: { enum: [2, 3, 4, 5] },
      status_id: { enum: [1, 4] },
      time: moment,
      start_time: moment,
      end_time: moment,
      message: text,
      is_alert: { const: true },
      metadata: closed({
        version: { const: '1.5.0' },
        uid: text,
        product: closed({ name: text, vendor_name: text }),
      }),
      finding_info: closed({
        uid: text,
        title: text,
        desc: text,
        types: texts,
        created_time: moment,
        first_seen_time: moment,
        last_seen_time: moment,
        analytic: closed({ name: text, type_id: { const: 2 }, type: { const: 'Behavioral' } }),
        related_events: list(
          closed({ uid: text, type_uid: { const: 600_399 }, first_seen_time: moment, type: text }),
          50,
        ),
      }),
      evidences: list(
        {
          oneOf: [
            closed({ actor: closed({ user: closed({ uid: text }) }) }),
            closed({ src_endpoint: closed({ ip: text }) }),
            closed({ api: closed({ operation: text }) }),
          ],
        },
        60,
      ),
      remediation: closed({ desc: text }),
      count,
      unmapped: closed({
        castellan: closed({
          owasp: texts,
          refused: tallies,
          gotOut: closed({
            answers: count,
            objects: count,
            records: count,
            bytes: count,
            sensitive: { type: 'object', additionalProperties: count },
          }),
          before: closed({ requests: count, objects: count, records: count }),
          objects: list(closed({ type: text, id: text, verdict: { enum: ['permitted', 'refused', 'removed'] } }), 100),
          action: { enum: responseActions },
        }),
      }),
    }),
  };
}
