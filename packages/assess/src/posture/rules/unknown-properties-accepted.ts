import { isUnsafe } from '../api.ts';
import { bodyObjects, isJsonType } from '../bodies.ts';
import { rootOf, updating } from '../patch.ts';
import { contractRule } from '../rule.ts';
import { counted, list } from '../summary.ts';
import type { Operation } from '@castellan/contract';
import type { Shape } from '../fields.ts';

export const rule = contractRule({
  id: 'unknown-properties-accepted',
  title: 'Properties that nobody described are accepted',
  owasp: ['API3:2023'],
  asvs: ['V15.3.3', 'V2.2.1'],
  severity: { toy: 'off', internal: 'info', standard: 'low', bank: 'medium' },
  reads: 'requests',
  confidence: 'high',
  why: 'What a schema does not name still reaches the handler, and a framework that binds it to an object changes properties that were never meant to be sent (mass assignment).',
  mend: 'add additionalProperties: false (in allOf: unevaluatedProperties: false beside it) to the schemas of request bodies',
  docs: 'One finding for the document, with all schemas in its patch. Schemas that are also answered are named but not patched: clients may rely on room for growth there.',
  bad: [
    `paths: { /orders: { post: { requestBody: { content: { application/json: { schema: { type: object, properties: { item: { type: string } } } } } }, responses: {} } } }`,
  ],
  good: [
    `paths: { /orders: { post: { requestBody: { content: { application/json: { schema: { type: object, additionalProperties: false, properties: { item: { type: string } } } } } }, responses: {} } } }`,
  ],
  *find({ contract, operations, shapes }) {
    const bodies = new Map<unknown, Operation[]>();
    for (const operation of operations)
      if (isUnsafe(operation) && operation.body?.content.some(({ type }) => isJsonType(type)) === true)
        for (const raw of bodyObjects(contract, operation)) {
          const list = bodies.get(raw);
          if (list === undefined) bodies.set(raw, [operation]);
          else list.push(operation);
        }
    const open = shapes.filter(isOpenShape).filter((shape) => bodies.has(shape.node.raw) && !isClosedAround(shape));
    if (open.length === 0) return;
    const touched = new Set(open.flatMap((shape) => bodies.get(shape.node.raw) ?? []));
    yield {
      at: rootOf(contract),
      message: `${counted(open.length, 'request schema', 'accepts', 'accept')} unknown properties: ${list(
        open.map((shape) => shape.name || shortest(shape)),
        4,
      )}`,
      members: open.map((shape) => shape.node.location.pointer),
      operations: touched,
      mend: updating(
        contract,
        'close the schemas of request bodies',
        open
          .filter((shape) => shape.readBy.length === 0 && !shape.partial)
          .map((shape) => ({ at: shape.node.location, update: { additionalProperties: false } })),
        false,
      ),
    };
  },
});

function isOpenShape(shape: Shape): boolean {
  const { raw } = shape.node;
  return (
    shape.fields.length > 0 && raw['additionalProperties'] === undefined && raw['unevaluatedProperties'] === undefined
  );
}

/** Parts of allOf are closed, if at all, beside it. */
function isClosedAround(shape: Shape): boolean {
  return shape.partial;
}

function shortest(shape: Shape): string {
  return shape.node.location.pointer.split('/').slice(2, 4).join(' ').replaceAll('~1', '/');
}
