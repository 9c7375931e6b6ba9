import type { Operation } from '@castellan/contract';
import { segmentsOf, wordsOf } from '../../posture/words.ts';

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

/** What an operation is for, as far as method, path, tags and id tell. */
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

const set = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const misuses: readonly (readonly [Misuse, ReadonlySet<string>])[] = [
  ['signup', set('signup register registration enroll registrieren inscription registro')],
  [
    'payment',
    set(
      'payment payments pay payout payouts refund refunds remittance topup zahlung zahlungen ueberweisung paiement paiements virement pago pagos',
    ),
  ],
  [
    'purchase',
    set('checkout purchase purchases order orders buy cart bestellung bestellungen commande commandes pedido pedidos'),
  ],
  [
    'booking',
    set(
      'booking bookings reservation reservations reserve appointment appointments buchung buchungen reserva reservas',
    ),
  ],
  [
    'reward',
    set(
      'redeem redemption redemptions coupon coupons voucher vouchers giftcard giftcards referral referrals reward rewards',
    ),
  ],
  ['vote', set('vote votes ballot ballots rating ratings review reviews')],
  ['message', set('message messages sms email emails invite invites invitation invitations broadcast broadcasts')],
  ['upload', set('upload uploads import imports')],
  ['export', set('export exports download dump backup archive report reports')],
];
const LOGIN = set('login logon signin authenticate anmelden connexion entrar');
/** Names of a login only where the request carries a secret: elsewhere they are something else. */
const SESSION = set('session sessions token tokens');
const RECOVER = set('forgot reset recover recovery resend');
const ACCOUNT = set('password passwd passwort otp mfa 2fa passcode account');
const MONEY = set(
  'payment payments pay payout payouts refund refunds checkout purchase purchases invoice invoices wallet topup remittance ueberweisung virement',
);
/** Money only where the request carries an amount: repositories and calls are transferred, too. */
const MONEY_WITH_AMOUNT = set(
  'transfer transfers transferencia withdraw withdrawal withdrawals charge charges credit debit balance balances billing order orders',
);
const SAFETY = set(
  'door doors brake brakes dose dosage infusion valve valves actuator actuators ignition furnace insulin ventilator pump pumps',
);
const adminSegments =
  /^(?:admin|admins|administration|administrator|sysadmin|superuser|root|backoffice|back-office|staff|internal|debug|actuator|impersonate|impersonation)$/i;

/** Reads the purpose of an operation from its names, and from what its request carries where names alone mislead. */
export function purposeOf(operation: Operation, request: RequestFacts): Purpose {
  const segments = segmentsOf(operation.path);
  const words = new Set([
    ...segments.flatMap(wordsOf),
    ...(operation.operationIdDeclared ? wordsOf(operation.operationId) : []),
  ]);
  const any = (list: ReadonlySet<string>): boolean => [...words].some((word) => list.has(word));
  const lastWords = wordsOf(segments.at(-1) ?? '');
  const last = lastWords.at(-1) ?? '';
  const joined = lastWords.join('');
  const changes = !['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(operation.method);
  // A flow begins with POST on the collection or on an action of that name; changing one object is another matter.
  const begins = operation.method === 'POST' && !operation.path.endsWith('}');
  const top = begins && !operation.path.includes('{');
  const authorizationServer = /(?:^|\/)(?:oauth2?|openid|connect)(?:\/|$)|\/\.well-known\//.test(operation.path);
  const recovers = begins && any(RECOVER) && any(ACCOUNT);
  const login =
    (top && (LOGIN.has(joined) || (SESSION.has(last) && (request.secret || authorizationServer)))) || recovers;
  const found = misuses.find(
    ([kind, list]) =>
      (kind === 'export' ? operation.method === 'GET' || begins : begins) && (list.has(last) || list.has(joined)),
  )?.[0];
  const misuse = recovers ? 'recovery' : login ? 'login' : found;
  return {
    misuse: operation.castellan.flow === undefined ? misuse : 'declared',
    money: changes && (any(MONEY) || (request.amount && any(MONEY_WITH_AMOUNT))),
    safety: changes && any(SAFETY),
    administration: segments.some((segment) => adminSegments.test(segment)),
    login,
    authorizationServer,
  };
}
