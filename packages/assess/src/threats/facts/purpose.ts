import type { Operation } from '@castellan/contract';
import {
  MONEY,
  MONEY_WITH_AMOUNT,
  type OperationPurpose,
  SAFETY,
  namesOf,
  purposesOf,
  segmentsOf,
  wordsOf,
} from '@castellan/meaning';

/** A business flow that hurts when it is automated or taken out of order (OWASP API6:2023). */
export type Misuse =
  | 'login'
  | 'signup'
  | 'recovery'
  | 'payment'
  | 'purchase'
  | 'booking'
  | 'reward'
  | 'vote'
  | 'message'
  | 'upload'
  | 'export'
  | 'declared';

/** What an operation is for, as far as method, path and id tell. */
export interface Purpose {
  readonly misuse: Misuse | undefined;
  readonly money: boolean;
  /** People or machines may come to harm. */
  readonly safety: boolean;
  readonly administration: boolean;
  readonly login: boolean;
  /** It belongs to OAuth or OpenID Connect itself, where callers have no token yet. */
  readonly authorizationServer: boolean;
}

/** What the request tells beside its names. */
export interface RequestFacts {
  /** It carries a password, code or token. */
  readonly secret: boolean;
  /** It carries an amount, price or currency. */
  readonly amount: boolean;
}

/** How a purpose is misused; of several, the first. */
const MISUSES: readonly (readonly [OperationPurpose, Misuse])[] = [
  ['recover', 'recovery'],
  ['sign-in', 'login'],
  ['register', 'signup'],
  ['payment', 'payment'],
  ['purchase', 'purchase'],
  ['booking', 'booking'],
  ['reward', 'reward'],
  ['vote', 'vote'],
  ['message', 'message'],
  ['upload', 'upload'],
  ['export', 'export'],
];

/** Reads the purpose of an operation from its names, and from what its request carries where names alone mislead. */
export function purposeOf(operation: Operation, request: RequestFacts): Purpose {
  const { path, method, operationId, operationIdDeclared } = operation;
  const words = [...segmentsOf(path).flatMap(wordsOf), ...(operationIdDeclared ? wordsOf(operationId) : [])];
  const purposes = purposesOf({ ...namesOf(operation), secret: request.secret });
  const changes = !['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY'].includes(method);
  const misuse = MISUSES.find(([purpose]) => purposes.has(purpose))?.[1];
  return {
    misuse: operation.castellan.flow === undefined ? misuse : 'declared',
    money: changes && (MONEY.hasAny(words) || (request.amount && MONEY_WITH_AMOUNT.hasAny(words))),
    safety: changes && SAFETY.hasAny(words),
    administration: purposes.has('administer'),
    login: purposes.has('sign-in') || purposes.has('recover'),
    authorizationServer: /(?:^|\/)(?:oauth2?|openid|connect)(?:\/|$)|\/\.well-known\//.test(path),
  };
}
