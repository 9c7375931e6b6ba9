import { compileBody, compileParameters, type Issue } from '@castellan/contract';
import { isHeld } from '../enforcement/held.ts';
import { compileMustBeRead } from './must-be-read.ts';
import type { Exchange } from '../exchange.ts';
import { bodyWriters, leniencyIn, meant, parameterWriters } from '../lenient/index.ts';
import { withoutParameters } from '../undocumented.ts';
import type { Refusal } from '../problem.ts';
import type { Stage } from '../stage.ts';

/** Parameters and body against the contract: decoded, coerced, defaults filled, validated (API3:2023, API8:2023). */
export const validate: Stage = {
  name: 'validate',
  controls(core, operation) {
    const { parameters, requestProperties } = core.undocumentedIn(operation);
    const strict = parameters !== 'pass' && requestProperties !== 'pass' && requestProperties !== 'keep';
    const read = (operation.body?.content ?? []).every((media) => isHeld(core, media));
    return strict && read ? ['input-validation'] : [];
  },
  compile(core, operation) {
    const { parameters, requestProperties } = core.undocumentedIn(operation);
    const lenient = leniencyIn(core.contract, operation, core.settings.leniency);
    const parametersMeant = parameterWriters(lenient, operation);
    const bodiesMeant = bodyWriters(lenient);
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
      maxNodes: core.settings.maxNodes,
      undocumented: requestProperties,
      decoders: core.decoders,
      mustBeRead: compileMustBeRead(core, operation),
    });
    return (exchange) => {
      ignored = undefined;
      const { rawHeaders } = exchange.incoming;
      const sent = { path: exchange.match?.captures ?? [], query: exchange.query };
      let decoded = decode({ ...sent, rawHeaders });
      if ('issues' in decoded && parametersMeant.length > 0) {
        const written = meant(sent, decoded.issues, parametersMeant, (as) => {
          ignored = undefined;
          return decode({ ...as, rawHeaders });
        });
        if (written !== undefined) {
          decoded = written.read;
          for (const [name, places] of written.uses) exchange.lenient(name, places);
          if (written.value.query !== sent.query) goOn(exchange, 'query', written.value.query);
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
      if ('issues' in content && bodiesMeant.length > 0) {
        const writers = bodiesMeant.map(([name, write]) => [name, write(type)] as const);
        const written = meant(bytes, content.issues, writers, (as) => body.decode(type, as));
        if (written !== undefined && 'value' in written.read) {
          content = written.read;
          for (const [name, places] of written.uses) exchange.lenient(name, places);
          goOn(exchange, 'body', written.value);
        }
      }
      if ('value' in content) {
        exchange.value = content.value;
        if (content.undocumented !== undefined) tolerateProperties(exchange, content.undocumented, content.bytes);
        return undefined;
      }
      if ('issues' in content) return invalid(content.issues);
      const accept = content.supported.join(', ');
      return {
        type: 'unsupported-media-type',
        reason: content.unread === true ? 'unread-media-type' : 'media-type',
        detail: [
          ...(content.unread === true ? [`${upper(content.unsupported)}.`] : []),
          ...(accept === '' ? [] : [`Send one of: ${accept}.`]),
        ].join(' '),
        headers: accept === '' ? {} : { accept },
      };
    };
  },
};

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

function upper(sentence: string): string {
  return sentence.slice(0, 1).toUpperCase() + sentence.slice(1);
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
