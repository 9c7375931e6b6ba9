import type { Contract } from '@castellan/contract';
import type { Answer } from '../answer.ts';
import type { Exchange } from '../exchange.ts';
import { compileDocumented } from './documented.ts';
import { mediaTypeOf } from './media-type.ts';
import type { Problem, ProblemAnswer, ProblemExchange, ProblemsOption, WriteProblem } from './options.ts';
import { filled } from './template.ts';

/** Writes problems in the form that was asked for. */
export type ProblemForm = (exchange: Exchange, problem: Problem) => Answer;

/** Compiles the option `problems`. */
export function compileProblemForm(contract: Contract, option: ProblemsOption | undefined): ProblemForm {
  const type = typeof option === 'object' && option.template === undefined ? option.contentType : undefined;
  const plain: ProblemForm = (exchange, problem) => ({
    status: problem.status,
    headers: { 'content-type': type ?? mediaTypeOf(contract, exchange.operation) },
    body: JSON.stringify({
      type: problem.uri,
      title: problem.title,
      status: problem.status,
      detail: problem.detail,
      requestId: problem.requestId,
      errors: problem.errors,
    }),
  });
  if (option === undefined) return plain;
  if (typeof option === 'function') return calling(option, plain);
  const { form, template, contentType = 'application/json', statuses = {} } = option;
  const write =
    template !== undefined
      ? calling((problem) => ({ contentType, body: filled(template, problem) }), plain)
      : form === 'documented'
        ? compileDocumented(contract, plain)
        : plain;
  const mapped = new Map(Object.entries(statuses));
  if (mapped.size === 0) return write;
  return (exchange, problem) => {
    // A replaced body of the application keeps the application's status.
    const status =
      problem.type === 'about:blank' ? undefined : (mapped.get(problem.type) ?? mapped.get(String(problem.status)));
    return write(exchange, status === undefined ? problem : { ...problem, status });
  };
}

/** A form that a function gives. What it cannot mean is as if it had thrown: recorded, and the guard's own form leaves. */
function calling(write: WriteProblem, plain: ProblemForm): ProblemForm {
  return (exchange, problem) => {
    try {
      const answer = write(problem, viewOf(exchange));
      return answer === undefined ? plain(exchange, problem) : answerOf(problem, answer);
    } catch (error) {
      exchange.failure ??= error;
      return plain(exchange, problem);
    }
  };
}

const fieldName = /^[!#$%&'*+.^_`|~\w-]+$/;
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Fields that say how the message is sent. */
const framing = new Set([
  'content-length',
  'transfer-encoding',
  'content-encoding',
  'connection',
  'trailer',
  'upgrade',
]);

function answerOf(problem: Problem, answer: ProblemAnswer): Answer {
  const { status = problem.status, contentType = 'application/json', headers = {}, body } = answer;
  if (!Number.isInteger(status) || status < 400 || status > 599)
    throw new TypeError('problems: the status of a refusal is 400 to 599');
  if (answer instanceof Promise || body === undefined) throw new TypeError('problems: the answer has no body');
  const fields = Object.entries({ ...headers, 'content-type': contentType }).map(([name, value]) => {
    if (!fieldName.test(name) || !fieldValue.test(value)) throw new TypeError('problems: a header field is malformed');
    return [name.toLowerCase(), value] as const;
  });
  return {
    status,
    headers: Object.fromEntries(fields.filter(([name]) => !framing.has(name))),
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

function viewOf({ incoming, operation, path }: Exchange): ProblemExchange {
  return {
    operationId: operation?.operationId,
    method: incoming.method,
    path,
    header(name) {
      const value = incoming.headers[name.toLowerCase()];
      return typeof value === 'object' ? value[0] : value;
    },
  };
}
