import { type DataClass, classifyName, isSecretName, purposesOf, wordsOf } from '@castellan/meaning';
import type { Seen } from './seen.ts';

/**
 * - `safe`: the document may say so without anybody looking
 * - `question`: somebody has to say whether it is meant
 * - `attack`: it is never proposed
 */
type Verdict = 'safe' | 'question' | 'attack';

export interface Judged {
  readonly verdict: Verdict;
  /** Why it is not safe. */
  readonly why?: string | undefined;
}

export const safe: Judged = { verdict: 'safe' };

/** Words that give rights: whoever may send them makes itself somebody else. */
const rights = new Set(
  'admin administrator superuser superadmin sudo root staff role roles permission permissions privilege privileges grant grants acl impersonate moderator owner verified approved'.split(
    ' ',
  ),
);
/** Words that decide whose something is, or what it costs. */
const doubtful = new Set(
  'owner user account tenant organisation organization org customer group groups team scope scopes balance credit credits price discount amount total plan tier status state level debug trace internal test callback jsonp method createdby updatedby deleted'.split(
    ' ',
  ),
);
/** Names that belong to a language or database and to no API. */
const injected =
  /^(?:__proto__|constructor|prototype|hasOwnProperty)$|\[(?:__proto__|constructor|prototype)\]|[$<>'"`;\\\0]|\.\.|^_method$/;

/** Whether a name that a caller sent and nobody documented may be documented. */
export function judgeSent(name: string, seen: Seen): Judged {
  if (injected.test(name)) return { verdict: 'attack', why: 'the name is one of a language or database' };
  if (/[[\]]/.test(name))
    return {
      verdict: 'question',
      why: 'it is a part of an object in brackets: document the object with style deepObject',
    };
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  if (rights.has(last) && last !== 'owner')
    return { verdict: 'attack', why: 'who sends it gives itself rights (OWASP API3:2023)' };
  if (isSecretName(name)) return { verdict: 'question', why: 'the name is that of a secret' };
  const base = last === 'id' || last === 'ids' ? (words.at(-2) ?? last) : last;
  if (doubtful.has(base) || rights.has(base) || words.some((word) => word === 'admin' || word === 'debug'))
    return { verdict: 'question', why: 'it may say whose something is, what it costs, or what is let through' };
  if (seen.callers < 2) return { verdict: 'question', why: 'only one caller sent it' };
  return safe;
}

const classes: Readonly<Record<DataClass, string>> = {
  contact: 'contact data of a person',
  personal: 'personal data',
  financial: 'financial data',
  special: 'data of a special category (GDPR article 9)',
  secret: 'a secret',
};

/** Whether a name that an answer shows and nobody documented may be documented. */
function judgeAnswered(name: string): Judged {
  if (isSecretName(name)) return { verdict: 'question', why: 'the name is that of a secret' };
  const data = classifyName(name);
  if (data !== undefined) return { verdict: 'question', why: `by its name it is ${classes[data]}` };
  const last = wordsOf(name).at(-1) ?? '';
  if (rights.has(last) && last !== 'owner' && last !== 'verified' && last !== 'approved')
    return { verdict: 'question', why: 'it shows rights' };
  return safe;
}

/** What a sign-in is asked for: what it answers with is a token or tells of one. */
const tokens = /^(?:access|refresh|id|session|bearer|auth|csrf|xsrf)?_?token(?:_?(?:type|expires?|expiry))?$|^jwt$/i;
const renews = /(?:^|\/)(?:refresh|renew)(?:[-_]?(?:token|session))?$/i;

/** The same of an operation: whoever signs in is to have a token. */
export function judgeAnsweredBy(operation: {
  readonly method: string;
  readonly path: string;
}): (name: string) => Judged {
  const gives = purposesOf(operation).has('sign-in') || (operation.method === 'POST' && renews.test(operation.path));
  return (name) => (gives && tokens.test(name) ? safe : judgeAnswered(name));
}

/** What one caller alone sent may be an attack. */
export function judgeSeen(seen: Seen): Judged {
  return seen.callers < 2 ? { verdict: 'question', why: 'only one caller sent it' } : safe;
}

/** The worst of several. */
export function worst(...all: readonly Judged[]): Judged {
  return all.find(({ verdict }) => verdict === 'attack') ?? all.find(({ verdict }) => verdict === 'question') ?? safe;
}
