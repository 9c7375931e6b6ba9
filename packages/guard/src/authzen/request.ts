type Json = Readonly<Record<string, unknown>>;

/** Whoever or whatever a question is about (AuthZEN 1.0 sections 5.1 and 5.2). */
export interface Named {
  readonly type: string;
  readonly id: string;
  readonly properties: Json;
}

/** One question (AuthZEN 1.0 section 6.1). */
export interface Question {
  readonly subject: Named;
  readonly action: string;
  readonly resource: Named;
  readonly context: Json;
}

/** Why a question is none: for the caller. */
export class BadQuestion extends Error {}

const maxText = 1024;

/**
 * Reads one question; what it leaves out is taken from the defaults around it (section 7.1.1).
 * @throws BadQuestion
 */
export function readQuestion(json: unknown, defaults: Json = {}): Question {
  const own = recordOf(json, 'the request');
  const member = (name: string): unknown => (Object.hasOwn(own, name) ? own[name] : defaults[name]);
  return {
    subject: named(member('subject'), 'subject'),
    action: actionOf(member('action')),
    resource: named(member('resource'), 'resource'),
    context: optional(member('context'), 'context'),
  };
}

/** The subject and the resource of a search for actions (section 8.6). */
export function readSearch(json: unknown): Omit<Question, 'action'> {
  const own = recordOf(json, 'the request');
  return {
    subject: named(own['subject'], 'subject'),
    resource: named(own['resource'], 'resource'),
    context: optional(own['context'], 'context'),
  };
}

export function recordOf(json: unknown, what: string): Json {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new BadQuestion(`${what} is not an object`);
  return json as Json;
}

function named(json: unknown, what: string): Named {
  const { type, id, properties } = recordOf(json, what);
  return {
    type: text(type, `${what}.type`),
    id: text(id, `${what}.id`),
    properties: optional(properties, `${what}.properties`),
  };
}

function actionOf(json: unknown): string {
  return text(recordOf(json, 'action')['name'], 'action.name');
}

function optional(json: unknown, what: string): Json {
  return json === undefined ? {} : recordOf(json, what);
}

function text(json: unknown, what: string): string {
  if (typeof json !== 'string' || json === '' || json.length > maxText)
    throw new BadQuestion(`${what} is not a text of 1 to ${maxText} characters`);
  return json;
}
