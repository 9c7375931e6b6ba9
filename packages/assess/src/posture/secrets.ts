import type { Contract, Location } from '@castellan/contract';

const FORMS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/, 'an access key of AWS'],
  [/\bAIza[\w-]{35}\b/, 'an API key of Google'],
  [/\b(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{36}\b/, 'a token of GitHub'],
  [/\bgithub_pat_\w{82}\b/, 'a token of GitHub'],
  [/\bglpat-[\w-]{20}\b/, 'a token of GitLab'],
  [/\bxox[abprs]-\d{10,}-\d{10,}-\w{20,}\b/, 'a token of Slack'],
  [/\bhooks\.slack\.com\/services\/T\w{8,}\/B\w{8,}\/\w{24}\b/, 'a webhook of Slack'],
  [/\b(?:sk|rk)_live_[A-Za-z0-9]{24,}\b/, 'a live key of Stripe'],
  [/\bSG\.[\w-]{22}\.[\w-]{43}\b/, 'a key of SendGrid'],
  [/\bnpm_[A-Za-z0-9]{36}\b/, 'a token of npm'],
  [/-----BEGIN (?:RSA |EC |OPENSSH |DSA |)PRIVATE KEY-----[\sA-Za-z0-9+/=\\]{200,}/, 'a private key'],
];
/** What all of them hold: most strings are ruled out by it at once. */
const PREFIX = /AKIA|ASIA|AIza|gh[pours]_|github_pat_|glpat-|xox[abprs]-|hooks\.slack|_live_|SG\.|npm_|PRIVATE KEY|eyJ/;
const JWT = /\beyJ[\w-]{10,}\.(eyJ[\w-]{10,})\.[\w-]{20,}\b/;

interface Secret {
  readonly kind: string;
  /** Its first characters. */
  readonly shown: string;
  /** Whether only one issuer makes such; others may be made up for documentation. */
  readonly known: boolean;
}

interface Frame {
  readonly value: unknown;
  readonly parent: Frame | undefined;
  readonly key: string;
}

/** Strings of the documents that have the form of a live credential, the credential itself shortened. */
export function* secretsOf(contract: Contract, now: number): Generator<Secret & { readonly location: Location }> {
  for (const document of contract.documents) {
    const root = contract.at({ document, pointer: '' });
    const stack: Frame[] = [{ value: root, parent: undefined, key: '' }];
    for (let frame = stack.pop(); frame !== undefined; frame = stack.pop()) {
      const { value } = frame;
      if (typeof value === 'string') {
        const found = credential(value, now);
        if (found !== undefined) yield { location: { document, pointer: pointerOf(frame) }, ...found };
      } else if (typeof value === 'object' && value !== null) {
        const members = value as Readonly<Record<string, unknown>>;
        for (const key of Object.keys(members)) {
          const member = members[key];
          if (typeof member === 'object' ? member !== null : typeof member === 'string' && PREFIX.test(member))
            stack.push({ value: member, parent: frame, key });
        }
      }
    }
  }
}

function pointerOf(frame: Frame): string {
  let pointer = '';
  for (let at: Frame | undefined = frame; at?.parent !== undefined; at = at.parent)
    pointer = `/${at.key.replaceAll('~', '~0').replaceAll('/', '~1')}${pointer}`;
  return pointer;
}

function credential(text: string, now: number): Secret | undefined {
  for (const [form, kind] of FORMS) {
    const match = form.exec(text)?.[0];
    if (match !== undefined && !isMadeUp(match))
      return { kind, shown: shorten(match), known: kind !== 'a private key' };
  }
  const token = JWT.exec(text);
  if (token?.[1] === undefined || isMadeUp(token[0])) return undefined;
  const expires = expiryOf(token[1]);
  return expires !== undefined && expires * 1000 > now
    ? { kind: 'a token (JWT) that is still valid', shown: shorten(token[0]), known: false }
    : undefined;
}

function expiryOf(payload: string): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const expires =
      typeof claims === 'object' && claims !== null ? (claims as { readonly exp?: unknown }).exp : undefined;
    return typeof expires === 'number' ? expires : undefined;
  } catch {
    return undefined;
  }
}

/** Sample values of vendors, words, and characters that repeat or count. */
function isMadeUp(value: string): boolean {
  return (
    /example|sample|dummy|fake|test|placeholder|x{4}|0{6}|1234|abcd|changeme|your|redacted|<|\.\.\./i.test(value) ||
    // The token of GitHub's own documentation.
    value.includes('16C7e42F292c6912E7') ||
    new Set(value.slice(4)).size < 8
  );
}

/** The first characters only: what is printed must not help anybody. */
function shorten(value: string): string {
  return `${value.slice(0, 8)}…`;
}
