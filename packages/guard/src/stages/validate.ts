import { compileBody, compileParameters, type Issue } from '@castellan/contract';
import type { Refusal } from '../problem.ts';
import type { Stage } from '../stage.ts';

/** Parameters and body against the contract: decoded, coerced, defaults filled, validated (API3:2023, API8:2023). */
export const validate: Stage = {
  name: 'validate',
  compile(core, operation) {
    const decode = compileParameters(core.contract, operation);
    const body = compileBody(core.contract, operation, {
      maxBytes: operation.castellan.maxBody ?? core.settings.maxBody,
      undocumented: core.contract.castellan.profile === 'toy' ? 'keep' : 'refuse',
    });
    return (exchange) => {
      const decoded = decode({
        path: exchange.match?.captures ?? [],
        query: exchange.query,
        rawHeaders: exchange.incoming.rawHeaders,
      });
      if ('issues' in decoded) return invalid(decoded.issues);
      exchange.parameters = decoded.value;
      if (body === undefined) return undefined;
      const bytes = exchange.body;
      if (bytes === undefined || bytes.length === 0) return body.required ? invalid([missingBody]) : undefined;
      const content = body.decode(exchange.fields?.contentType, bytes);
      if ('value' in content) {
        exchange.value = content.value;
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

const missingBody: Issue = {
  pointer: '',
  keyword: 'required',
  message: 'the request needs a body',
  mend: 'send the documented body',
};

function invalid(errors: readonly Issue[]): Refusal {
  return { type: 'invalid-request', reason: errors[0]?.keyword ?? 'invalid', errors };
}
