import {
  badOption,
  either,
  integer,
  madeBy,
  object,
  objectOf,
  oneOf,
  reader,
  text,
  type Reader,
} from '../configuration/reader.ts';
import { nearest } from '@castellan/contract';
import { problems, type ProblemType } from '../problem.ts';
import { checkTemplate } from './template.ts';

/** One thing that is wrong with a request, as its caller may learn of it. Never holds the value itself. */
export interface ProblemIssue {
  /** RFC 6901 pointer into the body, or into `{ path, query, header, cookie }`: `/query/limit`. */
  readonly pointer: string;
  /** The JSON Schema keyword, or the name of the rule: `maxLength`, `duplicate-key`. */
  readonly keyword: string;
  readonly message: string;
  /** What to send instead. */
  readonly fix: string;
}

/** A refusal as the caller may learn of it. */
export interface Problem {
  /** Stable name; `about:blank` for an error answer of the application whose body was replaced. */
  readonly type: ProblemType | 'about:blank';
  /** The type as a URI reference (RFC 9457 section 3.1.1). */
  readonly uri: string;
  readonly title: string;
  /** Of the answer, after `statuses`. */
  readonly status: number;
  readonly detail: string | undefined;
  readonly requestId: string;
  /** What is wrong with the request, at most 20. */
  readonly errors: readonly ProblemIssue[] | undefined;
}

/** The request that a problem is the answer to. */
export interface ProblemExchange {
  readonly operationId: string | undefined;
  readonly method: string;
  /** Canonical path, without the query. */
  readonly path: string;
  /** A header field of the request, such as `accept-language`. */
  header(name: string): string | undefined;
}

/** An error answer in the application's own form. */
export interface ProblemAnswer {
  /** 400 to 599; that of the problem where not said. */
  readonly status?: number | undefined;
  /** Default `application/json`. */
  readonly contentType?: string | undefined;
  /** Header fields beside those that belong to the refusal, such as `retry-after` and `www-authenticate`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A text is sent as it is, anything else as JSON. */
  readonly body: unknown;
}

/** Writes a problem; `undefined` leaves it to the guard. Must not wait. What it throws is recorded, and the guard's own form leaves. */
export type WriteProblem = (problem: Problem, exchange: ProblemExchange) => ProblemAnswer | undefined;

/** In which form refusals leave. */
export interface ProblemOptions {
  /**
   * `problem`: problem details (RFC 9457). `documented`: as the operation's own error schema says. Default `problem`, which is
   * sent as `application/json` where an operation documents its errors only so.
   */
  readonly form?: 'problem' | 'documented' | undefined;
  /** The body, with `{status}`, `{type}`, `{title}`, `{detail}`, `{requestId}` and `{errors}` where those belong. */
  readonly template?: Readonly<Record<string, unknown>> | undefined;
  /** Media type of `template` (default `application/json`), or of problem details in the place of the one that fits. */
  readonly contentType?: string | undefined;
  /** Other statuses, by problem type (`invalid-request`) or status (`400`): 400 to 599. */
  readonly statuses?: Readonly<Record<string, number>> | undefined;
}

export type ProblemsOption = ProblemOptions | WriteProblem;

const status = integer(400, 599);
const words = Object.keys(problems);

const statuses: Reader<Readonly<Record<string, number>>> = reader(
  { type: 'object', propertyNames: { enum: [...words, ...refusing()] }, additionalProperties: status.schema },
  (value, where) =>
    Object.fromEntries(
      Object.entries(objectOf(value, where, "{ 'invalid-request': 422 }")).map(([name, to]) => {
        if (!words.includes(name) && !refusing().includes(name)) {
          const near = nearest(name, words);
          throw badOption(
            `${where}.${name.slice(0, 80)}`,
            'is no problem type and no status that the guard answers with',
            near === undefined
              ? 'write a status such as 400, or a type such as invalid-request'
              : `did you mean ${near}?`,
          );
        }
        return [name, status(to, `${where}.${name}`)];
      }),
    ),
);

/** The statuses of refusals. */
function refusing(): readonly string[] {
  return [...new Set(Object.values(problems).map(({ status: of }) => String(of)))];
}

const mediaType = /^[a-z\d!#$&^_.+-]+\/[a-z\d!#$&^_.+-]*json(?: *; *[a-z]+=[\w.-]+)?$/i;

const jsonType: Reader<string> = reader({ type: 'string', pattern: mediaType.source }, (value, where) => {
  const given = text(value, where);
  if (mediaType.test(given)) return given;
  throw badOption(where, 'is no media type of JSON', 'write application/json, or application/vnd.example.error+json');
});

const template: Reader<Readonly<Record<string, unknown>>> = reader({ type: 'object' }, (value, where) => {
  const given = objectOf(value, where, "{ error: '{title}' }");
  checkTemplate(given, where);
  return given;
});

const written = object<ProblemOptions>({
  form: oneOf(['problem', 'documented']),
  template,
  contentType: jsonType,
  statuses,
});

/** What does not go together. */
const together = {
  anyOf: [
    { required: ['form', 'template'] },
    { required: ['form', 'contentType'], properties: { form: { const: 'documented' } } },
  ],
};

/** Reads what a file says of `problems`. */
export const writtenProblems: Reader<ProblemOptions> = reader({ ...written.schema, not: together }, (value, where) => {
  const given = written(value, where);
  if (given.contentType !== undefined && given.form === 'documented')
    throw badOption(
      `${where}.contentType`,
      'cannot be combined with form: documented, which has its own',
      'take it out',
    );
  if (given.form !== undefined && given.template !== undefined)
    throw badOption(`${where}.template`, 'cannot be combined with form', 'write one of the two');
  return given;
});

/** Reads the option `problems`. */
export const problemsReader: Reader<ProblemsOption> = either<WriteProblem, ProblemOptions>(
  (value) => typeof value === 'function',
  madeBy<WriteProblem>('a function'),
  writtenProblems,
);
