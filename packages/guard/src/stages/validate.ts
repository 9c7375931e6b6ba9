import { compileBody, compileParameters, type Issue } from '@castellan/contract';
import type { Exchange } from '../exchange.ts';
import { leniencyIn, withBooleans, withoutNulls, type Rewritten } from '../leniency.ts';
import { withoutParameters } from '../undocumented.ts';
import type { Refusal } from '../problem.ts';
import type { Stage } from '../stage.ts';

/** Parameters and body against the contract: decoded, coerced, defaults filled, validated (API3:2023, API8:2023). */
export const validate: Stage = {
  name: 'validate',
  compile(core, operation) {
    const { parameters, requestProperties } = core.undocumentedIn(operation);
    const lenient = leniencyIn(core.contract, operation);
    let ignored: Set<string> | undefined;
    const decode =
      parameters === 'refuse'
        ? compileParameters(core.contract, operation)
        : compileParameters(core.contract, operation, {
            unknownQuery: 'ignore',
            ignored: (name) => (ignored ??= new Set()).add(name),
          });
    const body = compileBody(core.contract, operation, {
      maxBytes: operation.castellan.maxBody ?? core.settings.maxBody,
      undocumented: requestProperties,
    });
    return (exchange) => {
      ignored = undefined;
      const raw = { path: exchange.match?.captures ?? [], rawHeaders: exchange.incoming.rawHeaders };
      let decoded = decode({ ...raw, query: exchange.query });
      if ('issues' in decoded && lenient.has('boolean-words')) {
        const written = meant(exchange.query, decoded.issues, withBooleans, (query) => {
          ignored = undefined;
          return decode({ ...raw, query });
        });
        if (written !== undefined) {
          decoded = written.read;
          exchange.lenient('boolean-words', written.places);
          goOn(exchange, 'query', written.value);
        }
      }
      if ('issues' in decoded) return invalid(decoded.issues);
      exchange.parameters = decoded.value;
      if (ignored !== undefined) tolerateParameters(exchange, ignored, parameters === 'remove');
      if (body === undefined) return undefined;
      const bytes = exchange.body;
      if (bytes === undefined || bytes.length === 0) return body.required ? invalid([missingBody]) : undefined;
      const type = exchange.fields?.contentType;
      let content = body.decode(type, bytes);
      if ('issues' in content && lenient.has('absent-null')) {
        const written = meant(
          bytes,
          content.issues,
          (sent, issues) => withoutNulls(type, sent, issues),
          (sent) => body.decode(type, sent),
        );
        if (written !== undefined && 'value' in written.read) {
          content = written.read;
          exchange.lenient('absent-null', written.places);
          goOn(exchange, 'body', written.value);
        }
      }
      if ('value' in content) {
        exchange.value = content.value;
        if (content.undocumented !== undefined) tolerateProperties(exchange, content.undocumented, content.bytes);
        return undefined;
      }
      if ('issues' in content) return invalid(content.issues);
      return {
        type: 'unsupported-media-type',
        reason: 'media-type',
        detail: `Send one of: ${content.supported.join(', ')}.`,
        headers: { accept: content.supported.join(', ') },
      };
    };
  },
};

/** Twenty places are named at a time, and of a list one. */
const rounds = 20;

/** What was sent as it should have been written, where that is as documented. */
function meant<T, Read extends object>(
  sent: T,
  found: readonly Issue[],
  write: (sent: T, issues: readonly Issue[]) => Rewritten<T> | undefined,
  read: (written: T) => Read | { readonly issues: readonly Issue[] },
): (Rewritten<T> & { readonly read: Read }) | undefined {
  const places: string[] = [];
  let value = sent;
  let issues = found;
  for (let round = 0; round < rounds; round++) {
    const written = write(value, issues);
    if (written === undefined) return undefined;
    value = written.value;
    places.push(...written.places);
    const again = read(value);
    if (!('issues' in again)) return { value, places, read: again };
    issues = again.issues;
  }
  return undefined;
}

/** What goes on is what was checked; under `observe`, what came. */
function goOn<K extends 'query' | 'body'>(exchange: Exchange, what: K, value: Exchange[K]): void {
  if (exchange.mode !== 'enforce') return;
  exchange[what] = value;
  exchange.rewritten = true;
}

function tolerateParameters(exchange: Exchange, names: ReadonlySet<string>, remove: boolean): void {
  exchange.tolerate('parameters', remove ? 'removed' : 'passed', [...names]);
  if (remove) goOn(exchange, 'query', withoutParameters(exchange.query, names));
}

function tolerateProperties(exchange: Exchange, pointers: readonly string[], bytes: Uint8Array | undefined): void {
  exchange.tolerate('requestProperties', bytes === undefined ? 'passed' : 'removed', pointers);
  if (bytes !== undefined) goOn(exchange, 'body', bytes);
}

const missingBody: Issue = {
  pointer: '',
  keyword: 'required',
  message: 'the request needs a body',
  mend: 'send the documented body',
};

function invalid(errors: readonly Issue[]): Refusal {
  return { type: 'invalid-request', reason: errors[0]?.keyword ?? 'invalid', errors };
}
