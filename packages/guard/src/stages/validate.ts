import { compileBody, compileParameters, type Issue } from '@castellan/contract';
import type { Exchange } from '../exchange.ts';
import { withoutParameters } from '../undocumented.ts';
import type { Refusal } from '../problem.ts';
import type { Stage } from '../stage.ts';

/** Parameters and body against the contract: decoded, coerced, defaults filled, validated (API3:2023, API8:2023). */
export const validate: Stage = {
  name: 'validate',
  compile(core, operation) {
    const { parameters, requestProperties } = core.undocumentedIn(operation);
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
      const decoded = decode({
        path: exchange.match?.captures ?? [],
        query: exchange.query,
        rawHeaders: exchange.incoming.rawHeaders,
      });
      if ('issues' in decoded) return invalid(decoded.issues);
      exchange.parameters = decoded.value;
      if (ignored !== undefined) tolerateParameters(exchange, ignored, parameters === 'remove');
      if (body === undefined) return undefined;
      const bytes = exchange.body;
      if (bytes === undefined || bytes.length === 0) return body.required ? invalid([missingBody]) : undefined;
      const content = body.decode(exchange.fields?.contentType, bytes);
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

function tolerateParameters(exchange: Exchange, names: ReadonlySet<string>, remove: boolean): void {
  exchange.tolerate('parameters', remove ? 'removed' : 'passed', [...names]);
  // Under `observe` what came goes on.
  if (!remove || exchange.mode !== 'enforce') return;
  exchange.query = withoutParameters(exchange.query, names);
  exchange.rewritten = true;
}

function tolerateProperties(exchange: Exchange, pointers: readonly string[], bytes: Uint8Array | undefined): void {
  exchange.tolerate('requestProperties', bytes === undefined ? 'passed' : 'removed', pointers);
  if (bytes === undefined || exchange.mode !== 'enforce') return;
  exchange.body = bytes;
  exchange.rewritten = true;
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
