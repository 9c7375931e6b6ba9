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
/** Values and characters of one question, and what the questions of one request may hold together. */
const most = { values: 2000, characters: 65_536, together: 50_000 };

/** What is asked is too much in all, whatever the single question says. */
export class TooMuch extends BadQuestion {}

/** What the questions of one request hold. Objects that several of them share are counted by each: each reads them. */
export class QuestionSize {
  readonly #known = new WeakMap<object, number>();
  #together = 0;

  /** @throws BadQuestion */
  add({ subject, resource, context }: Omit<Question, 'action'>): void {
    const size = this.#of(subject.properties) + this.#of(resource.properties) + this.#of(context);
    if (size > most.values)
      throw new BadQuestion(
        `a question holds more than ${most.values} values or ${most.characters} characters: send the properties that policies ask for`,
      );
    this.#together += size;
    if (this.#together > most.together)
      throw new TooMuch(`the questions hold more than ${most.together} values together: ask fewer at once`);
  }

  /** Values of an object; characters count as the values that may be as long. */
  #of(json: object): number {
    let size = this.#known.get(json);
    if (size === undefined) this.#known.set(json, (size = sizeOf(json)));
    return size;
  }
}

/** Values; a text or a name counts as the values that might have its length. */
function sizeOf(json: unknown): number {
  if (typeof json === 'string') return Math.max(1, sizeOfText(json));
  if (typeof json !== 'object' || json === null) return 1;
  let size = 1;
  for (const [name, value] of Object.entries(json)) size += sizeOf(value) + Math.max(0, sizeOfText(name) - 1);
  return size;
}

function sizeOfText(text: string): number {
  return (text.length * most.values) / most.characters;
}
/**
 * Reads one question; what it leaves out is taken from the defaults around it (section 7.1.1).
 * @throws BadQuestion
 */
export function readQuestion(json: unknown, size: QuestionSize, defaults: Json = {}): Question {
  const own = recordOf(json, 'the request');
  const member = (name: string): unknown => (Object.hasOwn(own, name) ? own[name] : defaults[name]);
  const question = {
    subject: named(member('subject'), 'subject'),
    action: actionOf(member('action')),
    resource: named(member('resource'), 'resource'),
    context: optional(member('context'), 'context'),
  };
  size.add(question);
  return question;
}

/** The subject and the resource of a search for actions (section 8.6). */
export function readSearch(json: unknown, size: QuestionSize): Omit<Question, 'action'> {
  const own = recordOf(json, 'the request');
  const search = {
    subject: named(own['subject'], 'subject'),
    resource: named(own['resource'], 'resource'),
    context: optional(own['context'], 'context'),
  };
  size.add(search);
  return search;
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
