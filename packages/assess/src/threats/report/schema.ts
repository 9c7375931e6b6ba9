import { statuses } from '../assess.ts';
import { controlIds } from '../controls.ts';
import { controlStates } from '../evidence/state.ts';
import { levels } from '../risk.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

const text: JsonSchema = { type: 'string' };
const maybeText: JsonSchema = { type: ['string', 'null'] };
const count: JsonSchema = { type: 'integer', minimum: 0 };
const number: JsonSchema = { type: 'number' };
const strict = (properties: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});
const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
const place: JsonSchema = {
  ...strict({ file: text, line: count, column: count }, ['line', 'column']),
  type: ['object', 'null'],
};
const factor = strict({ value: number, reasons: listOf(text) });
const changed = listOf(strict({ id: text, title: text, subject: text, before: maybeText, after: maybeText }));

const threat = strict({
  id: { type: 'string', description: 'Stable over runs: threat@subject.' },
  threat: text,
  title: text,
  subject: strict({
    kind: { enum: ['api', 'operation', 'actor', 'process', 'store', 'external', 'flow'] },
    id: text,
    name: text,
  }),
  stride: listOf(text),
  owasp: maybeText,
  linddun: maybeText,
  attack: text,
  status: { enum: statuses },
  level: { enum: levels },
  score: { type: 'number', minimum: 1, maximum: 25 },
  likelihood: factor,
  impact: factor,
  controls: listOf(
    strict({
      control: { enum: controlIds },
      title: text,
      asvs: text,
      asked: { type: 'boolean' },
      state: { enum: controlStates },
      why: text,
    }),
  ),
  place,
  decision: { ...strict({ status: text, owner: text, reason: text, until: text }), type: ['object', 'null'] },
});

const scenario = strict({
  id: { type: 'string', description: 'Stable over runs.' },
  threat: text,
  title: text,
  api: text,
  actor: text,
  data: listOf(text),
  subjects: listOf(text),
  open: { type: 'boolean', description: 'Whether a control is missing; otherwise all are declared.' },
  level: { enum: levels },
  score: { type: 'number', minimum: 1, maximum: 25 },
  evidence: listOf(text),
  place,
  next: { type: ['string', 'null'], description: 'The step that takes it on, for --step.' },
});

/** JSON Schema of `castellan threats --format json`: `schemas/threats-output.json` is this. */
export const reportSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:castellan:schema:threats-output',
  title: 'castellan threats --format json',
  ...strict({
    version: { const: 1 },
    title: text,
    date: text,
    apis: listOf(
      strict({
        name: text,
        file: text,
        digest: text,
        profile: text,
        exposure: text,
        exposureFrom: text,
        operations: count,
        owner: maybeText,
      }),
    ),
    evidence: strict({ present: { type: 'boolean' }, stale: count, note: text }),
    summary: strict({
      risk: number,
      threats: count,
      byLevel: { type: 'object', additionalProperties: count },
      byStatus: { type: 'object', additionalProperties: count },
    }),
    elements: listOf(
      strict({
        id: text,
        kind: text,
        name: text,
        boundary: text,
        exposure: text,
        technology: maybeText,
        inferred: { type: 'boolean' },
        data: listOf(text),
        place,
      }),
    ),
    flows: listOf(
      strict({
        id: text,
        from: text,
        to: text,
        label: text,
        protocol: text,
        encrypted: { type: ['boolean', 'null'] },
        crossesBoundary: { type: 'boolean' },
        data: listOf(text),
      }),
    ),
    assets: listOf(strict({ api: text, data: text, fields: listOf(text), operations: count, unclassified: count })),
    scenarios: listOf(scenario),
    bookkeeping: listOf(scenario),
    threats: listOf(threat),
    abuseCases: listOf(
      strict(
        {
          id: text,
          title: text,
          steps: listOf(text),
          stoppedBy: listOf(strict({ control: text, state: text })),
          operations: listOf(text),
          by: text,
        },
        ['by'],
      ),
    ),
    attackTrees: listOf(
      strict({
        threat: text,
        goal: text,
        ways: listOf(
          strict({
            title: text,
            stopped: { type: 'boolean' },
            steps: listOf(strict({ act: text, control: maybeText, state: maybeText })),
          }),
        ),
      }),
    ),
    next: {
      ...listOf(
        strict({
          id: text,
          title: text,
          effort: { enum: ['minutes', 'hours', 'days'] },
          removes: number,
          threats: count,
          subjects: listOf(text),
          command: maybeText,
          change: maybeText,
          actions: count,
        }),
      ),
      maxItems: 10,
    },
    review: strict({
      file: maybeText,
      answers: listOf(strict({ id: text, answer: text, by: text, at: text })),
      idleDecisions: listOf(strict({ threat: text, why: text })),
    }),
    added: listOf(strict({ kind: text, name: text, detail: text })),
    changes: {
      ...strict({
        since: text,
        risk: strict({ before: number, after: number }),
        appeared: changed,
        gone: changed,
        worse: changed,
        better: changed,
        elementsAdded: listOf(text),
        elementsGone: listOf(text),
      }),
      type: ['object', 'null'],
    },
    notices: listOf(strict({ message: text, place })),
  }),
};
