import type { GuardCore } from './core.ts';
import type { Exchange } from './exchange.ts';
import { traceParent } from './trace-context.ts';

type Added = readonly (readonly [name: string, value: string])[];

const none: Added = [];

/** The fields that an answer carries beside those of its handler: of CORS, of the life cycle, of the trace. */
export function addedFields({ cors }: GuardCore, exchange: Exchange): Added {
  if (exchange.responseMode === 'observe') return none;
  const announced = exchange.responseMode === 'enforce' ? (exchange.plan?.lifecycle.fields ?? none) : none;
  const ofCors = cors?.fields(exchange.fields?.origin);
  const { trace } = exchange;
  if (ofCors === undefined && trace === undefined) return announced;
  return [
    ...Object.entries(ofCors ?? {}),
    ...announced,
    ...(trace === undefined ? [] : [['traceresponse', traceParent(trace)] as const]),
  ];
}

/** Whether a page of this origin is the API's own, or one that `cors` names. */
export function isOwnOrigin({ cors, settings }: GuardCore, exchange: Exchange, origin: string): boolean {
  if (cors?.fields(origin)['access-control-allow-origin'] === origin) return true;
  if (settings.origin !== undefined) return origin === settings.origin;
  const own = `${origin.split(':', 1)[0] ?? ''}://${exchange.fields?.host ?? ''}`;
  return URL.canParse(origin) && URL.canParse(own) && new URL(origin).host === new URL(own).host;
}
