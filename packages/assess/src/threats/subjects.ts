import type { Subject } from './definition.ts';
import type { SystemModel } from './system/model.ts';

/** Everything that threats are looked for at: APIs, their operations, elements and flows. */
export function* subjectsOf(system: SystemModel): Generator<Subject> {
  for (const api of system.apis) {
    yield api;
    yield* api.operations;
  }
  for (const element of system.elements) yield { kind: element.kind, element, system };
  const elements = new Map(system.elements.map((element) => [element.id, element]));
  for (const flow of system.flows) {
    const from = elements.get(flow.from);
    const to = elements.get(flow.to);
    if (from !== undefined && to !== undefined) yield { kind: 'flow', flow, from, to, system };
  }
}

/** The stable id of a subject: `api:shop`, `shop/getOrder`, `store:db`, `flow:actor:anyone>process:shop`. */
export function idOf(subject: Subject): string {
  switch (subject.kind) {
    case 'api':
      return `api:${subject.name}`;
    case 'operation':
      return `${subject.api.name}/${subject.operation.operationId}`;
    case 'flow':
      return subject.flow.id;
    default:
      return subject.element.id;
  }
}

/** What people call a subject: `GET /orders/{id}`, `db`, `Anyone → gateway`. */
export function nameOf(subject: Subject): string {
  switch (subject.kind) {
    case 'api':
      return subject.name;
    case 'operation':
      return `${subject.operation.method} ${subject.operation.path}`;
    case 'flow':
      return `${subject.from.name} → ${subject.to.name}`;
    default:
      return subject.element.name;
  }
}
