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
}

const set = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const misuses: readonly (readonly [Misuse, ReadonlySet<string>])[] = [
  ['login', set('login signin logon authenticate session sessions token tokens anmelden connexion entrar')],
  ['signup', set('signup register registration enroll registrieren inscription registro')],
  ['recovery', set('forgot reset recover recovery otp passcode mfa verify resend')],
  [
    'payment',
    set(
      'payment payments pay transfer transfers payout payouts withdraw withdrawal withdrawals refund refunds charge charges remittance topup zahlung ueberweisung paiement virement pago transferencia',
    ),
  ],
  [
    'purchase',
    set(
      'checkout purchase purchases order orders buy cart subscribe bestellung bestellungen commande commandes pedido pedidos',
    ),
  ],
  ['booking', set('booking bookings reservation reservations reserve appointment appointments buchung reserva')],
  [
    'reward',
    set('redeem redemption coupon coupons voucher vouchers giftcard giftcards referral referrals reward rewards'),
  ],
  ['vote', set('vote votes ballot ballots rating ratings review reviews like likes')],
  [
    'message',
    set('message messages sms email emails invite invites invitation invitations broadcast comment comments'),
  ],
  ['upload', set('upload uploads import imports')],
  ['export', set('export exports download dump backup archive report reports')],
];
const moneyWords = set(
  'payment payments pay transfer transfers payout payouts withdraw withdrawal withdrawals refund refunds charge charges purchase checkout invoice invoices credit debit balance billing wallet topup',
);
const safetyWords = set(
  'unlock door doors lock locks brake brakes dose dosage infusion valve valves actuator actuators emergency shutdown ignition engine furnace pump pumps insulin ventilator alarm alarms robot relay',
);
const adminSegments =
  /^(?:admin|admins|administration|administrator|sysadmin|superuser|root|backoffice|back-office|staff|internal|debug|actuator|impersonate|impersonation)$/i;

/** The words of the last named segments of a path and of the operation id. */
function wordsFor(operation: Operation): readonly string[] {
  const segments = segmentsOf(operation.path);
  return [
    ...segments.slice(-2).flatMap(wordsOf),
    ...(operation.operationIdDeclared ? wordsOf(operation.operationId) : []),
  ];
}

/** Reads the purpose of an operation from its names. */
export function purposeOf(operation: Operation): Purpose {
  const words = wordsFor(operation);
  const all = new Set([...words, ...segmentsOf(operation.path).flatMap(wordsOf)]);
  const changes = !['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(operation.method);
  const last = new Set(wordsOf(segmentsOf(operation.path).at(-1) ?? ''));
  // A flow begins with POST on the collection or on an action of that name; changing one object is another matter.
  const begins = operation.method === 'POST' && !operation.path.endsWith('}');
  const found = misuses.find(([kind, list]) => {
    if (kind === 'export')
      return operation.method === 'GET' || operation.method === 'POST'
        ? [...last].some((word) => list.has(word))
        : false;
    return begins && [...last].some((word) => list.has(word));
  })?.[0];
  const joined = [...last].join('');
  const misuse =
    operation.castellan.flow !== undefined
      ? 'declared'
      : (found ?? (begins && joined === 'signup' ? 'signup' : undefined));
  const login = begins && (found === 'login' || found === 'recovery' || joined === 'signin');
  return {
    misuse: login && found !== 'recovery' ? 'login' : misuse,
    money: changes && [...all].some((word) => moneyWords.has(word)),
    safety: changes && words.some((word) => safetyWords.has(word)),
    administration: segmentsOf(operation.path).some((segment) => adminSegments.test(segment)),
    login,
  };
}
